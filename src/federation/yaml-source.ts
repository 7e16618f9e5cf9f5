/** A YAML text with its values, where each one is, and what was typed there. */
import { isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, parseDocument } from "yaml";
import type { Document, Node, Pair, YAMLMap } from "yaml";
import type { ErrorCode, Problem } from "../errors";
import { replaceInvisible } from "../text/escape";
import type { PathPart } from "./path";
import { MAX_FILE_CHARACTERS } from "./rules";
import { plainValue } from "./yaml-value";

export interface Place {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

export interface YamlSource {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Where the value at `path` is (or its key); the nearest parent's place where it is absent. */
  locate(path: readonly PathPart[], what?: "key" | "value"): Place;
  /** What was typed at `path`, for numbers that JavaScript would change; undefined where it is not a scalar. */
  typedAt(path: readonly PathPart[]): string | undefined;
}

/**
 * About as many nodes as 5,000 roles with everything have; a parsed node takes a hundred times the space of its text.
 */
const MAX_NODES = 1_000_000;
/** More than 5,000 roles need that share everything. */
const MAX_ALIASES = 50_000;

/**
 * Reads `text`. Never throws: what is wrong is in `problems` (yaml-syntax, yaml-duplicate-key, yaml-alias-limit,
 * number-unquoted, file-too-large).
 */
export function readYaml(text: string): YamlSource {
  if (text.length > MAX_FILE_CHARACTERS) {
    return unreadable({
      code: "file-too-large",
      message: `The file has ${text.length} characters.`,
      fix: `Split it: at most ${MAX_FILE_CHARACTERS}.`,
    });
  }
  if (moreThan(MAX_NODES, text, /[\n,:[{]/g)) {
    return unreadable({
      code: "file-too-large",
      message: `The file has more than ${MAX_NODES} lines, keys and list entries.`,
      fix: "Split it.",
    });
  }
  if (moreThan(MAX_ALIASES, text, /[\s,:[{]\*[^\s,\]}]/g)) {
    return unreadable({
      code: "yaml-alias-limit",
      message: `The file has more than ${MAX_ALIASES} aliases.`,
      fix: "Write the values out, or split the file.",
    });
  }
  if (isNestedDeeply(text)) return unreadable(syntaxProblem(NESTED_TOO_DEEPLY));
  const lineCounter = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Document.Parsed;
  try {
    // The parser's own search for repeated keys grows with the square of their number; plainValue looks for them.
    document = parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      version: "1.2",
      strict: true,
      uniqueKeys: false,
      resolveKnownTags: false,
      logLevel: "error",
    });
  } catch (cause) {
    return unreadable(syntaxProblem(cause instanceof Error ? cause.message : String(cause)));
  }
  // After the first break in the syntax a parser guesses, and its further errors mislead.
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) return unreadable({ ...syntaxProblem(broken.message), ...placeOf(broken.pos[0]) });
  if (document.directives?.yaml.version !== "1.2") {
    return unreadable(syntaxProblem("it says %YAML 1.1, which reads yes, 1:30 and 0777 otherwise"));
  }
  const { value, targets, faults } = plainValue(document.contents);
  const steps = stepsOf(targets);
  return {
    value,
    problems: faults.map(({ code, message, fix, offset, path }): Problem => ({
      code,
      message,
      fix,
      ...(path === "" ? {} : { path }),
      ...placeOf(offset),
    })),
    locate: (path, what = "value") => placeOf(walk(document, path, what, steps).step.offset),
    typedAt: (path) => typedAt(document, path, steps),
  };
}

/** Whether `text` has more than `limit` of what `separator` matches. */
function moreThan(limit: number, text: string, separator: RegExp): boolean {
  // most files are too short for it, whatever is in them
  if (text.length <= limit) return false;
  let count = 0;
  for (const _ of text.matchAll(separator)) if ((count += 1) > limit) return true;
  return false;
}

const NESTED_TOO_DEEPLY = "it is nested too deeply";
/** More than a federation nests (`plainValue` says where it is too deep), and less than a parser's stack holds. */
const MAX_NESTING = 500;

/** Whether lists and mappings open inside each other too often to be parsed: parsers call themselves for each. */
function isNestedDeeply(text: string): boolean {
  // by characters first, whatever is in strings and comments: most files need no more
  return nestsDeeply(text) && nestsDeeply(structureOf(text));
}

/** `tokens`: characters or longer pieces of a YAML text, in order. */
function nestsDeeply(tokens: Iterable<string>): boolean {
  let flow = 0;
  /** Indicators one after another: `- - - `. */
  let row = 0;
  for (const token of tokens) {
    if (token === "-" || token === "?" || token === ":") row += 1;
    else if (token.trim() !== "" || token === "\n") row = 0;
    if (token === "[" || token === "{") flow += 1;
    else if ((token === "]" || token === "}") && flow > 0) flow -= 1;
    if (flow + row > MAX_NESTING) return true;
  }
  return false;
}

/** The lexer's tokens, a plain scalar as one that is none of YAML's indicators. */
function* structureOf(text: string): Iterable<string> {
  let isPlain = false;
  for (const token of new Lexer().lex(text)) {
    yield isPlain ? "plain" : token;
    isPlain = !isPlain && token === "\u001f";
  }
}

function unreadable(...problems: readonly Problem[]): YamlSource {
  // What concerns the whole file is placed at its beginning.
  return {
    value: undefined,
    problems: problems.map((problem) => ({ line: 1, column: 1, ...problem })),
    locate: () => ({ line: 1, column: 1 }),
    typedAt: () => undefined,
  };
}

function syntaxProblem(message: string): Problem {
  const code: ErrorCode = "yaml-syntax";
  const printable = replaceInvisible(message, "\uFFFD").slice(0, 200);
  // What the engine says where a parser calls itself too often.
  const why = /call stack/.test(printable) ? NESTED_TOO_DEEPLY : printable;
  return {
    code,
    message: `Invalid YAML: ${why}.`,
    fix: "Fix the syntax here; put strings with special characters in quotes.",
  };
}

interface Step {
  readonly node: unknown;
  readonly offset: number;
}

interface Steps {
  /** The node itself, or the one that an alias refers to. */
  readonly follow: (node: unknown) => unknown;
  readonly pairOf: (map: YAMLMap, key: string) => Pair | undefined;
}

/** Steps from node to node; a mapping's keys are indexed once, however many places in it are asked for. */
function stepsOf(targets: ReadonlyMap<Node, Node>): Steps {
  const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return {
    follow: (node) => (isAlias(node) ? targets.get(node) : node),
    pairOf: (map, key) => {
      let index = indexes.get(map);
      if (index === undefined) {
        index = new Map(
          map.items.flatMap((pair) =>
            isScalar(pair.key) ? [[String(pair.key.value).normalize("NFC"), pair] as const] : [],
          ),
        );
        indexes.set(map, index);
      }
      return index.get(key);
    },
  };
}

/** Walks as far down `path` as the document goes. */
function walk(
  document: Document.Parsed,
  path: readonly PathPart[],
  what: "key" | "value",
  { follow, pairOf }: Steps,
): { readonly step: Step; readonly whole: boolean } {
  let step: Step = { node: document.contents, offset: document.contents?.range?.[0] ?? 0 };
  for (const [index, part] of path.entries()) {
    const node = follow(step.node);
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(node, String(part));
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

function typedAt(document: Document.Parsed, path: readonly PathPart[], steps: Steps): string | undefined {
  const { step, whole } = walk(document, path, "value", steps);
  const node = steps.follow(step.node);
  return whole && isScalar(node) ? node.source : undefined;
}
