/**
 * A federation as it is written, and the values of its fields in the model. Made from src/federation/fields by
 * npm run generate.
 */
import type { Json } from "../trust/canonical-json";
import type { Identity } from "../trust/trust";

/** The top of a federation file beside `aws`, `issuers` and `roles`. */
export interface SettingsDeclaration {
  /** Name of the federation: of its stack, and the first part of resource names. */
  readonly name: string;
  /**
   * Email domains of your own, which subject patterns may match; a domain includes its subdomains. Default:
   * none.
   */
  readonly emailDomains?: readonly string[] | undefined;
  /** Service principals, users and subjects by a name of your own, which trusts use for them. Default: none. */
  readonly identities?: Readonly<Record<string, IdentityDeclaration>> | undefined;
  /** Goes before the key of a role without a name of its own. Default: none. */
  readonly roleNamePrefix?: string | undefined;
  /** IAM path of roles without their own. Default: `/`. */
  readonly rolePath?: string | undefined;
  /** ARN of the permissions boundary of roles without their own. Default: none. */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Longest session of roles without their own. 1h to 12h, or seconds. Default: `1h`. */
  readonly maxSessionDuration?: string | number | undefined;
  /**
   * IAM's quota for a trust policy in your account, in characters: 2048, unless AWS raised it (to 8192 at
   * most). Default: `2048`.
   */
  readonly trustPolicyMaxLength?: number | undefined;
  /**
   * Identities, by name or subject, whom every role refuses in whatever case, also where a pattern matches
   * them. Default: none.
   */
  readonly suspended?: readonly string[] | undefined;
  /**
   * Sessions of every role issued before this moment are refused. In UTC, like 2026-01-31T12:00:00Z. Default:
   * none.
   */
  readonly revokeSessionsBefore?: string | undefined;
  /** Tags of every resource; a role's own win. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Lint findings that are accepted, each with its reason. Default: none. */
  readonly lint?:
    | readonly {
        /** ID of a lint rule. */
        readonly ignore: string;
        /** Why this is meant. */
        readonly reason: string;
      }[]
    | undefined;
}

/**
 * Whom a name of `identities` stands for: one of these.
 *
 * @example
 * ```ts
 * import type { IdentityDeclaration } from "databricks-aws-oidc";
 * const nightlyEtl: IdentityDeclaration = { servicePrincipal: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b" };
 * ```
 */
export interface IdentityDeclaration {
  /** Application ID of a service principal. Default: none. */
  readonly servicePrincipal?: string | undefined;
  /** Email address of a user. Default: none. */
  readonly user?: string | undefined;
  /** Any other exact sub claim. Default: none. */
  readonly subject?: string | undefined;
}

/**
 * A federation as written in YAML or TypeScript.
 *
 * @example
 * ```ts
 * import type { FederationInput } from "databricks-aws-oidc";
 * const input: Pick<FederationInput, "name" | "aws"> = { name: "lakehouse", aws: { accountId: "111122223333" } };
 * ```
 */
export interface FederationInput extends SettingsDeclaration {
  /** Where the federation is deployed. Default: the account and region of the AWS credentials. */
  readonly aws?: AwsDeclaration | undefined;
  /** The issuers that roles may trust, by key. */
  readonly issuers: Readonly<Record<string, IssuerDeclaration>>;
  /** The roles, by key. */
  readonly roles: Readonly<Record<string, RoleDeclaration>>;
}

/** Where a federation is deployed. */
export interface AwsDeclaration {
  /** AWS account ID. Without it AWS is asked at plan time. Default: none. */
  readonly accountId?: string | undefined;
  /** AWS partition. Default: aws. */
  readonly partition?: "aws" | "aws-us-gov" | "aws-cn" | undefined;
  /** AWS region of the provider. Default: none. */
  readonly region?: string | undefined;
  /** Role the AWS provider assumes to deploy. Default: none. */
  readonly assumeRoleArn?: string | undefined;
  /** Where Terraform keeps its state: local, s3, or none of ours. Default: local. */
  readonly backend?: BackendDeclaration | undefined;
  /** Several AWS accounts, by key, instead of one. Default: one. */
  readonly accounts?: Readonly<Record<string, AwsAccountDeclaration>> | undefined;
}

