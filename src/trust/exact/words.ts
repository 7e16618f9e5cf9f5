/**
 * Is there one text that each of some automata takes and another refuses? A search over guessed states of the first and
 * sets of states of the second, first where least is left to do. Joint states are never listed in advance:
 * - A letter that no positive automaton asks for by name is as good as a fresh one, which advances the negative least.
 * - A branch ends where the negative has reached a final `*`; what it held before a `*` it reached is dropped.
 * - A state is skipped where the same guesses were reached before with fewer states of the negative.
 */
import type { Budget } from "./budget";
import type { Edge, Machine } from "./machine";

interface Node {
  readonly guesses: readonly number[];
  readonly live: readonly number[];
  readonly letter: string;
  readonly from: Node | null;
}

/**
 * A short text in every one of `positives` and not in `negative`; null where there is none. `alphabet`: letters to
 * use where any will do, the first that no automaton names.
 */
export function findWord(
  positives: readonly Machine[],
  negative: Machine | null,
  budget: Budget,
  alphabet: string = FRESH_LETTERS,
): string | null {
  const fresh = freshLetter(negative === null ? positives : [...positives, negative], alphabet);
  const seen = new Map<string, (readonly number[])[]>();
  const first = negative === null ? [] : settled(negative, negative.starts);
  if (first === null) return null;
  const left = positives.map(distances);
  /** Nodes by how many letters are left at least, for all automata together. */
  const waiting: Node[][] = [];
  let nearest = 0;
  const push = (node: Node): void => {
    budget.spend(1 + node.live.length);
    const distance = node.guesses.reduce((sum, state, at) => sum + (left[at]?.[state] ?? Infinity), 0);
    if (distance === Infinity) return;
    const key = node.guesses.join(",");
    const known = seen.get(key);
    if (known === undefined) seen.set(key, [node.live]);
    else if (known.some((live) => contains(node.live, live))) return;
    else known.push(node.live);
    (waiting[distance] ??= []).push(node);
    nearest = Math.min(nearest, distance);
  };
  for (const guesses of combinations(positives.map(({ starts }) => starts)))
    push({ guesses, live: first, letter: "", from: null });
  for (; nearest < waiting.length;) {
    const node = waiting[nearest]?.pop();
    if (node === undefined) {
      nearest += 1;
      continue;
    }
    if (isWord(positives, negative, node)) return textOf(node);
    for (const letter of lettersFrom(positives, node.guesses, fresh)) {
      const live = negative === null ? [] : settled(negative, reached(negative, node.live, letter));
      if (live === null) continue;
      const options = positives.map((machine, at) =>
        (machine.edges[node.guesses[at] ?? 0] ?? []).filter((edge) => takes(edge, letter)).map(({ to }) => to),
      );
      for (const guesses of combinations(options)) push({ guesses, live, letter, from: node });
    }
  }
  return null;
}

const known = new WeakMap<Machine, readonly number[]>();

/** How many letters are left from each state to the nearest that accepts; infinite where none is. */
function distances(machine: Machine): readonly number[] {
  let found = known.get(machine);
  if (found !== undefined) return found;
  const least = machine.accepts.map((accepts) => (accepts ? 0 : Infinity));
  for (let changed = true; changed;) {
    changed = false;
    for (let state = machine.edges.length - 1; state >= 0; state -= 1)
      for (const { to } of machine.edges[state] ?? []) {
        const over = (least[to] ?? Infinity) + 1;
        if (over < (least[state] ?? Infinity)) {
          least[state] = over;
          changed = true;
        }
      }
  }
  known.set(machine, (found = least));
  return found;
}

/** Plain letters first, so that a request reads well; then letters that no policy holds. */
const FRESH_LETTERS = "xzqwvyjkubnmhgfdtrpolsieca0123456789XZQWVYJK_~\u0100\u0101\u4e00\u4e01\u4e02\ue000\ue001";

function freshLetter(machines: readonly Machine[], alphabet: string): string {
  const named = new Set<string>();
  for (const { edges } of machines)
    for (const list of edges)
      for (const { only, not } of list) for (const letter of `${only ?? ""}${not}`) named.add(letter);
  for (const letter of alphabet) if (!named.has(letter)) return letter;
  for (let code = 0xe100; ; code += 1) if (!named.has(String.fromCharCode(code))) return String.fromCharCode(code);
}

function takes({ only, not }: Edge, letter: string): boolean {
  return only === null ? letter !== not : only.includes(letter);
}

function lettersFrom(positives: readonly Machine[], guesses: readonly number[], fresh: string): ReadonlySet<string> {
  const letters = new Set<string>();
  positives.forEach(({ edges }, at) => {
    for (const { only } of edges[guesses[at] ?? 0] ?? [])
      for (const letter of (only ?? "").split("")) letters.add(letter);
  });
  return letters.add(fresh);
}

function reached(machine: Machine, live: readonly number[], letter: string): readonly number[] {
  const next = new Set<number>();
  for (const state of live) for (const edge of machine.edges[state] ?? []) if (takes(edge, letter)) next.add(edge.to);
  return [...next];
}

/** The states in order without those that a reached `*` makes superfluous; null where a final `*` is among them. */
function settled(machine: Machine, states: readonly number[]): readonly number[] | null {
  const furthest = new Map<number, number>();
  for (const state of states) {
    if (machine.stays[state] !== true) continue;
    if (machine.accepts[state] === true) return null;
    const pattern = machine.pattern[state] ?? 0;
    furthest.set(pattern, Math.max(furthest.get(pattern) ?? -1, state));
  }
  const kept =
    furthest.size === 0
      ? [...states]
      : states.filter((state) => state >= (furthest.get(machine.pattern[state] ?? 0) ?? -1));
  return kept.sort((left, right) => left - right);
}

function contains(whole: readonly number[], part: readonly number[]): boolean {
  let at = 0;
  for (const state of part) {
    while (at < whole.length && (whole[at] ?? 0) < state) at += 1;
    if (whole[at] !== state) return false;
  }
  return true;
}

function isWord(positives: readonly Machine[], negative: Machine | null, { guesses, live }: Node): boolean {
  return (
    positives.every(({ accepts }, at) => accepts[guesses[at] ?? 0] === true) &&
    (negative === null || !live.some((state) => negative.accepts[state] === true))
  );
}

function textOf(node: Node): string {
  const letters: string[] = [];
  for (let at: Node | null = node; at !== null; at = at.from) letters.push(at.letter);
  return letters.reverse().join("");
}

function combinations(options: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return options.reduce<readonly (readonly number[])[]>(
    (all, list) => all.flatMap((guesses) => list.map((state) => [...guesses, state])),
    [[]],
  );
}
