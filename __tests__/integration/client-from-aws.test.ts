/** `generate client --for aws`: the Python against the sandbox, its policies, and the constructs by their types. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fromAws } from "../../src/client/from-aws";
import { generatedKind } from "../../src/files/generated-file";
import { readFederation } from "../../src/federation";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { startSandbox } from "../../src/sandbox/sandbox";
import { findOnPath } from "../support/found-programs";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(120_000);

const REPOSITORY = resolve(__dirname, "..", "..");
const SERVICE_PRINCIPAL = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ROLE_ARN = "arn:aws:iam::111122223333:role/workload";
const { federation } = readFederation({
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  },
  roles: {
    reader: {
      trusts: ["production", "company"].map((issuer) => ({ issuer, servicePrincipals: [SERVICE_PRINCIPAL] })),
    },
  },
});
const OPTIONS = { roleArn: ROLE_ARN, servicePrincipal: SERVICE_PRINCIPAL, issuer: "company" };

function written(files: ReadonlyMap<string, string>): string {
  const folder = temporaryFolder("from-aws");
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("the files are marked as generated, and name the audience, the role and the conditions", () => {
  const { files } = fromAws(federation, OPTIONS, "0.1.0").tree;
  expect([...files.keys()].sort()).toEqual([
    "README.md",
    "databricks.env",
    "databricks_from_aws.py",
    "federation-policy.tf",
    "federation-policy.ts",
  ]);
  for (const text of files.values()) expect(generatedKind(text)).toBe("client");
  const readme = files.get("README.md") ?? "";
  const [iam, policy] = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text = ""]) => JSON.parse(text) as Readonly<Record<string, unknown>>,
  );
  expect(iam?.["Statement"]).toEqual([
    {
      Effect: "Allow",
      Action: "sts:GetWebIdentityToken",
      Resource: "*",
      Condition: {
        "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
        Null: { "sts:IdentityTokenAudience": "false" },
        NumericLessThanEquals: { "sts:DurationSeconds": "300" },
        StringEquals: { "sts:SigningAlgorithm": "RS256" },
      },
    },
  ]);
  expect(policy?.["oidc_policy"]).toEqual({
    issuer: "ISSUER",
    audiences: ["7d3c2b1a-0f5e-4c8d-9a6b-123456789012"],
    subject: ROLE_ARN,
  });
  // what token --from aws needs to ask for the very audience that the policies allow
  expect(files.get("databricks.env")?.split("\n").slice(2)).toEqual([
    "DATABRICKS_HOST=https://accounts.cloud.databricks.com",
    "DATABRICKS_ACCOUNT_ID=7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    `DATABRICKS_CLIENT_ID=${SERVICE_PRINCIPAL}`,
    "DATABRICKS_AUTH_TYPE=env-oidc",
    "DATABRICKS_TOKEN_AUDIENCE=7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    "",
  ]);
  expect(fromAws(federation, { ...OPTIONS, issuer: "production" }, "0.1.0").tree.files.get("databricks.env")).toContain(
    "DATABRICKS_HOST=https://mycompany.cloud.databricks.com\nDATABRICKS_CLIENT_ID=",
  );
  // the account's setting is read, and neither made nor destroyed
  expect(files.get("federation-policy.tf")).toContain('data "aws_iam_outbound_web_identity_federation"');
  expect([...files.values()].join()).not.toContain('resource "aws_iam_outbound');
});

test("a role of the federation that trusts the service principal is reported as a loop", () => {
  const warnings = (roleArn: string): readonly string[] => fromAws(federation, { ...OPTIONS, roleArn }, "0").warnings;
  expect(warnings(ROLE_ARN)).toEqual([]);
  expect(warnings("arn:aws:iam::111122223333:role/reader").join()).toContain("A loop: reader");
});

test.each<[string, Parameters<typeof fromAws>[1], string]>([
  ["no role", { ...OPTIONS, roleArn: undefined }, "required"],
  ["no service principal", { ...OPTIONS, servicePrincipal: undefined }, "required"],
  ["a role that is no ARN", { ...OPTIONS, roleArn: "reader" }, "role-arn-invalid"],
  ["a service principal that is no UUID", { ...OPTIONS, servicePrincipal: "x" }, "service-principal-invalid"],
  ["several issuers", { ...OPTIONS, issuer: undefined }, "issuer-undetermined"],
  ["an unknown issuer", { ...OPTIONS, issuer: "nowhere" }, "issuer-not-found"],
])("%s is refused", (_what, options, code) => {
  expect(() => fromAws(federation, options, "0")).toThrow(expect.objectContaining({ code }) as Error);
});

test("the constructs type-check by the Databricks provider's own types, and synthesize", async () => {
  const folder = written(fromAws(federation, OPTIONS, "0.1.0").tree.files);
  symlinkSync(join(REPOSITORY, "node_modules"), join(folder, "node_modules"));
  writeFileSync(
    join(folder, "synth.ts"),
    'import { Testing, TerraformStack } from "cdktf";\nimport { awsFederationPolicy } from "./federation-policy";\n' +
      'const stack = new TerraformStack(Testing.app(), "s");\nawsFederationPolicy(stack, "workload", 1234);\n' +
      "console.log(Testing.synth(stack));\n",
  );
  const program = (name: string): string => join(REPOSITORY, "node_modules", ".bin", name);
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext"];
  await runProgram(program("tsc"), [...options, "synth.ts"], { cwd: folder });
  const { stdout } = await runProgram(program("tsx"), ["synth.ts"], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({
    data: { aws_iam_outbound_web_identity_federation: { "workload-outbound": {} } },
    resource: {
      databricks_service_principal_federation_policy: {
        workload: {
          policy_id: "aws-workload",
          service_principal_id: 1234,
          oidc_policy: {
            audiences: ["7d3c2b1a-0f5e-4c8d-9a6b-123456789012"],
            issuer: "${data.aws_iam_outbound_web_identity_federation.workload-outbound.issuer_identifier}",
            subject: ROLE_ARN,
          },
        },
      },
    },
  });
});

const python = findOnPath("python3");
(python === undefined ? describe.skip : describe)("the Python", () => {
  async function run(change: Readonly<Record<string, string>>, audiences: readonly string[]) {
    const folder = written(fromAws(federation, OPTIONS, "0.1.0").tree.files);
    const sandbox = await startSandbox({
      directory: directoryOfFederation(federation),
      federationPolicies: [{ subject: ROLE_ARN, audiences }],
    });
    const { accessKeyId, secretAccessKey, sessionToken } = sandbox.workload;
    try {
      return await runProgram(python ?? "", ["databricks_from_aws.py"], {
        cwd: folder,
        accept: [0, 3],
        env: {
          PATH: process.env["PATH"],
          PYENV_VERSION: process.env["PYENV_VERSION"],
          HOME: folder,
          DATABRICKS_HOST: sandbox.issuers["company"]?.url ?? "",
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
          AWS_SESSION_TOKEN: sessionToken,
          AWS_DEFAULT_REGION: "us-east-1",
          AWS_ENDPOINT_URL_STS: sandbox.sts,
          ...change,
        },
      });
    } finally {
      await sandbox.stop();
    }
  }

  test("gets a token of the service principal, and shows none", async () => {
    const { exitCode, stdout, stderr } = await run({}, []);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(`Databricks let this in as ${SERVICE_PRINCIPAL}.\n`);
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[], string]>([
    ["a federation policy for another audience", {}, ["other"], "token-refused"],
    ["keys that AWS does not know", { AWS_SESSION_TOKEN: "x.y" }, [], "aws-refused"],
    ["another endpoint", { AWS_ENDPOINT_URL_STS: "https://sts.evil.example" }, [], "aws-endpoint-overridden"],
  ])("reports %s by its code, without a secret", async (_what, change, audiences, code) => {
    const { exitCode, stdout, stderr } = await run(change, audiences);
    expect([exitCode, stdout]).toEqual([3, ""]);
    expect(stderr).toContain(`[${code}]`);
    expect(stderr).not.toMatch(/eyJ[A-Za-z0-9_-]{5}|ASIA[A-Z0-9]{12}|Traceback/);
  });
});
