/** What stands in an AWS account, in the words of the rest. Pure. */
import { issuerPathOf } from "../../issuer/issuer";
import { managedDocuments, roleOf } from "../../lint/documents/iam";
import { asRecord } from "../../trust/lint/examine";
import type { LintProvider, LintRole } from "../../trust/lint/target";

export interface LiveProvider {
  readonly arn: string;
  /** With `https://`, which IAM leaves out. */
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
}

export interface LiveRole {
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly boundaryArn: string | null;
  /** Milliseconds since 1970; null: never, or not told. */
  readonly lastUsed: number | null;
  readonly created: number | null;
  /** As the rules read it. */
  readonly lint: LintRole;
}

/** A question to AWS and its answer: there, not there, or not to be found out. */
export type Found<T> =
  | { readonly kind: "found"; readonly value: T }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly code: string; readonly message: string; readonly fix: string };

/** A role as IAM's API gives it, with `AttachedManagedPolicies` and `RolePolicyList` as the account's details have them. */
export type RoleDetail = Readonly<Record<string, unknown>>;

const DEFAULT_SESSION = 3600;

/** The roles of `details`; `policies` are the account's own managed ones, where those are given. */
export function liveRoles(details: readonly RoleDetail[], policies: readonly unknown[] = []): readonly LiveRole[] {
  const managed = managedDocuments(policies);
  return details.flatMap((detail): readonly LiveRole[] => {
    const { RoleName: name, Arn: arn, Path: path, MaxSessionDuration: duration } = detail;
    if (typeof name !== "string" || typeof arn !== "string") return [];
    const boundary = asRecord(detail["PermissionsBoundary"])?.["PermissionsBoundaryArn"];
    return [{
      name,
      arn,
      path: typeof path === "string" ? path : (/:role(\/(?:.*\/)?)[^/]+$/.exec(arn)?.[1] ?? "/"),
      maxSessionDuration: typeof duration === "number" ? duration : DEFAULT_SESSION,
      boundaryArn: typeof boundary === "string" ? boundary : null,
      lastUsed: timeOf(asRecord(detail["RoleLastUsed"])?.["LastUsedDate"]),
      created: timeOf(detail["CreateDate"]),
      lint: roleOf(detail, name, managed),
    }];
  });
}

function timeOf(value: unknown): number | null {
  const time = value instanceof Date ? value.getTime() : typeof value === "string" ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? null : time;
}

export function lintProviderOf(provider: LiveProvider, path: string): LintProvider {
  return { url: provider.url, clientIds: provider.clientIds, accountId: /:([0-9]{12}):/.exec(provider.arn)?.[1] ?? null, path };
}

/** What the tail of a provider's ARN names, with `https://`. */
export function urlOfArn(arn: string): string {
  return `https://${issuerPathOf(arn.replace(/^.*?:oidc-provider\//, ""))}`;
}
