import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { callCli } from "../support/call-cli";
import { REPOSITORY } from "../support/markdown";
import { planOf, resourceChange, trustText } from "../support/plan-json";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const ARN = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const folder = temporaryFolder("lint");

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const good = file("good.json", trustText(ISSUER, "1", [READER]));
const warned = file("warned.json", trustText(ISSUER, "1", ["alice@example.com"]));
const open = file("open.json", trustText(ISSUER, "1", ["*-*"]));
const plan = file(
  "plan.json",
  planOf([resourceChange("aws_iam_role.r", null, { name: "r", assume_role_policy: trustText(ISSUER, "1", [READER]) })]),
);

test.each([
  [[good], 0, "No findings (1 role checked)"],
  [[warned], 0, "0 errors, 1 warning (1 role checked)"],
  [[warned, "--max-warnings", "0"], 1, "0 errors, 1 warning"],
  [[warned, good, "--max-warnings", "1"], 0, "(2 roles checked)"],
  [[open], 1, "lets in outsiders like"],
  [[plan], 1, "provider-not-in-plan"],
  [[plan, "--given-provider", ARN], 0, "No findings (1 role checked); 1 gained, 0 lost"],
  [[plan, "--given-provider", ARN, "--fail-on-widening"], 1, "(created)"],
  [["--given-provider", ARN, plan], 0, "No findings"],
  [[good, "--before", warned, "--fail-on-widening"], 1, `+ ${READER}`],
  [[good, "--before", good, "--fail-on-widening"], 0, "No findings (1 role checked)"],
])("lint %j ends in %i and says so", async (args, code, said) => {
  const outcome = await callCli("lint", ...args);
  expect(outcome.stdout).toContain(said);
  expect(outcome.code).toBe(code);
});

test.each([
  [["nowhere.json"], 2, "file-not-found"],
  [[file("other.json", "{}")], 2, "document-unknown"],
  [[file("broken.json", "{")], 2, "json-syntax"],
  [[good, "--max-warnings", "few"], 2, "wrong-type"],
  [[good, "--given-provider", "mine"], 2, "given-provider-invalid"],
  [[good, "--json", "--sarif"], 2, "flags-conflict"],
  [[good, "--unknown"], 2, "Unknown flag --unknown."],
])("lint %j ends in %i with %s", async (args, code, said) => {
  const outcome = await callCli("lint", ...args);
  expect(outcome.stderr).toContain(said);
  expect(outcome.stderr).not.toMatch(/^[ \t]+at /m);
  expect(outcome.code).toBe(code);
});

test("--json prints one document, of a mistake too", async () => {
  const { stdout } = await callCli("lint", warned, "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    errors: 0,
    warnings: 1,
    widened: false,
    findings: [{ rule: "subject-email", file: warned, ignored: null }],
  });
  expect(JSON.parse((await callCli("lint", "nowhere.json", "--json")).stdout)).toMatchObject({
    error: { code: "file-not-found" },
  });
});

test("--sarif prints one log", async () => {
  expect(JSON.parse((await callCli("lint", open, "--sarif")).stdout)).toMatchObject({
    version: "2.1.0",
    runs: [{ results: [{ ruleId: "subject-outsider" }, { ruleId: "subject-wildcard" }] }],
  });
});

test("a folder is searched for what lint knows, and the rest is passed over with a note", async () => {
  file("folder/a.json", trustText(ISSUER, "1", ["alice@example.com"]));
  file("folder/deep/b.json", {
    Role: { RoleName: "b", AssumeRolePolicyDocument: JSON.parse(trustText(ISSUER, "1", [READER])) as unknown },
  });
  file("folder/package.json", { name: "x" });
  file("folder/half.json", "{");
  file("folder/other.yaml", "on: push\njobs: {}\n");
  file("folder/.terraform/c.json", trustText(ISSUER, "1", ["*"]));
  file("folder/readme.md", "text");
  const outcome = await callCli("lint", join(folder, "folder"));
  expect(outcome.stdout).toContain("0 errors, 1 warning (2 roles checked)");
  expect([...outcome.stderr.matchAll(/note: .*[/\\]([^/\\]+) is skipped/g)].map((match) => match[1])).toEqual([
    "half.json",
    "other.yaml",
    "package.json",
  ]);
  expect((await callCli("lint", join(folder, "folder", "deep"))).code).toBe(0);
  mkdirSync(join(folder, "empty"));
  expect((await callCli("lint", join(folder, "empty"))).code).toBe(2);
});

test("a federation file with a mistake in a folder is reported, not passed over", async () => {
  file("mixed/federation.yaml", "name: lake\nissuers: {}\nroles:\n  r: { trusts: [] }\n");
  file("mixed/a.json", trustText(ISSUER, "1", [READER]));
  expect((await callCli("lint", join(folder, "mixed"))).code).toBe(2);
});

