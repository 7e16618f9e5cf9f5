import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAwsFile } from "../../src/credentials/aws-file";
import { readSession } from "../../src/credentials/cached-session";
import { findOnPath } from "../support/found-programs";
import { buildCli, buildProgram } from "../support/built-cli";
import type { FakeAws } from "../support/fake-aws";
import { fakeToken, PLANTED, ROLE_ARN, startFakeAws, stsError } from "../support/fake-aws";
import { FAULTS, json } from "../support/fault-server";
import { runProgram } from "../support/run-program";
import type { Outcome } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(120_000);

let aws: FakeAws;
let cli: string;
beforeAll(async () => {
  [aws, cli] = await Promise.all([startFakeAws(), buildCli(["credentials", "token"])]);
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.sts = undefined;
  aws.catalog = undefined;
  aws.token = undefined;
  aws.subject = undefined;
});

function environment(home: string, change: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: home, ...aws.env, ...change };
}

function run(
  args: readonly string[],
  home: string,
  change: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Outcome> {
  return runProgram(process.execPath, [cli, ...args], {
    cwd: home,
    env: environment(home, change),
    input,
    accept: [0, 1, 2, 3, 7],
  });
}

const CALL = ["credentials", "--role-arn", ROLE_ARN, "--wait", "0"];

const CATALOG_CALL = ["credentials", "--via", "unity-catalog", "--credential", "lake", "--wait", "0"];

/** In an AWS workload: its own token is exchanged. */
const AWS_CALL = [...CALL, "--from", "aws"];

test.each<[string, readonly string[], () => Readonly<Record<string, string>>, () => readonly number[]]>([
  ["STS", CALL, () => ({}), () => [aws.stsCalls()]],
  ["Unity Catalog", CATALOG_CALL, () => ({}), () => [aws.catalogCalls()]],
  [
    "STS with a token that AWS gave",
    AWS_CALL,
    () => aws.workload,
    () => [aws.stsCalls(), aws.subjectCalls(), aws.tokenCalls()],
  ],
  [
    "Unity Catalog with a token that AWS gave",
    [...CATALOG_CALL, "--from", "aws"],
    () => aws.workload,
    () => [aws.catalogCalls(), aws.subjectCalls(), aws.tokenCalls()],
  ],
])("fifty processes at once make one call to %s, and all are served", async (_what, call, change, calls) => {
  const home = temporaryFolder("home");
  const before = calls();
  const all = await Promise.all(Array.from({ length: 50 }, () => run(call, home, change())));
  expect(all.map((one) => one.exitCode + one.stderr)).toEqual(Array(50).fill("0"));
  expect(new Set(all.map((one) => one.stdout)).size).toBe(1);
  expect(calls().map((count, at) => count - (before[at] ?? 0))).toEqual(before.map(() => 1));
});

test("fifty processes at once get a Databricks token each for the one that AWS gave", async () => {
  const home = temporaryFolder("home");
  const call = ["token", "--from", "aws", "--raw"];
  const all = await Promise.all(Array.from({ length: 50 }, () => run(call, home, aws.workload)));
  expect(all.map((one) => one.exitCode + one.stderr)).toEqual(Array(50).fill("0"));
  expect(new Set(all.map((one) => one.stdout.split(".").length))).toEqual(new Set([3]));
  expect(readdirSync(home)).toEqual([]);
});

test("a lock whose holder is killed goes to one at a time of those who wait, and soon", async () => {
  const program = await buildProgram("__tests__/support/contend.ts");
  for (let round = 0; round < 3; round += 1) {
    const folder = temporaryFolder("lock");
    const [path, log] = [join(folder, "it"), join(folder, "log")];
    const holder = spawn(process.execPath, [program, "hold", path, log], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    const waiting = Promise.all(
      Array.from({ length: 12 }, () => runProgram(process.execPath, [program, "pass", path, log], { cwd: folder })),
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(existsSync(log)).toBe(false);
    holder.kill("SIGKILL");
    const killed = Date.now();
    await waiting;
    expect(Date.now() - killed).toBeLessThan(20_000);
    expect(readFileSync(log, "utf8")).toBe("in\nout\n".repeat(12));
  }
});

describe("killed with -9 thirty times in the middle of", () => {
  let program: string;
  beforeAll(async () => {
    program = await buildProgram("__tests__/support/write-forever.ts");
  });

  /** Starts the writer, kills it at a random moment of its writing, and asks `check` what is left. */
  async function killed(
    what: string,
    target: string,
    home: string,
    check: (round: number) => Promise<void>,
  ): Promise<void> {
    for (let round = 0; round < 30; round += 1) {
      const child = spawn(process.execPath, [program, what, target], {
        env: environment(home, what === "aws" ? aws.workload : {}),
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 60));
      child.kill("SIGKILL");
      await once(child, "exit");
      await check(round);
    }
  }

  test.each([
    ["cache", CALL],
    ["catalog", CATALOG_CALL],
    ["aws", AWS_CALL],
  ])("a cache write (%s): nothing is torn, and the next run works", async (what, call) => {
    const home = temporaryFolder(what);
    const cache = join(home, "cache");
    const change = { ...(what === "aws" ? aws.workload : {}), DATABRICKS_AWS_OIDC_CACHE_DIR: cache };
    await killed(what, cache, home, async (round) => {
      for (const name of existsSync(cache) ? readdirSync(cache) : []) {
        const [, key] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
        if (key !== undefined)
          expect(readSession(cache, key)).toMatchObject({
            version: 1,
            secretAccessKey: expect.stringContaining("PLANTED"),
          });
      }
      if (round % 6 === 5) expect((await run(call, home, change)).exitCode).toBe(0);
    });
    expect(existsSync(cache)).toBe(true);
  });

  test("a profile write and a token renewal: nothing is torn, and the next run works", async () => {
    const profileHome = temporaryFolder("profile");
    const mine = "# mine\n[default]\nregion = eu-west-1\n\n[profile lake]\n# keep\noutput = json\n";
    mkdirSync(join(profileHome, ".aws"));
    writeFileSync(join(profileHome, ".aws", "config"), mine);
    const tokenHome = temporaryFolder("token");
    const tokenFile = join(tokenHome, "token");
    await Promise.all([
      killed("profile", "", profileHome, async (round) => {
        const text = readFileSync(join(profileHome, ".aws", "config"), "utf8");
        expect(text.startsWith(mine)).toBe(true);
        const section = readAwsFile(text).find(({ name }) => name === "profile lake");
        expect(section?.values.get("credential_process") ?? "/usr/bin/node /opt/x.js").toMatch(
          /^\/usr\/bin\/node \/opt\/x*\.js$/,
        );
        if (round % 6 !== 5) return;
        expect((await run([...CALL, "--format", "profile", "--profile-name", "next"], profileHome)).exitCode).toBe(0);
        // whatever is in the config, no copy of it stays
        expect(readdirSync(join(profileHome, ".aws"))).toEqual(["config"]);
      }),
      killed("token", tokenFile, tokenHome, async (round) => {
        // whole, of the writer's or of the program's last round
        if (existsSync(tokenFile))
          expect(readFileSync(tokenFile, "utf8")).toMatch(/^eyJ(?:(\d)\1{1999}\.e\.s|[\w-]+\.[\w-]+\.UExBTlRFRA)$/);
        if (round % 6 !== 5) return;
        expect((await run([...CALL, "--format", "token-file", "--once", "--out", tokenFile], tokenHome)).exitCode).toBe(
          0,
        );
        expect(readFileSync(tokenFile, "utf8")).toBe(
          fakeToken(
            JSON.parse(
              Buffer.from(readFileSync(tokenFile, "utf8").split(".")[1] ?? "", "base64url").toString(),
            ) as Record<string, unknown>,
          ),
        );
        // no token stays beside it
        expect(readdirSync(tokenHome).filter((name) => name.includes("token"))).toEqual(["token"]);
      }),
    ]);
  });
});

describe("no failure shows a secret", () => {
  const OIDC = fakeToken({ sub: "planted" });
  const SECRETS = /PLANTED|UExBTlRFR|eyJ[A-Za-z0-9_-]{10}/;
  const clientId = { DATABRICKS_CLIENT_ID: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b" };
  const noClient = { DATABRICKS_CLIENT_ID: "", DATABRICKS_CLIENT_SECRET: "" };
  const faults = Object.entries(FAULTS).filter(([name]) => name !== "hang" && name !== "slow drip");

  const FAULTY = [
    { member: "token", where: "token endpoint", call: CALL },
    { member: "sts", where: "STS", call: CALL },
    { member: "catalog", where: "Unity Catalog", call: CATALOG_CALL },
    { member: "subject", where: "STS about a workload", call: AWS_CALL },
  ] as const;

  const calls: readonly (readonly [string, () => Promise<Outcome>])[] = [
    ["no way to a token", () => run(CALL, temporaryFolder("h"), noClient)],
    ["a token on the command line", () => run(["token", "--token", OIDC], temporaryFolder("h"))],
    ["a token as a word too many", () => run(["token", OIDC], temporaryFolder("h"))],
    ["a token as a verb", () => run([OIDC], temporaryFolder("h"))],
    ["a secret as a way", () => run(["token", "--from", PLANTED.clientSecret], temporaryFolder("h"))],
    [
      "an unreadable token on standard input",
      () => run(["token", "--token", "-"], temporaryFolder("h"), {}, `${OIDC} ${OIDC}`),
    ],
    [
      "an opaque token",
      () => run(CALL, temporaryFolder("h"), { ...noClient, DATABRICKS_TOKEN: "dapiPLANTED0123456789" }),
    ],
    [
      "an opaque token shown",
      () => run(["token", "--from", "env"], temporaryFolder("h"), { DATABRICKS_TOKEN: "dapiPLANTED0123456789" }),
    ],
    [
      "a token shown",
      () => run(["token", "--from", "env", "--json"], temporaryFolder("h"), { DATABRICKS_TOKEN: OIDC }),
    ],
    [
      "a host with a secret in it",
      () =>
        run(CALL, temporaryFolder("h"), {
          DATABRICKS_HOST: "https://user:PLANTEDpassword@mycompany.cloud.databricks.com",
        }),
    ],
    [
      "a proxy with a secret in it",
      () =>
        run(CALL, temporaryFolder("h"), {
          DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
          HTTPS_PROXY: "http://user:PLANTEDpassword@127.0.0.1:1",
        }),
    ],
    [
      "a proxy that is none",
      () =>
        run(CALL, temporaryFolder("h"), {
          DATABRICKS_HOST: "https://mycompany.cloud.databricks.com",
          HTTPS_PROXY: "PLANTED://PLANTED",
        }),
    ],
    [
      "an STS endpoint with a secret in it",
      () => run(CALL, temporaryFolder("h"), { AWS_ENDPOINT_URL_STS: "https://PLANTED.example.com:x" }),
    ],
    [
      "a wrong audience of workload identity",
      () => {
        aws.token = (request, response, body) =>
          json(
            {
              error: "invalid_grant",
              error_description: `no policy for ${new URLSearchParams(body).get("subject_token") ?? ""}`,
            },
            400,
          )(request, response, body);
        return run(CALL, temporaryFolder("h"), { DATABRICKS_OIDC_TOKEN: OIDC, ...clientId });
      },
    ],
    [
      "AWS echoing the token",
      () => {
        aws.sts = (request, response, body) =>
          stsError(400, "InvalidIdentityToken", decodeURIComponent(body))(request, response, body);
        return run(CALL, temporaryFolder("h"));
      },
    ],
    [
      "AWS saying no",
      () => {
        aws.sts = stsError(403, "AccessDenied", `Not authorized ${PLANTED.clientSecret}`);
        return run(CALL, temporaryFolder("h"));
      },
    ],
    [
      "a cache that cannot be written",
      () =>
        run(CALL, temporaryFolder("h"), { DATABRICKS_AWS_OIDC_CACHE_DIR: "/proc/nowhere" }).then((outcome) => ({
          ...outcome,
          stdout: "",
        })),
    ],
    [
      "a credential's name with a secret in it",
      () =>
        run(
          ["credentials", "--via", "unity-catalog", "--credential", `${PLANTED.clientSecret}\n`],
          temporaryFolder("h"),
        ),
    ],
    [
      "a secret as a credential's name, refused by Unity Catalog",
      () => {
        aws.catalog = json({ error_code: "PERMISSION_DENIED", message: "no ACCESS" }, 403);
        return run(
          ["credentials", "--via", "unity-catalog", "--credential", PLANTED.clientSecret],
          temporaryFolder("h"),
        );
      },
    ],
    [
      "Unity Catalog echoing the token",
      () => {
        aws.catalog = (request, response, body) =>
          json({ error_code: "PERMISSION_DENIED", message: request.headers.authorization }, 403)(
            request,
            response,
            body,
          );
        return run(CATALOG_CALL, temporaryFolder("h"));
      },
    ],
    [
      "Unity Catalog with keys of another cloud",
      () => {
        aws.catalog = json({ azure_aad: { aad_token: "PLANTED" } });
        return run(CATALOG_CALL, temporaryFolder("h"));
      },
    ],
    ["a program that cannot be started", () => run([...CALL, "--", "/nowhere/program"], temporaryFolder("h"))],
    [
      "a failing CLI",
      () => run(["token", "--from", "databricks-cli"], temporaryFolder("h"), { DATABRICKS_CLI_PATH: failingCli() }),
    ],
    [
      "everything printed for debugging",
      () => {
        aws.sts = FAULTS["garbage"]?.play;
        return run(CALL, temporaryFolder("h"), { DATABRICKS_AWS_OIDC_DEBUG: "1", NODE_DEBUG: "" });
      },
    ],
    [
      "AWS echoing the keys of a workload",
      () => {
        aws.subject = (request, response, body) =>
          stsError(403, "AccessDenied", JSON.stringify(request.headers))(request, response, body);
        return run(AWS_CALL, temporaryFolder("h"), aws.workload);
      },
    ],
    ...faults.flatMap(([name, { play }]) => {
      // what is tried again takes its time
      const isRetried = ["reset", "429", "503", "cut short"].includes(name);
      return FAULTY.filter(({ member }) => member === "token" || !isRetried).map(
        ({ member, where, call }): (typeof calls)[number] => [
          `${where}: ${name}`,
          () => {
            aws[member] = play;
            return run(call, temporaryFolder("h"), call === AWS_CALL ? aws.workload : {});
          },
        ],
      );
    }),
  ];

  test.each(calls)("%s", async (_name, call) => {
    const outcome = await call();
    expect(`${outcome.stdout}${outcome.stderr}`).not.toMatch(SECRETS);
    expect(outcome.stderr).not.toMatch(/^ {4}at /m);
  });

  function failingCli(): string {
    const file = join(temporaryFolder("cli"), "databricks");
    writeFileSync(file, `#!/bin/sh\necho "refresh token ${OIDC} dkeaPLANTED0123456789 is not valid" >&2; exit 1\n`, {
      mode: 0o755,
    });
    return file;
  }

  test("and no file but those that are for it holds one", async () => {
    const home = temporaryFolder("home");
    await run(CALL, home);
    await run([...CALL, "--format", "profile", "--profile-name", "lake"], home);
    await run([...CATALOG_CALL, "--format", "profile", "--profile-name", "catalog"], home);
    await run([...AWS_CALL, "--format", "profile", "--profile-name", "aws"], home, aws.workload);
    await run(AWS_CALL, home, aws.workload);
    aws.sts = stsError(403, "AccessDenied", "no");
    await run([...CALL, "--session-name", "other"], home);
    const holding = readdirSync(home, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && SECRETS.test(readFileSync(join(entry.parentPath, entry.name), "utf8")))
      .map((entry) => entry.name);
    expect(holding).toEqual(Array(2).fill(expect.stringMatching(/^[0-9a-f]{64}\.json$/)));
  });
});

describe("a program run with credentials", () => {
  test("that is missing behind -- gets an error, not the keys printed", async () => {
    expect(await run([...CALL, "--"], temporaryFolder("home"))).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining("[command-missing]") as string,
    });
  });

  test("gets its own exit code through, and nothing secret in anybody's argv", async () => {
    const home = temporaryFolder("home");
    const look = "tr '\\0' ' ' < /proc/$PPID/cmdline; tr '\\0' ' ' < /proc/$$/cmdline; exit 7";
    const outcome = await run([...CALL, "--", "sh", "-c", look], home);
    expect(outcome.exitCode).toBe(7);
    expect(outcome.stdout).toContain(ROLE_ARN);
    expect(outcome.stdout).not.toMatch(/PLANTED|eyJ/);
  });

  test("is ended by the signal that ends us", async () => {
    const home = temporaryFolder("home");
    const child = spawn(process.execPath, [cli, ...CALL, "--", "sh", "-c", "echo up; exec sleep 30"], {
      env: environment(home),
      cwd: home,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGTERM");
    const [code] = (await once(child, "exit")) as [number];
    expect(code).toBe(128 + 15);
  });
});

const python = findOnPath("python3");
(python === undefined ? describe.skip : describe)("the SDKs take them", () => {
  const BOTO3 =
    "import boto3,json,sys; c=boto3.Session().get_credentials(); f=c.get_frozen_credentials(); " +
    "print(json.dumps([c.method, f.access_key, f.token is not None]))";

  test.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["boto3 by credential_process", [], { AWS_PROFILE: "lake" }, "custom-process"],
    ["boto3 by the loopback endpoint", [...CALL, "--"], {}, "container-role"],
    ["boto3 by the loopback endpoint, through Unity Catalog", [...CATALOG_CALL, "--"], {}, "container-role"],
  ])("%s", async (_name, prefix, env, method) => {
    const home = temporaryFolder("home");
    mkdirSync(join(home, ".aws"));
    // as some write it, and botocore reads it
    writeFileSync(
      join(home, ".aws", "config"),
      "[profile lake]\n    region: eu-west-1\n    output = json\n[profile other]\nregion = eu-west-1\n",
    );
    await run([...CALL, "--format", "profile", "--profile-name", "lake"], home);
    const args = prefix.length === 0 ? ["-c", BOTO3] : [cli, ...prefix, python ?? "", "-c", BOTO3];
    const outcome = await runProgram(prefix.length === 0 ? (python ?? "") : process.execPath, args, {
      cwd: home,
      env: { ...environment(home, env), PYENV_VERSION: process.env["PYENV_VERSION"] },
    });
    expect(JSON.parse(outcome.stdout)).toEqual([method, expect.stringMatching(/^ASIA/), true]);
  });

  test.each<[string, readonly string[], Readonly<Record<string, string>>]>([
    ["the AWS SDK for JavaScript by credential_process", [], { AWS_PROFILE: "lake" }],
    ["the AWS SDK for JavaScript by the loopback endpoint", [...CALL, "--"], {}],
  ])("%s", async (_name, prefix, env) => {
    const home = temporaryFolder("home");
    await run([...CALL, "--format", "profile", "--profile-name", "lake"], home);
    const script =
      `const { STSClient } = require(${JSON.stringify(require.resolve("@aws-sdk/client-sts"))}); ` +
      `new STSClient({ region: "us-east-1" }).config.credentials().then((c) => ` +
      `console.log(JSON.stringify([c.accessKeyId, c.expiration])));`;
    const outcome = await runProgram(
      process.execPath,
      [...(prefix.length === 0 ? [] : [cli, ...prefix, process.execPath]), "-e", script],
      { cwd: home, env: environment(home, env) },
    );
    expect(JSON.parse(outcome.stdout)).toEqual([expect.stringMatching(/^ASIA/), expect.any(String)]);
  });
});
