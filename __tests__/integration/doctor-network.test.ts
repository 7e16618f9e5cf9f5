import { writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { doctor as runDoctor } from "../../src/doctor/doctor";
import type { DoctorReport } from "../../src/doctor/report";
import { loadFederation } from "../../src/files/load-federation";
import { buildCli } from "../support/built-cli";
import { makeAuthority, makeCertificate } from "../support/certificates";
import type { Play } from "../support/fault-server";
import { FAULTS, json } from "../support/fault-server";
import type { SimulatedInternet, Plays } from "../support/simulated-internet";
import { startInternet } from "../support/simulated-internet";
import type { SimulatedIssuer } from "../support/simulated-issuer";
import {
  CONFIG,
  CONFIG_DOCUMENT,
  DISCOVERY,
  DISCOVERY_DOCUMENT,
  HOST,
  ISSUER,
  KEYS,
  KEYS_HOST,
  simulatedIssuer,
} from "../support/simulated-issuer";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(120_000);

const ROOT = join(__dirname, "..", "..");
const FEDERATION = join(ROOT, "federation.yaml");

let internet: SimulatedInternet;
let issuer: SimulatedIssuer;
let cli: string;
beforeAll(async () => {
  [internet, issuer, cli] = await Promise.all([startInternet(), simulatedIssuer(), buildCli(["doctor"])]);
});
afterAll(() => internet.stop());
beforeEach(() => {
  internet.plays = issuer.plays;
  internet.certificates = {};
  internet.tunnelFaults = {};
  internet.requests.splice(0);
  internet.tunnels.splice(0);
});

interface Run {
  readonly exitCode: number;
  readonly report: DoctorReport;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** The real verb in a process of its own. */
async function doctor(
  args: readonly string[] = [],
  change: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Run> {
  const home = temporaryFolder("home");
  const outcome = await runProgram(
    process.execPath,
    [cli, "doctor", "--config", FEDERATION, "--timeout", "1s", "--json", ...args],
    {
      cwd: home,
      env: { PATH: process.env["PATH"], HOME: home, ...internet.env, ...change },
      input,
      accept: [0, 1, 2, 3],
    },
  );
  return { ...outcome, report: JSON.parse(outcome.stdout) as DoctorReport };
}

/** The same without a process of its own, for the many scenes; its text stands beside the document. */
async function examined(
  token: string,
  change: Readonly<Record<string, string>> = {},
  args: { readonly role?: string } = {},
): Promise<Pick<Run, "report" | "milliseconds"> & { readonly shown: string }> {
  const file = join(temporaryFolder("token"), "token");
  writeFileSync(file, token);
  const started = performance.now();
  const { report, text } = await runDoctor(loadFederation(FEDERATION), {
    environment: { env: { ...internet.env, ...change }, home: "/nowhere", now: Date.now },
    config: FEDERATION,
    token: `@${file}`,
    timeout: "1s",
    aws: false,
    all: false,
    assume: false,
    allowEndpoint: false,
    ...args,
  });
  return { report, milliseconds: performance.now() - started, shown: `${JSON.stringify(report)}\n${text}` };
}

function statuses(report: DoctorReport, ...ids: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(report.checks.filter(({ id }) => ids.includes(id)).map(({ id, status }) => [id, status]));
}

function html(status: number, text: string): Play {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "text/html" }).end(`<html><body>${text}</body></html>`);
  };
}

function redirect(location: string): Play {
  return (_request, response) => {
    response.writeHead(302, { location }).end();
  };
}

/** A TLS connection broken off; `resetAndDestroy` is for plain ones. */
const broken: Play = (request) => {
  request.socket.destroy();
};
const late =
  (play: Play, milliseconds: number): Play =>
  (request, response, body) => {
    setTimeout(() => play(request, response, body), milliseconds);
  };
const key = (change: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
  ...issuer.keys.keys[0],
  ...change,
});

