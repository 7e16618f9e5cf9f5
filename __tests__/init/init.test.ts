import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { FederationError, OutsideError } from "../../src/errors";
import { listOf } from "../../src/init/ask";
import { federationText } from "../../src/init/federation-text";
import type { InitFlags } from "../../src/init/flags";
import { commandOf } from "../../src/init/flags";
import type { InitResult, InitOptions } from "../../src/init/init";
import { initFederation, initText, PUBLISHED_SCHEMA } from "../../src/init/init";
import { writeOutputFile } from "../../src/init/output-file";
import type { Prompter, TextPrompt } from "../../src/init/prompter";
import { Stopped } from "../../src/init/prompter";
import { lintFederation } from "../../src/lint/lint-federation";
import { loadFederation } from "../../src/files/load-federation";
import type { DatabricksConfig } from "../../src/network/databricks-config";
import { fetchDatabricksConfig, databricksConfigUrl, readDatabricksConfig } from "../../src/network/databricks-config";
import { FAULTS, startFaultServer } from "../support/fault-server";
import { hostileText } from "../support/hostile-text";
import { temporaryFolder } from "../support/temporary-folder";
import { runs } from "../support/runs";

const SP = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const OTHER_SP = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const ACCOUNT = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const HOST = "mycompany.cloud.databricks.com";
const NOBODY: InitFlags = { role: [], servicePrincipal: [], user: [], policyArn: [], bucket: [], maxSession: [] };
const WHOLE: InitFlags = {
  ...NOBODY,
  url: `https://${HOST}/?o=1444828305810485`,
  role: ["lake-reader"],
  servicePrincipal: [SP],
};

const NO_CONFIG: DatabricksConfig = {
  oidcEndpoint: null,
  accountId: null,
  workspaceId: null,
  cloud: null,
  hostType: null,
  tokenAudience: null,
};

interface Told {
  readonly answer: InitResult;
  readonly text: string;
  readonly notes: readonly string[];
}

async function init(flags: InitFlags, change: Partial<InitOptions> = {}): Promise<Told> {
  const notes: string[] = [];
  const answer = await initFederation({
    flags,
    cwd: temporaryFolder("init"),
    note: (text) => notes.push(text),
    ...change,
  });
  return { answer, text: readFileSync(answer.file, "utf8"), notes };
}

/** The codes it is refused with, and what lies in the folder afterwards. */
async function refused(
  flags: InitFlags,
  change: Partial<InitOptions> = {},
): Promise<{
  readonly codes: readonly string[];
  readonly paths: readonly (string | undefined)[];
  readonly left: readonly string[];
}> {
  const cwd = temporaryFolder("init");
  const error: unknown = await initFederation({ flags, cwd, note: () => undefined, ...change }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FederationError)) throw new Error(`not refused: ${String(error)}`);
  return {
    codes: error.problems.map(({ code }) => code),
    paths: error.problems.map(({ path }) => path),
    left: readdirSync(cwd),
  };
}

