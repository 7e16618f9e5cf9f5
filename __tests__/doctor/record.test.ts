import fc from "fast-check";
import type { AssumeOutcome } from "../../src/doctor/fetch/assume";
import { RECORD } from "../../src/doctor/record/format";
import { recordOf, type SeenCall } from "../../src/doctor/record/record";
import { readRecord, replay, replayText } from "../../src/doctor/record/replay";
import type { InputError } from "../../src/errors";
import { readFederation } from "../../src/federation";
import { DATABRICKS_TOKEN_TYPE, databricksClaims } from "../../src/sts/databricks-claims";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WORKSPACE = "1444828305810485";
const HOST = "mycompany.cloud.databricks.com";
const { federation } = readFederation({
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: { production: { level: "workspace", host: HOST, workspaceId: WORKSPACE } },
  roles: { "lake-reader": { trusts: [{ issuer: "production", servicePrincipals: [SUBJECT] }] } },
});
const issuers = Object.values(federation.issuers);
const ROLE = "arn:aws:iam::111122223333:role/lake-reader";
const WITH = { product: "1.2.3-rc.1", node: "v22.23.3", now: 1_800_000_000_000 };

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const jwt = (claims: unknown, header: unknown): string => `${part(header)}.${part(claims)}.c2ln`;
const HEADER = { alg: "RS256", typ: DATABRICKS_TOKEN_TYPE, kid: "0123456789abcdef".repeat(4) };
const CLAIMS = databricksClaims({
  issuer: `https://${HOST}/oidc`,
  audience: WORKSPACE,
  subject: SUBJECT,
  clientId: SUBJECT,
  scope: "openid",
  id: "1f0e9d8c-7b6a-4594-8372-615049382716",
  now: 1_800_000_000,
});
const refused = (awsCode: string, awsMessage: string, status = 403): AssumeOutcome => ({
  kind: "refused",
  code: "aws-access-denied",
  awsCode,
  awsMessage,
  status,
  message: awsMessage,
  fix: "fix",
});
const SESSION: AssumeOutcome = { kind: "in", assumedRoleArn: `${ROLE}/x`, expires: 0 };
const seen = (change: Partial<SeenCall> = {}): SeenCall => ({
  issuers,
  roleArn: ROLE,
  token: { text: jwt(CLAIMS, HEADER), source: "client-credentials" },
  outcome: SESSION,
  byAws: true,
  expected: { allowed: true, code: null },
  checks: [{ id: "assume", subject: `role ${ROLE}`, status: "pass", evidence: ROLE, fix: null, code: null }],
  ...change,
});

test("the record of a token that is as expected says kinds and lengths, and replays without a difference", () => {
  const record = recordOf(seen(), WITH);
  expect(record).toMatchObject({
    date: "2027-01-15",
    product: "1.2.3",
    node: "22.23.3",
    issuer: { level: "workspace", cloud: "aws" },
    token: {
      header: { alg: "RS256", typ: "at+jwt", kid: { kind: "hex", length: 64 } },
      claims: { iss: { kind: "url" }, sub: { kind: "uuid", length: 36 }, aud: { kind: "digits", length: 16 } },
      audience: "workspace ID",
      subjectIsClient: true,
      scopes: ["openid"],
      lifetime: 3600,
    },
    sts: { answer: "session", by: "AWS" },
    checks: [{ id: "assume", status: "pass" }],
  });
  const found = replay(readRecord(JSON.stringify(record), "record.json"));
  expect([found.exitCode, found.provesAccess]).toEqual([0, true]);
  expect(replayText(found)).toContain("AWS STS gave a session for a Databricks token.");
  expect(replayText(replay(recordOf(seen({ byAws: false }), WITH)))).toContain("Not a proof");
});

test.each<[string, Partial<SeenCall>, string]>([
  ["an audience", { token: { text: jwt({ ...CLAIMS, aud: "sts" }, HEADER), source: undefined } }, "✗ aud: expected"],
  [
    "an azp",
    { token: { text: jwt({ ...CLAIMS, azp: WORKSPACE }, HEADER), source: undefined } },
    "✗ azp: expected absent",
  ],
  ["a type", { token: { text: jwt(CLAIMS, { ...HEADER, typ: "JWT" }), source: undefined } }, "✗ typ: expected at+jwt"],
  [
    "a missing claim",
    { token: { text: jwt({ ...CLAIMS, exp: undefined }, HEADER), source: undefined } },
    "without exp",
  ],
  ["no token", { token: { text: "dapi0123456789abcdef", source: undefined }, expected: null }, "✗ a token"],
  [
    "a refusal",
    { outcome: refused("AccessDenied", "Access denied") },
    "✗ STS: expected session (expected), actual refused",
  ],
])("%s that is not expected is a difference, and exit code 1", (_name, change, line) => {
  const found = replay(recordOf(seen(change), WITH));
  expect([found.exitCode, found.provesAccess && "outcome" in change]).toEqual([1, false]);
  expect(replayText(found)).toContain(line);
});