describe("an issuer in order", () => {
  test("passes, and the one next thing is to look at AWS", async () => {
    const { report, exitCode, stderr } = await doctor();
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(report.failed).toBe(0);
    expect(
      statuses(
        report,
        "databricks-config",
        "discovery",
        "discovery-issuer",
        "discovery-fields",
        "jwks",
        "jwks-time",
        "jwks-keys",
        "clock",
      ),
    ).toEqual({
      "databricks-config": "pass",
      discovery: "pass",
      "discovery-issuer": "pass",
      "discovery-fields": "pass",
      jwks: "pass",
      "jwks-time": "pass",
      "jwks-keys": "pass",
      clock: "pass",
    });
    expect(report.next).toContain("--aws");
    // the tests' authority stands for a proxy that opens TLS: nobody can say from here what AWS sees
    expect(report.checks.find(({ id }) => id === "tls")).toMatchObject({
      status: "unknown",
      evidence: expect.stringContaining("Test Authority"),
    });
  });

  test(
    "is asked three short questions, of its own host and the keys' only, and nothing secret " + "is in them",
    async () => {
      const { exitCode } = await doctor(
        ["--token", "-"],
        {
          DATABRICKS_TOKEN: "dapiPLANTED0123456789",
          DATABRICKS_CLIENT_SECRET: "dosePLANTED0123456789",
          AWS_SECRET_ACCESS_KEY: "PLANTED",
        },
        await issuer.token(),
      );
      expect(exitCode).toBe(0);
      expect(internet.requests.map(({ host, url }) => `${host}${url}`).sort()).toEqual(
        [CONFIG, DISCOVERY, KEYS].sort(),
      );
      expect([...new Set(internet.tunnels)].sort()).toEqual([`${HOST}:443`, `${KEYS_HOST}:443`].sort());
      expect(JSON.stringify(internet.requests)).not.toMatch(/PLANTED|eyJ|authorization|cookie/i);
    },
  );
});

interface Scene {
  readonly plays?: () => Plays;
  readonly certificates?: () => SimulatedInternet["certificates"];
  readonly tunnelFaults?: SimulatedInternet["tunnelFaults"];
  readonly fails?: readonly string[];
  readonly unknown?: readonly string[];
  readonly says: RegExp;
  readonly exitCode: number;
  /** At most that many requests of a second each, one after the other. */
  readonly requests?: number;
}

const unreachable = [
  "tls",
  "databricks-config",
  "discovery",
  "discovery-issuer",
  "discovery-fields",
  "jwks",
  "jwks-time",
  "jwks-keys",
];

