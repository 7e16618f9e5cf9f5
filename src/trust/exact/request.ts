/** The request that a search found, as `decide` takes it and as people read it. */
import type { PolicyRequest, RequestKeys } from "../decide/decide";
import type { Caller } from "./callers";
import type { KeyFacts } from "./facts";
import { claimOf } from "./facts";
import { domainExamples } from "./domain";

/** A concrete request to STS. */
export interface Witness {
  /** Who asks: the provider, the AWS principal, the service. */
  readonly principal: PolicyRequest["principal"];
  /** E.g. `sts:AssumeRoleWithWebIdentity`. */
  readonly action: string;
  /** The token's claims, e.g. `{ aud: ["1444828305810485"], sub: ["6a9f…"] }`; empty for other principals. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Every other condition key that has values, as the policies write it. */
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** What IAM does not document and this request rests on, and how it is taken. Empty for most. */
  readonly assumes: readonly { readonly test: string; readonly holds: boolean }[];
  /** The same for `decide`: keys in lower case. */
  readonly request: PolicyRequest;
}

/** `request` for people. `spelling`: key in lower case -> as a policy writes it. */
export function witnessOf(
  caller: Caller,
  request: PolicyRequest,
  spelling: ReadonlyMap<string, string>,
  assumes: Witness["assumes"],
): Witness {
  const claims: Record<string, readonly string[]> = {};
  const context: Record<string, readonly string[]> = {};
  for (const [key, values] of request.keys) {
    if (values.length === 0) continue;
    const claim = claimOf(key);
    if (claim !== null && claim.issuerPath === caller.issuerPath) claims[claim.claim] = values;
    else context[spelling.get(key) ?? WRITTEN[key] ?? key] = values;
  }
  return { principal: request.principal, action: caller.action, claims, context, assumes, request };
}

const WRITTEN: Readonly<Record<string, string>> = { "aws:principalarn": "aws:PrincipalArn" };

/**
 * The request for `values`; what is always there and no policy asks for gets a value too, and so do the keys `shown`.
 */
export function requestOf(
  caller: Caller,
  values: RequestKeys,
  factsOf: (key: string) => KeyFacts,
  shown: readonly string[],
): PolicyRequest {
  const keys = new Map(values);
  const needed = [
    ...(caller.issuerPath === null ? [] : [`${caller.issuerPath}:aud`, `${caller.issuerPath}:sub`]),
    ...(caller.kind === "AWS" ? ["aws:principalarn"] : []),
    ...shown,
  ];
  for (const key of needed) {
    const { presence, domain } = factsOf(key);
    if (keys.has(key) || presence !== "always") continue;
    const own = key === "aws:principalarn" && caller.others ? caller.arn : (domainExamples(domain)[0] ?? "anyone");
    keys.set(key, [own]);
  }
  const [arn] = caller.others ? (keys.get("aws:principalarn") ?? []) : [];
  return { action: caller.action, principal: { kind: caller.kind, arn: arn ?? caller.arn }, keys };
}
