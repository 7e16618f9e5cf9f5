/**
 * Packing all modules beside GNU tar and gzip on the same tree, and the start of Node. Needs `dist/` (the runner
 * builds it).
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./measure";
import { inTurn } from "./measure";

const ROOT = join(__dirname, "..");
const CLI = join(ROOT, "dist", "cli.js");
const MODULES = join(ROOT, "modules");

export async function pack(scratch: string): Promise<readonly Row[]> {
  const archives = readdirSync(MODULES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `tar -cf - -C '${join(MODULES, name)}' . | gzip > '${join(scratch, name)}.tar.gz'`)
    .join(" && ");
  const [packed, tarred, started] = await inTurn(
    9,
    { program: process.execPath, args: [CLI, "pack", "--modules", MODULES, "--out", join(scratch, "release")] },
    { program: "sh", args: ["-c", archives] },
    { program: process.execPath, args: ["-e", ""] },
  );
  if (packed === undefined || tarred === undefined || started === undefined) return [];
  const peer = tarred.seconds + started.seconds;
  return [
    {
      what: "`pack` of all modules, cold",
      peer:
        `GNU tar and gzip on the same tree (${tarred.seconds.toFixed(3)} s), and \`node -e ''\` ` +
        `(${started.seconds.toFixed(3)} s)`,
      ours: packed.seconds,
      theirs: peer,
      unit: "s",
      reach: "at most 3 times",
      reached: packed.seconds <= 3 * peer,
    },
  ];
}
