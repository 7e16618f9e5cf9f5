/** Reads a trail and audits a federation with it. */
import type { Federation } from "../federation/model";
import { type Audit, audit, roleFinder } from "./audit";
import { readEvents, type ReadEvents } from "./read-events";
import { trailSummary } from "./trail-summary";

export interface AuditOptions {
  /** How long an identity may go unseen. */
  readonly days: number;
  readonly onProgress?: (bytes: number) => void;
}

export interface AuditedTrail extends Audit {
  readonly trail: ReadEvents;
}

/** Audits `federation` with the trail in `paths`. Throws as `readTrail`. */
export async function readAudit(
  federation: Federation,
  paths: readonly string[],
  { days, onProgress }: AuditOptions,
): Promise<AuditedTrail> {
  const find = roleFinder(federation);
  const { summary, add } = trailSummary((arn) => find(arn) !== undefined);
  const trail = await readEvents(paths, add, onProgress);
  return { trail, ...(await audit(federation, summary, { days })) };
}