describe("report", () => {
  const federation = file(
    "federation.yaml",
    `name: lake\nissuers: { production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: ` +
      `"1" } }\nroles: { reader: { trusts: [{ issuer: production, servicePrincipals: [${READER}] }] } }\n`,
  );

  test("writes one page to the given place, and says so on stderr", async () => {
    const out = join(folder, "report.html");
    const outcome = await callCli("report", "--config", federation, "--out", out);
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: `Wrote ${out}.\n` });
    const again = await callCli("report", "--config", federation);
    expect(again.stdout.startsWith("<!doctype html>")).toBe(true);
    expect(again.stdout).toContain("who reaches what");
  });

  test("has the same bytes for the same moment, which it shows", async () => {
    const [first, second] = [
      await callCli("report", "--config", federation, "--now", "1790000000"),
      await callCli("report", "--config", federation, "--now", "1790000000"),
    ];
    expect(first.stdout).toBe(second.stdout);
    expect(first.stdout).toContain("Made <time");
    expect(first.stdout).toContain("2026-09-21 14:13 UTC");
  });

  test.each([
    [["--json"], '"identities"'],
    [["--format", "mermaid"], "flowchart LR"],
  ])("prints %j", async (format, said) => {
    const outcome = await callCli("report", "--config", federation, ...format);
    expect(outcome.stdout).toContain(said);
    expect(outcome.code).toBe(0);
  });

  test.each([
    [["--config", "nowhere.yaml"], 2, "file-not-found"],
    [["--config", good], 2, "unknown-key"],
    [["--config", federation, "--out", join(folder, "no", "such", "folder.html")], 3, "file-unwritable"],
    [["--config", federation, "--format", "pdf"], 2, '--format must be one of html, mermaid, not "pdf".'],
    [["--config", federation, "--format", "html", "--json"], 2, "flags-conflict"],
    [["--config", federation, "--now", "yesterday"], 2, "time-invalid"],
    [["--config", federation, "--days", "0", "--trail", federation], 2, "wrong-type"],
    [["--config", federation, "--trail", federation], 2, "trail-empty"],
    [["--config", federation, "--trail", join(folder, "no-such-trail")], 2, "file-not-found"],
    [["--config", federation, "--format", "json"], 2, "usage"],
    [[federation, "--out", federation], 2, "which is read"],
  ])("%j ends in %i with %s", async (args, code, said) => {
    const outcome = await callCli("report", ...args);
    expect(outcome.stderr).toContain(said);
    expect(outcome.code).toBe(code);
  });
});

describe("a lone - is standard input, wherever a file is read", () => {
  const yaml = readFileSync(join(REPOSITORY, "federation.yaml"), "utf8");
  const iss = "https://mycompany.cloud.databricks.com/oidc";
  const claims = { iss, aud: "1444828305810485", sub: READER, iat: 1_767_225_600, exp: 1_767_229_200 };

  test.each([
    [["report", "-", "--json"], yaml, '"lake-reader"'],
    [["explain", "--who", "--config", "-"], yaml, "nobody else"],
    [["explain", "--claims", "-", "--role", "lake-reader", "--now", "1767225660"], JSON.stringify(claims), "✓"],
  ])("%j", async (args, input, said) => {
    const tsx = join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs");
    const program = [tsx, "src/cli/cli.ts", ...args];
    const { stdout } = await runProgram(process.execPath, program, { cwd: REPOSITORY, input });
    expect(stdout).toContain(said);
  });
});

test("explain --who of a plan whose policies are known only in the apply says so", async () => {
  const unknown = file(
    "unknown.json",
    planOf([resourceChange("aws_iam_role.r", null, { name: "r" }, { assume_role_policy: true })]),
  );
  const { stderr } = await callCli("explain", "--who", "--plan", unknown);
  expect(stderr).toContain("No trust policy in it is known before apply (aws_iam_role.r). ");
});

describe("an external ID that Terraform holds sensitive", () => {
  const SECRET = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL"] },
        Action: ["sts:AssumeRole"],
        Condition: { StringEquals: { "sts:ExternalId": [SECRET] } },
      },
      {
        Effect: "Allow",
        Principal: { AWS: ["arn:aws:iam::111122223333:root"] },
        Action: ["sts:AssumeRole"],
        Condition: {
          ArnEquals: { "aws:PrincipalArn": ["arn:aws:iam::111122223333:role/storage"] },
          StringEquals: { "sts:ExternalId": [SECRET] },
        },
      },
    ],
  };
  const provider = resourceChange("aws_iam_openid_connect_provider.p", null, {
    url: `https://${ISSUER}`,
    client_id_list: ["1444828305810485"],
  });
  const values = { name: "storage", arn: "arn:aws:iam::111122223333:role/storage", path: "/" };
  const change = (sensitive: unknown): object => {
    const planned = resourceChange("aws_iam_role.s", null, { ...values, assume_role_policy: JSON.stringify(policy) });
    return { ...planned, change: { ...(planned["change"] as object), after_sensitive: sensitive } };
  };
  const plan = (sensitive: unknown): string =>
    file("sensitive.json", planOf([provider, change(sensitive) as Readonly<Record<string, unknown>>]));

  test.each([
    ["lint", (path: string) => [path]],
    ["lint", (path: string) => [path, "--json"]],
    ["explain", (path: string) => ["--who", "--plan", path]],
    ["report", (path: string) => [path, "--json"]],
  ])("%s does not print", async (verb, args) => {
    expect((await callCli(verb, ...args(plan({})))).stdout).toContain(SECRET);
    const { stdout, stderr } = await callCli(verb, ...args(plan({ assume_role_policy: true })));
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    expect(stdout).toContain("(sensitive)");
  });
});
