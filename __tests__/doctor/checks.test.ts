import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check, CheckId, CheckStatus } from "../../src/doctor/check";
import { CHECKS, checkOf } from "../../src/doctor/check";
import { accountChecks } from "../../src/doctor/checks/account";
import { configCheck } from "../../src/doctor/checks/config";
import { dnsCheck, tlsCheck } from "../../src/doctor/checks/host";
import { jwksChecks } from "../../src/doctor/checks/jwks";
import { awsAccountCheck, clockAhead, clockCheck, credentialSourceCheck } from "../../src/doctor/checks/machine";
import { providerChecks, tagFaults } from "../../src/doctor/checks/provider";
import { accountOfCaller } from "../../src/doctor/fetch/deployed";
import { allRoles } from "../../src/doctor/fetch/iam";
import { asker, notFound } from "../../src/doctor/fetch/iam-error";
import type { DetailsPage } from "../../src/doctor/fetch/iam";
import type { Fetched } from "../../src/doctor/fetch/fetch-url";
import { LIMITS } from "../../src/doctor/fetch/fetch-url";
import { clockSampleOf } from "../../src/doctor/fetch/issuer";
import type { Addresses, IssuerFacts } from "../../src/doctor/fetch/issuer";
import type { LiveRole } from "../../src/doctor/fetch/live";
import { liveRoles } from "../../src/doctor/fetch/live";
import { doctorText, exitCodeOf, reportOf } from "../../src/doctor/report";
import type { ErrorCode } from "../../src/errors";
import { OutsideError } from "../../src/errors";
import { accountView, parseFederation } from "../../src/federation";
import type { CredentialPlace } from "../../src/credentials/credential-chain";
import type { HttpResponse } from "../../src/network/request";

const pass = (id: CheckId, subject: string, evidence: string): Check => checkOf(id, subject).pass(evidence);
const fail = (id: CheckId, subject: string, evidence: string, fix: string): Check =>
  checkOf(id, subject).fail(evidence, fix);
const unknown = (id: CheckId, subject: string, message: string, fix: string, code?: string): Check =>
  code === undefined ? checkOf(id, subject).unknown(message, fix) : checkOf(id, subject).unread({ message, fix, code });

const SUBJECT = "issuer production";
const HOST = "mycompany.cloud.databricks.com";
const NOW = Date.parse("2026-06-01T00:00:00Z");

const federation = (aws = 'aws: { accountId: "111122223333" }'): ReturnType<typeof parseFederation>["federation"] =>
  parseFederation(
    `
name: lakehouse
${aws}
issuers:
  production: { level: workspace, host: ${HOST}, workspaceId: "1444828305810485" }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  reader: { trusts: [{ issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b] }] }
`,
    { file: "f.yaml" },
  ).federation;

function answered(document: unknown, change: Partial<HttpResponse> = {}, url = `https://${HOST}/x`): Fetched {
  return {
    ok: true,
    url: new URL(url),
    answer: {
      status: 200,
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(document)),
      milliseconds: 10,
      proxy: null,
      tls: null,
      ...change,
    },
  };
}

function failed(code: ErrorCode, detail = ""): Fetched {
  return { ok: false, url: new URL(`https://${HOST}/x`), code, message: `${code}.`, fix: "Look.", detail };
}

describe("a name", () => {
  test.each<[string, Addresses, CheckStatus]>([
    ["that resolves", { kind: "resolved", list: ["203.0.113.7"] }, "pass"],
    [
      "that resolves to private addresses only: PrivateLink here, and STS asks elsewhere",
      { kind: "resolved", list: ["10.1.2.3", "172.20.0.1", "fd00::1"] },
      "unknown",
    ],
    ["that resolves to both", { kind: "resolved", list: ["10.1.2.3", "203.0.113.7"] }, "pass"],
    ["that does not exist", { kind: "not-found" }, "fail"],
    ["that no server answers for", { kind: "unanswered", code: "EAI_AGAIN" }, "unknown"],
    ["that a proxy resolves", { kind: "by-proxy", proxy: "proxy.example.com:3128" }, "unknown"],
  ])("%s", (_name, addresses, status) => {
    expect(dnsCheck(SUBJECT, HOST, addresses).status).toBe(status);
  });
});

