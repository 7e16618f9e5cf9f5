/**
 * All callers that get in, as a short list of kinds: one for each Allow statement that lets callers in that the others
 * do not, without the conditions that exclude no one, and with the Denies that narrow it. The list is complete: whoever
 * gets in does so by a statement of it.
 */
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "../decide/document";
import { operatorNamed } from "../decide/operators";
import { hasVariables } from "../decide/variables";
import { instanceOf } from "../string-like";
import type { Caller } from "./callers";
import { ASSUME_ACTIONS } from "./callers";
import type { CompareOptions, Comparison, Policies } from "./compare";
import { compare, listOf } from "./compare";
import { claimOf } from "./facts";
import { namedExactly } from "./named-exactly";
import type { Witness } from "./request";

/** What a caller must say for one key: any of these. */
export interface AskedValues {
  readonly exact: readonly string[];
  /** With `*` and `?`, as `StringLike` reads them. */
  readonly patterns: readonly string[];
  /** Further conditions on the same key, all of which must hold too. */
  readonly others: readonly PolicyCondition[];
}

export interface KindOfCaller {
  /** Which of the policies, and which of its statements, from 0. */
  readonly policy: number;
  readonly statement: number;
  /** The names in its Principal by which a caller gets in; kinds as IAM writes them, e.g. `Federated`. */
  readonly principals: readonly { readonly kind: string; readonly name: string }[];
  /** Everyone but these principals. */
  readonly notPrincipal: boolean;
  readonly actions: readonly string[];
  /** Every action but these. */
  readonly notAction: boolean;
  /** Of a web identity; null where no condition asks for it. */
  readonly audiences: AskedValues | null;
  readonly subjects: AskedValues | null;
  /** `sts:ExternalId`; null where no condition asks for it. */
  readonly externalIds: AskedValues | null;
  /** CIDR blocks of `aws:SourceIp`; null where no condition asks for it. */
  readonly networks: readonly string[] | null;
  /** Every other condition that excludes some callers. */
  readonly conditions: readonly PolicyCondition[];
  /** The Denies without which more would get in. */
  readonly except: readonly PolicyStatement[];
  /** One of them; null where it could not be decided whether there is any. */
  readonly witness: Witness | null;
}

export interface Who {
  readonly kinds: readonly KindOfCaller[];
  /** Why a kind may let in no one or a condition exclude no one after all; null where all was decided. */
  readonly unsure: string | null;
}

/**
 * Who gets in by `policies`.
 *
 * @example
 * ```ts
 * import { readPolicy, who } from "databricks-aws-oidc";
 * const read = readPolicy("{}"); // the JSON of a trust policy
 * if (read.ok) for (const { subjects } of who(read.policy).kinds) console.log(subjects?.exact ?? "anyone");
 * ```
 */
export function who(policies: Policies, options: CompareOptions = {}): Who {
  const list = listOf(policies);
  const ask = new Asking(options);
  let left = list;
  const kinds = list.flatMap((policy, at) =>
    policy.statements.flatMap((statement): readonly KindOfCaller[] => {
      if (statement.effect === "Deny") return [];
      const alone = aloneIn(policy, statement);
      const shown = ask.anyoneOf(alone);
      if (shown.kind === "none") return [];
      const others = left.map((other, index) => (index === at ? without(other, statement) : other));
      const areOthers = others.some(({ statements }) => statements.some(({ effect }) => effect === "Allow"));
      if (areOthers && ask.compare(alone, others).kind === "none") {
        left = others;
        return [];
      }
      return [describe(policy, at, statement, ask, shown.kind === "wider" ? shown.witness : null)];
    }),
  );
  return { kinds, unsure: ask.unsure };
}

export interface KindsBeside {
  /** Kinds all of whom get in by the declared policies too. */
  readonly declared: readonly KindOfCaller[];
  /** Kinds of which some callers do not; the witness is one of those. */
  readonly undeclared: readonly KindOfCaller[];
  readonly unsure: string | null;
}

/** The kinds of callers of `policies`, apart by whether `declared` lets all of them in. */
export function kindsBeside(policies: Policies, declared: Policies, options: CompareOptions = {}): KindsBeside {
  const list = listOf(policies);
  const { kinds, unsure } = who(policies, options);
  const ask = new Asking(options);
  const [known, undeclared]: [KindOfCaller[], KindOfCaller[]] = [[], []];
  for (const kind of kinds) {
    const policy = list[kind.policy];
    const statement = policy?.statements.find(({ index }) => index === kind.statement);
    if (policy === undefined || statement === undefined) continue;
    const beside = ask.compare(aloneIn(policy, statement), declared);
    if (beside.kind === "none") known.push(kind);
    else undeclared.push(beside.kind === "wider" ? { ...kind, witness: beside.witness } : kind);
  }
  return { declared: known, undeclared, unsure: unsure ?? ask.unsure };
}

/** Comparisons of those who get a session, and what none of them could tell. */
class Asking {
  unsure: string | null = null;

  constructor(private readonly options: CompareOptions) {}

