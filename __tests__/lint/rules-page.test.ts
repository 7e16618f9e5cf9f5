import { lintRulesPage } from "../../src/lint/rules-page";
import { LINT_RULES } from "../../src/lint/all-rules";
import { pageText } from "../support/markdown";

test("the page of lint rules is what the rules say", () => {
  expect(pageText("docs/lint-rules.md")).toBe(lintRulesPage());
});

test("every rule has its own heading and both examples as JSON that reads", () => {
  const page = lintRulesPage();
  for (const rule of LINT_RULES) expect(page).toContain(`\n### ${rule.id}\n`);
  const blocks = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? "");
  expect(blocks).toHaveLength(2 * LINT_RULES.length);
  for (const block of blocks) expect(() => JSON.parse(block)).not.toThrow();
});
