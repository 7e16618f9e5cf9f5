/** Publishing into git repositories as the public registry reads them. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FederationError } from "../../src/errors";
import { publishToGit } from "../../src/registry/publish/git";
import { startGitServer } from "../support/git-server";
import { smallRelease } from "../support/release";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";

const IDENTITY = {
  GIT_AUTHOR_NAME: "Release",
  GIT_AUTHOR_EMAIL: "release@acme.example",
  GIT_COMMITTER_NAME: "Release",
  GIT_COMMITTER_EMAIL: "release@acme.example",
};
const PATH = process.env["PATH"];
const TOKEN = "hunter22-very-secret";

describeWith({ git: true }, "publishing into git repositories", () => {
  let folder: string;
  const environment = (extra: Readonly<Record<string, string | undefined>> = {}) => ({
    env: { PATH, HOME: folder, GIT_CONFIG_NOSYSTEM: "1", ...IDENTITY, ...extra },
  });
  const repository = (): string => join(folder, "terraform-aws-{name}.git");
  const git = (name: string, ...args: readonly string[]): string =>
    execFileSync("git", ["--git-dir", join(folder, `terraform-aws-${name}.git`), ...args], {
      encoding: "utf8",
      env: { PATH, HOME: folder },
    }).trim();

  beforeEach(() => {
    folder = temporaryFolder("git");
    for (const name of ["one-role", "two-roles"])
      execFileSync("git", [
        "init",
        "--quiet",
        "--bare",
        "--initial-branch=main",
        join(folder, `terraform-aws-${name}.git`),
      ]);
  });

  const publish = async (
    version: string,
    options: Partial<Parameters<typeof publishToGit>[1]> & { readonly text?: string } = {},
  ) =>
    publishToGit(await smallRelease(version, options.text === undefined ? {} : { text: options.text }), {
      repository: repository(),
      environment: environment(),
      ...options,
    });
  const errorOf = (work: Promise<unknown>): Promise<FederationError> =>
    work.then(
      () => {
        throw new Error("it was done");
      },
      (error: unknown) => {
        if (error instanceof FederationError) return error;
        throw error;
      },
    );

  test("each module comes to the root of its repository, with an annotated tag", async () => {
    expect((await publish("1.0.0")).map(({ tag, change }) => [tag, change])).toEqual([
      ["v1.0.0", "add"],
      ["v1.0.0", "add"],
    ]);
    for (const name of ["one-role", "two-roles"]) {
      expect(git(name, "ls-tree", "-r", "main")).toMatch(/^100644 blob \w+\tREADME\.md\n100644 blob \w+\tmain\.tf$/);
      expect(git(name, "cat-file", "-t", "v1.0.0")).toBe("tag");
      expect(git(name, "rev-parse", "v1.0.0^{commit}")).toBe(git(name, "rev-parse", "main"));
      expect(git(name, "cat-file", "-p", "main:main.tf")).toBe("# nothing");
    }
  });

  test("a dry run and the same again push nothing; other bytes under the tag are refused", async () => {
    expect((await publish("1.0.0", { dryRun: true })).map(({ change }) => change)).toEqual(["add", "add"]);
    expect(git("one-role", "for-each-ref")).toBe("");
    await publish("1.0.0");
    const before = git("one-role", "for-each-ref");
    expect((await publish("1.0.0")).map(({ change }) => change)).toEqual(["none", "none"]);
    expect((await errorOf(publish("1.0.0", { text: "# other\n" }))).code).toBe("git-tag-taken");
    expect(git("one-role", "for-each-ref")).toBe(before);
  });

  test("a publish that failed at the second repository goes on there", async () => {
    const second = join(folder, "terraform-aws-two-roles.git");
    rmSync(second, { recursive: true });
    expect((await errorOf(publish("1.0.0"))).code).toBe("git-failed");
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", second]);
    expect((await publish("1.0.0")).map(({ change }) => change)).toEqual(["none", "add"]);
  });

  test("versions follow one another on the branch; a fix of an older one leaves the branch alone", async () => {
    await publish("1.0.0");
    await publish("1.1.0", { text: "# newer\n" });
    expect(git("one-role", "rev-parse", "main^")).toBe(git("one-role", "rev-parse", "v1.0.0^{commit}"));
    const main = git("one-role", "rev-parse", "main");
    await publish("1.0.1", { text: "# fixed\n" });
    expect(git("one-role", "rev-parse", "main")).toBe(main);
    expect(git("one-role", "rev-parse", "v1.0.1^{commit}^")).toBe(git("one-role", "rev-parse", "v1.0.0^{commit}"));
    expect(git("one-role", "cat-file", "-p", "v1.0.1:main.tf")).toBe("# fixed");
  });

  test("what else was in the repository stays in its history, and the module is the whole tree", async () => {
    const clone = join(folder, "clone");
    const inClone = (...args: readonly string[]): string =>
      execFileSync("git", ["-C", clone, ...args], { encoding: "utf8", env: { PATH, HOME: folder, ...IDENTITY } });
    execFileSync("git", ["clone", "--quiet", join(folder, "terraform-aws-one-role.git"), clone], { stdio: "ignore" });
    writeFileSync(join(clone, "old.tf"), "# old\n");
    inClone("checkout", "-q", "-B", "trunk");
    inClone("add", ".");
    inClone("commit", "-q", "-m", "Begin");
    inClone("push", "-q", "origin", "trunk");
    git("one-role", "symbolic-ref", "HEAD", "refs/heads/trunk");
    await publish("1.0.0", { module: "one-role" });
    expect(git("one-role", "log", "--format=%s", "trunk")).toBe("one-role 1.0.0\nBegin");
    expect(git("one-role", "ls-tree", "-r", "--name-only", "trunk")).toBe("README.md\nmain.tf");
  });

  test("no hook of the machine runs, and no settings of the folder we stand in count", async () => {
    const hooks = join(folder, "hooks");
    mkdirSync(hooks);
    for (const hook of ["pre-push", "post-index-change"]) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${join(folder, "ran")}\n`, { mode: 0o755 });
    }
    writeFileSync(join(folder, ".gitconfig"), `[core]\n\thooksPath = ${hooks}\n\tautocrlf = true\n`);
    await publishToGit(await smallRelease("1.0.0"), {
      repository: repository(),
      environment: environment({ GIT_DIR: "/nonexistent", GIT_INDEX_FILE: "/nonexistent" }),
    });
    expect(existsSync(join(folder, "ran"))).toBe(false);
  });

  test("without a name for the commit it says so", async () => {
    const nobody = {
      GIT_AUTHOR_NAME: undefined,
      GIT_AUTHOR_EMAIL: undefined,
      GIT_COMMITTER_NAME: undefined,
      GIT_COMMITTER_EMAIL: undefined,
      EMAIL: undefined,
    };
    expect((await errorOf(publish("1.0.0", { environment: environment(nobody) }))).code).toBe("git-identity-missing");
    expect(git("one-role", "for-each-ref")).toBe("");
  });

  test("a token in the environment goes to the repository's host, never to a process list or an error", async () => {
    // a git that writes down its arguments
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
    writeFileSync(join(bin, "git"), `#!/bin/sh\nprintf '%s\\n' "$*" >>${join(folder, "calls")}\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
    for (const name of ["one-role", "two-roles"]) git(name, "config", "http.receivepack", "true");
    const server = await startGitServer(folder, "bot", TOKEN);
    try {
      const at = {
        repository: `${server.url}/terraform-aws-{name}.git`,
        environment: environment({
          PATH: `${bin}:${PATH ?? ""}`,
          DATABRICKS_AWS_OIDC_GIT_TOKEN: TOKEN,
          DATABRICKS_AWS_OIDC_GIT_USERNAME: "bot",
        }),
      };
      expect((await publish("1.0.0", at)).map(({ change }) => change)).toEqual(["add", "add"]);
      expect(git("two-roles", "rev-parse", "v1.0.0^{commit}")).toBe(git("two-roles", "rev-parse", "main"));
      const wrong = {
        ...at,
        environment: environment({
          DATABRICKS_AWS_OIDC_GIT_TOKEN: `${TOKEN}-wrong`,
          DATABRICKS_AWS_OIDC_GIT_USERNAME: "bot",
        }),
      };
      const error = await errorOf(publish("1.1.0", wrong));
      expect(error.code).toBe("git-failed");
      expect(String(error)).not.toContain(TOKEN);
      expect(execFileSync("cat", [join(folder, "calls")], { encoding: "utf8" })).not.toContain(TOKEN);
      expect(execFileSync("cat", [join(folder, "calls")], { encoding: "utf8" })).toContain("push");
    } finally {
      await server.stop();
    }
  });

  test.each([
    "https://me:secret1@github.com/acme/terraform-aws-{name}",
    "https://token1@github.com/acme/terraform-aws-{name}",
    "ext::sh -c id {name}",
    "http://github.com/{name}",
    "-u{name}",
    "--upload-pack=touch{name}",
    "",
    "ftp://x/{name}",
    "https://github.com/acme/terraform-aws",
    "git@host:-x {name}",
  ])("the repository %j is refused before git is called", async (text) => {
    const error = await errorOf(
      publishToGit(await smallRelease("1.0.0"), { repository: text, environment: { env: { PATH: "/nonexistent" } } }),
    );
    expect(error.code).toBe("repository-invalid");
    expect(String(error)).not.toMatch(/secret1|token1/);
  });

  test("a link in the temporary folder is nothing to a repository", async () => {
    symlinkSync(join(folder, "terraform-aws-one-role.git"), join(folder, "link-one-role"));
    expect(
      (await publish("1.0.0", { module: "one-role", repository: join(folder, "link-{name}") })).map(
        ({ change }) => change,
      ),
    ).toEqual(["add"]);
  });
});
