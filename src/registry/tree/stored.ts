/** What a registry holds already, read through `read`: so a folder and an object store share every rule. */
import { type InputError, inputError } from "../../errors";
import { readArchive } from "../../release/archive";
import { readSums, type Sums } from "../../release/checksums";
import { readManifest } from "../../release/manifest";
import type { ModuleView } from "../pages/module-page";
import { ARCHIVE_NAME, type ModuleAddress, moduleFolder, versionFolder } from "./address";
import { readRegistryDocument, readVersions, type RegistryDocument, type RegistrySite } from "./documents";

/** A file of the registry as it is now, by its path below the registry's folder; undefined where there is none. */
export type ReadFile = (path: string) => Promise<Buffer | undefined>;

export const REGISTRY_DOCUMENT = "registry.json";

/** Undefined where nothing is published yet. This and the functions below throw InputError registry-damaged. */
export function readRegistry(read: ReadFile): Promise<RegistryDocument | undefined> {
  return parsed(REGISTRY_DOCUMENT, readRegistryDocument, read);
}

/** Empty where there is none. */
export async function readSumsOf(path: string, read: ReadFile): Promise<Sums> {
  return (await parsed(path, readSums, read)) ?? new Map<string, string>();
}

/** The published versions of a module; none where it is new. */
export async function readVersionsOf(address: ModuleAddress, read: ReadFile): Promise<readonly string[]> {
  return (await parsed(`${moduleFolder(address)}/versions`, readVersions, read)) ?? [];
}

/** What the page of a published version shows. */
export async function storedView(
  address: ModuleAddress,
  version: string,
  site: RegistrySite,
  read: ReadFile,
): Promise<ModuleView> {
  const folder = versionFolder(address, version);
  const [manifest, archive] = await Promise.all([read(`${folder}/manifest.json`), read(`${folder}/${ARCHIVE_NAME}`)]);
  if (manifest === undefined || archive === undefined) throw damaged(folder);
  const {
    modules: [module],
    source,
  } = readManifest(manifest.toString("utf8"), `${folder}/manifest.json`);
  if (module === undefined) throw damaged(folder);
  return { site, address, module, source, files: await readArchive(archive) };
}

async function parsed<T>(
  path: string,
  parse: (bytes: Buffer) => T | undefined,
  read: ReadFile,
): Promise<T | undefined> {
  const bytes = await read(path);
  if (bytes === undefined) return undefined;
  const document = parse(bytes);
  if (document === undefined) throw damaged(path);
  return document;
}

export function damaged(path: string): InputError {
  return inputError(
    "registry-damaged",
    `${path} of the registry is missing or not as publish writes it.`,
    "Run publish --to DIR --verify to see what else is wrong, then restore the registry from a copy.",
    path,
  );
}
