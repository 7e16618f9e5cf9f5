/**
 * Puts a built site into a folder of sites, one folder a version:
 * `node scripts/add-site-version.mjs SITE FOLDER VERSION`. FOLDER/index.html leads to the newest version, and
 * FOLDER/all-versions.html lists all. Needs Node alone: the job that may write to the repository installs no package.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [site, folder, version] = process.argv.slice(2);
const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?$/;
if (site === undefined || folder === undefined || version === undefined || !VERSION.test(version)) {
  console.error("usage: node scripts/add-site-version.mjs SITE FOLDER VERSION");
  process.exit(2);
}
if (!existsSync(join(site, "index.html"))) {
  console.error(`${site} has no index.html: build the site first, with npm run site.`);
  process.exit(2);
}

mkdirSync(folder, { recursive: true });
rmSync(join(folder, version), { recursive: true, force: true });
cpSync(site, join(folder, version), { recursive: true });

/** Newest first; a pre-release comes after every release. */
const versions = readdirSync(folder)
  .filter((name) => VERSION.test(name) && statSync(join(folder, name)).isDirectory())
  .sort((a, b) => Number(a.includes("-")) - Number(b.includes("-")) || b.localeCompare(a, "en", { numeric: true }));
const [newest] = versions;

const page = (head, body) =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>databricks-aws-oidc: all versions of this site</title>
<style>:root { color-scheme: light dark; } body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem; }</style>
${head}</head>
<body><main>
${body}
</main></body>
</html>
`;
const items = versions.map((name) => `<li><a href="${name}/">${name}</a>${name === newest ? " (newest)" : ""}</li>`);
writeFileSync(
  join(folder, "all-versions.html"),
  page("", `<h1>All versions of this site</h1>\n<ul>\n${items.join("\n")}\n</ul>`),
);
writeFileSync(
  join(folder, "index.html"),
  page(
    `<meta http-equiv="refresh" content="0; url=${newest}/">\n`,
    `<h1>databricks-aws-oidc</h1>\n<p><a href="${newest}/">The newest version, ${newest}</a></p>`,
  ),
);
// GitHub Pages would leave out what begins with an underscore
writeFileSync(join(folder, ".nojekyll"), "");
