/**
 * Writes the pages that are made from code: docs/lint-rules.md, docs/unity-catalog.md. With `--check` writes nothing
 * and exits 1 where one is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unityCatalogPage } from "../src/explain/unity-catalog-page";
import { lintRulesPage } from "../src/lint/rules-page";
import { tell } from "./run";

const PAGES: Readonly<Record<string, () => string>> = {
  "docs/lint-rules.md": lintRulesPage,
  "docs/unity-catalog.md": unityCatalogPage,
};

const check = process.argv.includes("--check");
for (const [page, render] of Object.entries(PAGES)) {
  const file = join(__dirname, "..", page);
  const text = render();
  if (!check) writeFileSync(file, text);
  else if (textOf(file) !== text) {
    tell(`${page} is not what its source makes; run npm run generate.`);
    process.exitCode = 1;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
