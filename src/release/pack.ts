/**
 * Makes a release of modules: archives, manifest, SBOM, checksums. The same bytes for the same input, anywhere, any
 * day.
 */
import { InputError, type Problem, refuse } from "../errors";
import { writeArchive } from "./archive";
import { CHECKSUMS_FILE, checksumsText, sha256 } from "./checksums";
import { archiveName, MANIFEST_FILE, manifestJson, type ReleasedModule, type ReleaseManifest } from "./manifest";
import type { SourceModule } from "./module-folder";
import { releasedReadme } from "./readme";
import { isoTime, SBOM_FILE, sbomJson } from "./sbom";

const GENERATOR = "databricks-aws-oidc";

export interface PackOptions {
  /** As `readVersion` returns it. */
  readonly version: string;
  /** Registry namespace that READMEs name, as `readNamespace` returns it; undefined: the one they name already. */
  readonly namespace?: string | undefined;
  /** Of this program: used for the generator's where the modules carry no marker. */
  readonly ownVersion: string;
  /** May still be pending while archives are compressed. */
  readonly source: ReleaseSource | Promise<ReleaseSource>;
}

export interface ReleaseSource {
  readonly commit: string | null;
  /** Seconds since 1970: when the source was made. */
  readonly created: number;
}

export interface PackedRelease {
  readonly manifest: ReleaseManifest;
  /** Every file of the release's folder, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Packs `given`. Throws InputError: module-folder-invalid, and what `writeArchive` throws. */
export async function packRelease(given: readonly SourceModule[], options: PackOptions): Promise<PackedRelease> {
  const { version } = options;
  const systems = given.map(systemOf);
  refuse([...systems.flatMap((system) => (typeof system === "string" ? [] : [system])), ...mixedGenerators(given)]);
  const modules = given.map((module, index) => withReadme(module, String(systems[index]), options));
  const archives = await Promise.all(modules.map(archiveOf));
  const { commit, created } = await options.source;
  const released = modules.map((module, index): ReleasedModule => {
    const archive = archives[index] ?? Buffer.alloc(0);
    return {
      name: module.name,
      system: String(systems[index]),
      version,
      archive: archiveName(module.name, version),
      size: archive.length,
      sha256: sha256(archive),
      files: module.files.map(({ path, bytes }) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
      contract: module.contract,
      trust: module.trust,
    };
  });
  const manifest: ReleaseManifest = {
    schemaVersion: 1,
    version,
    generator: { name: GENERATOR, version: modules[0]?.generatorVersion ?? options.ownVersion },
    source: { commit, ...(created === 0 ? {} : { created: isoTime(created) }) },
    modules: released,
  };
  const files = new Map<string, Uint8Array>(
    released.map(({ archive }, index) => [archive, archives[index] ?? Buffer.alloc(0)]),
  );
  files.set(MANIFEST_FILE, Buffer.from(manifestJson(manifest)));
  files.set(
    SBOM_FILE,
    Buffer.from(sbomJson({ manifest, files: new Map(modules.map((module) => [module.name, module.files])), created })),
  );
  files.set(
    CHECKSUMS_FILE,
    Buffer.from(checksumsText([...files].map(([name, bytes]) => [name, sha256(bytes)] as const))),
  );
  return { manifest, files };
}

/** `module` with the README of this release; a module written by hand stays as it is. */
function withReadme(module: SourceModule, system: string, { version, namespace }: PackOptions): SourceModule {
  if (module.generatorVersion === null) return module;
  const { name } = module;
  const files = module.files.map((file) => {
    if (file.path !== "README.md") return file;
    const readme = releasedReadme(Buffer.from(file.bytes).toString("utf8"), { name, system, version }, namespace);
    return { ...file, bytes: Buffer.from(readme) };
  });
  return { ...module, files };
}

/** A problem of an archive is fixed in the module's folder, so its path is there. */
async function archiveOf({ name, files }: SourceModule): Promise<Buffer> {
  try {
    return await writeArchive(files);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    refuse(
      cause.problems.map((problem) => ({
        ...problem,
        path: name,
        fix: "Rename, split or remove it in the module's folder.",
      })),
    );
    throw cause;
  }
}

/** A registry knows a module by name and target system: the one provider it is for. */
function systemOf({ name, contract }: SourceModule): string | Problem {
  const [system, ...others] = Object.keys(contract.requiredProviders);
  if (system !== undefined && others.length === 0 && /^[0-9a-z]{1,64}$/.test(system)) return system;
  return {
    code: "module-folder-invalid",
    message:
      `${name} requires ${system === undefined ? "no provider" : `${others.length + 1} providers`}: its ` +
      `target system in a registry is undefined.`,
    path: name,
    fix: "Pack modules that require exactly one provider, with a name of lower-case letters and digits.",
  };
}

function mixedGenerators(modules: readonly SourceModule[]): readonly Problem[] {
  const versions = [...new Set(modules.map(({ generatorVersion }) => generatorVersion ?? "none"))].sort();
  if (versions.length < 2) return [];
  return [
    {
      code: "module-folder-invalid",
      message: `The modules were written by different versions of the generator: ${versions.join(", ")}.`,
      path: "--modules",
      fix: "Run generate modules, so that one version writes them all.",
    },
  ];
}
