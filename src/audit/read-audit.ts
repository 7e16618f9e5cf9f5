/** Reads a trail and audits a federation with it. */
import type { Federation } from "../federation/model";
import { type Audit, audit, roleFinder } from "./audit";
import { eventIdentity, innerRecord, readEvent, type TrailEvent } from "./event";
import { type RawRecord, recordScanner } from "./record-scanner";
import { seenRecords } from "./seen-records";
import { readTrail, type ReadTrail } from "./trail-files";
import { isTrailRow, readTrailRow } from "./trail-rows";
import { trailSummary } from "./trail-summary";

export interface AuditOptions {
  /** How long an identity may go unseen. */
  readonly days: number;
  readonly onProgress?: (bytes: number) => void;
}

export interface AuditedTrail extends Audit {
  readonly trail: ReadTrail & {
    readonly records: number;
    /** Records that were found again: trails overlap. */
    readonly repeated: number;
  };
}

/** Audits `federation` with the trail in `paths`. Throws as `readTrail`. */
export async function readAudit(
  federation: Federation,
  paths: readonly string[],
  { days, onProgress }: AuditOptions,
): Promise<AuditedTrail> {
  const find = roleFinder(federation);
  const { summary, add } = trailSummary((arn) => find(arn) !== undefined);
  const seen = seenRecords();
  let [records, repeated] = [0, 0];
  const takeRow = (record: RawRecord): boolean => {
    const row = readTrailRow(record);
    if (row === null) return false;
    records += row.count + row.repeated;
    repeated += row.repeated;
    add(row);
    return true;
  };
  const take = (record: RawRecord): boolean => {
    const inner = innerRecord(record);
    if (inner !== undefined) return takeInner(inner, take);
    if (isTrailRow(record)) return takeRow(record);
    const event: TrailEvent | null = readEvent(record);
    if (event === null) return false;
    records += 1;
    if (seen.add(eventIdentity(record))) add({ event, count: 1, last: event.time });
    else repeated += 1;
    return true;
  };
  const trail = await readTrail(paths, take, onProgress);
  return { trail: { ...trail, records, repeated }, ...(await audit(federation, summary, { days })) };
}

/** Whether the record that stands as text in another could be read. */
function takeInner(text: Buffer, take: (record: RawRecord) => boolean): boolean {
  let isRead = false;
  const scanner = recordScanner((record) => {
    isRead = !record.has("CloudTrailEvent") && take(record);
  });
  scanner.feed(text);
  return scanner.end() === 0 && isRead;
}
