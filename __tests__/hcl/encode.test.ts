import { format } from "@cdktn/hcl-tools";
import fc from "fast-check";
import type { HclValue } from "../../src/hcl/encode";
import { call, expression, hclAttributes, hclComment, hclKey, hclString, hclValue } from "../../src/hcl/encode";
import { canonicalText } from "../../src/trust/canonical-json";
import { hostileText } from "../support/hostile-text";
import { readHcl } from "../support/read-hcl";
import { runs } from "../support/runs";

describe("strings", () => {
  test.each([
    ["plain", '"plain"'],
    ['a "quote" and a \\', '"a \\"quote\\" and a \\\\"'],
    ["${aws:username}", '"$${aws:username}"'],
    ["$${x} and $$${y}", '"$$${x} and $$$${y}"'],
    ["100%{if}", '"100%%{if}"'],
    ["$ % $x %x", '"$ % $x %x"'],
    ["line\nnext\r\ttab", '"line\\nnext\\r\\ttab"'],
    ["\b\f\u0000\u007f", '"\\u0008\\u000C\\u0000\\u007F"'],
    ["\ufeff\u202e\u200b\u00a0", '"\\uFEFF\\u202E\\u200B\\u00A0"'],
    ["😀 café", '"😀 café"'],
    ["\u{e0001}", '"\\U000E0001"'],
    ["e\u0301", '"é"'],
    ["\ud800x", '"\ufffdx"'],
    ["<<EOT\nEOT", '"<<EOT\\nEOT"'],
  ])("%j becomes %s", (text, hcl) => {
    expect(hclString(text)).toBe(hcl);
  });

  test("a reference goes in place of its stand-in after everything else is escaped", () => {
    expect(hclString('${x} "ID"', [["ID", "data.a.b"]])).toBe('"$${x} \\"${data.a.b}\\""');
  });
});

describe("keys", () => {
  test.each([
    ["lake-reader", "lake-reader"],
    ["_x1", "_x1"],
    ["1x", '"1x"'],
    ["a.b", '"a.b"'],
    ["for", '"for"'],
    ["null", '"null"'],
    ["", '""'],
    ["${x}", '"$${x}"'],
    ["größe", '"größe"'],
    // several characters that a reader sees as one: columns would be counted differently
    ["\u0e01\u0e33", '"\\u0E01\\u0E33"'],
  ])("%j becomes %s", (key, hcl) => {
    expect(hclKey(key)).toBe(hcl);
  });
});

describe("values", () => {
  test("objects stand on lines of their own, aligned in runs; short lists on one line", () => {
    expect(hclValue({ a: 1, long_name: [true, null], nested: { x: "y" }, b: [] })).toBe(
      [
        "{",
        "  a         = 1",
        "  long_name = [true, null]",
        "  nested = {",
        '    x = "y"',
        "  }",
        "  b = []",
        "}",
      ].join("\n"),
    );
  });

  test("expressions are printed as they are, calls are laid out like their argument", () => {
    expect(
      hclAttributes([
        ["role", expression("aws_iam_role.x.name")],
        ["policy", call("jsonencode", { Version: "1" })],
      ]),
    ).toBe(["role = aws_iam_role.x.name", "policy = jsonencode({", '  Version = "1"', "})"].join("\n"));
  });

  test("no value can pose as an expression", () => {
    const posing = JSON.parse('{"EXPRESSION": "file(\\"x\\")", "Symbol(HCL expression)": "x"}') as HclValue;
    expect(hclValue(posing)).toBe(
      '{\n  EXPRESSION               = "file(\\"x\\")"\n  "Symbol(HCL expression)" = "x"\n}',
    );
  });

  test("what is no number in HCL is refused", () => {
    expect(() => hclValue(Number.POSITIVE_INFINITY)).toThrow(RangeError);
    expect(hclValue(-0)).toBe("0");
  });

  test("a comment stays on its line", () => {
    expect(hclComment('x\n}\nresource "a" "b" {\u2028')).toBe('# x } resource "a" "b" { ');
  });
});

describe("properties", () => {
  const value: fc.Arbitrary<HclValue> = fc.letrec<{ value: HclValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      hostileText.filter((text) => text.length < 2_000),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(
        hostileText.filter((text) => text.length < 200),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const sample = fc.sample(fc.dictionary(fc.string({ maxLength: 8 }), value, { maxKeys: 4 }), {
    numRuns: runs(120),
    seed: 7,
  });

  test("every value comes back from the real parser as it went in, in NFC", async () => {
    const document = sample.map((object, index) => `v${index} = ${hclValue(object)}\n`).join("");
    const read = (await readHcl(document)) as Readonly<Record<string, unknown>>;
    sample.forEach((object, index) => expect(read[`v${index}`]).toEqual(canonical(object)));
  });

  test("what we lay out is what terraform fmt would", async () => {
    const document = sample.map((object, index) => `v${index} = ${hclValue(object)}\n`).join("\n");
    expect(await format(document)).toBe(document);
  });
});

function canonical(value: HclValue): unknown {
  if (typeof value === "string") return canonicalText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(canonical);
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [canonicalText(key), canonical(member as HclValue)]),
  );
}
