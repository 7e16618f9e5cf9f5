/**
 * The tests that some policies make of the values of one key, each distinct one once, and what each says of a value:
 * yes, no, or open. The answers are those of the code that `decide` uses.
 */
import type { PreparedValue } from "../decide/conditions";
import type { Operator } from "../decide/operators";
import { candidatesFor, kindOf } from "./candidates";
import type { Kind } from "./candidates";
import type { Domain } from "./domain";
import { domainTest } from "./domain";
import type { Machine } from "./machine";
import { arnMachine, asciiCaseMachine, globMachine, textMachine, unicodeCaseMachine } from "./machine";

/** One test of a value: an operator without its negation, and one value of a policy. */
export interface KeyTest {
  readonly kind: Kind;
  readonly compares: string;
  readonly value: string;
  /** Null where it is open whatever the value: it does not read, or holds variables. */
  readonly matches: ((value: string) => boolean | null) | null;
  /** Whether one text alone matches for certain, its value. */
  readonly exact: boolean;
  /** The texts that match for certain; null for what is not compared letter by letter. */
  readonly machine: () => Machine | null;
  /** The same with the texts of which it is open; null where there are no others, or where they are found otherwise. */
  readonly openMachine: () => Machine | null;
}

/** Values of a key must pass some test of each wanted set, and none of each unwanted. */
export interface Requirement {
  readonly tests: readonly number[];
  readonly matches: boolean;
}

export class KeyTests {
  readonly tests: KeyTest[] = [];
  private readonly known = new Map<string, number>();
  private candidates: readonly string[] | null = null;
  private readonly answers = new Map<string, (boolean | null)[]>();
  private readonly within = new Map<Domain, readonly string[]>();

  /** The number of a test, the same for the same test. */
  add(operator: Operator, { value, test, template }: PreparedValue): number {
    const name = `${operator.compares} ${template === null ? "" : "${}"} ${operator.sameAs(value)}`;
    let number = this.known.get(name);
    if (number === undefined) {
      number = this.tests.push(keyTest(operator, value, template === null ? test : null)) - 1;
      this.known.set(name, number);
      this.candidates = null;
      this.within.clear();
    }
    return number;
  }

  /** What test number `test` says of `value`. */
  answer(test: number, value: string): boolean | null {
    let answers = this.answers.get(value);
    if (answers === undefined) this.answers.set(value, (answers = []));
    let answer = answers[test];
    if (answer === undefined) {
      answer = this.tests[test]?.matches?.(value) ?? null;
      answers[test] = answer;
    }
    return answer;
  }

  /** Values of `domain` on every side of every test. */
  candidatesIn(domain: Domain): readonly string[] {
    let found = this.within.get(domain);
    if (found === undefined) {
      found = domain.kind === "values" ? domain.values : this.candidatesBeside(domain).filter(domainTest(domain));
      this.within.set(domain, found);
    }
    return found;
  }

  private candidatesBeside(domain: Domain): readonly string[] {
    if (domain.kind !== "any") return candidatesFor(this.tests, domain);
    return (this.candidates ??= candidatesFor(this.tests, domain));
  }
}

function keyTest(operator: Operator, value: string, matches: KeyTest["matches"]): KeyTest {
  const { compares } = operator;
  const kind = kindOf(compares);
  const machines = matches === null ? null : machinesOf(compares, value);
  return {
    kind,
    compares,
    value,
    matches,
    exact: matches !== null && isExact(compares, value),
    machine: lazily(() => machines?.certain() ?? null),
    openMachine: lazily(() => machines?.open?.() ?? null),
  };
}

function isExact(compares: string, value: string): boolean {
  if (compares === "StringEquals") return true;
  if (compares === "StringEqualsIgnoreCase") return /^[\0-@[-`{-\x7f]*$/.test(value);
  return (compares === "StringLike" || compares === "ArnLike") && !/[*?\ufdd0\ufdd1]/.test(value);
}

interface Machines {
  readonly certain: () => Machine;
  readonly open?: () => Machine;
}

function machinesOf(compares: string, value: string): Machines | null {
  switch (compares) {
    case "StringEquals":
      return { certain: () => textMachine(value) };
    case "StringEqualsIgnoreCase":
      return { certain: () => asciiCaseMachine(value), open: () => unicodeCaseMachine(value) };
    case "StringLike":
      return { certain: () => globMachine(value) };
    case "ArnLike":
      return { certain: () => arnMachine(value) };
    default:
      return null;
  }
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
