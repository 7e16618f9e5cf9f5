/**
 * Text of others (subjects, role names, plan addresses, file names, flags) in what every verb prints: no control
 * character, nothing invisible, no line of its own, and no command for a CI runner.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { VERBS } from "../../src/cli/help";
import { callCli } from "../support/call-cli";
import { planOf, resourceChange } from "../support/plan-json";
import { runs } from "../support/runs";
import { temporaryFolder } from "../support/temporary-folder";

const FOLDER = temporaryFolder("escaped");
const ISSUER = "mycompany.cloud.databricks.com/oidc";
/** Besides those that are fixed. */
const RUNS = runs(8);
/** Begins a line in no output of ours. */
const CANARY = "INJECTED";

const PIECES = [
  "\u001b[2J",
  "\u001b]0;title\u0007",
  "\u009b31m",
  "\u0085",
  "\u0008\u0008",
  "\u00ad",
  "\u061c",
  "\u180e",
  "\u200b",
  "\u202e",
  "\u2028",
  "\u2066",
  "\u3164",
  "\ufeff",
  "\u{e0041}",
  "\ud800",
  `\n${CANARY}`,
  `\r${CANARY}`,
  `\n::error::${CANARY}`,
  "\n  ::add-mask::x",
  "::error file=a,line=1::b",
  "::stop-commands::x",
  "##[error]x",
  "##vso[task.setvariable variable=a]b",
  "##teamcity[message text='x']",
  "alice",
  " ",
];

/** Texts that begin with a command; all that begins a line, in one text; all pieces in three long texts. */
const FIXED = [
  ...PIECES.filter((piece) => /^(?:::|##)/.test(piece)),
  PIECES.filter((piece) => /^[\n\r]/.test(piece)).join("x"),
  ...[0, 1, 2].map((third) => PIECES.filter((_, index) => index % 3 === third).join("x")),
];
const hostile = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));

let files = 0;

/** A file with `content`, whose name is plain. */
function fileOf(content: unknown): string {
  const file = join(FOLDER, `file-${(files += 1)}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const trust = (subject: string): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringLike: { [`${ISSUER}:sub`]: `${subject}*` } },
    },
  ],
});

const claims = (text: string): object => ({
  iss: `https://${ISSUER}`,
  aud: text,
  sub: text,
  exp: 4e9,
  iat: 1,
  x: text,
});

function token(text: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return fileOf(`${part({ alg: "RS256", kid: text })}.${part(claims(text))}.c2ln`);
}

const plan = (text: string): string =>
  fileOf(
    planOf([
      resourceChange(`aws_iam_role.this[${JSON.stringify(text)}]`, null, {
        name: text,
        assume_role_policy: JSON.stringify(trust(text)),
      }),
    ]),
  );

/** A federation that reads `text` where it is refused, so that the message quotes it. */
const federation = (text: string): string =>
  fileOf({
    name: "lakehouse",
    [text]: 1,
    issuers: { [text]: { level: "workspace", host: text, workspaceId: text } },
    roles: { [text]: { trusts: [{ issuer: text, subjects: [text], users: [text] }] } },
  });

/** The details of an AWS account whose roles say `text` wherever others may write. */
const account = (text: string): unknown => ({
  RoleDetailList: [text, "reader"].map((name) => ({
    RoleName: name,
    Arn: `arn:aws:iam::111122223333:role/${name}`,
    Path: "/",
    Description: text,
    AssumeRolePolicyDocument: trust(text),
    RolePolicyList: [{ PolicyName: text, PolicyDocument: { [text]: text } }],
    AttachedManagedPolicies: [{ PolicyArn: text }],
    Tags: [{ Key: text, Value: text }],
  })),
});

/** A path that does not exist. */
const nowhere = (text: string): string => join(FOLDER, `nowhere-${text}`);

function modulesFolder(text: string): string {
  const folder = join(FOLDER, `modules-${(files += 1)}`);
  mkdirSync(join(folder, "m", text), { recursive: true });
  writeFileSync(join(folder, "m.release.json"), JSON.stringify({ [text]: text }));
  writeFileSync(join(folder, "m", text, "stray"), text);
  return folder;
}

