/** The workflows, judged by the real actionlint, and by rules of our own that it does not have. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { codeBlocks } from "../support/markdown";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: Readonly<Record<string, string>>;
        readonly uses?: string;
        readonly steps?: readonly Step[];
        readonly "timeout-minutes"?: number;
      }
    >
  >;
}

const REPOSITORY = resolve(__dirname, "..", "..");
const FOLDER = join(REPOSITORY, ".github", "workflows");
const workflows = readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), "utf8")] as const);
/** action.yml: one job's steps, without permissions of its own. */
const ACTION = readFileSync(join(REPOSITORY, "action.yml"), "utf8");
/** The workflows that the pages show, by page and line. */
const shown = codeBlocks("yaml").filter(({ code }) => /^jobs:/m.test(code));
const stepsOf = (text: string): readonly Step[] =>
  Object.values((parse(text) as Workflow).jobs).flatMap(({ steps = [] }) => steps);

/** What actionlint says of the workflows of the repository in `folder`. */
async function actionlint(folder: string): Promise<{ readonly exitCode: number; readonly stdout: string }> {
  return runProgram(
    process.execPath,
    [
      join(REPOSITORY, "node_modules", "@tktco", "node-actionlint", "bin", "node-actionlint.js"),
      ".github/workflows/*.yml",
    ],
    { cwd: folder, accept: [0, 1] },
  );
}

test("actionlint has no finding on any of them", async () => {
  const { exitCode, stdout } = await actionlint(REPOSITORY);
  expect(stdout).toContain(`Checking ${workflows.length} workflow file(s)`);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("All workflow files passed")]);
});

test("actionlint is at work: it finds a script that anybody's commit message may write", async () => {
  const folder = temporaryFolder("workflows");
  mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
  writeFileSync(
    join(folder, ".github", "workflows", "bad.yml"),
    'on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "${{ ' +
      'github.event.head_commit.message }}"\n',
  );
  const { exitCode, stdout } = await actionlint(folder);
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining("potentially untrusted")]);
});

test("actionlint has no finding on the workflows that the pages show", async () => {
  expect(shown.length).toBeGreaterThan(1);
  const folder = temporaryFolder("shown");
  mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
  for (const [index, { code }] of shown.entries())
    writeFileSync(join(folder, ".github", "workflows", `shown-${index}.yml`), code);
  const { exitCode, stdout } = await actionlint(folder);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining("All workflow files passed")]);
});

const pinned = [
  ...workflows,
  ["action.yml", ACTION] as const,
  ...codeBlocks("yaml").flatMap(({ page, line, code }) =>
    code.includes("uses: ") ? [[`${page}:${line}`, code] as const] : [],
  ),
];

test.each(pinned)("every action in %s is pinned by its commit, with the version beside it", (_file, text) => {
  const used = [...text.matchAll(/^ *(?:- )?uses: (.*)$/gm)]
    .map(([, what]) => what ?? "")
    .filter((what) => !what.startsWith("./") && what !== "OWNER/databricks-aws-oidc@COMMIT");
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((what) => !/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what))).toEqual([]);
});

test("action.yml has no expression in a script, and each of its inputs is used", () => {
  const action = parse(ACTION) as { readonly inputs: object; readonly runs: { readonly steps: readonly Step[] } };
  const scripts = action.runs.steps.flatMap(({ run }) => run ?? []);
  expect([scripts.length, scripts.filter((run) => run.includes("${{"))]).toEqual([2, []]);
  for (const name of Object.keys(action.inputs)) expect(ACTION).toContain(`inputs.${name} `);
});

test("no workflow, and none that the pages show, runs on pull_request_target", () => {
  for (const text of [...workflows.map(([, workflow]) => workflow), ...shown.map(({ code }) => code)])
    expect(text).not.toContain("pull_request_target");
});

describe.each(workflows)("%s", (_file, text) => {
  test("no expression is in a script: values come through the environment", () => {
    expect(stepsOf(text).filter(({ run }) => run?.includes("${{") === true)).toEqual([]);
  });

  test("permissions are written out, and the token stays out of the checkout", () => {
    const { permissions, jobs } = parse(text) as Workflow;
    expect(permissions).toBeDefined();
    expect(Object.entries(permissions ?? {}).filter(([, right]) => right === "write")).toEqual([]);
    for (const step of stepsOf(text))
      if (step.uses?.startsWith("actions/checkout@") === true) expect(step.with?.["persist-credentials"]).toBe(false);
    for (const job of Object.values(jobs))
      if (job.uses === undefined) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });
});

test("only the jobs that need it may write, and none holds npm's token", () => {
  const { jobs } = parse(readFileSync(join(FOLDER, "release.yml"), "utf8")) as Workflow;
  const writes = Object.fromEntries(
    Object.entries(jobs).map(([name, { permissions = {} }]) => [
      name,
      Object.keys(permissions).filter((right) => permissions[right] === "write"),
    ]),
  );
  expect(writes).toEqual({
    test: [],
    pack: [],
    attest: ["id-token", "attestations"],
    npm: ["id-token"],
    modules: ["contents"],
    site: ["contents"],
  });
  expect(readFileSync(join(FOLDER, "release.yml"), "utf8")).not.toMatch(/NPM_TOKEN|NODE_AUTH_TOKEN/);
});

