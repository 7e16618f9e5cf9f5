/**
 * The scripts of the pages on other registries, run as they stand: each request is what the page says, and no token
 * is in a list of processes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { codeBlocks } from "../support/markdown";
import { smallRelease, writeSmallRelease } from "../support/release";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const NAME = "databricks-federation";
const TOKEN = "hunter22-very-secret";

interface Asked {
  readonly what: string;
  readonly type: string | undefined;
  readonly token: string | undefined;
  readonly body: Buffer;
}

/** Notes every request, and answers each with the status and body that `answers` has for it, by `METHOD path`. */
async function recorder(answers: Readonly<Record<string, (url: string) => readonly [number, unknown]>>) {
  const asked: Asked[] = [];
  let url = "";
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const what = `${request.method ?? ""} ${request.url ?? ""}`;
      const { authorization, "private-token": personal, "job-token": job, "content-type": type } = request.headers;
      asked.push({ what, type, token: authorization ?? (personal ?? job)?.toString(), body: Buffer.concat(chunks) });
      const [status, body] = answers[what]?.(url) ?? [404, { errors: ["not found"] }];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    stop: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** The page's script of that language, `from` in it replaced. */
function script(page: string, language: string, ...replacements: readonly (readonly [string, string])[]): string {
  const code = codeBlocks(language).find((block) => block.page === page)?.code ?? "";
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, code);
}

