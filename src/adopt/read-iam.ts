/** Reads an account out of what `aws iam` prints. Pure. */
import { tagsOf, urlOfArn } from "../doctor/fetch/live";
import { issuerPathOf } from "../issuer/issuer";
import { roleOf } from "../trust/documents/iam";
import { asRecord, type Members, records, texts } from "../text/members";
import { type AccountPart, type ExistingProvider, type ExistingRole, NO_ADDRESSES } from "./account";

/** The account that `document` tells of; undefined where `aws iam` prints nothing of that form. */
export function readIamAccount(document: unknown, source: string): AccountPart | undefined {
  if (Array.isArray(document)) return readList(document, source);
  const members = asRecord(document);
  if (members === undefined) return undefined;
  const part = readMembers(members, source);
  // `--max-items` leaves NextToken, `--no-paginate` IsTruncated
  const isPage = members["IsTruncated"] === true || typeof members["NextToken"] === "string";
  return part === undefined ? undefined : { ...part, isPage };
}

function readMembers(members: Members, source: string): AccountPart | undefined {
  const details = members["RoleDetailList"];
  if (Array.isArray(details))
    return partOf(
      source,
      records(details).flatMap((detail) => existingRole(detail, true)),
    );
  const roles = members["Roles"];
  if (Array.isArray(roles))
    return partOf(
      source,
      records(roles).flatMap((role) => existingRole(role, false)),
    );
  const role = asRecord(members["Role"]);
  if (role !== undefined) return partOf(source, existingRole(role, true));
  const providers = members["OpenIDConnectProviderList"];
  if (Array.isArray(providers))
    return {
      ...partOf(source, []),
      providers: records(providers).flatMap(({ Arn: arn }) => listedProvider(arn)),
      listsProviders: true,
    };
  const provider = unplacedProvider(members);
  return provider === undefined ? undefined : { ...partOf(source, []), unplaced: [provider] };
}

/** Several documents in one list, as `jq --slurp` writes them; and the pages of a list. */
function readList(list: readonly unknown[], source: string): AccountPart | undefined {
  const parts = list.map((document) => (Array.isArray(document) ? undefined : readIamAccount(document, source)));
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  const all = parts.flatMap((part) => part ?? []);
  return {
    source,
    providers: all.flatMap(({ providers }) => providers),
    unplaced: all.flatMap(({ unplaced }) => unplaced),
    roles: all.flatMap(({ roles }) => roles),
    listsProviders: all.some(({ listsProviders }) => listsProviders),
    // the last page of a list does not say that it is one
    isPage: all.length > 0 && all.every(({ isPage }) => isPage),
  };
}

function partOf(source: string, roles: readonly ExistingRole[]): AccountPart {
  return { source, providers: [], unplaced: [], roles, listsProviders: false, isPage: false };
}

/**
 * A role as IAM's API gives it. `detailed`: it has its tags and its boundary, if any; `list-roles` leaves them out.
 * Its description and its longest session come together; `get-account-authorization-details` leaves those out.
 */
function existingRole(detail: Members, detailed: boolean): readonly ExistingRole[] {
  const { RoleName: name, Arn: arn, Path: path, MaxSessionDuration: duration, Description: description } = detail;
  if (typeof name !== "string" || typeof arn !== "string") return [];
  const lint = roleOf(detail, name);
  const boundary = asRecord(detail["PermissionsBoundary"])?.["PermissionsBoundaryArn"];
  const hasPolicies = Array.isArray(detail["RolePolicyList"]) || Array.isArray(detail["AttachedManagedPolicies"]);
  return [
    {
      arn,
      name,
      path: typeof path === "string" ? path : pathOfArn(arn),
      lint,
      settings:
        typeof duration === "number"
          ? { description: typeof description === "string" ? description : null, maxSessionDuration: duration }
          : null,
      details: detailed
        ? { tags: tagsOf(detail["Tags"]), boundaryArn: typeof boundary === "string" ? boundary : null }
        : null,
      policies: hasPolicies ? { attached: [...lint.managedPolicyArns], inline: lint.policies } : null,
      addresses: NO_ADDRESSES,
    },
  ];
}

/** The path in the ARN of a role: `/` or `/…/`. */
export function pathOfArn(arn: string): string {
  return arn.slice(arn.indexOf(":role/") + ":role".length, arn.lastIndexOf("/") + 1) || "/";
}

function listedProvider(arn: unknown): readonly ExistingProvider[] {
  return typeof arn === "string" ? [{ arn, url: urlOfArn(arn), clientIds: null, tags: {}, address: null }] : [];
}

function unplacedProvider(members: Members): Omit<ExistingProvider, "arn"> | undefined {
  const { Url: url, ClientIDList: clientIds } = members;
  if (typeof url !== "string") return undefined;
  return {
    url: `https://${issuerPathOf(url)}`,
    clientIds: texts(clientIds),
    tags: tagsOf(members["Tags"]),
    address: null,
  };
}
