/**
 * The generated Python, run by real Python with real boto3: against a stand-in for Databricks and STS that can fail
 * in every way.
 */
import fc from "fast-check";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sessionNameOf } from "../../src/credentials/assume";
import type { FederationInput } from "../../src/federation";
import { stringLike } from "../../src/trust/string-like";
import type { FakeAws } from "../support/fake-aws";
import { fakeToken, PLANTED, startFakeAws, stsCredentials, stsError } from "../support/fake-aws";
import { FAULTS } from "../support/fault-server";
import { findOnPath } from "../support/found-programs";
import { hostileLatin } from "../support/hostile-text";
import { dbutils, fakeDatabricksCli, MODULE, PYTHON_PLACES, runClient, writeClient } from "../support/python-client";
import { describeWith, PYTHON } from "../support/requirements";
import { runProgram } from "../support/run-program";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WORKSPACE = "1444828305810485";
const AMBIENT = "dapiPLANTED0123456789abcdef";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: { production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: WORKSPACE } },
  emailDomains: ["data.example.com"],
  roles: {
    "lake-reader": {
      trusts: [{ issuer: "production", servicePrincipals: [READER], subjectPatterns: ["*@data.example.com"] }],
    },
  },
} as const satisfies FederationInput;

const KEYS = "c = m.session().get_credentials().get_frozen_credentials()\nreturn [c.access_key, c.token is not None]";

/**
 * How each tool is asked, where the machine has it: `--strict` on the oldest Python that mypy knows, without boto3's
 * stubs.
 */
const CHECKERS = {
  mypy: ["--strict", "--ignore-missing-imports", "--no-incremental"],
  ruff: ["check", "--no-cache", "--select", "E4,E7,E9,F,B,UP", "--target-version", "py39"],
  pyflakes: [],
} as const;

describeWith({ boto3: true }, "the generated Python is clean", () => {
  test.each(PYTHON_PLACES)(
    "for %s: to the compiler with every warning an error, and to each checker on this machine",
    async (place) => {
      const folder = writeClient(FEDERATION, { place });
      const file = place === "asset-bundle" ? `src/${MODULE}` : MODULE;
      const env = { PATH: process.env["PATH"] ?? "", HOME: folder };
      await runProgram(
        PYTHON,
        [
          "-B",
          "-W",
          "error",
          "-c",
          `import pathlib; compile(pathlib.Path("${file}").read_text("utf-8"), "${file}", "exec")`,
        ],
        { cwd: folder, env },
      );
      for (const [checker, flags] of Object.entries(CHECKERS)) {
        const program = findOnPath(checker);
        if (program !== undefined)
          expect((await runProgram(program, [...flags, file], { cwd: folder, env, accept: [0, 1] })).stdout).toMatch(
            /^(Success.*|All checks passed!)?\n?$/,
          );
      }
    },
  );
});

