/** The parts of IAM's policy language that a trust policy uses, as plain data. */

export type Effect = "Allow" | "Deny";

/** `{operator: {condition key: values}}`; values of one key are OR-ed, everything else is AND-ed. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** One statement in canonical form: every value that may be a list is a list. */
export interface TrustStatement {
  readonly Action: readonly string[];
  readonly Condition: ConditionBlock;
  readonly Effect: Effect;
  readonly Principal: Readonly<Record<string, readonly string[]>>;
}

/**
 * A trust policy in canonical form, as this project builds it. Foreign policies are read by `readPolicy`.
 *
 * @example
 * ```ts
 * import type { TrustPolicy } from "databricks-aws-oidc";
 * const empty: TrustPolicy = { Version: "2012-10-17", Statement: [] };
 * ```
 */
export interface TrustPolicy {
  readonly Statement: readonly TrustStatement[];
  readonly Version: "2012-10-17";
}
