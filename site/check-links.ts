/** Every link of the built site leads to a file of it and, with a fragment, to an element. Exits with 1 where not. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

const DIST = join(import.meta.dirname, ".vitepress", "dist");
const base = process.env["SITE_BASE"] ?? "/";
/** What lies beside the site of this version, once it is published. */
const BESIDE = process.env["SITE_VERSIONS"] === undefined ? [] : ["../index.html", process.env["SITE_VERSIONS"]];

const pages = new Map(
  readdirSync(DIST, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .map((file) => [file.replaceAll("\\", "/"), readFileSync(join(DIST, file), "utf8")]),
);
const ids = new Map([...pages].map(([page, html]) => [page, new Set(valuesOf(html, / id="([^"]*)"/g))]));

const broken = [...pages].flatMap(([page, html]) =>
  valuesOf(html, /\s(?:href|src)="([^"]*)"/g).flatMap((link) => {
    const why = faultOf(link, page);
    return why === undefined ? [] : `${page}: ${link}: ${why}`;
  }),
);
for (const line of new Set(broken)) process.stdout.write(`${line}\n`);
process.stdout.write(`${pages.size} pages, ${new Set(broken).size} broken links\n`);
if (broken.length > 0) process.exitCode = 1;

function faultOf(link: string, page: string): string | undefined {
  if (/^(?:https?:|mailto:|data:)/.test(link) || BESIDE.includes(link)) return undefined;
  const [path = "", fragment] = link.split("#");
  if (path !== "" && !path.startsWith(base) && path.startsWith("/")) return `not below ${base}`;
  const target = path === "" ? page : path.startsWith("/") ? path.slice(base.length) : join(dirname(page), path);
  const file = [target, `${target}index.html`, `${target}.html`].find(
    (candidate) => existsSync(join(DIST, candidate)) && statSync(join(DIST, candidate)).isFile(),
  );
  if (file === undefined) return "no such file";
  if (fragment === undefined || fragment === "") return undefined;
  return ids.get(file)?.has(decodeURIComponent(fragment)) === true ? undefined : "no such place in the page";
}

function valuesOf(html: string, attribute: RegExp): readonly string[] {
  return [...html.matchAll(attribute)].map((match) =>
    (match[1] ?? "").replaceAll("&amp;", "&").replaceAll("&#39;", "'"),
  );
}
