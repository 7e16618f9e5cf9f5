/** Verifies a release's folder against its manifest and checksums: every byte of every file. */
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, FederationError, type Problem, refuse } from "../errors";
import { unreadable } from "../files/read-file";
import { ARCHIVE_LIMITS, type ArchiveFile, readArchive } from "./archive";
import { CHECKSUMS_FILE, checksumsText, sha256 } from "./checksums";
import { MANIFEST_FILE, MANIFEST_LIMIT, readManifest, type ReleasedModule, type ReleaseManifest } from "./manifest";
import { SBOM_FILE } from "./sbom";

export interface VerifiedRelease {
  readonly manifest: ReleaseManifest;
  /** Bytes of each archive, by module: those that were verified. */
  readonly archives: ReadonlyMap<string, Buffer>;
}

/** Signatures, which may be beside the files they sign; see docs/releases.md for how to verify them. */
const SIGNATURE = /\.(?:sig|pem|bundle|sigstore\.json)$/;

/**
 * The release in `dir`, once every file in it is what manifest and checksums say. Throws InputError with each
 * mismatch as
 * one problem: release-file-missing, release-file-unexpected, release-changed, manifest-unreadable, archive-…;
 * OutsideError file-not-found, file-unreadable.
 */
export async function verifyRelease(dir: string): Promise<VerifiedRelease> {
  const problems: Problem[] = [];
  const files = readFolder(dir, problems);
  const sums = files.get(CHECKSUMS_FILE);
  const listed = sums === undefined ? undefined : readChecksums(sums.toString("latin1"));
  if (sums === undefined) problems.push(missing(dir, CHECKSUMS_FILE));
  const others = [...files].filter(([name]) => name !== CHECKSUMS_FILE && !SIGNATURE.test(name));
  if (listed !== undefined) problems.push(...checkDigests(dir, others, listed));
  // the digests may match and the text differ: another order, other spaces
  if (
    sums !== undefined &&
    problems.length === 0 &&
    sums.toString("latin1") !== checksumsText(others.map(([name, bytes]) => [name, sha256(bytes)] as const))
  ) {
    problems.push(changed(dir, CHECKSUMS_FILE, "is not as pack writes it"));
  }
  if (!files.has(SBOM_FILE)) problems.push(missing(dir, SBOM_FILE));
  const manifest = readOwnManifest(dir, files, problems);
  const archives = new Map<string, Buffer>();
  for (const module of manifest?.modules ?? []) {
    const bytes = files.get(module.archive);
    if (bytes === undefined) problems.push(missing(dir, module.archive));
    else {
      archives.set(module.name, bytes);
      problems.push(...(await checkArchive(dir, module, bytes)));
    }
  }
  if (manifest !== undefined) problems.push(...unexpected(dir, files, manifest));
  refuse(unique(problems));
  if (manifest === undefined) throw new RangeError("unreachable: no manifest and no problem");
  return { manifest, archives };
}

function readFolder(dir: string, problems: Problem[]): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  try {
    for (const name of readdirSync(dir).sort()) {
      const file = join(dir, name);
      const stats = lstatSync(file);
      if (!stats.isFile()) problems.push(at(dir, name, "release-file-unexpected", "is not a regular file"));
      else if (stats.size > Math.max(MANIFEST_LIMIT, ARCHIVE_LIMITS.archiveBytes))
        problems.push(
          at(dir, name, "release-file-unexpected", `has ${stats.size} bytes, more than any file of a release`),
        );
      else files.set(name, readFileSync(file));
    }
  } catch (cause) {
    throw unreadable(dir, cause, "Name the folder that pack wrote.", dir);
  }
  return files;
}

/** Digests by name, of the lines that can be read; the text as a whole is compared later. */
function readChecksums(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split("\n").flatMap((line) => {
      const [, digest, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
      return digest === undefined || name === undefined ? [] : [[name, digest] as const];
    }),
  );
}

function checkDigests(
  dir: string,
  files: readonly (readonly [string, Buffer])[],
  listed: ReadonlyMap<string, string>,
): readonly Problem[] {
  const present = new Set(files.map(([name]) => name));
  return [
    ...files.flatMap(([name, bytes]) => {
      const expected = listed.get(name);
      if (expected === undefined) return [changed(dir, CHECKSUMS_FILE, `does not list ${name}`)];
      return expected === sha256(bytes) ? [] : [changed(dir, name, `is not the file that ${CHECKSUMS_FILE} lists`)];
    }),
    ...[...listed.keys()].filter((name) => !present.has(name)).map((name) => missing(dir, name)),
  ];
}

function readOwnManifest(
  dir: string,
  files: ReadonlyMap<string, Buffer>,
  problems: Problem[],
): ReleaseManifest | undefined {
  const bytes = files.get(MANIFEST_FILE);
  if (bytes === undefined) {
    problems.push(missing(dir, MANIFEST_FILE));
    return undefined;
  }
  try {
    return readManifest(bytes.toString("utf8"), join(dir, MANIFEST_FILE));
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** The archive against the manifest: its own digest, and each file in it. */
async function checkArchive(dir: string, module: ReleasedModule, bytes: Buffer): Promise<readonly Problem[]> {
  const name = module.archive;
  const problems: Problem[] = [];
  if (bytes.length !== module.size || sha256(bytes) !== module.sha256)
    problems.push(changed(dir, name, `is not the archive that ${MANIFEST_FILE} describes`));
  let files: readonly ArchiveFile[];
  try {
    files = await readArchive(bytes);
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    return [...problems, ...error.problems.map((problem) => ({ ...problem, path: join(dir, name) }))];
  }
  const described = new Map(module.files.map((file) => [file.path, file]));
  for (const { path, bytes: content } of files) {
    const file = described.get(path);
    if (file === undefined) problems.push(changed(dir, name, `contains ${path}, which ${MANIFEST_FILE} does not list`));
    else if (file.size !== content.length || file.sha256 !== sha256(content))
      problems.push(changed(dir, name, `contains another ${path} than ${MANIFEST_FILE} lists`));
    described.delete(path);
  }
  for (const path of described.keys()) problems.push(changed(dir, name, `lacks ${path}, which ${MANIFEST_FILE} lists`));
  return problems;
}

function unexpected(dir: string, files: ReadonlyMap<string, Buffer>, manifest: ReleaseManifest): readonly Problem[] {
  const known = new Set([MANIFEST_FILE, SBOM_FILE, CHECKSUMS_FILE, ...manifest.modules.map(({ archive }) => archive)]);
  return [...files.keys()]
    .filter((name) => !known.has(name) && !SIGNATURE.test(name))
    .map((name) => at(dir, name, "release-file-unexpected", "does not belong to a release"));
}

function missing(dir: string, name: string): Problem {
  return at(dir, name, "release-file-missing", "is missing");
}

function changed(dir: string, name: string, why: string): Problem {
  return at(dir, name, "release-changed", why);
}

function at(dir: string, name: string, code: ErrorCode, why: string): Problem {
  return {
    code,
    message: `${name} ${why}.`,
    path: join(dir, name),
    fix: "Do not use this copy: take the release again from where it was published, or pack it again.",
  };
}

function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}
