/** Builds a role's trust policy in the canonical form (docs/trust-policy.md). */
import type { Json } from "./canonical-json";
import { canonicalJson, compareUtf8 } from "./canonical-json";
import type { ConditionBlock, TrustPolicy, TrustStatement } from "./policy";
import { UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { TRUST_POLICY_DEFAULT_QUOTA } from "./rules";
import type { Condition, SubjectTrust, Trust, UnityCatalogTrust } from "./trust";
import { NOBODY_SUSPENDED, suspend, type Suspension } from "./suspension";
import { namesSomeone, subjectGroups } from "./trust";

/**
 * Stands for the 12 digits of an AWS account that is only known at plan time. Private-use characters, which no
 * rule lets through, so a back end can replace it after escaping; 12 of them, so lengths come out right.
 */
export const ACCOUNT_ID_PLACEHOLDER = "\uE000".repeat(12);
/** The same for the partition, in constructs that are given none. */
export const PARTITION_PLACEHOLDER = "\uE001".repeat(3);

/** Name of the inline policy that lets a Unity Catalog role assume itself: trusting the root only delegates. */
export const SELF_ASSUME_POLICY_NAME = "unity-catalog-self-assume";

/** What a trust policy needs to know of an issuer. */
export interface TrustedIssuer {
  readonly conditionKeys: { readonly aud: string; readonly sub: string };
  readonly audiences: readonly string[];
  readonly providerArn: string;
}

export interface TrustContext {
  /** `aws`, `aws-us-gov`, `aws-cn`, or PARTITION_PLACEHOLDER. */
  readonly partition: string;
  /** 12 digits, or ACCOUNT_ID_PLACEHOLDER. */
  readonly accountId: string;
  /** By the key a trust names. */
  readonly issuers: Readonly<Record<string, TrustedIssuer>>;
}

/** The ARN of a role. `path` begins and ends with `/`. */
export function roleArn(context: Pick<TrustContext, "partition" | "accountId">, role: RoleIdentity): string {
  return `arn:${context.partition}:iam::${context.accountId}:role${role.path}${role.name}`;
}

export interface RoleIdentity {
  readonly name: string;
  /** Begins and ends with `/`. */
  readonly path: string;
}

/**
 * The trust policy of a role: per trust entry, in order, a statement for its exact subjects, one for its patterns and
 * one for its wide patterns; then Unity Catalog's statements, of which the self statement keeps sessions of web
 * identities out; then those that deny who is suspended, who is in no exact list either. The trusts must have
 * passed `checkTrust`; an unknown issuer throws a RangeError.
 *
 * @example
 * ```ts
 * import { buildTrustPolicy, urlsOf } from "databricks-aws-oidc";
 * const { conditionKeys, issuerPath } = urlsOf("https://mycompany.cloud.databricks.com/oidc");
 * const policy = buildTrustPolicy(
 *   [
 *     {
 *       kind: "subjects",
 *       issuer: "production",
 *       servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"],
 *       users: [],
 *       subjects: [],
 *       identities: [],
 *       subjectPatterns: [],
 *       wideSubjectPatterns: [],
 *       audiences: ["1444828305810485"],
 *       conditions: [],
 *       allowTagSession: false,
 *     },
 *   ],
 *   { name: "lake-reader", path: "/" },
 *   {
 *     partition: "aws",
 *     accountId: "111122223333",
 *     issuers: {
 *       production: {
 *         conditionKeys,
 *         audiences: ["1444828305810485"],
 *         providerArn: `arn:aws:iam::111122223333:oidc-provider/${issuerPath}`,
 *       },
 *     },
 *   },
 * );
 * ```
 */
export function buildTrustPolicy(
  trusts: readonly Trust[],
  role: RoleIdentity,
  context: TrustContext,
  suspension: Suspension = NOBODY_SUSPENDED,
): TrustPolicy {
  return { Statement: statementsOf(trusts, role, context, suspension).map(({ made }) => made), Version: "2012-10-17" };
}

/** Which of `trusts`, by index, each statement of their policy is made from; a Deny from the first of its issuer. */
export function statementTrusts(trusts: readonly Trust[], suspension: Suspension): readonly number[] {
  return statementsOf(trusts, { name: "", path: "/" }, ANYWHERE, suspension).map(({ trust }) => trust);
}

/** Where statements are counted, not written. */
const ANYWHERE: TrustContext = {
  partition: "aws",
  accountId: ACCOUNT_ID_PLACEHOLDER,
  issuers: {},
};

interface MadeStatement {
  readonly trust: number;
  readonly made: TrustStatement;
}

function statementsOf(
  trusts: readonly Trust[],
  role: RoleIdentity,
  context: TrustContext,
  suspension: Suspension,
): readonly MadeStatement[] {
  const of = (trust: number, made: readonly TrustStatement[]): readonly MadeStatement[] =>
    made.map((statement) => ({ trust, made: statement }));
  const { left, denied } = suspend(trusts, suspension);
  const renewable = trusts.some((trust) => trust.kind === "subjects" && namesSomeone(trust));
  return [
    ...left.flatMap((trust, at) => (trust.kind === "subjects" ? of(at, subjectStatements(trust, context)) : [])),
    ...left.flatMap((trust, at) =>
      trust.kind === "unityCatalog" ? of(at, unityCatalogStatements(trust, role, context, renewable)) : [],
    ),
    ...denied.flatMap((issuer) =>
      of(
        trusts.findIndex((trust) => trust.kind === "subjects" && trust.issuer === issuer),
        [denyStatement(suspension.subjects, trustedIssuer(issuer, context))],
      ),
    ),
  ];
}

function trustedIssuer(key: string, context: TrustContext): TrustedIssuer {
  if (context === ANYWHERE) return { conditionKeys: { aud: "aud", sub: "sub" }, audiences: [], providerArn: "" };
  const issuer = Object.hasOwn(context.issuers, key) ? context.issuers[key] : undefined;
  if (issuer === undefined) throw new RangeError(`no issuer ${key}`);
  return issuer;
}

function subjectStatements(trust: SubjectTrust, context: TrustContext): readonly TrustStatement[] {
  const issuer = trustedIssuer(trust.issuer, context);
  const audiences = unique(trust.audiences ?? issuer.audiences.slice(0, 1));
  const shared = {
    Action: ["sts:AssumeRoleWithWebIdentity", ...(trust.allowTagSession ? ["sts:TagSession"] : [])],
    Effect: "Allow",
    Principal: { Federated: [issuer.providerArn] },
  } as const;
  const { aud, sub } = issuer.conditionKeys;
  return subjectGroups(trust).map(({ test, subjects }) => ({
    ...shared,
    Condition: narrowed(
      test === "StringEquals"
        ? { StringEquals: { [aud]: audiences, [sub]: subjects } }
        : { StringEquals: { [aud]: audiences }, StringLike: { [sub]: subjects } },
      trust.conditions,
    ),
  }));
}

/**
 * The key is in requests of a session that was obtained by web identity, and gone after role chaining. Without this
 * such a session could renew itself through the role's self statement, past a suspension or a revocation.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const NOT_BY_WEB_IDENTITY: ConditionBlock = { Null: { "aws:FederatedProvider": ["true"] } };

function unityCatalogStatements(
  trust: UnityCatalogTrust,
  role: RoleIdentity,
  context: TrustContext,
  renewable: boolean,
): readonly TrustStatement[] {
  const shared = { Action: ["sts:AssumeRole"], Effect: "Allow" } as const;
  const externalId = { "sts:ExternalId": unique(trust.externalIds) };
  return [
    {
      ...shared,
      Condition: narrowed({ StringEquals: externalId }, trust.conditions),
      Principal: { AWS: [UNITY_CATALOG_PRINCIPALS[trust.cloud].arn] },
    },
    {
      ...shared,
      Condition: narrowed(
        {
          ArnEquals: { "aws:PrincipalArn": [roleArn(context, role)] },
          ...(renewable ? NOT_BY_WEB_IDENTITY : {}),
          StringEquals: externalId,
        },
        trust.conditions,
      ),
      Principal: { AWS: [`arn:${context.partition}:iam::${context.accountId}:root`] },
    },
  ];
}

/**
 * The Deny of a suspension for one issuer: whatever the audience and the trusts' conditions. Case does not
 * count, because a pattern admits `Alice@…` where `alice@…` is suspended.
 */
export function denyStatement(
  subjects: readonly string[],
  issuer: { readonly conditionKeys: { readonly sub: string }; readonly providerArn: string },
): TrustStatement {
  return {
    Action: ["sts:AssumeRoleWithWebIdentity"],
    Condition: { StringEqualsIgnoreCase: { [issuer.conditionKeys.sub]: subjects } },
    Effect: "Deny",
    Principal: { Federated: [issuer.providerArn] },
  };
}

/** Adds conditions beside the guards. A condition never replaces one: `checkTrust` refuses those on a guard's key. */
function narrowed(guards: ConditionBlock, conditions: readonly Condition[]): ConditionBlock {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [test, keys] of Object.entries(guards)) block[test] = { ...keys };
  for (const condition of conditions) {
    const keys = (block[condition.test] ??= {});
    if (Object.keys(keys).some((key) => key.toLowerCase() === condition.variable.toLowerCase())) {
      throw new RangeError(`condition on ${condition.variable} would replace another`);
    }
    keys[condition.variable] = unique(condition.values);
  }
  return block;
}