describe("init by flags", () => {
  test("writes a file that reads, passes lint, and says what was asked", async () => {
    const { answer, text } = await init({
      ...WHOLE,
      role: ["lake-reader", "ops=on,call"],
      servicePrincipal: [`lake-reader=${SP}`, `lake-reader=${OTHER_SP}`],
      user: ["ops=on,call=alice@example.com"],
      usersReason: "On-call people look into the lake",
      bucket: ["lake-reader=mycompany-lake"],
      policyArn: [
        "ops=on,call=arn:aws:iam::aws:policy/ReadOnlyAccess",
        "ops=on,call=arn:aws:iam::111122223333:policy/x/ReadOnlyAccess",
      ],
      maxSession: ["lake-reader=2h"],
      awsAccountId: "111122223333",
      region: "eu-central-1",
      name: "lakehouse",
    });
    expect(text.split("\n", 1)).toEqual([`# yaml-language-server: $schema=${PUBLISHED_SCHEMA}`]);
    const federation = loadFederation(answer.file);
    expect(federation).toMatchObject({
      name: "lakehouse",
      accounts: [{ accountId: "111122223333", region: "eu-central-1" }],
      issuers: { workspace: { issuer: `https://${HOST}/oidc`, audiences: ["1444828305810485"] } },
    });
    expect(federation.roles).toMatchObject([
      { key: "lake-reader", maxSessionDuration: 7200, trusts: [{ servicePrincipals: [SP, OTHER_SP], users: [] }] },
      {
        key: "ops=on,call",
        maxSessionDuration: 3600,
        trusts: [{ servicePrincipals: [], users: ["alice@example.com"] }],
        managedPolicyArns: {
          ReadOnlyAccess: expect.any(String) as string,
          "ReadOnlyAccess-2": expect.any(String) as string,
        },
      },
    ]);
    expect(
      lintFederation(federation).filter(({ ignored, severity }) => ignored === null && severity === "error"),
    ).toEqual([]);
  });

  test("passes lint without a word for one role, one service principal and one bucket", async () => {
    const { answer } = await init({ ...WHOLE, bucket: ["mycompany-lake"] });
    expect(answer.warnings).toEqual([]);
    expect(lintFederation(loadFederation(answer.file))).toEqual([]);
  });

  test.each<[string, InitFlags, string]>([
    ["a workspace", WHOLE, `https://${HOST}/oidc`],
    [
      "a discovery URL",
      { ...WHOLE, url: `https://${HOST}/oidc/.well-known/openid-configuration`, workspaceId: "1444828305810485" },
      `https://${HOST}/oidc`,
    ],
    [
      "an Azure workspace, whose name holds its ID",
      { ...WHOLE, url: "adb-1444828305810485.5.azuredatabricks.net" },
      "https://adb-1444828305810485.5.azuredatabricks.net/oidc",
    ],
    [
      "an account",
      { ...WHOLE, url: undefined, accountId: ACCOUNT.toUpperCase() },
      `https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "an account of another cloud",
      { ...WHOLE, url: undefined, accountId: ACCOUNT, cloud: "gcp" },
      `https://accounts.gcp.databricks.com/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "an accounts host and its account",
      { ...WHOLE, url: "https://accounts.azuredatabricks.net", accountId: ACCOUNT },
      `https://accounts.azuredatabricks.net/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "an account where no accounts host is known",
      { ...WHOLE, url: `https://accounts.databricks.azure.us/oidc/accounts/${ACCOUNT}` },
      `https://accounts.databricks.azure.us/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "an account on another host than its cloud's",
      { ...WHOLE, url: `https://mycompany.cloud.databricks.com/oidc/accounts/${ACCOUNT}` },
      `https://mycompany.cloud.databricks.com/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "a workspace without unified login",
      { ...WHOLE, unifiedLogin: false, accountId: ACCOUNT },
      `https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`,
    ],
    [
      "GovCloud",
      { ...WHOLE, url: "https://mycompany.cloud.databricks.us/?o=1444828305810485" },
      "https://mycompany.cloud.databricks.us/oidc",
    ],
  ])("finds the issuer of %s", async (_name, flags, issuer) => {
    const { answer } = await init(flags);
    const federation = loadFederation(answer.file);
    expect(Object.values(federation.issuers).map((one) => one.issuer)).toEqual([issuer]);
    expect(federation.partition).toBe(issuer.includes("databricks.us/") ? "aws-us-gov" : "aws");
  });

  test.each<[string, InitFlags, readonly string[], readonly string[]]>([
    ["nothing at all", NOBODY, ["init-needs", "init-needs"], ["url", "role"]],
    ["who may", { ...WHOLE, servicePrincipal: [] }, ["init-needs"], ["service-principal"]],
    ["the workspace's ID", { ...WHOLE, url: HOST }, ["init-needs"], ["workspace-id"]],
    ["the account", { ...WHOLE, url: "https://accounts.cloud.databricks.com" }, ["init-needs"], ["account-id"]],
    ["the account behind a workspace", { ...WHOLE, unifiedLogin: false }, ["init-needs"], ["account-id"]],
  ])("names every flag that is missing: %s", async (_name, flags, codes, paths) => {
    expect(await refused(flags)).toEqual({ codes, paths, left: [] });
  });

  test.each<[string, Partial<InitFlags>, string]>([
    ["a host of nobody's", { url: "https://evil.example.com/?o=1444828305810485" }, "host-not-databricks"],
    [
      "the issuer of everybody",
      { url: "https://accounts.cloud.databricks.com/oidc", accountId: "1" },
      "databricks-account-id-invalid",
    ],
    ["a service principal that is none", { servicePrincipal: ["alice"] }, "service-principal-invalid"],
    ["a user that is none", { user: ["*@example.com"] }, "user-invalid"],
    ["a bucket that is an ARN", { bucket: ["arn:aws:s3:::lake/*"] }, "value-not-allowed"],
    ["a bucket that is everything", { bucket: ["*"] }, "value-not-allowed"],
    [
      "a policy of another partition",
      { policyArn: ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"] },
      "policy-arn-invalid",
    ],
    ["a session of a day", { maxSession: ["24h"] }, "duration-out-of-range"],
    ["an AWS account that is none", { awsAccountId: ACCOUNT }, "aws-account-id-invalid"],
    ["a partition that is none", { partition: "moon" }, "partition-unknown"],
    ["a region of another partition", { region: "cn-north-1" }, "region-partition-mismatch"],
    ["a role name IAM does not take", { role: ["a b"] }, "role-name-invalid"],
    ["a role named twice", { role: ["lake-reader", "lake-reader"] }, "name-collision"],
    ["two roles and an identity of neither", { role: ["a", "b"] }, "init-role-unclear"],
    ["a name that is none", { name: "1 2" }, "name-invalid"],
    ["a reason that is none", { user: ["alice@example.com"], usersReason: "." }, "reason-empty"],
    ["people for twelve hours from anywhere", { user: ["alice@example.com"], maxSession: ["12h"] }, "init-lint"],
    ["administrators", { policyArn: ["arn:aws:iam::aws:policy/AdministratorAccess"] }, "init-lint"],
    ["an ID of another workspace", { workspaceId: "1" }, "issuer-conflict"],
  ])("writes nothing for %s", async (_name, change, code) => {
    const { codes, left } = await refused({ ...WHOLE, ...change });
    expect(codes).toContain(code);
    expect(left).toEqual([]);
  });

  test.each<[string, (file: string) => void]>([
    ["a file", (file) => writeFileSync(file, "mine")],
    ["a link to nowhere", (file) => symlinkSync("/nowhere/at/all", file)],
  ])("overwrites nothing: %s", async (_name, make) => {
    const cwd = temporaryFolder("init");
    const file = join(cwd, "federation.yaml");
    make(file);
    const before = lstatSync(file).ino;
    await expect(initFederation({ flags: WHOLE, cwd, note: () => undefined, prompter: never() })).rejects.toMatchObject(
      { code: "file-exists" },
    );
    // nor where the file comes in between
    expect(() => writeOutputFile(file, "ours")).toThrow(expect.objectContaining({ code: "file-exists" }) as Error);
    expect(lstatSync(file).ino).toBe(before);
    expect(readdirSync(cwd)).toEqual(["federation.yaml"]);
  });

  test("asks nothing where the folder is missing", async () => {
    await expect(
      initFederation({
        flags: WHOLE,
        cwd: temporaryFolder("init"),
        out: "live/federation.yaml",
        note: () => undefined,
        prompter: never(),
      }),
    ).rejects.toMatchObject({ code: "file-unwritable" });
  });

  test("says so where the folder cannot be written to", async () => {
    expect(await refused(WHOLE, { out: "no/such/folder/federation.yaml" })).toMatchObject({
      codes: ["file-unwritable"],
    });
  });

  test("encodes whatever is in an answer", () => {
    const text = fc.oneof(
      fc.constantFrom("no", "2012-10-17", "1e3", "0x10", "~", "- a: b", "# x", "a: b # c", "__proto__", ""),
      hostileText,
    );
    fc.assert(
      fc.property(text, text, text, text, text, (name, key, subject, bucket, reason) => {
        const read = parse(
          federationText({
            name,
            schema: "./schema.json",
            issuer: { level: "workspace", host: HOST, workspaceId: "1444828305810485" },
            issuerUrl: `https://${HOST}/oidc`,
            awsAccountId: "000011112222",
            partition: "aws",
            region: undefined,
            roles: [
              {
                key,
                servicePrincipals: [subject],
                users: [subject],
                policyArns: [],
                buckets: [bucket],
                maxSession: undefined,
              },
            ],
            usersReason: reason,
          }),
        ) as {
          readonly name: unknown;
          readonly aws: { readonly accountId: unknown };
          readonly roles: Readonly<
            Record<string, { readonly trusts: unknown; readonly inlinePolicies: unknown; readonly lint: unknown }>
          >;
        };
        expect([read.name, read.aws.accountId, Object.keys(read.roles)]).toEqual([name, "000011112222", [key]]);
        const role = Object.values(read.roles)[0];
        expect(role).toMatchObject({
          trusts: [{ issuer: "workspace", servicePrincipals: [subject], users: [subject] }],
          lint: [{ ignore: "subject-email", reason }],
        });
        expect(JSON.stringify(role?.inlinePolicies)).toContain(JSON.stringify(`arn:aws:s3:::${bucket}/*`));
      }),
      { numRuns: runs(60) },
    );
  });
});

