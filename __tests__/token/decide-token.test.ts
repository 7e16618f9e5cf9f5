import fc from "fast-check";
import type { CryptoKey } from "jose";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { WebIdentityCall } from "../../src/sts/web-identity";
import { decideClaims, decideToken } from "../../src/sts/decide-token";
import { keySet } from "../../src/sts/verify-signature";
import { compilePolicy } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import { runs } from "../support/runs";

const NOW = 1_757_600_000;
const ISSUER = "https://mycompany.cloud.databricks.com/oidc";
const PATH = "mycompany.cloud.databricks.com/oidc";
const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const CLAIMS = { iss: ISSUER, aud: "1444828305810485", sub: SUBJECT, iat: NOW, exp: NOW + 3600 };
const GENERIC =
  "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for " +
  "requirements.";
const NO_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

function roleWith(condition: unknown, action: string | readonly string[] = "sts:AssumeRoleWithWebIdentity") {
  const reading = readPolicy({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Federated: PROVIDER }, Action: action, Condition: condition }],
  });
  if (!reading.ok) throw new Error(reading.why);
  return {
    arn: "arn:aws:iam::111122223333:role/lake-reader",
    trust: compilePolicy(reading.policy),
    maxSessionDuration: 3600,
  };
}
const ROLE = roleWith({ StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: SUBJECT } });
const UNSIGNED = { arn: PROVIDER, issuer: ISSUER, clientIds: ["1444828305810485", "second"], keys: null };
const call = (fields: Partial<WebIdentityCall> = {}): WebIdentityCall => ({
  roleSessionName: "test",
  durationSeconds: null,
  context: {},
  now: NOW,
  ...fields,
});
const decided = (claims: Readonly<Record<string, unknown>>, role = ROLE, fields: Partial<WebIdentityCall> = {}) =>
  decideClaims(claims, [UNSIGNED], role, call(fields));

test("an honest token gets in, and the answer says that an issuer with a path was never recorded", () => {
  expect(decided(CLAIMS)).toMatchObject({
    allowed: true,
    error: null,
    issuer: ISSUER,
    subject: SUBJECT,
    audience: "1444828305810485",
    basis: "expected",
    unrecorded: ["no issuer with a path was among the recorded calls"],
  });
});

test("an answer to two faults at once says that their order was not recorded", () => {
  const answer = decided({ ...CLAIMS, exp: NOW - 1000, aud: "other" });
  expect(answer.error?.code).toBe("ExpiredTokenException");
  expect(answer.unrecorded.join()).toContain("order of checks");
  expect(decided({ ...CLAIMS, exp: NOW - 1000 }).unrecorded.join()).not.toContain("order of checks");
});

test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
  ["a number the double can not hold as sub", { sub: 2 ** 60 }, GENERIC],
  ["a list as sub", { sub: [SUBJECT] }, GENERIC],
  ["a number as aud", { aud: 1444828305810485 }, GENERIC],
  ["null as azp", { azp: null }, GENERIC],
  ["a list as azp", { azp: ["1444828305810485"] }, GENERIC],
  ["null as iat", { iat: null }, "Invalid timestamp in token claims."],
  ["words as exp", { exp: "never" }, "Invalid timestamp in token claims."],
  ["nbf beyond the tolerance", { nbf: NOW + 301 }, GENERIC],
  ["an object as iss", { iss: { toString: ISSUER } }, GENERIC],
])("%s is refused, and the answer does not pass for a recorded one", (_name, change, message) => {
  const answer = decided({ ...CLAIMS, ...change });
  expect(answer).toMatchObject({ allowed: false, basis: "expected", error: { message } });
});

test.each([
  [300, false],
  [299, true],
])("a token is good until %i s after its exp: %s", (seconds, allowed) => {
  expect(decided({ ...CLAIMS, exp: NOW - seconds }).allowed).toBe(allowed);
});

