/** The release manifest: the files of one release, and the contracts of its modules. */
import { InputError } from "../errors";
import type { ModuleContract } from "../module/contract";
import type { TrustProbes } from "../module/release-data";
import { pathFault } from "./archive-path";
import { contractReader, MODULE_NAME, SHA256_HEX, trustReader } from "./contract-shape";
import type { Reader } from "./json-shape";
import { count, list, nullable, only, record, ShapeError, text } from "./json-shape";
import { isVersion } from "./version";

export const MANIFEST_FILE = "manifest.json";
/** Bytes of a manifest that is read at all. */
export const MANIFEST_LIMIT = 32_000_000;

export interface ReleaseFile {
  /** Below the module's folder. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
}

export interface ReleasedModule {
  readonly name: string;
  /** The registry's target system: local name of the one provider, `aws`. */
  readonly system: string;
  readonly version: string;
  /** File beside the manifest: `<name>-<version>.tar.gz`. */
  readonly archive: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** Of the archive. */
  readonly sha256: string;
  /** What the archive holds, sorted by path. */
  readonly files: readonly ReleaseFile[];
  readonly contract: ModuleContract;
  readonly trust: TrustProbes;
}

export interface ReleaseManifest {
  readonly schemaVersion: 1;
  readonly version: string;
  /** What wrote the modules. */
  readonly generator: { readonly name: string; readonly version: string };
  /** The commit the modules' folder stood at, unchanged; null where that is not known. */
  readonly source: { readonly commit: string | null };
  /** Sorted by name. */
  readonly modules: readonly ReleasedModule[];
}

/** File name of a module's archive. */
export function archiveName(module: string, version: string): string {
  return `${module}-${version}.tar.gz`;
}

/** The manifest as it is written: keys in a fixed order, no times. */
export function manifestJson(manifest: ReleaseManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

export const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

const version: Reader<string> = (value, path) => {
  if (typeof value !== "string" || !isVersion(value)) throw new ShapeError(path, "must be a full version, like 1.2.0");
  return value;
};

const filePath: Reader<string> = (value, path) => {
  const fault = typeof value === "string" ? pathFault(value) : "is not a string";
  if (fault !== undefined) throw new ShapeError(path, `is not a valid path in a module: it ${fault}`);
  return value as string;
};

const sha256 = text(SHA256_HEX, "must be a SHA-256 in hexadecimal");

const manifestReader: Reader<ReleaseManifest> = record<ReleaseManifest>({
  schemaVersion: only(1),
  version,
  generator: record<ReleaseManifest["generator"]>({ name: text(), version }),
  source: record<ReleaseManifest["source"]>({ commit: nullable(text(COMMIT, "must be a commit's hash")) }),
  modules: list(
    record<ReleasedModule>({
      name: text(MODULE_NAME, "must be a module's name, like databricks-workspace-oidc"),
      system: text(/^[0-9a-z]{1,64}$/, "must be a provider's name, like aws"),
      version,
      archive: text(),
      size: count,
      sha256,
      files: list(record<ReleaseFile>({ path: filePath, size: count, sha256 })),
      contract: contractReader,
      trust: trustReader,
    }),
  ),
});

/**
 * The manifest in `content`, which must be written as `manifestJson` writes it: every key known, none twice, names,
 * versions
 * and archives consistent. `file` goes into messages. Throws InputError manifest-unreadable.
 */
export function readManifest(content: string, file: string = MANIFEST_FILE): ReleaseManifest {
  try {
    const manifest = manifestReader(JSON.parse(content), "");
    checkNames(manifest);
    if (manifestJson(manifest) !== content)
      throw new ShapeError("", "is not written as pack writes it: a key twice, another order, or another layout");
    return manifest;
  } catch (cause) {
    const [path, why] =
      cause instanceof ShapeError
        ? [cause.path, `${cause.path === "" ? "it" : cause.path} ${cause.reason}`]
        : [undefined, "invalid JSON"];
    throw new InputError(
      {
        code: "manifest-unreadable",
        message: `${file} is not a release manifest: ${why}.`,
        ...(path === undefined || path === "" ? {} : { path }),
        file,
        fix: "Name a manifest.json that pack wrote, or pack the release again.",
      },
      { cause },
    );
  }
}

function checkNames({ version: released, modules }: ReleaseManifest): void {
  modules.forEach((module, index) => {
    const at = `modules[${index}]`;
    const previous = modules[index - 1];
    if (previous !== undefined && previous.name >= module.name)
      throw new ShapeError(`${at}.name`, "must come after the one before, by name");
    if (module.version !== released) throw new ShapeError(`${at}.version`, `must be the release's, ${released}`);
    if (module.archive !== archiveName(module.name, released))
      throw new ShapeError(`${at}.archive`, `must be ${archiveName(module.name, released)}`);
    if (module.contract.name !== module.name) throw new ShapeError(`${at}.contract.name`, `must be ${module.name}`);
    module.files.forEach(({ path }, place) => {
      const before = module.files[place - 1];
      if (before !== undefined && before.path >= path)
        throw new ShapeError(`${at}.files[${place}].path`, "must come after the one before, by name");
    });
  });
}
