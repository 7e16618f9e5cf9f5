/** The federation, normalised: every default applied, strings in NFC, durations in seconds. Plain readonly data. */
import type { Cloud } from "../issuer/clouds";
import type { IssuerInput, IssuerUrls } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import type { Json } from "../trust/canonical-json";
import type { Trust } from "../trust/trust";

export type Backend =
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

/** A finding of `lint` that is meant, and why. */
export interface LintIgnore {
  readonly ignore: string;
  readonly reason: string;
}

export interface FederationRole {
  readonly key: string;
  /** IAM's name: `name`, or the prefix and the key. */
  readonly name: string;
  /** The explicit name of the file, null where the key is used. */
  readonly explicitName: string | null;
  readonly description: string | null;
  /** Account keys; null: all. */
  readonly accounts: readonly string[] | null;
  readonly trusts: readonly Trust[];
  /** Key -> ARN. */
  readonly managedPolicyArns: Readonly<Record<string, string>>;
  /** Policy name -> policy document. Without the self-assume policy of Unity Catalog. */
  readonly inlinePolicies: Readonly<Record<string, Json>>;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration: number;
  /** Begins and ends with `/`. */
  readonly path: string;
  readonly permissionsBoundaryArn: string | null;
  /** The role's own tags; the federation's are added by `rolesOf`. */
  readonly tags: Readonly<Record<string, string>>;
  readonly lint: readonly LintIgnore[];
}

export interface Federation {
  readonly name: string;
  readonly partition: Partition;
  /** At least one. */
  readonly accounts: readonly AwsAccount[];
  /** By key, in file order. */
  readonly issuers: Readonly<Record<string, FederationIssuer>>;
  /** In file order. */
  readonly roles: readonly FederationRole[];
  readonly roleNamePrefix: string;
  readonly rolePath: string;
  readonly permissionsBoundaryArn: string | null;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** Characters, 2,048 to 8,192. */
  readonly trustPolicyMaxLength: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly lint: readonly LintIgnore[];
}
