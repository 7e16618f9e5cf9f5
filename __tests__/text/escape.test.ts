import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { markdownText } from "../../src/text/escape";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

const engine = new MarkdownIt({ html: true });

const WORST = [
  "_alice_@example.com",
  "__admin__",
  "~~bob~~",
  "&#97;lice@example.com",
  "&lt;b&gt;",
  "`a` <img src=x onerror=alert(1)> `b`",
  "[a](https://example.com)",
  "![a](x)",
  "<https://example.com>",
  "# a",
  "- a",
  "+ a",
  "1. a",
  "12) a",
  "---",
  "===",
  "***",
  "\\_a_",
  "\\\\`a`",
  "a|b",
  "a\\|b",
  "a_b_c",
  "```",
  "    a",
  "a_",
  "é_é_é",
];

const spaced = (text: string): string => text.replace(/\s+/g, " ");

/** Each place in a line where text goes, and the blocks around it. */
const PLACES: readonly (readonly [place: string, before: string, blocks: readonly string[]])[] = [
  ["a paragraph", "", ["paragraph"]],
  ["a list", "- ", ["bullet_list", "list_item", "paragraph"]],
  ["a heading", "### Role ", ["heading"]],
  ["a cell", "| x |\n|---|\n| ", ["table", "thead", "tr", "th", "tbody", "tr", "td"]],
];

test.each(PLACES)("Markdown in %s shows a text letter for letter, whatever is in it", (_, before, blocks) => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.constantFrom(...WORST), fc.string()), (text) => {
      fc.pre(text.trim() !== "" && text.length < 2000 && !/[\p{C}\p{Zl}\p{Zp}\p{DI}]/u.test(text));
      const tokens = engine.parse(`${before}${markdownText(text)}${before.startsWith("|") ? " |" : ""}`, {});
      expect(tokens.filter(({ nesting }) => nesting === 1).map(({ type }) => type.replace("_open", ""))).toEqual(
        blocks,
      );
      const line = tokens.filter(({ type }) => type === "inline").at(-1)?.children ?? [];
      expect(line.filter(({ type }) => type !== "text" && type !== "text_special")).toEqual([]);
      const shown = `${before.startsWith("#") ? "Role " : ""}${spaced(text).trim()}`;
      expect(spaced(line.map(({ content }) => content).join(""))).toBe(shown);
    }),
    { numRuns: runs(400), examples: WORST.map((text): [string] => [text]) },
  );
});
