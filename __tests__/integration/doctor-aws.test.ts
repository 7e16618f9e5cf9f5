import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from "@aws-sdk/client-iam";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DoctorReport } from "../../src/doctor/report";
import { accountView, parseFederation, roleTrustPolicy } from "../../src/federation";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { trustPolicyJson } from "../../src/trust/build";
import { buildCli } from "../support/built-cli";
import type { FakeAws } from "../support/fake-aws";
import { startFakeAws, stsError } from "../support/fake-aws";
import type { FaultServer, Play } from "../support/fault-server";
import { FAULTS, json, startFaultServer } from "../support/fault-server";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import type { SimulatedInternet } from "../support/simulated-internet";
import { startInternet } from "../support/simulated-internet";
import type { SimulatedIssuer } from "../support/simulated-issuer";
import { HOST, ISSUER, KEYS, simulatedIssuer, SUBJECT } from "../support/simulated-issuer";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const STRANGER = "11111111-2222-4333-8444-555555555555";
const ACCOUNT = "111122223333";
const YAML =
  `
name: lakehouse
tags: { team: data }
aws: { accountId: "${ACCOUNT}" }
issuers:
  production: { level: workspace, host: ${HOST}, workspaceId: "1444828305810485" }
roles:
  lake-reader:
    trusts:
      - { issuer: production, servicePrincipals: [${SUBJECT}, 0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] }
    inlinePolicies:
      read-lake: { Version: "2012-10-17", Statement: [{ Effect: Allow, Action: ["s3:ListBucket", ` +
  `"s3:GetObject"], Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"] }] }
    managedPolicyArns: { lake: "arn:aws:iam::${ACCOUNT}:policy/lake" }
  lake-writer:
    trusts:
      - issuer: production
        users: [alice@example.com]
        conditions: [{ test: IpAddress, variable: "aws:SourceIp", values: [203.0.113.0/24] }]
`;
const TAGS = [{ Key: "team", Value: "data" }];
const LAKE = `arn:aws:iam::${ACCOUNT}:policy/lake`;
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/${HOST}/oidc`;

describeWith({ moto: true }, "doctor and a local AWS", () => {
  const { federation } = parseFederation(YAML, { file: "federation.yaml" });
  const [account] = federation.accounts;
  const view = accountView(federation, account as NonNullable<typeof account>);
  const policies = new Map(view.roles.map((role) => [role.key, trustPolicyJson(roleTrustPolicy(role, view))]));
  const reader = JSON.parse(policies.get("lake-reader") ?? "") as { Statement: Record<string, unknown>[] };

  let moto: Moto;
  let iam: Iam;
  let internet: SimulatedInternet;
  let issuer: SimulatedIssuer;
  let sts: FakeAws;
  let cli: string;
  let config: string;
  beforeAll(async () => {
    [moto, internet, issuer, sts, cli] = await Promise.all([
      startMoto({ accountId: ACCOUNT }),
      startInternet(),
      simulatedIssuer(),
      startFakeAws(),
      buildCli(["doctor"]),
    ]);
    iam = iamOf(moto);
    config = join(temporaryFolder("federation"), "federation.yaml");
    writeFileSync(config, YAML);
    internet.plays = issuer.plays;
    await deploy();
  });
  afterAll(async () => {
    iam?.client.destroy();
    await Promise.all([moto?.stop(), internet?.stop(), sts?.stop()]);
  });

  async function deploy(): Promise<void> {
    await iam.client.send(
      new CreateOpenIDConnectProviderCommand({
        Url: ISSUER,
        ClientIDList: ["1444828305810485"],
        ThumbprintList: ["9".repeat(40)],
        Tags: TAGS,
      }),
    );
    for (const [RoleName, AssumeRolePolicyDocument] of policies)
      await iam.client.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags: [...TAGS, { Key: "by-hand", Value: "" }] }),
      );
    await iam.client.send(
      new CreatePolicyCommand({ PolicyName: "lake", PolicyDocument: JSON.stringify(readLake("*")) }),
    );
    await permit();
  }

  const readLake = (...Action: readonly string[]): unknown => ({
    Version: "2012-10-17",
    Statement: Action.map((action) => ({
      Sid: action.replace(/\W/g, ""),
      Effect: "Allow",
      Action: `s3:${action}`,
      Resource: ["arn:aws:s3:::lake/*", "arn:aws:s3:::lake"],
    })),
  });
  /** As the federation has it, written otherwise. */
  async function permit(): Promise<void> {
    await iam.client.send(
      new PutRolePolicyCommand({
        RoleName: "lake-reader",
        PolicyName: "read-lake",
        PolicyDocument: JSON.stringify(readLake("GetObject", "ListBucket")),
      }),
    );
    await iam.client.send(new AttachRolePolicyCommand({ RoleName: "lake-reader", PolicyArn: LAKE }));
  }

  interface Run {
    readonly exitCode: number;
    readonly report: DoctorReport;
    readonly stdout: string;
    readonly stderr: string;
  }

  async function doctor(
    args: readonly string[],
    change: Readonly<Record<string, string>> = {},
    input = "",
  ): Promise<Run> {
    const home = temporaryFolder("home");
    // NO_PROXY of moto's environment is for loopback, which is exempt anyway
    const env = {
      PATH: process.env["PATH"],
      HOME: home,
      ...internet.env,
      ...moto.env,
      AWS_SESSION_TOKEN: "PLANTEDsession",
      ...change,
    };
    const usual = { "--config": config, "--timeout": "5s" };
    const flags = Object.entries(usual).flatMap(([flag, value]) => (args.includes(flag) ? [] : [flag, value]));
    const outcome = await runProgram(process.execPath, [cli, "doctor", "--json", ...flags, ...args], {
      cwd: home,
      env,
      input,
      accept: [0, 1, 2, 3],
    });
    expect(`${outcome.stdout}${outcome.stderr}`).not.toMatch(/PLANTED|eyJ[A-Za-z0-9_-]{10}|^ {4}at /m);
    return { ...outcome, report: JSON.parse(outcome.stdout) as DoctorReport };
  }

  const failures = (report: DoctorReport): readonly string[] =>
    report.checks.filter(({ status }) => status === "fail").map(({ id, subject }) => `${subject}: ${id}`);
  const evidence = (report: DoctorReport, id: string, subject?: string): string =>
    report.checks
      .filter((check) => check.id === id && (subject === undefined || check.subject === subject))
      .map((check) => check.evidence)
      .join("\n");
  const update = (document: unknown): Promise<unknown> =>
    iam.client.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: "lake-reader",
        PolicyDocument: typeof document === "string" ? document : JSON.stringify(document),
      }),
    );
  const restore = (): Promise<unknown> => update(policies.get("lake-reader"));
  const withStatement = (change: (statement: Record<string, unknown>) => unknown): unknown => ({
    Version: "2012-10-17",
    Statement: reader.Statement.map(change),
  });
  const conditionOf = (statement: Record<string, unknown>): Record<string, Record<string, unknown>> =>
    structuredClone(statement["Condition"]) as Record<string, Record<string, unknown>>;

  test("what is deployed as declared passes, with --aws and with --all", async () => {
    for (const flag of ["--aws", "--all"]) {
      const { report, exitCode } = await doctor([flag]);
      expect([flag, failures(report)]).toEqual([flag, []]);
      expect(exitCode).toBe(0);
      expect(report.checks.filter(({ id }) => id === "role-trust").map(({ status }) => status)).toEqual([
        "pass",
        "pass",
      ]);
      expect(evidence(report, "provider")).toContain("thumbprint");
      expect(report.checks.some(({ id }) => id === "account-roles")).toBe(flag === "--all");
    }
  });

  test("a policy written otherwise that means the same is no drift", async () => {
    // split by subject, lists as texts, keys in another order and case, a Sid, a StringLike without a wildcard
    const [statement] = reader.Statement;
    const sub = `${HOST}/oidc:sub`;
    const split = (subject: string, Sid: string): unknown => ({
      Sid,
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: PROVIDER },
      Effect: statement?.["Effect"],
      Condition: {
        StringLike: { [sub.toUpperCase()]: subject },
        StringEquals: { [`${HOST}/oidc:aud`]: ["1444828305810485", "1444828305810485"] },
      },
    });
    await update(
      JSON.stringify(
        { Statement: [split("0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b", "B"), split(SUBJECT, "A")], Version: "2012-10-17" },
        null,
        2,
      ),
    );
    const { report, exitCode } = await doctor(["--aws", "--role", "lake-reader"]);
    await restore();
    expect(evidence(report, "role-trust")).toContain("means the same as in the federation");
    expect(exitCode).toBe(0);
  });

  const drifts: readonly (readonly [string, () => unknown, RegExp, readonly string[]])[] = [
    [
      "a stranger added",
      () =>
        withStatement((statement) => ({
          ...statement,
          Condition: {
            ...conditionOf(statement),
            StringEquals: {
              ...conditionOf(statement)["StringEquals"],
              [`${HOST}/oidc:sub`]: [SUBJECT, "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b", STRANGER],
            },
          },
        })),
      new RegExp(`accepts.*${STRANGER}`),
      ["role-trust"],
    ],
    [
      "somebody taken out",
      () =>
        withStatement((statement) => ({
          ...statement,
          Condition: { StringEquals: { ...conditionOf(statement)["StringEquals"], [`${HOST}/oidc:sub`]: [SUBJECT] } },
        })),
      /refuses.*0b7e6f5a/,
      ["role-trust"],
    ],
    [
      "no subject at all",
      () =>
        withStatement((statement) => ({
          ...statement,
          Condition: { StringEquals: { [`${HOST}/oidc:aud`]: ["1444828305810485"] } },
        })),
      /accepts.*anyone/,
      ["role-trust", "role-lint"],
    ],
    [
      "another audience",
      () =>
        withStatement((statement) => ({
          ...statement,
          Condition: {
            StringEquals: { ...conditionOf(statement)["StringEquals"], [`${HOST}/oidc:aud`]: ["2555939416921596"] },
          },
        })),
      /audience \\?"2555939416921596/,
      ["role-trust", "role-lint"],
    ],
    [
      "a network condition added",
      () =>
        withStatement((statement) => ({
          ...statement,
          Condition: { ...conditionOf(statement), IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } },
        })),
      /refuses/,
      ["role-trust"],
    ],
    [
      "a second statement for a pattern",
      () => ({
        Version: "2012-10-17",
        Statement: [
          ...reader.Statement,
          {
            ...reader.Statement[0],
            Condition: {
              StringEquals: { [`${HOST}/oidc:aud`]: "1444828305810485" },
              StringLike: { [`${HOST}/oidc:sub`]: "*@data.example.com" },
            },
          },
        ],
      }),
      /accepts.*data\.example\.com/,
      ["role-trust"],
    ],
    [
      "a Deny for everyone",
      () => ({
        Version: "2012-10-17",
        Statement: [
          ...reader.Statement,
          { Effect: "Deny", Action: "sts:AssumeRoleWithWebIdentity", Principal: { Federated: PROVIDER } },
        ],
      }),
      /refuses/,
      ["role-trust"],
    ],
  ];

  test.each(drifts)("drift: %s", async (_name, document, says, ids) => {
    await update(document());
    const { report, exitCode } = await doctor(["--aws", "--role", "lake-reader"]);
    await restore();
    expect(failures(report)).toEqual(ids.map((id) => `role lake-reader: ${id}`));
    expect(evidence(report, "role-trust")).toMatch(says);
    expect(exitCode).toBe(1);
    expect(report.next).toMatch(/^role lake-reader: /);
  });

  test("drift: what the role may do; what others gave it beside the federation is reported", async () => {
    await iam.client.send(
      new PutRolePolicyCommand({
        RoleName: "lake-reader",
        PolicyName: "read-lake",
        PolicyDocument: JSON.stringify(readLake("GetObject", "PutObject")),
      }),
    );
    await iam.client.send(new DetachRolePolicyCommand({ RoleName: "lake-reader", PolicyArn: LAKE }));
    await iam.client.send(
      new PutRolePolicyCommand({
        RoleName: "lake-writer",
        PolicyName: "by-hand",
        PolicyDocument: JSON.stringify(readLake("GetObject")),
      }),
    );
    const { report, exitCode } = await doctor(["--all"]);
    await iam.client.send(new DeleteRolePolicyCommand({ RoleName: "lake-writer", PolicyName: "by-hand" }));
    await permit();
    expect(failures(report)).toEqual(["role lake-reader: role-policies"]);
    expect(evidence(report, "role-policies", "role lake-reader")).toBe(
      `Its inline policy read-lake differs from the federation; ${LAKE} is not attached.`,
    );
    expect(evidence(report, "role-policies", "role lake-writer")).toBe(
      "The federation gives it no policy. Beside the federation's it has: inline by-hand.",
    );
    expect(exitCode).toBe(1);
  });

  test("drift: session length, boundary, client IDs, a missing role, a missing provider", async () => {
    const { Policy } = await iam.client.send(
      new CreatePolicyCommand({
        PolicyName: "boundary",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
        }),
      }),
    );
    await iam.client.send(new UpdateRoleCommand({ RoleName: "lake-reader", MaxSessionDuration: 43_200 }));
    await iam.client.send(
      new PutRolePermissionsBoundaryCommand({ RoleName: "lake-reader", PermissionsBoundary: Policy?.Arn ?? "" }),
    );
    await iam.client.send(new DeleteRoleCommand({ RoleName: "lake-writer" }));
    await iam.client.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: PROVIDER }));
    const gone = await doctor(["--aws"]);
    await iam.client.send(
      new CreateOpenIDConnectProviderCommand({
        Url: ISSUER,
        ClientIDList: ["2555939416921596"],
        ThumbprintList: ["9".repeat(40)],
        Tags: TAGS,
      }),
    );
    const other = await doctor(["--all"]);
    await moto.reset();
    await deploy();
    expect(failures(gone.report)).toEqual([
      "provider of production: provider",
      "role lake-reader: role",
      "role lake-writer: role",
    ]);
    expect(evidence(gone.report, "role", "role lake-reader")).toMatch(
      /maximum session duration is 43200 s.*boundary is arn:aws:iam::111122223333:policy\/boundary/,
    );
    expect(evidence(gone.report, "role", "role lake-writer")).toContain("The role lake-writer does not exist");
    expect(gone.report.next).toContain("Deploy the federation");
    expect(evidence(other.report, "provider-clients")).toMatch(
      /does not register "1444828305810485"\. It registers "2555939416921596"/,
    );
    expect(other.exitCode).toBe(1);
  });

  test(
    "--all finds what trusts Databricks beside the federation, and leaves the rest of the " + "account alone",
    async () => {
      const otherHost = "adb-1234567890123456.7.azuredatabricks.net";
      const made = [
        `${ISSUER}/.well-known/openid-configuration`,
        `https://${otherHost}/oidc`,
        "https://token.actions.githubusercontent.com",
        "https://accounts.cloud.databricks.com/oidc",
      ];
      for (const Url of made)
        await iam.client.send(
          new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ["x"], ThumbprintList: ["9".repeat(40)] }),
        );
      const trust = (host: string, condition: unknown): string =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Action: "sts:AssumeRoleWithWebIdentity",
              Principal: { Federated: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` },
              Condition: condition,
            },
          ],
        });
      await iam.client.send(
        new CreateRoleCommand({
          RoleName: "forgotten",
          Path: "/old/",
          AssumeRolePolicyDocument: trust(`${otherHost}/oidc`, { StringEquals: { [`${otherHost}/oidc:aud`]: "x" } }),
        }),
      );
      await iam.client.send(
        new CreateRoleCommand({
          RoleName: "github",
          AssumeRolePolicyDocument: trust("token.actions.githubusercontent.com", {
            StringEquals: { "token.actions.githubusercontent.com:sub": "repo:a/b:ref:refs/heads/main" },
          }),
        }),
      );
      for (let number = 0; number < 120; number += 1)
        await iam.client.send(
          new CreateRoleCommand({
            RoleName: `service-${number}`,
            AssumeRolePolicyDocument: JSON.stringify({
              Version: "2012-10-17",
              Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
            }),
          }),
        );
      const { Policy } = await iam.client.send(
        new CreatePolicyCommand({
          PolicyName: "everything",
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
          }),
        }),
      );
      await iam.client.send(new AttachRolePolicyCommand({ RoleName: "lake-writer", PolicyArn: Policy?.Arn ?? "" }));
      const { report, exitCode } = await doctor(["--all"]);
      await iam.client.send(new DetachRolePolicyCommand({ RoleName: "lake-writer", PolicyArn: Policy?.Arn ?? "" }));
      await moto.reset();
      await deploy();
      expect([...failures(report)].sort()).toEqual(
        [
          `provider ${HOST}/oidc/.well-known/openid-configuration: account-providers`,
          "provider accounts.cloud.databricks.com/oidc: account-providers",
          `provider ${otherHost}/oidc: account-providers`,
          "role forgotten: account-roles",
          "role lake-writer: role-lint",
        ].sort(),
      );
      expect(evidence(report, "account-providers")).toContain("registered with the discovery URL");
      expect(evidence(report, "account-providers")).toContain("shared by every Databricks customer");
      expect(evidence(report, "account-roles")).toMatch(/role\/old\/forgotten trusts Databricks.*accepts: anyone/);
      expect(evidence(report, "account-unused")).toContain(
        "no role trusts the provider for https://accounts.cloud.databricks.com/oidc",
      );
      expect(exitCode).toBe(1);
    },
  );

  describe("an AWS that does not answer everything", () => {
    let gate: FaultServer;
    let denied: readonly string[] = [];
    let instead: Play | undefined;
    beforeAll(async () => {
      gate = await startFaultServer((request, response, body) => {
        const action = new URLSearchParams(body).get("Action") ?? "";
        if (instead !== undefined && action !== "GetCallerIdentity") return instead(request, response, body);
        const name =
          "assumed-role/AWSReservedSSO_SomeQuiteLongPermissionSetName_0123456789abcdef/" +
          "firstname.lastname@some-company.example.com";
        if (denied.includes(action))
          return stsError(
            403,
            "AccessDenied",
            `User: arn:aws:sts::${ACCOUNT}:${name} is not authorized to perform: iam:${action} on resource: x ` +
              `because no identity-based policy allows the iam:${action} action`,
          )(request, response, body);
        const headers = Object.fromEntries(
          ["authorization", "content-type", "x-amz-date"].flatMap((header) => {
            const value = request.headers[header];
            return typeof value === "string" ? [[header, value]] : [];
          }),
        );
        void fetch(`${moto.endpoint}/`, { method: "POST", headers, body }).then(async (answer) => {
          response.writeHead(answer.status, { "content-type": "text/xml" }).end(await answer.text());
        });
      });
    });
    afterEach(() => {
      denied = [];
      instead = undefined;
    });
    afterAll(() => gate?.stop());
    const throughGate = (...args: readonly string[]): Promise<Run> => doctor(args, { AWS_ENDPOINT_URL: gate.origin });
    const byStatus = (report: DoctorReport, subject: string): Readonly<Record<string, string>> =>
      Object.fromEntries(
        report.checks.filter((check) => check.subject === subject).map(({ id, status }) => [id, status]),
      );

    test.each<[string, readonly string[], string, Readonly<Record<string, string>>]>([
      [
        "--aws",
        ["ListRolePolicies"],
        "role lake-reader",
        { role: "pass", "role-trust": "pass", "role-policies": "unknown", "role-lint": "unknown" },
      ],
      [
        "--aws",
        ["GetPolicy"],
        "role lake-reader",
        { role: "pass", "role-trust": "pass", "role-policies": "pass", "role-lint": "unknown" },
      ],
      [
        "--all",
        ["GetAccountAuthorizationDetails", "ListOpenIDConnectProviders"],
        "role lake-reader",
        { role: "pass", "role-trust": "pass", "role-policies": "pass", "role-lint": "pass" },
      ],
      [
        "--all",
        ["GetOpenIDConnectProvider"],
        "provider of production",
        { provider: "unknown", "provider-clients": "unknown" },
      ],
    ])(
      "with %s and %j denied the permission is named, the rest is judged, and the end is no peace",
      async (flag, actions, subject, expected) => {
        denied = actions;
        const { report, exitCode } = await throughGate(flag);
        expect(byStatus(report, subject)).toEqual(expected);
        for (const action of actions)
          expect(
            report.checks.some(
              ({ status, fix, code }) =>
                status === "unknown" && code === "aws-access-denied" && fix?.includes(`iam:${action};`) === true,
            ),
          ).toBe(true);
        expect(failures(report)).toEqual([]);
        expect(exitCode).toBe(3);
      },
    );

    test.each(["HTML instead of JSON", "503", "redirect to another host", "reset"])(
      "%s is taken for no answer: nothing is called missing or in order",
      async (name) => {
        instead = FAULTS[name]?.play;
        const { report, exitCode } = await throughGate("--all");
        expect(
          report.checks
            .filter(({ id }) => /^(?:provider|role|account-)/.test(id))
            .filter(({ status }) => status !== "unknown"),
        ).toEqual([]);
        expect(evidence(report, "account-roles")).not.toMatch(/aws-sdk|Deserialization/);
        expect(exitCode).toBe(3);
      },
    );
  });

  test("an attached policy is opened with --aws too", async () => {
    const { Policy } = await iam.client.send(
      new CreatePolicyCommand({
        PolicyName: "all",
        PolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
        }),
      }),
    );
    await iam.client.send(new AttachRolePolicyCommand({ RoleName: "lake-reader", PolicyArn: Policy?.Arn ?? "" }));
    const { report } = await doctor(["--aws", "--role", "lake-reader"]);
    await iam.client.send(new DetachRolePolicyCommand({ RoleName: "lake-reader", PolicyArn: Policy?.Arn ?? "" }));
    expect(failures(report)).toEqual(["role lake-reader: role-lint"]);
    expect(evidence(report, "role-policies")).toContain(`Beside the federation's it has: ${Policy?.Arn ?? ""}`);
  });

  test("tags that are gone are drift, others beside them are not", async () => {
    await iam.client.send(new UntagRoleCommand({ RoleName: "lake-reader", TagKeys: ["team"] }));
    const { report, exitCode } = await doctor(["--all"]);
    await iam.client.send(new TagRoleCommand({ RoleName: "lake-reader", Tags: TAGS }));
    expect(failures(report)).toEqual(["role lake-reader: role"]);
    expect(evidence(report, "role", "role lake-reader")).toContain('its tag "team" is missing');
    expect(exitCode).toBe(1);
  });

  test("a token is also checked against what is deployed", async () => {
    await update(
      withStatement((statement) => ({
        ...statement,
        Condition: { StringEquals: { ...conditionOf(statement)["StringEquals"], [`${HOST}/oidc:sub`]: [STRANGER] } },
      })),
    );
    const drifted = await doctor(["--aws", "--role", "lake-reader", "--token", "-"], {}, await issuer.token());
    await restore();
    const { report } = await doctor(["--aws", "--role", "lake-reader", "--token", "-"], {}, await issuer.token());
    expect(failures(drifted.report)).toEqual(["role lake-reader: role-trust", "role lake-reader: token-deployed"]);
    expect(report.checks.find(({ id }) => id === "token-deployed")?.status).toBe("pass");
  });

  describe("credentials that do not work", () => {
    test.each<[string, readonly string[], Readonly<Record<string, string>>, string, number, RegExp]>([
      [
        "none",
        ["--aws"],
        { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_SESSION_TOKEN: "" },
        "unknown",
        3,
        /No AWS credentials/,
      ],
      [
        "of an AWS that is out of reach",
        ["--aws"],
        { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
        "unknown",
        3,
        /does not accept connections/,
      ],
      [
        "with AWS overridden to somebody else",
        ["--aws"],
        { AWS_ENDPOINT_URL: "https://elsewhere.example.com" },
        "unknown",
        3,
        /does not belong to AWS: nothing is sent there/,
      ],
    ])("%s", async (_name, args, env, status, exitCode, says) => {
      const before = internet.tunnels.length;
      const run = await doctor(args, env);
      expect(run.report.checks.find(({ id }) => id === "aws-account")).toMatchObject({
        status,
        evidence: expect.stringMatching(says),
      });
      expect(run.exitCode).toBe(exitCode);
      expect(internet.tunnels.slice(before).some((host) => host.startsWith("elsewhere"))).toBe(false);
    });

    test("of another account: nothing is compared", async () => {
      const other = join(temporaryFolder("federation"), "federation.yaml");
      writeFileSync(other, YAML.replaceAll(ACCOUNT, "444455556666"));
      const { report, exitCode } = await doctor(["--aws", "--config", other]);
      expect(exitCode).toBe(1);
      expect(failures(report)).toEqual(["AWS credentials: aws-account"]);
      expect(report.checks.some(({ id }) => id === "provider" || id === "role")).toBe(false);
    });

    test("that the chain would get with a token: it does not leave for an overridden STS", async () => {
      const tokenFile = join(temporaryFolder("token"), "token");
      writeFileSync(tokenFile, await issuer.token());
      const before = internet.tunnels.length;
      const { report } = await doctor(["--aws"], {
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        AWS_SESSION_TOKEN: "",
        AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
        AWS_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/nightly`,
        AWS_ENDPOINT_URL_STS: "https://elsewhere.example.com",
      });
      expect(report.checks.find(({ id }) => id === "aws-account")?.status).toBe("unknown");
      expect(internet.tunnels.slice(before).some((host) => host.startsWith("elsewhere"))).toBe(false);
    });
  });

  test("stored keys that hide web identity are reported", async () => {
    const { report } = await doctor([], {
      AWS_SESSION_TOKEN: "",
      AWS_WEB_IDENTITY_TOKEN_FILE: "/nowhere/token",
      AWS_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/lake-reader`,
    });
    expect(report.checks.find(({ id }) => id === "credential-source")).toMatchObject({
      status: "fail",
      fix: expect.stringContaining("Unset AWS_ACCESS_KEY_ID"),
    });
  });

  describe("the one real call", () => {
    const call = async (
      change: Readonly<Record<string, string>> = {},
      args: readonly string[] = [],
      token?: string,
    ): Promise<Run> =>
      doctor(
        ["--role", "lake-reader", "--assume", "--token", "-", ...args],
        { AWS_ENDPOINT_URL_STS: sts.origin, ...change },
        token ?? (await issuer.token()),
      );
    beforeEach(() => {
      sts.sts = undefined;
    });

    test("is for 900 s, under a policy that denies everything, and leaves nothing behind", async () => {
      const { report, exitCode } = await call();
      const sent = new URLSearchParams(sts.server.received.at(-1)?.body);
      expect(Object.fromEntries(sent)).toMatchObject({
        Action: "AssumeRoleWithWebIdentity",
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/lake-reader`,
        RoleSessionName: SUBJECT,
        DurationSeconds: "900",
      });
      expect(JSON.parse(sent.get("Policy") ?? "")).toEqual({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
      });
      expect(report.checks.find(({ id }) => id === "assume")?.status).toBe("pass");
      expect(exitCode).toBe(0);
    });

    test.each<[string, string, string, string, string, RegExp, RegExp]>([
      [
        "no, and the token is of another identity",
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        STRANGER,
        "fail",
        /By the federation: `sub` is 1{8}-/,
        /add it to the trust/,
      ],
      [
        "no, though by the federation it would be accepted",
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithWebIdentity",
        SUBJECT,
        "fail",
        /By the federation the token would be accepted/,
        /Add --aws/,
      ],
      [
        "no key",
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider,  please reference " +
          "AssumeRoleWithWebIdentity documentation for requirements",
        SUBJECT,
        "fail",
        /verification key/,
        /PrivateLink/,
      ],
      [
        "no provider",
        "InvalidIdentityToken",
        `No OpenIDConnect provider found in your account for ${ISSUER}`,
        SUBJECT,
        "fail",
        /No OpenIDConnect provider/,
        /Deploy the federation/,
      ],
      ["wait", "Throttling", "Rate exceeded", SUBJECT, "unknown", /throttles/, /Wait a minute/],
    ])("translates %s", async (_name, code, message, sub, status, says, fix) => {
      sts.sts = stsError(code === "Throttling" ? 429 : 400, code, message);
      const { report } = await call({}, [], await issuer.token({ sub, client_id: sub }));
      expect(report.checks.find(({ id }) => id === "assume")).toMatchObject({
        status,
        evidence: expect.stringMatching(says),
        fix: expect.stringMatching(fix),
      });
    });

    test("translates by what is deployed, where that was read", async () => {
      sts.sts = (request, response, body) =>
        body.includes("GetCallerIdentity")
          ? (response.writeHead(200, { "content-type": "text/xml" }),
            response.end(
              `<GetCallerIdentityResponse ` +
                `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
                `<Account>${ACCOUNT}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
            ))
          : stsError(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")(
              request,
              response,
              body,
            );
      await update(
        withStatement((statement) => ({
          ...statement,
          Condition: {
            StringEquals: { ...conditionOf(statement)["StringEquals"], [`${HOST}/oidc:sub`]: [SUBJECT.toUpperCase()] },
          },
        })),
      );
      const { report } = await call({}, ["--aws"]);
      await restore();
      expect(evidence(report, "assume")).toMatch(/By what is deployed: `sub` differs in case/);
    });

    test.each(Object.entries(FAULTS).filter(([name]) => name !== "429"))(
      "that meets %s ends with a coded unknown",
      async (_name, fault) => {
        sts.sts = fault.play;
        const { report, exitCode } = await call({}, ["--timeout", "1s"]);
        const check = report.checks.find(({ id }) => id === "assume");
        expect(check?.status).toBe("unknown");
        expect(fault.codes).toContain(check?.code);
        // the token and the issuer are in order; of the call nothing is known
        expect(exitCode).toBe(3);
      },
    );

    test.each<[string, Readonly<Record<string, string>>]>([
      ["an overridden endpoint", { AWS_ENDPOINT_URL_STS: "https://elsewhere.example.com" }],
      ["a plain-http one", { AWS_ENDPOINT_URL_STS: "http://sts.example.com" }],
    ])("is not made to %s unasked", async (_name, env) => {
      const before = internet.tunnels.length;
      const { report } = await call(env);
      expect(report.checks.find(({ id }) => id === "assume")).toMatchObject({ status: "fail" });
      expect(
        internet.tunnels.slice(before).some((host) => host.startsWith("elsewhere") || host.startsWith("sts.")),
      ).toBe(false);
    });

    test("is not made with a token of an issuer the federation does not have", async () => {
      const before = sts.stsCalls();
      const { report } = await call({}, [], await issuer.token({ iss: "https://elsewhere.cloud.databricks.com/oidc" }));
      expect(evidence(report, "assume")).toContain("sent nowhere");
      expect(sts.stsCalls()).toBe(before);
    });
  });

  describe("against the sandbox, which decides as AWS does", () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await startSandbox({
        directory: directoryOfFederation(federation),
        context: { "aws:SourceIp": ["198.51.100.7"] },
      });
      const discovery = (await (
        await fetch(`${sandbox.issuers["production"]?.url ?? ""}/oidc/.well-known/openid-configuration`)
      ).json()) as { readonly jwks_uri: string };
      internet.plays = { ...issuer.plays, [KEYS]: json(await (await fetch(discovery.jwks_uri)).json()) };
    });
    afterAll(async () => {
      internet.plays = issuer.plays;
      await sandbox?.stop();
    });

    async function call(subject: string, role: string): Promise<Run> {
      const identity = sandbox.identities.find((one) => one.subject === subject && one.issuer === "production");
      const run = await doctor(["--role", role, "--assume", "--from", "client-credentials"], {
        DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
        DATABRICKS_CLIENT_ID: identity?.clientId ?? "",
        DATABRICKS_CLIENT_SECRET: identity?.clientSecret ?? "",
        AWS_ENDPOINT_URL_STS: sandbox.sts,
      });
      expect(`${run.stdout}${run.stderr}`).not.toContain(identity?.clientSecret);
      return run;
    }

    test("a declared identity gets its session, from the token endpoint to STS", async () => {
      const { report, exitCode } = await call(SUBJECT, "lake-reader");
      expect(failures(report)).toEqual([]);
      expect(evidence(report, "assume")).toContain(`assumed-role/lake-reader/${SUBJECT}`);
      expect(evidence(report, "token-source")).toContain("stored secret");
      expect(exitCode).toBe(0);
    });

    test("--record writes what a call showed without a name in it, and --replay says what it is worth", async () => {
      const identity = sandbox.identities.find((one) => one.subject === SUBJECT);
      const file = join(temporaryFolder("record"), "record.json");
      const environment = {
        DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
        DATABRICKS_CLIENT_ID: identity?.clientId ?? "",
        DATABRICKS_CLIENT_SECRET: identity?.clientSecret ?? "",
        AWS_ENDPOINT_URL_STS: sandbox.sts,
      };
      const flags = ["--role", "lake-reader", "--assume", "--from", "client-credentials", "--record", file];
      expect((await doctor(flags, environment)).exitCode).toBe(0);
      const text = readFileSync(file, "utf8");
      expect(text).not.toMatch(/databricks\.com|127\.0\.0\.1|lake-reader|[0-9a-f]{8}-|[0-9]{12}|eyJ|dose|ASIA/);
      expect(JSON.parse(text)).toMatchObject({
        token: { source: "client-credentials", audience: "workspace ID", lifetime: 3600 },
        sts: { answer: "session", by: "another endpoint" },
      });
      const again = await doctor(flags, environment);
      expect([again.exitCode, again.stderr || again.stdout]).toEqual([2, expect.stringContaining("exists")]);
      const replayed = await runProgram(process.execPath, [cli, "doctor", "--replay", file], {
        cwd: temporaryFolder("replay"),
      });
      expect(replayed.stdout).toContain(
        "Not a proof that AWS STS accepts the token (answer: session, by another endpoint)",
      );
    });

    test("an undeclared identity does not, and gets the reason, which AWS would not give", async () => {
      const stranger = sandbox.identities.find(({ declared }) => !declared)?.subject ?? "";
      const { report, exitCode } = await call(stranger, "lake-reader");
      expect(failures(report)).toEqual(["token: token-roles", "session of lake-reader: assume"]);
      expect(evidence(report, "assume")).toMatch(/^AWS answers AccessDenied: .*By the federation: /);
      expect(exitCode).toBe(1);
    });

    test("an identity from the wrong network does not either, and the network is what is named", async () => {
      const { report } = await call("alice@example.com", "lake-writer");
      expect(report.checks.find(({ id }) => id === "assume")).toMatchObject({
        status: "fail",
        evidence: expect.stringContaining("`aws:SourceIp`"),
      });
      expect(report.checks.find(({ id }) => id === "token-roles")).toMatchObject({
        status: "unknown",
        evidence: expect.stringContaining("only AWS sees aws:SourceIp"),
      });
    });
  });
});
