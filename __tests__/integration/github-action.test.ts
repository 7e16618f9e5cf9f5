/** action.yml's own script, run by bash as GitHub would, with a GitHub on loopback in place of the real one. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import { REPOSITORY } from "../support/markdown";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const federation = (...subjects: readonly string[]): string => `name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1" }
roles:
  lake-reader: { trusts: [{ issuer: production, subjects: ${JSON.stringify(subjects)} }] }
`;
const MENTION = "@octocat";

interface Written {
  id: number;
  body: string;
  user: { login: string; type: string };
}

const comments: Written[] = [];
const calls: string[] = [];
let status: number | undefined;
let server: Server;
let api = "";

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
    request.on("end", () => {
      calls.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
      if (status !== undefined) return response.writeHead(status).end("{}");
      const { body } = (text === "" ? {} : JSON.parse(text)) as { body?: string };
      if (request.method === "POST")
        comments.push({
          id: comments.length + 1,
          body: body ?? "",
          user: { login: "github-actions[bot]", type: "Bot" },
        });
      const changed = comments.find(({ id }) => request.url?.endsWith(`/comments/${id}`) === true);
      if (request.method === "PATCH" && changed !== undefined) changed.body = body ?? "";
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page"));
      response.end(JSON.stringify(request.method === "GET" ? comments.slice((page - 1) * 100, page * 100) : {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  comments.length = 0;
  calls.length = 0;
  status = undefined;
});

interface Run {
  readonly exitCode: number;
  readonly log: string;
  readonly summary: string;
  readonly outputs: string;
}

/** A checkout of a pull request's merge commit, as actions/checkout makes it with `fetch-depth: depth`. */
function checkout(before: string | null, after: string, depth = 2): { folder: string; base: string; head: string } {
  const source = temporaryFolder("pull");
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: source,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  const commit = (file: string, text: string): string => {
    writeFileSync(join(source, file), text);
    git("add", "-A");
    git("commit", "-q", "-m", "x");
    return git("rev-parse", "HEAD");
  };
  git("init", "-q", "-b", "main");
  commit("README.md", "x");
  if (before !== null) commit("federation.yaml", before);
  git("checkout", "-q", "-b", "change");
  const head = commit("federation.yaml", after);
  git("checkout", "-q", "main");
  const base = commit("other.md", "later");
  git("merge", "-q", "--no-ff", "-m", "merge", "change");
  const folder = join(temporaryFolder("checkout"), "repository");
  git("clone", "-q", "--depth", String(depth), `file://${source}`, folder);
  return { folder, base, head };
}

/** Runs the step of action.yml in `folder`. */
async function run(
  { folder, base = "", head = "" }: { folder: string; base?: string; head?: string },
  inputs: Readonly<Record<string, string>> = {},
  { event = "pull_request", from = "acme/lake" }: { event?: string; from?: string | null } = {},
): Promise<Run> {
  const action = parse(readFileSync(join(REPOSITORY, "action.yml"), "utf8")) as {
    inputs: Record<string, { default: string }>;
    runs: { steps: readonly { id?: string; run?: string }[] };
  };
  const runner = temporaryFolder("runner");
  writeFileSync(
    join(runner, "event.json"),
    JSON.stringify({
      pull_request: { number: 7, base: { sha: base }, head: { sha: head, repo: from && { full_name: from } } },
    }),
  );
  for (const file of ["summary", "output"]) writeFileSync(join(runner, file), "");
  mkdirSync(join(runner, "temp"));
  const given = Object.entries(action.inputs).map(([name, { default: usual }]) => [
    `INPUT_${name.toUpperCase().replaceAll("-", "_")}`,
    inputs[name] ?? usual,
  ]);
  const script = action.runs.steps.find(({ id }) => id === "run")?.run ?? "exit 9";
  const { exitCode, stdout, stderr } = await runProgram(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", script],
    {
      cwd: folder,
      accept: [0, 1, 2, 3],
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: runner,
        ACTION: REPOSITORY,
        GITHUB_TOKEN: "planted-token",
        GITHUB_API_URL: api,
        GITHUB_EVENT_NAME: event,
        GITHUB_EVENT_PATH: join(runner, "event.json"),
        GITHUB_REPOSITORY: "acme/lake",
        GITHUB_STEP_SUMMARY: join(runner, "summary"),
        GITHUB_OUTPUT: join(runner, "output"),
        RUNNER_TEMP: join(runner, "temp"),
        // nothing here is to reach a network
        HTTPS_PROXY: "http://127.0.0.1:1",
        ...Object.fromEntries(given),
      },
    },
  );
  return {
    exitCode,
    log: stdout + stderr,
    summary: readFileSync(join(runner, "summary"), "utf8"),
    outputs: readFileSync(join(runner, "output"), "utf8"),
  };
}

const widened = (): ReturnType<typeof checkout> => checkout(federation("one"), federation("one", MENTION));