describeWith({ curl: true, jq: true, zip: true }, "the pages' scripts for other registries", () => {
  let folder: string;
  let archive: Buffer;

  beforeEach(async () => {
    folder = temporaryFolder("pages");
    await writeSmallRelease(join(folder, "out", "release"), "1.2.0", { names: [NAME] });
    archive = (await smallRelease("1.2.0", { names: [NAME] })).archives.get(NAME) ?? Buffer.alloc(0);
    // stand-ins that write down how they were called; a real curl behind one of them
    for (const [name, then] of [
      ["databricks-aws-oidc", ""],
      ["npm", ""],
      ["oras", "cat >/dev/null"],
      ["curl", `exec ${await realCurl()} "$@"`],
    ] as const) {
      writeFileSync(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "${name} $*" >>"${folder}/calls"\n${then}\n`, {
        mode: 0o755,
      });
    }
  });

  const realCurl = async (): Promise<string> =>
    (await runProgram("sh", ["-c", "command -v curl"], { cwd: "/" })).stdout.trim();
  const run = (text: string, env: Readonly<Record<string, string>> = {}) =>
    runProgram("bash", ["-c", text], {
      cwd: folder,
      env: { ...process.env, ...env, PATH: `${folder}:${process.env["PATH"] ?? ""}` },
      accept: [0, 1, 22],
    });
  const calls = (): string => readFileSync(join(folder, "calls"), "utf8");

  test("HCP Terraform: the module, the version, the archive by its link", async () => {
    const modules = "/api/v2/organizations/acme/registry-modules";
    const versions = `${modules}/private/acme/${NAME}/aws/versions`;
    const server = await recorder({
      [`POST ${modules}`]: () => [422, { errors: [{ detail: "Name has already been taken" }] }],
      [`POST ${versions}`]: (url) => [201, { data: { links: { upload: `${url}/upload/secret-link` } } }],
      "PUT /upload/secret-link": () => [200, null],
    });
    try {
      await run(script("docs/publish-to-hcp-terraform.md", "bash", ["https://app.terraform.io", server.url]), {
        TFE_TOKEN: TOKEN,
      });
      expect(server.asked.map(({ what, type, token }) => [what, type, token])).toEqual([
        [`POST ${modules}`, "application/vnd.api+json", `Bearer ${TOKEN}`],
        [`POST ${versions}`, "application/vnd.api+json", `Bearer ${TOKEN}`],
        ["PUT /upload/secret-link", "application/octet-stream", undefined],
      ]);
      const sent = server.asked.slice(0, 2).map(({ body }) => JSON.parse(body.toString("utf8")) as unknown);
      expect(sent).toEqual([
        { data: { type: "registry-modules", attributes: { name: NAME, provider: "aws", "registry-name": "private" } } },
        { data: { type: "registry-module-versions", attributes: { version: "1.2.0" } } },
      ]);
      expect(server.asked[2]?.body.equals(archive)).toBe(true);
      expect(calls()).not.toMatch(new RegExp(`${TOKEN}|secret-link`));
    } finally {
      await server.stop();
    }
  });

  test("HCP Terraform: a version that is refused uploads nothing", async () => {
    const server = await recorder({});
    try {
      expect(
        (
          await run(script("docs/publish-to-hcp-terraform.md", "bash", ["https://app.terraform.io", server.url]), {
            TFE_TOKEN: TOKEN,
          })
        ).exitCode,
      ).not.toBe(0);
      expect(server.asked.map(({ what }) => what.split(" ")[0])).toEqual(["POST", "POST"]);
      expect(calls().match(/^curl /gm)).toHaveLength(2);
    } finally {
      await server.stop();
    }
  });

  test.each(["hcp-terraform", "gitlab", "oci"])("%s: a release that is not whole goes nowhere", async (page) => {
    writeFileSync(join(folder, "databricks-aws-oidc"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    writeFileSync(join(folder, "calls"), "");
    expect(
      (
        await run(script(`docs/publish-to-${page}.md`, "bash"), {
          TFE_TOKEN: TOKEN,
          GITLAB_TOKEN: TOKEN,
          REGISTRY_TOKEN: TOKEN,
        })
      ).exitCode,
    ).toBe(1);
    expect(calls()).toBe("");
  });

  const path = (project: string): string =>
    `PUT /api/v4/projects/${project}/packages/terraform/modules/${NAME}/aws/1.2.0/file`;

  test("GitLab: the archive, with a token of one's own or the job's", async () => {
    const server = await recorder({
      [path("acme%2Fterraform-modules")]: () => [201, {}],
      [path("7")]: () => [201, {}],
    });
    try {
      await run(script("docs/publish-to-gitlab.md", "bash", ["https://gitlab.example.com", server.url]), {
        GITLAB_TOKEN: TOKEN,
      });
      const job = parse(script("docs/publish-to-gitlab.md", "yaml")) as {
        readonly "publish-modules": { readonly script: readonly string[] };
      };
      await run(`set -eo pipefail\n${job["publish-modules"].script.join("\n")}`, {
        CI_JOB_TOKEN: `job-${TOKEN}`,
        CI_COMMIT_TAG: "v1.2.0",
        CI_API_V4_URL: `${server.url}/api/v4`,
        CI_PROJECT_ID: "7",
      });
      expect(server.asked.map(({ what, token }) => [what, token])).toEqual([
        [path("acme%2Fterraform-modules"), TOKEN],
        [path("7"), `job-${TOKEN}`],
      ]);
      for (const { body } of server.asked) expect(body.equals(archive)).toBe(true);
      expect(calls()).not.toContain(TOKEN);
    } finally {
      await server.stop();
    }
  });

  test("OCI: one zip of the module, its files at the root, pushed with the types that OpenTofu asks for", async () => {
    expect((await run(script("docs/publish-to-oci.md", "bash"), { REGISTRY_TOKEN: TOKEN })).exitCode).toBe(0);
    const { stdout } = await runProgram("python3", ["-m", "zipfile", "-l", `${NAME}-1.2.0.zip`], { cwd: folder });
    expect(
      stdout
        .split("\n")
        .slice(1, -1)
        .map((line) => line.split(/\s+/)[0]),
    ).toEqual(["README.md", "main.tf"]);
    expect(calls()).toContain(
      `oras push --artifact-type application/vnd.opentofu.modulepkg ` +
        `ghcr.io/acme/${NAME}:1.2.0 ${NAME}-1.2.0.zip:archive/zip\n`,
    );
    expect(calls()).not.toContain(TOKEN);
  });
});