const SCENES: Readonly<Record<string, Scene>> = {
  "a PrivateLink-only workspace": {
    plays: () => ({
      [HOST]: redirect(`https://${HOST}/login.html?error=private-link-validation-error:1444828305810485`),
    }),
    fails: ["discovery"],
    unknown: ["jwks"],
    says: /PrivateLink/,
    exitCode: 1,
  },
  "an IP access list": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: json(
        {
          error_code: 403,
          message: "Source IP address: 192.0.2.1 is blocked by Databricks IP ACL for workspace: 1444828305810485",
        },
        403,
      ),
    }),
    fails: ["discovery"],
    says: /IP access list/,
    exitCode: 1,
  },
  "a login page instead of the document": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: html(200, "Sign in") }),
    fails: ["discovery"],
    says: /HTML page/,
    exitCode: 1,
  },
  "a document that requires a login": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: json({}, 401) }),
    fails: ["discovery"],
    says: /requires a login/,
    exitCode: 1,
  },
  "a redirect to another host": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: redirect("https://elsewhere.example.com/oidc/.well-known/openid-configuration?secret=PLANTED"),
    }),
    fails: ["discovery"],
    says: /elsewhere\.example\.com/,
    exitCode: 1,
  },
  "no issuer at that address": {
    plays: () => ({}),
    fails: ["discovery"],
    unknown: ["databricks-config"],
    says: /404/,
    exitCode: 1,
  },
  "an older host without databricks-config": {
    plays: () => ({ ...issuer.plays, [CONFIG]: json({}, 404) }),
    unknown: ["databricks-config"],
    says: /older ones have none/,
    exitCode: 0,
  },
  "another workspace's ID": {
    plays: () => ({ ...issuer.plays, [CONFIG]: json({ ...CONFIG_DOCUMENT, workspace_id: 2555939416921596 }) }),
    fails: ["databricks-config"],
    says: /2555939416921596/,
    exitCode: 1,
  },
  "an issuer with a slash": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: json({ ...DISCOVERY_DOCUMENT, issuer: `${ISSUER}/` }) }),
    fails: ["discovery-issuer"],
    says: /a slash at the end/,
    exitCode: 1,
  },
  "an issuer with a port": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: json({ ...DISCOVERY_DOCUMENT, issuer: ISSUER.replace("/oidc", ":443/oidc") }),
    }),
    fails: ["discovery-issuer"],
    says: /differ in its port/,
    exitCode: 1,
  },
  "an issuer in another case": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: json({ ...DISCOVERY_DOCUMENT, issuer: ISSUER.replace("mycompany", "MyCompany") }),
    }),
    fails: ["discovery-issuer"],
    says: /differ in case/,
    exitCode: 1,
  },
  "an issuer on another host": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: json({ ...DISCOVERY_DOCUMENT, issuer: "https://dbc-1a2b.cloud.databricks.com/oidc" }),
    }),
    fails: ["discovery-issuer"],
    says: /another name of it/,
    exitCode: 1,
  },
  "a document that is a list": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: json([DISCOVERY_DOCUMENT]) }),
    fails: ["discovery"],
    says: /instead of a JSON object/,
    exitCode: 1,
  },
  "a document without what AWS requires": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: json({ issuer: ISSUER, jwks_uri: `http://${KEYS}` }) }),
    fails: ["discovery-fields"],
    unknown: ["jwks"],
    says: /is not an https URL; response_types_supported/,
    exitCode: 1,
  },
  "keys on this very machine": {
    plays: () => ({
      ...issuer.plays,
      [DISCOVERY]: json({ ...DISCOVERY_DOCUMENT, jwks_uri: "https://127.0.0.1:9/jwks" }),
    }),
    fails: ["discovery-fields"],
    unknown: ["jwks"],
    says: /on a host that AWS cannot reach/,
    exitCode: 1,
  },
  "an oversized document": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: FAULTS["oversized body"]?.play ?? json({}) }),
    fails: ["discovery"],
    says: /more than 1048576 bytes/,
    exitCode: 1,
    requests: 2,
  },
  "a busy issuer": {
    plays: () => ({ [HOST]: FAULTS["429"]?.play ?? json({}) }),
    unknown: ["discovery", "jwks"],
    says: /429/,
    exitCode: 3,
  },
  "an issuer out of order": {
    plays: () => ({ [HOST]: FAULTS["503"]?.play ?? json({}) }),
    unknown: ["discovery", "jwks"],
    says: /503/,
    exitCode: 3,
  },
  "a connection reset": {
    plays: () => ({ [HOST]: broken }),
    unknown: unreachable,
    says: /closed the connection/,
    exitCode: 3,
  },
  silence: {
    plays: () => ({ [HOST]: FAULTS["hang"]?.play ?? json({}) }),
    unknown: unreachable,
    says: /within 1 s/,
    exitCode: 3,
    requests: 3,
  },
  "a drip": {
    plays: () => ({ [HOST]: FAULTS["slow drip"]?.play ?? json({}) }),
    unknown: unreachable,
    says: /within 1 s/,
    exitCode: 3,
    requests: 3,
  },
  "an answer cut short": {
    plays: () => ({ ...issuer.plays, [DISCOVERY]: FAULTS["cut short"]?.play ?? json({}) }),
    unknown: ["discovery"],
    says: /closed the connection/,
    exitCode: 3,
  },
  garbage: {
    plays: () => ({ [HOST]: FAULTS["garbage"]?.play ?? json({}) }),
    unknown: unreachable,
    says: /failed/,
    exitCode: 3,
  },
  "a proxy that refuses": {
    tunnelFaults: {
      [HOST]: (socket: Socket) => {
        socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      },
    },
    unknown: unreachable,
    says: /proxy .* answered 403/,
    exitCode: 3,
  },
  "a proxy that hangs": {
    tunnelFaults: { [HOST]: () => undefined },
    unknown: unreachable,
    says: /within 1 s/,
    exitCode: 3,
    requests: 3,
  },
  "a proxy that resets": {
    tunnelFaults: {
      [HOST]: (socket: Socket) => {
        socket.resetAndDestroy();
      },
    },
    unknown: unreachable,
    says: /closed the connection/,
    exitCode: 3,
  },
  "an expired certificate": {
    certificates: () => ({ [HOST]: makeCertificate([HOST], { authority: internet.authority, days: -1 }) }),
    fails: ["tls"],
    unknown: ["discovery"],
    says: /expired/,
    exitCode: 1,
  },
  "another host's certificate": {
    certificates: () => ({ [HOST]: makeCertificate(["other.example.com"], { authority: internet.authority }) }),
    fails: ["tls"],
    says: /for another name/,
    exitCode: 1,
  },
  "a certificate signed by itself": {
    certificates: () => ({ [HOST]: makeCertificate([HOST]) }),
    fails: ["tls"],
    says: /from an unknown authority/,
    exitCode: 1,
  },
  "a certificate of an unknown authority": {
    certificates: () => ({ [HOST]: makeCertificate([HOST], { authority: makeAuthority("Nobody") }) }),
    fails: ["tls"],
    says: /no known authority/,
    exitCode: 1,
  },
  "keys that are a log-in page": {
    plays: () => ({ ...issuer.plays, [KEYS]: html(200, "Sign in") }),
    fails: ["jwks"],
    says: /HTML page/,
    exitCode: 1,
  },
  "keys that are nowhere": {
    plays: () => ({ ...issuer.plays, [KEYS]: json({}, 404) }),
    fails: ["jwks"],
    says: /404/,
    exitCode: 1,
  },
  "keys that redirect": {
    plays: () => ({ ...issuer.plays, [KEYS]: redirect("https://elsewhere.example.com/jwks") }),
    fails: ["jwks"],
    says: /elsewhere/,
    exitCode: 1,
  },
  "no keys": {
    plays: () => ({ ...issuer.plays, [KEYS]: json({ keys: [] }) }),
    fails: ["jwks"],
    says: /holds no keys/,
    exitCode: 1,
  },
  "keys without kid": {
    plays: () => ({ ...issuer.plays, [KEYS]: json({ keys: [key({ kid: undefined })] }) }),
    fails: ["jwks-keys"],
    says: /has no kid/,
    exitCode: 1,
  },
  "keys for encryption only": {
    plays: () => ({ ...issuer.plays, [KEYS]: json({ keys: [key({ use: "enc" })] }) }),
    fails: ["jwks-keys"],
    says: /is for encryption/,
    exitCode: 1,
  },
  "keys with key_ops": {
    plays: () => ({ ...issuer.plays, [KEYS]: json({ keys: [key({ key_ops: ["verify"] }), key({ kid: "good" })] }) }),
    fails: ["jwks-keys"],
    says: /key_ops/,
    exitCode: 1,
  },
  "a hundred and one RSA keys": {
    plays: () => ({
      ...issuer.plays,
      [KEYS]: json({ keys: Array.from({ length: 101 }, (_, at) => key({ kid: `k${at}` })) }),
    }),
    fails: ["jwks-keys"],
    says: /101 RSA keys/,
    exitCode: 1,
  },
  "keys that time out": {
    plays: () => ({ ...issuer.plays, [KEYS]: FAULTS["hang"]?.play ?? json({}) }),
    unknown: ["jwks"],
    says: /within 1 s/,
    exitCode: 3,
    requests: 2,
  },
  "a clock ten minutes off": {
    plays: () => ({
      [HOST]: (_request, response) => {
        response.writeHead(404, { date: new Date(Date.now() - 600_000).toUTCString() }).end();
      },
    }),
    fails: ["clock", "discovery"],
    says: /(599|600|601) s ahead/,
    exitCode: 1,
  },
};

