/**
 * What action.yml runs: `lint` or `doctor` in a job of GitHub Actions. The result is in the job's log and in its
 * summary, findings as SARIF in a file, and who gains or loses a role in one comment on the pull request.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { version } from "../../package.json";
import { exitCodeOf, type ExitCode, run, sayText, tell } from "../../src/cli/run";
import { inputError } from "../../src/errors";
import type { LintReport } from "../../src/lint/lint-documents";
import { lintMarkdown } from "../../src/lint/output/markdown";
import { lintSarif } from "../../src/lint/output/sarif";
import { lintText } from "../../src/lint/output/text";
import { variable } from "../../src/network/environment";
import { htmlText, markdownCode } from "../../src/text/escape";
import { quoted } from "../../src/text/text-rule";
import { putComment } from "./comment";
import { baseFile, type PullRequest, readPullRequest } from "./pull-request";

const ROOT = resolve(__dirname, "..", "..");
const { env } = process;
/** GitHub takes 65,536 characters of a comment, and 1 MiB of a summary. */
const MOST_COMMENT = 60_000;
const MOST_SUMMARY = 500_000;

/** An input of action.yml. */
const input = (name: string): string => variable({ env }, `INPUT_${name}`) ?? "";
const isOn = (name: string): boolean => input(name) === "true";

async function action(): Promise<ExitCode> {
  const pull = readPullRequest(env);
  const more = input("ARGUMENTS")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const command = input("COMMAND");
  if (command === "lint") return lint(pull, more);
  if (command === "doctor") return doctor(more);
  throw inputError("usage", `command must be lint or doctor, not ${quoted(command)}.`, "Change it in the workflow.");
}

/** Runs the command line in the checked-out repository. Its stderr goes to the log. */
function program(...args: readonly string[]): { readonly code: ExitCode; readonly stdout: string } {
  // without it the tsconfig.json of the checked-out repository would decide how this program is loaded
  const tsx = [join(ROOT, "node_modules", "tsx", "dist", "cli.mjs"), "--tsconfig", join(ROOT, "tsconfig.json")];
  const { status, stdout, error } = spawnSync(process.execPath, [...tsx, join(ROOT, "src", "cli", "cli.ts"), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 1e9,
    env: { ...env, GITHUB_TOKEN: undefined },
  });
  if (error !== undefined) throw error;
  return { code: ([0, 1, 2, 3].find((code) => code === status) ?? 3) as ExitCode, stdout };
}

function doctor(more: readonly string[]): ExitCode {
  const { code, stdout } = program("doctor", ...(more.length === 0 ? ["--all"] : more));
  sayText(stdout);
  const result = code === 0 ? "nothing is wrong" : code === 1 ? "something is wrong" : "not everything was checked";
  summarize(`### Databricks in AWS: ${result}\n\n<pre>\n${htmlText(cut(stdout, MOST_SUMMARY))}\n</pre>`);
  return code;
}

async function lint(pull: PullRequest | null, more: readonly string[]): Promise<ExitCode> {
  const file = input("FILE");
  if (file === "" || file.startsWith("-"))
    throw inputError("usage", `${quoted(file)} is not a file to check.`, "Set file, for example to federation.yaml.");
  const before = beforeOf(file, pull);
  const { code, stdout } = program(
    ...["lint", file, "--json", ...(before === null ? [] : ["--before", before])],
    ...(isOn("FAIL_ON_WIDENING") ? ["--fail-on-widening"] : []),
    ...more,
  );
  const report = code > 1 ? null : (JSON.parse(stdout) as LintReport);
  const uncompared = isOn("FAIL_ON_WIDENING") && pull !== null && report?.compared === false;
  const title = `### Who gets into AWS: ${markdownCode(file)}`;
  const at = pull === null ? [] : [`Commit ${markdownCode(pull.head.slice(0, 12))}, compared with its base.`];
  const body =
    report === null
      ? `**The check did not finish (exit code ${code}).** The job's log says why.`
      : lintMarkdown(report);
  if (report !== null) {
    sayText(lintText(report));
    output("sarif", writeResult("lint.sarif", JSON.stringify(lintSarif(report, version))));
  }
  summarize([title, ...at, body].join("\n\n"));
  if (pull !== null && isOn("COMMENT"))
    await comment(pull, file, [title, ...at, cut(body, MOST_COMMENT)].join("\n\n"), (report?.changes.length ?? 0) > 0);
  if (!uncompared) return code;
  throw inputError(
    "usage",
    "fail-on-widening has nothing to compare with.",
    "Set before to a file; or check a plan, or a file of the repository.",
  );
}

/** The file to compare with, or null for none. Throws InputError `usage` where the base is asked for and not known. */
function beforeOf(file: string, pull: PullRequest | null): string | null {
  if (input("BEFORE") !== "") return input("BEFORE");
  if (pull === null) return null;
  const base = baseFile(file, pull, process.cwd());
  switch (base.kind) {
    case "text":
      return writeResult(/\.json$/i.test(file) ? "before.json" : "before.yaml", base.text);
    case "added":
      // of an account without roles
      return writeResult("before.json", '{"Roles": []}');
    case "not tracked":
      return null;
    case "unknown":
      if (!isOn("FAIL_ON_WIDENING")) {
        tell(`note: not compared with the base of the pull request: ${base.why}`);
        return null;
      }
      throw inputError(
        "usage",
        `The file cannot be compared with the base of the pull request: ${base.why}.`,
        "Check out with fetch-depth: 2, and name one file.",
      );
  }
}

/** Writes the comment; where that fails the result is in the summary, and the log says so. */
async function comment(pull: PullRequest, file: string, body: string, create: boolean): Promise<void> {
  if (pull.fork) return tell("note: a fork's pull request gets no comment; the result is in the job's summary");
  const token = env["GITHUB_TOKEN"] ?? "";
  const mark = `<!-- databricks-aws-oidc lint ${createHash("sha256").update(file).digest("hex").slice(0, 16)} -->`;
  const place = {
    api: env["GITHUB_API_URL"] ?? "https://api.github.com",
    repository: env["GITHUB_REPOSITORY"] ?? "",
    number: pull.number,
    token,
    env,
  };
  await exitCodeOf(async (): Promise<ExitCode> => {
    const done = token === "" ? "not allowed" : await putComment(place, { mark, body, create });
    if (done === "not allowed")
      tell("note: this job may not write a comment (permissions: pull-requests: write); see the job's summary");
    else output("comment", done);
    return 0;
  });
}

function summarize(markdown: string): void {
  const file = variable({ env }, "GITHUB_STEP_SUMMARY");
  if (file !== undefined) appendFileSync(file, `${cut(markdown, MOST_SUMMARY)}\n`);
}

/** `name=value` for later steps: both are this program's own. */
function output(name: string, value: string): void {
  const file = variable({ env }, "GITHUB_OUTPUT");
  if (file !== undefined) appendFileSync(file, `${name}=${value}\n`);
}

let folder: string | undefined;

function writeResult(name: string, text: string): string {
  folder ??= mkdtempSync(join(variable({ env }, "RUNNER_TEMP") ?? tmpdir(), "databricks-aws-oidc-"));
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** Whole lines of `text`, at most `most` characters of them. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = text.lastIndexOf("\n", most);
  return `${text.slice(0, Math.max(0, end))}\n\nToo long to be shown whole: run the command yourself to see the rest.`;
}

void run(action);
