/**
 * Keys tied by `${…}`: where a condition compares one key with another. The keys share a pool of values, of every cell
 * that the tests of all of them make one value more than there are keys, so that each may equal or differ from each.
 */
import type { PreparedValue } from "../decide/conditions";
import type { Operator } from "../decide/operators";
import { operatorNamed } from "../decide/operators";
import type { Template } from "../decide/variables";
import { instanceOf, LITERAL_WILDCARDS } from "../string-like";
import type { Budget } from "./budget";
import type { Domain } from "./domain";
import { domainTest } from "./domain";
import type { KeyFacts } from "./facts";
import { findValue } from "./find-value";
import type { Requirement } from "./key-tests";
import { KeyTests } from "./key-tests";
import type { Component, Literal, Literals, Want } from "./literals";
import { answersFor } from "./literals";
import { solveKey } from "./solve-key";

/** The values of each key of a component that meet `wants`; null where there are none. */
export function solveTied(
  component: Component,
  wants: readonly Want[],
  factsOf: (key: string) => KeyFacts,
  literals: Literals,
  budget: Budget,
): ReadonlyMap<string, readonly string[]> | null {
  // with every variable taken for unknown: where that cannot be met, neither can the rest
  for (const key of component.keys) {
    const own = wants.filter(({ literal }) => literal.key === key);
    if (!solveLoosely(key, own, factsOf(key), literals, budget)) return null;
  }
  const states = component.keys.map((key) => statesOf(key, component, factsOf(key), literals, budget));
  const found = assign(component.keys, states, wants, budget);
  if (found === null && !isComplete(component, factsOf))
    budget.giveUp(`variables in conditions on ${component.keys.join(", ")}`);
  return found;
}

/** False where no value of `key` meets `wants`, each test with a variable taken for open. */
function solveLoosely(
  key: string,
  wants: readonly Want[],
  facts: KeyFacts,
  literals: Literals,
  budget: Budget,
): boolean {
  if (wants.length === 0) return true;
  const before = budget.incomplete;
  budget.incomplete = null;
  const possible = solveKey(key, wants, facts, literals.testsOf(key), budget) !== null || budget.incomplete !== null;
  budget.incomplete = before;
  return possible;
}

/** Whether the pool is known to hold a value of every kind: variables that are whole values, of single-valued keys. */
function isComplete({ keys, literals }: Component, factsOf: (key: string) => KeyFacts): boolean {
  return (
    keys.every((key) => {
      const { domain, several } = factsOf(key);
      return !several && (domain.kind === "any" || domain.kind === "values" || domain.kind === "boolean");
    }) &&
    literals.every(
      ({ operator, templates }) =>
        templates.length === 0 || (operator?.compares !== "StringEqualsIgnoreCase" && templates.every(isWhole)),
    )
  );
}

function isWhole(template: Template): boolean {
  const parts = template.filter((segment) => !("text" in segment) || segment.text !== "");
  return parts.length === 1 && parts[0] !== undefined && "key" in parts[0];
}

const pools = new WeakMap<Component, readonly string[]>();

/** What `key` can hold: nothing, and each value of the pool that it can have. */
function statesOf(
  key: string,
  component: Component,
  { presence, domain, several }: KeyFacts,
  literals: Literals,
  budget: Budget,
): readonly (readonly string[])[] {
  const states: (readonly string[])[] = presence === "always" ? [] : [[]];
  if (presence === "never") return states;
  let pool = pools.get(component);
  if (pool === undefined) pools.set(component, (pool = poolOf(component, budget)));
  const allowed = domainTest(domain);
  const own =
    domain.kind === "values" ? domain.values : domain.kind === "any" ? [] : literals.testsOf(key).candidatesIn(domain);
  const values = [...new Set([...pool, ...own])].filter(allowed);
  states.push(...values.map((value) => [value]));
  if (several)
    for (const [at, value] of values.entries()) for (const other of values.slice(at + 1)) states.push([value, other]);
  return states;
}

const MOST_CELLS = 300;

