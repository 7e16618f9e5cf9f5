/**
 * What a release says of its trust policies, as data in the module itself: inputs, the policies they give, and a digest
 * of the HCL that gives them and of the contract it keeps. So whoever packs a module knows, without Terraform, that
 * nobody changed one of them since.
 */
import type { FileSet } from "../files/generated-file";
import type { Json } from "../trust/canonical-json";
import type { ModuleDefinition } from "./definition";
import type { Sample } from "./sample";
import { sourceDigest } from "./source-digest";
import { trustCases } from "./trust-cases";

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
