/** Peer measurement: the same resources in raw CDKTF, written by hand. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformOutput, TerraformStack } from "cdktf";
import { roleName, servicePrincipal } from "./federations";

const roles = Number(process.argv[2]);
const started = process.hrtime.bigint();
const app = new App({
  outdir: process.env["CDKTF_OUTDIR"] ?? mkdtempSync(join(tmpdir(), "databricks-aws-oidc-bench-")),
});
const stack = new TerraformStack(app, "bench");
new AwsProvider(stack, "aws", { region: "us-east-1" });
const host = "mycompany.cloud.databricks.com/oidc";
const provider = new IamOpenidConnectProvider(stack, "production", {
  url: `https://${host}`,
  clientIdList: ["1444828305810485"],
});
const made: Record<string, IamRole> = {};
for (let index = 0; index < roles; index += 1) {
  const name = roleName(index);
  const role = new IamRole(stack, name, {
    name,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: ["sts:AssumeRoleWithWebIdentity"],
          Principal: { Federated: [`arn:aws:iam::111122223333:oidc-provider/${host}`] },
          Condition: {
            StringEquals: { [`${host}:aud`]: ["1444828305810485"], [`${host}:sub`]: [servicePrincipal(index)] },
          },
        },
      ],
    }),
    maxSessionDuration: 3600,
    path: "/",
    dependsOn: [provider],
  });
  new IamRolePolicyAttachment(stack, `${name}_read`, {
    role: role.name,
    policyArn: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
  });
  made[name] = role;
}
const outputs: Readonly<Record<string, (role: IamRole) => string | undefined>> = {
  role_arns: (role) => role.arn,
  role_names: (role) => role.name,
  trust_policies: (role) => role.assumeRolePolicyInput,
};
for (const [name, of] of Object.entries(outputs)) {
  new TerraformOutput(stack, name, {
    value: Object.fromEntries(Object.entries(made).map(([key, role]) => [key, of(role)])),
  });
}
app.synth();
process.stdout.write(`${Number(process.hrtime.bigint() - started) / 1e9}\n`);
