import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseFederation } from "../../src/federation";
import { readText } from "../../src/files/read-file";
import { describeToken, tokenText } from "../../src/token/describe";
import type { TokenDescription } from "../../src/token/describe";
import { readGivenToken } from "../../src/token/token-file";
import { tokenReport } from "../../src/token/token-report";
import { temporaryFolder } from "../support/temporary-folder";

const NOW = 1_800_000_000;
const { federation } = parseFederation(readText("federation.yaml"));
const issuer = Object.values(federation.issuers)[0];
const CLAIMS = {
  iss: issuer?.issuer,
  sub: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  aud: issuer?.audiences[0],
  iat: NOW - 60,
  exp: NOW + 3540,
  scope: "openid",
};

function jwt(
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = { alg: "RS256", kid: "k" },
): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.U0lHTkFUVVJF`;
}

function described(
  change: Readonly<Record<string, unknown>> = {},
  header?: Readonly<Record<string, unknown>>,
): TokenDescription {
  const description = describeToken(jwt({ ...CLAIMS, ...change }, header), { now: NOW, federation });
  if (description.kind !== "jwt") throw new Error(description.why);
  return description;
}

describe("a token's description", () => {
  test("says whose it is, how long it lives and which issuer it fits", () => {
    expect(described()).toMatchObject({
      whose: "service principal",
      secondsLeft: 3540,
      fit: { issuer: issuer?.key, fits: true, against: [] },
      notes: [],
    });
    expect(described({ sub: "alice@example.com" }).whose).toBe("user");
  });

  test.each<[string, Readonly<Record<string, unknown>>, RegExp]>([
    ["another issuer", { iss: "https://elsewhere.cloud.databricks.com/oidc" }, /not one of the federation's/],
    ["Entra's token", { iss: "https://sts.windows.net/abc/" }, /Entra/],
    ["a trailing slash in the issuer", { iss: `${issuer?.issuer ?? ""}/` }, /not one of the federation's/],
    ["another audience", { aud: "sts.amazonaws.com" }, /audience "sts.amazonaws.com"/],
    ["two audiences", { aud: [CLAIMS.aud, "other"] }, /not a single one/],
    ["expiry", { exp: NOW - 301 }, /expired/],
    ["no expiry", { exp: undefined }, /no expiry/],
  ])("tells %s", (_name, change, words) => {
    const { fit } = described(change);
    expect(fit?.fits).toBe(false);
    expect(fit?.against.join(" ")).toMatch(words);
  });

  test("takes azp for the audience, as STS does", () => {
    expect(described({ aud: ["x", "y"], azp: CLAIMS.aud }).fit?.fits).toBe(true);
  });

  test("warns of the scope all-apis, and of an algorithm Databricks does not use", () => {
    expect(described({ scope: "offline_access all-apis" }).notes.join()).toContain("all-apis");
    expect(described({}, { alg: "none" }).notes.join()).toContain("none");
  });

  test("never shows the signature, nor anything a terminal would obey", () => {
    const hostile = described({ sub: "x\u001b[2J\u202egro.elpmaxe@ecila", "\u001b]0;pwned": "\u0007" });
    const text = tokenText(hostile);
    expect(JSON.stringify(hostile) + text).not.toContain("U0lHTkFUVVJF");
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  test.each([
    ["dapi0123456789abcdef", "opaque"],
    ["dkea0123", "opaque"],
    ["hello", "malformed"],
    ["", "malformed"],
    ["a.b.c", "malformed"],
    [`eyJ${"x".repeat(30_000)}`, "too-long"],
  ])("that is none says why (case %#)", (text, kind) => {
    expect(describeToken(text, { now: NOW })).toMatchObject({ kind });
  });
});

describe("the verb token", () => {
  const environment = { env: { DATABRICKS_TOKEN: jwt(CLAIMS) }, home: temporaryFolder("home"), now: () => NOW * 1000 };

  test("answers yes for a token that fits, without the token", async () => {
    const answer = await tokenReport({ environment, federation });
    expect(answer.good).toBe(true);
    expect(answer.document).toMatchObject({ source: "env", place: "variable DATABRICKS_TOKEN" });
    expect(JSON.stringify(answer.document) + answer.text + JSON.stringify(answer)).not.toContain("U0lHTkFUVVJF");
  });

  test("refuses to print the token on a terminal", async () => {
    await expect(tokenReport({ environment, federation: undefined, raw: { toTerminal: true } })).rejects.toMatchObject({
      code: "token-to-terminal",
    });
  });

  test("answers no for a token over, and for one of another issuer than asked", async () => {
    expect(
      (
        await tokenReport({
          environment: { ...environment, now: () => (NOW + 4000) * 1000 },
          federation,
        })
      ).good,
    ).toBe(false);
    await expect(tokenReport({ environment, federation, issuer: "nope" })).rejects.toMatchObject({
      code: "issuer-not-found",
    });
  });

  test("reads a token from a file, and refuses one on the command line without repeating it", async () => {
    const file = join(temporaryFolder("token"), "token");
    writeFileSync(file, `${jwt(CLAIMS)}\n`);
    expect(
      (await tokenReport({ environment, federation, given: { token: readGivenToken(`@${file}`), place: file } })).good,
    ).toBe(true);
    expect(() => readGivenToken("eyJplanted")).toThrow(/^(?!.*planted)/s);
  });
});
