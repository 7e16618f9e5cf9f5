/**
 * Finds the records in CloudTrail's JSON, piece by piece, without parsing it: a trail is larger than memory, and most
 * of its records concern other services. Pure.
 */

/** The members of a record that are read without parsing it. */
const MEMBERS = [
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
] as const;

export type Member = (typeof MEMBERS)[number];

const INDEX = Object.fromEntries(MEMBERS.map((name, index) => [name, index])) as Readonly<Record<Member, number>>;
/** By length: the names in bytes, each with its index. */
const BY_LENGTH = MEMBERS.reduce<{ readonly name: Buffer; readonly index: number }[][]>((lists, name, index) => {
  (lists[name.length] ??= []).push({ name: Buffer.from(name), index });
  return lists;
}, []);

/**
 * A record as it is written. There is one object for all records of a trail, as millions of them would cost more than
 * reading them: it is valid during the call that passes it.
 */
export class RawRecord {
  #piece: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** For each member where its value begins and ends in the piece; it ends at 0 where there is none. */
  readonly #places = new Int32Array(2 * MEMBERS.length);
  /** The value of each member in the last record that was asked for it: most repeat it. */
  readonly #last: { readonly bytes: Buffer; readonly text: string }[] = [];

  begin(piece: Buffer, start: number): void {
    this.#piece = piece;
    this.#start = start;
    this.#places.fill(0);
  }

  put(index: number, start: number, end: number): void {
    while (isSpace(this.#piece[start])) start += 1;
    while (isSpace(this.#piece[end - 1])) end -= 1;
    this.#places[2 * index] = start;
    this.#places[2 * index + 1] = end;
  }

  close(end: number): void {
    this.#end = end;
  }

  get bytes(): Buffer {
    return this.#piece.subarray(this.#start, this.#end);
  }

  has(member: Member): boolean {
    return (this.#places[2 * INDEX[member] + 1] ?? 0) > 0;
  }

  /** The value of `member` as it is written, with its quotes; undefined where there is none. */
  value(member: Member): Buffer | undefined {
    const [start, end] = this.#placeOf(member);
    return end === 0 ? undefined : this.#piece.subarray(start, end);
  }

  /** The value of `member` without its quotes; empty where there is none. None that is asked for has escapes. */
  text(member: Member): string {
    const [start, end] = this.#placeOf(member);
    if (end === 0) return "";
    const last = this.#last[INDEX[member]];
    if (last !== undefined && isAt(this.#piece, start, end, last.bytes)) return last.text;
    const written = this.#piece.toString("latin1", start, end);
    const text = written.startsWith('"') ? written.slice(1, -1) : written;
    this.#last[INDEX[member]] = { bytes: Buffer.from(this.#piece.subarray(start, end)), text };
    return text;
  }

  #placeOf(member: Member): readonly [number, number] {
    const index = 2 * INDEX[member];
    return [this.#places[index] ?? 0, this.#places[index + 1] ?? 0];
  }
}

/** Whether what is between `start` and `end` is `expected`. */
function isAt(bytes: Buffer, start: number, end: number, expected: Buffer): boolean {
  if (end - start !== expected.length) return false;
  for (let offset = expected.length - 1; offset >= 0; offset -= 1)
    if (bytes[start + offset] !== expected[offset]) return false;
  return true;
}

/** The index of the member whose name is between `start` and `end`; -1 for any other. */
function memberAt(bytes: Buffer, start: number, end: number): number {
  for (const { name, index } of BY_LENGTH[end - start] ?? []) if (isAt(bytes, start, end, name)) return index;
  return -1;
}

export interface RecordScanner {
  /** Scans the next piece. */
  readonly feed: (piece: Buffer) => void;
  /** How many records began and never ended, or were broken off by the next one. */
  readonly end: () => number;
}

const [QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d];
const [COMMA, COLON] = [0x2c, 0x3a];
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
  const record = new RawRecord();
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
      record.begin(bytes, start);
      const end = recordEnd(bytes, start, record);
      if (end > 0) {
        record.close(end);
        found(record);
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
 * record where that begins inside it. `record` is given the places of its members.
 */
function recordEnd(bytes: Buffer, start: number, record: RawRecord): number {
  const { length } = bytes;
  let depth = 0;
  let expectsName = false;
  let member = -1;
  let valueStart = 0;
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
      member = memberAt(bytes, from, at);
      if (member >= 0) valueStart = bytes.indexOf(COLON, at) + 1;
    } else if (meaning === OPENS) {
      depth += 1;
      if (depth === 1) expectsName = true;
    } else if (meaning === CLOSES) {
      if (depth === 1 && member >= 0) record.put(member, valueStart, at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 1) {
      if (member >= 0) record.put(member, valueStart, at);
      member = -1;
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
