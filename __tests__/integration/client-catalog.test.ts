/** `generate client --via unity-catalog`: the Python in the sandbox and on a bad network; the workflow. */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import { CATALOG_PLACES, fromCatalog } from "../../src/client/from-catalog";
import { generatedKind } from "../../src/files/generated-file";
import { readFederation } from "../../src/federation";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox";
import { makeAuthority, makeCertificate } from "../support/certificates";
import { catalogCredentials, fakeToken } from "../support/fake-aws";
import { FAULTS, json, startFaultServer } from "../support/fault-server";
import { dbutils, fakeDatabricksCli, runClient } from "../support/python-client";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(240_000);

const SERVICE_PRINCIPAL = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const { federation } = readFederation({
  name: "lakehouse",
  aws: { accountId: "111122223333", region: "us-east-1" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  },
  roles: {
    lake: {
      trusts: [
        { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"], cloud: "aws" } },
        { issuer: "production", servicePrincipals: [SERVICE_PRINCIPAL] },
      ],
    },
  },
});

function written(place: string, credential = "lake"): string {
  const folder = temporaryFolder(`catalog-${place}`);
  const { files } = fromCatalog(federation, { for: place, credential, servicePrincipal: SERVICE_PRINCIPAL }, "1.0.0");
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("every file is marked as generated, and a credential's name becomes no code", () => {
  for (const place of CATALOG_PLACES) {
    const hostile = "\"\"\" + __import__('os').system('id') + ${{ secrets.X }} `x`";
    const { files } = fromCatalog(
      federation,
      { for: place, credential: hostile, servicePrincipal: SERVICE_PRINCIPAL },
      "0",
    );
    for (const text of files.values()) {
      expect(generatedKind(text)).toBe("client");
      if (!text.startsWith("<!--")) expect(text).not.toContain(hostile);
    }
  }
});

test.each<[string, Parameters<typeof fromCatalog>[1], string]>([
  ["a cluster policy", { for: "cluster-policy", credential: "lake" }, "client-not-possible"],
  ["AWS", { for: "aws", credential: "lake" }, "client-not-possible"],
  ["no credential", { for: "job" }, "required"],
  ["an empty credential", { for: "job", credential: "" }, "credential-name-invalid"],
  ["GitHub without a service principal", { for: "github-actions", credential: "lake" }, "required"],
  ["an account's issuer", { for: "job", credential: "lake", issuer: "company" }, "client-not-possible"],
  ["an unknown issuer", { for: "job", credential: "lake", issuer: "nowhere" }, "issuer-not-found"],
])("%s is refused", (_what, options, code) => {
  expect(() => fromCatalog(federation, options, "0")).toThrow(expect.objectContaining({ code }) as Error);
});

const WHO = 'return m.session().client("sts").get_caller_identity()["Arn"]';

describe("the Python", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({ directory: directoryOfFederation(federation) });
  });
  afterAll(() => sandbox.stop());

  const environment = (): Readonly<Record<string, string>> => ({
    DATABRICKS_HOST: sandbox.issuers["production"]?.url ?? "",
    AWS_ENDPOINT_URL_STS: sandbox.sts,
    AWS_ACCESS_KEY_ID: "AKIAOLD",
    AWS_SECRET_ACCESS_KEY: "old",
  });
  const identity = () => {
    const [first] = sandbox.identities;
    if (first === undefined) throw new Error("no identity");
    return first;
  };

  test.each(["notebook", "job", "app", "laptop"])("for %s is the role, by the service credential", async (place) => {
    const folder = written(place);
    const { clientId, clientSecret, personalAccessToken } = identity();
    const token = await sandbox.sign({
      iss: "https://mycompany.cloud.databricks.com/oidc",
      sub: SERVICE_PRINCIPAL,
      exp: Math.floor(Date.now() / 1000) + 600,
      scope: "all-apis",
    });
    const own: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      app: { DATABRICKS_CLIENT_ID: clientId, DATABRICKS_CLIENT_SECRET: clientSecret },
      laptop: { DATABRICKS_CLI_PATH: fakeDatabricksCli(folder, token) },
    };
    const script = ["notebook", "job"].includes(place)
      ? `${dbutils(personalAccessToken ?? "", "1444828305810485")}\n${WHO}`
      : WHO;
    const { answer, outcome } = await runClient(folder, script, { ...environment(), ...own[place] });
    expect(answer).toBe("arn:aws:sts::111122223333:assumed-role/lake/databricks");
    expect(outcome.stderr).toBe("");
  });

  test("has an unknown credential refused by its code", async () => {
    const { clientId, clientSecret } = identity();
    const { answer } = await runClient(written("app", "other"), WHO, {
      ...environment(),
      DATABRICKS_CLIENT_ID: clientId,
      DATABRICKS_CLIENT_SECRET: clientSecret,
    });
    expect(answer).toMatchObject({ code: "credential-not-found" });
  });
});

