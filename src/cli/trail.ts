/** Reads the CloudTrail files that a verb was given, with its progress. */
import type { AuditedTrail } from "../audit/read-audit";
import type { Federation } from "../federation/model";
import { progress } from "./run";

/** For a reader of a trail: shows how much is read. */
export function showTrailProgress(bytes: number): void {
  progress(`read ${Math.round(bytes / 1e6)} MB of the trail`);
}

/** What CloudTrail shows of `federation`. `flag`: what named the files. Throws InputError: also trail-empty. */
export async function auditTrail(
  federation: Federation,
  paths: readonly string[],
  days: number,
  flag?: string,
): Promise<AuditedTrail> {
  const [{ readAudit }, { requireRecords }] = await Promise.all([
    import("../audit/read-audit"),
    import("../audit/read-events"),
  ]);
  const found = await readAudit(federation, paths, { days, onProgress: showTrailProgress });
  requireRecords(found.trail, flag);
  return found;
}
