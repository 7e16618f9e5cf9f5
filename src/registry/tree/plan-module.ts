/** What publishing one module of a release changes. Published versions are not read, so their number costs nothing. */
import type { Problem } from "../../errors";
import { readArchive } from "../../release/archive";
import { manifestJson, type ReleasedModule, type ReleaseManifest } from "../../release/manifest";
import { modulePage, type ModuleView, versionPage } from "../pages/module-page";
import { addressText, ARCHIVE_NAME, type ModuleAddress, moduleFolder } from "./address";
import { DOWNLOAD_DOCUMENT, type ListedModule, newestOf, type RegistrySite, versionsDocument } from "./documents";
import { damaged, type ReadFile, readSumsOf, readVersionsOf, storedView } from "./stored";
import { CHECKSUMS_FILE, sha256, writeSums } from "../../release/checksums";

/** A release as `verifyRelease` hands it over. */
export interface Release {
  readonly manifest: ReleaseManifest;
  /** By module name. */
  readonly archives: ReadonlyMap<string, Buffer>;
}

export interface ModulePlan {
  readonly address: ModuleAddress;
  readonly problems: readonly Problem[];
  /** The new version's files by name; empty where nothing is added. */
  readonly added: ReadonlyMap<string, Buffer>;
  /** By path below the registry's folder, here and below. */
  readonly pages: ReadonlyMap<string, Buffer>;
  readonly sums: Buffer;
  readonly versions: Buffer;
  readonly listing: ListedModule;
}

export interface ModuleRequest {
  readonly address: ModuleAddress;
  /** What to add; undefined to write the existing pages again. */
  readonly release: { readonly release: Release; readonly module: ReleasedModule } | undefined;
  readonly site: RegistrySite;
  /** The registry moved to another address, which its pages name. */
  readonly moved: boolean;
  readonly read: ReadFile;
}

export const INDEX = "index.html";

/** A version that is published with other bytes is a problem of the plan. Throws InputError registry-damaged. */
export async function planModule({ address, release: given, site, moved, read }: ModuleRequest): Promise<ModulePlan> {
  const folder = moduleFolder(address);
  const [before, published] = await Promise.all([
    readSumsOf(`${folder}/${CHECKSUMS_FILE}`, read),
    readVersionsOf(address, read),
  ]);
  const fresh = given !== undefined && !published.includes(given.module.version) ? given : undefined;
  const problems =
    given !== undefined &&
    fresh === undefined &&
    before.get(`${given.module.version}/${ARCHIVE_NAME}`) !== given.module.sha256
      ? [versionTaken(address, given.module.version)]
      : [];
  const view = fresh === undefined ? undefined : await freshView(fresh.release, fresh.module, address, site);
  const added =
    fresh === undefined || view === undefined
      ? new Map<string, Buffer>()
      : filesOfVersion(fresh.release, fresh.module, view);

  const versions = fresh === undefined ? published : [...published, fresh.module.version];
  const newest = newestOf(versions);
  if (newest === undefined) throw damaged(`${folder}/versions`);
  const newestView = view?.module.version === newest ? view : await storedView(address, newest, site, read);
  const pages = new Map([[`${folder}/${INDEX}`, modulePage(newestView, versions)]]);
  const sums = new Map(before);
  for (const version of moved ? published : []) {
    const page = versionPage(await storedView(address, version, site, read));
    pages.set(`${folder}/${version}/${INDEX}`, page);
    sums.set(`${version}/${INDEX}`, sha256(page));
  }
  for (const [name, bytes] of added) sums.set(`${fresh?.module.version ?? ""}/${name}`, sha256(bytes));
  return {
    address,
    problems,
    added,
    pages,
    sums: writeSums(sums),
    versions: versionsDocument(versions),
    listing: { ...address, summary: newestView.module.contract.summary, newest, versions: versions.length },
  };
}

function versionTaken(address: ModuleAddress, version: string): Problem {
  return {
    code: "registry-version-taken",
    message: `${addressText(address)} ${version} is already published with different content.`,
    path: `${addressText(address)}/${version}`,
    fix: "A published version never changes: pack the modules as a new version.",
  };
}

async function freshView(
  release: Release,
  module: ReleasedModule,
  address: ModuleAddress,
  site: RegistrySite,
): Promise<ModuleView> {
  return {
    site,
    address,
    module,
    source: release.manifest.source,
    files: await readArchive(archiveOf(release, module)),
  };
}

function filesOfVersion(release: Release, module: ReleasedModule, view: ModuleView): ReadonlyMap<string, Buffer> {
  return new Map([
    [ARCHIVE_NAME, archiveOf(release, module)],
    ["download", DOWNLOAD_DOCUMENT],
    // the release's manifest, of this one module
    ["manifest.json", Buffer.from(manifestJson({ ...release.manifest, modules: [module] }))],
    [INDEX, versionPage(view)],
  ]);
}

function archiveOf(release: Release, { name }: ReleasedModule): Buffer {
  const archive = release.archives.get(name);
  if (archive === undefined) throw new Error(`the release holds no archive of ${name}`);
  return archive;
}
