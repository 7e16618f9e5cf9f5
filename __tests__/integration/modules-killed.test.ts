/** `generate modules` killed at random moments: the folder holds the old tree or the new one. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { temporaryFolder } from "../support/temporary-folder";

const REPOSITORY = resolve(__dirname, "..", "..");
const KILLS = 25;

/** Runs the verb and kills it after `milliseconds`; resolves to whether it ended by itself. */
function generate(args: readonly string[], milliseconds?: number): Promise<boolean> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(REPOSITORY, "src", "cli", "cli.ts"), "generate", "modules", ...args],
    { cwd: REPOSITORY, stdio: "ignore" },
  );
  const timer = milliseconds === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), milliseconds);
  return new Promise((done) =>
    child.once("exit", (code) => {
      clearTimeout(timer);
      done(code === 0);
    }),
  );
}

function digest(folder: string): string {
  if (!existsSync(folder)) return "none";
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  for (const path of files.sort()) hash.update(`${path}\n`).update(readFileSync(join(folder, path)));
  return hash.digest("hex");
}

test(`killed ${KILLS} times at random, modules are whole every time, and the next run needs no help`, async () => {
  const folder = temporaryFolder("killed");
  const profile = join(folder, "profile.yaml");
  writeFileSync(profile, "defaults: { rolePath: /databricks/ }\nmandatoryTags: [team]\n");
  const [oldTree, newTree, out] = [join(folder, "old"), join(folder, "new"), join(folder, "out")];
  expect(await generate(["--out", oldTree])).toBe(true);
  const started = performance.now();
  expect(await generate(["--out", newTree, "--rules", profile])).toBe(true);
  const duration = performance.now() - started;
  cpSync(oldTree, out, { recursive: true });
  const whole = [digest(oldTree), digest(newTree)];
  let cut = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const toNew = digest(out) === whole[0];
    // most kills in the last third, where files are written
    const after = duration * (0.4 + 0.7 * Math.random());
    if (!(await generate(["--out", out, ...(toNew ? ["--rules", profile] : [])], after))) cut += 1;
    const left = digest(out);
    // between its two renames the old tree lies beside; the next run puts it back
    if (left !== "none") expect(whole).toContain(left);
  }
  expect(cut).toBeGreaterThan(0);
  expect(await generate(["--out", out, "--rules", profile])).toBe(true);
  expect(digest(out)).toBe(whole[1]);
  expect(readdirSync(folder).sort()).toEqual(["new", "old", "out", "profile.yaml"]);
}, 180_000);