describe("what is wrong is found, reported with what to do, in bounded time", () => {
  test.each(Object.entries(SCENES))("%s", async (_name, scene) => {
    internet.plays = scene.plays?.() ?? issuer.plays;
    internet.certificates = scene.certificates?.() ?? {};
    internet.tunnelFaults = scene.tunnelFaults ?? {};
    const { report, milliseconds, shown } = await examined(await issuer.token({ jti: "PLANTED" }), {
      DATABRICKS_CLIENT_SECRET: "dosePLANTED0123456789",
    });
    const wrong = report.checks
      .filter(({ status, subject }) => status === "fail" && subject !== "token")
      .map(({ id }) => id);
    expect(wrong.sort()).toEqual([...(scene.fails ?? [])].sort());
    for (const id of scene.unknown ?? []) expect([id, statuses(report, id)[id]]).toEqual([id, "unknown"]);
    expect(report.checks.map(({ evidence }) => evidence).join("\n")).toMatch(scene.says);
    for (const check of report.checks) if (check.status === "fail") expect(check.fix).toMatch(/\S/);
    // token checks pass or fail by the issuer's keys; the exit code without them is the scene's
    const tokenFails = report.checks.some(({ status, subject }) => status === "fail" && subject === "token");
    expect(report.exitCode).toBe(tokenFails ? 1 : scene.exitCode);
    expect(milliseconds).toBeLessThan(2000 + 1000 * (scene.requests ?? 1));
    expect(shown).not.toMatch(/PLANTED|eyJ[A-Za-z0-9_-]{10}/);
    expect(
      [...new Set(internet.tunnels)].filter((host) => host !== `${HOST}:443` && host !== `${KEYS_HOST}:443`),
    ).toEqual([]);
    expect(JSON.stringify(internet.requests)).not.toMatch(/PLANTED|eyJ/);
  });
});

