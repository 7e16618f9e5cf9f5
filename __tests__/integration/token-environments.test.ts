/**
 * Whose token an environment and a ~/.databrickscfg lead to: the cases recorded with Databricks' official Python SDK,
 * and further ones run with that SDK beside ours, against the same sandbox. Ours is the SDK's identity or a refusal.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FederationError } from "../../src/errors";
import { loadFederation } from "../../src/files/load-federation";
import { startSandbox } from "../../src/sandbox/sandbox";
import type { Sandbox } from "../../src/sandbox/sandbox";
import { directoryOfFederation } from "../../src/sandbox/directory/of-federation";
import { readToken } from "../../src/sts/read-token";
import type { ObtainedToken } from "../../src/token/obtain";
import { obtainToken } from "../../src/token/obtain";
import recorded from "../data/token-environments.json";
import type { FaultServer } from "../support/fault-server";
import { json, startFaultServer } from "../support/fault-server";
import { pythonWith } from "../support/python";
import { describeWith, PYTHON } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(900_000);

interface Case {
  readonly name: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: string;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const JWT = `${part({ alg: "RS256", kid: "k" })}.${part({
  iss: "https://token.actions.githubusercontent.com",
  sub: "repo:acme/lake:ref:refs/heads/main",
  aud: "my-aud",
  exp: Math.floor(Date.now() / 1000) + 3600,
})}.c2ln`;

let sandbox: Sandbox;
let github: FaultServer;
let values: Readonly<Record<string, string>>;
beforeAll(async () => {
  github = await startFaultServer(json({ value: JWT }));
  const federation = loadFederation("federation.yaml");
  sandbox = await startSandbox({ directory: directoryOfFederation(federation) });
  const [nightly, other] = [true, false].map((declared) =>
    sandbox.identities.find((one) => one.declared === declared && one.clientSecret !== undefined),
  );
  if (nightly?.clientSecret === undefined || other?.clientSecret === undefined)
    throw new RangeError("the sandbox has an identity that is declared and one that is not");
  values = {
    "$nightly.id": nightly.clientId,
    "$nightly.secret": nightly.clientSecret,
    "$other.id": other.clientId,
    "$other.secret": other.clientSecret,
    $HOST: sandbox.issuers["production"]?.url ?? "",
    $JWT: JWT,
    $GITHUB: `${github.origin}/token?api-version=2`,
  };
});
afterAll(() => Promise.all([sandbox.stop(), github.stop()]));

function prepared({ env, config }: Case): { readonly home: string; readonly env: Record<string, string> } {
  const home = temporaryFolder("home");
  const file = join(home, env["DATABRICKS_CONFIG_FILE"] === undefined ? ".databrickscfg" : "elsewhere");
  const fill = (text: string): string =>
    Object.entries({ ...values, $CONFIG: file }).reduce((all, [name, value]) => all.replaceAll(name, value), text);
  if (config !== "") writeFileSync(file, fill(config));
  const filled = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, fill(value)]]));
  return { home, env: { ...(Object.fromEntries(filled) as Record<string, string>), PATH: "/usr/bin:/bin" } };
}

async function ours(one: Case): Promise<ObtainedToken | FederationError> {
  const { home, env } = prepared(one);
  try {
    return await obtainToken({ environment: { env, home, now: Date.now } });
  } catch (error) {
    if (error instanceof FederationError) return error;
    throw error;
  }
}

/** `nightly`, `other`, or the code of a refusal. */
function identityOf(outcome: ObtainedToken | FederationError): string {
  if (outcome instanceof FederationError) return `refused: ${outcome.code}`;
  const reading = readToken(outcome.token.reveal());
  const client = reading.ok ? reading.token.claims["client_id"] : undefined;
  return client === values["$nightly.id"] ? "nightly" : client === values["$other.id"] ? "other" : "somebody else";
}