test("STS' known answers stay readable; names in them do not stay", () => {
  const said = (text: string, code = "InvalidIdentityToken") =>
    recordOf(seen({ outcome: refused(code, text) }), WITH).sts;
  expect(said(`No OpenIDConnect provider found in your account for https://${HOST}/oidc`)).toMatchObject({
    code: "InvalidIdentityToken",
    message: "No OpenIDConnect provider found in your account for <issuer>",
  });
  const text =
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for " +
    "requirements.";
  expect(said(text).message).toBe(text);
  expect(said(`User: ${SUBJECT} is not authorized on resource: ${ROLE} (mycompany)`, "Weird").message).toBe(
    "User: <subject> is not authorized on resource: <role> <9 characters>",
  );
  expect(said("", "Weird")).toMatchObject({ code: "other", message: "" });
});

/** What may be planted: unlike anything that a record holds by itself. */
const planted = fc.oneof(
  fc.stringMatching(/^[a-z]{12,20}$/),
  fc.stringMatching(/^dose[0-9a-f]{32}$/),
  fc.stringMatching(/^[a-z]{6,12}\.cloud\.databricks\.com$/),
  fc.stringMatching(/^[a-z]{5,10}@[a-z]{5,10}\.example$/),
  fc.stringMatching(/^[1-9][0-9]{11,15}$/),
  fc.uuid(),
  hostileText.filter((text) => text.trim().length > 8).map((text) => text.slice(0, 200)),
);

test("no planted secret, host, ID or address gets into a record, wherever it stands", () => {
  fc.assert(
    fc.property(
      fc.array(planted, { minLength: 14, maxLength: 14 }),
      fc.constantFrom("refused", "in", "failed"),
      fc.boolean(),
      (all, kind, asNames) => {
        const [sub = "", aud = "", iss = "", jti = "", scope = "", client = "", name = "", value = ""] = all;
        const [kid = "", typ = "", alg = "", code = "", message = "", other = ""] = all.slice(8);
        const claims = {
          ...CLAIMS,
          sub,
          aud,
          iss,
          jti,
          scope: `openid ${scope}`,
          client_id: client,
          [name]: { [value]: value },
        };
        const outcome: AssumeOutcome =
          kind === "in"
            ? { kind, assumedRoleArn: sub, expires: 1 }
            : kind === "failed"
              ? { kind, code, message, fix: other, ours: true }
              : refused(code, asNames ? `No provider for ${message}: ${sub} (${other}) is not ${iss}.` : message, 400);
        const record = recordOf(
          seen({
            roleArn: other,
            token: { text: jwt(claims, { alg, typ, kid, [other]: other }), source: undefined },
            outcome,
            expected: { allowed: false, code },
            checks: [{ id: "token", subject: sub, status: "fail", evidence: message, fix: other, code: null }],
          }),
          { product: message, node: other, now: WITH.now },
        );
        const text = JSON.stringify(record);
        for (const one of all) {
          expect(text).not.toContain(one);
          expect(text).not.toContain(JSON.stringify(one).slice(1, -1));
          for (const word of one.split(/[^A-Za-z0-9]+/))
            if (word.length >= 12 || /^[0-9]{10,}$/.test(word)) expect(text).not.toContain(word);
        }
        // what is written can be read
        expect(readRecord(text, "record.json")).toEqual(record);
      },
    ),
    { numRuns: runs(600) },
  );
});

test("a file that is not a record is refused, and none of its text is believed", () => {
  const record = recordOf(seen(), WITH);
  for (const document of [
    "",
    "[]",
    "null",
    "{}",
    JSON.stringify({ ...record, host: HOST }),
    JSON.stringify({ ...record, sts: { ...record.sts, message: `for ${HOST}` } }),
    JSON.stringify({ ...record, sts: { ...record.sts, code: "\u001b[31m" } }),
    JSON.stringify({ ...record, date: "2027-01-15T00:00:00Z" }),
    JSON.stringify({ ...record, checks: [{ id: "nope", status: "pass" }] }),
    JSON.stringify(record).replace('"record":1', '"record":2'),
  ])
    expect(() => readRecord(document, "\u001b[2Jrecord.json")).toThrow(
      expect.objectContaining({
        problem: expect.objectContaining({ code: "record-invalid" }) as unknown,
      }) as InputError,
    );
  expect(RECORD.safeParse(record).success).toBe(true);
});
