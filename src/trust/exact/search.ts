/**
 * Is there a request in which some conditions hold, and of each of some lists of conditions at least one does not (or
 * does)? Keys that nothing ties are independent, so each is asked alone, and what was asked is remembered.
 */
import type { Budget } from "./budget";
import type { KeyFacts } from "./facts";
import type { Component, Literals, Want } from "./literals";
import { solveKey } from "./solve-key";
import { solveTied } from "./solve-tied";

/** The values of some keys. */
type Values = ReadonlyMap<string, readonly string[]>;

/** The values of every key that a search had to settle, and all that they were settled for. */
export interface Found {
  readonly values: Values;
  readonly wants: readonly Want[];
}

/** One of these must be met. */
export type Clause = readonly Want[];

export class Search {
  private readonly remembered = new Map<string, Values | null>();

  constructor(
    private readonly literals: Literals,
    private readonly factsOf: (key: string) => KeyFacts,
    private readonly budget: Budget,
  ) {}

  /** Values of the keys by which every want and one of each clause is met; null where there are none. */
  find(wants: readonly Want[], clauses: readonly Clause[]): Found | null {
    const state = State.of(wants);
    return state === null ? null : this.settle(state, clauses);
  }

  private settle(given: State, clauses: readonly Clause[]): Found | null {
    let state = given;
    let open = clauses;
    for (;;) {
      this.budget.spend(1 + open.length);
      if (!this.isPossible(state)) return null;
      const before = state;
      const narrowed: Clause[] = [];
      for (const clause of open) {
        if (clause.some((want) => state.has(want))) continue;
        const options = clause.filter((want) => !state.excludes(want) && this.isPossibleWith(state, [want]));
        const [only] = options;
        if (only === undefined) return null;
        if (options.length === 1) state = state.with([only]);
        else narrowed.push(options);
      }
      open = narrowed;
      if (state !== before) continue;
      state = this.withAllAtOnce(state, open);
      if (state === before) break;
    }
    if (open.length === 0) return this.values(state);
    return this.branch(state, open);
  }

  /**
   * Where one component can meet every want that the open clauses have of it, nothing is lost by asking it to: no
   * other clause needs it otherwise.
   */
  private withAllAtOnce(state: State, clauses: readonly Clause[]): State {
    const byComponent = new Map<Component, Want[]>();
    for (const want of clauses.flat()) {
      const component = this.literals.componentOf(want.literal);
      const list = byComponent.get(component);
      if (list === undefined) byComponent.set(component, [want]);
      else list.push(want);
    }
    for (const wants of byComponent.values()) if (this.isPossibleWith(state, wants)) return state.with(wants);
    return state;
  }

  private branch(state: State, clauses: readonly Clause[]): Found | null {
    const [clause = []] = [...clauses].sort((left, right) => left.length - right.length);
    let rest = state;
    for (const want of clause) {
      const found = this.settle(rest.with([want]), clauses);
      if (found !== null) return found;
      // the others need not be tried with it once more
      const opposite = { literal: want.literal, holds: !want.holds };
      if (rest.excludes(opposite)) return null;
      rest = rest.with([opposite]);
      if (!this.isPossible(rest)) return null;
    }
    return null;
  }

  private isPossible(state: State): boolean {
    return state.components(this.literals).every(([component, wants]) => this.solve(component, wants) !== null);
  }

  private isPossibleWith(state: State, wants: readonly Want[]): boolean {
    if (wants.some((want) => state.excludes(want))) return false;
    const touched = new Set(wants.map(({ literal }) => this.literals.componentOf(literal)));
    const next = state.with(wants);
    if (next.contradictory) return false;
    return next
      .components(this.literals)
      .every(([component, own]) => !touched.has(component) || this.solve(component, own) !== null);
  }

  private values(state: State): Found | null {
    const values = new Map<string, readonly string[]>();
    const wants: Want[] = [];
    for (const [component, own] of state.components(this.literals)) {
      const solved = this.solve(component, own);
      if (solved === null) return null;
      for (const [key, list] of solved) values.set(key, list);
      wants.push(...own);
    }
    return { values, wants };
  }

  private solve(component: Component, wants: readonly Want[]): Values | null {
    const name = `${component.id}:${wants.map(({ literal, holds }) => (holds ? literal.id : ~literal.id)).join()}`;
    const known = this.remembered.get(name);
    if (known !== undefined) return known;
    const [key = "", ...others] = component.keys;
    let found: Values | null;
    const tied = others.length > 0 || component.literals.some(({ ties }) => ties.length > 0);
    if (tied) found = solveTied(component, wants, this.factsOf, this.literals, this.budget);
    else {
      const values = solveKey(key, wants, this.factsOf(key), this.literals.testsOf(key), this.budget);
      found = values === null ? null : new Map([[key, values]]);
    }
    this.remembered.set(name, found);
    return found;
  }
}

/** What is wanted so far, each literal once. */
class State {
  private grouped: readonly (readonly [Component, readonly Want[]])[] | null = null;

  private constructor(
    private readonly wanted: ReadonlyMap<number, Want>,
    readonly contradictory: boolean,
  ) {}

  /** Null where a literal is wanted both ways. */
  static of(wants: readonly Want[]): State | null {
    const state = new State(new Map(), false).with(wants);
    return state.contradictory ? null : state;
  }

  has({ literal, holds }: Want): boolean {
    return this.wanted.get(literal.id)?.holds === holds;
  }

  excludes({ literal, holds }: Want): boolean {
    const known = this.wanted.get(literal.id);
    return known !== undefined && known.holds !== holds;
  }

  with(wants: readonly Want[]): State {
    const wanted = new Map(this.wanted);
    let contradictory = this.contradictory;
    for (const want of wants) {
      const known = wanted.get(want.literal.id);
      if (known !== undefined && known.holds !== want.holds) contradictory = true;
      wanted.set(want.literal.id, want);
    }
    return new State(wanted, contradictory);
  }

  /** The wants by component, each list in the order of its literals. */
  components(literals: Literals): readonly (readonly [Component, readonly Want[]])[] {
    if (this.grouped !== null) return this.grouped;
    const groups = new Map<Component, Want[]>();
    for (const want of [...this.wanted.values()].sort((left, right) => left.literal.id - right.literal.id)) {
      const component = literals.componentOf(want.literal);
      const list = groups.get(component);
      if (list === undefined) groups.set(component, [want]);
      else list.push(want);
    }
    this.grouped = [...groups];
    return this.grouped;
  }
}