test.each(["NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE"])("a private authority may be named in %s", async (name) => {
  const { report } = await examined(await issuer.token(), {
    NODE_EXTRA_CA_CERTS: "",
    [name]: internet.env["NODE_EXTRA_CA_CERTS"] ?? "",
  });
  expect(statuses(report, "discovery", "jwks")).toEqual({ discovery: "pass", jwks: "pass" });
});

describe("slowness is measured against what STS waits", () => {
  const ask = (): Promise<{ readonly report: DoctorReport }> =>
    runDoctor(loadFederation(FEDERATION), {
      environment: { env: internet.env, home: "/nowhere", now: Date.now },
      config: FEDERATION,
      aws: false,
      all: false,
      assume: false,
      allowEndpoint: false,
      limits: { timeoutMs: 1500, stsMs: 600 },
    });

  test.each<[string, number, string]>([
    ["slow", 700, "fail"],
    ["near the mark", 350, "unknown"],
    ["quick", 0, "pass"],
  ])("keys that are %s", async (_name, milliseconds, status) => {
    // one connection before, so that nothing but the keys' own time is measured
    internet.plays = { ...issuer.plays, [KEYS]: late(json(issuer.keys), milliseconds) };
    const { report } = await ask();
    expect(statuses(report, "jwks", "jwks-time")).toEqual({ jwks: "pass", "jwks-time": status });
  });

  test("a discovery document that comes too late, and keys of a host that answers everything else", async () => {
    internet.plays = {
      ...issuer.plays,
      [DISCOVERY]: late(json({ ...DISCOVERY_DOCUMENT, jwks_uri: `https://${HOST}/oidc/jwks.json` }), 700),
      [`${HOST}/oidc/jwks.json`]: FAULTS["hang"]?.play ?? json({}),
    };
    const { report } = await ask();
    expect(statuses(report, "discovery", "jwks")).toEqual({ discovery: "fail", jwks: "fail" });
  });
});