/** The inline policy by which a Unity Catalog role may assume itself. */
export function selfAssumePolicy(role: RoleIdentity, context: Pick<TrustContext, "partition" | "accountId">): Json {
  return {
    Statement: [{ Action: ["sts:AssumeRole"], Effect: "Allow", Resource: [roleArn(context, role)] }],
    Version: "2012-10-17",
  };
}

/**
 * The policy's bytes, as AWS is sent them.
 *
 * @example
 * ```ts
 * import { trustPolicyJson } from "databricks-aws-oidc";
 * trustPolicyJson({ Version: "2012-10-17", Statement: [] }); // {"Statement":[],"Version":"2012-10-17"}
 * ```
 */
export function trustPolicyJson(policy: TrustPolicy): string {
  return canonicalJson(policy as unknown as Json);
}

export interface TrustPolicySize {
  /** Characters; white space between tokens does not count, and canonical JSON has none. */
  readonly length: number;
  readonly quota: number;
  /** How many more service principals fit into the first statement; negative: that many are too many. */
  readonly moreSubjects: number;
}

/** A further service principal costs its UUID, two quotes and a comma. */
const SUBJECT_COST = 39;

/**
 * Length of a trust policy in characters against `quota` (default 2,048).
 *
 * @example
 * ```ts
 * import { measureTrustPolicy } from "databricks-aws-oidc";
 * const { length, moreSubjects } = measureTrustPolicy('{"Statement":[],"Version":"2012-10-17"}');
 * ```
 */
export function measureTrustPolicy(json: string, quota = TRUST_POLICY_DEFAULT_QUOTA): TrustPolicySize {
  const length = json.length - (json.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
  return { length, quota, moreSubjects: Math.floor((quota - length) / SUBJECT_COST) };
}

/** Sorted by UTF-8 bytes: for callers that list keys in canonical order. */
export function inCanonicalOrder(keys: readonly string[]): readonly string[] {
  return [...keys].sort(compareUtf8);
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