/** Per verb: calls that print the text, in words for people and, where it can, as JSON. */
const CALLS: Readonly<Record<string, (text: string) => readonly (readonly string[])[]>> = {
  issuer: (text) => [["--url", `https://${text}`], ["--host", text], ["--url", text, "--json"], [`--${text}`]],
  init: (text) => [["--out", nowhere(text), "--yes", "--url", text, "--offline"]],
  generate: (text) => [
    ["root", "--config", nowhere(text)],
    ["root", "--config", federation(text)],
    ["schema", "--out", join(nowhere(text), "x")],
    ["guardrails", "--config", nowhere(text), "--out", join(FOLDER, "guardrails"), "--pipeline-role", text],
  ],
  adopt: (text) => [
    [nowhere(text), "--out", FOLDER],
    [fileOf(account(text)), "--out", join(FOLDER, `adopted-${(files += 1)}`)],
    [fileOf(account(text)), "--out", join(FOLDER, `adopted-${(files += 1)}`), "--json"],
    [fileOf(account(text)), "--out", FOLDER, "--aws-account-id", text],
    [fileOf(account("reader")), "--out", FOLDER, "--name", text],
  ],
  lint: (text) => [[fileOf(trust(text))], [plan(text)], [nowhere(text)], [federation(text)], [plan(text), "--json"]],
  explain: (text) => [
    ["--policy", fileOf(trust(text)), "--claims", fileOf(claims(text))],
    ["--policy", nowhere(text), "--claims", fileOf(claims(text))],
    ["--role", text],
  ],
  prove: (text) => [
    ["--config", federation(text)],
    ["--config", nowhere(text)],
    ["--role", text],
  ],
  doctor: (text) => [
    ["--config", federation(text)],
    ["--role", text],
  ],
  token: (text) => [
    ["--token", `@${token(text)}`],
    ["--token", `@${token(text)}`, "--json"],
    ["--token", `@${nowhere(text)}`],
    ["--from", text],
  ],
  credentials: (text) => [
    ["--role", text],
    ["--role-arn", text],
    ["--config", nowhere(text)],
  ],
  sandbox: (text) => [
    ["--config", nowhere(text)],
    ["--plan", fileOf(text)],
    ["--port", text],
  ],
  audit: (text) => [[nowhere(text)], [FOLDER, "--config", federation(text)], [FOLDER, "--days", text]],
  report: (text) => [
    ["--config", nowhere(text)],
    ["--config", federation(text)],
    ["--out", join(nowhere(text), "x")],
  ],
  pack: (text) => [
    ["--modules", nowhere(text)],
    ["--modules", modulesFolder(text)],
    ["--version", text],
  ],
  release: (text) => [
    ["record", "--release", nowhere(text)],
    ["notes", "--modules", modulesFolder(text)],
  ],
  publish: (text) => [
    ["--to", nowhere(text), "--namespace", text],
    ["--to", "git", "--repository", text],
    ["--to", "s3", "--bucket", "b", "--endpoint", text],
  ],
  serve: (text) => [[nowhere(text)], [FOLDER, "--port", text]],
  completion: (text) => [[text]],
};

// some verbs listen for signals
process.setMaxListeners(0);

test("every verb is called", () => {
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(VERBS).sort());
});

test.each(Object.keys(CALLS))("%s prints text of others escaped", async (verb) => {
  let longest = 0;
  await fc.assert(
    fc.asyncProperty(hostile, async (given) => {
      // neither a file's name nor an argument can hold these
      const text = given.replace(/[\0/]/g, "");
      for (const args of CALLS[verb]?.(text) ?? []) {
        const { stdout, stderr } = await callCli(verb, ...args);
        const output = stdout + stderr;
        longest = Math.max(longest, output.length);
        expect(output.replace(/[\n\t]/g, "")).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{DI}]/u);
        expect(output).not.toMatch(/^[ \t]*(?:::|INJECTED)|##[a-z]*\[/m);
      }
    }),
    { numRuns: FIXED.length + RUNS, seed: 20_261_130, examples: FIXED.map((text): [string] => [text]) },
  );
  expect(longest).toBeGreaterThan(0);
});
