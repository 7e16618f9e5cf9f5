/**
 * Finds the records in CloudTrail's JSON, piece by piece, without parsing it: a trail is larger than memory, and most
 * of its records concern other services. Pure.
 */

/** The members of a record that are read without parsing it, by name. */
const MEMBERS: ReadonlySet<string> = new Set([
  "eventID",
  "readOnly",
  "eventTime",
  "eventName",
  "awsRegion",
  "eventSource",
  "userIdentity",
  "recipientAccountId",
  "CloudTrailEvent",
  // of a row of the table that generate audit-queries makes
  "trail_row",
]);
const LENGTHS: ReadonlySet<number> = new Set([...MEMBERS].map(({ length }) => length));
const FIRST_BYTES: ReadonlySet<number> = new Set([...MEMBERS].map((name) => name.charCodeAt(0)));

/** A record as it is written. */
export interface RawRecord {
  /** Only valid during the call that passes the record. */
  readonly bytes: Buffer;
  /** Where the value of each of `MEMBERS` begins and ends in `bytes`. */
  readonly members: ReadonlyMap<string, readonly [start: number, end: number]>;
}

export interface RecordScanner {
  /** Scans the next piece. */
  readonly feed: (piece: Buffer) => void;
  /** How many records began and never ended, or were broken off by the next one. */
  readonly end: () => number;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d, 0x2c];
/** How every record that CloudTrail delivers begins. */
const MARKER = Buffer.from('{"eventVersion":');
/** CloudTrail cuts an event at 256 kB; with escapes it may be longer. */
const LONGEST_RECORD = 4 << 20;
/** Objects that hold the list of records: a delivered file, and what `aws cloudtrail lookup-events` prints. */
const CONTAINERS = [Buffer.from('"Records"'), Buffer.from('"Events"')] as const;
/** More than stands before the name of a container's list. */
const BEGINNING = 64;
/** What a byte means between texts; 0: nothing. */
const [NAME_OR_TEXT, OPENS, CLOSES, SEPARATES] = [1, 2, 3, 4];
const MEANING = new Uint8Array(256);
MEANING[QUOTE] = NAME_OR_TEXT;
for (const byte of [OPEN, OPEN_LIST]) MEANING[byte] = OPENS;
for (const byte of [CLOSE, CLOSE_LIST]) MEANING[byte] = CLOSES;
MEANING[COMMA] = SEPARATES;

/** Calls `found` for every record of the JSON that it is fed: files of CloudTrail, lookup-events, or JSON lines. */
export function recordScanner(found: (record: RawRecord) => void): RecordScanner {
  /** What of the last piece is not scanned to its end. */
  let rest: Buffer = Buffer.alloc(0);
  let broken = 0;

  /** Scans `bytes`; returns where the part begins that needs more bytes. */
  const scan = (bytes: Buffer, isLast: boolean): number => {
    let at = 0;
    for (;;) {
      const start = bytes.indexOf(OPEN, at);
      if (start < 0) return bytes.length;
      if (!isLast && bytes.length - start < BEGINNING) return start;
      const list = listIn(bytes, start);
      if (list > 0) {
        at = list;
        continue;
      }
      const members = new Map<string, readonly [number, number]>();
      const end = recordEnd(bytes, start, members);
      if (end > 0) {
        found({ bytes: bytes.subarray(start, end), members });
        at = end;
      } else if (end < 0) {
        // the next record begins inside it
        broken += 1;
        at = -end;
      } else if (!isLast && bytes.length - start < LONGEST_RECORD) return start;
      else {
        broken += 1;
        const next = bytes.indexOf(MARKER, start + 1);
        if (next < 0) return bytes.length;
        at = next;
      }
    }
  };

  return {
    feed: (piece) => {
      const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      rest = Buffer.from(bytes.subarray(scan(bytes, false)));
    },
    end: () => {
      scan(rest, true);
      rest = Buffer.alloc(0);
      return broken;
    },
  };
}

/**
 * Where the record ends that begins at `start`; 0 where `bytes` end before it does; the negative place of the next
 * record where that begins inside it. `members` is filled with places relative to `start`.
 */
function recordEnd(bytes: Buffer, start: number, members: Map<string, readonly [number, number]>): number {
  const { length } = bytes;
  let depth = 0;
  let expectsName = false;
  let name = "";
  let valueStart = 0;
  const closeMember = (end: number): void => {
    if (name !== "") members.set(name, [valueStart - start, end - start]);
    name = "";
  };
  for (let at = start; at < length; at += 1) {
    const meaning = MEANING[bytes[at] ?? 0];
    if (meaning === 0) continue;
    if (meaning === NAME_OR_TEXT) {
      const from = at + 1;
      if (bytes[at - 1] === OPEN && at - 1 > start && beginsRecord(bytes, at - 1)) return -(at - 1);
      for (at = from; at < length && bytes[at] !== QUOTE; at += 1) if (bytes[at] === BACKSLASH) at += 1;
      if (at >= length) return nextRecord(bytes, from);
      if (!expectsName) continue;
      expectsName = false;
      if (!LENGTHS.has(at - from) || !FIRST_BYTES.has(bytes[from] ?? 0)) continue;
      const written = bytes.toString("latin1", from, at);
      if (!MEMBERS.has(written)) continue;
      name = written;
      valueStart = bytes.indexOf(":", at) + 1;
    } else if (meaning === OPENS) {
      depth += 1;
      if (depth === 1) expectsName = true;
    } else if (meaning === CLOSES) {
      if (depth === 1) closeMember(at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 1) {
      closeMember(at);
      expectsName = true;
    }
  }
  return 0;
}

/** Where the name ends of the list that the object at `start` holds; 0 where it is a record. */
function listIn(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (at < bytes.length && isSpace(bytes[at])) at += 1;
  const list = CONTAINERS.find((name) => bytes[at + 1] === name[1] && startsWith(bytes, at, name));
  return list === undefined ? 0 : at + list.length;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function startsWith(bytes: Buffer, at: number, text: Buffer): boolean {
  return bytes.length - at >= text.length && bytes.compare(text, 0, text.length, at, at + text.length) === 0;
}

function beginsRecord(bytes: Buffer, at: number): boolean {
  // most objects begin otherwise
  return bytes[at + 2] === MARKER[2] && bytes[at + 3] === MARKER[3] && startsWith(bytes, at, MARKER);
}

/** The negative place of the record after a text that begins at `from` and has no end; 0 where there is none yet. */
function nextRecord(bytes: Buffer, from: number): number {
  const next = bytes.indexOf(MARKER, from);
  return next < 0 ? 0 : -next;
}
