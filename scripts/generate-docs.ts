/**
 * Writes the pages that are made from code or data: docs/lint-rules.md, docs/unity-catalog.md, the table of rooms in
 * ARCHITECTURE.md. With `--check` writes nothing and exits 1 where one is stale.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unityCatalogPage } from "../src/explain/unity-catalog-page";
import { lintRulesPage } from "../src/lint/rules-page";
import { tell } from "../src/cli/run";
import ROOMS from "./rooms.json";

const PAGES: Readonly<Record<string, (now: string) => string>> = {
  "ARCHITECTURE.md": withRooms,
  "docs/lint-rules.md": lintRulesPage,
  "docs/unity-catalog.md": unityCatalogPage,
};

const check = process.argv.includes("--check");
for (const [page, render] of Object.entries(PAGES)) {
  const file = join(__dirname, "..", page);
  const now = textOf(file) ?? "";
  const text = render(now);
  if (!check) writeFileSync(file, text);
  else if (now !== text) {
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

/** `page` with the table of rooms between its markers. */
function withRooms(page: string): string {
  const rows = ROOMS.map(
    ({ room, holds, imports, pure }) =>
      `| \`src/${room}\` | ${holds} | ${pure ? "yes" : ""} | ${imports.length === 0 ? "nothing" : imports.join(", ")} |`,
  );
  const table = ["| room | what it holds | pure | may import |", "|---|---|---|---|", ...rows].join("\n");
  return page.replace(
    /(<!-- BEGIN_ROOMS[^>]*-->\n)[^]*(<!-- END_ROOMS -->)/,
    (_, begin: string, end: string) => `${begin}${table}\n${end}`,
  );
}
