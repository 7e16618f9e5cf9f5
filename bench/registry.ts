/** Publishing into a registry that is large already, beside the first publish of all. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { archiveName } from "../src/release/manifest";
import { publishToFolder } from "../src/registry/publish/folder";
import type { Release } from "../src/registry/tree/plan-module";
import { verifyRelease } from "../src/release/verify";
import type { Row } from "./measure";
import { median, ratioRow, runOnce } from "./measure";

const CLI = join(__dirname, "..", "dist", "cli.js");
const MODULES = join(__dirname, "..", "modules");
const VERSIONS = 200;
const ROUNDS = 5;

/** The same archives under another version. */
function relabelled({ manifest, archives }: Release, version: string): Release {
  return {
    archives,
    manifest: {
      ...manifest,
      version,
      modules: manifest.modules.map((module) => ({ ...module, version, archive: archiveName(module.name, version) })),
    },
  };
}

export async function registry(scratch: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  const large = join(scratch, "large");
  const pack = (version: string): string => {
    const out = join(scratch, `release-${version}`);
    execFileSync(process.execPath, [CLI, "pack", "--modules", MODULES, "--version", version, "--out", out], {
      cwd: scratch,
      env,
      stdio: "ignore",
    });
    return out;
  };
  const release = await verifyRelease(pack("1.0.0"));
  for (let index = 0; index < VERSIONS; index += 1)
    await publishToFolder(large, relabelled(release, `1.${Math.floor(index / 20)}.${index % 20}`), {
      namespace: "acme",
    });

  const [first, last]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = pack(`2.0.${round}`);
    const publish = (to: string) =>
      runOnce({
        program: process.execPath,
        args: [CLI, "publish", "--release", from, "--to", to, "--namespace", "acme"],
        cwd: scratch,
        env,
      });
    first.push((await publish(join(scratch, `first-${round}`))).seconds);
    last.push((await publish(large)).seconds);
  }
  return [
    ratioRow({
      what: `publish all modules, version ${VERSIONS + 1}`,
      peer: "version 1",
      ours: median(last),
      theirs: median(first),
      unit: "s",
      atMost: 2,
    }),
  ];
}
