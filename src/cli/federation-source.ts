/** The federation that a verb works on: of a federation file, or of a Terraform plan or state. */
import type { Warning } from "../errors";
import type { Federation } from "../federation/model";
import { tell } from "./run";

export interface FederationSource {
  readonly federation: Federation;
  readonly warnings: readonly Warning[];
  /** The path it was read from. */
  readonly file: string;
}

/** How to write the JSON of a plan or a state. */
const PLAN_FIX = "Write it with terraform show -json PLAN (or terraform show -json for the state).";

/**
 * Reads `plan`, else `config`, else ./federation.yaml; prints what was assumed of a plan. Throws what
 * `readFederationFile` and `federationOfPlan` throw.
 */
export async function readSource(options: {
  readonly config: string | undefined;
  readonly plan?: string | undefined;
}): Promise<FederationSource> {
  if (options.plan !== undefined) {
    const [{ readText }, { federationOfPlan }] = await Promise.all([
      import("../files/read-file"),
      import("../adopt/federation-of-plan"),
    ]);
    const { federation, notes } = federationOfPlan(readText(options.plan, PLAN_FIX), options.plan);
    for (const note of notes) tell(`note: ${note}`);
    return { federation, warnings: [], file: options.plan };
  }
  const { DEFAULT_FEDERATION_FILE, readFederationFile } = await import("../files/load-federation");
  const file = options.config ?? DEFAULT_FEDERATION_FILE;
  return { ...readFederationFile(file), file };
}

/** Whether `file` is a plan or a state as JSON, and not a federation file. */
export async function isPlanFile(file: string): Promise<boolean> {
  const { readText } = await import("../files/read-file");
  const text = readText(file);
  try {
    const document: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof document === "object" && document !== null && "format_version" in document;
  } catch {
    return false;
  }
}