function poolOf({ keys, literals }: Component, budget: Budget): readonly string[] {
  const tests = new KeyTests();
  const sets = testSets(literals, tests);
  const pool: string[] = [];
  const split = (at: number, requirements: readonly Requirement[]): void => {
    if (pool.length > MOST_CELLS) return budget.giveUp("variables beside so many other values");
    if (findValue(tests, requirements, ANY, budget) === null) return;
    const set = sets[at];
    if (set !== undefined) {
      for (const matches of [true, false]) split(at + 1, [...requirements, { tests: set, matches }]);
      return;
    }
    const taken = new Set<string>();
    while (taken.size <= keys.length) {
      const value = findValue(tests, requirements, ANY, budget, taken);
      if (value === null) break;
      taken.add(value);
    }
    pool.push(...taken);
  };
  split(0, []);
  return [...new Set([...pool, ...pool.flatMap(otherCases(literals)), ...embedded(literals, pool)])];
}

const ANY: Domain = { kind: "any" };

/** Every set of tests of the component, in tests of its own: those of the conditions, and what templates read. */
function testSets(literals: readonly Literal[], tests: KeyTests): readonly (readonly number[])[] {
  const sets = new Map<string, readonly number[]>();
  const add = (operator: Operator, values: readonly PreparedValue[]): void => {
    const set = values.filter(({ template }) => template === null).map((value) => tests.add(operator, value));
    if (set.length > 0) sets.set(set.join(), set);
  };
  const addTexts = (base: "StringEquals" | "StringLike", values: readonly string[]): void => {
    const operator = operatorNamed(base);
    const fixed = { template: null, finding: null };
    if (operator !== null)
      add(
        operator,
        values.map((value) => ({ ...fixed, value, test: operator.prepare(value) })),
      );
  };
  for (const { values, operator, templates } of literals) {
    if (operator === null) continue;
    add(operator, values);
    // what it says of a set of empty texts is open
    if (operator.set === "all") addTexts("StringEquals", [""]);
    for (const template of templates) {
      // a wildcard that comes out of a variable is open, and so is what reads as no ARN
      if (operator.wildcards)
        addTexts(
          "StringLike",
          Object.values(LITERAL_WILDCARDS).map((letter) => `*${letter}*`),
        );
      if (operator.compares === "ArnLike") addTexts("StringLike", ["arn:*:*:*:*:*"]);
      for (const segment of template)
        if ("key" in segment && segment.fallback !== null) addTexts("StringEquals", [segment.fallback]);
    }
  }
  return [...sets.values()];
}

/** The other cases of a value, where a condition that ignores case has a variable. */
function otherCases(literals: readonly Literal[]): (value: string) => readonly string[] {
  const needed = literals.some(
    ({ operator, templates }) => operator?.compares === "StringEqualsIgnoreCase" && templates.length > 0,
  );
  return (value) => (needed ? [value.toUpperCase(), value.toLowerCase()] : []);
}

const MOST_EMBEDDED = 200;

/** What templates with text around their variables become for values of the pool. */
function embedded(literals: readonly Literal[], pool: readonly string[]): readonly string[] {
  const found: string[] = [];
  for (const { operator, templates } of literals)
    for (const template of templates) {
      if (isWhole(template)) continue;
      for (const value of pool) {
        if (found.length >= MOST_EMBEDDED) return found;
        const text = template.map((segment) => ("text" in segment ? segment.text : value)).join("");
        found.push(operator?.wildcards === true ? instanceOf(text) : text);
      }
    }
  return found;
}

/** Tries every state of every key, in turn, and drops what a condition already rules out. */
function assign(
  keys: readonly string[],
  states: readonly (readonly (readonly string[])[])[],
  wants: readonly Want[],
  budget: Budget,
): ReadonlyMap<string, readonly string[]> | null {
  const chosen = new Map<string, readonly string[]>();
  const decidedAt = keys.map((_, at) =>
    wants.filter(({ literal }) => {
      const places = [literal.key, ...literal.ties].map((key) => keys.indexOf(key));
      return Math.max(...places) === at;
    }),
  );
  const from = (at: number): boolean => {
    const key = keys[at];
    if (key === undefined) return answersFor(wants, chosen, budget) !== null;
    for (const values of states[at] ?? []) {
      budget.spend();
      chosen.set(key, values);
      const possible = (decidedAt[at] ?? []).every(({ literal, holds }) => {
        const verdict = literal.evaluate(chosen);
        return verdict === "unknown" || (verdict === "yes") === holds;
      });
      if (possible && from(at + 1)) return true;
    }
    chosen.delete(key);
    return false;
  };
  return from(0) ? chosen : null;
}