  /** One who gets in by `policy`. */
  anyoneOf(policy: PolicyDocument): Comparison {
    const [first] = (Object.keys(this.options).length === 0 ? namedExactly(policy) : undefined) ?? [];
    return first === undefined ? this.compare(policy, []) : { kind: "wider", witness: first.witness, steps: 0 };
  }

  compare(a: Policies, b: Policies, callers: (caller: Caller) => boolean = () => true): Comparison {
    const { callers: asked = () => true } = this.options;
    const comparison = compare(a, b, {
      ...this.options,
      callers: (caller) => ASSUME_ACTIONS.includes(caller.action) && asked(caller) && callers(caller),
    });
    if (comparison.kind === "cannot tell") this.unsure ??= comparison.why;
    return comparison;
  }
}

/** `statement` as the only Allow, with every Deny of its policy. */
export function aloneIn(policy: PolicyDocument, statement: PolicyStatement): PolicyDocument {
  return { ...policy, statements: [statement, ...policy.statements.filter(({ effect }) => effect === "Deny")] };
}

function without(policy: PolicyDocument, statement: PolicyStatement): PolicyDocument {
  return { ...policy, statements: policy.statements.filter((other) => other !== statement) };
}

function describe(
  policy: PolicyDocument,
  at: number,
  whole: PolicyStatement,
  ask: Asking,
  witness: Witness | null,
): KindOfCaller {
  const denied = policy.statements.some(({ effect }) => effect === "Deny");
  let statement = whole;
  for (const condition of whole.conditions) {
    if (!denied && listsClaim(condition, whole)) continue;
    const looser = { ...statement, conditions: statement.conditions.filter((other) => other !== condition) };
    if (ask.compare(aloneIn(policy, looser), aloneIn(policy, statement)).kind === "none") statement = looser;
  }
  const alone = aloneIn(policy, statement);
  const except = alone.statements.filter(
    (deny) => deny.effect === "Deny" && ask.compare(without(alone, deny), alone).kind !== "none",
  );
  const asked = new Conditions(statement.conditions);
  return {
    policy: at,
    statement: whole.index,
    principals: principalsOf(statement, alone, ask),
    notPrincipal: whole.notPrincipal,
    actions: whole.actions,
    notAction: whole.notAction,
    audiences: asked.take((key) => claimOf(key)?.claim === "aud"),
    subjects: asked.take((key) => claimOf(key)?.claim === "sub"),
    externalIds: asked.take((key) => key === "sts:externalid"),
    networks: asked.networks(),
    conditions: asked.left,
    except,
    witness,
  };
}

/**
 * Whether `condition` alone lists a claim that every token has with any value: no comparison is needed to tell that it
 * excludes some callers, where no Deny does so already.
 */
function listsClaim({ operator, key, values }: PolicyCondition, { conditions }: PolicyStatement): boolean {
  const lower = key.toLowerCase();
  const { claim } = claimOf(lower) ?? {};
  return (
    operator === "StringEquals" &&
    (claim === "sub" || claim === "aud") &&
    !values.some(hasVariables) &&
    conditions.every((other) => other.values.every((value) => !hasVariables(value))) &&
    conditions.filter((other) => other.key.toLowerCase() === lower).length === 1
  );
}

function principalsOf(
  { principals, notPrincipal }: PolicyStatement,
  alone: PolicyDocument,
  ask: Asking,
): KindOfCaller["principals"] {
  const names = Object.entries(principals ?? {}).flatMap(([kind, list]) => list.map((name) => ({ kind, name })));
  if (notPrincipal || names.length < 2) return names;
  return names.filter(({ kind, name }) => {
    if (kind === "AWS") return true;
    const arn = instanceOf(name);
    return ask.compare(alone, [], (caller) => caller.kind === kind && caller.arn === arn).kind !== "none";
  });
}

/** The conditions of a statement, taken away key by key. */
class Conditions {
  left: readonly PolicyCondition[];

  constructor(conditions: readonly PolicyCondition[]) {
    this.left = conditions;
  }

  private takeAll(isAsked: (key: string) => boolean): readonly PolicyCondition[] {
    const taken = this.left.filter(({ key }) => isAsked(key.toLowerCase()));
    this.left = this.left.filter((condition) => !taken.includes(condition));
    return taken;
  }

  take(isAsked: (key: string) => boolean): AskedValues | null {
    const taken = this.takeAll(isAsked);
    if (taken.length === 0) return null;
    const first = taken.find(({ operator, values }) => {
      const known = operatorNamed(operator);
      const lists = known !== null && !known.negated && !known.ifExists && known.set !== "all";
      return lists && (known.base === "StringEquals" || known.base === "StringLike") && !values.some(hasVariables);
    });
    const isPattern = (value: string): boolean => first?.operator.includes("StringLike") === true && /[*?]/.test(value);
    return {
      exact: (first?.values ?? []).filter((value) => !isPattern(value)),
      patterns: (first?.values ?? []).filter(isPattern),
      others: taken.filter((condition) => condition !== first),
    };
  }

  networks(): readonly string[] | null {
    const own = this.left.filter(
      ({ operator, key }) => operator === "IpAddress" && key.toLowerCase() === "aws:sourceip",
    );
    const [only] = own;
    if (only === undefined) return null;
    this.left = this.left.filter((condition) => condition !== only);
    return only.values;
  }
}
