import type { KeyObject } from "node:crypto";
import { createSign, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFederation } from "../../src/federation";
import { explain } from "../../src/explain/explain";
import { roleOfFederation, roleOfPolicy } from "../../src/explain/role-in-question";
import { explanationText } from "../../src/explain/text";
import { TOKEN_SOURCE_NAMES } from "../../src/token/sources";
import { keySet } from "../../src/sts/verify-signature";

const NOW = 1_757_600_000;
const SERVICE_PRINCIPAL = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const ISSUER = "https://mycompany.cloud.databricks.com/oidc";
const { federation } = parseFederation(
  `
name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
roles:
  reader:
    trusts:
      - { issuer: production, servicePrincipals: [${SERVICE_PRINCIPAL}] }
  people:
    trusts:
      - { issuer: production, users: [alice@example.com], conditions: [{ test: IpAddress, variable: ` +
    `"aws:SourceIp", values: [203.0.113.0/24] }] }
`,
);
const HONEST = { iss: ISSUER, aud: "1444828305810485", sub: SERVICE_PRINCIPAL, iat: NOW, exp: NOW + 3600 };
const CALL = { roleSessionName: "test", durationSeconds: null, context: {}, now: NOW };

function explained(
  change: Readonly<Record<string, unknown>>,
  role = "reader",
  context: Readonly<Record<string, readonly string[]>> = {},
) {
  const asked = roleOfFederation(federation, role, undefined, null);
  return explain({ kind: "claims", claims: { ...HONEST, ...change } }, asked.providers, asked.role, {
    ...CALL,
    context,
  });
}

test("an honest token gets in, by the statement that says so", async () => {
  const explanation = await explained({});
  expect(explanation).toMatchObject({
    allowed: true,
    error: null,
    decidedBy: 0,
    fix: null,
    subject: SERVICE_PRINCIPAL,
    audience: "1444828305810485",
    issuer: ISSUER,
  });
  expect(explanationText(explanation, "reader")).toContain("✓ statement 0 (Allow) decided");
});

test.each([
  ["sub in another case", { sub: SERVICE_PRINCIPAL.toUpperCase() }, "`sub` differs in case"],
  ["sub with a space", { sub: ` ${SERVICE_PRINCIPAL}` }, "`sub` differs in white space"],
  ["sub with a Cyrillic letter", { sub: SERVICE_PRINCIPAL.replace("a", "а") }, "look-alike"],
  ["a user where service principals are trusted", { sub: "alice@example.com" }, "the role trusts service principals"],
  ["client_id that would match", { sub: "x", client_id: SERVICE_PRINCIPAL }, "IAM compares `sub` only"],
  ["an issuer over http", { iss: ISSUER.replace("https", "http") }, "issuer differs in its scheme"],
  ["a token that is not valid yet", { nbf: NOW + 900 }, "not valid yet (`nbf`)"],
  ["an empty audience", { aud: "" }, "`aud` is empty"],
  [
    "tags the trust does not allow",
    { "https://aws.amazon.com/tags": { principal_tags: { team: ["x"] } } },
    "does not allow sts:TagSession",
  ],
  ["issuer with a trailing slash", { iss: `${ISSUER}/` }, "issuer has a trailing slash"],
  ["issuer in capitals", { iss: "https://MyCompany.cloud.databricks.com/oidc" }, "issuer differs in case"],
  ["account-agnostic issuer", { iss: "https://accounts.cloud.databricks.com/oidc" }, "account-agnostic"],
  ["an Entra token", { iss: "https://sts.windows.net/0d9c8b7a/" }, "Microsoft Entra"],
  ["AWS's audience", { aud: "sts.amazonaws.com" }, "Databricks puts the workspace ID there"],
  ["another workspace's audience", { aud: "99" }, "another workspace's token"],
  ["azp", { azp: "other" }, "takes precedence over `aud`"],
  ["an old token", { exp: NOW - 1000 }, "expired 1000 s ago"],
  ["a clock that is off", { iat: NOW + 1000 }, "not valid yet (`iat`)"],
  ["times in milliseconds", { iat: NOW * 1000, exp: NOW * 2000 }, "in milliseconds"],
  ["several audiences", { aud: ["1444828305810485", "x"] }, "names 2 audiences"],
  ["a number for an audience", { aud: 1444828305810485 }, "`aud` is not a string"],
  ["no audience in the list", { aud: [] }, "an empty list"],
  ["an empty azp", { azp: "" }, "`azp` is empty"],
  ["null for a subject", { sub: null }, "`sub` is null"],
  ["no subject", { sub: undefined }, "has no `sub`"],
  ["GitHub's own token", { iss: "https://token.actions.githubusercontent.com" }, "GitHub gives a job"],
  [
    "a roles claim of another role",
    { "https://aws.amazon.com/roles": ["arn:aws:iam::111122223333:role/other"] },
    "roles claim names other roles",
  ],
])("%s: the first reason says so", async (_name, change, words) => {
  const explanation = await explained(change);
  expect(explanation.allowed).toBe(false);
  expect(explanation.reasons[0]?.what).toContain(words);
  expect(explanation.fix).not.toBeNull();
});

