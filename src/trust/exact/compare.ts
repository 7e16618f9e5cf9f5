/**
 * Is there a request that policy A allows and policy B refuses? Decided for all requests, not for examples.
 *
 * "none" is a proof for the semantics of `decide`. It rests on what `facts.ts` and `callers.ts` say of requests to STS:
 * - which keys have one value (`sub`, `aud`, `aws:SourceIp` and all others but those listed there), and which are
 *   always there (`sub` and `aud` of the provider's own tokens, `aws:CurrentTime`, the ARN of an AWS principal);
 * - that `aws:PrincipalArn`, `aws:PrincipalAccount` and `aws:PrincipalType` belong to the principal, and that a token
 *   has claims of its own issuer and no other;
 * - that callers are AWS principals, services (a `Service` principal is seen) and federated ones, each by the actions
 *   that STS knows: of those that nobody names one of each kind stands for all;
 * - that an address, a moment or a boolean of AWS' own keys reads as one.
 * What is not known of two keys together (that a call with `aws:SourceVpce` has no `aws:SourceIp`) is not used: it can
 * only make a policy come out wider. Where IAM's behavior is not documented, each smallest open test is answered the
 * same in both policies, and A is wider if any answer makes it so.
 */
import type { CompiledPolicy, PolicyRequest, Reading } from "../decide/decide";
import { compilePolicy, verdict } from "../decide/decide";
import type { PolicyDocument } from "../decide/document";
import { TRUST_POLICY_MAX_QUOTA } from "../rules";
import { Budget, DEFAULT_STEPS, OutOfSteps } from "./budget";
import type { Caller } from "./callers";
import { callersOf } from "./callers";
import type { Domain } from "./domain";
import type { FactsOf, KeyFacts } from "./facts";
import { fixedFacts, stsFacts } from "./facts";
import type { Answers, Literal, Want } from "./literals";
import { answersFor, Literals } from "./literals";
import type { Witness } from "./request";
import { requestOf, witnessOf } from "./request";
import type { Clause, Found } from "./search";
import { Search } from "./search";

/** One policy, or several of which each lets in for itself. */
export type Policies = PolicyDocument | readonly PolicyDocument[];

export type Comparison =
  /** Some request is allowed by the first and refused by the second: `witness`. */
  | { readonly kind: "wider"; readonly witness: Witness; readonly steps: number }
  /** There is no such request. */
  | { readonly kind: "none"; readonly steps: number }
  /** Neither was shown; count it as wider. */
  | { readonly kind: "cannot tell"; readonly why: string; readonly steps: number };

export interface CompareOptions {
  /** Steps of work before "cannot tell"; default 400,000. */
  readonly steps?: number;
  /** What is known of each key; default: what STS puts into requests. */
  readonly facts?: FactsOf;
  /** Which callers to look at; default: all. */
  readonly callers?: (caller: Caller) => boolean;
  /** Looks at those requests alone that have these keys (in lower case) with a value of the domain, or lack them. */
  readonly fixed?: Fixed;
}

export type Fixed = ReadonlyMap<string, Domain | "missing">;

/**
 * Whether `a` allows a request that `b` refuses. An empty list of policies refuses everything.
 *
 * @example
 * ```ts
 * import { compare, readPolicy } from "databricks-aws-oidc";
 * const [before, after] = [readPolicy("{}"), readPolicy("{}")]; // the JSON of two trust policies
 * if (before.ok && after.ok) compare(after.policy, before.policy).kind; // "none": nobody new gets in
 * ```
 */
export function compare(a: Policies, b: Policies, options: CompareOptions = {}): Comparison {
  const budget = new Budget(options.steps ?? DEFAULT_STEPS);
  const [left, right] = [listOf(a), listOf(b)];
  if ([...left, ...right].some((policy) => charactersOf(policy) > MOST_CHARACTERS))
    return { kind: "cannot tell", why: "a policy longer than IAM takes", steps: 0 };
  try {
    const witness = new PolicyPair(left, right, options, budget).search();
    if (witness !== null) return { kind: "wider", witness, steps: budget.used };
    if (budget.incomplete !== null) return { kind: "cannot tell", why: budget.incomplete, steps: budget.used };
    return { kind: "none", steps: budget.used };
  } catch (error) {
    if (!(error instanceof OutOfSteps)) throw error;
    return { kind: "cannot tell", why: error.message, steps: budget.used };
  }
}

