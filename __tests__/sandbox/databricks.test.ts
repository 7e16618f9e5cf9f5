import { createHash } from "node:crypto";
import type { DatabricksHost } from "../../src/sandbox/databricks/host";
import { databricksReply } from "../../src/sandbox/databricks/host";
import { authorizationCodes } from "../../src/sandbox/databricks/authorization-codes";
import type { Exchange } from "../../src/sandbox/exchange";
import { identitiesOf, identityBook } from "../../src/sandbox/directory/identities";
import { makeKeys } from "../../src/sandbox/keys";
import { makeOutbound } from "../../src/sandbox/sts/outbound";
import { makeSeal } from "../../src/sandbox/seal";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { readFederation } from "../../src/federation";
import { readToken } from "../../src/sts/read-token";
import { fullFederation, READER, WRITER } from "../support/full-federation";

const directory = directoryOfFederation(readFederation(fullFederation).federation);
const book = identityBook(identitiesOf(directory));
const [seal, codes] = [makeSeal(), authorizationCodes()];
const keysMade = makeKeys();
const outboundMade = makeOutbound(seal);
let now = 1_800_000_000;

async function host(key: string, reasons: string[] = []): Promise<DatabricksHost> {
  const issuer = directory.issuers.find((one) => one.key === key);
  if (issuer === undefined) throw new Error(`no issuer ${key}`);
  return {
    issuer,
    url: `http://127.0.0.1:1/${key}`,
    origin: "http://127.0.0.1:1",
    isOneOfMany: false,
    book,
    of: key,
    keys: await keysMade,
    seal,
    codes,
    catalog: {
      credentials: [],
      sts: { accounts: new Map(), seal, context: {}, now: () => now, explain: null, outbound: await outboundMade },
    },
    outbound: await outboundMade,
    policies: [],
    now: () => now,
    onRefusal: (error) => {
      reasons.push(error.message);
    },
  };
}

const exchange = (change: Partial<Exchange>): Exchange => ({
  method: "POST",
  path: "",
  query: new URLSearchParams(),
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: "",
  ...change,
});

type Form = Readonly<Record<string, string>>;

async function token(
  key: string,
  form: Form | string,
  headers: Form = {},
): Promise<Readonly<Record<string, unknown>> & { readonly status: number }> {
  const reasons: string[] = [];
  const playing = await host(key, reasons);
  const path = key === "company" ? "/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012/v1/token" : "/oidc/v1/token";
  const reply = await databricksReply(
    playing,
    path,
    exchange({
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: typeof form === "string" ? form : new URLSearchParams(form).toString(),
    }),
  );
  const answer = { ...(JSON.parse(reply?.body ?? "{}") as Record<string, unknown>), status: reply?.status ?? 0 };
  // a refusal is told once, an answer not at all
  expect(reasons).toHaveLength(answer.status === 200 ? 0 : 1);
  return answer;
}

const of = (subject: string, key = "production") => {
  const found = book.bySubject(key, subject);
  if (found === undefined) throw new Error(`no identity ${subject}`);
  return found;
};
const claims = (
  answer: Readonly<Record<string, unknown>>,
  name = "access_token",
): Readonly<Record<string, unknown>> => {
  const reading = readToken(String(answer[name]));
  if (!reading.ok) throw new Error(reading.not.why);
  return reading.token.claims;
};
const client = (subject: string, key?: string): Form => ({
  client_id: of(subject, key).clientId,
  client_secret: of(subject, key).clientSecret,
});
const base64url = (text: string): string => Buffer.from(text).toString("base64url");
const jwt = (payload: object): string => `${base64url('{"alg":"RS256"}')}.${base64url(JSON.stringify(payload))}.AA`;
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const JWT = "urn:ietf:params:oauth:token-type:jwt";
const PAT = "urn:databricks:params:oauth:token-type:personal-access-token";

test("identities are those that the policies name, an example for a pattern, and two undeclared ones", () => {
  expect(
    book.all.map(({ issuer, subject, declared }) => `${issuer} ${subject}${declared ? "" : " (undeclared)"}`),
  ).toEqual([
    `production ${READER}`,
    `production ${WRITER}`,
    "company alice@example.com",
    "company someone@data.example.com",
    "company team-someone",
    "azure any <sub> & more",
    "azure the team",
    expect.stringMatching(/^production [0-9a-f-]{36} \(undeclared\)$/),
    expect.stringMatching(/^azure [^\s@]+@[^\s@]+ \(undeclared\)$/),
  ]);
  expect(new Set(book.all.map(({ clientSecret }) => clientSecret)).size).toBe(book.all.length);
});