/** What a refusal names, by the name of the case. */
const NAMED: Readonly<Record<string, RegExp>> = {
  "a profile that is not there": /profile "nope"/,
  "profile names mind case": /profile "DEV"/,
  "AUTH_TYPE of a kind that is not ours": /DATABRICKS_AUTH_TYPE is "azure-cli"/,
  "AUTH_TYPE=pat without a token": /DATABRICKS_AUTH_TYPE is pat/,
  "AUTH_TYPE=file-oidc without a file": /DATABRICKS_OIDC_TOKEN_FILEPATH/,
};

test.each(recorded.cases.map((one) => [one.name, one] as const))("%s", async (_name, one) => {
  const asked = github.received.length;
  const outcome = await ours(one);
  if (one.right.startsWith("refused")) {
    expect(outcome).toBeInstanceOf(FederationError);
    expect(String(outcome)).toMatch(NAMED[one.name] ?? /^never$/);
    return;
  }
  const sdkIdentity = /\b(?:nightly|other)\b/.exec(`${one.right} ${one.sdk}`)?.[0];
  expect(identityOf(outcome)).toBe(sdkIdentity);
  if (one.name === "auth_type and token_audience of a profile")
    expect(github.received.slice(asked).map(({ url }) => url)).toEqual(["/token?api-version=2&audience=my-aud"]);
  if (one.name === "a personal access token beside a secret")
    expect((outcome as ObtainedToken).skipped.join()).toContain("DATABRICKS_TOKEN");
  // the same source as the SDK's where both have a secret and another issuer's token
  if (one.right.startsWith("as the SDK")) expect(outcome).toMatchObject({ source: "client-credentials" });
});

/** Further ones: the parts of settings, in combinations that nobody wrote down. */
const NIGHTLY = "host = $HOST\nclient_id = $nightly.id\nclient_secret = $nightly.secret\n";
const OTHER = "host = $HOST\nclient_id = $other.id\nclient_secret = $other.secret\n";
const SECRET = { DATABRICKS_CLIENT_ID: "$nightly.id", DATABRICKS_CLIENT_SECRET: "$nightly.secret" };
const FURTHER: readonly Case[] = [
  {
    name: "host in the environment, profile DEFAULT",
    env: { DATABRICKS_HOST: "$HOST" },
    config: `[DEFAULT]\n${OTHER}`,
  },
  { name: "client in the environment, host in DEFAULT", env: SECRET, config: `[DEFAULT]\n${OTHER}` },
  {
    name: "client in the environment, host in a named profile",
    env: { ...SECRET, DATABRICKS_CONFIG_PROFILE: "dev" },
    config: "[dev]\nhost = $HOST\n",
  },
  {
    name: "secret in the environment, ID in a named profile",
    env: { DATABRICKS_CLIENT_SECRET: "$nightly.secret", DATABRICKS_CONFIG_PROFILE: "dev" },
    config: "[dev]\nhost = $HOST\nclient_id = $nightly.id\n",
  },
  {
    name: "default_profile beside a profile in the environment",
    env: { DATABRICKS_CONFIG_PROFILE: "dev" },
    config: `[dev]\n${NIGHTLY}[prod]\n${OTHER}[__settings__]\ndefault_profile = prod\n`,
  },
  {
    name: "default_profile that is not there",
    env: {},
    config: `[dev]\n${NIGHTLY}[__settings__]\ndefault_profile = no\n`,
  },
  {
    name: "[__settings__] as a profile",
    env: { DATABRICKS_CONFIG_PROFILE: "__settings__" },
    config: `[dev]\n${NIGHTLY}`,
  },
  {
    name: "default_profile and a host in the environment",
    env: { DATABRICKS_HOST: "$HOST", ...SECRET },
    config: `[prod]\n${OTHER}[__settings__]\ndefault_profile = prod\n`,
  },
  { name: "no profile and no environment", env: {}, config: "" },
  {
    name: "keys in upper case, colons and blanks",
    env: {},
    config: `[DEFAULT]\nHOST : $HOST\nClient_ID= $nightly.id\nclient_secret =$nightly.secret\n`,
  },
  {
    name: "a named profile does not inherit DEFAULT",
    env: { DATABRICKS_CONFIG_PROFILE: "dev" },
    config: `[DEFAULT]\n${OTHER}[dev]\nhost = $HOST\n`,
  },
  {
    name: "auth_type of a profile that is not ours",
    env: { DATABRICKS_CONFIG_PROFILE: "dev" },
    config: `[dev]\n${NIGHTLY}auth_type = azure-cli\n`,
  },
  {
    name: "auth_type of the environment over that of a profile",
    env: { DATABRICKS_CONFIG_PROFILE: "dev", DATABRICKS_AUTH_TYPE: "oauth-m2m" },
    config: `[dev]\n${NIGHTLY}auth_type = azure-cli\n`,
  },
  {
    name: "oidc_token_env of a profile",
    env: { DATABRICKS_CONFIG_PROFILE: "ci", CI_TOKEN: "$JWT" },
    config: "[ci]\nhost = $HOST\nclient_id = $nightly.id\nauth_type = env-oidc\noidc_token_env = CI_TOKEN\n",
  },
  {
    name: "client ID and GitHub's variables",
    env: {
      DATABRICKS_HOST: "$HOST",
      DATABRICKS_CLIENT_ID: "$other.id",
      ACTIONS_ID_TOKEN_REQUEST_URL: "$GITHUB",
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "t",
    },
    config: `[DEFAULT]\n${NIGHTLY}`,
  },
  {
    name: "auth_type oauth-m2m beside another issuer's token",
    env: { DATABRICKS_HOST: "$HOST", ...SECRET, DATABRICKS_OIDC_TOKEN: "$JWT", DATABRICKS_AUTH_TYPE: "oauth-m2m" },
    config: "",
  },
  { name: "an empty profile variable", env: { DATABRICKS_CONFIG_PROFILE: "" }, config: `[DEFAULT]\n${NIGHTLY}` },
];

