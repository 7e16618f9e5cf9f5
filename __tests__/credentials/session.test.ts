import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { assumeRole } from "../../src/credentials/assume";
import { cacheFolder, purgeCache } from "../../src/credentials/cached-session";
import { serveCredentials } from "../../src/credentials/container";
import { commandEnvironment, tokenSourceVariables } from "../../src/credentials/run-command";
import { printedCredentials, writeCredentialsProfile, writeTokenFile } from "../../src/credentials/forms";
import type { CredentialsOptions } from "../../src/credentials/session-options";
import { sessionOptions } from "../../src/credentials/session-options";
import { getSession, renewingSession } from "../../src/credentials/session";
import { cachedDocument, callKey } from "../../src/credentials/cached-call";
import { sessionFile } from "../../src/credentials/cached-session";
import { credentialPlaces } from "../../src/credentials/credential-chain";
import { FederationError } from "../../src/errors";
import { request } from "../../src/network/request";
import { secret } from "../../src/text/secret";
import type { FakeAws } from "../support/fake-aws";
import { fakeToken, PLANTED, ROLE_ARN, startFakeAws, stsError } from "../support/fake-aws";
import { FAULTS, json } from "../support/fault-server";
import { temporaryFolder } from "../support/temporary-folder";

let aws: FakeAws;
let now = Date.now();
beforeAll(async () => {
  aws = await startFakeAws();
  aws.clock = () => now;
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.sts = undefined;
  aws.token = undefined;
  now = Date.now();
});

interface Caller {
  readonly question: CredentialsOptions;
  readonly home: string;
  readonly notes: string[];
}

function caller(
  change: Partial<CredentialsOptions> = {},
  env: Readonly<Record<string, string>> = {},
  home = temporaryFolder("home"),
): Caller {
  const notes: string[] = [];
  return {
    home,
    notes,
    question: {
      environment: { env: { ...aws.env, PATH: "", ...env }, home, now: () => now },
      args: ["--role-arn", ROLE_ARN],
      cwd: home,
      roleArn: ROLE_ARN,
      wait: "0",
      note: (text) => notes.push(text),
      ...change,
    },
  };
}

const print = (from: Caller): Promise<string> => printedCredentials(sessionOptions(from.question), "process");

