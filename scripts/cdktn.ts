/**
 * Runs a command with CDK Terrain in place of CDKTF: `npm run with-cdktn -- npm start`, `npm run with-cdktn -- cdktn
 * deploy`. Our sources name CDKTF's packages; kits/cdktn/tsconfig.json, which tsx reads too, maps them to those that
 * are installed beside it, from a lock of their own, with the Node 22 that they need.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const ROOT = resolve(__dirname, "..");
const KIT = join(ROOT, "kits", "cdktn");

/** Installs what kits/cdktn/package-lock.json names, unless it is there. */
export function installCdktn(): void {
  const installed = join(KIT, "node_modules", ".package-lock.json");
  const isCurrent =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(KIT, "package-lock.json")).mtimeMs;
  if (isCurrent) return;
  process.stderr.write("installing CDK Terrain into kits/cdktn, for a minute or two\n");
  // those packages name the Node they want, which is installed beside them
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", args, { cwd: KIT, stdio: ["ignore", "ignore", "inherit"] });
}

/** `env` with which a command, and what it starts, uses CDK Terrain. */
export function withCdktn(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    PATH: `${join(KIT, "node_modules", ".bin")}${delimiter}${env["PATH"] ?? ""}`,
    TSX_TSCONFIG_PATH: join(KIT, "tsconfig.json"),
  };
}

if (require.main === module) {
  const [command, ...args] = process.argv.slice(2);
  installCdktn();
  if (command !== undefined)
    process.exitCode = spawnSync(command, args, { stdio: "inherit", env: withCdktn(process.env) }).status ?? 1;
}
