/** The federation, normalized: every default applied, strings in NFC, durations in seconds. Plain readonly data. */
import type { Cloud } from "../issuer/clouds";
import type { IssuerInput, IssuerUrls } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import type { Trust } from "../trust/trust";
import type { RoleValues, SettingValues } from "./declarations";

export type Backend =
  /** Written by others: a `cloud` block, another backend. */
  | { readonly type: "none" }
  | { readonly type: "local"; readonly path: string | null }
  | {
      readonly type: "s3";
      readonly bucket: string;
      readonly key: string;
      readonly region: string;
      /** Further settings of Terraform's s3 backend, by their snake_case names, e.g. `use_lockfile`. */
      readonly settings: Readonly<Record<string, string | boolean>>;
    };

/** One AWS account the federation is deployed to: one CDKTF stack, one HCL root. */
export interface AwsAccount {
  /** The key under `aws.accounts`; null where the file has a single, unnamed account. */
  readonly key: string | null;
  /** `<federation>` or `<federation>-<account key>`. */
  readonly stackName: string;
  /** 12 digits; null: AWS is asked once, at plan time. */
  readonly accountId: string | null;
  readonly partition: Partition;
  readonly region: string | null;
  /** Role the AWS provider assumes to deploy. */
  readonly assumeRoleArn: string | null;
  readonly backend: Backend;
}

export interface FederationIssuer extends IssuerUrls {
  readonly key: string;
  readonly level: "workspace" | "account";
  /** The issuer as the file has it. */
  readonly input: IssuerInput;
  /** Null for a custom host. */
  readonly cloud: Cloud | null;
  /** What IAM registers as client IDs; never empty. The first is what trusts ask for. */
  readonly audiences: readonly string[];
  /** Adopt this provider instead of creating one. */
  readonly existingProviderArn: string | null;
}

/**
 * A role with every default applied: its fields are declared in fields/role.ts.
 *
 * @example
 * ```ts
 * import type { FederationRole } from "databricks-aws-oidc";
 * const isShort = (role: FederationRole): boolean => role.maxSessionDuration <= 3600;
 * ```
 */
export interface FederationRole extends RoleValues {
  readonly key: string;
  /** IAM's name: `name`, or the prefix and the key. */
  readonly name: string;
  /** The explicit name of the file, null where the key is used. */
  readonly explicitName: string | null;
  readonly trusts: readonly Trust[];
  /** Subjects of the federation's and the role's `suspended`, in this order, without repeats in whatever case. */
  readonly suspendedSubjects: readonly string[];
  /** The later of the federation's and the role's `revokeSessionsBefore`; null: neither has one. */
  readonly sessionsRevokedBefore: string | null;
}

/** A federation without its issuers and roles: fields/settings.ts, and where it is deployed. */
export interface Settings extends SettingValues {
  /** Of AWS. */
  readonly partition: Partition;
  /** At least one. */
  readonly accounts: readonly AwsAccount[];
}

/**
 * A federation that was read: every default applied.
 *
 * @example
 * ```ts
 * import type { Federation } from "databricks-aws-oidc";
 * const keys = (federation: Federation): readonly string[] => Object.keys(federation.issuers);
 * ```
 */
export interface Federation extends Settings {
  /** By key, in file order. */
  readonly issuers: Readonly<Record<string, FederationIssuer>>;
  /** In file order. */
  readonly roles: readonly FederationRole[];
}
