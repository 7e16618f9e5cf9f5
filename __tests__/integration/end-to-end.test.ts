/**
 * From a federation file to a session: deployed by CDKTF and by the HCL modules to a local AWS, read back by
 * `terraform show -json`, and played by the sandbox, so that real AWS clients try who gets in. moto holds the
 * resources and lets everybody in; the sandbox judges.
 */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { openSandbox } from "../../src/sandbox/open-sandbox";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { databricksClaims } from "../../src/sts/databricks-claims";
import { cdktf, cdktfProject } from "../support/cdktf-project";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { awsEnvironment, boto3Answers, tokenFor } from "../support/sandbox-process";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terraform } from "../support/terraform";
import { terraformIn } from "../support/terraform";

const REPOSITORY = resolve(__dirname, "..", "..");
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WORKSPACE = "1444828305810485";
const ROLE = "arn:aws:iam::111122223333:role/databricks/lake-reader";
const FEDERATION = `
name: e2e
aws: { accountId: "111122223333", partition: aws, region: us-east-1 }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "${WORKSPACE}" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  lake-reader:
    path: /databricks/
    trusts:
      - { issuer: production, servicePrincipals: [${READER}] }
      - { issuer: company, users: [alice@example.com] }
`;

const GENERIC =
  "(InvalidIdentityToken) when calling the AssumeRoleWithWebIdentity operation: The web identity token provided " +
  "could not be validated.";
const REFUSED =
  "(AccessDenied) when calling the AssumeRoleWithWebIdentity operation: Not authorized to perform " +
  "sts:AssumeRoleWithWebIdentity";

/** Whoever tries, their token, and what boto3 must say. */
async function triers(sandbox: Sandbox): Promise<readonly (readonly [string, string, string | RegExp])[]> {
  const one = (issuer: string, subject: string) =>
    sandbox.identities.find((identity) => identity.issuer === issuer && identity.subject === subject);
  const key =
    Object.entries(sandbox.issuers).find(
      ([, { issuer }]) => issuer === "https://mycompany.cloud.databricks.com/oidc",
    )?.[0] ?? "";
  const reader = one(key, READER);
  const alice = sandbox.identities.find(({ subject }) => subject === "alice@example.com");
  const token = await tokenFor(sandbox, reader);
  const [header = "", payload = "", signature = ""] = token.split(".");
  const now = Math.floor(Date.now() / 1000);
  const claims = databricksClaims({
    issuer: "https://mycompany.cloud.databricks.com/oidc",
    audience: WORKSPACE,
    subject: READER,
    clientId: READER,
    scope: "all-apis",
    id: "x",
    now,
  });
  const widened = Buffer.from(JSON.stringify({ ...claims, exp: now + 86_400 })).toString("base64url");
  return [
    ["the declared service principal", token, "arn:aws:sts::111122223333:assumed-role/lake-reader/boto3"],
    [
      "the declared user, at the account",
      await tokenFor(sandbox, alice),
      "arn:aws:sts::111122223333:assumed-role/lake-reader/boto3",
    ],
    [
      "another subject",
      await tokenFor(
        sandbox,
        sandbox.identities.find(({ declared }) => !declared),
      ),
      REFUSED,
    ],
    ["another audience", await sandbox.sign({ ...claims, aud: "1444828305810486" }), GENERIC],
    ["the audience of STS itself", await sandbox.sign({ ...claims, aud: "sts.amazonaws.com" }), GENERIC],
    [
      "another tenant, same regional key",
      await tokenFor(sandbox, reader, sandbox.otherTenant.tokenEndpoint),
      "No OpenIDConnect provider found in your account for https://another-tenant.cloud.databricks.com/oidc",
    ],
    [
      "the other issuer of the federation",
      await sandbox.sign({
        ...claims,
        iss: "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
        aud: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
      }),
      REFUSED,
    ],
    ["a changed payload", `${header}.${widened}.${signature}`, GENERIC],
    [
      "a changed signature",
      `${header}.${payload}.${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
      GENERIC,
    ],
    [
      "an expired token",
      await sandbox.sign({ ...claims, iat: now - 7200, exp: now - 3600 }),
      /\(ExpiredTokenException\) .*Token expired: current date\/time \d+ must be before the expiration date\/time \d+/,
    ],
  ];
}

/** Plays `document` and lets everybody try. */
async function everybodyTries(document: string): Promise<void> {
  const folder = temporaryFolder("e2e");
  writeFileSync(join(folder, "terraform.json"), document);
  const { sandbox } = await openSandbox({
    config: undefined,
    plan: join(folder, "terraform.json"),
    account: undefined,
    awsAccountId: undefined,
    port: undefined,
    tls: false,
    context: [],
    onRefusal: undefined,
  });
  try {
    expect(sandbox.roles).toEqual([ROLE]);
    const all = await triers(sandbox);
    const files = all.map(([, token], index) => {
      writeFileSync(join(folder, `${index}.jwt`), token);
      return join(folder, `${index}.jwt`);
    });
    const said = await boto3Answers(sandbox, ROLE, files, folder);
    const wrong = all.flatMap(([who, , expected], index) => {
      const answer = said[index] ?? "";
      return (typeof expected === "string" ? answer.includes(expected) : expected.test(answer))
        ? []
        : [`${who}: ${answer}`];
    });
    expect(wrong).toEqual([]);
    const cli = await runProgram(
      "aws",
      [
        "sts",
        "assume-role-with-web-identity",
        "--role-arn",
        ROLE,
        "--role-session-name",
        "cli",
        "--web-identity-token",
        `file://${files[0] ?? ""}`,
        "--query",
        "AssumedRoleUser.Arn",
        "--output",
        "text",
      ],
      { cwd: folder, env: awsEnvironment(sandbox) },
    );
    expect(cli.stdout.trim()).toBe("arn:aws:sts::111122223333:assumed-role/lake-reader/cli");
  } finally {
    await sandbox.stop();
  }
}

describeWith({ terraform: true, moto: true }, "a federation file, deployed and tried", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
  });
  afterAll(() => moto.stop());
  beforeEach(() => moto.reset());

  const byCdktf = async (): Promise<Terraform> => {
    const folder = cdktfProject({ "federation.yaml": FEDERATION });
    await cdktf(folder, ["synth"], moto.env);
    return terraformIn(join(folder, "cdktf.out", "stacks", "e2e"), moto.env);
  };
  const byModules = async (): Promise<Terraform> => {
    const folder = temporaryFolder("e2e-root");
    writeFileSync(join(folder, "federation.yaml"), FEDERATION);
    await runProgram(
      process.execPath,
      [
        join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"),
        join(REPOSITORY, "src", "cli", "cli.ts"),
        "generate",
        "root",
        "--config",
        join(folder, "federation.yaml"),
        "--out",
        join(folder, "root"),
      ],
      { cwd: REPOSITORY },
    );
    return terraformIn(join(folder, "root"), moto.env);
  };

  test.each([
    ["CDKTF", byCdktf],
    ["the HCL modules", byModules],
  ])(
    "by %s: the plan alone lets in the declared and nobody else, and so does what is applied",
    async (_backEnd, deployed) => {
      const terraform = await deployed();
      await terraform.init();
      const plan = await terraform.plan();
      // nothing exists yet
      expect(plan.counts).toEqual({ add: 3, change: 0, destroy: 0, moved: 0 });
      await everybodyTries(JSON.stringify(plan.json));
      await terraform.apply();
      await everybodyTries((await terraform.run(["show", "-json"])).stdout);
    },
  );
});
