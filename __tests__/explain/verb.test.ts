import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callCli } from "../support/call-cli";

const NOW = 1_757_600_000;
const ISSUER = "https://mycompany.cloud.databricks.com/oidc";
const CLAIMS = {
  iss: ISSUER,
  aud: "1444828305810485",
  sub: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  iat: NOW,
  exp: NOW + 3600,
};
const PARTS = ['{"alg":"RS256","kid":"k"}', JSON.stringify(CLAIMS), "signature-of-nobody"];
const TOKEN = PARTS.map((part) => Buffer.from(part).toString("base64url")).join(".");
const FEDERATION =
  `
name: lakehouse
aws: { accountId: "111122223333" }
issuers: { production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" } }
roles: { reader: { trusts: [{ issuer: production, servicePrincipals: [${CLAIMS.sub}] }] }, other: { trusts: [{ ` +
  `issuer: production, users: [alice@example.com] }] } }
`;
const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc" },
      Action: "sts:AssumeRoleWithWebIdentity",
    },
  ],
};

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-explain-"));
  const write = (name: string, content: unknown): void =>
    writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  write("federation.yaml", FEDERATION);
  write("claims.json", CLAIMS);
  write("list.json", []);
  write("token.jwt", TOKEN);
  write("jwks.json", { keys: [{ kty: "RSA", kid: "k", n: "AQAB", e: "AQAB" }] });
  write("policy.json", POLICY);
  write("role.json", { Role: { AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(POLICY)) } });
  write("huge.json", { ...POLICY, Id: "x".repeat(400_000) });
  write("broken.json", JSON.stringify({ AssumeRolePolicyDocument: "%7B%zz" }));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  process.exitCode = 0;
});

/** Runs the verb; words that begin with `+` are files of the folder. */
async function explain(line: string): Promise<{ readonly code: unknown; readonly out: string; readonly err: string }> {
  const words = line.split(" ").filter((word) => word !== "");
  const { code, stdout, stderr } = await callCli(
    "explain",
    ...words.map((word) => word.replace(/^(@?)\+/, (_, at: string) => `${at}${folder}/`)),
  );
  return { code, out: stdout, err: stderr };
}

const OWN = "--config +federation.yaml --role reader";
const BARE = `--provider-url ${ISSUER} --client-id 1444828305810485`;

test.each([
  ["claims the role names", `${OWN} --claims +claims.json --now ${NOW}`, 0, "can assume reader"],
  ["a token from a file", `${OWN} --token @+token.jwt --now ${NOW}`, 0, "signature not checked"],
  ["a token with a key set", `${OWN} --token @+token.jwt --jwks +jwks.json --now ${NOW}`, 1, "InvalidIdentityToken"],
  ["claims long over", `${OWN} --claims +claims.json --now ${NOW + 9000}`, 1, "the token expired"],
  [
    "a role for somebody else",
    `--config +federation.yaml --role other --claims +claims.json --now ${NOW}`,
    1,
    "the role trusts users",
  ],
  ["a policy by itself", `--policy +policy.json ${BARE} --claims +claims.json --now ${NOW}`, 0, "can assume"],
  ["a role as AWS shows it", `--policy +role.json ${BARE} --claims +claims.json --now ${NOW}`, 0, "can assume"],
])("%s", async (_name, line, code, words) => {
  const answer = await explain(line);
  expect([answer.code, answer.err]).toEqual([code, ""]);
  expect(answer.out).toContain(words);
});

test("--json is one document of the promised shape", async () => {
  const { out } = await explain(
    `${OWN} --claims +claims.json --now ${NOW} --context a:b=c --context __proto__=x --context constructor=y --json`,
  );
  const document = JSON.parse(out) as { readonly statements: readonly unknown[] };
  expect(document).toMatchObject({
    allowed: true,
    error: null,
    audience: "1444828305810485",
    subject: CLAIMS.sub,
    issuer: ISSUER,
    decidedBy: 0,
    fix: null,
  });
  expect(Object.keys(document)).toEqual([
    "allowed",
    "error",
    "audience",
    "subject",
    "issuer",
    "decidedBy",
    "statements",
    "fix",
    "reasons",
    "findings",
    "basis",
    "unrecorded",
    "signatureChecked",
    "names",
  ]);
  expect(document.statements[0]).toMatchObject({
    index: 0,
    effect: "Allow",
    matched: true,
    conditions: [
      {
        operator: "StringEquals",
        key: "mycompany.cloud.databricks.com/oidc:aud",
        expected: ["1444828305810485"],
        actual: ["1444828305810485"],
        matched: true,
      },
      {
        operator: "StringEquals",
        key: "mycompany.cloud.databricks.com/oidc:sub",
        expected: [CLAIMS.sub],
        actual: [CLAIMS.sub],
        matched: true,
      },
    ],
  });
});

test.each([
  ["a token on the command line", `${OWN} --token ${TOKEN}`, "token-in-argv"],
  ["an opaque token on the command line", `${OWN} --token=dapi0123456789abcdef`, "token-in-argv"],
  ["a token in no flag's place", `${OWN} ${TOKEN}`, "Unknown argument"],
  ["a token file without end", `${OWN} --token @/dev/zero`, "contains no token"],
  ["a policy no account can hold", `--policy +huge.json ${BARE} --claims +claims.json`, "characters"],
  ["both a token and claims", `${OWN} --token @+token.jwt --claims +claims.json`, "flags-conflict"],
  ["both a policy and a federation", `${OWN} --policy +policy.json ${BARE} --claims +claims.json`, "flags-conflict"],
  ["a policy without its provider", "--policy +policy.json --claims +claims.json", "explain-needs"],
  ["no token at all", OWN, "explain-needs"],
  ["no role where there are several", "--config +federation.yaml --claims +claims.json", "role-ambiguous"],
  ["a role that is not there", "--config +federation.yaml --role nobody --claims +claims.json", "role-not-found"],
  ["claims that are a list", `${OWN} --claims +list.json`, "claims-unreadable"],
  ["a key set that is no JSON", `${OWN} --token @+token.jwt --jwks +federation.yaml`, "jwks-unreadable"],
  ["a role's ARN that is none", `${OWN} --claims +claims.json --role-arn reader`, "role-arn-invalid"],
  ["a discovery document for a key set", `${OWN} --claims +claims.json --jwks +claims.json`, "jwks-unreadable"],
  [
    "a policy in broken percent-encoding",
    `--policy +broken.json ${BARE} --claims +claims.json`,
    "trust-policy-unreadable",
  ],
  ["a context without value", `${OWN} --claims +claims.json --context x`, "context-invalid"],
  ["a time that is none", `${OWN} --claims +claims.json --now today`, "time-invalid"],
])("%s is refused with a message, and no token is repeated", async (_name, line, words) => {
  const { code, out, err } = await explain(line);
  expect([code, out]).toEqual([2, ""]);
  expect(err).toContain(words);
  expect(err).not.toMatch(/eyJ|dapi0|c2lnbmF0dXJl/);
});

test("a token may come by its variable, and is in no part of the answer", async () => {
  process.env["DATABRICKS_TOKEN_JWT"] = TOKEN;
  try {
    const { code, out } = await explain(`${OWN} --now ${NOW} --json`);
    expect(code).toBe(0);
    expect(out).not.toMatch(/eyJ|c2lnbmF0dXJl/);
  } finally {
    delete process.env["DATABRICKS_TOKEN_JWT"];
  }
});