test.each([
  [
    899,
    "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must " +
      "have value greater than or equal to 900",
  ],
  [
    43_201,
    "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must " +
      "have value less than or equal to 43200",
  ],
  [3601, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."],
])("a session of %i s is refused by its length", (durationSeconds, message) => {
  expect(decided(CLAIMS, ROLE, { durationSeconds }).error).toEqual({ code: "ValidationError", message });
});

describe("the keys of the request", () => {
  test("what the token and the provider say is not overruled by the context, in any case of the key", () => {
    const context = {
      [`${PATH.toUpperCase()}:SUB`]: [SUBJECT],
      "AWS:UserId": ["me"],
      [`${PATH}:email`]: ["alice@example.com"],
    };
    expect(decided({ ...CLAIMS, sub: "mallory" }, ROLE, { context }).allowed).toBe(false);
    expect(decided(CLAIMS, roleWith({ StringEquals: { "aws:userid": "me" } }), { context }).allowed).toBe(false);
    expect(
      decided(CLAIMS, roleWith({ StringEquals: { [`${PATH}:email`]: "alice@example.com" } }), { context }).allowed,
    ).toBe(false);
  });

  test.each<readonly [string, unknown, Readonly<Record<string, unknown>>, boolean]>([
    [
      "amr may have many values",
      { "ForAnyValue:StringEquals": { [`${PATH}:amr`]: "mfa" } },
      { amr: ["pwd", "mfa"] },
      true,
    ],
    [
      "oaud is the list behind azp",
      {
        "ForAllValues:StringEquals": { [`${PATH}:oaud`]: ["1444828305810485", "x"] },
        Null: { [`${PATH}:oaud`]: "false" },
      },
      { azp: "second", aud: ["x", "1444828305810485"] },
      true,
    ],
    ["oaud is not there without azp", { Null: { [`${PATH}:oaud`]: "true" } }, {}, true],
    ["with azp that is the audience", { StringEquals: { [`${PATH}:aud`]: "second" } }, { azp: "second" }, true],
    [
      "Databricks' own claims are no keys",
      { StringEquals: { [`${PATH}:client_id`]: "databricks-cli" } },
      { client_id: "databricks-cli" },
      false,
    ],
    ["the session name is the caller's choice", { StringEquals: { "sts:RoleSessionName": "test" } }, {}, true],
    ["sts:ExternalId is never there", { Null: { "sts:ExternalId": "true" } }, {}, true],
    ["the time is the call's", { DateLessThan: { "aws:CurrentTime": "2025-09-11T14:13:21Z" } }, {}, true],
  ])("%s", (_name, condition, change, allowed) => {
    expect(decided({ ...CLAIMS, ...change }, roleWith(condition)).allowed).toBe(allowed);
  });

  test("session tags need sts:TagSession as well", () => {
    const tagged = { ...CLAIMS, "https://aws.amazon.com/tags": { principal_tags: { team: ["data"] } } };
    const condition = { StringEquals: { "aws:RequestTag/team": "data" } };
    expect(decided(tagged, roleWith(condition)).error?.code).toBe("AccessDenied");
    expect(decided(tagged, roleWith(condition, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"])).allowed).toBe(
      true,
    );
  });
});

test("whatever the claims, the result is allowed or a coded refusal", () => {
  const claim = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constantFrom(...Object.values(CLAIMS)));
  const names = [
    ...Object.keys(CLAIMS),
    "azp",
    "nbf",
    "amr",
    "email",
    "https://aws.amazon.com/tags",
    "https://aws.amazon.com/roles",
    "__proto__",
  ];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), claim), (change) => {
      const answer = decided({ ...CLAIMS, ...change });
      expect(answer.allowed).toBe(answer.error === null);
      // who does not come as the one subject, for the one audience, is never let in
      if (answer.allowed)
        expect([answer.issuer, answer.subject, answer.audience]).toEqual([ISSUER, SUBJECT, "1444828305810485"]);
    }),
    { numRuns: runs(1000) },
  );
});

