import type { compare as Compare } from "../../../src/trust/exact/compare";
import { EXACT_CASES } from "../../support/exact-cases";
import type { Fault } from "../../support/load-altered";
import { loadAltered } from "../../support/load-altered";

/** Mistakes that are easily made, each in one place of the engine, with a directed case that it gets wrong. */
const FAULTS: readonly (readonly [fault: string, by: string, Fault])[] = [
  [
    "a pattern's star takes one letter at least",
    "patterns that overlap: less",
    {
      file: "exact/machine.ts",
      find: "accepts[at] = many && accepts[at + 1] === true;",
      replace: "accepts[at] = false;",
    },
  ],
  [
    "a question mark takes no letter by name",
    "a letter that no pattern names",
    {
      file: "exact/machine.ts",
      find: 'if (letter === "?") return { many: false, only: null, not };',
      replace: 'if (letter === "?") return { many: true, only: null, not };',
    },
  ],
  [
    "a star as a character is a wildcard",
    "a star that was written as a star, as a text: other way",
    {
      file: "exact/machine.ts",
      find: 'letter === LITERAL_WILDCARDS["*"] ? "*"',
      replace: 'letter === LITERAL_WILDCARDS["*"] ? "~"',
    },
  ],
  [
    "an ARN's star crosses colons",
    "a star as another part",
    {
      file: "exact/machine.ts",
      find: '[...globTokens(part, ":"), one(":")]',
      replace: '[...globTokens(part), one(":")]',
    },
  ],
  [
    "an ARN's last part ends at a colon",
    "a colon in the last part of an ARN",
    { file: "exact/machine.ts", find: "...globTokens(last)]", replace: '...globTokens(last, ":")]' },
  ],
  [
    "texts that read as no ARN are forgotten",
    "a text that is no ARN, of which a test of ARNs is open",
    {
      file: "exact/find-value.ts",
      find: 'this.kinds.has("arn") ? [true, false]',
      replace: 'this.kinds.has("arn") ? [true]',
    },
  ],
  [
    "only one case of a letter matches",
    "a pattern met in another case",
    { file: "exact/machine.ts", find: "`${lower}${upper}`", replace: "lower" },
  ],
  [
    "letters equal by Unicode alone are forgotten",
    "the Kelvin sign",
    {
      file: "exact/find-value.ts",
      find: "(free ? test.openMachine() : null) ?? test.machine()",
      replace: "test.machine()",
    },
  ],
  [
    "an open test is never answered yes",
    "numbers in two forms",
    {
      file: "exact/find-value.ts",
      find: "answer === null && !unwanted.has(test)",
      replace: "answer === null && unwanted.has(test)",
    },
  ],
  [
    "an open test is answered differently for each side",
    "all of two values: less",
    {
      file: "exact/literals.ts",
      find: "(test) => answers.get(test) ?? false",
      replace: "(_, helps) => helps === holds",
    },
  ],
  [
    "an open test that two conditions need otherwise is answered one way only",
    "an open test that one side needs yes and the other could use as a no",
    { file: "exact/literals.ts", find: "contested.add(test)", replace: "contested.has(test)" },
  ],
  [
    "the fresh letter may be one that a pattern names",
    "a letter that no pattern names",
    {
      file: "exact/words.ts",
      find: "if (!named.has(letter)) return letter;\n  for (let code",
      replace: "return letter;\n  for (let code",
    },
  ],
  [
    "no letter but those of the patterns is tried",
    "a letter that no pattern names",
    { file: "exact/words.ts", find: "return letters.add(fresh);", replace: "return letters;" },
  ],
  [
    "a word may end anywhere",
    "case ignored on both sides: other way",
    {
      file: "exact/words.ts",
      find: "positives.every(({ accepts }, at) => accepts[guesses[at] ?? 0] === true) &&",
      replace: "",
    },
  ],
  [
    "what a negative pattern has reached is forgotten",
    "a sharp s from two letters",
    { file: "exact/words.ts", find: "known.some((live) => contains(node.live, live))", replace: "known.length > 0" },
  ],
  [
    "every later state of a pattern drops the earlier ones",
    "a pattern that ends otherwise: less",
    { file: "exact/words.ts", find: "if (machine.stays[state] !== true) continue;", replace: "" },
  ],
  [
    "a number is written in one way",
    "a thousandth of a second",
    {
      file: "exact/candidates.ts",
      find: "const ways = Math.min(MOST_WAYS, 1 + named.size);",
      replace: "const ways = 1;",
    },
  ],
  [
    "the moment before a date is not tried",
    "the one thousandth between two",
    {
      file: "exact/candidates.ts",
      find: "[limit - 1, limit, limit + 1, limit - 1000, limit + 1000]",
      replace: "[limit]",
    },
  ],
  [
    "the address after a block is not tried",
    "an exact address of a block",
    { file: "exact/candidates.ts", find: "[first, first + span]", replace: "[first]" },
  ],
  [
    "IPv6 behind the mapped addresses is forgotten",
    "IPv6 behind the addresses that stand for IPv4",
    { file: "exact/candidates.ts", find: "new Set([0n, MAPPED_END])", replace: "new Set([0n])" },
  ],
  [
    "booleans have one spelling",
    "a boolean in other capitals",
    { file: "exact/candidates.ts", find: "{ length: 1 << word.length }", replace: "{ length: 1 }" },
  ],
  [
    "a key is never missing",
    "an empty list",
    { file: "exact/solve-key.ts", find: 'if (presence !== "always" && fits([])) return [];', replace: "" },
  ],
  [
    "a subject may be missing",
    "a subject that is missing",
    { file: "exact/facts.ts", find: "  sub: always(),", replace: "  sub: SOMETIMES," },
  ],
  [
    "a subject may have two values",
    "two values of a key that has one",
    {
      file: "exact/facts.ts",
      find: "  sub: always(),",
      replace: '  sub: { presence: "always", several: true, domain: ANY },',
    },
  ],
  [
    "no key has several values",
    "two values at once",
    { file: "exact/solve-key.ts", find: "if (!several) return null;", replace: "return null;" },
  ],
  [
    "the set of one empty value is forgotten",
    "the set of one empty value",
    { file: "exact/solve-key.ts", find: 'if (blank && fits([""])) return [""];', replace: "" },
  ],
  [
    "one of several values is asked of all",
    "one of two values",
    { file: "exact/solve-key.ts", find: '(operator.set === "any") === want.holds', replace: 'operator.set === "any"' },
  ],
  [
    "an operator for one value takes several alike",
    "two values for an operator of one",
    { file: "exact/solve-key.ts", find: "tests.filter((test) => !missed.has(test))", replace: "[]" },
  ],
  [
    "tied keys have one value a cell",
    "tied keys in one cell, unequal",
    { file: "exact/solve-tied.ts", find: "taken.size <= keys.length", replace: "taken.size < 1" },
  ],
  [
    "wildcards in a variable's value make no cell",
    "a wildcard in the value of a variable that has one",
    { file: "exact/solve-tied.ts", find: "if (operator.wildcards)", replace: "if (false)" },
  ],
  [
    "a fallback is no value",
    "the value to fall back on",
    { file: "exact/solve-tied.ts", find: "segment.fallback !== null", replace: "false" },
  ],
  [
    "variables tie no keys",
    "a variable without a value",
    {
      file: "exact/search.ts",
      find: "others.length > 0 || component.literals.some(({ ties }) => ties.length > 0)",
      replace: "false",
    },
  ],
  [
    "one option of a clause is never tried",
    "the one pair of values that is left",
    { file: "exact/search.ts", find: "for (const want of clause) {", replace: "for (const want of clause.slice(1)) {" },
  ],
  [
    "wants of several clauses are always met at once",
    "the one pair of values that is left",
    {
      file: "exact/search.ts",
      find: "if (this.isPossibleWith(state, wants)) return state.with(wants);",
      replace: "return state.with(wants);",
    },
  ],
  [
    "Denies of the first policy are forgotten",
    "a Deny of another's pattern: less",
    { file: "exact/compare.ts", find: 'matching(policy, "Deny").map(failing)', replace: "[] as Clause[]" },
  ],
  [
    "Denies of the second policy are forgotten",
    "a Deny that is gone: more",
    {
      file: "exact/compare.ts",
      find: "...(allows.length === 0 ? [] : denies.map(",
      replace: "...(true ? [] : denies.map(",
    },
  ],
  [
    "services are not seen",
    "a service: more",
    { file: "exact/callers.ts", find: "...services.map(", replace: "...[].map(" },
  ],
  [
    "the others of an account are forgotten",
    "a pattern of letters over parts: more",
    { file: "exact/callers.ts", find: '...(["role", "user"] as const).map(', replace: "...([] as const).map(" },
  ],
  [
    "an account that nobody names is forgotten",
    "an account that one pattern matches and two others do not: more",
    {
      file: "exact/accounts.ts",
      find: '[..."9876543210"].find((digit) => !named.has(digit))',
      replace: "undefined",
    },
  ],
  [
    "claims belong to every provider",
    "a claim of no provider",
    { file: "exact/facts.ts", find: "if (issuerPath !== claim.issuerPath) return NEVER;", replace: "" },
  ],
  [
    "an account is any account",
    "another account's own key",
    { file: "exact/facts.ts", find: "always(one(account));", replace: "SOMETIMES;" },
  ],
];

/** Of the directed cases called `only`, or of all, those that a faulty engine gets wrong. */
function wrongCases(fault: Fault | null, only: string | null = null): readonly string[] {
  const { compare } = loadAltered("src/trust/exact/compare.ts", fault) as unknown as { compare: typeof Compare };
  const cases = EXACT_CASES.filter(({ name }) => only === null || name === only);
  return cases.flatMap(({ name, a, b, is }) => {
    try {
      return compare(a, b, { steps: 30_000 }).kind === is ? [] : [name];
    } catch {
      return [name];
    }
  });
}

describe("a fault in the engine", () => {
  test("is none where nothing is altered", () => {
    expect(wrongCases(null)).toEqual([]);
  });

  test("has at least thirty kinds", () => {
    expect(FAULTS.length).toBeGreaterThanOrEqual(30);
  });

  test.each(FAULTS)("is caught: %s, by %s", (_, by, fault) => {
    expect(wrongCases(fault, by)).toEqual([by]);
  });
});
