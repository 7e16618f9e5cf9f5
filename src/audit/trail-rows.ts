/** Rows of the table that the queries of `generate audit-queries` make: equal calls of one day, added up. Pure. */
import { asRecord, type Members, parsedJson } from "../text/members";
import type { EventPlace, TrailEvent } from "./event";
import type { RawRecord } from "./record-scanner";
import type { Occurrence } from "./trail-summary";

export interface TrailRow extends Occurrence {
  /** Records that several files held. */
  readonly repeated: number;
}

/** The form of the rows that the queries write, in their member `trail_row`. */
export const TRAIL_ROW_FORM = 1;

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** Whether `record` is a row and not a record of CloudTrail. */
export function isTrailRow(record: RawRecord): boolean {
  return record.has("trail_row");
}

/** The row that `record` is; null where it is none of this form. */
export function readTrailRow({ bytes }: RawRecord): TrailRow | null {
  const row = parsed(bytes);
  const text = (name: string): string => (typeof row[name] === "string" ? row[name] : "");
  const number = (name: string): number => (Number.isSafeInteger(row[name]) ? Number(row[name]) : 0);
  const [time, last, count] = [text("first"), text("last"), number("calls")];
  if (row["trail_row"] !== TRAIL_ROW_FORM || !TIME.test(time) || !TIME.test(last) || count < 1) return null;
  const place: EventPlace = {
    accountId: text("account_id"),
    region: text("region"),
    time,
    readOnly: row["read_only"] === true,
  };
  return { event: eventOf(row, place, text), count, last, repeated: Math.max(0, number("repeated")) };
}

function eventOf(
  row: Readonly<Record<string, unknown>>,
  place: EventPlace,
  text: (name: string) => string,
): TrailEvent {
  const kind = text("kind");
  if (kind === "call") return { kind, ...place, roleArn: text("role_arn"), service: text("service") };
  if (kind !== "assumption") return { kind: "other", ...place };
  return {
    kind,
    ...place,
    roleArn: text("role_arn"),
    providerArn: text("provider_arn"),
    audience: text("audience"),
    subject: text("subject"),
    sourceIp: text("source_ip"),
    // Spark leaves out members that are null
    error: typeof row["error"] === "string" ? row["error"] : null,
    message: text("message"),
    byThumbprint: row["by_thumbprint"] === true,
  };
}

function parsed(bytes: Buffer): Members {
  return asRecord(parsedJson(bytes.toString("utf8"))) ?? {};
}
