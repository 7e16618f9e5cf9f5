/**
 * Writes the pages that are made from code or data: docs/lint-rules.md, and the tables of rooms, fields, clouds,
 * principals and mechanisms in other pages. With `--check` writes nothing and exits 1 where one is stale.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { REASONS } from "../src/adopt/reasons";
import { version } from "../package.json";
import NAVIGATION from "../site/navigation.json";
import { featuresTable, mechanismsTable } from "../src/explain/mechanisms";
import { ACCOUNT_ISSUER_FIELDS, WORKSPACE_ISSUER_FIELDS } from "../src/federation/fields/issuer";
import { ROLE_FIELDS } from "../src/federation/fields/role";
import { BACKENDS } from "../src/federation/schema";
import { IDENTITY_FIELDS, SETTING_FIELDS } from "../src/federation/fields/settings";
import { fieldTable } from "../src/federation/fields/table";
import { SUBJECT_TRUST_FIELDS } from "../src/federation/fields/trust";
import { cloudsTable, principalsTable } from "../src/issuer/clouds";
import { lintRulesPage } from "../src/lint/rules-page";
import { markdownTable } from "../src/text/table";
import { tell } from "../src/cli/run";
import { firstCommands, installCommand, PUBLISHED, withAddresses } from "./published";
import ROOMS from "./rooms.json";

/** The reasons of adopt, each with what it says. */
const reasonsTable = (): string =>
  markdownTable(
    ["reason", "meaning"],
    Object.entries(REASONS).map(([reason, says]) => [`\`${reason}\``, says]),
  );

/** The pages as the documentation site groups them. */
function pageList(): string {
  const fileOf = (page: string): string =>
    existsSync(join(__dirname, "..", "docs", `${page}.md`)) ? `docs/${page}.md` : `${page.toUpperCase()}.md`;
  return NAVIGATION.map(
    ({ group, pages }) =>
      `- ${group}: ${pages.map(([page, title]) => `[${title}](${fileOf(page ?? "")})`).join(" · ")}`,
  ).join("\n");
}

const PAGES: Readonly<Record<string, (now: string) => string>> = {
  "ARCHITECTURE.md": withRooms,
  "docs/adopt.md": (page) => withTable(page, "REASONS", reasonsTable()),
  "README.md": (page) =>
    withTable(withTable(page, "FIRST_COMMANDS", firstCommands(PUBLISHED, version)), "PAGES", pageList()),
  "docs/cdktf.md": withInstallation,
  "docs/federation-file.md": withFields,
  "docs/issuer.md": (page) => withTable(page, "CLOUDS", cloudsTable()),
  "docs/lint-rules.md": lintRulesPage,
  "docs/unity-catalog.md": (page) =>
    withTable(
      withTable(withTable(page, "MECHANISMS", mechanismsTable()), "FEATURES", featuresTable()),
      "PRINCIPALS",
      principalsTable(),
    ),
  "package.json": (text) => withAddresses(text, PUBLISHED),
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

/** `page` with the commands that install the constructs for each kit. */
function withInstallation(page: string): string {
  return Object.entries({
    cdktf: ["cdktf@0.21", "@cdktf/provider-aws@21", "constructs@10.7"],
    cdktn: ["cdktn@0.24", "@cdktn/provider-aws@25", "constructs@10.7"],
  }).reduce(
    (text, [kit, peers]) => withTable(text, `INSTALL ${kit}`, installCommand(PUBLISHED, version, ...peers)),
    page,
  );
}

/** `page` with the table of rooms between its markers. */
function withRooms(page: string): string {
  const rows = ROOMS.map(({ room, holds, imports, pure }) => [
    `\`src/${room}\``,
    holds,
    pure ? "yes" : "",
    imports.length === 0 ? "nothing" : imports.join(", "),
  ]);
  return withTable(page, "ROOMS", markdownTable(["room", "what it holds", "pure", "may import"], rows));
}

/** `page` with the tables of fields and of backends between their markers. */
function withFields(page: string): string {
  const rows = BACKENDS.flatMap(({ shape: { type, ...settings } }) =>
    Object.entries(settings).map(([name, schema]) => {
      const [needed, { description = "" }] =
        schema instanceof z.ZodOptional ? ["optional", schema.unwrap()] : ["required", schema];
      return [`\`${type.value}\``, `\`${name}\``, description, needed];
    }),
  );
  const backends = markdownTable(["type", "setting", "meaning", "needed"], rows);
  return Object.entries({
    settings: SETTING_FIELDS,
    identity: IDENTITY_FIELDS,
    workspace: WORKSPACE_ISSUER_FIELDS,
    account: ACCOUNT_ISSUER_FIELDS,
    trust: SUBJECT_TRUST_FIELDS,
    role: ROLE_FIELDS,
  }).reduce(
    (text, [name, fields]) => withTable(text, `FIELDS ${name}`, fieldTable(fields)),
    withTable(page, "BACKENDS", backends),
  );
}

/** `page` with `table` between the markers `BEGIN_<name>` and the next `END_<first word of name>`. */
function withTable(page: string, name: string, table: string): string {
  const end = `<!-- END_${name.split(" ")[0] ?? ""} -->`;
  const begins = page.indexOf(`<!-- BEGIN_${name}`);
  const from = page.indexOf("\n", begins) + 1;
  const to = page.indexOf(end, from);
  if (begins < 0 || to < 0) throw new RangeError(`the page has no markers for ${name}`);
  return `${page.slice(0, from)}${table}\n${page.slice(to)}`;
}
