/** Verifies a registry's folder: every file against its checksum, and the lists against each other. */
import { lstatSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { FederationError, outsideError, type Problem } from "../../errors";
import { readArchive } from "../../release/archive";
import { CHECKSUMS_FILE, sha256 } from "../../release/checksums";
import { readManifest } from "../../release/manifest";
import { isInterrupted } from "./journal";
import { readerOf } from "./state";
import { addressText, ARCHIVE_NAME, type ModuleAddress, moduleFolder, versionFolder } from "../tree/address";
import { discoveryDocument, DOWNLOAD_DOCUMENT, type ListedModule, newestOf } from "../tree/documents";
import { INDEX } from "../tree/plan-module";
import { DISCOVERY } from "../tree/plan";
import { type ReadFile, readRegistry, readSumsOf, readVersionsOf, REGISTRY_DOCUMENT } from "../tree/stored";

export interface VerifiedRegistry {
  /** Empty where the registry is intact. */
  readonly problems: readonly Problem[];
  readonly modules: number;
  /** Of all modules together. */
  readonly versions: number;
}

const VERSION_FILES = ["download", INDEX, "manifest.json", ARCHIVE_NAME];
const MODULE_FILES = [CHECKSUMS_FILE, INDEX, "versions"];

/**
 * Reads every file. Problems are registry-damaged, registry-interrupted, archive-…; throws OutsideError
 * file-not-found.
 */
export async function verifyFolder(folder: string): Promise<VerifiedRegistry> {
  const there = lstatSync(join(folder, REGISTRY_DOCUMENT), { throwIfNoEntry: false });
  if (there === undefined && listed(folder, "v1").length === 0) {
    throw outsideError(
      "file-not-found",
      `There is no registry in ${folder}.`,
      "Name the folder that publish --to wrote.",
      folder,
    );
  }
  const read = readerOf(folder);
  const problems: Problem[] = [];
  const expected = new Set<string>([CHECKSUMS_FILE]);
  const check = async (body: () => Promise<void>): Promise<void> => {
    await body().catch((error: unknown) => {
      problems.push(...problemsOf(error));
    });
  };

  if (isInterrupted(folder))
    problems.push({
      code: "registry-interrupted",
      message: "A publish was interrupted here.",
      path: folder,
      fix: "Publish again: that removes what it left.",
    });
  await check(() => checkSums("", read, expected, problems));
  let modules: readonly ListedModule[] = [];
  await check(async () => {
    const registry = await readRegistry(read);
    if (registry === undefined) return void problems.push(wrong(REGISTRY_DOCUMENT, "is missing"));
    modules = registry.modules;
    if ((await read(DISCOVERY))?.equals(discoveryDocument(registry.site)) !== true)
      problems.push(wrong(DISCOVERY, `does not match ${REGISTRY_DOCUMENT}`));
  });
  for (const module of modules) await check(() => checkModule(module, read, expected, problems));
  // beside the modules a folder may hold other files of its site
  for (const path of listed(folder, "v1"))
    if (!expected.has(path)) problems.push(wrong(path, "belongs to no published version"));
  return {
    problems: unique(problems),
    modules: modules.length,
    versions: modules.reduce((sum, { versions }) => sum + versions, 0),
  };
}

async function checkModule(
  module: ListedModule,
  read: ReadFile,
  expected: Set<string>,
  problems: Problem[],
): Promise<void> {
  const folder = moduleFolder(module);
  for (const name of MODULE_FILES) {
    if (!expected.has(`${folder}/${name}`)) problems.push(wrong(CHECKSUMS_FILE, `does not list ${folder}/${name}`));
    expected.add(`${folder}/${name}`);
  }
  const versions = await readVersionsOf(module, read);
  if (versions.length !== module.versions || newestOf(versions) !== module.newest)
    problems.push(wrong(`${folder}/versions`, `does not match the versions of ${REGISTRY_DOCUMENT}`));
  await checkSums(`${folder}/`, read, expected, problems);
  const sums = await readSumsOf(`${folder}/${CHECKSUMS_FILE}`, read);
  const awaited = new Set(versions.flatMap((version) => VERSION_FILES.map((name) => `${version}/${name}`)));
  for (const path of awaited)
    if (!sums.has(path)) problems.push(wrong(`${folder}/${CHECKSUMS_FILE}`, `does not list ${path}`));
  for (const path of sums.keys())
    if (!awaited.has(path))
      problems.push(wrong(`${folder}/${CHECKSUMS_FILE}`, `lists ${path}, which belongs to no version`));
  for (const version of versions) await checkVersion(module, version, read, problems);
}

/**
 * The documents of a version against its archive, which finds a file that was changed together with its checksum.
 */
async function checkVersion(
  address: ModuleAddress,
  version: string,
  read: ReadFile,
  problems: Problem[],
): Promise<void> {
  const folder = versionFolder(address, version);
  const [manifest, archive, download] = await Promise.all([
    read(`${folder}/manifest.json`),
    read(`${folder}/${ARCHIVE_NAME}`),
    read(`${folder}/download`),
  ]);
  // a missing file is a problem of the checksums
  if (manifest === undefined || archive === undefined) return;
  if (download?.equals(DOWNLOAD_DOCUMENT) !== true)
    problems.push(wrong(`${folder}/download`, `does not point to ${ARCHIVE_NAME}`));
  const {
    modules: [module, ...others],
  } = readManifest(manifest.toString("utf8"), `${folder}/manifest.json`);
  if (
    module === undefined ||
    others.length > 0 ||
    addressText({ ...address, name: module.name, system: module.system }) !== addressText(address) ||
    module.version !== version
  ) {
    return void problems.push(wrong(`${folder}/manifest.json`, "belongs to another module or version"));
  }
  if (module.sha256 !== sha256(archive) || module.size !== archive.length)
    return void problems.push(wrong(`${folder}/${ARCHIVE_NAME}`, "is not the archive its manifest describes"));
  const described = module.files.map(({ path, sha256: digest }) => `${path} ${digest}`).join("\n");
  if ((await readArchive(archive)).map(({ path, bytes }) => `${path} ${sha256(bytes)}`).join("\n") !== described)
    problems.push(wrong(`${folder}/${ARCHIVE_NAME}`, "contains other files than its manifest lists"));
}

/** Every file that a SHA256SUMS lists is there, as listed. */
async function checkSums(folder: string, read: ReadFile, expected: Set<string>, problems: Problem[]): Promise<void> {
  for (const [path, digest] of await readSumsOf(`${folder}${CHECKSUMS_FILE}`, read)) {
    expected.add(`${folder}${path}`);
    const bytes = path.split("/").includes("..") ? undefined : await read(`${folder}${path}`);
    if (bytes === undefined) problems.push(wrong(`${folder}${path}`, "is missing"));
    else if (sha256(bytes) !== digest)
      problems.push(wrong(`${folder}${path}`, `is not the file that ${folder}${CHECKSUMS_FILE} lists`));
  }
}

/** Everything below `part` of `folder` but folders, by path with `/`. */
function listed(folder: string, part: string): readonly string[] {
  try {
    return readdirSync(join(folder, part), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  } catch {
    return [];
  }
}

function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof FederationError) return error.problems;
  throw error;
}

function wrong(path: string, why: string): Problem {
  return {
    code: "registry-damaged",
    message: `${path} ${why}.`,
    path,
    fix: "Restore it from a copy or from its release, and find out who changed it.",
  };
}

function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.code} ${problem.message}`, problem])).values()];
}
