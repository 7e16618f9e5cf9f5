/** A federation file while it is edited: its problems by line, or everything that follows from it. Pure. */
import { InputError, type Problem, type Warning } from "../../src/errors";
import { parseFederation } from "../../src/federation/read";
import { readYaml } from "../../src/federation/yaml-source";
import { federationOutputs, type FederationOutputs } from "./federation-outputs";

export type FileOutputs =
  | { readonly ok: true; readonly outputs: FederationOutputs; readonly warnings: readonly Warning[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Never throws for what a person may type. `version`: of the generator. */
export function fileOutputs(text: string, version: string): FileOutputs {
  try {
    const { federation, warnings } = parseFederation(text);
    const { value } = readYaml(text.replace(/^\ufeff/, ""));
    return { ok: true, warnings, outputs: federationOutputs(federation, value, version) };
  } catch (error) {
    if (error instanceof InputError) return { ok: false, problems: error.problems };
    throw error;
  }
}
