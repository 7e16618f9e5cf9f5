/** The conditions of some policies, each distinct one once, by the keys that they speak of. */
import type { Budget } from "./budget";
import type { CompiledCondition, PreparedValue } from "../decide/conditions";
import { compileCondition, prepareValue } from "../decide/conditions";
import type { PolicyCondition } from "../decide/document";
import type { Operator } from "../decide/operators";
import { operatorNamed } from "../decide/operators";
import type { RequestKeys, Template } from "../decide/variables";
import { hasVariables } from "../decide/variables";
import { KeyTests } from "./key-tests";

/** One condition, as something that holds in a request or does not. */
export interface Literal {
  readonly id: number;
  readonly key: string;
  readonly condition: PolicyCondition;
  /** Null for `Null` and for what IAM does not know. */
  readonly operator: Operator | null;
  readonly evaluate: CompiledCondition["evaluate"];
  readonly values: readonly PreparedValue[];
  /** Numbers of its tests in the tests of its key. */
  readonly tests: readonly number[];
  readonly templates: readonly Template[];
  /** Other keys, whose values its variables stand for. */
  readonly ties: readonly string[];
}

/** A condition that must hold, or must not. */
export interface Want {
  readonly literal: Literal;
  readonly holds: boolean;
}

/** Keys that conditions tie together, and what is asked of them. */
export interface Component {
  readonly id: number;
  readonly keys: readonly string[];
  readonly literals: readonly Literal[];
}

export class Literals {
  readonly all: Literal[] = [];
  private readonly known = new Map<string, Literal>();
  private readonly testsByKey = new Map<string, KeyTests>();
  private found: ReadonlyMap<string, Component> | null = null;

  /** The literal for `condition`, the same for the same condition. `variables`: as for `compileCondition`. */
  add(condition: PolicyCondition, variables: boolean): Literal {
    const key = condition.key.toLowerCase();
    const values = [...new Set(condition.values)].sort();
    const resolves = variables && values.some(hasVariables);
    const name = JSON.stringify([condition.operator, key, values, resolves]);
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const operator = condition.operator === "Null" ? null : operatorNamed(condition.operator);
    const prepared = operator === null ? [] : values.map((value) => prepareValue(operator, value, variables));
    const templates = prepared.flatMap(({ template }) => (template === null ? [] : [template]));
    const keyTests = this.testsOf(key);
    const literal: Literal = {
      id: this.all.length,
      key,
      condition,
      operator,
      values: prepared,
      evaluate: compileCondition({ ...condition, values }, variables).evaluate,
      tests: operator === null ? [] : prepared.map((value) => keyTests.add(operator, value)),
      templates,
      ties: [
        ...new Set(
          templates.flatMap((template) =>
            template.flatMap((segment) => ("key" in segment && segment.key !== "" ? [segment.key] : [])),
          ),
        ),
      ],
    };
    this.known.set(name, literal);
    this.all.push(literal);
    this.found = null;
    return literal;
  }

  /** The tests of the values of `key`. */
  testsOf(key: string): KeyTests {
    let found = this.testsByKey.get(key);
    if (found === undefined) this.testsByKey.set(key, (found = new KeyTests()));
    return found;
  }

  /** The component that `literal` belongs to. */
  componentOf(literal: Literal): Component {
    const component = (this.found ??= this.components()).get(literal.key);
    if (component === undefined) throw new Error(`no component for ${literal.key}`);
    return component;
  }

  private components(): ReadonlyMap<string, Component> {
    const group = new Map<string, Set<string>>();
    for (const { key, ties } of this.all) {
      const merged = new Set([key, ...ties].flatMap((name) => [...(group.get(name) ?? [name])]));
      for (const name of merged) group.set(name, merged);
    }
    const components = new Map<ReadonlySet<string>, Component>();
    return new Map(
      [...group].map(([key, keys]) => {
        let component = components.get(keys);
        if (component === undefined) {
          component = {
            id: components.size,
            keys: [...keys],
            literals: this.all.filter((literal) => keys.has(literal.key)),
          };
          components.set(keys, component);
        }
        return [key, component];
      }),
    );
  }
}

/** Answers to what is open, by the name of the test. */
export type Answers = ReadonlyMap<string, boolean>;

/**
 * Answers to open tests by which `keys` meets every want; null where there are none. A test that all wants need alike
 * is answered so; of one that some want needs yes and another no, both are tried.
 */
export function answersFor(wants: readonly Want[], keys: RequestKeys, budget: Budget): Answers | null {
  const answers = new Map<string, boolean>();
  const contested = new Set<string>();
  for (const { literal, holds } of wants) {
    const verdict = literal.evaluate(keys, (test, helps) => {
      const needed = helps === holds;
      if (answers.get(test) === !needed) contested.add(test);
      answers.set(test, needed);
      return null;
    });
    if (verdict !== "unknown" && (verdict === "yes") !== holds) return null;
  }
  if (answers.size === 0) return answers;
  const tests = [...contested].slice(0, MOST_CONTESTED);
  for (let mask = 0; mask < 1 << tests.length; mask += 1) {
    tests.forEach((test, at) => answers.set(test, ((mask >> at) & 1) === 1));
    if (mask > 0) budget.spend();
    const met = wants.every(
      ({ literal, holds }) => literal.evaluate(keys, (test) => answers.get(test) ?? false) === (holds ? "yes" : "no"),
    );
    if (met) return answers;
  }
  if (contested.size > tests.length) budget.giveUp("so many tests that IAM's documentation leaves open");
  return null;
}

const MOST_CONTESTED = 8;
