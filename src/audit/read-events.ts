/** Reads the events of a trail, or rows of them: every record once, also those that stand as text in another. */
import { inputError } from "../errors";
import { eventIdentity, innerRecord, readEvent, type TrailEvent } from "./event";
import { type RawRecord, recordScanner } from "./record-scanner";
import { seenRecords } from "./seen-records";
import { readTrail, type ReadTrail } from "./trail-files";
import { isTrailRow, readTrailRow } from "./trail-rows";
import type { Occurrence } from "./trail-summary";

export interface ReadEvents extends ReadTrail {
  readonly records: number;
  /** Records that were found again: trails overlap. */
  readonly repeated: number;
}

/** Calls `add` for everything in the trail in `paths`, each record once. Throws as `readTrail`. */
export async function readEvents(
  paths: readonly string[],
  add: (occurrence: Occurrence) => void,
  onProgress?: (bytes: number) => void,
): Promise<ReadEvents> {
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
  return { ...trail, records, repeated };
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

/** Throws InputError trail-empty where nothing was a record of CloudTrail. `flag`: what named the files. */
export function requireRecords(
  { records, files, damaged }: Pick<ReadEvents, "records" | "files" | "damaged">,
  flag?: string,
): void {
  if (records > 0) return;
  throw inputError(
    "trail-empty",
    `No record of CloudTrail was found (files: ${files}, damaged: ${damaged.length}).`,
    "Name files that CloudTrail wrote, or a folder of them.",
    flag,
  );
}
