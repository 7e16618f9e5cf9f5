/** The release manifest: the files of one release, and the contracts of its modules. */
import * as z from "zod";
import { InputError } from "../errors";
import type { ModuleContract } from "../module/contract";
import type { TrustProbes } from "../module/release-data";
import { pathFault } from "./archive-path";
import { CONTRACT, faultOf, MODULE_NAME, SHA256_HEX, TRUST } from "./contract-shape";
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

export interface ManifestSource {
  /** The commit of the unchanged modules' folder; null where that is not known. */
  readonly commit: string | null;
  /** When that was made, ISO 8601 in UTC; absent where it is not known. */
  readonly created?: string | undefined;
}

export interface ReleaseManifest {
  readonly schemaVersion: 1;
  readonly version: string;
  /** What wrote the modules. */
  readonly generator: { readonly name: string; readonly version: string };
  readonly source: ManifestSource;
  /** Sorted by name. */
  readonly modules: readonly ReleasedModule[];
}

/** File name of a module's archive. */
export function archiveName(module: string, version: string): string {
  return `${module}-${version}.tar.gz`;
}

/** The manifest as it is written: keys in a fixed order, no time but that of the commit. */
export function manifestJson(manifest: ReleaseManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

export const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

const VERSION = z.string().refine(isVersion, "must be a full version, like 1.2.0");
const SIZE = z.int().nonnegative();

const FILE = z.strictObject({
  path: z.string().superRefine((path, context) => {
    const fault = pathFault(path);
    if (fault !== undefined) context.addIssue(`is not a valid path in a module: it ${fault}`);
  }),
  size: SIZE,
  sha256: SHA256_HEX,
});

const MODULE = z.strictObject({
  name: MODULE_NAME,
  system: z.string().regex(/^[0-9a-z]{1,64}$/, "must be a provider's name, like aws"),
  version: VERSION,
  archive: z.string(),
  size: SIZE,
  sha256: SHA256_HEX,
  files: z.array(FILE),
  contract: CONTRACT,
  trust: TRUST,
});

const MANIFEST: z.ZodType<ReleaseManifest> = z
  .strictObject({
    schemaVersion: z.literal(1),
    version: VERSION,
    generator: z.strictObject({ name: z.string(), version: VERSION }),
    source: z.strictObject({
      commit: z.string().regex(COMMIT, "must be a commit's hash").nullable(),
      created: z.iso.datetime().optional(),
    }),
    modules: z.array(MODULE),
  })
  .superRefine(({ version: released, modules }, context) => {
    const wrong = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path: ["modules", ...path], message });
    for (const [index, { name, version, archive, contract, files }] of modules.entries()) {
      if (index > 0 && (modules[index - 1]?.name ?? "") >= name)
        wrong([index, "name"], "must come after the one before, by name");
      if (version !== released) wrong([index, "version"], `must be the release's, ${released}`);
      if (archive !== archiveName(name, released)) wrong([index, "archive"], `must be ${archiveName(name, released)}`);
      if (contract.name !== name) wrong([index, "contract", "name"], `must be ${name}`);
      for (const [place, { path }] of files.entries())
        if (place > 0 && (files[place - 1]?.path ?? "") >= path)
          wrong([index, "files", place, "path"], "must come after the one before, by name");
    }
  });

/**
 * The manifest in `content`, which must be written as `manifestJson` writes it: every key known, none twice, names,
 * versions and archives consistent. `file` goes into messages. Throws InputError manifest-unreadable.
 */
export function readManifest(content: string, file: string = MANIFEST_FILE): ReleaseManifest {
  const unreadable = (why: string, path: string, cause?: unknown): InputError =>
    new InputError(
      {
        code: "manifest-unreadable",
        message: `${file} is not a release manifest: ${why}.`,
        ...(path === "" ? {} : { path }),
        file,
        fix: "Name a manifest.json that pack wrote, or pack the release again.",
      },
      { cause },
    );
  let manifest: ReleaseManifest;
  try {
    manifest = MANIFEST.parse(JSON.parse(content));
  } catch (cause) {
    const { path, why } = faultOf(cause);
    throw unreadable(why, path, cause);
  }
  if (manifestJson(manifest) === content) return manifest;
  throw unreadable("it is not written as pack writes it (a key twice, another order, or another layout)", "");
}
