import { get } from "node:http";
import { randomUUID } from "node:crypto";
import { parseFederation, readFederation } from "../../src/federation";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { startSandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeToken } from "../../src/token/describe";

const { federation } = parseFederation(readFileSync(join(__dirname, "..", "..", "federation.yaml"), "utf8"), {
  file: "federation.yaml",
});

let sandbox: Sandbox;
const reasons: string[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({
    directory: directoryOfFederation(federation),
    onRefusal: (text) => reasons.push(text),
  });
});
afterAll(() => sandbox.stop());
beforeEach(() => {
  reasons.length = 0;
});

const READER = "arn:aws:iam::111122223333:role/databricks/lake-reader";

async function tokenOf(declared: boolean): Promise<string> {
  const identity = sandbox.identities.find((one) => one.declared === declared);
  const client = `${identity?.clientId ?? ""}:${identity?.clientSecret ?? ""}`;
  const response = await fetch(sandbox.issuers["production"]?.tokenEndpoint ?? "", {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(client).toString("base64")}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "openid" }),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly access_token: string }).access_token;
}

async function assume(token: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(sandbox.sts, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: READER,
      RoleSessionName: "me",
      WebIdentityToken: token,
    }),
  });
  return { status: response.status, text: await response.text() };
}

test("a declared identity gets a token that fits the federation, and the role", async () => {
  const token = await tokenOf(true);
  expect(describeToken(token, { now: Date.now() / 1000, federation })).toMatchObject({
    fit: { issuer: "production", fits: true },
    header: { typ: "at+jwt", alg: "RS256" },
  });
  const { status, text } = await assume(token);
  expect(status).toBe(200);
  expect(text).toMatch(/<Arn>arn:aws:sts::111122223333:assumed-role\/lake-reader\/me<\/Arn>/);
  expect(reasons).toEqual([]);
});

test("an undeclared identity is refused with AWS' message, and the reason is reported without the token", async () => {
  const token = await tokenOf(false);
  const { status, text } = await assume(token);
  expect(status).toBe(403);
  expect(text).toContain(
    "<Code>AccessDenied</Code><Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>",
  );
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toContain("cannot assume lake-reader");
  expect(reasons[0]).not.toContain(token.split(".")[1]);
});

test("a secret or a token in the wrong parameter goes into no log", async () => {
  const token = await tokenOf(true);
  const secret = sandbox.identities[0]?.clientSecret ?? "";
  await fetch(sandbox.issuers["production"]?.tokenEndpoint ?? "", {
    method: "POST",
    body: new URLSearchParams({ grant_type: "client_credentials", client_id: secret, client_secret: "x" }),
  });
  await fetch(`${sandbox.sts}/?Action=AssumeRole&Version=2011-06-15&RoleSessionName=${token}&RoleArn=${token}`);
  expect(reasons).toHaveLength(2);
  expect(reasons[0]).toContain("No identity of this issuer has the client ID");
  for (const reason of reasons)
    for (const part of [secret, ...token.split(".").slice(1)]) expect(reason).not.toContain(part.slice(0, 20));
});

describe("a Host header", () => {
  const statusFor = (host: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const url = new URL("/production/oidc/.well-known/openid-configuration", sandbox.sts);
      get(url, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });

  test.each(["127.0.0.1", "localhost", "LOCALHOST:8405", "[::1]:8405", "production.localhost:8405"])(
    "of loopback is answered: %s",
    async (host) => {
      expect(await statusFor(host)).toBe(200);
    },
  );

  test.each([
    "mycompany.cloud.databricks.com",
    "sts.amazonaws.com",
    "127.0.0.1.attacker.example",
    "attacker.example:8405",
    "localhost.attacker.example",
    "127.0.0.1@attacker.example",
  ])("of another name gets no answer: %j", async (host) => {
    expect(await statusFor(host)).toBe(421);
  });
});

test("a client that sends host and port alone is led back there while a workspace is not known", async () => {
  const issuers = {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    staging: { level: "workspace", host: "mystaging.cloud.databricks.com", workspaceId: "2555939416921596" },
    company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
  } as const;
  const metadata = async (...keys: readonly (keyof typeof issuers)[]) => {
    const { federation: input } = readFederation({
      name: "bare",
      issuers: Object.fromEntries(keys.map((key) => [key, issuers[key]])),
      roles: { one: { trusts: keys.map((issuer) => ({ issuer, servicePrincipals: [randomUUID()] })) } },
    });
    const running = await startSandbox({ directory: directoryOfFederation(input) });
    try {
      const response = await fetch(`${running.sts}/.well-known/databricks-config`);
      const { oidc_endpoint: endpoint, ...rest } = (await response.json()) as Readonly<Record<string, string>>;
      return { ...rest, endpoint: endpoint?.slice(running.sts.length) };
    } finally {
      await running.stop();
    }
  };
  expect(await metadata("production", "staging", "company")).toEqual({
    cloud: "aws",
    host_type: "workspace",
    endpoint: "/oidc",
  });
  expect(await metadata("production", "company")).toMatchObject({
    workspace_id: "1444828305810485",
    endpoint: "/production/oidc",
  });
  expect(await metadata("company")).toMatchObject({
    host_type: "account",
    endpoint: "/company/oidc/accounts/{account_id}",
  });
});
