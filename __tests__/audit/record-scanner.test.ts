import fc from "fast-check";
import { type RawRecord, recordScanner } from "../../src/audit/record-scanner";
import { assumption, trailFile } from "./trail";

/** The records found in `bytes` cut into pieces of `size`, and how many were broken. */
function scanned(text: string, size = 1 << 20): { readonly records: readonly unknown[]; readonly broken: number } {
  const records: unknown[] = [];
  const scanner = recordScanner(({ bytes }: RawRecord) => records.push(JSON.parse(bytes.toString("utf8"))));
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) scanner.feed(bytes.subarray(at, at + size));
  return { records, broken: scanner.end() };
}

const record = fc.dictionary(
  fc.string().filter((name) => name !== "Records" && name !== "Events" && name !== "__proto__"),
  fc.jsonValue(),
);

test("finds every record, however the text is laid out and cut into pieces", () => {
  const layouts: readonly ((records: readonly unknown[]) => string)[] = [
    trailFile,
    (records) => JSON.stringify({ Records: records }, null, 2),
    (records) => JSON.stringify(records),
    (records) => records.map((one) => `${JSON.stringify(one)}\n`).join(""),
  ];
  fc.assert(
    fc.property(
      fc.array(
        record.map((one) => ({ eventVersion: "1.10", ...one })),
        { maxLength: 5 },
      ),
      fc.constantFrom(...layouts),
      fc.integer({ min: 1, max: 300 }),
      (records, layout, size) => {
        expect(scanned(layout(records), size)).toEqual({ records: JSON.parse(JSON.stringify(records)), broken: 0 });
      },
    ),
    { numRuns: 200 },
  );
});

test.each<readonly [string, (text: string) => string, number]>([
  ["cut off in the middle", (text) => text.slice(0, -500), 2],
  [
    "whose first record is cut off in a string",
    (text) => `{"Records":[{"eventVersion":"1.08","a":"b${text.slice(11)}`,
    3,
  ],
  ["whose first record never closes", (text) => `{"Records":[{"eventVersion":"1.08","a":[{${text.slice(11)}`, 3],
  ["that begins in the middle of a record", (text) => `ode":1}},${text.slice(12)}`, 3],
])("finds the whole records of a file %s", (_, damage, whole) => {
  const records = [assumption(), assumption(), assumption()];
  expect(scanned(damage(trailFile(records))).records).toEqual(records.slice(0, whole));
  expect(scanned(damage(trailFile(records)), 97).records).toEqual(records.slice(0, whole));
});

test("says where the members of a record are, and of no object inside it", () => {
  const found: string[] = [];
  const scanner = recordScanner((record) => {
    for (const name of ["eventTime", "eventName", "readOnly"] as const)
      if (record.has(name)) found.push(`${name}=${record.value(name)?.toString()}`, record.text(name));
  });
  scanner.feed(
    Buffer.from('{"Records":[{"a":{"eventTime":"no"}, "eventTime" : "yes" ,"b":["eventName"],"readOnly":true}]}'),
  );
  scanner.end();
  expect(found).toEqual(['eventTime="yes"', "yes", "readOnly=true", "true"]);
});