export function listOf(policies: Policies): readonly PolicyDocument[] {
  return "statements" in policies ? [policies] : policies;
}

/** IAM takes half of this; a step of work on a longer text could take any time. */
const MOST_CHARACTERS = 2 * TRUST_POLICY_MAX_QUOTA;

function charactersOf({ statements }: PolicyDocument): number {
  return statements.reduce(
    (sum, { actions, principals, conditions }) =>
      sum +
      [...actions, ...Object.values(principals ?? {}).flat()].join("").length +
      conditions.reduce((own, { key, values }) => own + key.length + values.join("").length, 0),
    0,
  );
}

/** A statement as far as its conditions go. */
interface Statement {
  readonly effect: "Allow" | "Deny";
  readonly literals: readonly Literal[];
}

interface Policy {
  readonly compiled: CompiledPolicy;
  readonly statements: readonly Statement[];
}

class PolicyPair {
  private readonly literals = new Literals();
  private readonly a: readonly Policy[];
  private readonly b: readonly Policy[];
  private readonly callers: readonly Caller[];
  private readonly facts: FactsOf;
  private readonly fixedKeys: readonly string[];
  private readonly spelling = new Map<string, string>();

  constructor(
    a: readonly PolicyDocument[],
    b: readonly PolicyDocument[],
    { facts = stsFacts, callers = () => true, fixed = new Map() }: CompareOptions,
    private readonly budget: Budget,
  ) {
    const both = [...a, ...b];
    this.a = a.map((policy) => this.read(policy));
    this.b = b.map((policy) => this.read(policy));
    if (mayMissProviders(both)) budget.giveUp("providers that only a wildcard or NotPrincipal means");
    this.facts = fixedFacts(facts, fixed);
    this.fixedKeys = [...fixed.keys()];
    this.callers = callersOf(both, (steps) => budget.spend(steps)).filter(
      (caller) =>
        callers(caller) &&
        [...fixed].every(([key, domain]) => {
          const { presence } = facts(key, caller);
          return domain === "missing" ? presence !== "always" : presence !== "never";
        }),
    );
  }

  private read(policy: PolicyDocument): Policy {
    const variables = policy.version === "2012-10-17";
    return {
      compiled: compilePolicy(policy),
      statements: policy.statements.map(({ effect, conditions }) => ({
        effect,
        literals: conditions.map((condition) => {
          const key = condition.key.toLowerCase();
          if (!this.spelling.has(key)) this.spelling.set(key, condition.key);
          return this.literals.add(condition, variables);
        }),
      })),
    };
  }

  search(): Witness | null {
    for (const caller of this.callers) {
      const witness = this.searchFor(caller);
      if (witness !== null) return witness;
    }
    return null;
  }

  private searchFor(caller: Caller): Witness | null {
    const factsOf = remembering((key) => this.facts(key, caller));
    const search = new Search(this.literals, factsOf, this.budget);
    for (const reading of this.readingsFor(caller)) {
      const asked = { action: caller.action, principal: { kind: caller.kind, arn: caller.arn }, keys: new Map() };
      const matching = ({ compiled, statements }: Policy, effect: Statement["effect"]): readonly Statement[] =>
        statements.filter((statement, at) => {
          this.budget.spend();
          const own = compiled.statements[at];
          return (
            statement.effect === effect &&
            own?.action(asked.action) === true &&
            own.principal(asked, (test) => reading.get(test) ?? false) === "yes"
          );
        });
      const refusals = this.b.map((policy) => ({
        allows: matching(policy, "Allow"),
        denies: matching(policy, "Deny"),
      }));
      for (const policy of this.a) {
        const allows = matching(policy, "Allow");
        if (allows.length === 0) continue;
        const spared = matching(policy, "Deny").map(failing);
        for (const allow of allows) {
          for (const refused of waysToRefuse(refusals)) {
            const wants = [...holding(allow), ...refused.wants];
            const found = search.find(wants, [...spared, ...refused.clauses]);
            const witness = found === null ? null : this.confirm(caller, found, factsOf, reading);
            if (witness !== null) return witness;
          }
        }
      }
    }
    return null;
  }

