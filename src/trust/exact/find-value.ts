/**
 * Is there a value of one key that passes and fails the tests it must? Candidates are tried first. Where none fits and
 * the tests compare letters, automata are searched; where they compare one ordered kind, the candidates are complete.
 */
import type { Budget } from "./budget";
import type { Domain } from "./domain";
import { domainMachines, domainTest } from "./domain";
import type { Kind } from "./candidates";
import { domainKind } from "./candidates";
import type { KeyTest, KeyTests, Requirement } from "./key-tests";
import type { Machine } from "./machine";
import { ANY_ARN, ANY_TEXT, NO_ARN, textMachine, union } from "./machine";
import { findWord } from "./words";

/** A value that meets every requirement, or null. Where null is no proof, `budget.giveUp` says so. */
export function findValue(
  keyTests: KeyTests,
  requirements: readonly Requirement[],
  domain: Domain,
  budget: Budget,
  taken: ReadonlySet<string> = NOTHING,
): string | null {
  const unwanted = unwantedTests(requirements);
  for (const candidate of keyTests.candidatesIn(domain)) {
    budget.spend();
    if (!taken.has(candidate) && meets(keyTests, requirements, unwanted, candidate)) return candidate;
  }
  if (domain.kind === "values") return null;
  const search = new TextSearch(keyTests, requirements, unwanted, domain, budget, taken);
  return search.find();
}

const NOTHING: ReadonlySet<string> = new Set();

/** The tests that must not match. An open one among them is taken for a no, everywhere. */
export function unwantedTests(requirements: readonly Requirement[]): ReadonlySet<number> {
  return new Set(requirements.flatMap(({ tests, matches }) => (matches ? [] : tests)));
}

/** Whether `value` meets `requirements` by some reading of what is open. */
export function meets(
  keyTests: KeyTests,
  requirements: readonly Requirement[],
  unwanted: ReadonlySet<number>,
  value: string,
): boolean {
  for (const { tests, matches } of requirements) {
    let found = false;
    for (const test of tests) {
      const answer = keyTests.answer(test, value);
      if (answer === true || (matches && answer === null && !unwanted.has(test))) {
        found = true;
        break;
      }
    }
    if (found !== matches) return false;
  }
  return true;
}

/** A search among texts, for the tests that compare letters; those of numbers and the like are left out of it. */
class TextSearch {
  private readonly wanted: readonly (readonly KeyTest[])[];
  private readonly unwantedTests: readonly KeyTest[];
  private readonly kinds: ReadonlySet<Kind>;

  constructor(
    private readonly keyTests: KeyTests,
    private readonly requirements: readonly Requirement[],
    private readonly unwanted: ReadonlySet<number>,
    private readonly domain: Domain,
    private readonly budget: Budget,
    private readonly taken: ReadonlySet<string>,
  ) {
    const named = (tests: Iterable<number>): readonly KeyTest[] =>
      [...tests].flatMap((test) => keyTests.tests[test] ?? []);
    this.wanted = requirements.filter(({ matches }) => matches).map(({ tests }) => named(tests));
    this.unwantedTests = named(unwanted);
    this.kinds = new Set(
      [...this.wanted.flat(), ...this.unwantedTests].map(({ kind }) => kind).concat(domainKind(domain) ?? []),
    );
  }

  find(): string | null {
    if (this.wanted.some((tests) => tests.every(isOneText))) return null;
    const ordered = [...this.kinds].filter((kind) => kind !== "text" && kind !== "arn");
    if (ordered.length > 0 && this.candidatesAreComplete(ordered)) return null;
    let possible = false;
    for (const arns of this.kinds.has("arn") ? [true, false] : [null]) {
      const word = this.search(arns);
      if (word === null) continue;
      possible = true;
      if (this.fits(word)) return word;
    }
    if (possible && !ordered.some((kind) => this.isImpossibleIn(kind)))
      this.budget.giveUp(`${[...this.kinds].sort().join(" and ")} tests on one key`);
    return null;
  }

  /** Whether nothing but exact texts and one kind of ordered values is compared. */
  private candidatesAreComplete(ordered: readonly Kind[]): boolean {
    const exact = [...this.wanted.flat(), ...this.unwantedTests].every(
      (test) => test.matches === null || test.exact || ordered.includes(test.kind),
    );
    const oneKind =
      ordered.length === 1 ||
      (this.domain.kind === "epoch" && ordered.every((kind) => kind === "number" || kind === "date"));
    return exact && oneKind && !this.kinds.has("arn") && this.domain.kind !== "patterns";
  }

  /** Whether no value at all meets the tests of one ordered kind and of exact texts. */
  private isImpossibleIn(kind: Kind): boolean {
    const belongs = (test: number): boolean => {
      const found = this.keyTests.tests[test];
      return found !== undefined && (found.kind === kind || (found.kind === "text" && found.exact));
    };
    const part = this.requirements.flatMap(({ tests, matches }): readonly Requirement[] => {
      if (!matches) return [{ tests: tests.filter(belongs), matches }];
      return tests.every(belongs) ? [{ tests, matches }] : [];
    });
    return !this.keyTests
      .candidatesIn(this.domain)
      .some((value) => !this.taken.has(value) && meets(this.keyTests, part, this.unwanted, value));
  }

  private fits(word: string): boolean {
    return (
      domainTest(this.domain)(word) &&
      !this.taken.has(word) &&
      meets(this.keyTests, this.requirements, this.unwanted, word)
    );
  }

  /**
   * A text that the tests of letters allow, whatever the others say; `arns`: among the texts that read as ARNs, or
   * among those that do not, of which the tests of ARNs are open.
   */
  private search(arns: boolean | null): string | null {
    const positives: Machine[] = [];
    for (const tests of this.wanted) {
      const machines = this.machinesFor(tests, arns);
      if (machines === null) continue;
      if (machines.length === 0) return null;
      positives.push(union(machines));
    }
    if (arns !== null) positives.push(arns ? ANY_ARN : NO_ARN);
    const limits = domainMachines(this.domain);
    if (limits !== null) positives.push(limits.within);
    const negatives = this.unwantedTests.flatMap((test) => {
      const machine = test.kind === "text" || (test.kind === "arn" && arns === true) ? test.machine() : null;
      return machine ?? [];
    });
    if (limits?.without != null) negatives.push(limits.without);
    for (const text of this.taken) negatives.push(textMachine(text));
    return findWord(
      positives.length === 0 ? [ANY_TEXT] : positives,
      negatives.length === 0 ? null : union(negatives),
      this.budget,
    );
  }

  /** The automata one of which a text must be in; null where every text will do. */
  private machinesFor(tests: readonly KeyTest[], arns: boolean | null): readonly Machine[] | null {
    const machines: Machine[] = [];
    for (const test of tests) {
      const free = !this.unwantedTests.includes(test);
      if (test.kind !== "text" && test.kind !== "arn") return null;
      const open = test.matches === null || (test.kind === "arn" && arns === false);
      if (open && free) return null;
      if (open) continue;
      const machine = (free ? test.openMachine() : null) ?? test.machine();
      if (machine !== null) machines.push(machine);
    }
    return machines;
  }
}

function isOneText({ kind, exact, matches }: KeyTest): boolean {
  return kind === "text" && exact && matches !== null;
}
