/**
 * Publishes into git repositories as the public registry reads them: one a module, `terraform-aws-<name>`, the module
 * at
 * the root, an annotated tag `v<version>`. Branch and tag go in one push, so a stopped publish has done
 * nothing or all of it, and is simply run again.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import compare from "semver/functions/compare";
import { inputError } from "../../errors";
import type { Environment } from "../../network/environment";
import { readArchive } from "../../release/archive";
import type { Release } from "../tree/plan-module";
import { isVersion } from "../../release/version";
import { type Git, gitIn } from "./git-program";
import { readRepositories } from "./git-repository";

export interface GitOptions {
  /** A URL or folder; `{name}` in it is replaced by the module's name. */
  readonly repository: string;
  /** One module of the release; undefined: all of them. */
  readonly module?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly environment: Pick<Environment, "env">;
}

export interface GitChange {
  readonly module: string;
  readonly version: string;
  readonly repository: string;
  readonly tag: string;
  readonly change: "add" | "none";
}

/** Throws InputError repository-invalid, git-tag-taken, git-identity-missing; OutsideError git-missing, git-failed. */
export async function publishToGit(release: Release, options: GitOptions): Promise<readonly GitChange[]> {
  const changes: GitChange[] = [];
  for (const { name, repository } of readRepositories(release.manifest, options.repository, options.module)) {
    const folder = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-git-"));
    try {
      const git = gitIn(folder, repository, options.environment);
      const change = await publishModule(git, folder, repository, { release, name, dryRun: options.dryRun === true });
      changes.push({
        module: name,
        version: release.manifest.version,
        repository,
        tag: `v${release.manifest.version}`,
        change,
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return changes;
}

interface ModuleToPublish {
  readonly release: Release;
  readonly name: string;
  readonly dryRun: boolean;
}

async function publishModule(
  git: Git,
  folder: string,
  repository: string,
  { release, name, dryRun }: ModuleToPublish,
): Promise<GitChange["change"]> {
  const { version, source } = release.manifest;
  await git.run(["init", "--quiet", "--bare", "."]);
  const tree = await writeTree(git, folder, release.archives.get(name) ?? Buffer.alloc(0));
  const remote = await readRemote(git, repository);
  const tag = `v${version}`;
  if (remote.versions.has(version)) {
    await git.run([
      "fetch",
      "--quiet",
      "--depth=1",
      "--no-tags",
      "--",
      repository,
      `refs/tags/${tag}:refs/tags/${tag}`,
    ]);
    if ((await git.run(["rev-parse", "--verify", `refs/tags/${tag}^{tree}`])) === tree) return "none";
    throw inputError(
      "git-tag-taken",
      `${tag} of ${repository} differs from the packed module.`,
      "A published version never changes: pack the modules as a new version.",
      repository,
    );
  }
  if (dryRun) return "add";
  await checkIdentity(git);
  const parent = parentOf(version, remote);
  if (parent !== undefined)
    await git.run(["fetch", "--quiet", "--depth=1", "--no-tags", "--", repository, `${parent.ref}:refs/parent`]);
  const commit = await commitOf(
    git,
    tree,
    parent !== undefined,
    `${name} ${version}\n\nPacked by databricks-aws-oidc${source.commit === null ? "" : ` from ${source.commit}`}.`,
  );
  await git.run(["tag", "--annotate", "--message", `${name} ${version}`, tag, commit]);
  const branch = isNewest(version, remote) ? [`${commit}:refs/heads/${remote.branch}`] : [];
  await git.run(["push", "--quiet", "--atomic", "--", repository, ...branch, `refs/tags/${tag}:refs/tags/${tag}`]);
  return "add";
}

/** The module's files as a tree, byte for byte: without conversion of line endings, without attributes. */
async function writeTree(git: Git, folder: string, archive: Buffer): Promise<string> {
  const files = await readArchive(archive);
  for (const { path, bytes } of files) {
    const file = join(folder, "module", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  const blobs = (
    await git.run(["hash-object", "-w", "--no-filters", "--stdin-paths"], {
      input: files.map(({ path }) => `module/${path}\n`).join(""),
    })
  ).split("\n");
  await git.run(["update-index", "--add", "--index-info"], {
    input: files.map(({ path }, index) => `100644 ${blobs[index] ?? ""}\t${path}\n`).join(""),
  });
  return git.run(["write-tree"]);
}

interface Remote {
  /** The default branch, or `main` of an empty repository. */
  readonly branch: string;
  readonly hasBranch: boolean;
  readonly versions: ReadonlySet<string>;
}

async function readRemote(git: Git, repository: string): Promise<Remote> {
  const lines = (await git.run(["ls-remote", "--symref", "--", repository])).split("\n");
  const head = lines
    .map((line) => /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line)?.[1])
    .find((name) => name !== undefined);
  const refs = new Set(lines.map((line) => line.split("\t")[1] ?? ""));
  const branch = head ?? "main";
  const versions = [...refs].flatMap((ref) =>
    ref.startsWith("refs/tags/v") && isVersion(ref.slice("refs/tags/v".length))
      ? [ref.slice("refs/tags/v".length)]
      : [],
  );
  return { branch, hasBranch: refs.has(`refs/heads/${branch}`), versions: new Set(versions) };
}

function isNewest(version: string, { versions }: Remote): boolean {
  return [...versions].every((other) => compare(other, version) < 0);
}

/**
 * What the commit follows: the branch; or, for a version older than the newest, the version before it, the branch
 * left alone.
 */
function parentOf(version: string, remote: Remote): { readonly ref: string } | undefined {
  if (isNewest(version, remote)) return remote.hasBranch ? { ref: `refs/heads/${remote.branch}` } : undefined;
  const before = [...remote.versions]
    .filter((other) => compare(other, version) < 0)
    .sort(compare)
    .at(-1);
  return before === undefined ? undefined : { ref: `refs/tags/v${before}` };
}

/** The parent itself where it holds the very tree. */
async function commitOf(git: Git, tree: string, hasParent: boolean, message: string): Promise<string> {
  if (!hasParent) return git.run(["commit-tree", "-m", message, tree]);
  const parent = await git.run(["rev-parse", "--verify", "refs/parent^{commit}"]);
  if ((await git.run(["rev-parse", "--verify", `${parent}^{tree}`])) === tree) return parent;
  return git.run(["commit-tree", "-p", parent, "-m", message, tree]);
}

async function checkIdentity(git: Git): Promise<void> {
  for (const name of ["GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"]) {
    if ((await git.run(["-c", "user.useConfigOnly=true", "var", name], { accept: [0, 1, 128] })) !== "") continue;
    throw inputError(
      "git-identity-missing",
      "git has no name and email for the commit and the tag.",
      "Set user.name and user.email with git config, or GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, " +
        "GIT_COMMITTER_NAME and GIT_COMMITTER_EMAIL.",
    );
  }
}