describe("credentials", () => {
  test("are AWS' credential_process document, version 1", async () => {
    expect(JSON.parse(await print(caller()))).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: expect.any(String),
      SessionToken: expect.any(String),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const sent = new URLSearchParams(aws.server.received.at(-1)?.body);
    expect(sent.get("RoleArn")).toBe(ROLE_ARN);
    expect(sent.get("RoleSessionName")).toBe("6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b");
  });

  test("as shell exports survive a shell", async () => {
    expect(await printedCredentials(sessionOptions(caller().question), "env")).toMatch(
      new RegExp(
        [
          "^export AWS_ACCESS_KEY_ID='ASIA[A-Z0-9]+'",
          "export AWS_SECRET_ACCESS_KEY='[^']+'",
          "export AWS_SESSION_TOKEN='[^']+'",
          "export AWS_CREDENTIAL_EXPIRATION='[^']+'$",
        ].join("\n"),
      ),
    );
  });

  test("asked for twenty times at once make one call to STS", async () => {
    const from = caller();
    const before = aws.stsCalls();
    const all = await Promise.all(Array.from({ length: 20 }, () => print(from)));
    expect(new Set(all).size).toBe(1);
    expect(aws.stsCalls() - before).toBe(1);
  });

  test("that fail do so for each caller by a call of its own, and leave nothing for later callers", async () => {
    aws.sts = stsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
    const from = caller();
    const before = aws.stsCalls();
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => print(from)));
    expect(all.map((one) => (one.status === "rejected" ? (one.reason as FederationError).code : "in"))).toEqual(
      Array(10).fill("aws-access-denied"),
    );
    expect(aws.stsCalls() - before).toBe(10);
    const folder = join(from.home, ".cache", "databricks-aws-oidc");
    expect(readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.(?!holder)/.test(name))).toEqual([]);
    aws.sts = undefined;
    await expect(print(from)).resolves.toContain("ASIA");
  });

  test("of two calls for one role and identity are one session", async () => {
    const one = caller();
    const other = caller({ args: ["--role-arn", ROLE_ARN, "--format", "env"] }, {}, one.home);
    const before = aws.stsCalls();
    expect(await print(one)).toBe(await print(other));
    expect(aws.stsCalls() - before).toBe(1);
  });

  test.each<[string, Partial<CredentialsOptions>, Readonly<Record<string, string>>, Readonly<Record<string, unknown>>]>(
    [
      ["role", { roleArn: `${ROLE_ARN}-2`, args: ["2"] }, {}, {}],
      ["identity", { args: ["3"] }, {}, { sub: "alice@example.com" }],
      ["issuer", { args: ["4"] }, {}, { iss: "https://other.cloud.databricks.com/oidc" }],
      ["session name", { sessionName: "another", args: ["5"] }, {}, {}],
      ["length", { duration: "30m", args: ["6"] }, {}, {}],
    ],
  )("of another %s are another session", async (_name, change, env, claims) => {
    const one = caller();
    const first = await print(one);
    aws.token = json({ access_token: fakeToken(claims), token_type: "bearer" });
    expect(await print(caller(change, env, one.home))).not.toBe(first);
  });

  test("outlive ten token lives without a failed call, each with five minutes left at least", async () => {
    const from = caller();
    const session = renewingSession(() => getSession(sessionOptions(from.question)), { now: () => now });
    const start = now;
    const served = new Set<string>();
    for (; now < start + 10 * 3_600_000; now += 7 * 60_000) {
      const { accessKeyId, expires } = await session();
      expect(expires - now).toBeGreaterThan(5 * 60_000);
      served.add(accessKeyId);
    }
    expect(served.size).toBeGreaterThanOrEqual(10);
    expect(served.size).toBeLessThan(20);
  });

  test("are served to their last five minutes when a new session cannot be had, and no longer", async () => {
    const from = caller();
    const first = await print(from);
    aws.sts = stsError(503, "ServiceUnavailable", "busy");
    aws.token = json({ error: "invalid_client" }, 401);
    now += 50 * 60_000;
    expect(await print(from)).toBe(first);
    expect(from.notes.join()).toContain("token-refused");
    now += 6 * 60_000;
    await expect(print(from)).rejects.toMatchObject({ code: "token-refused" });
  });
});

