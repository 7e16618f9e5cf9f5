/**
 * A lake in a stack of one's own: a bucket, and the Databricks identities that reach it without a stored key.
 * Replace the host, the IDs and the application IDs by your own.
 */
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { allowAwsProviderRange, DatabricksFederation } from "databricks-aws-oidc/cdktf";

const NIGHTLY_JOBS = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const DASHBOARDS = "1f0e9d8c-7b6a-4594-8372-615049382716";

const app = new App();
const stack = new TerraformStack(app, "lake");
new AwsProvider(stack, "aws", { region: "us-east-1" });
allowAwsProviderRange(stack);

const lake = new S3Bucket(stack, "lake", { bucket: "mycompany-lake" });
const readLake = new IamPolicy(stack, "read-lake", {
  name: "read-lake",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: ["s3:ListBucket"], Resource: [lake.arn] },
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${lake.arn}/*`] },
    ],
  }),
});

const federation = new DatabricksFederation(stack, "lakehouse", {
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  },
  rolePath: "/databricks/",
  tags: { "managed-by": "databricks-aws-oidc" },
});

// Jobs of one workspace. The policy's ARN is a token: Terraform learns it when it makes the policy.
const reader = federation.addRole("lake-reader", {
  description: "Nightly jobs read the lake",
  trusts: [{ issuer: "production", servicePrincipals: [NIGHTLY_JOBS] }],
  managedPolicyArns: { read: readLake.arn },
});

// A service principal known to the whole account, from the office network only. ${aws:PrincipalAccount} is IAM's
// variable, not Terraform's, and arrives as it stands here: a bucket that changes hands is out of reach.
federation.addRole("dashboards", {
  trusts: [
    {
      issuer: "company",
      servicePrincipals: [DASHBOARDS],
      conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: ["203.0.113.0/24"] }],
    },
  ],
  inlinePolicies: {
    "read-dashboards": {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["s3:GetObject"],
          Resource: [`${lake.arn}/dashboards/*`],
          Condition: { StringEquals: { "s3:ResourceAccount": ["${aws:PrincipalAccount}"] } },
        },
      ],
    },
  },
});

// Unity Catalog does not speak web identity: Databricks' own role assumes this one, with the external ID that the
// storage credential shows.
federation.addRole("catalog-storage", {
  trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }],
  managedPolicyArns: { read: readLake.arn },
});

new TerraformOutput(stack, "lake_reader_arn", {
  value: reader.arn,
  description: "For AWS_ROLE_ARN in Databricks",
  staticId: true,
});

app.synth();