describe("what the workspace says about itself", () => {
  const config = (change: Partial<DatabricksConfig>) => ({ askHost: async () => ({ ...NO_CONFIG, ...change }) });

  test("spares the question for its ID", async () => {
    const { answer } = await init(
      { ...WHOLE, url: HOST },
      config({ workspaceId: "1444828305810485", accountId: ACCOUNT }),
    );
    expect(loadFederation(answer.file).issuers["workspace"]?.audiences).toEqual(["1444828305810485"]);
  });

  test("spares the question for its account where it has no unified login", async () => {
    const { answer } = await init({ ...WHOLE, unifiedLogin: false }, config({ accountId: ACCOUNT }));
    expect(answer.issuer).toBe(`https://accounts.cloud.databricks.com/oidc/accounts/${ACCOUNT}`);
  });

  test("names the issuer of a custom host of Databricks', and of nobody else's", async () => {
    const elsewhere = config({ oidcEndpoint: `https://${HOST}/oidc`, workspaceId: "1444828305810485" });
    const { answer, notes } = await init({ ...WHOLE, url: "https://mycompany.databricks.com" }, elsewhere);
    expect(answer.issuer).toBe(`https://${HOST}/oidc`);
    expect(notes.join()).toContain("issuer-elsewhere");
    expect(await refused({ ...WHOLE, url: "https://mycompany.example.com" }, elsewhere)).toMatchObject({
      codes: ["host-not-databricks"],
    });
    expect(
      await refused(
        { ...WHOLE, url: "https://mycompany.databricks.com" },
        config({ oidcEndpoint: "https://evil.example.com/oidc" }),
      ),
    ).toMatchObject({ codes: ["host-not-databricks"] });
  });

  test("is not believed where it contradicts what was given, or has no ID's form", async () => {
    expect(await refused(WHOLE, config({ workspaceId: "1" }))).toMatchObject({ codes: ["issuer-conflict"] });
    expect(await refused({ ...WHOLE, url: HOST }, config({ workspaceId: "${x}" }))).toMatchObject({
      codes: ["init-needs"],
    });
  });

  test.each(Object.entries(FAULTS))("is asked for in bounded time, and done without: %s", async (_name, { play }) => {
    const server = await startFaultServer(play);
    try {
      const started = Date.now();
      const { notes } = await init(WHOLE, {
        askHost: () =>
          fetchDatabricksConfig(new URL(databricksConfigUrl(HOST).pathname, server.origin), {
            env: {},
            timeoutMs: 1000,
          }),
      });
      expect(notes.join()).toMatch(/could not be reached .*\[(?:network|response)-[a-z-]+\]/);
      expect(Date.now() - started).toBeLessThan(10_000);
      expect(
        server.received.every(
          ({ url, headers, body }) =>
            url === "/.well-known/databricks-config" && body === "" && headers.authorization === undefined,
        ),
      ).toBe(true);
    } finally {
      await server.stop();
    }
  });

  test("is read as it is published, IDs as text or as numbers", () => {
    expect(
      readDatabricksConfig({
        oidc_endpoint: "https://x/oidc",
        account_id: ACCOUNT,
        workspace_id: 1444828305810485,
        cloud: "AWS",
        host_type: "workspace",
      }),
    ).toEqual({
      oidcEndpoint: "https://x/oidc",
      accountId: ACCOUNT,
      workspaceId: "1444828305810485",
      cloud: "AWS",
      hostType: "workspace",
      tokenAudience: null,
    });
    expect(readDatabricksConfig({ workspace_id: 1e300, account_id: [], oidc_endpoint: "" })).toEqual(NO_CONFIG);
  });

  test("is done without where it does not answer", async () => {
    const askHost = async (): Promise<never> => {
      throw new OutsideError([{ code: "network-timeout", message: "No answer.", fix: "Wait." }]);
    };
    const { notes } = await init(WHOLE, { askHost });
    expect(notes.join()).toContain("network-timeout");
    expect(await refused({ ...WHOLE, url: HOST }, { askHost })).toMatchObject({
      codes: ["init-needs"],
      paths: ["workspace-id"],
    });
  });
});

