/** Reads the CloudTrail files that a verb was given, with its progress, and the days that it asks about. */
import type { AuditedTrail } from "../audit/read-audit";
import type { Federation } from "../federation/model";
import { progress } from "./run";
import { inputError } from "../errors";
import { quoted } from "../text/text-rule";

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

/** What `--days` says: a whole number. Throws InputError wrong-type. */
export function readDays(days: string): number {
  if (/^[1-9]\d{0,3}$/.test(days)) return Number(days);
  throw inputError(
    "wrong-type",
    `--days must be a whole number of 1 to 9,999, not ${quoted(days)}.`,
    "Write it like --days 90.",
    "days",
  );
}