/** Where Terraform keeps its state. */
export type BackendDeclaration =
  | {
      /** A file. */
      readonly type: "local";
      /** The state's file. Default: none. */
      readonly path?: string | undefined;
    }
  | {
      /** A bucket of S3. */
      readonly type: "s3";
      /** The bucket. */
      readonly bucket: string;
      /** The state's key in the bucket; several AWS accounts put their own in front. */
      readonly key: string;
      /** The bucket's region. */
      readonly region: string;
      /** DynamoDB table that locks the state. Default: none. */
      readonly dynamodbTable?: string | undefined;
      /** Lock the state by a file beside it. Default: none. */
      readonly useLockfile?: boolean | undefined;
      /** Encrypt the state on the server. Default: none. */
      readonly encrypt?: boolean | undefined;
      /** Key that encrypts the state. Default: none. */
      readonly kmsKeyId?: string | undefined;
      /** AWS profile that reads and writes the state. Default: none. */
      readonly profile?: string | undefined;
    }
  | {
      /** A backend that others configure. */
      readonly type: "none";
    };

/** One of several AWS accounts. */
export interface AwsAccountDeclaration {
  /** AWS account ID. Default: none. */
  readonly accountId?: string | undefined;
  /** AWS region of the provider. Default: none. */
  readonly region?: string | undefined;
  /** Role the AWS provider assumes to deploy. Default: none. */
  readonly assumeRoleArn?: string | undefined;
  /** Where Terraform keeps its state: local, s3, or none of ours. Default: local. */
  readonly backend?: BackendDeclaration | undefined;
}

/** A workspace issuer: https://<host>/oidc */
export interface WorkspaceIssuerDeclaration {
  /** workspace or account. */
  readonly level: "workspace";
  /** The workspace's host, without https://. */
  readonly host: string;
  /** The workspace's number, in quotes. */
  readonly workspaceId: string;
  /** What IAM registers as client IDs. Default: the workspace ID, or the account ID. */
  readonly audiences?: readonly string[] | undefined;
  /** Accept a host outside Databricks' zones. Default: `false`. */
  readonly allowCustomHost?: boolean | undefined;
  /** ARN of an IAM OIDC provider to adopt instead of creating one. Default: none. */
  readonly existingProviderArn?: string | undefined;
}

/** An account issuer: https://<accounts host>/oidc/accounts/<account ID> */
export interface AccountIssuerDeclaration {
  /** workspace or account. */
  readonly level: "account";
  /** Databricks' account ID, a UUID. */
  readonly accountId: string;
  /** The Databricks cloud, whose account console it is. Default: `aws`. */
  readonly cloud?: "aws" | "aws-us-gov" | "aws-us-gov-dod" | "azure" | "azure-us-gov" | "azure-cn" | "gcp" | undefined;
  /** The account console's host, where cloud does not say. Default: none. */
  readonly accountsHost?: string | undefined;
  /** What IAM registers as client IDs. Default: the workspace ID, or the account ID. */
  readonly audiences?: readonly string[] | undefined;
  /** Accept a host outside Databricks' zones. Default: `false`. */
  readonly allowCustomHost?: boolean | undefined;
  /** ARN of an IAM OIDC provider to adopt instead of creating one. Default: none. */
  readonly existingProviderArn?: string | undefined;
}

/**
 * An issuer as written in YAML or TypeScript.
 *
 * @example
 * ```ts
 * import type { IssuerDeclaration } from "databricks-aws-oidc";
 * const issuer: IssuerDeclaration = {
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * };
 * ```
 */
export type IssuerDeclaration = WorkspaceIssuerDeclaration | AccountIssuerDeclaration;

