/** Chance that is the same on every machine for the same seed (mulberry32). Not for secrets. */

export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  readonly below: (limit: number) => number;
  readonly pick: <T>(items: readonly [T, ...T[]]) => T;
  /** `length` lower-case hex digits. */
  readonly hex: (length: number) => string;
}

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    hex: (length) => Array.from({ length }, () => below(16).toString(16)).join(""),
  };
}

/** A version 4 UUID. */
export function randomUuid(random: Random): string {
  const [begin, middle, version] = [random.hex(8), random.hex(4), `4${random.hex(3)}`];
  const variant = `${random.pick(["8", "9", "a", "b"])}${random.hex(3)}`;
  return [begin, middle, version, variant, random.hex(12)].join("-");
}