function never(): Prompter {
  const fail = async (): Promise<never> => {
    throw new Error("asked");
  };
  return { text: fail, yesNo: fail, choose: fail };
}

/** Answers in order; a text that its question does not take is asked again, as a terminal does. */
function person(...answers: readonly (string | boolean)[]): {
  readonly prompter: Prompter;
  readonly asked: string[];
  readonly complaints: string[];
} {
  const left = [...answers];
  const asked: string[] = [];
  const complaints: string[] = [];
  const next = (message: string): string | boolean => {
    asked.push(message);
    const answer = left.shift();
    if (answer === undefined) throw new Stopped();
    return answer;
  };
  const text = async (question: TextPrompt): Promise<string> => {
    const typed = String(next(question.message));
    const answer = typed === "" ? (question.default ?? "") : typed;
    const wrong = question.wrong?.(answer);
    if (wrong === undefined) return answer;
    complaints.push(wrong);
    return text(question);
  };
  return {
    asked,
    complaints,
    prompter: {
      text,
      yesNo: async (message) => next(message) === true,
      choose: async (message, choices) => {
        const chosen = next(message);
        return choices.find(([value]) => value === chosen)?.[0] ?? Promise.reject(new Error("no such choice"));
      },
    },
  };
}

describe("init by questions", () => {
  test("keeps the answers where lint refuses the federation: prints the call, to correct it", async () => {
    const notes: string[] = [];
    const flags = { ...WHOLE, policyArn: ["arn:aws:iam::aws:policy/AdministratorAccess"], name: "lake" };
    await expect(
      init(flags, { prompter: person(true, "111122223333", "", "", "").prompter, note: (text) => notes.push(text) }),
    ).rejects.toMatchObject({ code: "init-lint" });
    expect(notes.join("\n")).toMatch(
      /Your answers as a command, to correct and run again: .* init .*AdministratorAccess.*111122223333/,
    );
  });

  test("asks for what it cannot find out, reports problems at once, prints the call that asks nothing", async () => {
    const who = person(
      "evil.example.com",
      "http://x",
      `https://${HOST}`,
      true,
      "1444828305810485",
      "",
      `${SP}, bob`,
      `${SP}, alice@example.com`,
      "buckets",
      "My_Bucket",
      "mycompany-lake logs-lake",
      "",
      true,
      "lake-reader",
      "writer",
      OTHER_SP,
      "policies",
      "arn:aws:iam::aws:policy/AmazonS3FullAccess",
      "24h",
      "2h",
      false,
      "On-call people look into the lake",
      "12",
      "111122223333",
      "Frankfurt",
      "us-gov-west-1",
      "eu-central-1",
      "",
    );
    const { answer, text } = await init(NOBODY, { prompter: who.prompter });
    expect(who.complaints).toEqual([
      expect.stringContaining("outside Databricks' zones"),
      expect.stringContaining("https"),
      expect.stringContaining('"bob" must be'),
      expect.stringContaining("S3 bucket"),
      "This role already exists.",
      "Write 1h to 12h.",
      expect.stringContaining("12 digits"),
      expect.stringContaining('"Frankfurt"'),
      '"us-gov-west-1" is in partition aws-us-gov, not in aws.',
    ]);
    expect(loadFederation(answer.file)).toMatchObject({
      name: "mycompany",
      accounts: [{ accountId: "111122223333", region: "eu-central-1" }],
      roles: [
        { key: "lake-reader", trusts: [{ servicePrincipals: [SP], users: ["alice@example.com"] }] },
        { key: "writer", maxSessionDuration: 7200, trusts: [{ servicePrincipals: [OTHER_SP], users: [] }] },
      ],
    });
    expect(answer.warnings).toEqual([{ rule: "session-long", message: expect.any(String) as string }]);
    const flags = answer.command.match(/'[^']*'|\S+/g)?.map((word) => word.replace(/^'|'$/g, "")) ?? [];
    const of = (flag: string): readonly string[] =>
      flags.flatMap((word, at) => (flags[at - 1] === `--${flag}` ? [word] : []));
    const again = await init(
      {
        url: of("url")[0],
        workspaceId: of("workspace-id")[0],
        unifiedLogin: flags.includes("--unified-login"),
        role: of("role"),
        servicePrincipal: of("service-principal"),
        user: of("user"),
        usersReason: of("users-reason")[0],
        bucket: of("bucket"),
        policyArn: of("policy-arn"),
        maxSession: of("max-session"),
        awsAccountId: of("aws-account-id")[0],
        region: of("region")[0],
        name: of("name")[0],
      },
      { prompter: undefined },
    );
    expect(again.text).toBe(text);
  });

  test("asks less where the workspace tells, and nothing that a flag says", async () => {
    const who = person(true, "", "");
    await init(
      { ...WHOLE, url: HOST, name: "lake" },
      { prompter: who.prompter, askHost: async () => ({ ...NO_CONFIG, workspaceId: "1444828305810485" }) },
    );
    expect(who.asked).toEqual([
      expect.stringContaining("unified login"),
      expect.stringContaining("AWS account ID"),
      expect.stringContaining("AWS region"),
    ]);
  });

  test("takes an account ID, and asks for its cloud", async () => {
    const who = person(ACCOUNT, "azure", "reader", SP, "nothing", "", false, "", "", "");
    const { answer, text } = await init(NOBODY, { prompter: who.prompter });
    expect(answer.issuer).toBe(`https://accounts.azuredatabricks.net/oidc/accounts/${ACCOUNT}`);
    expect(text).toContain("The role may do nothing yet");
    expect(text).toContain("accountId is left out");
  });

  test("asks for the account of a workspace without unified login", async () => {
    const who = person(
      `https://${HOST}/?o=1444828305810485`,
      false,
      "x",
      ACCOUNT,
      "reader",
      SP,
      "nothing",
      "",
      false,
      "",
      "",
      "",
    );
    expect((await init(NOBODY, { prompter: who.prompter })).answer.issuer).toContain(ACCOUNT);
  });

  test("writes nothing when it is stopped, at whichever question", async () => {
    const answers = [
      `https://${HOST}/?o=1444828305810485`,
      true,
      "reader",
      SP,
      "buckets",
      "lake",
      "1h",
      false,
      "",
      "",
      "lakehouse",
    ];
    for (let stop = 0; stop < answers.length; stop += 1) {
      const cwd = temporaryFolder("init");
      await expect(
        initFederation({
          flags: NOBODY,
          cwd,
          note: () => undefined,
          prompter: person(...answers.slice(0, stop)).prompter,
        }),
      ).rejects.toBeInstanceOf(Stopped);
      expect(readdirSync(cwd)).toEqual([]);
    }
    const whole = await init(NOBODY, { prompter: person(...answers).prompter });
    expect(existsSync(whole.answer.file)).toBe(true);
  });
});

