/** What the rules evaluate: providers and roles, wherever they were read from. Plain data. */
import { TRUST_POLICY_DEFAULT_QUOTA } from "../rules";
import type { WideSubjectPattern } from "../trust";

/** An IAM OIDC provider. */
export interface LintProvider {
  /** The issuer as registered. Terraform's state has it without `https://`. */
  readonly url: string;
  /** What IAM registers; null where it is not known. */
  readonly clientIds: readonly string[] | null;
  /** 12 digits; null where it is not known. */
  readonly accountId: string | null;
  /** Where a reader finds it, e.g. `issuers.production`. */
  readonly path: string;
}

/** A role and what is known of it. */
export interface LintRole {
  /** Where a reader finds it, e.g. `roles.lake-reader`, `aws_iam_role.lake-reader`. */
  readonly path: string;
  /** IAM's name; null where it is not known. */
  readonly name: string | null;
  /** 12 digits; null where it is not known. */
  readonly accountId: string | null;
  /** The trust policy, parsed. */
  readonly policy: unknown;
  /** Seconds; null where it is not known. */
  readonly maxSessionDuration: number | null;
  /** Whether a permissions boundary is set; null where it is not known. */
  readonly bounded: boolean | null;
  readonly managedPolicyArns: readonly string[];
  /** Inline and customer-managed policies by a name a reader knows. */
  readonly policies: Readonly<Record<string, unknown>>;
  /** Characters the account's quota allows a trust policy, where it is declared; else IAM's default. */
  readonly quota: number;
  /** Patterns that no declared email domain bounds, each with its written reason, and its place below the role. */
  readonly widePatterns: readonly (WideSubjectPattern & { readonly at?: string })[];
  /**
   * Places of the statements in the document they were built from, e.g. `roles.reader.trusts[1]`; empty:
   * `Statement[1]`.
   */
  readonly statementPaths: readonly string[];
  readonly ignores: readonly LintIgnore[];
}

/** A suppression and its written reason. */
export interface LintIgnore {
  readonly ignore: string;
  readonly reason: string;
  readonly path: string;
}

/** A role whose trust policy is not known. */
export type UnreadRole = Pick<LintRole, "path" | "name" | "accountId">;

/** A call of one of our modules, as a plan's configuration has it. */
export interface ModuleCall {
  /** E.g. `module.databricks`, without keys of instances. */
  readonly path: string;
  /** The names of the module's variables. */
  readonly variables: readonly string[];
  /** The names of the inputs that the call gives. */
  readonly given: readonly string[];
  /** The inputs that refer to nothing, by name, as they are written. A plan does not hold the others as written. */
  readonly constants: Readonly<Record<string, unknown>>;
  /** The same, and for an input that refers to one variable, that variable's value. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the call, or a call around it, waits for by `depends_on`. */
  readonly dependsOn: readonly string[];
}

/** An attribute of a module's input that Terraform drops, because the module does not have it. */
export interface DroppedAttribute {
  /** E.g. `module.databricks: roles["etl"].condition`. */
  readonly path: string;
  readonly name: string;
  /** The attribute that was most likely meant; null where none is near. */
  readonly meant: string | null;
}

/** What only a plan says. */
export interface PlanFacts {
  readonly calls: readonly ModuleCall[];
  readonly dropped: readonly DroppedAttribute[];
  /** Roles and providers that the plan destroys, and those that it makes. */
  readonly destroyed: Pick<LintTarget, "roles" | "providers">;
  readonly made: Pick<LintTarget, "roles" | "providers">;
}

/**
 * What lint checks: providers and roles, wherever they were read from.
 *
 * @example
 * ```ts
 * import type { LintTarget } from "databricks-aws-oidc";
 * const nothing: LintTarget = {
 *   providers: [],
 *   complete: true,
 *   givenProviderArns: [],
 *   givenIssuerPaths: [],
 *   deletedProviders: [],
 *   roles: [],
 *   ignores: [],
 * };
 * ```
 */
export interface LintTarget {
  readonly providers: readonly LintProvider[];
  /** Whether `providers` and those given are all there are: then a role may trust no other. */
  readonly complete: boolean;
  /** ARNs of providers that exist already and are handed in. */
  readonly givenProviderArns: readonly string[];
  /** Issuer paths of providers that are named without an ARN: the modules take an issuer's host or account ID. */
  readonly givenIssuerPaths: readonly string[];
  /** Providers that a plan takes away. */
  readonly deletedProviders: readonly LintProvider[];
  readonly roles: readonly LintRole[];
  /** Roles that are not ours to check. A comparison looks for those in it that are ours on the other side. */
  readonly aside?: readonly LintRole[];
  /** Roles whose trust policy is only known after apply: named by a comparison, not checked. */
  readonly unread?: readonly UnreadRole[];
  /** Email domains that a federation declares for its patterns. */
  readonly emailDomains?: readonly string[];
  /** What a federation and its roles suspend, and whether a trust in scope names it or a pattern matches it. */
  readonly suspended?: readonly { readonly path: string; readonly entry: string; readonly isMatched: boolean }[];
  /** Of a plan. */
  readonly plan?: PlanFacts;
  /** Suppressions for everything. */
  readonly ignores: readonly LintIgnore[];
}

/** A target with nothing in it. */
export const EMPTY_TARGET: LintTarget = {
  providers: [],
  complete: false,
  givenProviderArns: [],
  givenIssuerPaths: [],
  deletedProviders: [],
  roles: [],
  ignores: [],
};

/** What a role has of which only the trust policy is known. */
export const UNKNOWN_ROLE: Omit<LintRole, "path" | "name" | "policy"> = {
  accountId: null,
  maxSessionDuration: null,
  bounded: null,
  managedPolicyArns: [],
  policies: {},
  quota: TRUST_POLICY_DEFAULT_QUOTA,
  widePatterns: [],
  statementPaths: [],
  ignores: [],
};