describe("a token is checked with the keys that were fetched", () => {
  const cases: readonly (readonly [string, () => Promise<string>, Readonly<Record<string, string>>])[] = [
    [
      "one in order",
      () => issuer.token(),
      {
        token: "pass",
        "token-issuer": "pass",
        "token-signature": "pass",
        "token-audience": "pass",
        "token-times": "pass",
        "token-roles": "pass",
      },
    ],
    [
      "an opaque one",
      async () => "dapi0123456789abcdef0123456789abcdef",
      { token: "fail", "token-issuer": "unknown", "token-roles": "unknown" },
    ],
    [
      "one of another issuer",
      () => issuer.token({ iss: "https://sts.windows.net/x/" }),
      { token: "pass", "token-issuer": "fail", "token-audience": "unknown" },
    ],
    [
      "one of another audience",
      () => issuer.token({ aud: "2555939416921596" }),
      { "token-issuer": "pass", "token-signature": "pass", "token-audience": "fail", "token-roles": "fail" },
    ],
    ["one whose azp is the audience", () => issuer.token({ azp: "someone-else" }), { "token-audience": "fail" }],
    ["one of two audiences", () => issuer.token({ aud: ["1444828305810485", "x"] }), { "token-audience": "fail" }],
    [
      "an expired one",
      () => issuer.token({ exp: Math.floor(Date.now() / 1000) - 400 }),
      { "token-times": "fail", "token-signature": "pass", "token-roles": "fail" },
    ],
    ["one not valid yet", () => issuer.token({ iat: Math.floor(Date.now() / 1000) + 900 }), { "token-times": "fail" }],
    ["one without exp", () => issuer.token({ exp: undefined }), { "token-times": "fail" }],
    [
      "one of an unknown key",
      () => issuer.token({}, { kid: "other" }),
      { "token-signature": "fail", "token-roles": "fail" },
    ],
    [
      "one altered on the way",
      async () => {
        const [header, , signature] = (await issuer.token()).split(".");
        const [, payload] = (await issuer.token({ scope: "all-apis" })).split(".");
        return `${header ?? ""}.${payload ?? ""}.${signature ?? ""}`;
      },
      { "token-signature": "fail", "token-audience": "pass" },
    ],
    [
      "one of an undeclared identity",
      () => issuer.token({ sub: "11111111-2222-4333-8444-555555555555" }),
      { "token-signature": "pass", "token-roles": "fail" },
    ],
  ];

  test.each(cases)("%s", async (_name, make, expected) => {
    const { report, shown } = await examined(await make(), {}, { role: "lake-reader" });
    expect(statuses(report, ...Object.keys(expected))).toEqual(expected);
    expect(report.exitCode).toBe(Object.values(expected).includes("fail") ? 1 : 0);
    expect(shown).not.toMatch(/eyJ[A-Za-z0-9_-]{10}|dapi0/);
  });

  test("with times by the servers' clock, so that a wrong clock here fails no good token", async () => {
    const folder = temporaryFolder("token");
    writeFileSync(join(folder, "token"), await issuer.token());
    const { report } = await runDoctor(loadFederation(FEDERATION), {
      environment: { env: internet.env, home: "/nowhere", now: () => Date.now() + 7_200_000 },
      config: FEDERATION,
      token: `@${join(folder, "token")}`,
      aws: false,
      all: false,
      assume: false,
      allowEndpoint: false,
    });
    expect(statuses(report, "clock", "token-times")).toEqual({ clock: "fail", "token-times": "pass" });
  });
});

