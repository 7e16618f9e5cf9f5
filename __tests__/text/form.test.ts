import fc from "fast-check";
import * as federationRules from "../../src/federation/rules";
import * as issuerRules from "../../src/issuer/rules";
import type { TextRule } from "../../src/text/text-rule";
import { satisfies, re2Rule } from "../../src/text/text-rule";
import * as trustRules from "../../src/trust/rules";
import { runs } from "../support/runs";

const RULES = Object.entries({ ...federationRules, ...issuerRules, ...trustRules }).filter(
  (entry): entry is [string, TextRule] => typeof entry[1] === "object" && "pattern" in entry[1],
);
/**
 * Rules with two long counts each, or one behind alternatives of several lengths: their sum is bounded, the parts are
 * not.
 */
const LOOSE = new Set(["CONDITION_VARIABLE", "POLICY_ARN", "BOUNDARY_ARN", "ROLE_ARN", "PROVIDER_ARN"]);

function keepsCheaply(rule: TextRule, text: string): boolean {
  const { pattern, maxLength } = re2Rule(rule);
  const javascript = pattern.replace(/\\x\{([0-9A-Fa-f]{4,6})\}/g, "\\u{$1}");
  return new RegExp(javascript, "u").test(text) && (maxLength === null || [...text].length <= maxLength);
}

/** Texts near the rule: its example cut, doubled, drawn out, and with odd characters in it. */
function near(rule: TextRule): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(rule.example, ...rule.example, "x", "-", "é", "\u0100", " ", "\n", "*", "{", "/", "😀"),
    fc.fullUnicode(),
  );
  return fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((parts) => parts.join("")),
    fc
      .tuple(
        fc.constantFrom("x", "a.", "-", "é"),
        fc.constantFrom(1, 62, 63, 64, 65, 127, 128, 129, 254, 255, 256, 257, 510, 511, 512, 513, 1000, 1001),
      )
      .map(([text, count]) => rule.example + text.repeat(count)),
    fc
      .tuple(fc.constantFrom("x", "a", "0"), fc.constantFrom(1, 63, 64, 65, 128, 129, 255, 256, 512, 513, 1000, 1001))
      .map(([text, count]) => text.repeat(count)),
  );
}

test.each(RULES)("%s lets through what the rule lets through", (name, rule) => {
  fc.assert(
    fc.property(near(rule), (text) => {
      if (LOOSE.has(name)) expect(satisfies(rule, text) && !keepsCheaply(rule, text)).toBe(false);
      else expect(keepsCheaply(rule, text)).toBe(satisfies(rule, text));
    }),
    { numRuns: runs(60) },
  );
});

test.each(RULES.filter(([name]) => !["EMAIL_DOMAIN", "HOST", "USER", "REASON"].includes(name)))(
  "%s counts no further than 32",
  (_, rule) => {
    const counts = [...re2Rule(rule).pattern.matchAll(/\{[0-9]+,([0-9]+)\}/g)].map(([, most]) => Number(most));
    expect(Math.max(0, ...counts)).toBeLessThanOrEqual(32);
  },
);
