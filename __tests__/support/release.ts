/** Small releases made in memory: as `verifyRelease` would hand them over, without packing the real modules. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModuleContract } from "../../src/module/contract";
import { writeArchive } from "../../src/release/archive";
import { CHECKSUMS_FILE, checksumsText, sha256 } from "../../src/release/checksums";
import type { ReleasedModule } from "../../src/release/manifest";
import { archiveName, MANIFEST_FILE, manifestJson } from "../../src/release/manifest";
import { SBOM_FILE } from "../../src/release/sbom";
import type { Release } from "../../src/registry/tree/plan-module";

export interface SmallRelease {
  /** Default: one-role and two-roles. */
  readonly names?: readonly string[];
  /** What main.tf says; default the same for every version. */
  readonly text?: string;
  readonly readme?: string;
  readonly contract?: Partial<ModuleContract>;
}

export function smallContract(name: string, changes: Partial<ModuleContract> = {}): ModuleContract {
  return {
    name,
    summary: `The module ${name}.`,
    requiredVersion: ">= 1.5.7",
    requiredProviders: { aws: { source: "hashicorp/aws", version: ">= 5.81.0, < 7.0.0" } },
    variables: [{ name: "subject", type: "string", description: "Who may come in.", nullable: false, validations: [] }],
    outputs: [{ name: "arn", description: "What they get.", preconditions: [] }],
    resources: [],
    ...changes,
  };
}

const archives = new Map<string, Promise<Buffer>>();

export async function smallRelease(
  version: string,
  {
    names = ["one-role", "two-roles"],
    text = "# nothing\n",
    readme = "# Small\n\nA module.\n",
    contract,
  }: SmallRelease = {},
): Promise<Release> {
  const content = { "README.md": readme, "main.tf": text };
  const key = JSON.stringify(content);
  const made =
    archives.get(key) ??
    writeArchive(Object.entries(content).map(([path, file]) => ({ path, bytes: Buffer.from(file) })));
  archives.set(key, made);
  const archive = await made;
  const files = Object.entries(content).map(([path, file]) => ({
    path,
    size: Buffer.byteLength(file),
    sha256: sha256(file),
  }));
  const modules = [...names].sort().map((name): ReleasedModule => ({
    name,
    system: "aws",
    version,
    archive: archiveName(name, version),
    size: archive.length,
    sha256: sha256(archive),
    files,
    contract: smallContract(name, contract),
    trust: { digest: sha256(text), probes: [] },
  }));
  return {
    manifest: {
      schemaVersion: 1,
      version,
      generator: { name: "databricks-aws-oidc", version: "0.1.0" },
      source: { commit: null },
      modules,
    },
    archives: new Map(modules.map(({ name }) => [name, archive])),
  };
}

/** The same as a folder that `publish --release` takes. Of the SBOM only that it is there. */
export async function writeSmallRelease(folder: string, version: string, options: SmallRelease = {}): Promise<string> {
  const { manifest, archives } = await smallRelease(version, options);
  const files = new Map<string, Uint8Array>(
    manifest.modules.map(({ name, archive }) => [archive, archives.get(name) ?? Buffer.alloc(0)]),
  );
  files.set(MANIFEST_FILE, Buffer.from(manifestJson(manifest)));
  files.set(SBOM_FILE, Buffer.from("{}\n"));
  files.set(
    CHECKSUMS_FILE,
    Buffer.from(checksumsText([...files].map(([name, bytes]) => [name, sha256(bytes)] as const))),
  );
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  return folder;
}