describe("the JSON Schema that init names", () => {
  const NAME = "schema/federation.schema.json";
  const packaged = join(__dirname, "..", "..", NAME);
  /** The first line of the file that init writes to `out` in `cwd`. */
  const named = async (cwd: string, out: string): Promise<string> => {
    mkdirSync(dirname(join(cwd, out)), { recursive: true });
    const { text } = await init(WHOLE, { cwd, out });
    return /\$schema=(\S+)/.exec(text)?.[1] ?? "";
  };

  test.each(["federation.yaml", "teams/data/federation.yaml"])(
    "is that of the package installed above %s, which is there",
    async (out) => {
      const cwd = temporaryFolder("init");
      mkdirSync(join(cwd, "node_modules"));
      symlinkSync(join(__dirname, "..", ".."), join(cwd, "node_modules", "databricks-aws-oidc"));
      const path = join(cwd, dirname(out), await named(cwd, out));
      expect(readFileSync(path, "utf8")).toBe(readFileSync(packaged, "utf8"));
    },
  );

  test("is the one beside the file, where generate schema wrote one", async () => {
    const cwd = temporaryFolder("init");
    mkdirSync(join(cwd, "schema"));
    writeFileSync(join(cwd, NAME), "{}");
    expect(await named(cwd, "federation.yaml")).toBe(`./${NAME}`);
  });

  test("is elsewhere the published one of this version, at a path that the package has", () => {
    const { version, files } = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as {
      readonly version: string;
      readonly files: readonly string[];
    };
    expect(PUBLISHED_SCHEMA).toBe(`https://unpkg.com/databricks-aws-oidc@${version}/${NAME}`);
    expect(files).toContain("schema");
  });
});

