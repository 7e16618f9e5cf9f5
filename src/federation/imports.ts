/** What in AWS is which resource of a federation: the file that `adopt` writes, for `import` blocks. Pure. */
import * as z from "zod";
import { InputError, type Problem, refuse } from "../errors";
import { quoted } from "../text/text-rule";
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";
import type { AccountView } from "./account-view";
import type { AwsAccount, FederationRole } from "./model";
import { formatPath } from "./path";

export type ResourceKind = "provider" | "role" | "attachment" | "inline";

/** What names a resource within a federation. */
export interface ResourceKey {
  readonly kind: ResourceKind;
  /** Of the issuer or the role. */
  readonly key: string;
  /** Of an attachment or an inline policy: its own key. */
  readonly policy: string | null;
}

/** A resource of a federation that exists in AWS. */
export interface ImportedResource extends ResourceKey {
  /** By which Terraform imports it. */
  readonly id: string;
  /** Its address in the state that the new configuration takes over; null: it is imported. */
  readonly movedFrom: string | null;
  /** The federation file names it only once its reader has decided so. */
  readonly proposed: boolean;
}

/**
 * What of a federation exists in one AWS account.
 *
 * @example
 * ```ts
 * import { type Imports, loadImports } from "databricks-aws-oidc/cdktf";
 * const imports: Imports = loadImports("imports.json");
 * imports.awsAccountId; // "111122223333"
 * ```
 */
export interface Imports {
  /** 12 digits. */
  readonly awsAccountId: string;
  /** Each provider, role, policy and attachment that is taken over. */
  readonly resources: readonly ImportedResource[];
}

const INDEX = String.raw`(?:\[(?:[0-9]+|"(?:[^"\\$%\x00-\x1f]|\\.|[$%](?!\{))*")\])?`;
const LABEL = "[A-Za-z_][A-Za-z0-9_-]*";
/** An address of Terraform, without anything that HCL would evaluate. */
const ADDRESS = new RegExp(`^(?:module\\.${LABEL}${INDEX}\\.)*aws_iam_[a-z_]+\\.${LABEL}${INDEX}$`);

const id = z
  .string()
  .min(1)
  .max(2048)
  .regex(/^(?:[^$%\x00-\x1f\x7f]|[$%](?!\{))+$/);
const shared = { id, movedFrom: z.string().max(2048).regex(ADDRESS).optional(), proposed: z.literal(true).optional() };
const schema = z.strictObject({
  $comment: z.string().optional(),
  awsAccountId: z.string().regex(/^[0-9]{12}$/),
  resources: z.array(
    z.union([
      z.strictObject({ provider: id, ...shared }),
      z.strictObject({ role: id, ...shared }),
      z.strictObject({ role: id, managedPolicy: id, ...shared }),
      z.strictObject({ role: id, inlinePolicy: id, ...shared }),
    ]),
  ),
});

/** Reads `text`, what `adopt` wrote as imports.json, called `file`. Throws InputError json-syntax, imports-invalid. */
export function parseImports(text: string, file: string): Imports {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, "")) as unknown;
  } catch (cause) {
    throw new InputError({ code: "json-syntax", file, message: "Invalid JSON.", fix: WRITE_AGAIN }, { cause });
  }
  const read = schema.safeParse(value);
  if (!read.success) {
    const [issue] = read.error.issues;
    const path = formatPath((issue?.path ?? []).map((part) => (typeof part === "number" ? part : String(part))));
    throw new InputError({
      code: "imports-invalid",
      file,
      message: `It is not the imports.json of adopt: ${path === "" ? "the document" : path} is not valid.`,
      fix: WRITE_AGAIN,
    });
  }
  const seen = new Set<string>();
  const resources = read.data.resources.map((entry): ImportedResource => {
    const { id: own, movedFrom = null, proposed = false } = entry;
    const named: ResourceKey =
      "provider" in entry
        ? { kind: "provider", key: entry.provider, policy: null }
        : "managedPolicy" in entry
          ? { kind: "attachment", key: entry.role, policy: entry.managedPolicy }
          : "inlinePolicy" in entry
            ? { kind: "inline", key: entry.role, policy: entry.inlinePolicy }
            : { kind: "role", key: entry.role, policy: null };
    const name = resourceName(named);
    if (seen.has(name))
      throw new InputError({ code: "imports-invalid", file, message: `${name} is there twice.`, fix: WRITE_AGAIN });
    seen.add(name);
    return { ...named, id: own, movedFrom, proposed };
  });
  return { awsAccountId: read.data.awsAccountId, resources };
}

