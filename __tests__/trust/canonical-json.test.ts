import fc from "fast-check";
import type { Json } from "../../src/trust/canonical-json";
import { canonicalJson, canonicalText, compareUtf8 } from "../../src/trust/canonical-json";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

const text = fc.oneof(hostileText, fc.fullUnicodeString(), fc.string16bits());
const json = fc.letrec<{ value: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), text),
  value: fc.oneof(
    { weight: 3, arbitrary: tie("leaf") },
    fc.array(tie("value"), { maxLength: 4 }),
    fc.array(fc.tuple(text, tie("value")), { maxLength: 5 }).map((members) => Object.fromEntries(members) as Json),
  ),
})).value;

/** The value as Terraform would hold it. */
function terraformValue(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed().normalize("NFC");
  if (typeof value === "number") return value + 0;
  if (Array.isArray(value)) return value.map(terraformValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [terraformValue(key), terraformValue(member)]),
  );
}

function everyObject(value: unknown, visit: (keys: readonly string[]) => void): void {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(Object.keys(value));
  for (const member of Object.values(value)) everyObject(member, visit);
}

test.each<[what: string, value: Json, bytes: string]>([
  ["keys sorted, no white space", { b: [1, 2], a: { d: null, c: true } }, '{"a":{"c":true,"d":null},"b":[1,2]}'],
  [
    "keys sorted by UTF-8 bytes, not by UTF-16 units",
    { "\u{1F600}": 1, "\uFF5E": 2, é: 3, z: 4 },
    '{"z":4,"é":3,"\uFF5E":2,"\u{1F600}":1}',
  ],
  ["keys that look like numbers sorted as text", { 10: "b", 9: "a", 1: "c" }, '{"1":"c","10":"b","9":"a"}'],
  ["what HTML minds is escaped", "<a href='x'>&</a>", "\"\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e\""],
  ["line separators are escaped", "a\u2028b\u2029c", '"a\\u2028b\\u2029c"'],
  [
    "control characters as Go writes them",
    "\u0000\u0007\b\t\n\f\r\u001b\u007f",
    '"\\u0000\\u0007\\b\\t\\n\\f\\r\\u001b\u007f"',
  ],
  ["quotes and backslashes", '"\\', '"\\"\\\\"'],
  ["slashes are left alone", "arn:aws:iam::1:role/x", '"arn:aws:iam::1:role/x"'],
  ["NFC", "e\u0301 \u212B", '"é Å"'],
  ["keys in NFC", { "e\u0301": 1 }, '{"é":1}'],
  ["of two keys that NFC makes one, the later counts", { é: 1, "e\u0301": 2 }, '{"é":2}'],
  ["lone surrogates become the replacement character", "a\ud800b\udc00", '"a\uFFFDb\uFFFD"'],
  ["a surrogate pair stays", "\ud83d\ude00", '"\u{1F600}"'],
  ["minus zero is zero", -0, "0"],
  [
    "a member called __proto__ is a member",
    JSON.parse('{"__proto__":{"a":1},"b":2}') as Json,
    '{"__proto__":{"a":1},"b":2}',
  ],
  ["empty things", [{}, [], ""], '[{},[],""]'],
])("%s", (_, value, bytes) => {
  expect(canonicalJson(value)).toBe(bytes);
});

test.each([1.5, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY])(
  "%d is refused: Terraform writes it otherwise",
  (number) => {
    expect(() => canonicalJson({ a: [number] })).toThrow(RangeError);
  },
);

test("it parses back to the value as Terraform holds it, with sorted keys, and is a fixed point", () => {
  fc.assert(
    fc.property(json, (value) => {
      const bytes = canonicalJson(value);
      const parsed = JSON.parse(bytes) as Json;
      expect(parsed).toEqual(terraformValue(value));
      expect(canonicalJson(parsed)).toBe(bytes);
    }),
    { numRuns: runs(300) },
  );
});

test(
  "nothing but the characters JSON needs stands between the strings, and none that jsonencode escapes " + "stands bare",
  () => {
    fc.assert(
      fc.property(json, (value) => {
        const bytes = canonicalJson(value);
        expect(bytes).not.toMatch(/[<>&\u2028\u2029\u0000-\u001f]/);
        expect(bytes.replace(/"(?:[^"\\]|\\.)*"/g, "")).toMatch(/^[[\]{},:0-9a-z-]*$/);
      }),
      { numRuns: runs(200) },
    );
  },
);

test("the order of keys is that of their UTF-8 bytes", () => {
  const sign = (number: number): number => Math.sign(number);
  fc.assert(
    fc.property(text, text, (left, right) => {
      const [a, b] = [canonicalText(left), canonicalText(right)];
      expect(sign(compareUtf8(a, b))).toBe(sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { numRuns: runs(800) },
  );
  fc.assert(
    fc.property(json, (value) => {
      // JSON.parse moves keys that look like array indices to the front; those aside, the order is as written
      everyObject(JSON.parse(canonicalJson(value)), (keys) => {
        const named = keys.filter((key) => !/^\d+$/.test(key));
        expect(named).toEqual([...named].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right))));
      });
    }),
    { numRuns: runs(200) },
  );
});