/** Reads environments from standard input, and prints the client ID of the token for each; null: refused. */
const SDK = `
import base64, json, os, sys
from databricks.sdk.core import Config
found = []
for env in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(env)
    try:
        body = Config().authenticate()["Authorization"].split(" ")[1].split(".")[1]
        found.append(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["client_id"])
    except Exception:
        found.append(None)
print(json.dumps(found))
`;

/** What a recorded case says of the SDK or of ours, as one word. */
function word(text: string): string {
  return text.startsWith("refused") ? "refused" : (/\b(?:nightly|other)\b/.exec(text)?.[0] ?? text);
}

describeWith({ python: "clients" }, "Databricks' own SDK for Python beside ours", () => {
  test("every environment leads ours to the identity that the SDK uses, or is refused by name", async () => {
    const all = [
      ...recorded.cases.map((one) => ({ one, recordedSdk: word(one.sdk), right: word(`${one.right} ${one.sdk}`) })),
      ...FURTHER.map((one) => ({ one, recordedSdk: undefined, right: undefined })),
    ];
    const places = all.map(({ one }) => prepared(one));
    const { stdout } = await runProgram(pythonWith("clients") ?? PYTHON, ["-c", SDK], {
      cwd: "/",
      env: { PATH: "/usr/bin:/bin" },
      input: JSON.stringify(places.map(({ env, home }) => ({ ...env, HOME: home }))),
    });
    const clients = JSON.parse(stdout.trim().split("\n").at(-1) ?? "[]") as readonly (string | null)[];
    const names = new Map([
      [values["$nightly.id"], "nightly"],
      [values["$other.id"], "other"],
    ]);
    const outcomes = await Promise.all(
      all.map(async ({ one, recordedSdk, right }, at) => {
        const client = clients[at] ?? null;
        const sdk = client === null ? "refused" : (names.get(client) ?? client);
        return {
          name: one.name,
          sdk: { found: sdk, expected: recordedSdk ?? sdk },
          ours: { found: identityOf(await ours(one)).replace(/:.*/, ""), expected: right ?? sdk },
        };
      }),
    );
    expect(outcomes.map(({ name, sdk, ours: own }) => [name, sdk.found, own.found])).toEqual(
      outcomes.map(({ name, sdk, ours: own }) => [name, sdk.expected, own.expected]),
    );
    expect(new Set(outcomes.map(({ sdk }) => sdk.found))).toEqual(new Set(["nightly", "other", "refused"]));
  });
});
