/** The commit of a folder of modules, from git. */
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

export interface SourceCommit {
  readonly commit: string;
  /** Committed at, seconds since 1970. */
  readonly time: number;
}

const execute = promisify(execFile);

/** The commit that `folder` is a clean, tracked part of; null without git, in no checkout, or with changes. */
export async function sourceCommit(folder: string): Promise<SourceCommit | null> {
  const git = async (...args: readonly string[]): Promise<string> =>
    (await execute("git", ["-C", resolve(folder), ...args], { maxBuffer: 16_000_000 })).stdout;
  try {
    const [head, changes, tracked] = await Promise.all([
      git("log", "-1", "--format=%H %ct"),
      git("status", "--porcelain", "--untracked-files=all", "--", "."),
      git("ls-files", "--", "."),
    ]);
    const [commit, time] = head.trim().split(" ");
    // a folder that git ignores shows no change: modules within node_modules belong to no commit of the user's
    if (changes !== "" || tracked === "" || commit === undefined) return null;
    return { commit, time: Number(time) };
  } catch {
    return null;
  }
}