describe("the cache", () => {
  test("is the user's alone, and purge empties it", async () => {
    const from = caller();
    await print(from);
    const folder = join(from.home, ".cache", "databricks-aws-oidc");
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, "mine.txt"), "keep");
    expect(purgeCache(cacheFolder(from.question.environment.env, from.question.environment.home))).toBe(1);
    expect(readdirSync(folder)).toEqual(["mine.txt"]);
  });

  test.each<[string, (file: string) => void]>([
    ["readable by others", (file) => chmodSync(file, 0o644)],
    ["torn", (file) => writeFileSync(file, readFileSync(file, "utf8").slice(0, 40), { mode: 0o600 })],
    ["of another shape", (file) => writeFileSync(file, "[]")],
    [
      "a link",
      (file) => {
        const real = `${file}.real`;
        writeFileSync(real, readFileSync(file), { mode: 0o600 });
        rmSync(file);
        symlinkSync(real, file);
      },
    ],
  ])("is not believed when an entry is %s", async (_name, spoil) => {
    const from = caller();
    const first = await print(from);
    const folder = join(from.home, ".cache", "databricks-aws-oidc");
    spoil(join(folder, readdirSync(folder).find((name) => /^[0-9a-f]{64}\.json$/.test(name)) ?? ""));
    expect(await print(from)).not.toBe(first);
  });

  test("is left alone when its folder is accessible to other users, and inside Databricks", async () => {
    const open = temporaryFolder("open");
    chmodSync(open, 0o777);
    const from = caller({}, { DATABRICKS_AWS_OIDC_CACHE_DIR: open });
    await print(from);
    expect(readdirSync(open)).toEqual([]);
    expect(from.notes.join()).toContain("accessible to other users");
    const inside = caller({}, { DATABRICKS_RUNTIME_VERSION: "16.4" });
    await print(inside);
    expect(readdirSync(inside.home)).toEqual([]);
  });

  test("that cannot be written costs no credentials", async () => {
    const from = caller();
    const folder = join(from.home, ".cache", "databricks-aws-oidc");
    const call = { args: from.question.args, cwd: from.home, env: from.question.environment.env, home: from.home };
    mkdirSync(join(sessionFile(folder, callKey(call)), "in the way"), { recursive: true, mode: 0o700 });
    await expect(print(from)).resolves.toContain("ASIA");
    expect(from.notes.join()).toContain("The cache cannot be written");
  });

  test("answers a known call without anything else, until something that decides has changed", async () => {
    const from = caller();
    const printed = await print(from);
    const call = { args: from.question.args, cwd: from.home, env: from.question.environment.env, home: from.home };
    expect(cachedDocument(call, now)).toBe(printed);
    expect(cachedDocument({ ...call, args: [...call.args, "--region", "eu-west-1"] }, now)).toBeUndefined();
    expect(cachedDocument({ ...call, args: [...call.args, "--no-cache"] }, now)).toBeUndefined();
    expect(
      cachedDocument({ ...call, env: { ...call.env, DATABRICKS_HOST: "https://other.cloud.databricks.com" } }, now),
    ).toBeUndefined();
    expect(cachedDocument(call, now + 45 * 60_000)).toBeUndefined();
    // by its ARN a role is the same from everywhere, as SDKs that call a profile are; by name it is that of the file
    // there
    expect(cachedDocument({ ...call, cwd: "/" }, now)).toBe(printed);
    expect(callKey({ ...call, args: ["--role", "lake-reader"], cwd: "/" })).not.toBe(
      callKey({ ...call, args: ["--role", "lake-reader"] }),
    );
    writeFileSync(join(from.home, ".databrickscfg"), "[DEFAULT]\nhost = https://other.cloud.databricks.com\n");
    expect(cachedDocument(call, now)).toBeUndefined();
  });
});

test.each<[string, (home: string, token: string) => Readonly<Record<string, string>>]>([
  ["DATABRICKS_TOKEN", (_home, token) => ({ DATABRICKS_TOKEN: token })],
  [
    "a token file",
    (home, token) => {
      const file = join(home, "token");
      writeFileSync(file, token);
      return { DATABRICKS_AWS_OIDC_TOKEN_FILE: file };
    },
  ],
])("a cached session is not served to another token in %s, whatever that claims", async (_name, env) => {
  const home = temporaryFolder("home");
  const secretless = { DATABRICKS_CLIENT_ID: "", DATABRICKS_CLIENT_SECRET: "" };
  const real = fakeToken();
  const first = await print(caller({}, { ...secretless, ...env(home, real) }, home));
  expect(await print(caller({}, { ...secretless, ...env(home, real) }, home))).toBe(first);
  // the same issuer, subject and audience, signed by nobody and expired: STS says no, and so do we
  aws.sts = stsError(400, "InvalidIdentityToken", "could not be validated");
  const forged = `${fakeToken({ exp: 1 }).split(".").slice(0, 2).join(".")}.`;
  await expect(print(caller({}, { ...secretless, ...env(home, forged) }, home))).rejects.toMatchObject({
    code: "aws-invalid-token",
  });
});

test("the token that a variable of a profile holds is part of the call's key", () => {
  const home = temporaryFolder("home");
  writeFileSync(join(home, ".databrickscfg"), "[ci]\noidc_token_env = CI_TOKEN\n");
  const key = (token: string): string =>
    callKey({ args: ["--role-arn", ROLE_ARN], cwd: "/", env: { CI_TOKEN: token }, home });
  expect(key("one")).not.toBe(key("another"));
});