test("a missing network key is named, and with it the user gets in", async () => {
  const refused = await explained({ sub: "alice@example.com" }, "people");
  expect(refused.reasons[0]?.what).toContain("aws:SourceIp");
  const allowed = await explained({ sub: "alice@example.com" }, "people", { "aws:SourceIp": ["203.0.113.7"] });
  expect(allowed.allowed).toBe(true);
});

test("every line of the policy is evaluated even where STS would not reach it", async () => {
  const explanation = await explained({ aud: "99" });
  expect(explanation.decidedBy).toBeNull();
  expect(explanation.statements[0]?.conditions.map(({ matched }) => matched)).toEqual([false, true]);
});

test("a policy by itself is checked with the provider as registered, mistakes and all", async () => {
  const policy = JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc/" },
        Action: "sts:AssumeRoleWithWebIdentity",
      },
    ],
    Version: "2012-10-17",
  });
  const asked = roleOfPolicy(
    policy,
    { providerUrl: `${ISSUER}/`, clientIds: ["1444828305810485"], roleArn: undefined },
    null,
  );
  const explanation = await explain({ kind: "claims", claims: HONEST }, asked.providers, asked.role, CALL);
  expect(explanation.reasons[0]?.what).toContain("registered issuer has a trailing slash");
});

test("what is no token is said to be none, and an opaque one is recognised", async () => {
  const asked = roleOfFederation(federation, "reader", undefined, null);
  const opaque = await explain(
    { kind: "token", text: "dapi0123456789abcdef0123456789abcdef" },
    asked.providers,
    asked.role,
    CALL,
  );
  expect(opaque.error?.message).toBe(
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
  );
  expect(opaque.reasons[0]?.what).toContain("opaque");
  expect(JSON.stringify(opaque)).not.toContain("dapi0123");
});

test("the nearest reason comes first wherever it is in the policy", async () => {
  const statements = Array.from({ length: 30 }, (_, index) => ({
    Effect: "Allow",
    Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: {
      StringEquals: {
        "mycompany.cloud.databricks.com/oidc:aud": "1444828305810485",
        "mycompany.cloud.databricks.com/oidc:sub":
          index === 24 ? SERVICE_PRINCIPAL.toUpperCase() : `00000000-0000-4000-8000-0000000000${index + 10}`,
      },
    },
  }));
  const asked = roleOfPolicy(
    JSON.stringify({ Version: "2012-10-17", Statement: statements }),
    { providerUrl: ISSUER, clientIds: ["1444828305810485"], roleArn: undefined },
    null,
  );
  const explanation = await explain({ kind: "claims", claims: HONEST }, asked.providers, asked.role, CALL);
  expect(explanation.reasons[0]?.what).toBe("`sub` differs in case");
  expect(explanation.reasons.length).toBeLessThanOrEqual(10);
});