describe("a certificate", () => {
  const tls = { protocol: "TLSv1.3", issuedBy: "DigiCert Inc", validTo: "Jul  1 00:00:00 2026 GMT" };
  const facts = (publicly: Fetched, machine: Fetched, host = HOST): IssuerFacts => ({
    host,
    addresses: { kind: "not-found" },
    publicly,
    config: machine,
    discovery: machine,
    jwks: null,
    clocks: [],
  });
  const good = answered({}, { tls });
  test.each<[string, IssuerFacts, CheckStatus, RegExp]>([
    ["of a public authority", facts(good, good), "pass", /DigiCert Inc, valid until 2026-07-01; a public authority/],
    [
      "about to end",
      facts(answered({}, { tls: { ...tls, validTo: "Jun  5 00:00:00 2026 GMT" } }), good),
      "pass",
      /4 days/,
    ],
    [
      "that only this machine trusts, for a Databricks host",
      facts(failed("network-tls", "SELF_SIGNED_CERT_IN_CHAIN"), good),
      "unknown",
      /a proxy intercepts TLS here/,
    ],
    [
      "of a private authority, for a custom host",
      facts(failed("network-tls", "SELF_SIGNED_CERT_IN_CHAIN"), good, "databricks.example.com"),
      "fail",
      /private authority/,
    ],
    [
      "that has ended",
      facts(failed("network-tls", "CERT_HAS_EXPIRED"), failed("network-tls", "CERT_HAS_EXPIRED")),
      "fail",
      /expired/,
    ],
    [
      "that could not be seen",
      facts(failed("network-timeout"), failed("network-timeout")),
      "unknown",
      /network-timeout/,
    ],
  ])("%s", (_name, given, status, says) => {
    expect(tlsCheck(SUBJECT, given, NOW)).toMatchObject({ status, evidence: expect.stringMatching(says) });
  });
});