/** A trust for identities of one issuer. */
export interface SubjectTrustDeclaration {
  /** Key of one of the issuers. */
  readonly issuer: string;
  /** Application IDs of service principals. Prefer these. Default: none. */
  readonly servicePrincipals?: readonly string[] | undefined;
  /** Email addresses of users. They can be renamed and reused, so lint warns. Default: none. */
  readonly users?: readonly string[] | undefined;
  /** Any other exact sub claims. Default: none. */
  readonly subjects?: readonly string[] | undefined;
  /** Names of the federation's identities, which are the same for every issuer. Default: none. */
  readonly identities?: readonly string[] | undefined;
  /**
   * Patterns of email addresses, with * or ? before an @ and a domain of emailDomains, or below one, after it.
   * Default: none.
   */
  readonly subjectPatterns?: readonly string[] | undefined;
  /** Any other patterns of sub claims, each with its reason. Lint and the report list them. Default: none. */
  readonly wideSubjectPatterns?:
    | readonly {
        /** A pattern of sub claims, with * or ?. */
        readonly pattern: string;
        /** Why everyone whom it matches is meant. */
        readonly reason: string;
      }[]
    | undefined;
  /** Audiences this trust accepts. Default: the issuer's first, never all of them. */
  readonly audiences?: readonly string[] | undefined;
  /** Extra conditions, which narrow this trust. Default: none. */
  readonly conditions?:
    | readonly {
        /** An IAM condition operator, such as IpAddress. */
        readonly test: string;
        /** An IAM condition key, such as aws:SourceIp. */
        readonly variable: string;
        /** Values, of which any may match. */
        readonly values: readonly string[];
      }[]
    | undefined;
  /** Also allow sts:TagSession. Default: `false`. */
  readonly allowTagSession?: boolean | undefined;
  /** Not beside an issuer: Unity Catalog is a trust of its own. */
  readonly unityCatalog?: undefined;
}

/** A trust for Unity Catalog's role, and for the role itself. */
export interface UnityCatalogTrustDeclaration {
  /** Unity Catalog instead of an issuer; nothing else but conditions goes with it. */
  readonly unityCatalog: {
    /** The Databricks cloud. Default: aws; in GovCloud it must be given. */
    readonly cloud?: "aws" | "aws-us-gov" | "aws-us-gov-dod" | undefined;
    /** External IDs, as the storage or service credentials show them. */
    readonly externalIds: readonly string[];
  };
  /** Extra conditions, which narrow this trust. Default: none. */
  readonly conditions?:
    | readonly {
        /** An IAM condition operator, such as IpAddress. */
        readonly test: string;
        /** An IAM condition key, such as aws:SourceIp. */
        readonly variable: string;
        /** Values, of which any may match. */
        readonly values: readonly string[];
      }[]
    | undefined;
  /** Not beside Unity Catalog: an issuer has a trust of its own. */
  readonly issuer?: undefined;
}

/**
 * A trust as written in YAML or TypeScript.
 *
 * @example
 * ```ts
 * import type { TrustDeclaration } from "databricks-aws-oidc";
 * const trust: TrustDeclaration = { issuer: "production", users: ["alice@example.com"] };
 * ```
 */
export type TrustDeclaration = SubjectTrustDeclaration | UnityCatalogTrustDeclaration;

/**
 * A role as written in YAML or TypeScript.
 *
 * @example
 * ```ts
 * import type { RoleDeclaration } from "databricks-aws-oidc";
 * const role: RoleDeclaration = { trusts: [{ issuer: "production", users: ["alice@example.com"] }] };
 * ```
 */
