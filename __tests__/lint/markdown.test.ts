import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { lintDocuments } from "../../src/lint/lint-documents";
import { lintMarkdown } from "../../src/lint/output/markdown";
import { readDocument } from "../../src/lint/read-document";
import { markdownCode } from "../../src/text/escape";
import { hostileText } from "../support/hostile-text";
import { planOf, resourceChange, trustText } from "../support/plan-json";
import { runs } from "../support/runs";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const engine = new MarkdownIt({ html: true, linkify: true });
type Token = ReturnType<typeof engine.parse>[number];

/** All tokens, those inside a line too. */
const tokensOf = (markdown: string): readonly Token[] =>
  engine.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);

/** What GitHub would read as Markdown or a mention: everything that is not code. */
function outsideCode(markdown: string): string {
  return tokensOf(markdown)
    .filter(({ type }) => type === "text" || type === "html_inline" || type === "html_block")
    .map(({ content }) => content)
    .join("\n");
}

const WORST = [
  "@octocat",
  "`` @octocat `",
  "x`\n\n# @octocat",
  "<img src=x onerror=alert(1)>",
  "![a](http://x/y.png)",
  "https://example.com",
  "acme/repo#1",
  "$`x`$",
  "\n::error::x",
  "-->",
  "| a | b |\n|---|---|",
  "",
  " ",
  "`",
  "``",
];

test("code shows any text whole, as one piece of code and nothing else", () => {
  fc.assert(
    fc.property(fc.oneof(hostileText, fc.constantFrom(...WORST), fc.string()), (text) => {
      const [paragraph, ...others] = engine.parse(`x ${markdownCode(text)} y`, {}).filter(({ children }) => children);
      expect(others).toEqual([]);
      const code = paragraph?.children?.filter(({ type }) => type === "code_inline") ?? [];
      expect(outsideCode(`x ${markdownCode(text)} y`).trim()).toBe("x \n y");
      expect(code).toHaveLength(1);
      if (!/[\p{C}\p{Zl}\p{Zp}\p{DI}]/u.test(text) && text.trim() !== "") expect(code[0]?.content).toBe(text);
    }),
    { numRuns: runs(400), examples: WORST.map((text): [string] => [text]) },
  );
});

async function markdownOf(text: string): Promise<string> {
  const role = (subject: string): Readonly<Record<string, unknown>> => ({
    name: text,
    assume_role_policy: trustText(ISSUER, text, [subject]),
  });
  const plan = planOf([resourceChange(`aws_iam_role.this[${JSON.stringify(text)}]`, role("one"), role(`${text}*`))]);
  const document = await readDocument(JSON.stringify(plan), "plan.json");
  return lintMarkdown(lintDocuments([{ file: text, document }]));
}

test("says who gains and who loses a role, and shows what others wrote as code alone", async () => {
  const plain = await markdownOf("reader");
  expect(plain).toContain("**Who gets in changes: 1 gained, 1 lost, in 1 role.**");
  expect(plain).toContain(
    '- `aws_iam_role.this["reader"]` (changed)\n  - **gains it**: `identities that match "reader*"',
  );
  expect(plain).toContain(`  - loses it: \`one of https://${ISSUER}, audience reader\``);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.constantFrom(...WORST), hostileText), async (text) => {
      const markdown = await markdownOf(text);
      const outside = outsideCode(markdown);
      expect(outside).not.toMatch(/[@#<>$|[\]]|https?:|octocat/);
      const odd = tokensOf(markdown).filter(
        ({ type }) =>
          !/^(?:inline|text|code_inline|softbreak|(?:paragraph|strong|bullet_list|list_item)_(?:open|close))$/.test(
            type,
          ),
      );
      expect(odd.map(({ type }) => type)).toEqual([]);
    }),
    { numRuns: runs(40), examples: WORST.map((text): [string] => [text]) },
  );
});

test("says that nothing changes only where there was something to compare with", async () => {
  const policy = async (): ReturnType<typeof readDocument> =>
    readDocument(trustText(ISSUER, "1", ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"]), "policy.json");
  const named = [{ file: "policy.json", document: await policy() }];
  const compared = lintDocuments(named, { before: await policy() });
  expect([lintDocuments(named).compared, compared.compared]).toEqual([false, true]);
  expect(lintMarkdown(compared)).toBe("**No one gains or loses a role.**\n\n**No findings (1 role checked)**");
  expect(lintMarkdown(lintDocuments(named))).toBe("**No findings (1 role checked)**");
});