describe("databricks-config", () => {
  const { issuers } = federation();
  const workspace = issuers["production"];
  const account = issuers["company"];
  if (workspace === undefined || account === undefined) throw new Error("the federation has both");
  const ACCOUNTS = "https://accounts.cloud.databricks.com/oidc/accounts";
  test.each<[string, typeof workspace, Fetched, CheckStatus]>([
    [
      "that agrees",
      workspace,
      answered({ oidc_endpoint: `https://${HOST}/oidc`, workspace_id: "1444828305810485" }),
      "pass",
    ],
    ["with the ID as a number", workspace, answered({ workspace_id: 1444828305810485 }), "pass"],
    ["with an ID no double holds", workspace, answered({ workspace_id: Number("14448283058104851") }), "unknown"],
    ["of another workspace", workspace, answered({ workspace_id: "2" }), "fail"],
    [
      "that sends clients to another endpoint",
      workspace,
      answered({ oidc_endpoint: `${ACCOUNTS}/7d3c2b1a-0f5e-4c8d-9a6b-123456789012` }),
      "fail",
    ],
    [
      "with a literal {account_id}, filled by its own",
      account,
      answered({ oidc_endpoint: `${ACCOUNTS}/{account_id}`, account_id: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" }),
      "pass",
    ],
    [
      "with a literal {account_id}, filled by ours",
      account,
      answered({ oidc_endpoint: `${ACCOUNTS}/{account_id}` }),
      "pass",
    ],
    [
      "with a literal {account_id} and nobody to fill it",
      workspace,
      answered({ oidc_endpoint: `${ACCOUNTS}/{account_id}` }),
      "unknown",
    ],
    ["of another account", account, answered({ account_id: "00000000-0000-4000-8000-000000000000" }), "fail"],
    ["that says nothing", workspace, answered({}), "unknown"],
    ["that is a list of lists", workspace, answered([[]]), "unknown"],
    ["that is not there", workspace, answered({}, { status: 404 }), "unknown"],
    ["that no server answers for", workspace, failed("network-reset"), "unknown"],
    [
      "with values of every other kind",
      workspace,
      answered({ oidc_endpoint: 7, workspace_id: [], account_id: {} }),
      "unknown",
    ],
  ])("%s", (_name, issuer, config, status) => {
    expect(configCheck(SUBJECT, issuer, config).status).toBe(status);
  });
});

describe("a key set", () => {
  const key = { kty: "RSA", kid: "a", use: "sig", alg: "RS256", n: "AQAB", e: "AQAB" };
  const curve = { kty: "EC", kid: "e", crv: "P-256", x: "AQAB", y: "AQAB" };
  const check = (keys: unknown): readonly Check[] => {
    const jwks = answered({ keys });
    return jwksChecks(
      SUBJECT,
      { host: HOST, addresses: { kind: "not-found" }, publicly: jwks, config: jwks, discovery: jwks, jwks, clocks: [] },
      LIMITS,
    );
  };
  test.each<[string, unknown, CheckStatus]>([
    ["with one good key", [key], "pass"],
    ["with an EC key", [curve], "pass"],
    ["with a key on a curve STS does not know beside it", [key, { ...curve, crv: "secp256k1" }], "pass"],
    ["with nothing but that", [{ ...curve, crv: "secp256k1" }], "fail"],
    ["with a key that lacks a part", [key, { ...key, kid: "b", n: undefined }], "fail"],
    ["with an encryption key beside it", [key, { ...key, kid: "b", use: "enc" }], "pass"],
    ["with a key of a kind STS does not know beside it", [key, { kty: "OKP", kid: "o" }], "pass"],
    ["with a key for PS256 beside it", [key, { ...key, kid: "p", alg: "PS256" }], "pass"],
    ["with nothing but an encryption key", [{ ...key, use: "enc" }], "fail"],
    ["with a key without kid", [key, { ...key, kid: undefined }], "fail"],
    ["with an empty kid", [key, { ...key, kid: "" }], "fail"],
    ['with key_ops, even ["verify"]', [key, { ...key, kid: "b", key_ops: ["verify"] }], "fail"],
    ["with two keys of one name", [key, key], "unknown"],
    ["with a hundred RSA keys", Array.from({ length: 100 }, (_, at) => ({ ...key, kid: String(at) })), "pass"],
    ["with one more", Array.from({ length: 101 }, (_, at) => ({ ...key, kid: String(at) })), "fail"],
    ["with no keys in it but other things", [null, 7, "x", [key]], "fail"],
  ])("%s", (_name, keys, status) => {
    expect(check(keys).find(({ id }) => id === "jwks-keys")?.status).toBe(status);
  });

  test("that is no list is no key set", () => {
    for (const keys of [undefined, {}, "x", []])
      expect(check(keys).find(({ id }) => id === "jwks")?.status).toBe("fail");
  });
});

describe("a clock", () => {
  test.each<[string, readonly number[], CheckStatus]>([
    ["right", [0, 1, -1], "pass"],
    ["a minute off", [60, 61], "pass"],
    ["five minutes off", [300], "pass"],
    ["more", [301], "fail"],
    ["behind", [-301, -302], "fail"],
    ["right by all servers but one", [0, 0, 9999], "pass"],
    ["that no server sent", [], "unknown"],
  ])("%s", (_name, list, status) => {
    const samples = list.map((ahead, at) => ({ host: `h${at}`, ahead }));
    expect(clockCheck(samples).status).toBe(status);
  });

  test("is compared with the middle of the exchange, and with what a cache has kept", () => {
    const now = Date.parse("2026-06-01T00:00:10Z");
    expect(clockSampleOf("h", { date: "Mon, 01 Jun 2026 00:00:08 GMT", milliseconds: 4000 }, now)).toEqual({
      host: "h",
      ahead: 0,
    });
    expect(clockSampleOf("h", { date: "Sun, 31 May 2026 23:00:09 GMT", age: "3600", milliseconds: 0 }, now)).toEqual({
      host: "h",
      ahead: 1,
    });
    for (const date of [undefined, "", "yesterday"])
      expect(clockSampleOf("h", { date, milliseconds: 0 }, now)).toBeNull();
    expect(clockAhead([])).toBeNull();
  });
});

describe("AWS credentials here", () => {
  const keys: CredentialPlace = {
    kind: "environment-keys",
    place: "AWS_ACCESS_KEY_ID in the environment",
    storedKey: true,
  };
  const web: CredentialPlace = { kind: "web-identity", place: "AWS_WEB_IDENTITY_TOKEN_FILE", storedKey: false };
  const profile: CredentialPlace = { kind: "profile", place: "credential_process of profile lake", storedKey: false };
  test.each<[string, readonly CredentialPlace[], CheckStatus, RegExp]>([
    ["none", [], "pass", /nothing hides/],
    ["web identity first", [web, profile], "pass", /AWS_WEB_IDENTITY_TOKEN_FILE/],
    ["keys that hide web identity", [keys, web], "fail", /never reach/],
    ["keys that hide a profile", [{ ...keys, storedKey: false }, profile], "fail", /credential_process/],
    ["keys and nothing else", [keys], "pass", /a stored key/],
  ])("%s", (_name, places, status, says) => {
    expect(credentialSourceCheck(places)).toMatchObject({ status, evidence: expect.stringMatching(says) });
  });

  test("choose the account of a federation with several", () => {
    const { accounts } = federation(
      'aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } }',
    );
    expect(accountOfCaller(accounts, "444455556666", undefined)?.key).toBe("dev");
    expect(accountOfCaller(accounts, "999999999999", undefined)).toBeUndefined();
    const open = federation("");
    expect(accountOfCaller(open.accounts, "999999999999", undefined)).toBe(open.accounts[0]);
    expect(accountOfCaller(open.accounts, "999999999999", "111122223333")).toBeUndefined();
    const [first] = accounts;
    if (first === undefined) throw new Error("there are two");
    const view = accountView(federation(), first);
    expect(awsAccountCheck(view, { kind: "found", value: "999999999999" }, accounts, undefined)).toMatchObject({
      status: "fail",
      evidence: expect.stringContaining("111122223333 (prod), 444455556666 (dev)"),
    });
    expect(awsAccountCheck(view, { kind: "found", value: "" }, accounts, undefined).status).toBe("unknown");
  });
});

describe("what is deployed in AWS", () => {
  const [account] = federation().accounts;
  if (account === undefined) throw new Error("there is one");
  const view = accountView(federation(), account);
  const [provider] = view.providers;
  if (provider === undefined) throw new Error("there are two");

  test.each<[string, Partial<{ url: string; clientIds: readonly string[] }>, readonly CheckStatus[]]>([
    ["as declared", {}, ["pass", "pass"]],
    ["in another case", { url: `https://MyCompany.cloud.databricks.com/oidc` }, ["fail", "pass"]],
    ["with a client too many", { clientIds: ["1444828305810485", "x"] }, ["pass", "fail"]],
    ["with none", { clientIds: [] }, ["pass", "fail"]],
  ])("a provider %s", (_name, change, expected) => {
    const value = {
      arn: provider.arn,
      url: provider.issuer.issuer,
      clientIds: ["1444828305810485"],
      thumbprints: [],
      tags: {},
      ...change,
    };
    expect(providerChecks("p", provider, {}, { kind: "found", value }).map(({ status }) => status)).toEqual(expected);
  });

  const role = (Federated: string, aud = "1444828305810485"): LiveRole => {
    const [made] = liveRoles([
      {
        RoleName: "stranger",
        Arn: "arn:aws:iam::111122223333:role/stranger",
        Tags: [{ Key: "team", Value: "data" }],
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRoleWithWebIdentity",
              Principal: { Federated },
              Condition: {
                StringEquals: {
                  [`${Federated.replace(/^.*oidc-provider./, "")}:aud`]: aud,
                  [`${Federated.replace(/^.*oidc-provider./, "")}:sub`]: "bob@example.com",
                },
              },
            },
          ],
        }),
      },
    ]);
    if (made === undefined) throw new Error("it is a role");
    return made;
  };
  const listed = {
    arn: provider.arn,
    url: provider.issuer.issuer,
    clientIds: ["1444828305810485"],
    thumbprints: [],
    tags: {},
  };
  const GONE = "arn:aws:iam::111122223333:oidc-provider/gone.cloud.databricks.com/oidc";
  test.each<[string, LiveRole, RegExp, RegExp]>([
    ["in a provider that is there", role(provider.arn), /It accepts: "bob@example\.com"/, /Add it to the federation/],
    ["for an audience nobody registers", role(provider.arn, "7"), /It accepts: no one/, /Add it to/],
    [
      "in a provider that was deleted",
      role(GONE),
      /The provider \S+gone\.\S+ does not exist: no one is accepted through it .*\. Then it accepts: "bob/,
      /Delete it/,
    ],
  ])("an undeclared role's trust %s", (_name, stranger, says, fix) => {
    const checks = accountChecks(
      view,
      { providers: { kind: "found", value: [listed] }, roles: { kind: "found", value: [stranger] } },
      NOW,
    );
    expect(checks.find(({ id }) => id === "account-roles")).toMatchObject({
      status: "fail",
      evidence: expect.stringMatching(says),
      fix: expect.stringMatching(fix),
    });
  });

  test("an undeclared provider can be taken into the federation by adopt", () => {
    const host = "other.cloud.databricks.com/oidc";
    const other = { ...listed, arn: `arn:aws:iam::111122223333:oidc-provider/${host}`, url: `https://${host}` };
    const checks = accountChecks(
      view,
      { providers: { kind: "found", value: [other] }, roles: { kind: "found", value: [] } },
      NOW,
    );
    expect(checks.find(({ id }) => id === "account-providers")).toMatchObject({
      status: "fail",
      fix: expect.stringContaining("databricks-aws-oidc adopt --aws"),
    });
  });

  test("a provider that is adopted may register more, and is not ours to tag", () => {
    const more = { kind: "found", value: { ...listed, clientIds: [...listed.clientIds, "x"] } } as const;
    expect(
      providerChecks("p", { ...provider, create: false }, { team: "data" }, more).map(({ status }) => status),
    ).toEqual(["pass", "pass"]);
    expect(
      providerChecks("p", { ...provider, create: false }, {}, { kind: "found", value: { ...listed, clientIds: [] } })[1]
        ?.fix,
    ).toContain("add-client-id-to-open-id-connect-provider");
    expect(providerChecks("p", provider, { team: "data" }, { kind: "found", value: listed })[0]).toMatchObject({
      status: "fail",
      evidence: expect.stringContaining('its tag "team" is missing'),
    });
    expect(tagFaults({ team: "data" }, role(provider.arn).tags)).toEqual([]);
    expect(tagFaults({ team: "lake" }, { team: "data", CostCenter: "7" })).toEqual([
      'its tag "team" is "data", in the federation "lake"',
    ]);
    // as what every object has
    expect(tagFaults({ constructor: "x" }, {})).toEqual(['its tag "constructor" is missing, in the federation "x"']);
  });

  test("an account that cannot be listed is unknown, and the run says so by its exit code", () => {
    const denied = {
      kind: "failed",
      code: "aws-access-denied",
      message: "AWS answered AccessDenied.",
      fix: "Let them.",
    } as const;
    const checks = accountChecks(view, { providers: { kind: "found", value: [] }, roles: denied }, NOW);
    expect(checks.map(({ id, status }) => [id, status])).toEqual([
      ["account-providers", "pass"],
      ["account-roles", "unknown"],
      ["account-unused", "unknown"],
    ]);
    expect(exitCodeOf(checks)).toBe(3);
  });

  test("a role that nobody used for half a year is asked about, and is no drift", () => {
    const detail = {
      RoleName: "reader",
      Arn: "arn:aws:iam::111122223333:role/reader",
      Path: "/",
      MaxSessionDuration: 3600,
      CreateDate: new Date("2025-01-01"),
      RoleLastUsed: { LastUsedDate: new Date("2025-12-01T00:00:00Z") },
      AssumeRolePolicyDocument: encodeURIComponent(
        `\n${JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: provider.arn } },
          ],
        })}`,
      ),
    };
    const value = { arn: provider.arn, url: provider.issuer.issuer, clientIds: [], thumbprints: [], tags: {} };
    const checks = accountChecks(
      view,
      { providers: { kind: "found", value: [value] }, roles: { kind: "found", value: liveRoles([detail]) } },
      NOW,
    );
    expect(checks.find(({ id }) => id === "account-unused")).toMatchObject({
      status: "unknown",
      code: null,
      evidence: expect.stringContaining("last used 182 days ago"),
    });
    expect(exitCodeOf(checks)).toBe(0);
  });

  test("comes in pages, each asked for once", async () => {
    const pages: readonly DetailsPage[] = Array.from({ length: 4 }, (_, at) => ({
      RoleDetailList: [{ RoleName: `r${at}`, Arn: `arn:aws:iam::111122223333:role/r${at}` }],
      IsTruncated: at < 3,
      Marker: at < 3 ? String(at + 1) : undefined,
    }));
    const asked: (string | undefined)[] = [];
    const roles = await allRoles(async (marker) => {
      asked.push(marker);
      return pages[Number(marker ?? 0)] ?? {};
    });
    expect(roles.map(({ name }) => name)).toEqual(["r0", "r1", "r2", "r3"]);
    expect(asked).toEqual([undefined, "1", "2", "3"]);
    await expect(allRoles(async () => ({ IsTruncated: true, Marker: "round" }))).rejects.toThrow("do not end");
  });

  test.each<[string, unknown, object]>([
    ["not there", { name: "NoSuchEntityException", $metadata: { httpStatusCode: 404 } }, { kind: "absent" }],
    [
      "denied",
      { name: "AccessDenied", message: "User: x is not authorized", $metadata: { httpStatusCode: 403 } },
      { code: "aws-access-denied", fix: expect.stringContaining("read IAM") },
    ],
    [
      "denied, with the permission named behind a long name",
      {
        name: "AccessDenied",
        message:
          `User: arn:aws:sts::111122223333:assumed-role/${"r".repeat(64)}/${"s".repeat(64)} is not ` +
          `authorized to perform: iam:ListRolePolicies on resource: role x because no identity-based policy ` +
          `allows the iam:ListRolePolicies action`,
        $metadata: { httpStatusCode: 403 },
      },
      {
        message: expect.stringContaining("iam:ListRolePolicies"),
        fix: expect.stringContaining("Allow these credentials iam:ListRolePolicies"),
      },
    ],
    [
      "denied by an organization",
      {
        name: "AccessDenied",
        message:
          "User: x is not authorized to perform: iam:GetRole on resource: role x with an explicit deny in a " +
          "service control policy",
        $metadata: { httpStatusCode: 403 },
      },
      { fix: expect.stringContaining("A policy denies these credentials iam:GetRole") },
    ],
    [
      "throttled",
      { name: "Throttling", message: "Rate exceeded", $metadata: { httpStatusCode: 400 } },
      { code: "aws-throttled" },
    ],
    [
      "keys that are not valid",
      {
        name: "InvalidClientTokenId",
        message: "The security token AKIAABCDEFGHIJKLMNOP is invalid",
        $metadata: { httpStatusCode: 403 },
      },
      {
        code: "aws-refused",
        message: expect.not.stringContaining("AKIA"),
        fix: expect.stringContaining("log in to AWS again"),
      },
    ],
    [
      "no credentials",
      { name: "CredentialsProviderError", message: "Could not load credentials from any providers" },
      { code: "aws-credentials-missing" },
    ],
    [
      "a page of HTML",
      { name: "Error", message: "char '<' is not expected", $response: { statusCode: 200 } },
      { code: "aws-answer-unreadable" },
    ],
    [
      "a redirect",
      { name: "Unknown", message: "Unknown", $metadata: { httpStatusCode: 302 } },
      { message: "AWS answered 302 with something that AWS does not send." },
    ],
    [
      "a gateway that is busy, in words of the SDK",
      { name: "Error", message: "@aws-sdk XML parse error", $response: { statusCode: 503 } },
      { message: expect.not.stringContaining("sdk"), fix: expect.stringContaining("busy") },
    ],
    [
      "our own",
      new OutsideError([{ code: "network-timeout", message: "late", fix: "wait" }]),
      { code: "network-timeout", message: "late", fix: "wait" },
    ],
  ])("or an error: %s", (_name, error, expected) => {
    expect(notFound(error)).toMatchObject(expected);
  });
});