test.each(workflows)("%s gives no identity token to a job that installs packages", (_file, text) => {
  const installing = Object.entries((parse(text) as Workflow).jobs).filter(
    ([, { permissions = {}, steps = [] }]) =>
      permissions["id-token"] === "write" && steps.some(({ run = "" }) => /\b(?:npm (?:ci|install|i)|npx)\b/.test(run)),
  );
  expect(installing.map(([name]) => name)).toEqual([]);
});

describe("what a tag makes of npm and GitHub, with stand-ins for their programs", () => {
  /** Runs the script of the step that holds `text`; returns the calls of npm and gh. */
  async function calls(text: string, tag: string): Promise<string> {
    const folder = temporaryFolder("step");
    const step = stepsOf(readFileSync(join(FOLDER, "release.yml"), "utf8")).find(
      ({ run }) => run?.includes(text) === true,
    );
    for (const name of ["npm", "gh"])
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>calls\ntest "$1 $2" != "release view"\n`, {
        mode: 0o755,
      });
    mkdirSync(join(folder, "out", "npm"), { recursive: true });
    writeFileSync(join(folder, "out", "npm", "databricks-aws-oidc-1.2.0.tgz"), "");
    await runProgram("bash", ["-e", "-c", step?.run ?? "exit 1"], {
      cwd: folder,
      env: {
        PATH: `${folder}:${process.env["PATH"] ?? ""}`,
        GITHUB_REF_NAME: tag,
        GITHUB_SERVER_URL: "https://github.com",
        GITHUB_REPOSITORY: "acme/databricks-aws-oidc",
      },
    });
    return readFileSync(join(folder, "calls"), "utf8");
  }

  test.each([
    ["v1.2.0", "latest", "false"],
    ["v1.2.0-rc.1", "next", "true"],
  ])("%s is published as %s", async (tag, distTag, prerelease) => {
    expect(await calls("npm publish", tag)).toBe(
      `npm publish --provenance --access public --tag ${distTag} out/npm/databricks-aws-oidc-1.2.0.tgz\n`,
    );
    expect(await calls("gh release create", tag)).toContain(
      `gh release create ${tag} --verify-tag --generate-notes --prerelease=${prerelease}\n`,
    );
  });

  test("the package names the repository that the provenance does", async () => {
    const [first = "", second = ""] = (await calls("npm pack ", "v1.2.0")).split("\n");
    expect(first).toBe(
      "npm pkg set repository.type=git repository.url=git+https://github.com/acme/databricks-aws-oidc.git",
    );
    expect(second).toMatch(/^npm pack /);
  });
});

test("a release puts its site beside the earlier ones, and the newest is where the address leads", async () => {
  const folder = temporaryFolder("site");
  const remote = join(folder, "host", "acme", "databricks-aws-oidc.git");
  const step = stepsOf(readFileSync(join(FOLDER, "release.yml"), "utf8")).find(
    ({ run }) => run?.includes("add-site-version") === true,
  );
  await runProgram("git", ["init", "--quiet", "--bare", remote], { cwd: folder });
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "bin", "gh"), "#!/bin/sh\n", { mode: 0o755 });
  for (const tag of ["v0.9.0", "v0.10.0", "v1.0.0-rc.1", "v0.10.0"]) {
    const cwd = join(folder, `run-${tag}-${String(readdirSync(folder).length)}`);
    mkdirSync(join(cwd, "out", "site"), { recursive: true });
    cpSync(join(REPOSITORY, "scripts"), join(cwd, "scripts"), { recursive: true });
    writeFileSync(join(cwd, "out", "site", "index.html"), `the site of ${tag}`);
    await runProgram("bash", ["-e", "-c", step?.run ?? "exit 1"], {
      cwd,
      env: {
        PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}`,
        GITHUB_REF_NAME: tag,
        GITHUB_SERVER_URL: `file://${join(folder, "host")}`,
        GITHUB_REPOSITORY: "acme/databricks-aws-oidc",
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a@example.com",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a@example.com",
      },
    });
  }
  const published = async (path: string): Promise<string> =>
    (await runProgram("git", ["--git-dir", remote, "show", `gh-pages:${path}`], { cwd: folder })).stdout;
  expect(await published("0.9.0/index.html")).toBe("the site of v0.9.0");
  expect(await published("1.0.0-rc.1/index.html")).toBe("the site of v1.0.0-rc.1");
  expect(await published("index.html")).toContain('content="0; url=0.10.0/"');
  expect([...(await published("all-versions.html")).matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
    "0.10.0/",
    "0.9.0/",
    "1.0.0-rc.1/",
  ]);
});