describeWith({ boto3: true }, "the generated Python", () => {
  let fake: FakeAws;
  const folders: Record<string, string> = {};
  beforeAll(async () => {
    fake = await startFakeAws();
    for (const place of ["notebook", "job", "app", "laptop"] as const)
      folders[place] = writeClient(FEDERATION, { place });
  });
  beforeEach(() => {
    fake.sts = undefined;
    fake.token = undefined;
    fake.clock = Date.now;
  });
  afterAll(() => fake.stop());

  const run = (place: string, script: string, env: Readonly<Record<string, string>> = {}) =>
    runClient(folders[place] ?? "", script, { ...fake.env, ...env });
  const lastForm = (path: RegExp): URLSearchParams =>
    new URLSearchParams(fake.server.received.filter(({ url, body }) => path.test(`${url} ${body}`)).at(-1)?.body ?? "");
  const noSecretIn = (...texts: readonly string[]): void => {
    for (const text of texts) expect(text).not.toMatch(/PLANTED|eyJ[A-Za-z0-9]/);
  };

  test(
    "in a notebook the ambient token is exchanged, with the narrowest scope, and the session is " + "the role's",
    async () => {
      const before = fake.stsCalls();
      const { answer, outcome } = await run("notebook", `${dbutils(AMBIENT, WORKSPACE)}\n${KEYS}`);
      expect(answer).toEqual([expect.stringMatching(/^ASIAEXAMPLE/), true]);
      expect(Object.fromEntries(lastForm(/v1\/token/))).toEqual({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: AMBIENT,
        subject_token_type: "urn:databricks:params:oauth:token-type:personal-access-token",
        requested_token_type: "urn:ietf:params:oauth:token-type:access_token",
        scope: "openid",
      });
      expect(Object.fromEntries(lastForm(/Action=AssumeRole/))).toMatchObject({
        Action: "AssumeRoleWithWebIdentity",
        RoleArn: "arn:aws:iam::111122223333:role/lake-reader",
        RoleSessionName: READER,
        DurationSeconds: "3600",
      });
      expect(fake.stsCalls()).toBe(before + 1);
      noSecretIn(outcome.stdout, outcome.stderr);
    },
  );

  test("a notebook of another workspace keeps its token", async () => {
    const before = fake.tokenCalls();
    expect((await run("notebook", `${dbutils(AMBIENT, "99")}\n${KEYS}`)).answer).toMatchObject({
      code: "databricks-host-mismatch",
    });
    expect(fake.tokenCalls()).toBe(before);
  });

  test(
    "a job exchanges the token in its environment, an app uses its injected client, a laptop asks the " +
      "Databricks CLI",
    async () => {
      expect((await run("job", KEYS, { DATABRICKS_TOKEN: AMBIENT })).answer).toEqual([
        expect.stringMatching(/^ASIA/),
        true,
      ]);
      expect(lastForm(/v1\/token/).get("subject_token")).toBe(AMBIENT);
      expect((await run("app", KEYS)).answer).toEqual([expect.stringMatching(/^ASIA/), true]);
      expect(Object.fromEntries(lastForm(/v1\/token/))).toEqual({ grant_type: "client_credentials", scope: "openid" });
      expect(fake.server.received.filter(({ url }) => url.endsWith("/v1/token")).at(-1)?.headers.authorization).toBe(
        `Basic ${Buffer.from(`${READER}:${PLANTED.clientSecret}`).toString("base64")}`,
      );
      const folder = folders["laptop"] ?? "";
      const cli = fakeDatabricksCli(folder, fakeToken({ sub: "alice@data.example.com" }));
      expect((await run("laptop", KEYS, { DATABRICKS_CLI_PATH: cli })).answer).toEqual([
        expect.stringMatching(/^ASIA/),
        true,
      ]);
      expect(
        (await run("laptop", KEYS, { DATABRICKS_CLI_PATH: cli, DATABRICKS_CONFIG_PROFILE: "work; rm -rf /" })).answer,
      ).toEqual([expect.stringMatching(/^ASIA/), true]);
      expect(readFileSync(join(folder, "asked"), "utf8")).toBe(
        "auth token --host https://mycompany.cloud.databricks.com\nauth token --profile work; rm -rf /\n",
      );
      expect(lastForm(/Action=AssumeRole/).get("RoleSessionName")).toBe("alice@data.example.com");
    },
  );

  const STRANGE: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    ["of another issuer", { iss: "https://other.cloud.databricks.com/oidc" }, "is of https://other.cloud"],
    ["of an issuer with a slash more", { iss: "https://mycompany.cloud.databricks.com/oidc/" }, "It is not sent"],
    ["for another audience", { aud: "99" }, "audience is 99"],
    ["for another authorised party", { azp: "99" }, "audience is 99"],
    ["for two audiences", { aud: [WORKSPACE, "99"] }, "several"],
    ["for no audience", { aud: undefined }, "no audience"],
    ["of another subject", { sub: "eve@example.com" }, "subject is eve@example.com"],
    ["of a subject in another case", { sub: READER.toUpperCase() }, "does not trust"],
    ["of no subject", { sub: null }, "no subject"],
    ["that is over", { exp: 1_600_000_000 }, "has expired"],
  ];

  test("a token that the role does not trust is never sent to AWS, and the error says why", async () => {
    const before = fake.stsCalls();
    const { answer, outcome } = await run(
      "app",
      `found = []
for text in json.loads(${JSON.stringify(JSON.stringify(STRANGE.map(([, claims]) => fakeToken(claims))))}):
    try:
        m.session(databricks_token=lambda: text).get_credentials().get_frozen_credentials()
        found.append(["let through", ""])
    except m.DatabricksAwsError as error:
        found.append([error.code, str(error)])
return found`,
    );
    expect(answer).toEqual(
      STRANGE.map(([name, , words]) => [
        name === "that is over" ? "aws-expired-token" : "token-does-not-fit",
        expect.stringContaining(words),
      ]),
    );
    expect(fake.stsCalls()).toBe(before);
    noSecretIn(outcome.stdout, outcome.stderr);
  });

  test("an opaque token, and one given by hand or by a user's header, are looked at like any other", async () => {
    const before = fake.stsCalls();
    const { answer } = await run(
      "app",
      `found = []
for text in ("dapiPLANTED0123456789abcdef", "a.b.c", "x" * 100000, ` +
        `"e30.bnVsbA.e30", ${JSON.stringify(fakeToken({ iss: "https://evil.example.com" }))}):
    for session in (m.session(databricks_token=lambda: text), m.user_session(text)):
        try:
            session.get_credentials().get_frozen_credentials()
        except m.DatabricksAwsError as error:
            found.append(error.code)
return found`,
    );
    expect(answer).toEqual([
      ...Array.from({ length: 8 }, () => "token-opaque"),
      "token-does-not-fit",
      "token-does-not-fit",
    ]);
    expect(fake.stsCalls()).toBe(before);
  });

  test("a session outlives ten token lives without a failed call, and renews before the end", async () => {
    const before = fake.stsCalls();
    const begun = Date.now();
    fake.clock = () => begun + (fake.stsCalls() - before) * 3_600_000;
    const { answer } = await run(
      "app",
      `import datetime
begun = m._now()
hours = 0
m._now = lambda: begun + datetime.timedelta(hours=hours, minutes=-5)
s3 = m.session()
seen = []
for hours in range(1, 12):
    seen.append(s3.get_credentials().get_frozen_credentials().access_key)
return [len(seen), len(set(seen))]`,
    );
    expect(answer).toEqual([11, 11]);
    expect(fake.stsCalls() - before).toBe(11);
  });

  test("twenty threads make one call of STS, and so do two sessions", async () => {
    const before = fake.stsCalls();
    const { answer } = await run(
      "app",
      `import threading
sessions, seen = [m.session(), m.session("eu-west-1")], []
threads = [threading.Thread(target=lambda n=n: seen.append(sessions[n % ` +
        `2].get_credentials().get_frozen_credentials().access_key)) for n in range(20)]
[t.start() for t in threads]
[t.join() for t in threads]
return [len(set(seen)), len(seen), sessions[0].region_name, sessions[1].region_name]`,
    );
    expect(answer).toEqual([1, 20, "us-east-1", "eu-west-1"]);
    expect(fake.stsCalls()).toBe(before + 1);
  });

  test("a process forked while another thread renews asks for itself, and does not wait for ever", async () => {
    const before = fake.stsCalls();
    const { answer } = await run(
      "app",
      `import os, signal, threading
if not hasattr(os, "fork"):
    return [True, True]
begun, real, session = threading.Event(), m._assume, m.session()
parent = os.getpid()
def slow(token, subject):
    if os.getpid() == parent:
        begun.set()
        m.time.sleep(1)
    return real(token, subject)
m._assume = slow
thread = threading.Thread(target=lambda: session.get_credentials().get_frozen_credentials())
thread.start()
begun.wait(5)
child = os.fork()
if child == 0:
    signal.alarm(8)
    m.session().get_credentials().get_frozen_credentials()
    session.get_credentials().get_frozen_credentials()
    os._exit(0)
status = os.waitpid(child, 0)[1]
thread.join()
return [status == 0, session.get_credentials().get_frozen_credentials().token is not None]`,
    );
    expect(answer).toEqual([true, true]);
    expect(fake.stsCalls()).toBe(before + 2);
  });

  test(
    "a role that was just made is waited for, a busy STS is asked again, and a no stays a no once the role " +
      "has worked",
    async () => {
      const refusals = [
        stsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity"),
        stsError(400, "Throttling", "Rate exceeded"),
        stsError(400, "IDPCommunicationError", "x"),
        stsError(400, "IDPCommunicationErrorException", "x"),
      ];
      fake.sts = (request, response, body) => {
        const refusal = refusals.shift();
        if (refusal !== undefined) return refusal(request, response, body);
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(stsCredentials(7, Date.now(), 60));
      };
      const { answer } = await run(
        "app",
        `renewal = m._Renewal(m._databricks_token)
first = renewal()["access_key"]
return [first, renewal._worked]`,
      );
      expect(answer).toEqual(["ASIAEXAMPLE00007", true]);
      fake.sts = stsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
      const before = fake.stsCalls();
      expect(
        (await run("app", "renewal = m._Renewal(m._databricks_token)\nrenewal._worked = True\nrenewal()")).answer,
      ).toMatchObject({ code: "aws-access-denied", text: expect.stringContaining("explain") });
      expect(fake.stsCalls()).toBe(before + 1);
    },
  );

  test("a key that AWS could not fetch is waited for, a token that it refuses for another reason is not", async () => {
    const noKey = "Couldn't retrieve verification key from your identity provider,  please reference AssumeRole...";
    const answers = async (message: string, refusals: number): Promise<readonly [unknown, number]> => {
      const before = fake.stsCalls();
      fake.sts = (request, response, body) => {
        if (fake.stsCalls() - before <= refusals)
          return stsError(400, "InvalidIdentityToken", message)(request, response, body);
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(stsCredentials(8, Date.now(), 60));
      };
      const { answer } = await run("app", `m.random.uniform = lambda low, high: 0.0\n${KEYS}`);
      return [answer, fake.stsCalls() - before];
    };
    expect(await answers(noKey, 2)).toEqual([["ASIAEXAMPLE00008", true], 3]);
    expect(await answers(noKey, 99)).toEqual([
      expect.objectContaining({ code: "aws-invalid-token", text: expect.stringContaining("verification key") }),
      5,
    ]);
    expect(await answers("Incorrect token audience", 99)).toEqual([
      expect.objectContaining({ code: "aws-invalid-token" }),
      1,
    ]);
  });

  describe("on a laptop the Databricks CLI is asked by the profile that was read", () => {
    const host = "host = https://mycompany.cloud.databricks.com";
    const byHost = "auth token --host https://mycompany.cloud.databricks.com";
    const login = async (
      config: string,
      env: Readonly<Record<string, string>> = {},
    ): Promise<readonly [string, unknown]> => {
      const folder = writeClient(FEDERATION, { place: "laptop" });
      const cli = fakeDatabricksCli(folder, "");
      writeFileSync(join(folder, ".databrickscfg"), config);
      const { answer } = await runClient(folder, KEYS, { ...fake.env, DATABRICKS_CLI_PATH: cli, ...env });
      return [readFileSync(join(folder, "asked"), "utf8").trim(), answer];
    };

    test.each([
      ["the default one", `[DEFAULT]\n${host}/\n[work]\n${host}\n`, {}, "DEFAULT"],
      [
        "the one of [__settings__]",
        `[__settings__]\ndefault_profile = work\n[a]\n${host}\n[work]\n${host}\n`,
        {},
        "work",
      ],
      [
        "the only one of this host",
        "[DEFAULT]\nhost = other.example.com\n[w k]\nhost = mycompany.cloud.databricks.com\n",
        {},
        "w k",
      ],
      ["the one of the environment", `[DEFAULT]\n${host}\n`, { DATABRICKS_CONFIG_PROFILE: "mine" }, "mine"],
    ])("%s", async (_, config, env, profile) => {
      const [asked, answer] = await login(config, env);
      expect(asked).toBe(`auth token --profile ${profile}`);
      expect(answer).toMatchObject({
        code: "databricks-cli-failed",
        text: expect.stringContaining(`databricks auth login --profile ${profile}.`),
      });
    });

    test("and where several have this host, by the host: the fix names them and the variable", async () => {
      const [asked, answer] = await login(`[DEFAULT]\nhost = other.example.com\n[a]\n${host}\n[b]\n${host}\n`);
      expect(asked).toBe(byHost);
      expect(answer).toMatchObject({
        code: "databricks-cli-failed",
        text: expect.stringContaining("Several profiles have this host (a, b): name one in DATABRICKS_CONFIG_PROFILE."),
      });
    });

    test.each([
      ["no profile has", "[DEFAULT]\nhost = other.example.com\n"],
      ["the file does not read", "host = x\n[unclosed\n\u0000"],
    ])("and by the host where %s it", async (_, config) => {
      const [asked, answer] = await login(config);
      expect(asked).toBe(byHost);
      expect(answer).toMatchObject({ text: expect.stringContaining("databricks auth login --host https://mycompany") });
    });
  });

  /** What the Python calls the faults that only a look into the socket tells apart. */
  const ALSO: Readonly<Record<string, readonly string[]>> = {
    reset: ["network-failed"],
    "cut short": ["network-failed", "response-not-json", "aws-answer-unreadable"],
    "429": ["aws-throttled"],
    "redirect to another host": ["response-redirect"],
  };

  test.each(Object.entries(FAULTS))(
    "the network fault %s ends in time with a code, at both servers, and no secret is told or sent elsewhere",
    async (name, { play, codes }) => {
      fake.token = play;
      fake.sts = play;
      const { answer, outcome } = await run(
        "app",
        `import time
m.TOKEN_SECONDS = m.STS_SECONDS = 0.7
m.NEW_ROLE_SECONDS = 0.0
m.random.uniform = lambda low, high: 0.0
found = []
for session in (m.session(), m.session(databricks_token=lambda: ${JSON.stringify(fakeToken())})):
    begun = time.monotonic()
    try:
        session.get_credentials().get_frozen_credentials()
    except m.DatabricksAwsError as error:
        found.append([error.code, time.monotonic() - begun, repr(error) + str(error)])
return found`,
      );
      const found = answer as readonly (readonly [string, number, string])[];
      expect(found).toHaveLength(2);
      for (const [code, seconds, text] of found) {
        expect([...codes, ...(ALSO[name] ?? [])]).toContain(code);
        expect(seconds).toBeLessThan(12);
        noSecretIn(text);
      }
      noSecretIn(outcome.stdout, outcome.stderr);
    },
  );

  test(
    "an STS that is not AWS', plain http off loopback and a region of another partition are refused before " +
      "anything is sent",
    async () => {
      const before = fake.stsCalls();
      expect(
        (await run("app", KEYS, { AWS_ENDPOINT_URL_STS: "https://sts.us-east-1.amazonaws.com.evil.example.com" }))
          .answer,
      ).toMatchObject({ code: "aws-endpoint-overridden" });
      // a bucket may be called sts
      for (const host of ["sts.s3.amazonaws.com", "sts.s3-accelerate.amazonaws.com", "x.sts.amazonaws.com"])
        expect((await run("app", KEYS, { AWS_ENDPOINT_URL_STS: `https://${host}` })).answer).toMatchObject({
          code: "aws-endpoint-overridden",
        });
      expect(
        (await run("app", KEYS, { AWS_ENDPOINT_URL_STS: "http://sts.us-east-1.amazonaws.com" })).answer,
      ).toMatchObject({ code: "aws-endpoint-overridden" });
      expect((await run("app", KEYS, { AWS_REGION: "us-gov-west-1" })).answer).toMatchObject({
        code: "region-partition-mismatch",
      });
      expect((await run("app", KEYS, { DATABRICKS_HOST: "https://other.cloud.databricks.com" })).answer).toMatchObject({
        code: "databricks-host-mismatch",
      });
      expect((await run("app", KEYS, { AWS_CA_BUNDLE: "/nonexistent/ca.pem" })).answer).toMatchObject({
        code: "network-failed",
        text: expect.stringContaining("AWS_CA_BUNDLE"),
      });
      expect(fake.stsCalls()).toBe(before);
    },
  );

  test(
    "a stored key in the environment does not win, and nothing that is printed or pickled holds " + "a secret",
    async () => {
      const { answer, outcome } = await run(
        "app",
        `import pickle
session = m.session()
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
shown = [repr(frozen), str(frozen), repr(credentials), repr(session), ` +
          `repr(m._Secret("dosePLANTED0123456789abcdef")), f"{m._Secret('dosePLANTED0123456789abcdef')}"]
refused = []
for value in (credentials, frozen, m._Secret("x")):
    try:
        pickle.dumps(value)
    except Exception as error:
        refused.append(type(error).__name__)
back = pickle.loads(pickle.dumps(m.DatabricksAwsError("code", "message", "fix")))
return [frozen.access_key, credentials.method, shown, refused, str(back), sorted(__import__("os").listdir("."))]`,
        { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "x" },
      );
      const [accessKey, method, shown, refused, back, files] = answer as readonly [
        string,
        string,
        readonly string[],
        readonly string[],
        string,
        readonly string[],
      ];
      expect([accessKey, method, back]).toEqual([
        expect.stringMatching(/^ASIAEXAMPLE/),
        "databricks-web-identity",
        "message fix [code]",
      ]);
      expect(refused).toHaveLength(3);
      noSecretIn(...shown, outcome.stderr);
      // memory only: nothing but what was generated lies there
      expect(files).toEqual(expect.arrayContaining(["databricks_aws_session.py"]));
      expect(files.filter((file) => !["databricks_aws_session.py", "README.md"].includes(file))).toEqual([]);
    },
  );

  test("without s3fs its functions say so; with it they give a filesystem whose session renews", async () => {
    const stubs =
      `import sys, types, asyncio
class AioSession: pass
class Aio:
    def __init__(self, refresh_using, method, time_fetcher): self.refresh_using = refresh_using
class S3FileSystem:
    def __init__(self, **options): self.options = options
for name, members in {"aiobotocore": {}, "aiobotocore.session": {"AioSession": AioSession}, ` +
      `"aiobotocore.credentials": {"AioDeferredRefreshableCredentials": Aio}, "s3fs": {"S3FileSystem": ` +
      `S3FileSystem}}.items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__dict__.update(members)`;
    expect((await run("app", "import sys\nsys.modules['aiobotocore'] = None\nm.s3_filesystem()")).answer).toMatchObject(
      { code: "client-package-missing" },
    );
    const { answer } = await run(
      "app",
      `${stubs}
options = m.s3_filesystem(anon=False).options
data = asyncio.run(options["session"]._credentials.refresh_using())
return [options["client_kwargs"], options["anon"], options["skip_instance_cache"], sorted(data), ` +
        `data["access_key"][:4]]`,
    );
    expect(answer).toEqual([
      { region_name: "us-east-1" },
      false,
      true,
      ["access_key", "expiry_time", "secret_key", "token"],
      "ASIA",
    ]);
  });

  test("it names sessions and matches patterns as the rest of this program does", async () => {
    const names = fc.sample(
      fc.oneof(
        hostileLatin,
        fc.constantFrom("a", "", READER, "alice@example.com", "é".repeat(70), "x".repeat(64), "x".repeat(65)),
      ),
      { numRuns: 150, seed: 7 },
    );
    const cell = fc
      .array(fc.constantFrom("*", "?", "a", "b", ".", "\n", "é", "[", "\\", "+"), { maxLength: 8 })
      .map((parts) => parts.join(""));
    const pairs = fc.sample(fc.tuple(cell, cell), { numRuns: 400, seed: 7 });
    const { answer } = await run(
      "app",
      `names, pairs = json.loads(${JSON.stringify(JSON.stringify([names, pairs]))})
return [[m._session_name(name) for name in names], [m._like(*pair) for pair in pairs]]`,
    );
    expect(answer).toEqual([names.map(sessionNameOf), pairs.map(([pattern, text]) => stringLike(pattern, text))]);
  });
});
