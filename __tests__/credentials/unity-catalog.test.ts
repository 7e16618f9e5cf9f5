import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { cachedDocument, callKey } from "../../src/credentials/cached-call";
import { printedCredentials, writeCredentialsProfile } from "../../src/credentials/forms";
import { getSession, renewingSession } from "../../src/credentials/session";
import {
  catalogOptions,
  chosenSession,
  type CredentialsOptions,
  sessionOptions,
} from "../../src/credentials/session-options";
import { FederationError } from "../../src/errors";
import type { FakeAws } from "../support/fake-aws";
import { catalogCredentials, ROLE_ARN, startFakeAws } from "../support/fake-aws";
import { FAULTS, json, type Play } from "../support/fault-server";
import { temporaryFolder } from "../support/temporary-folder";

let aws: FakeAws;
let now = Date.now();
beforeAll(async () => {
  aws = await startFakeAws();
  aws.clock = () => now;
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.catalog = undefined;
  aws.token = undefined;
  now = Date.now();
});

const ARGS = ["--via", "unity-catalog", "--credential", "lake"];

function caller(
  change: Partial<CredentialsOptions> = {},
  env: Readonly<Record<string, string>> = {},
  home = temporaryFolder("home"),
): { readonly options: CredentialsOptions; readonly home: string; readonly notes: string[] } {
  const notes: string[] = [];
  return {
    home,
    notes,
    options: {
      environment: { env: { ...aws.env, PATH: "", ...env }, home, now: () => now },
      args: ARGS,
      cwd: home,
      via: "unity-catalog",
      credential: "lake",
      wait: "0",
      note: (text) => notes.push(text),
      ...change,
    },
  };
}

const print = ({ options }: ReturnType<typeof caller>): Promise<string> =>
  printedCredentials(chosenSession(options), "process");

async function failure(from: ReturnType<typeof caller>): Promise<FederationError> {
  const error: unknown = await print(from).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FederationError)) throw new Error(`not a coded error: ${inspect(error)}`);
  expect(
    `${error.message}\n${error.stack ?? ""}\n${JSON.stringify(error)}\n${inspect(error, { depth: 9 })}`,
  ).not.toMatch(/PLANTED|UExBTlRFR|eyJ[A-Za-z0-9_-]{10}/);
  return error;
}

describe("credentials by way of Unity Catalog", () => {
  test("are those that its API gives for the service credential, with a token of the workspace", async () => {
    const from = caller();
    expect(JSON.parse(await print(from))).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/) as string,
      SecretAccessKey: expect.any(String) as string,
      SessionToken: expect.any(String) as string,
      Expiration: new Date(now + 3_600_000).toISOString().replace(/\.\d+Z$/, "Z"),
    });
    const [token, call] = aws.server.received.slice(-2);
    expect(new URLSearchParams(token?.body).get("scope")).toBe("all-apis");
    expect([call?.method, call?.url, call?.body]).toEqual([
      "POST",
      "/api/2.1/unity-catalog/temporary-service-credentials",
      '{"credential_name":"lake"}',
    ]);
    expect(call?.headers.authorization).toMatch(/^Bearer eyJ/);
  });

  test("asked for twenty times at once make one call, and are renewed before their end", async () => {
    const from = caller();
    const before = aws.catalogCalls();
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => print(from)))).size).toBe(1);
    expect(aws.catalogCalls() - before).toBe(1);
    const session = renewingSession(() => getSession(chosenSession(from.options)), { now: () => now });
    const start = now;
    const served = new Set<string>();
    for (; now < start + 5 * 3_600_000; now += 7 * 60_000) {
      const { accessKeyId, expires } = await session();
      expect(expires - now).toBeGreaterThan(5 * 60_000);
      served.add(accessKeyId);
    }
    expect(served.size).toBeGreaterThanOrEqual(5);
  });

  test("are cached for their host, their credential and their caller", async () => {
    const one = caller();
    const first = await print(one);
    expect(await print(caller({}, {}, one.home))).toBe(first);
    const call = { args: ARGS, cwd: one.home, env: one.options.environment.env, home: one.home };
    expect(cachedDocument(call, now)).toBe(first);
    // no federation file decides about it
    expect(cachedDocument({ ...call, cwd: "/" }, now)).toBe(first);
    const others: readonly ReturnType<typeof caller>[] = [
      caller({ credential: "other", args: [...ARGS.slice(0, -1), "other"] }, {}, one.home),
      caller({}, { DATABRICKS_HOST: `${aws.origin}/other` }, one.home),
      caller({}, { DATABRICKS_CLIENT_ID: "1f0e9d8c-7b6a-4594-8372-615049382716" }, one.home),
      caller({}, { DATABRICKS_CLIENT_SECRET: "", DATABRICKS_TOKEN: "dapiPLANTED0123456789" }, one.home),
    ];
    const keys = new Set(
      [call, ...others.map(({ options: { args, cwd, environment } }) => ({ args, cwd, ...environment }))].map(callKey),
    );
    expect(keys.size).toBe(1 + others.length);
    for (const other of others) expect(await print(other)).not.toBe(first);
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ["a personal access token", { DATABRICKS_TOKEN: "dapiPLANTED0123456789" }, "dapiPLANTED0123456789"],
    [
      "a notebook's own token",
      { DATABRICKS_TOKEN: "dkeaPLANTED0123456789", DATABRICKS_RUNTIME_VERSION: "16.4" },
      "dkeaPLANTED0123456789",
    ],
  ])("are given for %s, which is sent as it is", async (_name, env, token) => {
    const before = aws.tokenCalls();
    await print(caller({}, { DATABRICKS_CLIENT_ID: "", DATABRICKS_CLIENT_SECRET: "", ...env }));
    expect(aws.server.received.at(-1)?.headers.authorization).toBe(`Bearer ${token}`);
    expect(aws.tokenCalls()).toBe(before);
  });

  test("are given for the personal token of a profile", async () => {
    const from = caller({ profile: "me" }, { DATABRICKS_CLIENT_ID: "", DATABRICKS_CLIENT_SECRET: "" });
    writeFileSync(join(from.home, ".databrickscfg"), `[me]\nhost = ${aws.origin}\ntoken = dapiPLANTED0123456789\n`);
    for (const source of [undefined, "profile", "env"]) {
      await print({ ...from, options: { ...from.options, from: source, args: [...ARGS, source ?? ""] } });
      expect(aws.server.received.at(-1)?.headers.authorization).toBe("Bearer dapiPLANTED0123456789");
    }
  });

  test("are repeated by a profile without a secret, and without a federation file", async () => {
    const from = caller({ from: "client-credentials" });
    await writeCredentialsProfile(from.options, "lake", ["/usr/bin/node", "/opt/cli.js"]);
    expect(readFileSync(join(from.home, ".aws", "config"), "utf8")).toBe(
      "[profile lake]\ncredential_process = /usr/bin/node /opt/cli.js credentials --via unity-catalog --credential " +
        "lake --region us-east-1 --from client-credentials --wait 0 --format process\nregion = us-east-1\n",
    );
  });
});