test("the AWS identity that a token is exchanged for is part of the call's key, and of no other call's", () => {
  const key = (from: string, AWS_ACCESS_KEY_ID: string): string =>
    callKey({ args: ["--role-arn", ROLE_ARN, "--from", from], cwd: "/", env: { AWS_ACCESS_KEY_ID }, home: "/nowhere" });
  expect(key("aws", "one")).not.toBe(key("aws", "another"));
  expect(key("env", "one")).toBe(key("env", "another"));
});

test("the files from which AWS' SDK takes that identity are part of the call's key too", () => {
  const home = temporaryFolder("home");
  mkdirSync(join(home, ".aws"));
  const files = {
    [join(home, ".aws", "credentials")]: {},
    [join(home, ".aws", "config")]: {},
    [join(home, "keys")]: { AWS_SHARED_CREDENTIALS_FILE: join(home, "keys") },
    [join(home, "token")]: { AWS_WEB_IDENTITY_TOKEN_FILE: join(home, "token") },
  };
  for (const [file, env] of Object.entries(files)) {
    const key = (from: string): string =>
      callKey({ args: ["--role-arn", ROLE_ARN, `--from=${from}`], cwd: "/", env, home });
    const [before, other] = [key("aws"), key("env")];
    writeFileSync(file, "another identity");
    expect(key("aws")).not.toBe(before);
    expect(key("env")).toBe(other);
  }
});

test("the call's key minds a Databricks configuration that is named from home", () => {
  const home = temporaryFolder("home");
  const call = { args: ["--role-arn", ROLE_ARN], cwd: "/", env: { DATABRICKS_CONFIG_FILE: "~/cfg" }, home };
  const before = callKey(call);
  writeFileSync(join(home, "cfg"), "[DEFAULT]\n");
  expect(callKey(call)).not.toBe(before);
});

test("a machine whose clock is behind does not take a session for longer-lived than it is", async () => {
  now = Date.now() - 2 * 3_600_000;
  const from = caller();
  aws.clock = Date.now;
  try {
    const { Expiration } = JSON.parse(await print(from)) as { readonly Expiration: string };
    expect(Date.parse(Expiration) - now).toBeLessThanOrEqual(3_602_000);
  } finally {
    aws.clock = () => now;
  }
});

test("the region is that of the AWS profile in use where nothing nearer says one, and of the role's partition", () => {
  const home = temporaryFolder("home");
  mkdirSync(join(home, ".aws"));
  writeFileSync(join(home, ".aws", "config"), "[default]\nregion = eu-west-1\n[profile gov]\nregion = us-gov-east-1\n");
  const region = (env: Readonly<Record<string, string>>, change: Partial<CredentialsOptions> = {}): string =>
    sessionOptions(caller(change, env, home).question).region;
  expect(region({})).toBe("eu-west-1");
  expect(region({ AWS_PROFILE: "gov" })).toBe("us-east-1");
  expect(region({ AWS_DEFAULT_REGION: "eu-north-1" })).toBe("eu-north-1");
  expect(region({ AWS_REGION: "eu-north-1" }, { region: "eu-west-3" })).toBe("eu-west-3");
  expect(region({ AWS_PROFILE: "gov" }, { roleArn: ROLE_ARN.replace("arn:aws:", "arn:aws-us-gov:") })).toBe(
    "us-gov-east-1",
  );
});