const WRITE_AGAIN = "Name the imports.json that adopt wrote, or write it again.";

/** The text of imports.json, an object laid out over lines: one for each resource. */
export function importsText({ awsAccountId, resources }: Imports): string {
  const lines = resources.map(({ kind, key, policy, id: own, movedFrom, proposed }) => {
    const named = kind === "provider" ? { provider: key } : { role: key };
    const policyNamed =
      policy === null ? {} : kind === "attachment" ? { managedPolicy: policy } : { inlinePolicy: policy };
    const rest = { ...(movedFrom === null ? {} : { movedFrom }), ...(proposed ? { proposed } : {}) };
    return `    ${JSON.stringify({ ...named, ...policyNamed, id: own, ...rest })}`;
  });
  return `{\n  "awsAccountId": ${JSON.stringify(awsAccountId)},\n  "resources": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

/** What a message calls the resource. */
export function resourceName({ kind, key, policy }: ResourceKey): string {
  if (kind === "provider") return formatPath(["issuers", key]);
  if (policy === null) return formatPath(["roles", key]);
  return formatPath(["roles", key, kind === "attachment" ? "managedPolicyArns" : "inlinePolicies", policy]);
}

/** The resources of `imports` that are of `account`, one of `accounts`: none of those that name another account. */
export function importsFor(
  { awsAccountId, resources }: Imports,
  account: Pick<AwsAccount, "accountId">,
  accounts: readonly Pick<AwsAccount, "accountId">[],
): readonly ImportedResource[] {
  const unnamed = account.accountId === null && !accounts.some(({ accountId }) => accountId === awsAccountId);
  return unnamed || account.accountId === awsAccountId ? resources : [];
}

/**
 * That what is imported is what the federation says: Terraform would replace the rest. Throws InputError
 * imports-mismatch.
 */
export function checkImportIds(resources: readonly ImportedResource[], view: AccountView): void {
  const roles = new Map(view.roles.map((role) => [role.key, role]));
  const providers = new Map(view.providers.map(({ issuer, arn }) => [issuer.key, arn]));
  const problems = resources.flatMap((resource) => {
    const role = roles.get(resource.key);
    const expected = resource.kind === "provider" ? providers.get(resource.key) : role && importedId(resource, role);
    return importMismatch(resource, expected) ?? [];
  });
  refuse(problems);
}

/** The problem where `expected`, the ID that the federation says now, is not the one in the file. */
export function importMismatch(resource: ImportedResource, expected: string | undefined): Problem | undefined {
  // what only AWS knows is not compared
  const known =
    expected !== undefined &&
    ![ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER, "${"].some((part) => expected.includes(part));
  if (!known || expected === resource.id) return undefined;
  return {
    code: "imports-mismatch",
    message:
      `${resourceName(resource)} is ${quoted(expected)} in the federation and ${quoted(resource.id)} in the imports: ` +
      "Terraform would replace it.",
    path: "imports",
    fix: "Undo the change in the federation until the import is applied, or run adopt again.",
  };
}

/** By which Terraform imports a role or a policy of it; undefined where the role has no such policy. */
export function importedId(
  { kind, policy }: ResourceKey,
  { name, managedPolicyArns }: Pick<FederationRole, "name" | "managedPolicyArns">,
): string | undefined {
  if (kind === "attachment") {
    const arn = managedPolicyArns[policy ?? ""];
    return arn === undefined ? undefined : `${name}/${arn}`;
  }
  return kind === "inline" ? `${name}:${policy ?? ""}` : name;
}
