/** Inputs of each module's examples/complete and of the usage its README shows. */
import type { HclValue } from "../hcl/encode";
import { call } from "../hcl/encode";
import type { Inputs } from "./definition";
import type { Sample } from "./sample";
import { commonInputs, unityCatalogCloud } from "./sample";

function settings(sample: Sample): Inputs {
  const { tags: _, ...where } = commonInputs(sample);
  return where;
}

function tags(sample: Sample): HclValue {
  return { "managed-by": "databricks-aws-oidc", ...sample.mandatoryTags };
}

const readLake: HclValue = call("jsonencode", {
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::mycompany-lake"] },
    { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::mycompany-lake/*"] },
  ],
});

const office: HclValue = { test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] };

function reader(sample: Sample): Inputs {
  return { service_principals: [sample.servicePrincipal] };
}

/**
 * Three roles: for a job, for a person at the office, for a storage credential. `trust` puts a trust's attributes in
 * place.
 */
function roles(sample: Sample, trust: (issuer: string, attributes: Inputs) => Inputs): HclValue {
  const cloud = unityCatalogCloud(sample);
  return {
    "lake-reader": {
      description: "Nightly jobs read the lake",
      ...trust("production", reader(sample)),
      inline_policies: { "read-lake": readLake },
      path: "/databricks/",
    },
    analyst: {
      description: "Alice reads the lake from the office",
      ...trust("company", { users: ["alice@example.com"], conditions: [office] }),
      managed_policy_arns: { read: `arn:${sample.awsPartition}:iam::${sample.awsAccountId}:policy/read-lake` },
    },
    ...(cloud === undefined
      ? {}
      : {
          "lake-location": {
            description: "Unity Catalog's storage credential",
            ...trust("", { unity_catalog: { cloud, external_ids: [sample.externalId] } }),
            inline_policies: { "read-lake": readLake },
          },
        }),
  };
}

export function federationExample(sample: Sample): Inputs {
  return {
    ...settings(sample),
    issuers: {
      production: { level: "workspace", host: sample.host, workspace_id: sample.workspaceId },
      company: {
        level: "account",
        account_id: sample.databricksAccountId,
        accounts_host: sample.databricksAccountHost,
      },
    },
    roles: roles(sample, (issuer, attributes) => ({
      trusts: [{ ...(issuer === "" ? {} : { issuer }), ...attributes }],
    })),
    tags: tags(sample),
  };
}

export function simpleExample(issuer: Inputs, sample: Sample): Inputs {
  return { ...issuer, ...settings(sample), roles: roles(sample, (_, attributes) => attributes), tags: tags(sample) };
}

export function federatedRoleExample(sample: Sample): Inputs {
  return {
    name: "lake-reader",
    description: "Nightly jobs read the lake",
    ...settings(sample),
    issuers: { production: { level: "workspace", host: sample.host, workspace_id: sample.workspaceId } },
    trusts: [{ issuer: "production", ...reader(sample) }],
    inline_policies: { "read-lake": readLake },
    path: "/databricks/",
    tags: tags(sample),
  };
}
