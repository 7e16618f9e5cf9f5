/** A YAML text with its values, where each stands, and what was typed there. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from "yaml";
import type { Document, Node } from "yaml";
import type { Problem } from "../errors";
import { quoted } from "../text-rule";
import type { PathPart } from "./path";
import { MAX_FILE_CHARACTERS } from "./rules";

export interface Place {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value at `path` stands (or its key); the nearest parent's place where it is absent. */
  locate(path: readonly PathPart[], what?: "key" | "value"): Place;
  /** What was typed at `path`, for numbers that JavaScript would change; undefined where it is no scalar. */
  typedAt(path: readonly PathPart[]): string | undefined;
}

/** One document may expand its aliases to at most this many nodes: a YAML bomb stops here. */
const MAX_ALIASES = 100;

/** Reads `text`. Never throws: what is wrong stands in `problems` (yaml-syntax, yaml-duplicate-key, yaml-alias-limit, number-unquoted, file-too-large). */
export function readYaml(text: string): YamlSource {
  if (text.length > MAX_FILE_CHARACTERS) {
    return unreadable({ code: "file-too-large", message: `The file has ${text.length} characters.`, fix: `Split it: at most ${MAX_FILE_CHARACTERS}.` });
  }
  const lineCounter = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document.Parsed;
  let value: unknown;
  const problems: Problem[] = [];
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, version: "1.2", strict: true });
    for (const error of document.errors) problems.push({ ...syntaxProblem(error.code, error.message), ...placeOf(error.pos[0]) });
    // After the first break in the syntax a parser guesses, and its further complaints mislead.
    const broken = problems.find((problem) => problem.code === "yaml-syntax");
    if (problems.length > 0) return unreadable(...(broken === undefined ? problems : [broken]));
    problems.push(...keysThatAreNoText(document, placeOf));
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    const bomb = cause instanceof ReferenceError;
    return unreadable(bomb
      ? { code: "yaml-alias-limit", message: "The file's aliases expand too far.", fix: "Write the values out." }
      : { code: "yaml-syntax", message: `The file is no YAML: ${cause instanceof RangeError ? "it is nested too deeply" : String(cause)}.`, fix: "Compare it with the example federation.yaml." });
  }
  return {
    value,
    problems,
    locate: (path, what = "value") => placeOf(offsetOf(document, path, what)),
    typedAt: (path) => typedAt(document, path),
  };
}

function unreadable(...problems: readonly Problem[]): YamlSource {
  // What concerns the whole file is placed at its beginning.
  return { value: undefined, problems: problems.map((problem) => ({ line: 1, column: 1, ...problem })), locate: () => ({ line: 1, column: 1 }), typedAt: () => undefined };
}

function syntaxProblem(code: string, message: string): Problem {
  if (code === "DUPLICATE_KEY") return { code: "yaml-duplicate-key", message: "The same key stands twice here.", fix: "Keep one of them." };
  return { code: "yaml-syntax", message: `The file is no YAML: ${message}.`, fix: "Mend the syntax here; strings with special characters go in quotes." };
}

/** `0123: …` would silently become the key 123. */
function keysThatAreNoText(document: Document.Parsed, placeOf: (offset: number) => Place): readonly Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair(_, pair) {
      const key = pair.key;
      if (isScalar(key) && typeof key.value === "string") return;
      const typed = isScalar(key) ? String(key.source ?? key.value) : "a list or mapping";
      const offset = (key as Node | null)?.range?.[0] ?? 0;
      problems.push({ code: "number-unquoted", message: `The key ${quoted(typed)} is no text.`, fix: `Put it in quotes.`, ...placeOf(offset) });
    },
  });
  return problems;
}

interface Step { readonly node: unknown; readonly offset: number }

/** Walks as far down `path` as the document goes. */
function walk(document: Document.Parsed, path: readonly PathPart[], what: "key" | "value"): { readonly step: Step; readonly whole: boolean } {
  let step: Step = { node: document.contents, offset: document.contents?.range?.[0] ?? 0 };
  for (const [index, part] of path.entries()) {
    const node = isAlias(step.node) ? step.node.resolve(document) : step.node;
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value).normalize("NFC") === String(part));
      if (pair === undefined) return { step, whole: false };
      const key = pair.key as Node;
      const value = pair.value as Node | null;
      const keyOffset = key.range?.[0] ?? step.offset;
      step = { node: value, offset: last && what === "key" ? keyOffset : (value?.range?.[0] ?? keyOffset) };
    } else if (isSeq(node) && typeof part === "number") {
      const item = node.items[part] as Node | undefined;
      if (item === undefined) return { step, whole: false };
      step = { node: item, offset: item.range?.[0] ?? step.offset };
    } else {
      return { step, whole: false };
    }
  }
  return { step, whole: true };
}

function offsetOf(document: Document.Parsed, path: readonly PathPart[], what: "key" | "value"): number {
  return walk(document, path, what).step.offset;
}

function typedAt(document: Document.Parsed, path: readonly PathPart[]): string | undefined {
  const { step, whole } = walk(document, path, "value");
  const node = isAlias(step.node) ? step.node.resolve(document) : step.node;
  return whole && isScalar(node) ? node.source : undefined;
}
