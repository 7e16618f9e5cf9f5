/** Providers and roles that are deployed in an AWS account, from the answers of IAM. Pure. */
import { issuerPathOf } from "../../issuer/issuer";
import { managedDocuments, roleOf } from "../../trust/documents/iam";
import { asRecord, records } from "../../text/members";
import type { LintProvider, LintRole } from "../../trust/parsed/target";
import type { Failure } from "../check";

export interface LiveProvider {
  readonly arn: string;
  /** With `https://`, which IAM leaves out. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

export interface LiveRole {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly boundaryArn: string | null;
  /** Milliseconds since 1970; null: never, or not known. */
  readonly lastUsed: number | null;
  readonly created: number | null;
  readonly tags: Readonly<Record<string, string>>;
  /** As the lint rules read it. */
  readonly lint: LintRole;
  /** Why it is not known which policies it has; null: it is. */
  readonly policiesUnread: Failure | null;
  /** Why the content of its customer-managed policies is not known; null: it is. */
  readonly documentsUnread: Failure | null;
}

/** What AWS answered: it exists, it does not, or why that is not known. */
export type Found<T> = { readonly kind: "found"; readonly value: T } | { readonly kind: "absent" } | Failure;

/** Everything in an account that may trust Databricks. */
export interface AccountFacts {
  readonly providers: Found<readonly LiveProvider[]>;
  readonly roles: Found<readonly LiveRole[]>;
}

/**
 * A role as IAM's API gives it, with `AttachedManagedPolicies` and `RolePolicyList` as the account's details have
 * them.
 */
export type RoleDetail = Readonly<Record<string, unknown>>;

const DEFAULT_SESSION = 3600;

/** The roles of `details`; `policies` are the account's own managed ones, where those are given. */
export function liveRoles(details: readonly RoleDetail[], policies: readonly unknown[] = []): readonly LiveRole[] {
  const managed = managedDocuments(policies);
  return details.flatMap((detail): readonly LiveRole[] => {
    const { RoleName: name, Arn: arn, Path: path, MaxSessionDuration: duration } = detail;
    if (typeof name !== "string" || typeof arn !== "string") return [];
    const boundary = asRecord(detail["PermissionsBoundary"])?.["PermissionsBoundaryArn"];
    return [
      {
        name,
        arn,
        path: typeof path === "string" ? path : (/:role(\/(?:.*\/)?)[^/]+$/.exec(arn)?.[1] ?? "/"),
        maxSessionDuration: typeof duration === "number" ? duration : DEFAULT_SESSION,
        boundaryArn: typeof boundary === "string" ? boundary : null,
        lastUsed: timeOf(asRecord(detail["RoleLastUsed"])?.["LastUsedDate"]),
        created: timeOf(detail["CreateDate"]),
        tags: tagsOf(detail["Tags"]),
        lint: roleOf(detail, name, managed),
        policiesUnread: null,
        documentsUnread: null,
      },
    ];
  });
}

/** IAM's list of tags as a record. */
export function tagsOf(list: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    records(list).flatMap(({ Key, Value }) =>
      typeof Key === "string" ? [[Key, typeof Value === "string" ? Value : ""] as const] : [],
    ),
  );
}

function timeOf(value: unknown): number | null {
  const time = value instanceof Date ? value.getTime() : typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

export function lintProviderOf(provider: LiveProvider, path: string): LintProvider {
  return {
    url: provider.url,
    clientIds: provider.clientIds,
    accountId: /:([0-9]{12}):/.exec(provider.arn)?.[1] ?? null,
    path,
  };
}

/** What the tail of a provider's ARN names, with `https://`. */
export function urlOfArn(arn: string): string {
  return `https://${issuerPathOf(arn.replace(/^.*?:oidc-provider\//, ""))}`;
}
