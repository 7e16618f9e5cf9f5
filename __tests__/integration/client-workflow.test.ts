/**
 * The generated workflow's own script, run by bash as GitHub would, against a Databricks and a GitHub on loopback
 * over TLS.
 */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { Server } from "node:https";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import type { FederationInput } from "../../src/federation";
import { makeAuthority, makeCertificate } from "../support/certificates";
import { fakeToken } from "../support/fake-aws";
import { writeClient } from "../support/python-client";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: { "lake-reader": { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
} as const satisfies FederationInput;

describe("the workflow's exchange", () => {
  let server: Server;
  let origin = "";
  let answer = "";
  let github = "eyJPLANTED.github.token";
  const asked: { readonly url: string; readonly body: string; readonly authorization: string }[] = [];
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
        response.end(request.method === "GET" ? JSON.stringify({ value: github }) : answer);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );

  const run = async (more: Readonly<Record<string, string>> = {}) => {
    const { jobs } = parse(
      readFileSync(join(writeClient(FEDERATION, { place: "github-actions" }), "databricks-aws.yml"), "utf8"),
    ) as {
      readonly jobs: {
        readonly aws: {
          readonly env: Readonly<Record<string, string>>;
          readonly steps: readonly { readonly run?: string }[];
        };
      };
    };
    const runner = temporaryFolder("runner");
    writeFileSync(join(runner, "env"), "");
    const outcome = await runProgram(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", jobs.aws.steps[1]?.run ?? ""],
      {
        cwd: runner,
        accept: [0, 1],
        env: {
          PATH: process.env["PATH"] ?? "",
          NO_PROXY: "localhost",
          CURL_CA_BUNDLE: join(folder, "ca.pem"),
          ...jobs.aws.env,
          DATABRICKS_TOKEN_ENDPOINT: `${origin}/oidc/v1/token`,
          ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/github?api-version=2.0`,
          ACTIONS_ID_TOKEN_REQUEST_TOKEN: "PLANTEDrequest",
          RUNNER_TEMP: runner,
          GITHUB_ENV: join(runner, "env"),
          GITHUB_RUN_ID: "42",
          ...more,
        },
      },
    );
    return { outcome, file: join(runner, "databricks-token"), env: readFileSync(join(runner, "env"), "utf8") };
  };
  /** What stays in a log: the runner swallows the masks. */
  const logged = (text: string): string =>
    text
      .split("\n")
      .filter((line) => !line.startsWith("::add-mask::"))
      .join("\n");

  test("leaves a token file that only the job reads, where AWS' SDKs look for it, and shows nothing", async () => {
    const token = fakeToken();
    answer = JSON.stringify({ access_token: token });
    const { outcome, file, env } = await run();
    expect(outcome.stderr).toBe("");
    expect([outcome.exitCode, readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual([0, token, 0o600]);
    expect(env).toBe(`AWS_WEB_IDENTITY_TOKEN_FILE=${file}\nAWS_ROLE_SESSION_NAME=github-42\n`);
    expect(logged(outcome.stdout)).toBe("");
    expect(asked[0]?.authorization).toBe("bearer PLANTEDrequest");
    expect(Object.fromEntries(new URL(asked[0]?.url ?? "", origin).searchParams)).toEqual({
      "api-version": "2.0",
      audience: "https://mycompany.cloud.databricks.com/oidc/v1/token",
    });
    expect(Object.fromEntries(new URLSearchParams(asked[1]?.body))).toEqual({
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: "eyJPLANTED.github.token",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      client_id: READER,
      scope: "openid",
    });
  });

  test(
    "prints the job's own subject and audience where Databricks refuses its token, and nothing a " + "runner obeys",
    async () => {
      const claims = { sub: "repo:acme@12/lake@34:environment:production\n::set-output::x", aud: "a" };
      github = `eyJPLANTED.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.PLANTED`;
      answer = JSON.stringify({ error: "invalid_grant" });
      const { outcome } = await run();
      github = "eyJPLANTED.github.token";
      const lines = logged(outcome.stdout).trim().split("\n");
      expect(lines).toEqual([expect.stringContaining("subject is repo:acme@12/lake@34:environment:production")]);
      expect(lines[0]).toContain("audience https://mycompany.cloud.databricks.com/oidc/v1/token");
    },
  );

  test.each([
    [
      "a token of another issuer",
      JSON.stringify({ access_token: fakeToken({ iss: "https://other.cloud.databricks.com/oidc" }) }),
      {},
      "not sent to AWS",
    ],
    ["a token of another subject", JSON.stringify({ access_token: fakeToken({ sub: "eve" }) }), {}, "not sent to AWS"],
    [
      "a token for another audience",
      JSON.stringify({ access_token: fakeToken({ aud: ["99"] }) }),
      {},
      "not sent to AWS",
    ],
    ["an opaque token", JSON.stringify({ access_token: "dapiPLANTED" }), {}, "not sent to AWS"],
    ["a refusal", JSON.stringify({ error: "invalid_grant", error_description: "eyJPLANTED" }), {}, "invalid_grant"],
    ["a page", "<html>PLANTED", {}, "no OAuth answer"],
    ["a stored key", "{}", { AWS_ACCESS_KEY_ID: "AKIAPLANTED" }, "Remove the stored key"],
    ["plain http", "{}", { DATABRICKS_TOKEN_ENDPOINT: "http://127.0.0.1:9/" }, ""],
  ])("%s ends it, leaves no token, and tells none", async (_name, given, more, words) => {
    answer = given;
    const { outcome, file, env } = await run(more);
    expect([outcome.exitCode === 0, existsSync(file), env]).toEqual([false, false, ""]);
    expect(outcome.stdout).toContain(words);
    expect(`${logged(outcome.stdout)}${outcome.stderr}`).not.toMatch(/PLANTED|eyJ/);
  });
});
