/** Releases as another machine would make them, and as other people's tools read them. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { buildCli } from "../support/built-cli";
import { moduleNames } from "../support/module-names";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import type { Outcome } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const REPOSITORY = resolve(__dirname, "..", "..");
const MODULES = join(REPOSITORY, "modules");

/** A copy of the modules whose files have other times and modes; folders are made in another order. */
function otherCheckout(folder: string): string {
  const copy = join(folder, "elsewhere", "modules");
  mkdirSync(copy, { recursive: true });
  for (const name of readdirSync(MODULES).reverse()) {
    cpSync(join(MODULES, name), join(copy, name), { recursive: true, filter: (path) => !path.includes(".terraform") });
  }
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) chmodSync(path, 0o755);
    utimesSync(path, 1, 1_000_000_000);
  }
  return copy;
}

describeWith({}, "a packed release", () => {
  let cli: string;
  let release: string;
  const pack = (
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly accept?: readonly number[] } = {},
  ): Promise<Outcome> =>
    runProgram(process.execPath, [cli, "pack", ...args], {
      cwd: options.cwd ?? REPOSITORY,
      env: { ...process.env, SOURCE_DATE_EPOCH: "", ...options.env },
      ...(options.accept === undefined ? {} : { accept: options.accept }),
    });

  beforeAll(async () => {
    cli = await buildCli(["pack", "release"]);
    release = join(temporaryFolder("release"), "out");
    await pack(["--modules", MODULES, "--out", release, "--version", "1.2.0", "--source-commit", "0".repeat(40)]);
  });

  test("has the same bytes from another folder, umask, time zone, language, day and hand", async () => {
    const folder = temporaryFolder("other");
    const copy = otherCheckout(folder);
    const out = join(folder, "out");
    const flags = ["pack", "--modules", copy, "--out", out, "--version", "1.2.0", "--source-commit", "0".repeat(40)]
      .map((text) => `'${text}'`)
      .join(" ");
    await runProgram("sh", ["-c", `umask 077; exec '${process.execPath}' '${cli}' ${flags}`], {
      cwd: folder,
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        USER: "somebody",
        TZ: "Pacific/Kiritimati",
        LANG: "tr_TR.UTF-8",
        LC_ALL: "tr_TR.UTF-8",
      },
    });
    expect(readdirSync(out).sort()).toEqual(readdirSync(release).sort());
    for (const name of readdirSync(out))
      expect({ name, same: readFileSync(join(out, name)).equals(readFileSync(join(release, name))) }).toEqual({
        name,
        same: true,
      });
  });

  test("is what GNU tar unpacks to the module, sha256sum finds right and pack --verify too", async () => {
    await runProgram("sha256sum", ["--check", "--strict", "SHA256SUMS"], { cwd: release });
    for (const name of moduleNames(MODULES)) {
      const archive = join(release, `${name}-1.2.0.tar.gz`);
      const listed = (await runProgram("tar", ["-tzf", archive], { cwd: release })).stdout.trim().split("\n");
      expect(listed).toContain("main.tf");
      const into = temporaryFolder("unpacked");
      const { stderr } = await runProgram("tar", ["-xzf", archive, "-C", into], { cwd: release });
      expect(stderr).toBe("");
      const excluded = ["--exclude=.terraform*", "--exclude=README.md"];
      await runProgram("diff", ["-r", ...excluded, join(MODULES, name), into], { cwd: release });
      const readme = readFileSync(join(into, "README.md"), "utf8");
      expect(readme).toContain("\nVersion 1.2.0.\n");
      // the rest of it is the module's own
      expect(readme.replace("\nVersion 1.2.0.\n", "").replace(/ # \S+, unpacked there$/m, "")).toBe(
        readFileSync(join(MODULES, name, "README.md"), "utf8"),
      );
    }
    expect(JSON.parse((await pack(["--verify", "--release", release, "--json"])).stdout)).toMatchObject({
      verified: true,
      version: "1.2.0",
      problems: [],
    });
  });

  test("with a byte changed fails, with where and why; what is no release is an error", async () => {
    const copy = join(temporaryFolder("tampered"), "out");
    cpSync(release, copy, { recursive: true });
    const file = join(copy, "databricks-federation-1.2.0.tar.gz");
    const bytes = readFileSync(file);
    bytes[1_000] = (bytes[1_000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const outcome = await pack(["--verify", "--release", copy], { accept: [1] });
    expect(outcome.stdout).toContain("databricks-federation-1.2.0.tar.gz is not the file that SHA256SUMS lists");
    expect(JSON.parse((await pack(["--verify", "--release", copy, "--json"], { accept: [1] })).stdout)).toMatchObject({
      verified: false,
    });
    const absent = await pack(["--verify", "--release", join(copy, "absent")], { accept: [2] });
    expect(absent.stderr).toContain("[file-not-found]");
  });

  test("stopped at any moment leaves the old release, the new one, or one the next run restores", async () => {
    const out = join(temporaryFolder("killed"), "out");
    await pack(["--modules", MODULES, "--out", out, "--version", "1.0.0"]);
    for (const wait of [40, 90, 140, 190, 240]) {
      const script =
        `"${process.execPath}" "${cli}" pack --modules "${MODULES}" --out "${out}" --version 2.0.0 ` +
        `>/dev/null 2>&1 & sleep ${wait / 1000}; kill -9 $! 2>/dev/null; wait $! 2>/dev/null; true`;
      await runProgram("sh", ["-c", script], { cwd: REPOSITORY });
      if (existsSync(out)) expect((await pack(["--verify", "--release", out, "--json"])).exitCode).toBe(0);
    }
    await pack(["--modules", MODULES, "--out", out, "--version", "2.0.0"]);
    expect(readdirSync(join(out, ".."))).toEqual(["out"]);
    await pack(["--verify", "--release", out]);
  });

  test("is compared, noted and recorded by the built program, each mistake by its code", async () => {
    const folder = temporaryFolder("user");
    const { stderr } = await pack(["--version", "1.2.0", "--out", "out", "--modules", MODULES], { cwd: folder });
    expect(stderr).toContain("No earlier release to compare with.");
    const verb = (args: readonly string[], accept: readonly number[] = [0]): Promise<Outcome> =>
      runProgram(process.execPath, [cli, "release", ...args], { cwd: folder, accept });
    await verb(["record", "--release", "out"]);
    const notes = JSON.parse(
      (await verb(["notes", "--modules", MODULES, "--version", "1.2.1", "--json"])).stdout,
    ) as unknown;
    expect(notes).toMatchObject({ previous: "1.2.0", step: "patch", leastVersion: "1.2.1", changes: [] });
    expect(
      (
        await pack(["--version", "1.2.0", "--previous", "out", "--out", "again", "--modules", MODULES], {
          cwd: folder,
          accept: [2],
        })
      ).stderr,
    ).toContain("[version-step-too-small]");
    expect(
      (await pack(["--version", "1.0.0/../..", "--modules", MODULES, "--json"], { cwd: folder, accept: [2] })).stdout,
    ).toContain('"version-invalid"');
    expect((await verb(["frobnicate"], [2])).stderr).not.toContain("at ");
    expect(readdirSync(folder).sort()).toEqual(["out", "releases"]);
  });
});
