/** What a condition is worth: whom it excludes, and whether a caller gets in whatever the value of a key. */
import type { PolicyDocument, PolicyStatement } from "../decide/document";
import type { CompareOptions, Comparison } from "./compare";
import { compare } from "./compare";
import type { Domain } from "./domain";
import type { Witness } from "./request";
import { aloneIn } from "./who";

export type Guarding =
  /** Without it the policy allows and refuses the same requests. */
  | { readonly kind: "nothing" }
  /** A caller it excludes (of a Deny: spares): with a value of its key, and without the key; null: there is none. */
  | { readonly kind: "something"; readonly present: Witness | null; readonly absent: Witness | null }
  | { readonly kind: "cannot tell"; readonly why: string };

/**
 * Whether condition number `condition` of statement number `statement` makes a difference in `policy`. A condition may
 * exclude only requests without its key: then `present` is null.
 */
export function guards(
  policy: PolicyDocument,
  statement: number,
  condition: number,
  options: CompareOptions = {},
): Guarding {
  const own = policy.statements[statement];
  const removed = own?.conditions[condition];
  if (own === undefined || removed === undefined)
    throw new RangeError(`statement ${statement} has no condition ${condition}`);
  const looser = replaced(policy, own, { ...own, conditions: own.conditions.filter((other) => other !== removed) });
  const [wide, narrow] = own.effect === "Allow" ? [looser, policy] : [policy, looser];
  const key = removed.key.toLowerCase();
  const among = (domain: Domain | "missing"): Comparison =>
    compare(wide, narrow, { ...options, fixed: new Map([...(options.fixed ?? []), [key, domain]]) });
  const [present, absent] = [among({ kind: "any" }), among("missing")];
  for (const answer of [present, absent])
    if (answer.kind === "cannot tell") return { kind: "cannot tell", why: answer.why };
  if (present.kind === "none" && absent.kind === "none") return severalGuarded(wide, narrow, options);
  return {
    kind: "something",
    present: present.kind === "wider" ? present.witness : null,
    absent: absent.kind === "wider" ? absent.witness : null,
  };
}

/** Where neither one value nor none makes a difference, several at once may. */
function severalGuarded(wide: PolicyDocument, narrow: PolicyDocument, options: CompareOptions): Guarding {
  const answer = compare(wide, narrow, options);
  if (answer.kind === "none") return { kind: "nothing" };
  if (answer.kind === "cannot tell") return { kind: "cannot tell", why: answer.why };
  return { kind: "something", present: answer.witness, absent: null };
}

function replaced(policy: PolicyDocument, old: PolicyStatement, by: PolicyStatement): PolicyDocument {
  return { ...policy, statements: policy.statements.map((statement) => (statement === old ? by : statement)) };
}

/**
 * Is there a request with a value of `domain` for `key` that is refused for its conditions on `key` alone? "none": the
 * key excludes no value of that domain.
 */
export function excludes(
  policy: PolicyDocument,
  key: string,
  domain: Domain,
  options: CompareOptions = {},
): Comparison {
  return compare(withoutKey(policy, key), policy, { ...options, fixed: fixing(key, domain, options) });
}

function fixing(key: string, domain: Domain, { fixed = new Map() }: CompareOptions): CompareOptions["fixed"] {
  return new Map([...fixed, [key.toLowerCase(), domain]]);
}

/** `policy` without what it says of `key`: each Allow without its conditions on it, and no Deny that has one. */
function withoutKey(policy: PolicyDocument, key: string): PolicyDocument {
  const speaks = (condition: { readonly key: string }): boolean => condition.key.toLowerCase() === key.toLowerCase();
  return {
    ...policy,
    statements: policy.statements
      .filter(({ effect, conditions }) => effect === "Allow" || !conditions.some(speaks))
      .map((statement) => ({ ...statement, conditions: statement.conditions.filter((own) => !speaks(own)) })),
  };
}

/** A key that is meant to exclude outsiders, and the values that are all outsiders'. */
export interface Openness {
  readonly key: string;
  readonly domain: Domain;
}

/** What may be open. For subjects pass their key, e.g. `{ key: "host/oidc:sub", domain: { kind: "any" } }`. */
export const OPENNESS = {
  IPv4: { key: "aws:SourceIp", domain: { kind: "address", family: 4 } },
  IPv6: { key: "aws:SourceIp", domain: { kind: "address", family: 6 } },
  "external ID": { key: "sts:ExternalId", domain: { kind: "any" } },
  "VPC endpoint": { key: "aws:SourceVpce", domain: { kind: "any" } },
  VPC: { key: "aws:SourceVpc", domain: { kind: "any" } },
} as const satisfies Readonly<Record<string, Openness>>;

/**
 * Whether Allow statement number `statement` lets callers in whatever value of the domain the key has. Denies of the
 * policy count. "Cannot tell" is open.
 */
export function isOpen(
  policy: PolicyDocument,
  statement: number,
  { key, domain }: Openness,
  options: CompareOptions = {},
): boolean {
  const own = policy.statements[statement];
  if (own === undefined) throw new RangeError(`there is no statement ${statement}`);
  const alone = aloneIn(policy, own);
  const allowed = compare(alone, [], { ...options, fixed: fixing(key, domain, options) });
  return allowed.kind !== "none" && excludes(alone, key, domain, options).kind !== "wider";
}