test.each<[string, Partial<CredentialsOptions>, Readonly<Record<string, string>>, string]>([
  ["a role", { role: "lake-reader" }, {}, "usage"],
  ["a role by its ARN", { roleArn: ROLE_ARN }, {}, "usage"],
  ["a length", { duration: "1h" }, {}, "usage"],
  ["a session name", { sessionName: "me" }, {}, "usage"],
  ["an AWS endpoint", { allowEndpoint: true }, {}, "usage"],
  ["no credential", { credential: undefined }, {}, "required"],
  ["an empty name", { credential: "" }, {}, "credential-name-invalid"],
  ["a name with a line in it", { credential: "a\nb" }, {}, "credential-name-invalid"],
  ["a name that is too long", { credential: "x".repeat(256) }, {}, "credential-name-invalid"],
  ["no host", {}, { DATABRICKS_HOST: "" }, "databricks-host-missing"],
  [
    "the host of accounts",
    {},
    { DATABRICKS_HOST: "https://accounts.cloud.databricks.com" },
    "databricks-host-mismatch",
  ],
  ["a host that is not Databricks'", {}, { DATABRICKS_HOST: "http://example.com" }, "issuer-not-https"],
])("%s is refused before anything is sent", async (_name, change, env, code) => {
  const before = aws.server.received.length;
  expect(() => chosenSession(caller(change, env).options)).toThrow(expect.objectContaining({ code }) as Error);
  expect(aws.server.received.length).toBe(before);
});

test("an issuer of the federation names the workspace, and not another than the configured one", () => {
  const config = join(temporaryFolder("federation"), "federation.yaml");
  writeFileSync(config, readFileSync("federation.yaml"));
  const { options } = caller({ config, issuer: "production" }, { DATABRICKS_HOST: "" });
  expect(catalogOptions(options).url.href).toMatch(
    /^https:\/\/mycompany\.cloud\.databricks\.com\/api\/2\.1\/unity-catalog\/temporary-service-credentials$/,
  );
  expect(() =>
    catalogOptions(
      caller({ config, issuer: "production" }, { DATABRICKS_HOST: "https://other.cloud.databricks.com" }).options,
    ),
  ).toThrow(expect.objectContaining({ code: "databricks-host-mismatch" }) as Error);
});

test("--credential without --via unity-catalog is refused", () => {
  expect(() => sessionOptions({ ...caller({ via: undefined }).options, roleArn: ROLE_ARN })).toThrow(
    expect.objectContaining({ code: "usage" }) as Error,
  );
});

const refusal = (status: number, error_code: string, message: string): Play => json({ error_code, message }, status);
/** A session whose end is what `unit` makes of it. */
const ending =
  (unit: (at: number) => number): Play =>
  (...exchange) =>
    json({ ...(catalogCredentials(1, Date.now()) as object), expiration_time: unit(Date.now() + 3_600_000) })(
      ...exchange,
    );

