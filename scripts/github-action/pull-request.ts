/** The pull request that a run of GitHub Actions is for, and the state that it is compared with. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { inputError } from "../../src/errors";
import { variable } from "../../src/network/environment";
import { quoted } from "../../src/text/text-rule";

export interface PullRequest {
  readonly number: number;
  /** Its branch is in another repository, or that one is gone: the run's token may not write, and must not. */
  readonly fork: boolean;
  /** Commits: the tip of the branch that it would change, and its own. */
  readonly base: string;
  readonly head: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The pull request of this run, from GitHub's own event; null where the run is for something else. Throws InputError
 * `usage` for `pull_request_target`, which gives files of a fork to a run whose token may write.
 */
export function readPullRequest(env: Env): PullRequest | null {
  const event = variable({ env }, "GITHUB_EVENT_NAME");
  if (event === "pull_request_target")
    throw inputError(
      "usage",
      "This action does not run on pull_request_target.",
      "Use on: pull_request. A fork's pull request then gets the result in the job's summary.",
    );
  if (event !== "pull_request") return null;
  const { pull_request: given } = JSON.parse(readFileSync(env["GITHUB_EVENT_PATH"] ?? "", "utf8")) as {
    readonly pull_request: {
      readonly number: unknown;
      readonly base: { readonly sha: unknown };
      readonly head: { readonly sha: unknown; readonly repo: { readonly full_name: unknown } | null };
    };
  };
  const [base, head] = [String(given.base.sha), String(given.head.sha)];
  const odd = [base, head].find((commit) => !/^[0-9a-f]{40,64}$/.test(commit));
  if (odd !== undefined || !Number.isSafeInteger(given.number))
    throw inputError(
      "usage",
      `GitHub's event names no commit: ${quoted(odd ?? String(given.number))}.`,
      "Run this action on pull_request.",
    );
  const repository = (env["GITHUB_REPOSITORY"] ?? "").toLowerCase();
  const fork = repository === "" || String(given.head.repo?.full_name).toLowerCase() !== repository;
  return { number: Number(given.number), fork, base, head };
}

/** How the base commit's version of a file is found, or why there is none. */
export type BaseFile =
  | { readonly kind: "text"; readonly text: string }
  /** The pull request adds the file. */
  | { readonly kind: "added" }
  /** The file is not in the repository: a plan, which says itself what it changes. */
  | { readonly kind: "not tracked" }
  | { readonly kind: "unknown"; readonly why: string };

/** `file`, relative to `cwd`, before `pull`. */
export function baseFile(file: string, pull: PullRequest, cwd: string): BaseFile {
  const kind = git(cwd, "cat-file", "-t", `HEAD:./${file}`);
  if (kind === null) return { kind: "not tracked" };
  if (kind !== "blob\n") return { kind: "unknown", why: `${quoted(file)} is a folder` };
  const base = baseCommit(pull, cwd);
  if (base === null) return { kind: "unknown", why: "the commit before the pull request was not checked out" };
  if (git(cwd, "cat-file", "-t", `${base}:./${file}`) !== "blob\n") return { kind: "added" };
  const text = git(cwd, "cat-file", "blob", `${base}:./${file}`);
  return text === null ? { kind: "unknown", why: "git cannot read it" } : { kind: "text", text };
}

/**
 * The commit that the pull request starts from: of GitHub's merge commit, which `actions/checkout` checks out, its
 * first parent; else where the two branches part. Null where the checkout is too shallow.
 */
function baseCommit({ base, head }: PullRequest, cwd: string): string | null {
  const [, first, second, ...others] = (git(cwd, "rev-list", "--parents", "-n", "1", "HEAD") ?? "").trim().split(" ");
  if (first !== undefined && second === head && others.length === 0)
    return git(cwd, "cat-file", "-e", `${first}^{commit}`) === null ? null : first;
  return git(cwd, "merge-base", base, "HEAD")?.trim() ?? null;
}

/** What git prints; null where it fails. */
function git(cwd: string, ...args: readonly string[]): string | null {
  try {
    return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1e8 });
  } catch {
    return null;
  }
}
