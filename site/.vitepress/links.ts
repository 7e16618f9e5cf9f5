/** Where a link of a page in the repository leads on the site. */
import { existsSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";

/** Pages from outside docs/, by their file. */
export const OTHER_PAGES: Readonly<Record<string, string>> = {
  "ARCHITECTURE.md": "architecture.md",
  "CHANGELOG.md": "changelog.md",
  "CONTRIBUTING.md": "contributing.md",
  "SECURITY.md": "security.md",
  "site/index.md": "index.md",
};

/** The file in the repository of a page, whichever of the two names is known. */
export function sourceOf(page: string): string {
  const found = Object.entries(OTHER_PAGES).find((names) => names.includes(page));
  return found?.[0] ?? (page.startsWith("docs/") ? page : `docs/${page}`);
}

/**
 * The target of `link` in `page` (both as in the repository), or null where it leads to a file that is no page and
 * `repository` (the address of its files, e.g. https://…/blob/v1.0.0) is not known.
 */
export function siteLink(link: string, page: string, root: string, repository: string | undefined): string | null {
  if (/^(?:[a-z]+:|#|\/)/.test(link)) return link;
  const [path = "", fragment] = link.split("#");
  const file = normalize(join(dirname(page), path)).replaceAll("\\", "/");
  if (!existsSync(join(root, file))) throw new Error(`${page} links to ${link}, which does not exist`);
  const target = OTHER_PAGES[file] ?? (/^docs\/[^/]+\.md$/.test(file) ? relative("docs", file) : undefined);
  const tail = fragment === undefined ? "" : `#${fragment}`;
  if (target !== undefined) return `/${target}${tail}`;
  if (file === "README.md") return "/";
  return repository === undefined ? null : `${repository}/${file}${tail}`;
}
