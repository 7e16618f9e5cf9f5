import fc from "fast-check";
import { quoted, quotedWhole } from "../../src/text/text-rule";

test("a message shows characters beyond the first plane whole, and half of one escaped", () => {
  expect(quoted("team 😀")).toBe('"team 😀"');
  expect(quoted("a\ude00")).toBe('"a\\ude00"');
  // the cut falls into the 39th of these
  expect(quoted(`x${"😀".repeat(60)}`)).toBe(`"x${"😀".repeat(38)}..."`);
});

test("what a message quotes in whole reads back as it was", () => {
  fc.assert(fc.property(fc.fullUnicodeString(), (text) => JSON.parse(quotedWhole(text)) === text));
});