describe("signatures", () => {
  let pair: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  let jwk: Record<string, unknown>;
  let token: string;
  beforeAll(async () => {
    pair = await generateKeyPair("RS256", { extractable: true });
    jwk = { ...(await exportJWK(pair.publicKey)), kid: "k" };
    token = await signed();
  });
  const signed = (
    header: Readonly<Record<string, unknown>> = {},
    claims: Readonly<Record<string, unknown>> = CLAIMS,
  ): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "k", typ: "at+jwt", ...header }).sign(pair.privateKey);
  const answerTo = (text: string, keys: unknown = { keys: [jwk] }) =>
    decideToken(text, [{ ...UNSIGNED, keys: keySet(keys) }], ROLE, call());

  test("a token of Databricks' shape gets in, and its type is reported as unrecorded", async () => {
    const answer = await answerTo(token);
    expect(answer.allowed).toBe(true);
    expect(answer.unrecorded.join()).toContain("at+jwt");
  });

  test.each<readonly [string, unknown]>([
    ["null", null],
    ["a text", "keys"],
    ["keys that are no list", { keys: 5 }],
    ["no keys", { keys: [] }],
    ["entries that are none", { keys: [null, 5, "k", []] }],
    ["key_ops null", { keys: [{ kty: "RSA", kid: "k", key_ops: null }] }],
    ["members of the wrong kind", { keys: [{ kty: "RSA", kid: "k", n: 5, e: {} }] }],
    ["an empty key", { keys: [{ kty: "RSA", kid: "k" }] }],
    ["a symmetric key", { keys: [{ kty: "oct", kid: "k", k: "c2VjcmV0" }] }],
    ["a name of an object's own", { keys: [{ kty: "RSA", kid: "__proto__" }] }],
  ])("a key set that is %s verifies nothing and breaks nothing", async (_name, keys) => {
    expect((await answerTo(token, keys)).allowed).toBe(false);
  });

  test("a key for encryption, with key_ops or of another kid verifies nothing; its alg does not count", async () => {
    expect((await answerTo(token, { keys: [{ ...jwk, alg: "RS512" }] })).error).toBeNull();
    for (const change of [{ use: "enc" }, { key_ops: ["verify"] }, { kid: "other" }]) {
      expect((await answerTo(token, { keys: [{ ...jwk, ...change }] })).error?.code).toBe("InvalidIdentityToken");
    }
  });

  test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ["crit", { crit: ["b64"], b64: true }, NO_JWT],
    ["alg none", { alg: "none" }, GENERIC],
    ["alg HS256", { alg: "HS256" }, GENERIC],
    ["alg PS256", { alg: "PS256" }, GENERIC],
    ["alg EdDSA", { alg: "EdDSA" }, GENERIC],
    ["alg as a list", { alg: ["RS256"] }, GENERIC],
  ])("a header with %s is refused whoever signed it", async (_name, change, message) => {
    const [, payload = "", signature = ""] = token.split(".");
    const header = Buffer.from(JSON.stringify({ alg: "RS256", kid: "k", ...change })).toString("base64url");
    expect((await answerTo(`${header}.${payload}.${signature}`)).error).toEqual({
      code: "InvalidIdentityToken",
      message,
    });
  });

  test("of a signed token's duplicate members the last counts, so an honest sub in front does not help", async () => {
    const payload = `{"sub":"${SUBJECT}",${JSON.stringify({ ...CLAIMS, sub: "mallory" }).slice(1)}`;
    const encode = (text: string): string => Buffer.from(text).toString("base64url");
    const input = `${encode(JSON.stringify({ alg: "RS256", kid: "k" }))}.${encode(payload)}`;
    const signature = Buffer.from(
      await crypto.subtle.sign("RSASSA-PKCS1-v1_5", pair.privateKey, Buffer.from(input)),
    ).toString("base64url");
    expect(await answerTo(`${input}.${signature}`)).toMatchObject({
      allowed: false,
      subject: "mallory",
      error: { code: "AccessDenied" },
    });
  });

  test("no change of one character lets a token through, and none is more than a coded no", async () => {
    const [header = "", payload = "", signature = ""] = token.split(".");
    const signedLength = header.length + payload.length + 2;
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom(..."AZaz09-_.= é\u0000"), async (at, character) => {
        // the last character of a signature may carry bits that base64 drops
        fc.pre(token[at] !== character && at < signedLength + signature.length - 1);
        const answer = await answerTo(token.slice(0, at) + character + token.slice(at + 1));
        expect(answer.allowed).toBe(false);
        expect(answer.error?.code).toMatch(
          /^(?:InvalidIdentityToken|ExpiredTokenException|InternalFailure|AccessDenied)$/,
        );
      }),
      { numRuns: runs(150) },
    );
  });

  test("an answer holds nothing of the token's signature", async () => {
    const signature = token.split(".")[2] ?? "";
    expect(
      JSON.stringify(await answerTo(token), (_, value: unknown) => (value instanceof Map ? [...value] : value)),
    ).not.toContain(signature.slice(0, 20));
  });
});
