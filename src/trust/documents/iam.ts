/** Reads what IAM itself prints: a trust policy, a role, a provider, a whole account; and trust policies by role. */
import { accountOfArn } from "../../issuer/issuer";
import { isLimitingBoundary, parsedPolicy } from "../parsed/parse-role";
import { percentDecoded } from "../../text/escape";
import { asRecord, type Members, records, texts } from "../../text/members";
import { EMPTY_TARGET, UNKNOWN_ROLE } from "../parsed/target";
import type { LintProvider, LintRole, LintTarget } from "../parsed/target";
import type { DocumentKind, LintDocument } from "./document";
import { relevantRoles } from "./relevance";

/**
 * The content of `text`, which is `document`, or undefined where IAM prints nothing of that form. `name` names a lone
 * policy.
 */
export function readIam(document: Members, name: string, text: string): LintDocument | undefined {
  if (document["Statement"] !== undefined)
    return whole("trust policy", [roleOf({ AssumeRolePolicyDocument: text }, name)], []);
  const role =
    asRecord(document["Role"]) ?? (document["AssumeRolePolicyDocument"] !== undefined ? document : undefined);
  if (role !== undefined) return whole("role", [roleOf(role, name)], []);
  // `aws iam list-roles`, `aws iam get-account-authorization-details`
  const many = document["RoleDetailList"] ?? document["Roles"];
  if (Array.isArray(many)) return account(records(many), managedDocuments(document["Policies"]));
  if (typeof document["Url"] === "string" && Array.isArray(document["ClientIDList"]))
    return whole("provider", [], [providerOf(document, name)]);
  return readPolicies(document);
}

/**
 * `terraform output -json` with `trust_policies`, that output's value alone, or any map of role -> policy (JSON text or
 * object).
 */
function readPolicies(document: Members): LintDocument | undefined {
  const output = asRecord(document["trust_policies"]);
  const policies = asRecord(output?.["value"]) ?? output ?? document;
  const roles = Object.entries(policies).map(([key, policy]) => [key, policyOf(policy)] as const);
  if (roles.length === 0 || !roles.every(([, policy]) => asRecord(policy)?.["Statement"] !== undefined))
    return undefined;
  return whole(
    "outputs",
    roles.map(([key, policy]) => ({ ...roleOf({ AssumeRolePolicyDocument: policy }, key), path: key })),
    [],
  );
}

function whole(kind: DocumentKind, roles: readonly LintRole[], providers: readonly LintProvider[]): LintDocument {
  return {
    kind,
    targets: [{ name: "", before: null, target: targetOf(roles, providers) }],
    unknownPolicies: [],
    leftAside: 0,
    sensitive: [],
  };
}

function account(details: readonly Members[], managed: ReadonlyMap<string, unknown>): LintDocument {
  const { roles, aside } = relevantRoles(details.map((detail) => roleOf(detail, "", managed)));
  return {
    kind: "account",
    targets: [{ name: "", before: null, target: { ...targetOf(roles, []), aside } }],
    unknownPolicies: [],
    leftAside: aside.length,
    sensitive: [],
  };
}

function targetOf(roles: readonly LintRole[], providers: readonly LintProvider[]): LintTarget {
  return { ...EMPTY_TARGET, roles, providers };
}

/** A role of IAM's API or command line, with what it has of policies. `managed`: `managedDocuments`. */
export function roleOf(detail: Members, name: string, managed: ReadonlyMap<string, unknown> = new Map()): LintRole {
  const roleName = typeof detail["RoleName"] === "string" ? detail["RoleName"] : null;
  const attached = records(detail["AttachedManagedPolicies"]).flatMap((policy) =>
    typeof policy["PolicyArn"] === "string" ? policy["PolicyArn"] : [],
  );
  const inline = records(detail["RolePolicyList"]).map(
    (policy) => [String(policy["PolicyName"]), policyOf(policy["PolicyDocument"])] as const,
  );
  const duration = detail["MaxSessionDuration"];
  return {
    ...UNKNOWN_ROLE,
    path: roleName ?? name,
    name: roleName,
    accountId: accountOfArn(detail["Arn"]),
    policy: policyOf(detail["AssumeRolePolicyDocument"]),
    maxSessionDuration: typeof duration === "number" ? duration : null,
    bounded:
      roleName === null
        ? null
        : isLimitingBoundary(asRecord(detail["PermissionsBoundary"])?.["PermissionsBoundaryArn"] ?? ""),
    managedPolicyArns: attached,
    policies: Object.fromEntries([
      ...inline,
      ...attached.flatMap((arn) => (managed.has(arn) ? [[arn, managed.get(arn)] as const] : [])),
    ]),
  };
}

/** IAM's API gives documents URL-encoded, its command line as objects, Terraform as JSON text. */
function policyOf(value: unknown): unknown {
  return typeof value === "string" ? parsedPolicy(percentDecoded(value)) : value;
}

/** Default versions of customer-managed policies, by ARN. */
export function managedDocuments(policies: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    records(policies).flatMap((policy) => {
      const version = records(policy["PolicyVersionList"]).find((candidate) => candidate["IsDefaultVersion"] === true);
      return typeof policy["Arn"] === "string" && version !== undefined
        ? [[policy["Arn"], policyOf(version["Document"])] as const]
        : [];
    }),
  );
}

function providerOf(document: Members, name: string): LintProvider {
  return { url: String(document["Url"]), clientIds: texts(document["ClientIDList"]), accountId: null, path: name };
}