  /** Every way to answer what is open of the caller alone. */
  private readingsFor(caller: Caller): readonly Answers[] {
    const open = new Set<string>();
    const asked: PolicyRequest = {
      action: caller.action,
      principal: { kind: caller.kind, arn: caller.arn },
      keys: new Map(),
    };
    for (const { compiled } of [...this.a, ...this.b])
      for (const statement of compiled.statements)
        statement.principal(asked, (test) => {
          open.add(test);
          return null;
        });
    if (open.size > MOST_OPEN) {
      this.budget.giveUp("so many principals with wildcards");
      return [];
    }
    return [...open].reduce<readonly Answers[]>(
      (all, test) =>
        all.flatMap((answers) => [new Map([...answers, [test, true]]), new Map([...answers, [test, false]])]),
      [new Map()],
    );
  }

  /** The witness for what was found, once `decide` agrees. */
  private confirm(caller: Caller, found: Found, factsOf: (key: string) => KeyFacts, reading: Answers): Witness | null {
    const request = requestOf(caller, found.values, factsOf, this.fixedKeys);
    const answers = new Map([...reading, ...(answersFor(found.wants, request.keys, this.budget) ?? [])]);
    const read: Reading = (test) => answers.get(test) ?? false;
    const allowed = this.a.some(({ compiled }) => verdict(compiled, request, read) === "yes");
    const refused = this.b.every(({ compiled }) => verdict(compiled, request, read) === "no");
    if (!allowed || !refused) {
      this.budget.giveUp("a request was found that the decision does not confirm");
      return null;
    }
    const assumes = [...answers].map(([test, holds]) => ({ test, holds }));
    return witnessOf(caller, request, this.spelling, assumes);
  }
}

const MOST_OPEN = 6;

/** Keys of a web identity's request that hold its provider's ARN, or a part of it. */
const PROVIDER_KEYS = new Set(["aws:federatedprovider", "aws:userid", "aws:principalaccount"]);

/**
 * Whether providers that no policy names may differ by more than `callersOf` tells apart. IAM takes no wildcard within
 * a principal, and advises against NotPrincipal, so such policies are not searched further.
 */
function mayMissProviders(policies: readonly PolicyDocument[]): boolean {
  const statements = policies.flatMap((policy) => policy.statements);
  const globs = new Set(
    statements.flatMap(({ principals }) => (principals?.["Federated"] ?? []).filter((name) => /[*?]/.test(name))),
  );
  const excluding = statements.some(({ effect, notPrincipal }) => effect === "Allow" && notPrincipal);
  const asked = statements.some(({ conditions }) => conditions.some(({ key }) => PROVIDER_KEYS.has(key.toLowerCase())));
  return globs.size > 1 || ((globs.size > 0 || excluding) && asked);
}

function holding({ literals }: Statement): readonly Want[] {
  return literals.map((literal) => ({ literal, holds: true }));
}

function failing({ literals }: Statement): Clause {
  return literals.map((literal) => ({ literal, holds: false }));
}

interface Refusal {
  readonly wants: readonly Want[];
  readonly clauses: readonly Clause[];
}

/** Each policy refuses where no Allow of it matches, or some Deny does. */
function waysToRefuse(
  policies: readonly { readonly allows: readonly Statement[]; readonly denies: readonly Statement[] }[],
): readonly Refusal[] {
  return policies.reduce<readonly Refusal[]>(
    (ways, { allows, denies }) =>
      ways.flatMap((way) => [
        { wants: way.wants, clauses: [...way.clauses, ...allows.map(failing)] },
        ...(allows.length === 0 ? [] : denies.map((deny) => ({ ...way, wants: [...way.wants, ...holding(deny)] }))),
      ]),
    [{ wants: [], clauses: [] }],
  );
}

function remembering(factsOf: (key: string) => KeyFacts): (key: string) => KeyFacts {
  const known = new Map<string, KeyFacts>();
  return (key) => {
    let facts = known.get(key);
    if (facts === undefined) known.set(key, (facts = factsOf(key)));
    return facts;
  };
}

/** Whether two policies mean the same: both allow the same requests, all of them. */
export function allowsTheSame(left: Policies, right: Policies): boolean {
  return compare(left, right).kind === "none" && compare(right, left).kind === "none";
}