test("the repository's pull request gets one comment, which the next run updates, and fails where asked", async () => {
  const change = widened();
  const first = await run(change, { "fail-on-widening": "true" });
  expect(first).toMatchObject({ exitCode: 1, outputs: expect.stringMatching(/sarif=.*\ncomment=written\n/) });
  const [written] = comments;
  expect(written?.body.split("\n")).toEqual([
    expect.stringMatching(/^<!-- databricks-aws-oidc lint [0-9a-f]{16} -->$/),
    "### Who gets into AWS: `federation.yaml`",
    "",
    `Commit \`${change.head.slice(0, 12)}\`, compared with its base.`,
    "",
    "**Who gets in changes: 1 gained, 0 lost, in 1 role.**",
    "",
    "- `roles.lake-reader` (changed)",
    "  - **gains it**: `@octocat of https://mycompany.cloud.databricks.com/oidc, audience 1`",
    expect.stringMatching(/^ {4}- to see it: `echo .* \| databricks-aws-oidc explain --config federation.yaml/),
    "",
    expect.stringContaining("(1 role checked)"),
    ...Array.from({ length: (written?.body.split("\n").length ?? 12) - 12 }, () => expect.any(String)),
  ]);
  expect(first.summary).toContain("1 gained, 0 lost");
  const sarif = JSON.parse(readFileSync(/sarif=(.*)/.exec(first.outputs)?.[1] ?? "", "utf8")) as { version: string };
  expect(sarif.version).toBe("2.1.0");
  expect(JSON.stringify(first)).not.toContain("planted-token");
  expect(calls.every((call) => call.endsWith(" Bearer planted-token"))).toBe(true);

  const [mark = ""] = written?.body.split("\n") ?? [];
  comments.splice(0, 1);
  comments.push({ id: 50, body: mark, user: { login: "mallory", type: "User" } });
  for (let id = 100; id < 220; id += 1) comments.push({ id, body: "x", user: { login: "alice", type: "User" } });
  comments.push({ id: 300, body: `${mark}\r\nold`, user: { login: "github-actions[bot]", type: "Bot" } });
  const next = await run(change);
  expect(next).toMatchObject({ exitCode: 0, outputs: expect.stringContaining("comment=updated\n") });
  expect(comments.find(({ id }) => id === 300)?.body).toContain("1 gained, 0 lost");
  expect(comments.find(({ id }) => id === 50)?.body).toBe(mark);
  expect(comments).toHaveLength(122);
});

test.each([
  ["of a fork", "mallory/lake"],
  ["of a fork that is gone", null],
])("a pull request %s gets a summary, and GitHub is not called", async (_title, from) => {
  const { exitCode, summary, log } = await run(widened(), { "fail-on-widening": "true" }, { from });
  expect([exitCode, calls]).toEqual([1, []]);
  expect(summary).toContain("  - **gains it**: `@octocat of");
  expect(log).toContain("a fork's pull request gets no comment");
});

test("pull_request_target is refused", async () => {
  const { exitCode, log } = await run(widened(), {}, { event: "pull_request_target" });
  expect([exitCode, calls]).toEqual([2, []]);
  expect(log).toContain("does not run on pull_request_target");
});

test("a new file is compared with none, and a change that widens nothing gets no comment of its own", async () => {
  const added = await run(checkout(null, federation("one")), { "fail-on-widening": "true" });
  expect([added.exitCode, comments.length]).toEqual([1, 1]);
  comments.length = 0;
  const same = await run(checkout(federation("one"), `# a comment\n${federation("one")}`), {
    "fail-on-widening": "true",
  });
  expect(same).toMatchObject({ exitCode: 0, outputs: expect.stringContaining("comment=not needed\n") });
  expect([same.summary, comments]).toEqual([expect.stringContaining("**No one gains or loses a role.**"), []]);
});

test("a checkout without the base cannot pass as one that widens nothing", async () => {
  const shallow = checkout(federation("one"), federation("one", MENTION), 1);
  const strict = await run(shallow, { "fail-on-widening": "true" });
  expect([strict.exitCode, strict.log]).toEqual([2, expect.stringContaining("fetch-depth: 2")]);
  const lenient = await run(shallow);
  expect([lenient.exitCode, lenient.log]).toEqual([0, expect.stringContaining("not compared with the base")]);
});

test.each([
  [403, "may not write a comment"],
  [500, "GitHub answered 500 to GET issues/7/comments."],
])("an API that answers %i takes nothing from the result", async (code, message) => {
  status = code;
  const { exitCode, log, summary } = await run(widened());
  expect([exitCode, log, summary]).toEqual([
    0,
    expect.stringContaining(message),
    expect.stringContaining("1 gained, 0 lost"),
  ]);
});

test("a file that cannot be read replaces what the comment said before", async () => {
  const change = checkout(federation("one"), "name: [\n");
  await run(widened());
  expect(comments).toHaveLength(1);
  const { exitCode } = await run(change);
  expect([exitCode, comments.length, comments[0]?.body]).toEqual([
    2,
    1,
    expect.stringContaining("did not finish (exit code 2)"),
  ]);
});

test("doctor's result is in the summary, and its exit code is the job's", async () => {
  const folder = temporaryFolder("doctor");
  writeFileSync(join(folder, "federation.yaml"), federation("one"));
  const { exitCode, summary, log } = await run(
    { folder },
    { command: "doctor", arguments: "--timeout\n1s\n" },
    { event: "schedule" },
  );
  expect([exitCode, summary, log]).toEqual([
    3,
    expect.stringContaining("### Databricks in AWS: not everything was checked\n\n<pre>\n"),
    expect.stringContaining("issuer production"),
  ]);
});
