/**
 * What a release promises of a module, as data beside the module's folder: its contract, and trust policies for fixed
 * inputs, with a digest of the HCL that gives them. So whoever packs a module knows, without Terraform, that nobody
 * changed either since. `pack` takes both over into the release manifest; they are no part of the published module.
 */
import type { FileSet } from "../files/generated-file";
import type { Json } from "../trust/canonical-json";
import type { ModuleContract } from "./contract";
import type { ModuleDefinition } from "./definition";
import { contractOf } from "./definition";
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

export interface ReleaseData {
  readonly contract: ModuleContract;
  readonly trust: TrustProbes;
}

/** The release data of `definition`, whose rendered files are `files`. */
export function releaseData(definition: ModuleDefinition, sample: Sample, files: FileSet): ReleaseData {
  const contract = contractOf(definition);
  const probes = trustCases(definition, sample).map(({ name, inputs, role, policy }): TrustProbe => ({
    name,
    // no case holds an expression
    inputs: JSON.parse(JSON.stringify({ ...definition.sample, ...inputs })) as TrustProbe["inputs"],
    policies: { [role]: policy },
  }));
  return { contract, trust: { digest: sourceDigest(files, contract), probes } };
}
