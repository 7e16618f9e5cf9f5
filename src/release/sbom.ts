/**
 * The release as an SPDX 2.3 document (https://spdx.github.io/spdx-spec/v2.3/): modules, their files, their
 * providers.
 */
import { createHash } from "node:crypto";
import type { ArchiveFile } from "./archive";
import { sha256 } from "./checksums";
import { manifestJson, type ReleasedModule, type ReleaseManifest } from "./manifest";

export const SBOM_FILE = "sbom.spdx.json";

const LICENCE = "Apache-2.0";

export interface SbomSource {
  readonly manifest: ReleaseManifest;
  /** By module: the files of its archive. */
  readonly files: ReadonlyMap<string, readonly ArchiveFile[]>;
  /** Seconds since 1970; from the source, never the clock, so that the document is reproducible. */
  readonly created: number;
}

/** Seconds since 1970 as ISO 8601, without fractions. */
export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The document's text. Its namespace is unique, as it contains the manifest's digest. */
export function sbomJson({ manifest, files, created }: SbomSource): string {
  const modules = manifest.modules.map((module) => modulePackage(module, files.get(module.name) ?? []));
  const providers = providerPackages(manifest);
  const { generator, version } = manifest;
  const name = `${generator.name}-modules-${version}`;
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${name}-${sha256(manifestJson(manifest))}`,
    creationInfo: {
      created: isoTime(created),
      creators: [`Tool: ${generator.name}-${generator.version}`],
    },
    packages: [...modules.map(({ entry }) => entry), ...[...providers.values()].map(({ entry }) => entry)],
    files: modules.flatMap((module) => module.files),
    relationships: [
      ...modules.map(({ entry }) => relation("SPDXRef-DOCUMENT", "DESCRIBES", entry.SPDXID)),
      ...modules.flatMap((module) =>
        module.files.map(({ SPDXID }) => relation(module.entry.SPDXID, "CONTAINS", SPDXID)),
      ),
      ...[...providers.values()].flatMap(({ entry, of }) =>
        of.map((name) => relation(moduleId(name), "DEPENDS_ON", entry.SPDXID)),
      ),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function modulePackage(module: ReleasedModule, files: readonly ArchiveFile[]) {
  const entries = files.map(({ path, bytes }) => ({
    fileName: `./${path}`,
    SPDXID: `SPDXRef-File-${module.name}-${path.replace(/[^A-Za-z0-9.-]/g, hexadecimal)}`,
    checksums: [checksum("SHA1", sha1(bytes)), checksum("SHA256", sha256(bytes))],
    licenseConcluded: LICENCE,
    licenseInfoInFiles: ["NOASSERTION"],
    copyrightText: "NOASSERTION",
  }));
  // SPDX 2.3, clause 7.9: SHA-1 over the files' SHA-1, sorted and joined
  const code = sha1(
    files
      .map(({ bytes }) => sha1(bytes))
      .sort()
      .join(""),
  );
  return {
    files: entries,
    entry: {
      name: module.name,
      SPDXID: moduleId(module.name),
      versionInfo: module.version,
      packageFileName: module.archive,
      downloadLocation: "NOASSERTION",
      filesAnalyzed: true,
      packageVerificationCode: { packageVerificationCodeValue: code },
      checksums: [checksum("SHA256", module.sha256)],
      licenseConcluded: LICENCE,
      licenseDeclared: LICENCE,
      licenseInfoFromFiles: ["NOASSERTION"],
      copyrightText: "NOASSERTION",
      summary: module.contract.summary,
      primaryPackagePurpose: "SOURCE",
    },
  };
}

interface ProviderPackage {
  readonly entry: Readonly<Record<string, unknown>> & { readonly SPDXID: string };
  /** Modules that need it. */
  readonly of: string[];
}

/** Providers that the modules require: not in the archives; Terraform downloads them. */
function providerPackages({ modules }: ReleaseManifest): ReadonlyMap<string, ProviderPackage> {
  const packages = new Map<string, ProviderPackage>();
  for (const { name, contract } of modules) {
    for (const { source, version } of Object.values(contract.requiredProviders)) {
      const id = `SPDXRef-Package-provider-${source.replace(/[^A-Za-z0-9.]/g, "-")}-${sha256(version).slice(0, 8)}`;
      const known = packages.get(id) ?? {
        entry: {
          name: source,
          SPDXID: id,
          versionInfo: version,
          downloadLocation: "NOASSERTION",
          filesAnalyzed: false,
          licenseConcluded: "NOASSERTION",
          licenseDeclared: "NOASSERTION",
          copyrightText: "NOASSERTION",
          comment: "A Terraform provider, chosen and downloaded by terraform init within this range.",
        },
        of: [],
      };
      known.of.push(name);
      packages.set(id, known);
    }
  }
  return packages;
}

function moduleId(name: string): string {
  return `SPDXRef-Package-module-${name}`;
}

function relation(from: string, relationshipType: "DESCRIBES" | "CONTAINS" | "DEPENDS_ON", to: string) {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

function checksum(algorithm: "SHA1" | "SHA256", checksumValue: string) {
  return { algorithm, checksumValue };
}

function hexadecimal(character: string): string {
  return `-${character.charCodeAt(0).toString(16)}-`;
}

/** SPDX 2.3 requires it; nothing here relies on it. */
function sha1(bytes: Uint8Array | string): string {
  return createHash("sha1").update(bytes).digest("hex");
}