export interface RoleDeclaration {
  /** IAM name of the role. Default: the prefix and the key. */
  readonly name?: string | undefined;
  /** What the role is for. Default: none. */
  readonly description?: string | undefined;
  /** Keys of the AWS accounts that get the role. Default: all. */
  readonly accounts?: readonly string[] | undefined;
  /** IAM path of the role. Default: the federation's. */
  readonly path?: string | undefined;
  /** Longest session of the role. 1h to 12h, or seconds. Default: the federation's. */
  readonly maxSessionDuration?: string | number | undefined;
  /** ARN of the role's permissions boundary. Default: the federation's. */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Before the role is deleted, detach its policies, also those attached outside Terraform. Default: `false`. */
  readonly forceDetachPolicies?: boolean | undefined;
  /** Who may assume the role; at least one. */
  readonly trusts: readonly TrustDeclaration[];
  /** ARNs of managed policies, by a key of your own. Default: none. */
  readonly managedPolicyArns?: Readonly<Record<string, string>> | undefined;
  /** Inline policies, by name. Default: none. */
  readonly inlinePolicies?: Readonly<Record<string, { readonly [key: string]: Json }>> | undefined;
  /**
   * Identities, by name or subject, whom the role refuses in whatever case, also where a pattern matches them.
   * Default: none.
   */
  readonly suspended?: readonly string[] | undefined;
  /**
   * The role's sessions issued before this moment are refused; of this and the federation's the later counts.
   * In UTC, like 2026-01-31T12:00:00Z. Default: none.
   */
  readonly revokeSessionsBefore?: string | undefined;
  /** Tags of the role. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Lint findings that are accepted, each with its reason. Default: none. */
  readonly lint?:
    | readonly {
        /** ID of a lint rule. */
        readonly ignore: string;
        /** Why this is meant. */
        readonly reason: string;
      }[]
    | undefined;
}

/** What the model holds of a role's fields, beside its name and its trusts. */
export interface RoleValues {
  /** What the role is for. */
  readonly description: string | null;
  /** Keys of the AWS accounts that get the role. */
  readonly accounts: readonly string[] | null;
  /** IAM path of the role. */
  readonly path: string;
  /** Longest session of the role. In seconds. */
  readonly maxSessionDuration: number;
  /** ARN of the role's permissions boundary. */
  readonly permissionsBoundaryArn: string | null;
  /** Before the role is deleted, detach its policies, also those attached outside Terraform. */
  readonly forceDetachPolicies: boolean;
  /** ARNs of managed policies, by a key of your own. */
  readonly managedPolicyArns: Readonly<Record<string, string>>;
  /** Inline policies, by name. */
  readonly inlinePolicies: Readonly<Record<string, Json>>;
  /**
   * Identities, by name or subject, whom the role refuses in whatever case, also where a pattern matches them.
   */
  readonly suspended: readonly string[];
  /**
   * The role's sessions issued before this moment are refused; of this and the federation's the later counts.
   * In UTC, like 2026-01-31T12:00:00Z.
   */
  readonly revokeSessionsBefore: string | null;
  /** Tags of the role. */
  readonly tags: Readonly<Record<string, string>>;
  /** Lint findings that are accepted, each with its reason. */
  readonly lint: readonly {
    /** ID of a lint rule. */
    readonly ignore: string;
    /** Why this is meant. */
    readonly reason: string;
  }[];
}

/** What the model holds of a federation's settings. */
export interface SettingValues {
  /** Name of the federation: of its stack, and the first part of resource names. */
  readonly name: string;
  /** Email domains of your own, which subject patterns may match; a domain includes its subdomains. */
  readonly emailDomains: readonly string[];
  /** Service principals, users and subjects by a name of your own, which trusts use for them. */
  readonly identities: Readonly<Record<string, Identity>>;
  /** Goes before the key of a role without a name of its own. */
  readonly roleNamePrefix: string;
  /** IAM path of roles without their own. */
  readonly rolePath: string;
  /** ARN of the permissions boundary of roles without their own. */
  readonly permissionsBoundaryArn: string | null;
  /** Longest session of roles without their own. In seconds. */
  readonly maxSessionDuration: number;
  /**
   * IAM's quota for a trust policy in your account, in characters: 2048, unless AWS raised it (to 8192 at
   * most).
   */
  readonly trustPolicyMaxLength: number;
  /**
   * Identities, by name or subject, whom every role refuses in whatever case, also where a pattern matches
   * them.
   */
  readonly suspended: readonly string[];
  /** Sessions of every role issued before this moment are refused. In UTC, like 2026-01-31T12:00:00Z. */
  readonly revokeSessionsBefore: string | null;
  /** Tags of every resource; a role's own win. */
  readonly tags: Readonly<Record<string, string>>;
  /** Lint findings that are accepted, each with its reason. */
  readonly lint: readonly {
    /** ID of a lint rule. */
    readonly ignore: string;
    /** Why this is meant. */
    readonly reason: string;
  }[];
}
