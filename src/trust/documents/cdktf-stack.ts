/** Reads the JSON that CDKTF synthesizes (cdk.tf.json), or any Terraform configuration in JSON. */
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../build";
import { issuerPathOf, providerArn } from "../../issuer/issuer";
import { asRecord, type Members } from "../../text/members";
import type { LintDocument } from "./document";
import type { TerraformResource } from "./terraform-resources";
import { READ_TYPES, readResources } from "./terraform-resources";
import { documentOf, terraformTarget } from "./terraform-target";

/** A Terraform configuration in JSON, by its `resource` block or CDKTF's own metadata. */
export function isStack(document: Members): boolean {
  return (
    asRecord(document["resource"]) !== undefined ||
    (asRecord(document["terraform"]) !== undefined &&
      document["format_version"] === undefined &&
      document["serial"] === undefined)
  );
}

export function readStack(document: Members): LintDocument {
  const resources: TerraformResource[] = [];
  for (const [type, named] of Object.entries(asRecord(document["resource"]) ?? {})) {
    if (!READ_TYPES.has(type)) continue;
    for (const [name, values] of Object.entries(asRecord(named) ?? {})) {
      resources.push({
        address: `${type}.${name}`,
        type,
        values: resolved(asRecord(values) ?? {}, document),
        unknown: {},
      });
    }
  }
  const places = ["variable", "output", "module", "locals"].map((block) => document[block]);
  return documentOf("CDKTF stack", terraformTarget(readResources(resources, null), places));
}

/** Text values with what Terraform will make of them, as far as that is plain. */
function resolved(values: Members, document: Members): Members {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => {
      const text = typeof value === "string" ? plainText(value, document) : value;
      // A provider that only Terraform knows: the policy cannot be read here.
      return [
        key,
        key === "assume_role_policy" && typeof text === "string" && /"Federated":\s*(?:\[\s*)?"\$\{/.test(text)
          ? ""
          : text,
      ];
    }),
  );
}

const PROVIDER_ARN = /(?<!\$)\$\{aws_iam_openid_connect_provider\.([A-Za-z0-9_-]+)\.arn\}/g;
const ROLE_NAME = /^\$\{aws_iam_role\.([A-Za-z0-9_-]+)\.(?:name|id)\}$/;

/**
 * An account or partition only AWS knows becomes its placeholder, a reference to a provider or a role of the stack what
 * it will be, and escapes (`$${`, `%%{`) what they stand for. Any other expression stays as it is.
 */
function plainText(text: string, document: Members): string {
  if (!text.includes("{")) return text;
  const attribute = (type: string, name: string, of: string): string | undefined => {
    const value = asRecord(asRecord(asRecord(document["resource"])?.[type])?.[name])?.[of];
    return typeof value === "string" ? value : undefined;
  };
  const role = ROLE_NAME.exec(text)?.[1];
  if (role !== undefined) return attribute("aws_iam_role", role, "name") ?? text;
  return text
    .replace(PROVIDER_ARN, (whole, name: string) => {
      const url = attribute("aws_iam_openid_connect_provider", name, "url");
      return url === undefined ? whole : providerArn(PARTITION_PLACEHOLDER, ACCOUNT_ID_PLACEHOLDER, issuerPathOf(url));
    })
    .replace(/(?<!\$)\$\{data\.aws_caller_identity\.[A-Za-z0-9_-]+\.account_id\}/g, ACCOUNT_ID_PLACEHOLDER)
    .replace(/(?<!\$)\$\{data\.aws_partition\.[A-Za-z0-9_-]+\.partition\}/g, PARTITION_PLACEHOLDER)
    .replace(/([$%])\1\{/g, "$1{");
}