describe("a Unity Catalog that refuses or misbehaves", () => {
  const cases: Readonly<Record<string, { readonly play: Play; readonly codes: readonly string[] }>> = {
    ...FAULTS,
    "429": { ...FAULTS["429"], play: json({ error: "too_many" }, 429), codes: ["response-status"] },
    "the token echoed": {
      play: (request, response, body) =>
        refusal(400, "INVALID_PARAMETER_VALUE", `cannot use ${request.headers.authorization ?? ""}`)(
          request,
          response,
          body,
        ),
      codes: ["credential-refused"],
    },
    "no ACCESS": {
      play: refusal(403, "PERMISSION_DENIED", "User does not have ACCESS on Service Credential 'lake'."),
      codes: ["credential-access-denied"],
    },
    "an unknown credential": {
      play: refusal(404, "CREDENTIAL_DOES_NOT_EXIST", "Credential 'lake' does not exist."),
      codes: ["credential-not-found"],
    },
    "a role that does not assume itself": {
      play: refusal(403, "PERMISSION_DENIED", "Validation failed: the IAM role is not self-assuming."),
      codes: ["credential-role-refused"],
    },
    "a role that refuses Databricks": {
      play: refusal(400, "INVALID_STATE", "AccessDenied: not authorized to perform sts:AssumeRole"),
      codes: ["credential-role-refused"],
    },
    "a token without the scope": {
      play: refusal(403, "PERMISSION_DENIED", "Provided OAuth token does not have required scopes: unity-catalog"),
      codes: ["token-scope-refused"],
    },
    "a token that is not accepted": {
      play: refusal(401, "UNAUTHENTICATED", "Credential was not sent"),
      codes: ["token-refused"],
    },
    "an IP access list": {
      play: refusal(403, "PERMISSION_DENIED", "Source IP address: 1.2.3.4 is blocked by Databricks IP ACL"),
      codes: ["credential-refused"],
    },
    "a busy catalog": { play: refusal(503, "TEMPORARILY_UNAVAILABLE", "busy"), codes: ["credential-refused"] },
    "an old workspace": { play: json("not found", 404), codes: ["response-status"] },
    "a session for Azure": { play: json({ azure_aad: { aad_token: "PLANTED" } }), codes: ["response-not-json"] },
    "no keys": { play: json({ aws_temp_credentials: null, expiration_time: 1 }), codes: ["response-not-json"] },
    "keys of another type": {
      play: json({ aws_temp_credentials: { access_key_id: 1, secret_access_key: [], session_token: {} } }),
      codes: ["response-not-json"],
    },
    "an end that is no time": {
      play: json({
        aws_temp_credentials: { access_key_id: "ASIA", secret_access_key: "PLANTED", session_token: "PLANTED" },
        expiration_time: "soon",
      }),
      codes: ["response-not-json"],
    },
    "an end in seconds": { play: ending((at) => Math.floor(at / 1000)), codes: ["response-not-json"] },
    "an end in microseconds": { play: ending((at) => at * 1000), codes: ["response-not-json"] },
    "an end that is past": { play: ending((at) => at - 2 * 3_600_000), codes: ["response-not-json"] },
    "a key with a line in it": {
      play: json({
        aws_temp_credentials: { access_key_id: "ASIA\n", secret_access_key: "PLANTED", session_token: "PLANTED" },
        expiration_time: Date.now() + 3_600_000,
      }),
      codes: ["response-not-json"],
    },
    "another service": { play: json(["hello"]), codes: ["response-not-json"] },
  };

  test.each(Object.entries(cases))("%s: bounded, coded, silent about token and keys", async (name, { play, codes }) => {
    // these two are waited for, four times
    const timeoutMs = ["hang", "slow drip"].includes(name) ? 200 : 1000;
    const from = caller({ args: ["--no-cache"] });
    const options = catalogOptions(from.options);
    aws.catalog = play;
    const started = Date.now();
    const error: unknown = await getSession({
      ...options,
      token: { ...options.token, timeoutMs },
      retry: { newRoleWaitMs: 0, sleep: async () => undefined, random: () => 0 },
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(FederationError);
    expect([...codes]).toContain((error as FederationError).code);
    expect(`${(error as FederationError).message}${JSON.stringify(error)}${inspect(error, { depth: 9 })}`).not.toMatch(
      /PLANTED|UExBTlRFR|eyJ[A-Za-z0-9_-]{10}/,
    );
    expect(from.notes.join()).not.toMatch(/PLANTED|UExBTlRFR|eyJ/);
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});

test("the token goes to the configured workspace only, and no redirect is followed", async () => {
  const { received } = aws.server;
  aws.catalog = (_request, response) => {
    response.writeHead(307, { location: `${aws.origin}/stolen` }).end();
  };
  expect((await failure(caller())).code).toBe("response-redirect");
  expect(received.some(({ url }) => url === "/stolen")).toBe(false);
});

test("a long message of a refusal is read in a moment", async () => {
  aws.catalog = refusal(400, "INVALID_STATE", "invalid ".repeat(30_000));
  const started = Date.now();
  expect((await failure(caller())).code).toBe("credential-refused");
  expect(Date.now() - started).toBeLessThan(2000);
});
