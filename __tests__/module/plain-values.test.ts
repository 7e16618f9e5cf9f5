import fc from "fast-check";
import * as federation from "../../src/federation/rules";
import { jsonText, jsonTexts, unlessPlain } from "../../src/module/plain-values";
import type { TextRule } from "../../src/text/text-rule";
import { satisfies } from "../../src/text/text-rule";
import * as trust from "../../src/trust/rules";

const isRule = (value: unknown): value is TextRule => typeof value === "object" && value !== null && "form" in value;
const RULES = Object.entries({ ...federation, ...trust }).filter((entry): entry is [string, TextRule] =>
  isRule(entry[1]),
);

/** RE2's expression, as JavaScript writes it. */
function javascript(form: string): RegExp {
  return new RegExp(`^${form.replace(/\\x\{([0-9A-F]+)\}/g, "\\u{$1}")}$`, "u");
}

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'aZ0-_.:/@ *?"\\,[]{}<&\n\u00e9\u2028') }),
  ...RULES.map(([, rule]) => fc.constantFrom(rule.example, ...rule.wrong)),
);

test.each(RULES)("values that look plain satisfy %s", (_, rule) => {
  const plain = javascript(jsonTexts(rule));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
      fc.pre(plain.test(JSON.stringify(texts)));
      expect(texts.filter((value) => !satisfies(rule, value))).toEqual([]);
    }),
    { numRuns: 300, maxSkipsPerRun: 10_000 },
  );
});

test.each(RULES.filter(([, rule]) => jsonText(rule) !== undefined && !rule.example.includes('"')))(
  "the example of %s looks plain, and its wrong values do not",
  (_, rule) => {
    const plain = javascript(jsonTexts(rule));
    expect(plain.test(JSON.stringify([rule.example, rule.example]))).toBe(true);
    for (const wrong of rule.wrong) expect(plain.test(JSON.stringify([rule.example, wrong]))).toBe(false);
  },
);

test("loops over few objects, and those of no list, run always", () => {
  const few = [{ name: "issuer", over: "var.issuers", at: "issuers", few: true as const }];
  expect(unlessPlain(few, "issuer.host", "null")).toBe(few);
  expect(unlessPlain([], "var.name", "null")).toEqual([]);
});