test("undeclared identities are let in by no pattern", () => {
  const input = {
    name: "example",
    emailDomains: ["example.net"],
    aws: { accountId: "111122223333" },
    issuers: { company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" } },
    roles: { reader: { trusts: [{ issuer: "company", subjectPatterns: ["*@example.net"] }] } },
  } as const;
  const [user] = identitiesOf(directoryOfFederation(readFederation(input).federation)).filter(
    ({ subject, declared }) => !declared && subject.includes("@"),
  );
  expect(user?.subject).toMatch(/^mallory@[^@]+\.example$/);
});

test("client credentials give a token as Databricks' are, in the header or in the body", async () => {
  const { clientId, clientSecret } = of(READER);
  const answers = [
    await token("production", { grant_type: "client_credentials", ...client(READER) }),
    await token(
      "production",
      { grant_type: "client_credentials", scope: "openid" },
      { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
    ),
    await token(
      "production",
      { grant_type: "client_credentials" },
      {
        authorization: `Basic ${Buffer.from(`${clientId.replaceAll("-", "%2D")}:${clientSecret}`).toString("base64")}`,
      },
    ),
  ];
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 200, token_type: "Bearer", expires_in: 3600 });
    expect(claims(answer)).toEqual({
      client_id: READER,
      scope: answer["scope"],
      iss: "https://mycompany.cloud.databricks.com/oidc",
      aud: "1444828305810485",
      sub: READER,
      iat: now,
      exp: now + 3600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  }
  expect(
    claims(await token("company", { grant_type: "client_credentials", ...client("alice@example.com", "company") })),
  ).toMatchObject({
    iss: "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    aud: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    sub: "alice@example.com",
  });
  expect(
    claims(await token("production", { grant_type: "client_credentials", audience: "sts", ...client(READER) }))["aud"],
  ).toBe("sts");
});

test("a notebook's own token and another issuer's are exchanged", async () => {
  expect(
    claims(
      await token("production", {
        grant_type: EXCHANGE,
        subject_token_type: PAT,
        subject_token: of(WRITER).personalAccessToken ?? "",
      }),
    )["sub"],
  ).toBe(WRITER);
  const foreign = jwt({ iss: "https://token.actions.githubusercontent.com", sub: "repo:acme/lake", exp: now + 60 });
  expect(
    claims(
      await token("production", {
        grant_type: EXCHANGE,
        subject_token_type: JWT,
        subject_token: foreign,
        client_id: READER,
      }),
    )["sub"],
  ).toBe(READER);
  expect(
    claims(
      await token("company", {
        grant_type: EXCHANGE,
        subject_token_type: JWT,
        subject_token: jwt({ iss: "https://idp.example.com", sub: "alice@example.com", exp: now + 60 }),
      }),
    )["sub"],
  ).toBe("alice@example.com");
});

describe("the token endpoint refuses", () => {
  test.each<[string, string, () => Form | string, Form, string]>([
    ["no grant", "production", () => ({}), {}, "invalid_request"],
    ["an unknown grant", "production", () => ({ grant_type: "password" }), {}, "unsupported_grant_type"],
    ["a body that is not a form", "production", () => "{}", { "content-type": "application/json" }, "invalid_request"],
    [
      "a parameter twice",
      "production",
      () => "grant_type=client_credentials&grant_type=client_credentials",
      {},
      "invalid_request",
    ],
    ["no client", "production", () => ({ grant_type: "client_credentials" }), {}, "invalid_client"],
    [
      "a wrong secret",
      "production",
      () => ({ grant_type: "client_credentials", client_id: READER, client_secret: "dose0" }),
      {},
      "invalid_client",
    ],
    [
      "a client of another issuer",
      "azure",
      () => ({ grant_type: "client_credentials", ...client(READER) }),
      {},
      "invalid_client",
    ],
    [
      "another client's secret",
      "production",
      () => ({ grant_type: "client_credentials", client_id: READER, client_secret: of(WRITER).clientSecret }),
      {},
      "invalid_client",
    ],
    [
      "a header that is not Basic",
      "production",
      () => ({ grant_type: "client_credentials" }),
      { authorization: "Bearer x" },
      "invalid_client",
    ],
    [
      "a secret in header and body",
      "production",
      () => ({ grant_type: "client_credentials", ...client(READER) }),
      { authorization: `Basic ${Buffer.from("a:b").toString("base64")}` },
      "invalid_request",
    ],
    [
      "an unknown scope",
      "production",
      () => ({ grant_type: "client_credentials", scope: "openid everything", ...client(READER) }),
      {},
      "invalid_scope",
    ],
    [
      "all APIs for a notebook's token",
      "production",
      () => ({
        grant_type: EXCHANGE,
        scope: "all-apis",
        subject_token_type: PAT,
        subject_token: of(READER).personalAccessToken ?? "",
      }),
      {},
      "invalid_scope",
    ],
    [
      "a notebook's token of nobody",
      "production",
      () => ({ grant_type: EXCHANGE, subject_token_type: PAT, subject_token: "dapi0" }),
      {},
      "invalid_grant",
    ],
    [
      "a notebook's token at another workspace",
      "azure",
      () => ({ grant_type: EXCHANGE, subject_token_type: PAT, subject_token: of(READER).personalAccessToken ?? "" }),
      {},
      "invalid_grant",
    ],
    [
      "a notebook's token at the account",
      "company",
      () => ({ grant_type: EXCHANGE, subject_token_type: PAT, subject_token: of(READER).personalAccessToken ?? "" }),
      {},
      "invalid_request",
    ],
    [
      "a foreign token that is over",
      "production",
      () => ({
        grant_type: EXCHANGE,
        subject_token_type: JWT,
        subject_token: jwt({ iss: "x", sub: READER, exp: now - 61 }),
        client_id: READER,
      }),
      {},
      "invalid_grant",
    ],
    [
      "a foreign token without issuer",
      "production",
      () => ({
        grant_type: EXCHANGE,
        subject_token_type: JWT,
        subject_token: jwt({ sub: READER, exp: now + 60 }),
        client_id: READER,
      }),
      {},
      "invalid_grant",
    ],
    [
      "a foreign token of nobody here",
      "production",
      () => ({
        grant_type: EXCHANGE,
        subject_token_type: JWT,
        subject_token: jwt({ iss: "x", sub: "repo:x", exp: now + 60 }),
      }),
      {},
      "invalid_grant",
    ],
    [
      "a foreign token that is not a JWT",
      "production",
      () => ({ grant_type: EXCHANGE, subject_token_type: JWT, subject_token: "x.y", client_id: READER }),
      {},
      "invalid_grant",
    ],
    [
      "a subject token of another kind",
      "production",
      () => ({ grant_type: EXCHANGE, subject_token_type: "saml", subject_token: "x" }),
      {},
      "invalid_request",
    ],
    [
      "a refresh token of another run",
      "production",
      () => ({
        grant_type: "refresh_token",
        client_id: "databricks-cli",
        refresh_token: makeSeal().close("refresh", {}),
      }),
      {},
      "invalid_grant",
    ],
    [
      "a session token as a refresh token",
      "production",
      () => ({
        grant_type: "refresh_token",
        client_id: "databricks-cli",
        refresh_token: seal.close("session", { issuer: "production" }),
      }),
      {},
      "invalid_grant",
    ],
    [
      "an unknown code",
      "production",
      () => ({ grant_type: "authorization_code", client_id: "databricks-cli", code: "x" }),
      {},
      "invalid_grant",
    ],
  ])("%s", async (_what, key, form, headers, code) => {
    const answer = await token(key, form(), headers);
    expect(answer).toMatchObject({ status: code === "invalid_client" ? 401 : 400, error: code });
    expect(JSON.stringify(answer)).not.toMatch(/dose[0-9a-f]{8}|dapi[0-9a-f]{8}|eyJ/);
  });
});

describe("the log-in", () => {
  const VERIFIER = "v".repeat(43);
  const asked = {
    client_id: "databricks-cli",
    redirect_uri: "http://localhost:8020",
    response_type: "code",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    state: "s&1",
    scope: "all-apis offline_access",
  };
  const logIn = async (
    change: Readonly<Record<string, string | undefined>> = {},
    key = "company",
  ): Promise<{ readonly status: number; readonly back: URLSearchParams }> => {
    const query = new URLSearchParams(
      Object.entries({ ...asked, ...change }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const path =
      key === "company" ? "/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012/v1/authorize" : "/oidc/v1/authorize";
    const reply = await databricksReply(await host(key), path, exchange({ method: "GET", query }));
    return {
      status: reply?.status ?? 0,
      back: URL.canParse(reply?.headers["location"] ?? "")
        ? new URL(reply?.headers["location"] ?? "").searchParams
        : new URLSearchParams(),
    };
  };
  const redeem = (code: string | null, change: Form = {}, key = "company") =>
    token(key, {
      grant_type: "authorization_code",
      client_id: "databricks-cli",
      redirect_uri: "http://localhost:8020",
      code: code ?? "",
      code_verifier: VERIFIER,
      ...change,
    });

  test("gives a code for one token, within a minute, to who asked", async () => {
    const { status, back } = await logIn();
    expect([status, back.get("state")]).toEqual([302, "s&1"]);
    const answer = await redeem(back.get("code"));
    expect(claims(answer)).toMatchObject({
      sub: "alice@example.com",
      client_id: "databricks-cli",
      scope: "all-apis offline_access",
    });
    expect(await redeem(back.get("code"))).toMatchObject({ error: "invalid_grant" });
    const refreshed = await token("company", {
      grant_type: "refresh_token",
      client_id: "databricks-cli",
      refresh_token: String(answer["refresh_token"]),
    });
    expect(claims(refreshed)["sub"]).toBe("alice@example.com");
    expect(
      await token("company", {
        grant_type: "refresh_token",
        client_id: "another",
        refresh_token: String(answer["refresh_token"]),
      }),
    ).toMatchObject({ error: "invalid_grant" });
    expect(
      await token("production", {
        grant_type: "refresh_token",
        client_id: "databricks-cli",
        refresh_token: String(answer["refresh_token"]),
      }),
    ).toMatchObject({ error: "invalid_grant" });
    const others: readonly Form[] = [
      { client_id: "another" },
      { redirect_uri: "http://localhost:8021" },
      { code_verifier: "w".repeat(43) },
    ];
    for (const wrong of others) {
      expect(await redeem((await logIn()).back.get("code"), wrong)).toMatchObject({ error: "invalid_grant" });
    }
    const late = (await logIn()).back.get("code");
    now += 61;
    expect(await redeem(late)).toMatchObject({ error: "invalid_grant" });
  });

  test("is for whom login_hint names", async () => {
    expect(
      claims(await redeem((await logIn({ login_hint: "someone@data.example.com" })).back.get("code")))["sub"],
    ).toBe("someone@data.example.com");
    expect((await logIn({ login_hint: "bob@example.com" })).back.get("error")).toBe("access_denied");
  });

  test.each<[string, Readonly<Record<string, string | undefined>>, string | null]>([
    ["no challenge", { code_challenge: undefined }, "invalid_request"],
    ["a plain challenge", { code_challenge_method: "plain" }, "invalid_request"],
    ["no method, which would mean plain", { code_challenge_method: undefined }, "invalid_request"],
    ["another response", { response_type: "token" }, "unsupported_response_type"],
    ["an unknown scope", { scope: "everything" }, "invalid_scope"],
    ["no client", { client_id: undefined }, null],
    ["a redirect off this machine", { redirect_uri: "https://evil.example/" }, null],
    ["a redirect that looks like this machine", { redirect_uri: "http://localhost.evil.example/" }, null],
    ["a redirect to a script", { redirect_uri: "javascript:alert(1)" }, null],
  ])("refuses %s", async (_what, change, error) => {
    const { status, back } = await logIn(change);
    expect([status, back.get("error"), back.get("code")]).toEqual([error === null ? 400 : 302, error, null]);
  });

  test("keeps no more than a thousand codes, each of them small", async () => {
    const kept = authorizationCodes();
    const facts = {
      issuer: "i",
      subject: "s",
      clientId: "c",
      redirectUri: "http://localhost/",
      challenge: "",
      scope: [],
      nonce: null,
    };
    const first = kept.give(facts, 0);
    for (let count = 0; count < 999; count += 1) kept.give(facts, 0);
    const last = kept.give(facts, 0);
    expect([kept.take(first, 0), kept.take(last, 0)?.subject]).toEqual([undefined, "s"]);
    const long = "x".repeat(2_000);
    for (const change of [{ nonce: long }, { client_id: long }, { redirect_uri: `http://localhost/${long}` }])
      expect((await logIn(change)).back.get("code")).toBeNull();
  });
});

test("documents carry production's issuer and the sandbox's addresses", async () => {
  const read = async (key: string, path: string, method = "GET"): Promise<unknown> =>
    JSON.parse((await databricksReply(await host(key), path, exchange({ method })))?.body ?? "null");
  expect(await read("production", "/.well-known/databricks-config")).toEqual({
    oidc_endpoint: "http://127.0.0.1:1/production/oidc",
    host_type: "workspace",
    workspace_id: "1444828305810485",
    cloud: "aws",
  });
  expect(await read("company", "/.well-known/databricks-config")).toMatchObject({
    oidc_endpoint: "http://127.0.0.1:1/company/oidc/accounts/{account_id}",
    account_id: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
  });
  for (const name of ["openid-configuration", "oauth-authorization-server"]) {
    expect(await read("azure", `/oidc/.well-known/${name}`)).toMatchObject({
      issuer: "https://adb-1234567890123456.7.azuredatabricks.net/oidc",
      token_endpoint: "http://127.0.0.1:1/azure/oidc/v1/token",
    });
  }
  expect(await read("company", "/oidc/.well-known/openid-configuration")).toBeNull();
  expect(await read("production", "/oidc/v1/token")).toMatchObject({ error: "invalid_request" });
});

describe("the REST API that clients check a token with", () => {
  const ME = "/api/2.0/preview/scim/v2/Me";
  const ACCOUNT = "/api/2.0/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012/workspaces";
  const credentials = (subject: string, key = "production"): Form => {
    const { clientId, clientSecret } = of(subject, key);
    return { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
  };
  const call = async (key: string, path: string, authorization?: string, method = "GET") => {
    const reasons: string[] = [];
    const headers: Form = authorization === undefined ? {} : { authorization };
    const reply = await databricksReply(await host(key, reasons), path, exchange({ method, headers }));
    expect(reasons.join()).not.toContain(authorization?.slice(7).padEnd(1, "\0") ?? "Bearer ey");
    return reply === undefined ? undefined : { status: reply.status, body: JSON.parse(reply.body) as unknown };
  };
  const bearer = (answer: Readonly<Record<string, unknown>>): string => `Bearer ${String(answer["access_token"])}`;

  test("a workspace says whose token it is, by the same ID each time; an account lists no workspaces", async () => {
    const reader = await token("production", credentials(READER));
    const mallory = of("mallory@example.net", "azure");
    const user = await call("production", ME, bearer(reader));
    expect(user).toMatchObject({
      status: 200,
      body: { userName: READER, active: true, id: expect.stringMatching(/^\d{16}$/) as string },
    });
    expect(await call("production", ME, bearer(reader))).toEqual(user);
    expect(await call("azure", ME, `Bearer ${mallory.personalAccessToken ?? ""}`)).toMatchObject({
      status: 200,
      body: { userName: "mallory@example.net", emails: [{ value: "mallory@example.net" }] },
    });
    const company = await token("company", credentials("alice@example.com", "company"));
    expect(await call("company", ACCOUNT, bearer(company))).toEqual({ status: 200, body: [] });
    expect(await call("company", ME, bearer(company))).toBeUndefined();
    expect(await call("production", ACCOUNT, bearer(reader))).toBeUndefined();
    expect(await call("production", "/api/2.0/accounts//workspaces", bearer(reader))).toBeUndefined();
  });

  test("a token of another issuer, another run, another scope, an expired one and none are refused", async () => {
    const reader = await token("production", credentials(READER));
    const [narrow, company] = [
      await token("production", { ...credentials(READER), scope: "openid" }),
      await token("company", credentials("alice@example.com", "company")),
    ];
    const forged = await (await makeKeys()).sign(claims(reader));
    const own = await keysMade;
    const refusal = (status: number, error_code: string) => ({
      status,
      body: { error_code, message: expect.any(String) as string },
    });
    for (const authorization of [
      undefined,
      "Bearer ",
      "Basic eDp5",
      "Bearer dapi0123456789abcdef0123456789abcdef",
      "Bearer a.b.c",
      bearer(company),
      `Bearer ${forged}`,
      `Bearer ${await own.sign({ ...claims(reader), exp: String(now + 60) })}`,
      `Bearer ${await own.sign({ ...claims(reader), exp: now })}`,
      `Bearer ${await own.sign({ ...claims(reader), sub: 7 })}`,
    ])
      expect([authorization, await call("production", ME, authorization)]).toEqual([
        authorization,
        refusal(401, "UNAUTHENTICATED"),
      ]);
    expect(await call("production", ME, bearer(narrow))).toEqual(refusal(403, "PERMISSION_DENIED"));
    expect(await call("production", ME, bearer(reader), "POST")).toMatchObject({ status: 405 });
  });
});
