/** The sandbox's Unity Catalog: `credentials --via unity-catalog` against right and wrong trust policies. */
import { chosenSession, type CredentialsOptions } from "../../src/credentials/session-options";
import { getSession } from "../../src/credentials/session";
import type { CachedSession } from "../../src/credentials/cached-session";
import { FederationError } from "../../src/errors";
import { readFederation } from "../../src/federation";
import { type SimulatedDirectory, simulatedRole } from "../../src/sandbox/directory/directory";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { openSandbox } from "../../src/sandbox/open-sandbox";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/sandbox";
import { temporaryFolder } from "../support/temporary-folder";

const ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const SERVICE_PRINCIPAL = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

const directory = directoryOfFederation(
  readFederation({
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
      company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
    },
    roles: {
      lake: {
        path: "/databricks/",
        trusts: [
          { unityCatalog: { externalIds: [ID], cloud: "aws" } },
          { issuer: "production", servicePrincipals: [SERVICE_PRINCIPAL] },
        ],
      },
      reader: { trusts: [{ issuer: "production", servicePrincipals: [SERVICE_PRINCIPAL] }] },
    },
  }).federation,
);

/** The directory with another trust policy, or other permissions, of the role `lake`. */
function altered(change: (policy: string) => string, withoutPermissions = false): SimulatedDirectory {
  return {
    ...directory,
    accounts: directory.accounts.map((account) => ({
      ...account,
      roles: account.roles.flatMap((role) => {
        if (role.name !== "lake") return [role];
        const policy = change(JSON.stringify(role.source.policy));
        const source = {
          ...role.source,
          policy: JSON.parse(policy) as unknown,
          ...(withoutPermissions ? { policies: {} } : {}),
        };
        return simulatedRole(role.name, role.arn, source) ?? [];
      }),
    })),
  };
}

interface Asked {
  readonly sandbox: Sandbox;
  readonly reasons: readonly string[];
  readonly ask: (
    credential: string,
    env?: Readonly<Record<string, string>>,
    change?: Partial<CredentialsOptions>,
  ) => Promise<CachedSession>;
}

async function inSandbox(options: Partial<SandboxOptions>, use: (asked: Asked) => Promise<void>): Promise<void> {
  const reasons: string[] = [];
  const sandbox = await startSandbox({ directory, onRefusal: (text) => reasons.push(text), ...options });
  const [declared] = sandbox.identities;
  const host = sandbox.issuers["production"]?.url ?? "";
  try {
    await use({
      sandbox,
      reasons,
      ask: (credential, env = {}, change = {}) =>
        getSession(
          chosenSession({
            environment: {
              env: {
                PATH: "",
                DATABRICKS_HOST: host,
                DATABRICKS_CLIENT_ID: declared?.clientId,
                DATABRICKS_CLIENT_SECRET: declared?.clientSecret,
                ...env,
              },
              home: temporaryFolder("home"),
              now: Date.now,
            },
            args: ["--no-cache"],
            cwd: "/",
            via: "unity-catalog",
            credential,
            wait: "0",
            note: () => undefined,
            ...change,
          }),
        ),
    });
  } finally {
    await sandbox.stop();
  }
}

async function codeOf(asking: Promise<unknown>): Promise<string> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(FederationError);
  expect((error as FederationError).message).not.toMatch(/eyJ[A-Za-z0-9_-]{5}|dose[0-9a-f]{8}/);
  return (error as FederationError).code;
}

test("there is a service credential for each role that is Unity Catalog's, called as the role is in IAM", async () => {
  await inSandbox({}, async ({ sandbox }) => {
    expect(sandbox.serviceCredentials).toEqual(["lake"]);
  });
});