describe("AWS out of reach", () => {
  const late = new OutsideError([{ code: "network-timeout", message: "late", fix: "wait" }]);
  test.each<[string, unknown, number]>([
    ["gets no more requests", late, 1],
    ["differs from AWS that only denies", { name: "AccessDenied", $metadata: { httpStatusCode: 403 } }, 3],
  ])("%s", async (_name, error, times) => {
    const ask = asker();
    const question = jest.fn(async () => {
      throw error;
    });
    for (let at = 0; at < 3; at += 1) expect((await ask(question)).kind).toBe("failed");
    expect(question).toHaveBeenCalledTimes(times);
  });
});

describe("a report", () => {
  const coverage = {
    config: "federation.yaml",
    role: "reader",
    roles: ["reader", "writer"],
    aws: false,
    all: false,
    assume: false,
  };
  const silent = unknown("discovery", SUBJECT, "no answer", "Wait.", "network-timeout");

  test.each<[string, readonly Check[], number]>([
    ["all is well", [pass("discovery", SUBJECT, "")], 0],
    ["something is wrong", [pass("discovery", SUBJECT, ""), fail("jwks", SUBJECT, "", "Fix it.")], 1],
    ["something is wrong and something else is silent", [silent, fail("clock", "this machine", "", "Set it.")], 1],
    [
      "nothing of an issuer could be checked",
      [pass("dns", SUBJECT, ""), pass("tls", SUBJECT, ""), silent, pass("clock", "this machine", "")],
      3,
    ],
    [
      "some of an issuer could be checked, but not all that counts",
      [silent, pass("databricks-config", SUBJECT, "")],
      3,
    ],
    [
      "only what AWS never asks for is silent",
      [unknown("databricks-config", SUBJECT, "no answer", "Wait.", "network-timeout"), pass("discovery", SUBJECT, "")],
      0,
    ],
    [
      "a role's policies may not be read",
      [
        pass("role-trust", "role reader", ""),
        unknown("role-policies", "role reader", "denied", "Let.", "aws-access-denied"),
      ],
      3,
    ],
    ["one issuer of two is silent", [silent, pass("discovery", "issuer other", "")], 3],
    ["no token was given", [unknown("token", "token", "none", "Give one.")], 0],
    ["nothing was checked", [], 0],
  ])("ends with its exit code: %s", (_name, checks, exitCode) => {
    expect(exitCodeOf(checks)).toBe(exitCode);
  });

  test("ends with the one next thing, which is the cause and not what follows from it", () => {
    const checks = [fail("token-roles", "token", "", "Last."), fail("discovery", SUBJECT, "", "First."), silent];
    expect(reportOf("lakehouse", checks, coverage).next).toBe(`${SUBJECT}: First.`);
    expect(reportOf("lakehouse", [silent], coverage).next).toBe(`${SUBJECT}: Wait.`);
    expect(reportOf("lakehouse", [], coverage).next).toContain("doctor --config federation.yaml --aws --role reader");
    expect(reportOf("lakehouse", [], { ...coverage, aws: true }).next).toContain("--role reader --assume");
    expect(
      reportOf("lakehouse", [], {
        ...coverage,
        role: null,
        roles: ["writer"],
        config: "my federation.yaml",
        all: true,
      }).next,
    ).toContain("--config 'my federation.yaml' --role writer --assume");
    expect(reportOf("lakehouse", [], { ...coverage, aws: true, assume: true }).next).toContain(
      "credentials --config federation.yaml --role reader",
    );
  });

  test("as text groups by subject, shows a fix once, and escapes control characters", () => {
    const text = doctorText(
      reportOf(
        "lakehouse",
        [
          silent,
          unknown("jwks", SUBJECT, "\u001b[2Jno\u202e", "Wait.", "network-timeout"),
          pass("clock", "this machine", "right"),
        ],
        coverage,
      ),
    );
    expect(text.match(/fix: /g)).toHaveLength(1);
    expect(text).not.toMatch(/[\u001b\u202e]/);
    expect(text.split("\n").at(-1)).toBe(`next: ${SUBJECT}: Wait.`);
    expect(text).toContain("1 passed, 0 failed, 2 unknown");
  });

  test("shows nothing that looks like a secret, whatever it comes from", () => {
    const check = fail(
      "token",
      "token",
      "refused eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln and dapi0123456789abcdef",
      "Ask AKIAABCDEFGHIJKLMNOP.",
    );
    expect(JSON.stringify(check)).not.toMatch(/eyJ|dapi0|AKIA/);
  });

  test("has every check on its page", () => {
    const page = readFileSync(join(__dirname, "..", "..", "docs", "doctor.md"), "utf8");
    for (const [id, asks] of Object.entries(CHECKS)) expect(page).toContain(`| \`${id}\` | ${asks} |`);
  });
});
