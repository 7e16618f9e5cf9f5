/**
 * What a release says of its trust policies, as data in the module itself: inputs, the policies they give, and a digest
 * of the HCL that gives them and of the contract it keeps. So whoever packs a module knows, without Terraform, that
 * nobody changed one of them since.
 */
import { createHash } from "node:crypto";
import type { FileSet } from "../hcl/generated-file";
import { generatedKind } from "../hcl/generated-file";
import type { Json } from "../trust/canonical-json";
import type { ModuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { trustCases } from "./trust-cases";

export const TRUST_PROBES_FILE = "trust-probes.json";

export interface TrustProbe {
  readonly name: string;
  /** All inputs of the module. */
  readonly inputs: Readonly<Record<string, Json>>;
  /** Trust policies by role, each as the text IAM is given. */
  readonly policies: Readonly<Record<string, string>>;
}

export interface TrustProbes {
  /** SHA-256 (hex) of the module's HCL, tests and examples left out, and of its contract. */
  readonly digest: string;
  readonly probes: readonly TrustProbe[];
}

/** The probes of `definition`, whose rendered files are `files`. */
export function trustProbes(definition: ModuleDefinition, sample: Sample, files: FileSet): TrustProbes {
  const probes = trustCases(definition, sample).map(({ name, inputs, role, policy }): TrustProbe => ({
    name,
    // no case holds an expression
    inputs: JSON.parse(JSON.stringify({ ...definition.sample, ...inputs })) as TrustProbe["inputs"],
    policies: { [role]: policy },
  }));
  return { digest: sourceDigest(files), probes };
}

/** SHA-256 (hex) of what in `files` (by path) a plan reads, and of the contract; the generator's first line does not count. */
export function sourceDigest(files: FileSet): string {
  const hash = createHash("sha256");
  for (const [path, text] of [...files].filter(([name]) => isPlanned(name)).sort(([left], [right]) => (left < right ? -1 : 1))) {
    const body = generatedKind(text) === undefined ? text : text.slice(text.indexOf("\n") + 1);
    hash.update(`${path}\0${Buffer.byteLength(body)}\0`).update(body);
  }
  return hash.digest("hex");
}

function isPlanned(path: string): boolean {
  return path === "contract.json" || /\.tf(?:\.json)?$/.test(path) && !/^(?:tests|examples)\//.test(path);
}
