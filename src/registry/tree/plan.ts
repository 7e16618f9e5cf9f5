/** What publishing a release changes in a registry: which files are added, which are replaced. */
import { inputError, type Problem, refuse } from "../../errors";
import { indexPage } from "../pages/index-page";
import { addressText, moduleFolder, placeOf, readAddress, versionFolder } from "./address";
import { discoveryDocument, type RegistryDocument, type RegistrySite, writeJson } from "./documents";
import { INDEX, type ModulePlan, planModule, type Release } from "./plan-module";
import { serverRules } from "./server-rules";
import { UNKNOWN_SITE } from "./site";
import { type ReadFile, readRegistry, readSumsOf, REGISTRY_DOCUMENT } from "./stored";
import { CHECKSUMS_FILE, sha256, writeSums } from "../../release/checksums";

export interface PublishSettings {
  /** Undefined: that of the registry, where it has only one. */
  readonly namespace?: string | undefined;
  /** Undefined: as it was. */
  readonly site?: RegistrySite | undefined;
}

export interface Publication {
  /** What becomes of each module of the release, in its order. */
  readonly changes: readonly { readonly module: string; readonly version: string; readonly change: "add" | "none" }[];
  /** Folders of new versions with their files by name; they never change afterwards. */
  readonly added: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  /** Files to replace, in this order: a publish stopped in between leaves every listed version whole. */
  readonly replaced: ReadonlyMap<string, Buffer>;
}

export const DISCOVERY = ".well-known/terraform.json";

/**
 * Throws InputError registry-name-invalid, version-invalid, registry-namespace-missing, registry-version-taken (with
 * every
 * such version), registry-damaged, file-not-generated (with every existing file that a first publish would replace).
 */
export async function planPublication(
  release: Release,
  settings: PublishSettings,
  read: ReadFile,
): Promise<Publication> {
  const before = await readRegistry(read);
  const site = settings.site ?? before?.site ?? UNKNOWN_SITE;
  const namespace = settings.namespace ?? onlyNamespace(before);
  const moved = before !== undefined && (before.site.host !== site.host || before.site.basePath !== site.basePath);
  const plans: ModulePlan[] = [];
  for (const module of release.manifest.modules) {
    const address = readAddress({
      namespace: namespace ?? missingNamespace(),
      name: module.name,
      system: module.system,
    });
    plans.push(await planModule({ address, release: { release, module }, site, moved, read }));
  }
  refuse(plans.flatMap(({ problems }) => problems));

  const listed = new Map((before?.modules ?? []).map((module) => [addressText(module), module]));
  const others: ModulePlan[] = [];
  for (const [text, address] of moved ? listed : []) {
    if (!plans.some((plan) => addressText(plan.address) === text))
      others.push(await planModule({ address, release: undefined, site, moved, read }));
  }
  for (const { listing } of [...plans, ...others]) listed.set(addressText(listing), listing);
  const registry: RegistryDocument = {
    schemaVersion: 1,
    site,
    modules: [...listed].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, module]) => module),
  };
  const replaced = await changed(await withSums(heads([...plans, ...others], registry), read), read);
  if (before === undefined) refuse(await inTheWay(replaced.keys(), read));
  return {
    changes: plans.map(({ address, added }, index) => ({
      module: addressText(address),
      version: release.manifest.modules[index]?.version ?? "",
      change: added.size === 0 ? "none" : "add",
    })),
    added: new Map(
      plans
        .filter(({ added }) => added.size > 0)
        .map(({ address, added }) => [versionFolder(address, release.manifest.version), added]),
    ),
    replaced,
  };
}

/** Every file that is replaced, in order: lists come after what they list. */
function heads(plans: readonly ModulePlan[], registry: RegistryDocument): ReadonlyMap<string, Buffer> {
  return new Map([
    ...plans.flatMap(({ pages }) => [...pages]),
    ...plans.map(({ address, sums }) => [`${moduleFolder(address)}/${CHECKSUMS_FILE}`, sums] as const),
    ...plans.map(({ address, versions }) => [`${moduleFolder(address)}/versions`, versions] as const),
    [DISCOVERY, discoveryDocument(registry.site)],
    ...serverRules(registry.site),
    [INDEX, indexPage(registry)],
    [REGISTRY_DOCUMENT, writeJson(registry)],
  ]);
}

/** With the SHA256SUMS of all of them at the end. Files of a version are in the SHA256SUMS of its module. */
async function withSums(files: ReadonlyMap<string, Buffer>, read: ReadFile): Promise<ReadonlyMap<string, Buffer>> {
  const sums = new Map(await readSumsOf(CHECKSUMS_FILE, read));
  for (const [path, bytes] of files) if (placeOf(path).of !== "version") sums.set(path, sha256(bytes));
  return new Map([...files, [CHECKSUMS_FILE, writeSums(sums)]]);
}

async function changed(files: ReadonlyMap<string, Buffer>, read: ReadFile): Promise<ReadonlyMap<string, Buffer>> {
  const compared = await Promise.all(
    [...files].map(async ([path, bytes]) => ({ path, bytes, same: (await read(path))?.equals(bytes) === true })),
  );
  return new Map(compared.filter(({ same }) => !same).map(({ path, bytes }) => [path, bytes]));
}

/** A first publish replaces nothing, unless a stopped publish left the same bytes. */
async function inTheWay(paths: Iterable<string>, read: ReadFile): Promise<readonly Problem[]> {
  const found = await Promise.all(
    [...paths].map(async (path) => ((await read(path)) === undefined ? undefined : path)),
  );
  return found
    .filter((path) => path !== undefined)
    .map((path) => ({
      code: "file-not-generated",
      message: `${path} already exists, and is not part of a registry.`,
      path,
      fix: "Use a separate folder or prefix for the registry.",
    }));
}

function onlyNamespace(registry: RegistryDocument | undefined): string | undefined {
  const namespaces = new Set(registry?.modules.map(({ namespace }) => namespace));
  return namespaces.size === 1 ? [...namespaces][0] : undefined;
}

function missingNamespace(): never {
  throw inputError(
    "registry-namespace-missing",
    "The namespace of the modules is missing.",
    "Name one, like --namespace acme: the source is then HOST/acme/databricks-federation/aws.",
    "--namespace",
  );
}
