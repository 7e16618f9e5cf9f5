/**
 * Writes src/federation/declarations.ts: the fields of src/federation/fields as interfaces with doc comments, so that
 * an editor shows meaning, unit and default, and no declaration that is published needs zod. With `--check` writes
 * nothing and exits 1 where the file is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import * as z from "zod";
import { tell } from "../src/cli/run";
import type { Field, Fields } from "../src/federation/fields/field";
import { ACCOUNT_ISSUER_FIELDS, WORKSPACE_ISSUER_FIELDS } from "../src/federation/fields/issuer";
import { ROLE_FIELDS } from "../src/federation/fields/role";
import { IDENTITY_FIELDS, SETTING_FIELDS } from "../src/federation/fields/settings";
import { defaultText } from "../src/federation/fields/table";
import { SUBJECT_TRUST_FIELDS, UNITY_CATALOG_TRUST_FIELDS } from "../src/federation/fields/trust";
import { awsAccountSchema, awsSchema, backendSchema } from "../src/federation/schema";

const FILE = join(__dirname, "..", "src", "federation", "declarations.ts");
const { name: _name, trusts: _trusts, ...ROLE_VALUES } = ROLE_FIELDS;

const SOURCE = `
/**
 * A federation as it is written, and the values of its fields in the model. Made from src/federation/fields by
 * npm run generate.
 */
import type { Json } from "../trust/canonical-json";
import type { Identity } from "../trust/trust";

/** The top of a federation file beside \`aws\`, \`issuers\` and \`roles\`. */
export interface SettingsDeclaration {${declared(SETTING_FIELDS)}}

/**
 * Whom a name of \`identities\` stands for: one of these.
 *
 * @example
 * \`\`\`ts
 * import type { IdentityDeclaration } from "databricks-aws-oidc";
 * const nightlyEtl: IdentityDeclaration = { servicePrincipal: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b" };
 * \`\`\`
 */
export interface IdentityDeclaration {${declared(IDENTITY_FIELDS)}}

/**
 * A federation as written in YAML or TypeScript.
 *
 * @example
 * \`\`\`ts
 * import type { FederationInput } from "databricks-aws-oidc";
 * const input: Pick<FederationInput, "name" | "aws"> = { name: "lakehouse", aws: { accountId: "111122223333" } };
 * \`\`\`
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
export interface AwsDeclaration {${members(awsSchema.omit({ accounts: true }).shape)}
  /** Several AWS accounts, by key, instead of one. Default: one. */
  readonly accounts?: Readonly<Record<string, AwsAccountDeclaration>> | undefined;
}

/** Where Terraform keeps its state. */
export type BackendDeclaration = ${union(backendSchema.options.map(typeText))};

/** One of several AWS accounts. */
export interface AwsAccountDeclaration {${members(awsAccountSchema.shape)}}

/** A workspace issuer: https://<host>/oidc */
export interface WorkspaceIssuerDeclaration {${declared(WORKSPACE_ISSUER_FIELDS)}}

/** An account issuer: https://<accounts host>/oidc/accounts/<account ID> */
export interface AccountIssuerDeclaration {${declared(ACCOUNT_ISSUER_FIELDS)}}

/**
 * An issuer as written in YAML or TypeScript.
 *
 * @example
 * \`\`\`ts
 * import type { IssuerDeclaration } from "databricks-aws-oidc";
 * const issuer: IssuerDeclaration = {
 *   level: "workspace",
 *   host: "mycompany.cloud.databricks.com",
 *   workspaceId: "1444828305810485",
 * };
 * \`\`\`
 */
export type IssuerDeclaration = WorkspaceIssuerDeclaration | AccountIssuerDeclaration;

/** A trust for identities of one issuer. */
export interface SubjectTrustDeclaration {${declared(SUBJECT_TRUST_FIELDS)}
  /** Not beside an issuer: Unity Catalog is a trust of its own. */
  readonly unityCatalog?: undefined;
}

/** A trust for Unity Catalog's role, and for the role itself. */
export interface UnityCatalogTrustDeclaration {${declared(UNITY_CATALOG_TRUST_FIELDS)}
  /** Not beside Unity Catalog: an issuer has a trust of its own. */
  readonly issuer?: undefined;
}

/**
 * A trust as written in YAML or TypeScript.
 *
 * @example
 * \`\`\`ts
 * import type { TrustDeclaration } from "databricks-aws-oidc";
 * const trust: TrustDeclaration = { issuer: "production", users: ["alice@example.com"] };
 * \`\`\`
 */
export type TrustDeclaration = SubjectTrustDeclaration | UnityCatalogTrustDeclaration;

/**
 * A role as written in YAML or TypeScript.
 *
 * @example
 * \`\`\`ts
 * import type { RoleDeclaration } from "databricks-aws-oidc";
 * const role: RoleDeclaration = { trusts: [{ issuer: "production", users: ["alice@example.com"] }] };
 * \`\`\`
 */
export interface RoleDeclaration {${declared(ROLE_FIELDS)}}

