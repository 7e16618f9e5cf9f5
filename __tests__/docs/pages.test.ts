import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseFederation } from "../../src/federation";
import { codeBlocks, pages, pageText, REPOSITORY } from "../support/markdown";

test.each(pages())("%s links to files that exist", (page) => {
  const missing = [...pageText(page).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((match) => match[1] ?? "")
    .filter((link) => !/^[a-z]+:/.test(link) && !existsSync(join(REPOSITORY, dirname(page), link)));
  expect(missing).toEqual([]);
});

test.each(
  codeBlocks("yaml")
    .filter(({ code }) => /^name:/m.test(code) && !/^jobs:/m.test(code))
    .map((block) => [`${block.page}:${block.line}`, block.code]),
)("the federation in %s reads without a problem", (place, code) => {
  expect(parseFederation(code, { file: place }).federation.roles.length).toBeGreaterThan(0);
});

test("the README names every verb of the command line", async () => {
  const { VERBS } = await import("../../src/cli/help");
  const listed = [
    ...(/^```\n(issuer[\s\S]*?)^```$/m.exec(pageText("README.md"))?.[1]?.matchAll(/^(\w+) /gm) ?? []),
  ].map((match) => match[1]);
  expect(listed).toEqual(Object.keys(VERBS).filter((verb) => verb !== "completion"));
});