test("the session is one of the role, assumed by Unity Catalog's own role", async () => {
  await inSandbox({}, async ({ sandbox, ask }) => {
    const session = await ask("lake");
    const response = await fetch(`${sandbox.sts}/`, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${session.accessKeyId}/x`,
        "content-type": "application/x-www-form-urlencoded",
        "x-amz-security-token": session.sessionToken,
      },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(await response.text()).toContain("<Arn>arn:aws:sts::111122223333:assumed-role/lake/databricks</Arn>");
    expect(session.expires - Date.now()).toBeGreaterThan(55 * 60_000);
  });
});

test("a personal access token is taken as it is", async () => {
  await inSandbox({}, async ({ sandbox, ask }) => {
    const token = sandbox.identities[0]?.personalAccessToken ?? "";
    const env = { DATABRICKS_CLIENT_SECRET: "", DATABRICKS_TOKEN: token };
    expect((await ask("lake", env)).accessKeyId).toMatch(/^ASIA/);
    expect(await codeOf(ask("lake", { ...env, DATABRICKS_TOKEN: `${token}0` }))).toBe("token-refused");
  });
});

test("the scope of the API is granted and enough, and a token that opens no API is refused", async () => {
  await inSandbox({}, async ({ ask }) => {
    expect((await ask("lake", {}, { scope: "unity-catalog" })).accessKeyId).toMatch(/^ASIA/);
    expect(await codeOf(ask("lake", {}, { scope: "openid" }))).toBe("token-scope-refused");
  });
});

test("unknown credentials, and identities without ACCESS, are refused in words, and the sandbox says why", async () => {
  await inSandbox({}, async ({ sandbox, ask, reasons }) => {
    expect(await codeOf(ask("reader"))).toBe("credential-not-found");
    const other = sandbox.identities.find(({ declared, issuer }) => !declared && issuer === "production");
    expect(
      await codeOf(
        ask("lake", {
          DATABRICKS_CLIENT_ID: other?.clientId ?? "",
          DATABRICKS_CLIENT_SECRET: other?.clientSecret ?? "",
        }),
      ),
    ).toBe("credential-access-denied");
    expect(reasons.join("\n")).toContain("User does not have ACCESS on Service Credential 'lake'");
  });
});

test("a token of another tenant, whose key is the same, is refused", async () => {
  await inSandbox({}, async ({ sandbox, ask }) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: sandbox.otherTenant.issuer,
      sub: SERVICE_PRINCIPAL,
      aud: "1",
      iat: now,
      exp: now + 60,
      scope: "all-apis",
    };
    for (const change of [{}, { iss: "https://mycompany.cloud.databricks.com/oidc", exp: now - 1 }]) {
      const token = await sandbox.sign({ ...claims, ...change });
      expect(await codeOf(ask("lake", { DATABRICKS_CLIENT_SECRET: "", DATABRICKS_TOKEN: token }))).toBe(
        "token-refused",
      );
    }
  });
});

const WRONG: readonly (readonly [string, SimulatedDirectory, string])[] = [
  ["another external ID", altered((policy) => policy.replaceAll(ID, "another-id")), "Unable to assume role"],
  [
    "Databricks' role of another cloud",
    altered((policy) => policy.replaceAll("414351767826", "044793339203")),
    "Unable to assume role",
  ],
  [
    "no statement for the role itself",
    altered((policy) => policy.replaceAll('"arn:aws:iam::111122223333:root"', '"arn:aws:iam::999999999999:root"')),
    "self-assuming",
  ],
  ["no permission to assume itself", altered((policy) => policy, true), "self-assuming"],
];

test.each(WRONG)("a role with %s is refused as it is there", async (_what, wrong, why) => {
  await inSandbox({ directory: wrong, externalIds: { lake: ID } }, async ({ ask, reasons }) => {
    expect(await codeOf(ask("lake"))).toBe("credential-role-refused");
    expect(reasons.join("\n")).toContain(why);
  });
});

test("a trust without an external ID lets Unity Catalog in, as it would any customer's", async () => {
  const open = altered((policy) => policy.replaceAll(`,"Condition":{"StringEquals":{"sts:ExternalId":"${ID}"}}`, ""));
  await inSandbox({ directory: open }, async ({ sandbox }) => {
    expect(sandbox.serviceCredentials).toEqual(["lake"]);
  });
});

test("the verb takes the external ID that Databricks shows, for a role of the federation", async () => {
  const flags = {
    plan: undefined,
    account: undefined,
    awsAccountId: undefined,
    port: undefined,
    tls: false,
    context: [],
    onRefusal: undefined,
  };
  const config = "federation.yaml";
  for (const externalId of ["lake", "=x", "lake=", "lake=a b"])
    await expect(openSandbox({ ...flags, config, externalId: [externalId] })).rejects.toMatchObject({
      code: "external-id-invalid",
    });
  await expect(openSandbox({ ...flags, config, externalId: ["nowhere=abc"] })).rejects.toMatchObject({
    code: "role-not-found",
  });
});

test.each<[string, RequestInit, number]>([
  ["no body", { method: "POST" }, 400],
  ["a body that is not JSON", { method: "POST", body: "{" }, 400],
  ["another JSON", { method: "POST", body: "[1]" }, 400],
  ["a name that is no text", { method: "POST", body: '{"credential_name":{"a":1}}' }, 400],
  ["another method", { method: "GET" }, 405],
])("%s is answered with %s", async (_what, init, status) => {
  await inSandbox({}, async ({ sandbox }) => {
    const url = `${sandbox.issuers["production"]?.url ?? ""}/api/2.1/unity-catalog/temporary-service-credentials`;
    const authorization = `Bearer ${sandbox.identities[0]?.personalAccessToken ?? ""}`;
    expect((await fetch(url, { ...init, headers: { authorization } })).status).toBe(status);
    expect((await fetch(url, { method: "POST" })).status).toBe(401);
    const account = url.replace("/production/", "/company/");
    expect((await fetch(account, { ...init, headers: { authorization } })).status).toBe(404);
  });
});