/** What the model holds of a role's fields, beside its name and its trusts. */
export interface RoleValues {${values(ROLE_VALUES)}}

/** What the model holds of a federation's settings. */
export interface SettingValues {${values(SETTING_FIELDS)}}
`;

/** Members of an interface for what is declared. */
function declared(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const doc = [field.description, ...(field.kind.is === "seconds" ? ["1h to 12h, or seconds."] : [])].join(" ");
      const fallback = field.required ? "" : ` Default: ${defaultText(field)}.`;
      return member(name, `${doc}${fallback}`, declaredType(field), !field.required);
    })
    .join("");
}

function declaredType({ kind, schema }: Field): string {
  if (kind.is === "identities") return "Readonly<Record<string, IdentityDeclaration>>";
  const nested = "fields" in kind && Object.keys(kind.fields).length > 0 ? kind.fields : undefined;
  if (nested === undefined) return typeText(schema);
  // trusts have interfaces of their own
  if (Object.hasOwn(nested, "unityCatalog")) return "readonly TrustDeclaration[]";
  const type = `{${declared(nested)}}`;
  return kind.is === "objects" ? `readonly ${type}[]` : type;
}

/** Members of an interface for what a schema says, with its descriptions. */
function members(shape: Readonly<Record<string, z.core.$ZodType>>): string {
  return Object.entries(shape)
    .map(([name, schema]) => {
      const isOptional = schema instanceof z.ZodOptional;
      const inner = isOptional ? schema.unwrap() : schema;
      const { description = "" } = z.globalRegistry.get(inner) ?? z.globalRegistry.get(schema) ?? {};
      const fallback = !isOptional || description.includes("Default: ") ? "" : " Default: none.";
      return member(name, `${description}${fallback}`, typeText(inner), isOptional);
    })
    .join("");
}

function member(name: string, doc: string, type: string, isOptional: boolean): string {
  const comment = doc === "" ? "" : wrapped(doc);
  return `${comment}\nreadonly ${name}${isOptional ? "?" : ""}: ${type}${isOptional ? " | undefined" : ""};`;
}

/** A doc comment of at most 120 columns at the depth of an interface's members. */
function wrapped(doc: string): string {
  if (doc.length <= 105) return `\n/** ${doc} */`;
  const lines = doc.split(" ").reduce<string[]>((rows, word) => {
    const last = rows.at(-1);
    if (last === undefined || last.length + word.length > 105) return [...rows, word];
    return [...rows.slice(0, -1), `${last} ${word}`];
  }, []);
  return `\n/**\n${lines.map((line) => ` * ${line}`).join("\n")}\n */`;
}

function typeText(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodOptional) return typeText(schema.unwrap());
  if (schema === backendSchema) return "BackendDeclaration";
  if (schema instanceof z.ZodString) return "string";
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodLiteral) return JSON.stringify(schema.value);
  if (schema instanceof z.ZodEnum) return union(schema.options.map((value) => JSON.stringify(value)));
  if (schema instanceof z.ZodUnion) return union(schema.options.map(typeText));
  if (schema instanceof z.ZodArray) return `readonly (${typeText(schema.element)})[]`;
  if (schema instanceof z.ZodRecord) return `Readonly<Record<string, ${typeText(schema.valueType)}>>`;
  if (schema instanceof z.ZodObject) return `{${members(schema.shape)}}`;
  if (schema instanceof z.ZodCustom) return "{ readonly [key: string]: Json }";
  throw new RangeError(`no TypeScript for a schema of type ${schema._zod.def.type}`);
}

function union(types: readonly string[]): string {
  return types.join(" | ");
}

/** Members of an interface for what the model holds. */
function values(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, field]) => {
      const type = valueType(field);
      const unit = field.kind.is === "seconds" ? " In seconds." : "";
      return member(name, `${field.description}${unit}`, field.default === null ? `${type} | null` : type, false);
    })
    .join("");
}

function valueType({ kind, schema }: Field): string {
  switch (kind.is) {
    case "text":
    case "moment":
      return "string";
    case "texts":
    case "names":
      return "readonly string[]";
    case "identities":
      return "Readonly<Record<string, Identity>>";
    case "tags":
    case "policyArns":
      return "Readonly<Record<string, string>>";
    case "policies":
      return "Readonly<Record<string, Json>>";
    case "flag":
      return "boolean";
    case "seconds":
    case "number":
      return "number";
    case "choice":
      return union(kind.values.map((value) => JSON.stringify(value)));
    case "object":
    case "objects":
      return typeText(schema);
  }
}

async function main(): Promise<void> {
  const options = await resolveConfig(FILE);
  const text = await format(SOURCE, { ...options, filepath: FILE });
  if (!process.argv.includes("--check")) writeFileSync(FILE, text);
  else if (readFileSync(FILE, "utf8") !== text) {
    tell("src/federation/declarations.ts is not what its source makes; run npm run generate.");
    process.exitCode = 1;
  }
}

void main();
