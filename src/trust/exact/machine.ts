/**
 * Texts, patterns and ARNs as finite automata over UTF-16 code units, the units that `stringLike` counts. Each edge
 * takes one letter: one of a list, or any but one. A state is numbered by its place in the pattern.
 */
import { LITERAL_WILDCARDS } from "../string-like";
import { foldVariants, folded } from "./fold";

export interface Edge {
  /** The letters it takes; null for any. */
  readonly only: string | null;
  /** The one letter that it does not take; empty for none. */
  readonly not: string;
  readonly to: number;
}

export interface Machine {
  readonly starts: readonly number[];
  readonly edges: readonly (readonly Edge[])[];
  readonly accepts: readonly boolean[];
  /** States that stay what they are whatever comes: those of a `*`. What comes before them in a pattern is in them. */
  readonly stays: readonly boolean[];
  /** Number of the pattern that a state belongs to. */
  readonly pattern: readonly number[];
}

/** One place of a pattern: a letter, or any number of them. */
interface Token {
  readonly many: boolean;
  readonly only: string | null;
  readonly not: string;
}

const one = (only: string): Token => ({ many: false, only, not: "" });

function globTokens(pattern: string, not = ""): readonly Token[] {
  return pattern.split("").map((letter): Token => {
    if (letter === "*") return { many: true, only: null, not };
    if (letter === "?") return { many: false, only: null, not };
    return one(letter === LITERAL_WILDCARDS["*"] ? "*" : letter === LITERAL_WILDCARDS["?"] ? "?" : letter);
  });
}

/** The texts that `stringLike(pattern, …)` matches. */
export function globMachine(pattern: string): Machine {
  return machineOf(globTokens(pattern));
}

export function textMachine(text: string): Machine {
  return machineOf(text.split("").map(one));
}

/** The texts equal to `text` where only the case of A to Z differs. */
export function asciiCaseMachine(text: string): Machine {
  return machineOf(
    text.split("").map((letter) => {
      const [lower, upper] = [letter.toLowerCase(), letter.toUpperCase()];
      return one(/[A-Za-z]/.test(letter) ? `${lower}${upper}` : letter);
    }),
  );
}

/** A pattern of six parts in which `*` and `?` cross no colon but in the last. */
export function arnMachine(pattern: string): Machine {
  const parts = pattern.split(":");
  const last = parts.slice(5).join(":");
  return machineOf([...parts.slice(0, 5).flatMap((part) => [...globTokens(part, ":"), one(":")]), ...globTokens(last)]);
}

export const ANY_TEXT = globMachine("*");

/** Every text that reads as an ARN, whatever stands in it. */
export const ANY_ARN = arnMachine("arn:*:*:*:*:*");

/** Every text that does not: another beginning, or too few colons. */
export const NO_ARN: Machine = union([
  ..."arn:".split("").flatMap((letter, at) => {
    const before = "arn:".slice(0, at).split("").map(one);
    return [
      machineOf(before),
      machineOf([...before, { many: false, only: null, not: letter }, { many: true, only: null, not: "" }]),
    ];
  }),
  ...[1, 2, 3, 4].map((colons) =>
    machineOf([
      ..."arn".split("").map(one),
      ...Array.from({ length: colons }, () => [one(":"), { many: true, only: null, not: ":" } as Token]).flat(),
    ]),
  ),
]);

/** The texts whose letters are those of `text` when case is folded by Unicode's rules. */
export function unicodeCaseMachine(text: string): Machine {
  const letters = folded(text);
  const edges: Edge[][] = Array.from({ length: letters.length + 1 }, () => []);
  for (let at = 0; at < letters.length; at += 1)
    for (let length = 1; length <= 3 && at + length <= letters.length; length += 1)
      for (const variant of foldVariants(letters.slice(at, at + length))) {
        let from = at;
        for (let index = 0; index < variant.length - 1; index += 1) {
          const next = edges.push([]) - 1;
          edges[from]?.push({ only: variant[index] ?? "", not: "", to: next });
          from = next;
        }
        edges[from]?.push({ only: variant[variant.length - 1] ?? "", not: "", to: at + length });
      }
  return {
    starts: [0],
    edges,
    accepts: edges.map((_, state) => state === letters.length),
    stays: edges.map(() => false),
    pattern: edges.map(() => 0),
  };
}

function machineOf(tokens: readonly Token[]): Machine {
  const edges: (readonly Edge[])[] = [];
  const accepts: boolean[] = [];
  const stays: boolean[] = [];
  edges[tokens.length] = [];
  accepts[tokens.length] = true;
  stays[tokens.length] = false;
  for (let at = tokens.length - 1; at >= 0; at -= 1) {
    const { many, only, not } = tokens[at] ?? one("");
    edges[at] = many ? [{ only, not, to: at }, ...(edges[at + 1] ?? [])] : [{ only, not, to: at + 1 }];
    accepts[at] = many && accepts[at + 1] === true;
    stays[at] = many && not === "";
  }
  return { starts: [0], edges, accepts, stays, pattern: edges.map(() => 0) };
}

/** What any of `machines` takes. */
export function union(machines: readonly Machine[]): Machine {
  const [first, ...others] = machines;
  if (first !== undefined && others.length === 0) return first;
  const merged = {
    starts: [] as number[],
    edges: [] as (readonly Edge[])[],
    accepts: [] as boolean[],
    stays: [] as boolean[],
    pattern: [] as number[],
  };
  machines.forEach((machine, index) => {
    const base = merged.edges.length;
    merged.starts.push(...machine.starts.map((state) => state + base));
    for (const edges of machine.edges) merged.edges.push(edges.map((edge) => ({ ...edge, to: edge.to + base })));
    merged.accepts.push(...machine.accepts);
    merged.stays.push(...machine.stays);
    merged.pattern.push(...machine.edges.map(() => index));
  });
  return merged;
}