test.each([
  ["one character changed", SERVICE_PRINCIPAL.replace("6a9f", "6a9e")],
  ["one left out", SERVICE_PRINCIPAL.slice(0, -1)],
  ["two swapped", SERVICE_PRINCIPAL.replace("6a9f", "6af9")],
])("a subject with %s is a typo, not an outsider", async (_name, sub) => {
  expect((await explained({ sub })).reasons[0]?.what).toContain("one character off");
});

describe("of several statements", () => {
  const mixed = parseFederation(
    `
name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  mixed:
    trusts:
      - { issuer: production, servicePrincipals: [${SERVICE_PRINCIPAL}] }
      - { issuer: production, users: [alice@example.com], conditions: [{ test: IpAddress, variable: ` +
      `"aws:SourceIp", values: [203.0.113.0/24] }] }
`,
  ).federation;
  const ofMixed = (change: Readonly<Record<string, unknown>>) => {
    const asked = roleOfFederation(mixed, "mixed", undefined, null);
    return explain({ kind: "claims", claims: { ...HONEST, ...change } }, asked.providers, asked.role, CALL);
  };

  test("the one that names the subject is nearer than one that names its application", async () => {
    const explanation = await ofMixed({ sub: "alice@example.com", client_id: SERVICE_PRINCIPAL });
    expect(explanation.reasons.map(({ what, statement }) => [statement, what])).toEqual([
      [1, expect.stringContaining("aws:SourceIp")],
      [0, expect.stringContaining("client_id")],
    ]);
    expect(explanationText(explanation, "mixed")).toContain("  statement 1: `aws:SourceIp` is not in the request");
  });

  test("what is far off is not reported beside a typo, nor where only the audience is wrong", async () => {
    expect((await ofMixed({ sub: SERVICE_PRINCIPAL.toUpperCase() })).reasons).toHaveLength(1);
    expect((await ofMixed({ aud: "99" })).reasons).toHaveLength(1);
  });

  test(
    "a subject that is trusted under another issuer is reported: workspace and account are easily " + "mixed up",
    async () => {
      const account = "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
      const explanation = await ofMixed({ iss: account, aud: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" });
      expect(explanation.reasons[0]).toMatchObject({
        statement: 0,
        what: expect.stringContaining(`trusted from ${ISSUER}`) as string,
      });
      expect(explanation.fix).toContain(`${ISSUER}/v1/token`);
    },
  );
});

test("a look-alike is never suggested as a subject to trust", async () => {
  const { fix } = await explained({ sub: SERVICE_PRINCIPAL.replace("a", "а") });
  expect(fix).toContain("looks the same");
  expect(fix).not.toContain("Write it");
});

describe("a signature that is not taken", () => {
  const pairs = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2048 }));
  const jwk = { ...pairs[0]?.publicKey.export({ format: "jwk" }), kid: "k" };
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const tokenOf = (header: Readonly<Record<string, unknown>>, pair = 0): string => {
    const input = `${encode({ alg: "RS256", kid: "k", ...header })}.${encode(HONEST)}`;
    return `${input}.${createSign("sha256")
      .update(input)
      .sign(pairs[pair]?.privateKey as KeyObject)
      .toString("base64url")}`;
  };
  test.each([
    ["of another key", tokenOf({}, 1), jwk, "the signature does not verify"],
    ["by no algorithm", `${encode({ alg: "none" })}.${encode(HONEST)}.`, jwk, "signed with none"],
    ["by a shared secret", tokenOf({ alg: "HS256" }), jwk, "signed with HS256"],
    ["by an unknown key", tokenOf({ kid: "other" }), jwk, "`kid` other is unknown"],
    ["with a critical header", tokenOf({ crit: ["x"], x: 1 }), jwk, "has `crit`"],
    ["by no named key of two", tokenOf({ kid: undefined }), [jwk, { ...jwk, kid: "second" }], "names no key"],
    ["by a key with operations", tokenOf({}), { ...jwk, key_ops: ["verify"] }, "`key_ops`"],
    [
      "that is whole, of a token in its wrapping",
      JSON.stringify({ access_token: tokenOf({}) }),
      jwk,
      "JSON around a token",
    ],
  ])("%s: the first reason says so, and holds nothing of the signature", async (_name, token, key, words) => {
    const asked = roleOfFederation(federation, "reader", undefined, keySet({ keys: [key].flat() }));
    const explanation = await explain({ kind: "token", text: token }, asked.providers, asked.role, CALL);
    expect(explanation.reasons[0]?.what).toContain(words);
    expect(JSON.stringify(explanation)).not.toContain(tokenOf({}).slice(-20));
  });
});

