/** The federation that a verb works on: of a federation file, or of a Terraform plan or state. */
import type { Warning } from "../errors";
import type { Federation } from "../federation/model";
import { hide, tell } from "./run";
import { asRecord, type Members, parsedJson } from "../text/members";

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
  const { readText } = await import("../files/read-file");
  if (options.plan !== undefined) return ofPlan(readText(options.plan, PLAN_FIX), options.plan);
  const { DEFAULT_FEDERATION_FILE, readFederationFile } = await import("../files/load-federation");
  const file = options.config ?? DEFAULT_FEDERATION_FILE;
  return { ...readFederationFile(file), file };
}

/** Reads `file`, which is a federation file, or a plan or a state as JSON. Throws as `readSource`. */
export async function readAnySource(file: string): Promise<FederationSource> {
  const [{ readText }, { parseFederation }] = await Promise.all([
    import("../files/read-file"),
    import("../federation"),
  ]);
  const text = readText(file);
  return "format_version" in membersIn(text)
    ? ofPlan(text, file)
    : { ...parseFederation(text, { file, now: Date.now() / 1000 }), file };
}

async function ofPlan(text: string, file: string): Promise<FederationSource> {
  const [{ federationOfPlan }, { sensitiveTexts }] = await Promise.all([
    import("../adopt/federation-of-plan"),
    import("../trust/documents/sensitive-texts"),
  ]);
  hide(sensitiveTexts(membersIn(text)));
  const { federation, notes } = federationOfPlan(text, file);
  for (const note of notes) tell(`note: ${note}`);
  return { federation, warnings: [], file };
}

/** The members of `text`; none where it is no JSON object. */
function membersIn(text: string): Members {
  return asRecord(parsedJson(text.replace(/^\ufeff/, ""))) ?? {};
}