test("the Python meets a network's faults and refusals with a code, and shows no secret", async () => {
  const cases = [
    [FAULTS["reset"]?.play, "network-failed"],
    [FAULTS["HTML instead of JSON"]?.play, "response-not-json"],
    [FAULTS["redirect to another host"]?.play, "response-redirect"],
    [FAULTS["oversized body"]?.play, "response-too-large"],
    [json({ error_code: "PERMISSION_DENIED", message: "User does not have ACCESS" }, 403), "credential-access-denied"],
    [json({ error_code: "INVALID_STATE", message: "the role is not self-assuming" }, 400), "credential-role-refused"],
    [json({ azure_aad: { aad_token: "PLANTED" } }), "response-not-json"],
    ...[1, 1e3, 1e15, 1e300].map(
      (end) =>
        [
          json({ ...(catalogCredentials(1, Date.now()) as object), expiration_time: end }),
          "response-not-json",
        ] as const,
    ),
  ] as const;
  const folder = written("notebook");
  await Promise.all(
    cases.map(async ([play, code]) => {
      const server = await startFaultServer(play ?? (() => undefined));
      try {
        const quick = "m.NEW_ROLE_SECONDS = 0\nm.MOST_SECONDS = 0";
        const script = `${quick}\n${dbutils("dapiPLANTED0123456789", "1444828305810485")}\n${WHO}`;
        const { answer, outcome } = await runClient(folder, script, { DATABRICKS_HOST: server.origin });
        expect(answer).toMatchObject({ code });
        expect(`${outcome.stdout}${outcome.stderr}`).not.toContain("PLANTED");
      } finally {
        await server.stop();
      }
    }),
  );
});

describe("the workflow", () => {
  let server: Server;
  const asked: { readonly url: string; readonly body: string; readonly authorization: string }[] = [];
  const token = fakeToken();
  const folder = temporaryFolder("workflow");
  beforeAll(async () => {
    const authority = makeAuthority();
    writeFileSync(join(folder, "ca.pem"), authority.certificate);
    server = createServer(makeCertificate(["localhost"], { authority }), (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk.toString("utf8");
      });
      request.on("end", () => {
        asked.push({ url: request.url ?? "", body, authorization: request.headers.authorization ?? "" });
        const answer = request.url?.endsWith("credentials")
          ? catalogCredentials(1, Date.now())
          : request.method === "GET"
            ? { value: fakeToken() }
            : { access_token: token };
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );

  test("leaves a profile that gives AWS' credential_process document, and no secret in its log", async () => {
    const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    const { jobs } = parse(readFileSync(join(written("github-actions"), "databricks-aws.yml"), "utf8")) as {
      jobs: { aws: { env: Record<string, string>; steps: { run?: string }[] } };
    };
    const runner = temporaryFolder("runner");
    writeFileSync(join(runner, "env"), "");
    const env = {
      PATH: process.env["PATH"] ?? "",
      NO_PROXY: "localhost",
      CURL_CA_BUNDLE: join(folder, "ca.pem"),
      ...jobs.aws.env,
      DATABRICKS_TOKEN_ENDPOINT: `${origin}/oidc/v1/token`,
      DATABRICKS_WORKSPACE: origin,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/github?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "PLANTEDrequest",
      RUNNER_TEMP: runner,
      GITHUB_ENV: join(runner, "env"),
    };
    for (const step of [1, 2]) {
      const script = jobs.aws.steps[step]?.run ?? "";
      const { stdout, stderr } = await runProgram("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
        cwd: runner,
        env,
      });
      const shown = stdout.split("\n").filter((line) => !line.startsWith("::add-mask::"));
      expect([shown.join("\n"), stderr]).toEqual(["", ""]);
    }
    expect(readFileSync(join(runner, "env"), "utf8")).toBe(`AWS_CONFIG_FILE=${join(runner, "aws-config")}\n`);
    expect(statSync(join(runner, "databricks-header")).mode & 0o777).toBe(0o600);
    const { stdout } = await runProgram(join(runner, "aws-session"), [], { cwd: runner, env });
    expect(JSON.parse(stdout)).toMatchObject({ Version: 1, AccessKeyId: "ASIAEXAMPLE00001" });
    expect(asked.at(-1)).toMatchObject({
      url: "/api/2.1/unity-catalog/temporary-service-credentials",
      authorization: `bearer ${token}`,
    });
    expect(JSON.parse(asked.at(-1)?.body ?? "")).toEqual({ credential_name: "lake" });
  });
});