test("every way to a token that an explanation names is one", () => {
  const named = ["refusal-reasons", "issuer-reasons", "policy-reasons", "small-differences"].flatMap((file) =>
    [...readFileSync(join(__dirname, `../../src/explain/${file}.ts`), "utf8").matchAll(/--from ([a-z-]+)/g)].map(
      (match) => match[1],
    ),
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(TOKEN_SOURCE_NAMES as readonly (string | undefined)[]).includes(name))).toEqual([]);
});

test("when several things are wrong all are reported, what AWS names first", async () => {
  const explanation = await explained({ exp: NOW - 1000, sub: SERVICE_PRINCIPAL.toUpperCase() });
  expect(explanation.reasons.map(({ what }) => what)).toEqual([
    "the token expired 1000 s ago; STS tolerates 300 s",
    "`sub` differs in case",
  ]);
  expect((await explained({ aud: "99", sub: "x" })).reasons.map(({ what }) => what)).toEqual([
    expect.stringContaining("another workspace's token"),
    expect.stringContaining("`sub` is x"),
  ]);
});

const about = (fields: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc" },
        Action: "sts:AssumeRoleWithWebIdentity",
        ...fields,
      },
    ],
  });
test.each([
  ["another action", about({ Action: "sts:AssumeRole" }), "allows sts:AssumeRole, not"],
  ["AWS: *", about({ Principal: { AWS: "*" } }), "does not allow web identities"],
  [
    "a provider by pattern",
    about({ Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/*" } }),
    "by its ARN",
  ],
  [
    "another provider",
    about({ Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/other.example.com" } }),
    "another provider",
  ],
  ["a Deny", about({ Effect: "Deny" }), "explicitly denies"],
  ["an unknown operator", about({ Condition: { StringLikes: { "a:b": "x" } } }), "is not an IAM condition operator"],
  [
    "a negated condition",
    about({ Condition: { StringNotEquals: { "sts:RoleSessionName": "test" } } }),
    "which StringNotEquals excludes",
  ],
])("a policy with %s: the first reason says so", async (_name, policy, words) => {
  const asked = roleOfPolicy(
    policy,
    { providerUrl: ISSUER, clientIds: ["1444828305810485"], roleArn: "arn:aws:iam::111122223333:role/reader" },
    null,
  );
  const explanation = await explain({ kind: "claims", claims: HONEST }, asked.providers, asked.role, CALL);
  expect(explanation.allowed).toBe(false);
  expect(explanation.reasons[0]?.what).toContain(words);
});

test("the text ticks or crosses every line of the policy, even for a token without provider", async () => {
  const text = explanationText(await explained({ iss: `${ISSUER}/` }), "reader");
  for (const line of [
    "✗ statement 0 (Allow)",
    "✗ Principal Federated arn:",
    "✓ Action sts:AssumeRoleWithWebIdentity",
    "✗ StringEquals mycompany.cloud.databricks.com/oidc:sub",
  ])
    expect(text).toContain(line);
});

test("no claim can steer the terminal of who reads the explanation", async () => {
  const hostile = "\u001b[2J\u202e\u009b\r\n\u2028";
  for (const claim of ["iss", "aud", "sub", "azp", "client_id"]) {
    const text = explanationText(await explained({ [claim]: hostile }), "reader");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
  }
});

test("an answer that was never recorded says why", async () => {
  expect(explanationText(await explained({}), "reader")).toContain("expected, not recorded: no issuer with a path");
});
