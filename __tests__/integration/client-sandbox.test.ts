/**
 * The generated Python and Unity Catalog's trust against the sandbox, which decides as STS does; and hostile values
 * through Python's own parser.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import fc from "fast-check";
import { pythonValue } from "../../src/client/encode";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { replaceTree } from "../../src/files/replace-tree";
import { rootTree } from "../../src/module/root-tree";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { directoryOfPlan } from "../../src/sandbox/directory/of-plan";
import { canonicalText } from "../../src/trust/canonical-json";
import { UNITY_CATALOG_PRINCIPALS } from "../../src/issuer/clouds";
import { hostileText } from "../support/hostile-text";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { dbutils, fakeDatabricksCli, runClient, writeClient } from "../support/python-client";
import { describeWith, PYTHON } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WORKSPACE = "1444828305810485";
const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: { production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: WORKSPACE } },
  roles: {
    "lake-reader": {
      path: "/databricks/",
      trusts: [{ issuer: "production", servicePrincipals: [READER], users: ["alice@example.com"] }],
    },
    "lake-storage": { path: "/databricks/", trusts: [{ unityCatalog: { externalIds: [EXTERNAL_ID], cloud: "aws" } }] },
  },
} as const satisfies FederationInput;

describeWith({ boto3: true }, "the generated Python in the sandbox", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ directory: directoryOfFederation(readFederation(FEDERATION).federation) });
  });
  afterAll(() => sandbox.stop());

  const who = 'return m.session().client("sts").get_caller_identity()["Arn"]';
  const identity = (subject: string) => {
    const found = sandbox.identities.find((one) => one.subject === subject);
    if (found?.personalAccessToken === undefined || found.personalAccessToken === null)
      throw new Error(`no identity ${subject}`);
    return { ...found, ambient: found.personalAccessToken };
  };
  const env = () => ({ DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "", AWS_ENDPOINT_URL_STS: sandbox.sts });
  const arn = (subject: string): string => `arn:aws:sts::111122223333:assumed-role/lake-reader/${subject}`;

  test("each place becomes the role, seen under its own name, with real tokens and STS' own judgement", async () => {
    const client = { DATABRICKS_CLIENT_ID: READER, DATABRICKS_CLIENT_SECRET: identity(READER).clientSecret };
    const folder = (place: "notebook" | "job" | "app" | "laptop" | "asset-bundle") =>
      writeClient(FEDERATION, { place, role: "lake-reader" });
    expect(
      (
        await runClient(
          folder("notebook"),
          `${dbutils(identity("alice@example.com").ambient, WORKSPACE)}\n${who}`,
          env(),
        )
      ).answer,
    ).toBe(arn("alice@example.com"));
    for (const place of ["job", "asset-bundle"] as const)
      expect(
        (await runClient(folder(place), who, { ...env(), DATABRICKS_TOKEN: identity(READER).ambient })).answer,
      ).toBe(arn(READER));
    const app = folder("app");
    expect((await runClient(app, who, { ...env(), ...client })).answer).toBe(arn(READER));
    const alone = await runProgram(PYTHON, ["-B", "databricks_aws_session.py"], {
      cwd: app,
      env: { PATH: process.env["PATH"] ?? "", HOME: app, NO_PROXY: "127.0.0.1", ...env(), ...client },
    });
    expect(alone.stdout.trim()).toBe(arn(READER));
    const laptop = folder("laptop");
    const token = await sandbox.sign({
      iss: "https://mycompany.cloud.databricks.com/oidc",
      sub: "alice@example.com",
      aud: WORKSPACE,
      iat: Math.floor(Date.now() / 1000),
      exp: Math.floor(Date.now() / 1000) + 3600,
    });
    expect(
      (await runClient(laptop, who, { ...env(), DATABRICKS_CLI_PATH: fakeDatabricksCli(laptop, token) })).answer,
    ).toBe(arn("alice@example.com"));
  });

  test("another tenant's token for the same client is not sent, and AWS' no is reported in its words", async () => {
    const app = writeClient(FEDERATION, { place: "app", role: "lake-reader" });
    const client = { DATABRICKS_CLIENT_ID: READER, DATABRICKS_CLIENT_SECRET: identity(READER).clientSecret };
    expect(
      (await runClient(app, who, { ...env(), ...client, DATABRICKS_HOST: sandbox.otherTenant.url })).answer,
    ).toMatchObject({ code: "token-does-not-fit", text: expect.stringContaining("not sent to AWS") });
    const wrong = "m.NEW_ROLE_SECONDS = 0.0\nm.ROLE_ARN = 'arn:aws:iam::111122223333:role/databricks/lake-storage'\n";
    expect((await runClient(app, `${wrong}${who}`, { ...env(), ...client })).answer).toMatchObject({
      code: "aws-access-denied",
      text: expect.stringContaining("Not authorized to perform sts:AssumeRoleWithWebIdentity"),
    });
    expect(
      (await runClient(app, who, { ...env(), ...client, DATABRICKS_CLIENT_SECRET: "dosePLANTED0123456789" })).answer,
    ).toMatchObject({ code: "token-refused" });
  });

  test("any text comes back from Python, and no value of a federation becomes code", async () => {
    const texts = fc.sample(hostileText, { numRuns: 300, seed: 11 }).map((text) => text.slice(0, 4000));
    const folder = temporaryFolder("python-values");
    writeFileSync(
      join(folder, "values.json"),
      JSON.stringify(texts.map((text) => [pythonValue({ [text]: [text, null, true, 7] }), canonicalText(text)])),
    );
    const hostile = {
      ...FEDERATION,
      emailDomains: ["data.example.com"],
      roles: {
        "lake-reader": {
          ...FEDERATION.roles["lake-reader"],
          path: '/"""$(id)`\'#\\n/',
          description: '"""\nimport os',
          trusts: [
            {
              issuer: "production",
              subjects: ['"""+__import__(\'os\')+\\', "é\\x22"],
              subjectPatterns: ["'''*@data.example.com"],
            },
          ],
        },
      },
    } as const satisfies FederationInput;
    for (const place of ["notebook", "job", "app", "laptop"] as const) {
      for (const [name, input] of [
        ["plain", FEDERATION],
        ["hostile", hostile],
      ] as const) {
        const from = writeClient(input, { place, role: "lake-reader" });
        mkdirSync(dirname(join(folder, name, place)), { recursive: true });
        writeFileSync(
          join(folder, name, place),
          await runProgram("cat", ["databricks_aws_session.py"], { cwd: from }).then(({ stdout }) => stdout),
        );
      }
    }
    const { stdout } = await runProgram(
      PYTHON,
      [
        "-B",
        "-c",
        `
import ast, json
wrong = [wanted[:80] for source, wanted in json.load(open("values.json")) if ast.literal_eval(source) != ` +
          `{wanted: [wanted, None, True, 7]}]
shapes = []
for place in ("notebook", "job", "app", "laptop"):
    dumps = []
    for name in ("plain", "hostile"):
        tree = ast.parse(open(f"{name}/{place}", encoding="utf-8").read(), feature_version=(3, 9))
        compile(tree, place, "exec")
        values = {}
        for node in tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ` +
          `ast.AnnAssign) else None
            if isinstance(target, ast.Name) and target.id in ("ROLE_ARN", "TRUSTS"):
                values[target.id] = ast.literal_eval(node.value)
                node.value = ast.Constant(None)
        dumps.append(ast.dump(tree))
    shapes.append([dumps[0] == dumps[1], values["ROLE_ARN"], values["TRUSTS"][0]["subjects"]])
print(json.dumps([wrong, shapes]))`,
      ],
      { cwd: folder },
    );
    const [wrong, shapes] = JSON.parse(stdout) as readonly [readonly string[], readonly unknown[]];
    expect(wrong).toEqual([]);
    const trust = hostile.roles["lake-reader"].trusts[0];
    expect(shapes).toEqual(
      Array.from({ length: 4 }, () => [
        true,
        `arn:aws:iam::111122223333:role${hostile.roles["lake-reader"].path}lake-reader`,
        trust.subjects,
      ]),
    );
  });
});

describeWith({ terraform: true, moto: true }, "Unity Catalog's trust, applied and assumed", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
  });
  afterAll(() => moto.stop());

  test.each([
    ["aws", "aws", "mycompany.cloud.databricks.com"],
    ["aws-us-gov", "aws-us-gov", "agency.cloud.databricks.us"],
    ["aws-us-gov-dod", "aws-us-gov", "agency.cloud.databricks.mil"],
  ] as const)(
    "on %s: Databricks' role and the role itself get in with the external ID, nobody else and no other way",
    async (cloud, partition, host) => {
      const storage = `arn:${partition}:iam::111122223333:role/databricks/lake-storage`;
      const input: FederationInput = {
        name: "storage",
        aws: { accountId: "111122223333", partition, region: partition === "aws" ? "us-east-1" : "us-gov-west-1" },
        issuers: { production: { level: "workspace", host, workspaceId: WORKSPACE } },
        roles: {
          "lake-storage": {
            path: "/databricks/",
            trusts: [
              { issuer: "production", servicePrincipals: [READER] },
              { unityCatalog: { externalIds: [EXTERNAL_ID], cloud } },
            ],
          },
        },
      };
      const folder = join(temporaryFolder("unity-catalog"), "root");
      replaceTree(folder, rootTree(readFederation(input).federation, { version: "1.0.0", style: "resources" }).tree);
      const terraform = terraformIn(folder, moto.env);
      await moto.reset();
      await terraform.init();
      await terraform.apply();
      // what is judged is what Terraform says it deployed, not what the federation file meant
      // (moto puts every role into the partition aws)
      const { stdout } = await terraform.run(["show", "-json"]);
      const sandbox = await startSandbox({
        directory: directoryOfPlan(
          stdout.replaceAll(
            "arn:aws:iam::111122223333:role/databricks",
            `arn:${partition}:iam::111122223333:role/databricks`,
          ),
          "state.json",
        ),
      });
      try {
        type Keys = Readonly<Record<"accessKeyId" | "secretAccessKey" | "sessionToken", string>>;
        const assume = async (keys: Keys, ExternalId: string | undefined): Promise<Keys | string> => {
          const client = new STSClient({
            region: "us-east-1",
            endpoint: sandbox.sts,
            credentials: keys,
            maxAttempts: 1,
          });
          try {
            const { Credentials } = await client.send(
              new AssumeRoleCommand({
                RoleArn: storage,
                RoleSessionName: "unity",
                ...(ExternalId === undefined ? {} : { ExternalId }),
              }),
            );
            return {
              accessKeyId: Credentials?.AccessKeyId ?? "",
              secretAccessKey: Credentials?.SecretAccessKey ?? "",
              sessionToken: Credentials?.SessionToken ?? "",
            };
          } catch (error) {
            return (error as Error).name;
          } finally {
            client.destroy();
          }
        };
        const databricks = sandbox.principals.find(({ arn }) => arn === UNITY_CATALOG_PRINCIPALS[cloud].arn);
        const stranger = sandbox.principals.find(({ declared }) => !declared);
        if (databricks === undefined || stranger === undefined) throw new Error("the state names Databricks' role");
        const own = await assume(databricks, EXTERNAL_ID);
        if (typeof own === "string") throw new Error(`Databricks' role is kept out: ${own}`);
        expect(await assume(own, EXTERNAL_ID)).toHaveProperty("sessionToken"); // the role assumes itself
        expect([
          await assume(databricks, "another-id"),
          await assume(databricks, undefined),
          await assume(own, undefined),
          await assume(own, "another-id"),
          await assume(stranger, EXTERNAL_ID),
        ]).toEqual(Array.from({ length: 5 }, () => "AccessDenied"));
      } finally {
        await sandbox.stop();
      }
    },
  );

  test("there is none for aws-cn", () => {
    for (const cloud of [undefined, "aws", "aws-us-gov", "aws-us-gov-dod"] as const) {
      expect(() =>
        readFederation({
          name: "china",
          aws: { accountId: "111122223333", partition: "aws-cn" },
          issuers: {
            production: {
              level: "workspace",
              host: "adb-1234567890123456.7.databricks.azure.cn",
              workspaceId: "1234567890123456",
            },
          },
          roles: {
            storage: {
              trusts: [{ unityCatalog: { externalIds: [EXTERNAL_ID], ...(cloud === undefined ? {} : { cloud }) } }],
            },
          },
        }),
      ).toThrow(expect.objectContaining({ code: "unity-catalog-cloud" }));
    }
  });
});
