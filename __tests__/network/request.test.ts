import { FederationError } from "../../src/errors";
import { proxyFor } from "../../src/network/proxy";
import { readJson } from "../../src/network/read-json";
import { request } from "../../src/network/request";
import { redact, secret } from "../../src/text/secret";
import type { FaultServer } from "../support/fault-server";
import { FAULTS, startFaultServer } from "../support/fault-server";
import { inspect } from "node:util";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "none";
  } catch (error) {
    return error instanceof FederationError ? error.code : `not ours: ${String(error)}`;
  }
}

describe("a request", () => {
  let server: FaultServer;
  beforeAll(async () => {
    server = await startFaultServer(() => undefined);
  });
  afterAll(() => server.stop());

  test.each(Object.entries(FAULTS))("that meets %s ends in time with a coded error", async (_name, fault) => {
    server.play = fault.play;
    const url = new URL("/oidc/v1/token", server.origin);
    const started = Date.now();
    const code = await codeOf(
      request(url, { env: {}, timeoutMs: 1000, maxBytes: 200_000 }).then((answer) => readJson(answer, url)),
    );
    expect(fault.codes).toContain(code);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  test("to a closed port says that nobody takes connections", async () => {
    expect(await codeOf(request(new URL("http://127.0.0.1:1"), { env: {} }))).toBe("network-refused");
  });

  test("to a name that does not exist says so", async () => {
    expect(await codeOf(request(new URL("https://no-such-host.invalid"), { env: {}, timeoutMs: 5000 }))).toMatch(
      /^network-(dns|timeout)$/,
    );
  });

  test("never leaves the machine in plain http", async () => {
    expect(await codeOf(request(new URL("http://mycompany.cloud.databricks.com/oidc/v1/token"), { env: {} }))).toBe(
      "url-not-https",
    );
  });
});

describe("the proxy", () => {
  const url = new URL("https://mycompany.cloud.databricks.com/oidc");
  test.each([
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://proxy.example.com:3128" }, "proxy.example.com:3128"],
    ["a bare host", { https_proxy: "proxy.example.com:3128" }, "proxy.example.com:3128"],
    ["ALL_PROXY", { ALL_PROXY: "http://proxy.example.com:3128" }, "proxy.example.com:3128"],
    [
      "NO_PROXY by domain",
      { HTTPS_PROXY: "http://proxy.example.com:3128", NO_PROXY: "other.example.com,.databricks.com" },
      undefined,
    ],
    ["NO_PROXY by star", { HTTPS_PROXY: "http://proxy.example.com:3128", no_proxy: "*" }, undefined],
    [
      "NO_PROXY by another port",
      { HTTPS_PROXY: "http://proxy.example.com:3128", no_proxy: "cloud.databricks.com:8443" },
      "proxy.example.com:3128",
    ],
    [
      "NO_PROXY by part of a label",
      { HTTPS_PROXY: "http://proxy.example.com:3128", no_proxy: "ricks.com" },
      "proxy.example.com:3128",
    ],
    ["nothing set", {}, undefined],
  ])("is chosen by %s", (_name, env, host) => {
    expect(proxyFor(url, env)?.host).toBe(host);
  });

  test("is not asked for loopback", () => {
    expect(
      proxyFor(new URL("http://127.0.0.1:8080"), { HTTPS_PROXY: "http://proxy.example.com:3128" }),
    ).toBeUndefined();
  });

  test("is not quoted when it is no URL, as it may hold a password", async () => {
    await expect(request(url, { env: { HTTPS_PROXY: "socks5://user:hunter2@proxy" } })).rejects.toThrow(
      /^(?!.*hunter2)/s,
    );
  });
});

describe("a secret", () => {
  const planted = secret("dose0123456789abcdef0123456789abcdef");
  test.each([
    ["String", () => String(planted)],
    ["a template", () => `${planted as unknown as string}`],
    ["JSON", () => JSON.stringify({ planted })],
    ["inspect", () => inspect({ planted }, { depth: 9, showHidden: true })],
  ])("hides from %s", (_name, print) => {
    expect(print()).not.toContain("0123456789abcdef");
  });

  test("is taken out of other people's words, plain, URL-encoded and in base64", () => {
    const known = "p%ss/word+1";
    const said =
      `no ${known}, ${encodeURIComponent(known)}, ${Buffer.from(known).toString("base64")}, ` +
      `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln, dapi0123456789abcdef`;
    expect(redact(said, [known])).toBe("no [hidden], [hidden], [hidden], [hidden], [hidden]");
  });
});

test("a secret is not sent where certificates are not checked", async () => {
  await expect(
    request(new URL("https://127.0.0.1:9/"), { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } }),
  ).rejects.toMatchObject({ code: "tls-verification-off" });
});
