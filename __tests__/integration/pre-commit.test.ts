/** The hook of .pre-commit-hooks.yaml, checked and run by the real pre-commit. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { buildCli } from "../support/built-cli";
import { REPOSITORY } from "../support/markdown";
import { pythonWith } from "../support/python";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

describeWith({ python: "pre-commit", git: true }, "the hook", () => {
  const manifest = join(REPOSITORY, ".pre-commit-hooks.yaml");
  const preCommit = (cwd: string, ...args: readonly string[]) =>
    runProgram(pythonWith("pre-commit") ?? "", ["-m", "pre_commit", ...args], {
      cwd,
      accept: [0, 1],
      env: { ...process.env, PRE_COMMIT_HOME: join(cwd, "cache"), PRE_COMMIT_COLOR: "never" },
    });

  test("its manifest is one that pre-commit takes", async () => {
    expect(await preCommit(temporaryFolder("manifest"), "validate-manifest", manifest)).toMatchObject({ exitCode: 0 });
  });

  test("it runs on federation files alone, and fails where lint does", async () => {
    const folder = temporaryFolder("hook");
    const [hook = {}] = parse(readFileSync(manifest, "utf8")) as readonly Record<string, string>[];
    const cli = await buildCli(["lint"]);
    // installed by us, as pre-commit would from a commit
    const entry = (hook["entry"] ?? "").replace("databricks-aws-oidc", `${process.execPath} ${cli}`);
    const { minimum_pre_commit_version: _, ...rest } = hook;
    writeFileSync(
      join(folder, ".pre-commit-config.yaml"),
      stringify({ repos: [{ repo: "local", hooks: [{ ...rest, entry, language: "system" }] }] }),
    );
    const federation = readFileSync(join(REPOSITORY, "federation.yaml"), "utf8");
    writeFileSync(join(folder, "federation.yaml"), federation);
    writeFileSync(join(folder, "other.yaml"), "name: [");
    execFileSync("git", ["init", "-q"], { cwd: folder });
    execFileSync("git", ["add", "federation.yaml", "other.yaml", ".pre-commit-config.yaml"], { cwd: folder });
    expect(await preCommit(folder, "run", "--all-files")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining("Passed"),
    });
    writeFileSync(join(folder, "federation.yaml"), federation.replace(/level: \w+/, "level: nowhere"));
    const failed = await preCommit(folder, "run", "--all-files");
    expect([failed.exitCode, failed.stdout]).toEqual([1, expect.stringContaining("federation.yaml")]);
  });
});