test("init ends with commands to copy that name the file it wrote", async () => {
  const { answer } = await init(WHOLE, { out: "my lake.yaml" });
  expect(initText(answer)).toContain(
    [
      "  databricks-aws-oidc lint --config 'my lake.yaml'",
      "  databricks-aws-oidc prove --config 'my lake.yaml'",
      "  databricks-aws-oidc generate root --config 'my lake.yaml' --out terraform",
      "  terraform -chdir=terraform init",
      "  terraform -chdir=terraform plan",
    ].join("\n"),
  );
});

test("an address as the browser shows it is taken, without its fragment and with a note", async () => {
  const { answer, notes } = await init({ ...WHOLE, url: `https://${HOST}/?o=1444828305810485#job/7/run/8` });
  expect(answer.issuer).toBe(`https://${HOST}/oidc`);
  expect(notes.join("\n")).toContain("[fragment-cut]");
});

test("a list is split at whatever separates", () => {
  expect(listOf(" a, b;c\n d ,")).toEqual(["a", "b", "c", "d"]);
});

test("the printed call survives a shell", () => {
  expect(commandOf({ ...WHOLE, usersReason: "it's $HOME" }, "my file.yaml")).toContain(
    `--users-reason 'it'\\''s $HOME' --out 'my file.yaml'`,
  );
});