describe("a token that doctor gets by itself", () => {
  const clientId = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
  const secret = {
    DATABRICKS_HOST: `https://${HOST}`,
    DATABRICKS_CLIENT_ID: clientId,
    DATABRICKS_CLIENT_SECRET: "dosePLANTED0123456789abcdef",
  };
  const ENDPOINT = `${HOST}/oidc/v1/token`;

  test("by a stored secret is said to rest on one", async () => {
    internet.plays = {
      ...issuer.plays,
      [ENDPOINT]: json({ access_token: await issuer.token(), token_type: "Bearer", expires_in: 3600 }),
    };
    const { report, exitCode } = await doctor(["--from", "client-credentials"], secret);
    expect(exitCode).toBe(0);
    expect(report.checks.find(({ id }) => id === "token-source")?.evidence).toContain("It uses a stored secret");
    expect(statuses(report, "token-roles")).toEqual({ "token-roles": "pass" });
  });

  test.each<[string, () => Play, string, string | null]>([
    [
      "refused",
      () => json({ error: "invalid_client", error_description: "no client has dosePLANTED0123456789abcdef" }, 401),
      "fail",
      null,
    ],
    ["a redirect", () => redirect("https://elsewhere.example.com/oidc/v1/token"), "unknown", "response-redirect"],
    ["a log-in page", () => html(200, "Sign in"), "unknown", "response-not-json"],
    ["silence", () => FAULTS["hang"]?.play ?? json({}), "unknown", "network-timeout"],
    ["a drip", () => FAULTS["slow drip"]?.play ?? json({}), "unknown", "network-timeout"],
    ["a reset", () => broken, "unknown", "network-reset"],
    ["too much", () => FAULTS["oversized body"]?.play ?? json({}), "unknown", "response-too-large"],
  ])(
    "and that meets %s: the secret goes to the issuer's host only, and is shown nowhere",
    async (_name, play, status, code) => {
      internet.plays = { ...issuer.plays, [ENDPOINT]: play(), "elsewhere.example.com": json({ access_token: "x" }) };
      const { report, stdout, stderr, milliseconds } = await doctor(["--from", "client-credentials"], secret);
      expect(report.checks.find(({ id }) => id === "token")).toMatchObject({ status, code });
      expect(`${stdout}${stderr}`).not.toMatch(/PLANTED/);
      expect(milliseconds).toBeLessThan(8000);
      expect(internet.tunnels.some((host) => host.startsWith("elsewhere"))).toBe(false);
      expect(
        internet.requests
          .filter(({ headers }) => headers.authorization !== undefined)
          .every(({ host, url }) => `${host}${url}` === ENDPOINT),
      ).toBe(true);
    },
  );
});

describe("wrong options", () => {
  test.each<[string, readonly string[], number, string]>([
    ["a token on the command line", ["--token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.UExBTlRFRA"], 2, "token-in-argv"],
    ["an unknown role", ["--role", "no-such"], 2, "role-not-found"],
    ["an unknown issuer", ["--issuer", "no-such"], 2, "issuer-not-found"],
    ["an account key where there is one account", ["--account", "prod"], 2, "account-not-found"],
    ["an AWS account of two digits", ["--aws-account-id", "12"], 2, "aws-account-id-invalid"],
    ["an unknown token source", ["--from", "carrier-pigeon"], 2, "usage"],
    ["two tokens", ["--token", "-", "--from", "env"], 2, "flags-conflict"],
    ["no token on standard input", ["--token", "-"], 2, "token-source-incomplete"],
    ["a token file that is not there", ["--token", "@/nowhere/token"], 2, "file-not-found"],
  ])("%s", async (_name, args, exitCode, code) => {
    const outcome = await doctor(args);
    expect(outcome.exitCode).toBe(exitCode);
    expect((outcome.report as unknown as { readonly error: { readonly code: string } }).error.code).toBe(code);
    expect(`${outcome.stdout}${outcome.stderr}`).not.toMatch(/eyJ|UExBTlRFR|^ {4}at /m);
  });

  test("a proxy that is none, with a password in it", async () => {
    const outcome = await doctor([], { HTTPS_PROXY: "PLANTED://user:PLANTED@x" });
    expect(outcome.exitCode).toBe(2);
    expect(`${outcome.stdout}${outcome.stderr}`).not.toContain("PLANTED");
  });
});
