/** What the verb `pack` does: reads modules, packs them, writes the release. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import { packageFolder } from "../hcl/package-folder";
import { quoted } from "../text-rule";
import type { ReleaseManifest } from "./manifest";
import { COMMIT } from "./manifest";
import { readModules } from "./module-folder";
import { packRelease } from "./pack";
import { sourceCommit } from "./source-commit";
import { readVersion } from "./version";
import { writeRelease } from "./write-release";

export interface PackAsked {
  readonly modules: string | undefined;
  readonly version: string | undefined;
  readonly out: string;
  readonly sourceCommit: string | undefined;
  /** Of this program. */
  readonly ownVersion: string;
  /** `SOURCE_DATE_EPOCH`: seconds since 1970, for the SBOM. */
  readonly sourceDateEpoch: string | undefined;
}

export interface PackAnswer {
  readonly manifest: ReleaseManifest;
  /** Left out, below the modules' folder. */
  readonly skipped: readonly string[];
}

/** Packs and writes. Throws InputError and OutsideError as the parts do; nothing is written then. */
export async function answerPack(asked: PackAsked): Promise<PackAnswer> {
  const version = readVersion(asked.version ?? asked.ownVersion);
  const folder = asked.modules ?? (existsSync("modules") ? "modules" : join(packageFolder(), "modules"));
  const [source, { modules, skipped }] = await Promise.all([readCommit(asked, folder), readModules(folder)]);
  const created = readEpoch(asked.sourceDateEpoch) ?? source.time;
  const { manifest, files } = await packRelease(modules, { version, ownVersion: asked.ownVersion, commit: source.commit, created });
  writeRelease(asked.out, files);
  return { manifest, skipped };
}

async function readCommit({ sourceCommit: given }: PackAsked, folder: string): Promise<{ readonly commit: string | null; readonly time: number }> {
  if (given === undefined) return (await sourceCommit(folder)) ?? { commit: null, time: 0 };
  if (!COMMIT.test(given)) throw new InputError([{ code: "usage", message: `${quoted(given)} is no commit's hash.`, path: "--source-commit", fix: "Give all 40 hexadecimal digits, in lower case: git rev-parse HEAD." }]);
  return { commit: given, time: 0 };
}

function readEpoch(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  // the last second that ISO 8601 writes with four digits of year
  if (/^[0-9]{1,12}$/.test(text) && Number(text) <= 253_402_300_799) return Number(text);
  throw new InputError([{ code: "usage", message: `SOURCE_DATE_EPOCH is ${quoted(text)}, no time.`, path: "SOURCE_DATE_EPOCH", fix: "Give seconds since 1970, or unset it." }]);
}
