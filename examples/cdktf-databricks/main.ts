/**
 * Databricks and AWS in one stack: a service principal, its role, the service credential with its external ID, a
 * federation policy for CI, a compute policy and the grants. Replace the host, the IDs, the bucket and the repository.
 */
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { ClusterPolicy } from "@cdktf/provider-databricks/lib/cluster-policy";
import { Credential } from "@cdktf/provider-databricks/lib/credential";
import { Grants } from "@cdktf/provider-databricks/lib/grants";
import { MwsPermissionAssignment } from "@cdktf/provider-databricks/lib/mws-permission-assignment";
import { Permissions } from "@cdktf/provider-databricks/lib/permissions";
import { DatabricksProvider } from "@cdktf/provider-databricks/lib/provider";
import { ServicePrincipal } from "@cdktf/provider-databricks/lib/service-principal";
import { ServicePrincipalFederationPolicy } from "@cdktf/provider-databricks/lib/service-principal-federation-policy";
import { App, TerraformStack, Token } from "cdktf";
import { allowAwsProviderRange, DatabricksFederation } from "databricks-aws-oidc/cdktf";

const DATABRICKS_ACCOUNT_ID = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const WORKSPACE_HOST = "mycompany.cloud.databricks.com";
const WORKSPACE_ID = "1444828305810485";
const REGION = "us-east-1";
const ANALYSTS = "1f0e9d8c-7b6a-4594-8372-615049382716";

const app = new App();
const stack = new TerraformStack(app, "databricks");
new AwsProvider(stack, "aws", { region: REGION });
allowAwsProviderRange(stack);
const account = new DatabricksProvider(stack, "account", {
  alias: "account",
  host: "https://accounts.cloud.databricks.com",
  accountId: DATABRICKS_ACCOUNT_ID,
});
new DatabricksProvider(stack, "workspace", { host: `https://${WORKSPACE_HOST}` });

const etl = new ServicePrincipal(stack, "etl", { provider: account, displayName: "etl" });
const assigned = new MwsPermissionAssignment(stack, "etl-workspace", {
  provider: account,
  permissions: ["USER"],
  principalId: Token.asNumber(etl.id),
  workspaceId: Number(WORKSPACE_ID),
});

// CI is this service principal without a secret: GitHub's own token is exchanged for one of Databricks.
new ServicePrincipalFederationPolicy(stack, "ci", {
  provider: account,
  policyId: "github-actions",
  servicePrincipalId: Token.asNumber(etl.id),
  oidcPolicy: {
    issuer: "https://token.actions.githubusercontent.com",
    audiences: [DATABRICKS_ACCOUNT_ID],
    subject: "repo:mycompany/etl:environment:production",
  },
});

// The role waits for this credential's external ID, so the ARN is computed and does not wait for the role.
const caller = new DataAwsCallerIdentity(stack, "caller");
const lake = new Credential(stack, "lake", {
  name: "lake",
  purpose: "SERVICE",
  skipValidation: true,
  awsIamRole: { roleArn: `arn:aws:iam::${caller.accountId}:role/databricks/etl` },
});

const federation = new DatabricksFederation(stack, "lakehouse", {
  issuers: { production: { level: "workspace", host: WORKSPACE_HOST, workspaceId: WORKSPACE_ID } },
  rolePath: "/databricks/",
});

// By both ways: as web identity of the service principal, and through the service credential. Both IDs are Databricks'
// to give, so this trust policy is unknown in the first plan.
const role = federation.addRole("etl", {
  description: "Nightly jobs write the lake",
  trusts: [
    { issuer: "production", servicePrincipals: [etl.applicationId] },
    { unityCatalog: { cloud: "aws", externalIds: [lake.awsIamRole.externalId] } },
  ],
  inlinePolicies: {
    lake: {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject"], Resource: ["arn:aws:s3:::mycompany-lake/*"] },
      ],
    },
  },
});

// Trusts nothing that is made here: its policy is in the first plan.
federation.addRole("lake-reader", {
  description: "Analysts read the lake",
  trusts: [{ issuer: "production", servicePrincipals: [ANALYSTS] }],
});

new Grants(stack, "lake-access", {
  credential: lake.name,
  grant: [{ principal: etl.applicationId, privileges: ["ACCESS"] }],
  dependsOn: [assigned, role.resource],
});

const policy = new ClusterPolicy(stack, "policy", {
  name: "etl, AWS without stored keys",
  definition: JSON.stringify({
    data_security_mode: { type: "fixed", value: "SINGLE_USER" },
    single_user_name: { type: "allowlist", values: [etl.applicationId] },
    "spark_env_vars.AWS_REGION": { type: "fixed", value: REGION },
    "spark_env_vars.AWS_ACCESS_KEY_ID": { type: "forbidden" },
    "spark_env_vars.AWS_SECRET_ACCESS_KEY": { type: "forbidden" },
    "spark_env_vars.AWS_SESSION_TOKEN": { type: "forbidden" },
  }),
});
new Permissions(stack, "policy-users", {
  clusterPolicyId: policy.id,
  accessControl: [{ permissionLevel: "CAN_USE", servicePrincipalName: etl.applicationId }],
  dependsOn: [assigned],
});

app.synth();
