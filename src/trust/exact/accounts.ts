/** The AWS accounts that the texts of some policies tell apart, each by an example. */

/** One way in which the first digits of an account may match the patterns. */
interface Reached {
  readonly digits: string;
  /** For each pattern the places that are reached, a bit each. */
  readonly places: readonly number[];
}

const LENGTH = 12;

/**
 * An account for every set of patterns that some account matches, and no other pattern: those that are written out,
 * those that patterns such as `11*` mean, apart and together, and one that nothing mentions. `charge` counts the work.
 */
export function exampleAccounts(texts: readonly string[], charge: (steps: number) => void): readonly string[] {
  const patterns = [...new Set(texts.flatMap((text) => accountPatterns(text, charge)))];
  const named = new Set(patterns.join("").replace(/\D/g, ""));
  // of the digits that no pattern names one stands for all, and comes first
  const fresh = [..."9876543210"].find((digit) => !named.has(digit));
  const digits = fresh === undefined ? [...named] : [fresh, ...named];
  let reached: readonly Reached[] = [{ digits: "", places: patterns.map((pattern) => withStars(pattern, 1)) }];
  for (let length = 0; length < LENGTH; length += 1) {
    const next = new Map<string, Reached>();
    charge(reached.length * digits.length);
    for (const from of reached)
      for (const digit of digits) {
        const places = from.places.map((mask, at) => step(patterns[at] ?? "", mask, digit));
        const key = places.join(" ");
        if (!next.has(key)) next.set(key, { digits: from.digits + digit, places });
      }
    reached = [...next.values()];
  }
  const found = new Map<string, string>();
  for (const { digits: account, places } of reached) {
    const matched = places.map((mask, at) => (mask >> (patterns[at] ?? "").length) & 1).join("");
    if (!found.has(matched)) found.set(matched, account);
  }
  return [...found.values()];
}

/**
 * What `text`, an account or a pattern of ARNs or accounts, may ask of an account. A star may reach past the colons
 * around it, and a question mark may stand for one, so an account may begin and end at any of these.
 */
function accountPatterns(text: string, charge: (steps: number) => void): readonly string[] {
  const found = new Set<string>();
  for (const run of text.replace(/\*+/g, "*").match(/[\d*?]+/g) ?? []) {
    const begins = ends(
      run,
      (at) => run[at] === "*",
      (at) => run[at - 1] === "?",
    );
    const stops = ends(
      run,
      (at) => run[at - 1] === "*",
      (at) => run[at] === "?",
    );
    charge(begins.length * stops.length);
    for (const from of begins)
      for (const to of stops) {
        const pattern = run.slice(from, to);
        const fixed = pattern.replaceAll("*", "").length;
        if (/\d/.test(pattern) && (pattern.includes("*") ? fixed <= LENGTH : fixed === LENGTH)) found.add(pattern);
      }
  }
  return [...found];
}

/** The places of `run` where an account may begin or end: the run's own, and those of which a test holds. */
function ends(run: string, ...tests: readonly ((at: number) => boolean)[]): readonly number[] {
  return Array.from({ length: run.length + 1 }, (_, at) => at).filter(
    (at) => at === 0 || at === run.length || tests.some((test) => test(at)),
  );
}

function step(pattern: string, mask: number, digit: string): number {
  let next = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    if (((mask >> at) & 1) === 0) continue;
    const letter = pattern[at];
    if (letter === "*") next |= 1 << at;
    else if (letter === "?" || letter === digit) next |= 1 << (at + 1);
  }
  return withStars(pattern, next);
}

/** Adds the places behind stars that are reached. */
function withStars(pattern: string, mask: number): number {
  let all = mask;
  for (let at = 0; at < pattern.length; at += 1)
    if (pattern[at] === "*" && ((all >> at) & 1) === 1) all |= 1 << (at + 1);
  return all;
}