describe("an AWS that misbehaves", () => {
  const echo: (typeof FAULTS)[string] = {
    play: (request, response, body) =>
      stsError(400, "InvalidIdentityToken", `cannot use ${new URLSearchParams(body).get("WebIdentityToken") ?? ""}`)(
        request,
        response,
        body,
      ),
    codes: ["aws-invalid-token"],
  };
  const cases = {
    ...FAULTS,
    "the token echoed": echo,
    AccessDenied: {
      play: stsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
      codes: ["aws-access-denied"],
    },
    ExpiredTokenException: {
      play: stsError(400, "ExpiredTokenException", "Token expired"),
      codes: ["aws-expired-token"],
    },
    Throttling: { play: stsError(400, "Throttling", "Rate exceeded"), codes: ["aws-throttled"] },
    "another service": { play: json({ hello: "world" }), codes: ["aws-answer-unreadable"] },
    "an empty answer": {
      play: ((_request, response) => {
        response.writeHead(200).end();
      }) as (typeof FAULTS)[string]["play"],
      codes: ["aws-answer-unreadable"],
    },
  };

  test.each(Object.entries(cases))("%s: bounded, coded, silent about the token", async (_name, fault) => {
    aws.sts = fault.play;
    const started = Date.now();
    const error: unknown = await assumeRole({
      token: secret(fakeToken()),
      roleArn: ROLE_ARN,
      sessionName: "me",
      region: "us-east-1",
      env: aws.env,
      timeoutMs: 1000,
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(FederationError);
    expect([...fault.codes]).toContain((error as FederationError).code);
    expect(JSON.stringify([error, (error as FederationError).message, (error as FederationError).stack])).not.toMatch(
      /UExBTlRFRA|eyJ/,
    );
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("is sent nothing when STS is configured to another host", async () => {
    const from = caller({}, { AWS_ENDPOINT_URL_STS: "https://sts.us-east-1.amazonaws.com.evil.example" });
    await expect(print(from)).rejects.toMatchObject({ code: "aws-endpoint-overridden" });
  });

  test("is sent no token of another issuer than the role trusts", async () => {
    const config = join(temporaryFolder("federation"), "federation.yaml");
    writeFileSync(config, readFileSync("federation.yaml"));
    aws.token = json({
      access_token: fakeToken({ iss: "https://elsewhere.cloud.databricks.com/oidc" }),
      token_type: "bearer",
    });
    const before = aws.stsCalls();
    await expect(print(caller({ roleArn: undefined, config }))).rejects.toMatchObject({ code: "token-does-not-fit" });
    aws.token = json({ access_token: "dapi0123456789abcdef", token_type: "bearer" });
    await expect(print(caller())).rejects.toMatchObject({ code: "token-opaque" });
    expect(aws.stsCalls()).toBe(before);
  });
});

describe("the profile", () => {
  test("repeats the call without a secret, and leaves the rest of the file", async () => {
    const from = caller({ duration: "30m", from: "client-credentials" });
    mkdirSync(join(from.home, ".aws"));
    writeFileSync(join(from.home, ".aws", "config"), "# mine\n[default]\nregion = eu-west-1\n", { mode: 0o640 });
    await writeCredentialsProfile(from.question, "lake", ["/usr/bin/node", "/opt/cli.js"]);
    const written = readFileSync(join(from.home, ".aws", "config"), "utf8");
    expect(written).toBe(
      `# mine\n[default]\nregion = eu-west-1\n\n[profile lake]\ncredential_process = /usr/bin/node /opt/cli.js ` +
        `credentials --role-arn ${ROLE_ARN} --region eu-west-1 --from client-credentials --duration 30m --wait ` +
        `0 --format process\nregion = eu-west-1\n`,
    );
    expect(statSync(join(from.home, ".aws", "config")).mode & 0o777).toBe(0o640);
    expect(written).not.toContain("PLANTED");
    expect(await writeCredentialsProfile(from.question, "lake", ["/usr/bin/node", "/opt/cli.js"])).toMatch(
      /^Nothing to change/,
    );
  });

  test("goes through a link, also to a file that is yet to be made, and leaves nothing beside it", async () => {
    const from = caller();
    for (const name of [".aws", "dotfiles"]) mkdirSync(join(from.home, name));
    symlinkSync("../dotfiles/aws", join(from.home, ".aws", "config"));
    for (const profile of ["lake", "lake2"]) await writeCredentialsProfile(from.question, profile, ["node"]);
    expect(lstatSync(join(from.home, ".aws", "config")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(from.home, "dotfiles", "aws"), "utf8")).toContain("[profile lake2]");
    expect(statSync(join(from.home, "dotfiles", "aws")).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(from.home, "dotfiles"))).toEqual(["aws"]);
  });

  test.each([
    ["config", "[profile lake]\naws_access_key_id = AKIAEXAMPLE\n"],
    ["config", "[profile lake]\n  role_arn = arn:aws:iam::111122223333:role/x\n  source_profile = y\n"],
    ["config", "[profile lake]\nsso_session = x\n"],
    ["credentials", "[lake]\naws_access_key_id = AKIAEXAMPLE\n"],
  ])("is not written where %s has something that would win", async (file, text) => {
    const from = caller();
    mkdirSync(join(from.home, ".aws"));
    writeFileSync(join(from.home, ".aws", file), text);
    await expect(writeCredentialsProfile(from.question, "lake", ["node"])).rejects.toMatchObject({
      code: "profile-taken",
    });
    expect(readFileSync(join(from.home, ".aws", file), "utf8")).toBe(text);
  });

  test.each(["a b", "", "x]\n[default", "../x"])("named %j is refused", async (name) => {
    await expect(writeCredentialsProfile(caller().question, name, ["node"])).rejects.toMatchObject({
      code: "profile-name-invalid",
    });
  });
});

describe("the token file", () => {
  test("is renewed before its end, private, and outlasts failed renewals", async () => {
    const from = caller();
    const file = join(from.home, "token");
    const stop = new AbortController();
    const slept: number[] = [];
    let lines = "";
    await writeTokenFile(sessionOptions(from.question), {
      file,
      once: false,
      stop: stop.signal,
      ready: (text) => {
        lines = text;
      },
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        now += milliseconds;
        expect(
          JSON.parse(Buffer.from(readFileSync(file, "utf8").split(".")[1] ?? "", "base64url").toString()),
        ).toMatchObject({ aud: "1444828305810485" });
        expect(statSync(file).mode & 0o777).toBe(0o600);
        aws.token = slept.length >= 2 && slept.length < 5 ? json({ error: "invalid_client" }, 401) : undefined;
        if (slept.length === 7) stop.abort();
      },
    });
    expect(lines).toContain(`export AWS_WEB_IDENTITY_TOKEN_FILE='${file}'\nexport AWS_ROLE_ARN='${ROLE_ARN}'`);
    for (const name of ["AWS_REGION", "AWS_DEFAULT_REGION"]) expect(lines).toContain(`export ${name}='us-east-1'`);
    expect(slept.map((milliseconds) => Math.round(milliseconds / 1000))).toEqual(
      [2400, 2400, 5, 10, 20, 2400, 2400].map((seconds) => expect.closeTo(seconds, -1) as number),
    );
    expect(from.notes.filter((note) => note.includes("not renewed"))).toHaveLength(3);
    expect(from.notes.join()).not.toMatch(/PLANTED|UExBTlRFRA/);
  });

  test("says that a token which nobody renews is over, tries again ever slower, and does not write it", async () => {
    const from = caller({ from: "env" }, { DATABRICKS_TOKEN: fakeToken({}, now) });
    const file = join(from.home, "token");
    const stop = new AbortController();
    const slept: number[] = [];
    await writeTokenFile(sessionOptions(from.question), {
      file,
      once: false,
      stop: stop.signal,
      ready: () => undefined,
      sleep: async (milliseconds) => {
        slept.push(milliseconds);
        now += Math.max(milliseconds, 3_600_000);
        if (slept.length === 4) stop.abort();
      },
    });
    expect(slept.slice(1)).toEqual([5000, 10_000, 20_000]);
    expect(from.notes[0]).toMatch(/expired at .*\[token-does-not-fit\]/);
    await expect(
      writeTokenFile(sessionOptions(from.question), {
        file: join(from.home, "new"),
        once: true,
        stop: stop.signal,
        ready: () => undefined,
        sleep: async () => undefined,
      }),
    ).rejects.toMatchObject({ code: "token-does-not-fit" });
    expect(readdirSync(from.home)).not.toContain("new");
  });
});

describe("the loopback endpoint", () => {
  const session = {
    version: 1,
    obtained: 0,
    expires: 3_600_000,
    of: { role: ROLE_ARN, issuer: "i", subject: "s" },
    accessKeyId: "ASIA1",
    secretAccessKey: PLANTED.secretKey,
    sessionToken: PLANTED.sessionToken,
  } as const;

  test("serves who knows its address and its authorization token, and nobody else", async () => {
    const server = await serveCredentials(async () => session);
    const ask = async (
      headers: Record<string, string>,
      url = server.url,
    ): Promise<{ status: number; body: string }> => {
      const { status, body } = await request(new URL(url), { headers, env: {} });
      return { status, body: body.toString() };
    };
    try {
      expect(JSON.parse((await ask({ authorization: server.authorization })).body)).toMatchObject({
        AccessKeyId: "ASIA1",
        Token: PLANTED.sessionToken,
        Expiration: "1970-01-01T01:00:00Z",
      });
      for (const [headers, url] of [
        [{}, server.url],
        [{ authorization: "wrong" }, server.url],
        [{ authorization: `${server.authorization}x` }, server.url],
        [{ authorization: server.authorization, host: "evil.example.com" }, server.url],
        [{ authorization: server.authorization }, `${new URL(server.url).origin}/`],
      ] as const) {
        const { status, body } = await ask(headers, url);
        expect([401, 404]).toContain(status);
        expect(body).not.toContain("PLANTED");
      }
    } finally {
      await server.stop();
    }
  });

  test("gives the program no token source, unless it is to keep them", () => {
    const environment = {
      env: {
        DATABRICKS_HOST: "h",
        DATABRICKS_CLIENT_ID: "id",
        DATABRICKS_CLIENT_SECRET: "s",
        DATABRICKS_TOKEN: "t",
        DATABRICKS_OIDC_TOKEN_ENV: "CI_TOKEN",
        CI_TOKEN: "c",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: "a",
      },
      home: temporaryFolder("home"),
      now: () => 0,
    };
    const server = { url: "http://127.0.0.1:1/x", authorization: "a" };
    const removed = ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CI_TOKEN", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_TOKEN"];
    expect([...tokenSourceVariables(environment.env)].sort()).toEqual(removed);
    const env = commandEnvironment(environment, server, "us-east-1");
    expect(removed.filter((name) => env[name] !== undefined)).toEqual([]);
    expect(env).toMatchObject({ DATABRICKS_HOST: "h", DATABRICKS_CLIENT_ID: "id" });
    expect(commandEnvironment(environment, server, "us-east-1", true)).toMatchObject(environment.env);
  });

  test("gives the program nothing that would win over it", () => {
    const home = temporaryFolder("home");
    mkdirSync(join(home, ".aws"));
    writeFileSync(
      join(home, ".aws", "credentials"),
      "[default]\naws_access_key_id = AKIAOLD\naws_secret_access_key = x\n",
    );
    writeFileSync(join(home, ".aws", "config"), "[default]\nregion = eu-west-1\n");
    const environment = {
      env: {
        AWS_ACCESS_KEY_ID: "AKIAOLD",
        AWS_SECRET_ACCESS_KEY: "x",
        AWS_PROFILE: "old",
        AWS_WEB_IDENTITY_TOKEN_FILE: "f",
        AWS_ROLE_ARN: "r",
        KEEP: "1",
      },
      home,
      now: () => 0,
    };
    expect(credentialPlaces(environment).map((place) => [place.kind, place.storedKey])).toEqual([
      ["environment-keys", true],
      ["web-identity", false],
    ]);
    const env = commandEnvironment(environment, { url: "http://127.0.0.1:1/x", authorization: "a" }, "us-east-1");
    expect(credentialPlaces({ ...environment, env }).map((place) => place.kind)).toEqual(["container"]);
    expect(env).toMatchObject({
      KEEP: "1",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      AWS_CONTAINER_AUTHORIZATION_TOKEN: "a",
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
    });
    expect(env["AWS_CONFIG_FILE"]).toBeUndefined();
  });
});
