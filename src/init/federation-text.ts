/**
 * The text of a new federation file: the values as YAML, each value encoded by the YAML library, with comments.
 * Pure.
 */
import { type Document, isMap, isPair, isScalar, type Pair, type Scalar } from "yaml";
import type { IssuerDeclaration } from "../federation/declarations";
import { policyKeys } from "../federation/policy-keys";
import { yamlDocument } from "../federation/yaml-document";
import type { Partition } from "../issuer/rules";
import type { RoleInput } from "./flags";

export interface NewFederation {
  readonly name: string;
  /** Where an editor finds the JSON Schema: a URL, or a path from the file's folder. */
  readonly schema: string;
  readonly issuer: IssuerDeclaration;
  /** As tokens name it, `https://…`. */
  readonly issuerUrl: string;
  readonly awsAccountId: string | undefined;
  readonly partition: Partition;
  readonly region: string | undefined;
  readonly roles: readonly RoleInput[];
  readonly usersReason: string | undefined;
}

/** The file. It can be read back as a federation where every value satisfies its rule. */
export function federationText(values: NewFederation): string {
  const key = values.issuer.level;
  const document = yamlDocument({
    name: values.name,
    aws: {
      ...(values.awsAccountId === undefined ? {} : { accountId: values.awsAccountId }),
      partition: values.partition,
      ...(values.region === undefined ? {} : { region: values.region }),
    },
    issuers: { [key]: values.issuer },
    roles: Object.fromEntries(values.roles.map((role) => [role.key, roleOf(role, key, values)])),
    tags: { "managed-by": "databricks-aws-oidc" },
  });
  document.commentBefore =
    ` yaml-language-server: $schema=${values.schema}\n` +
    " Who in Databricks may assume which AWS role. Check it with `databricks-aws-oidc lint` and `prove`.";
  if (values.awsAccountId === undefined)
    comment(
      document,
      ["aws", "partition"],
      " accountId is left out: it is detected at plan time. `credentials` needs it, or --aws-account-id.",
    );
  comment(document, ["issuers", key], ` Who signs the tokens: ${values.issuerUrl}`);
  for (const role of values.roles) {
    const at = ["roles", role.key];
    comment(document, [...at, "trusts", 0, "servicePrincipals"], " Service principals, by application ID");
    comment(document, [...at, "trusts", 0, "users"], " Users, by their e-mail address in Databricks");
    if (role.buckets.length > 0) comment(document, [...at, "inlinePolicies"], " What the role may do");
    if (role.policyArns.length > 0)
      comment(document, [...at, "managedPolicyArns"], " What the role may do: policies that exist already");
    if (role.buckets.length + role.policyArns.length === 0)
      comment(
        document,
        [...at, "maxSessionDuration"],
        " The role may do nothing yet: add managedPolicyArns or inlinePolicies.",
      );
  }
  return document.toString({ lineWidth: 0 });
}

function roleOf(role: RoleInput, issuer: string, { partition, usersReason }: NewFederation): Record<string, unknown> {
  return {
    trusts: [
      {
        issuer,
        ...(role.servicePrincipals.length > 0 ? { servicePrincipals: role.servicePrincipals } : {}),
        ...(role.users.length > 0 ? { users: role.users } : {}),
      },
    ],
    ...(role.policyArns.length > 0 ? { managedPolicyArns: policyKeys(role.policyArns) } : {}),
    ...(role.buckets.length > 0 ? { inlinePolicies: { "read-buckets": readBuckets(role.buckets, partition) } } : {}),
    maxSessionDuration: role.maxSession ?? "1h",
    ...(role.users.length > 0 && usersReason !== undefined
      ? { lint: [{ ignore: "subject-email", reason: usersReason }] }
      : {}),
  };
}

function readBuckets(buckets: readonly string[], partition: Partition): unknown {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: buckets.map((bucket) => `arn:${partition}:s3:::${bucket}`),
      },
      {
        Effect: "Allow",
        Action: ["s3:GetObject"],
        Resource: buckets.map((bucket) => `arn:${partition}:s3:::${bucket}/*`),
      },
    ],
  };
}

/** Puts `text` on a line of its own before the key at `path`; a path that is not there has no comment. */
function comment(document: Document, path: readonly (string | number)[], text: string): void {
  const parent: unknown = document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return;
  const pair = parent.items.find(
    (item): item is Pair<Scalar> => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1),
  );
  if (pair !== undefined) pair.key.commentBefore = text;
}
