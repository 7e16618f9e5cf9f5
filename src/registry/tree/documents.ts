/** The JSON documents of a registry: those of the protocol, and `registry.json`. */
import rcompare from "semver/functions/rcompare";
import prerelease from "semver/functions/prerelease";
import { isVersion } from "../../release/version";
import { ARCHIVE_LOCATION, type ModuleAddress, MODULES_PATH, parseAddress } from "./address";

/** How a registry is reached, chosen with `--base-url`. */
export interface RegistrySite {
  /** As `source` names it, with the port where there is one; null where it is unknown. */
  readonly host: string | null;
  /** Begins and ends with `/`; `/` unless the registry is below another site. */
  readonly basePath: string;
}

export interface ListedModule extends ModuleAddress {
  readonly summary: string;
  /** The newest version that is not a pre-release, else the newest. */
  readonly newest: string;
  readonly versions: number;
}

/** `registry.json`: what the index page shows, and what the next publish starts from. */
export interface RegistryDocument {
  readonly schemaVersion: 1;
  readonly site: RegistrySite;
  /** Sorted by address. */
  readonly modules: readonly ListedModule[];
}

/** Newest first. */
export function newestFirst(versions: Iterable<string>): readonly string[] {
  return [...versions].sort(rcompare);
}

/** The version to show first: the newest that is not a pre-release, else the newest. Undefined without versions. */
export function newestOf(versions: Iterable<string>): string | undefined {
  const sorted = newestFirst(versions);
  return sorted.find((version) => prerelease(version) === null) ?? sorted[0];
}

export function writeJson(document: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(document, null, 2)}\n`);
}

/** `/.well-known/terraform.json`. A path, not a URL: so the registry works under whatever host serves it. */
export function discoveryDocument(site: RegistrySite): Buffer {
  return writeJson({ "modules.v1": `${site.basePath}${MODULES_PATH}/` });
}

/** `…/download`, for OpenTofu; Terraform wants the same in a header. */
export const DOWNLOAD_DOCUMENT = Buffer.from(`${JSON.stringify({ location: ARCHIVE_LOCATION })}\n`);

/** `…/versions`, newest first. */
export function versionsDocument(versions: Iterable<string>): Buffer {
  return Buffer.from(
    `${JSON.stringify({ modules: [{ versions: newestFirst(versions).map((version) => ({ version })) }] })}\n`,
  );
}

/** Undefined where `bytes` is not what `versionsDocument` writes. */
export function readVersions(bytes: Buffer): readonly string[] | undefined {
  try {
    const document = JSON.parse(bytes.toString("utf8")) as {
      readonly modules: readonly [{ readonly versions: readonly { readonly version: unknown }[] }];
    };
    const versions = document.modules[0].versions.map(({ version }) => version);
    const known = versions.filter((version) => typeof version === "string").filter(isVersion);
    return new Set(known).size === versions.length && versionsDocument(known).equals(bytes) ? known : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where `bytes` is not a document that publish writes. */
export function readRegistryDocument(bytes: Buffer): RegistryDocument | undefined {
  try {
    const { schemaVersion, site, modules } = JSON.parse(bytes.toString("utf8")) as RegistryDocument;
    const sound =
      schemaVersion === 1 &&
      (site.host === null || typeof site.host === "string") &&
      typeof site.basePath === "string" &&
      modules.every(
        (module) =>
          parseAddress(`${module.namespace}/${module.name}/${module.system}`) !== undefined &&
          typeof module.summary === "string" &&
          isVersion(module.newest) &&
          Number.isSafeInteger(module.versions),
      );
    return sound ? { schemaVersion, site: { host: site.host, basePath: site.basePath }, modules } : undefined;
  } catch {
    return undefined;
  }
}
