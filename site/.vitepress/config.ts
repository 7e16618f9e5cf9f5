/** The documentation site: docs/ and the pages of the repository's top, as they are. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";
import { OTHER_PAGES, siteLink, sourceOf } from "./links";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly version: string };
const navigation = JSON.parse(readFileSync(join(ROOT, "site", "navigation.json"), "utf8")) as readonly {
  readonly group: string;
  readonly pages: readonly (readonly [page: string, title: string])[];
}[];

/** Below which path of its host the site is served, e.g. `/databricks-aws-oidc/1.0.0/`. */
const base = process.env["SITE_BASE"] ?? "/";
/** The page that lists every version, from a page of this one; not linked where there is none. */
const versions = process.env["SITE_VERSIONS"];
/** The address of the repository's files, for links to what is no page; without it such links are text. */
const repository = process.env["SITE_REPOSITORY"];

const groups = navigation.map(({ group, pages }) => ({
  text: group,
  items: pages.map(([page, text]) => ({ text, link: `/${page}` })),
}));

export default defineConfig({
  base,
  srcDir: "..",
  srcExclude: [
    ...readdirSync(ROOT, { withFileTypes: true }).flatMap((entry) => {
      if (entry.isDirectory()) return ["docs", "site"].includes(entry.name) ? [] : `${entry.name}/**`;
      return entry.name.endsWith(".md") && !Object.hasOwn(OTHER_PAGES, entry.name) ? entry.name : [];
    }),
    "**/node_modules/**",
  ],
  rewrites: { "docs/:page": ":page", ...OTHER_PAGES },
  lang: "en-US",
  title: "databricks-aws-oidc",
  description:
    "Let Databricks identities into AWS without a stored key, and prove who gets in before anything is deployed.",
  cleanUrls: false,
  lastUpdated: false,
  head: [["link", { rel: "icon", href: "data:," }]],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    // pages are text: what looks like a tag or an expression of Vue is shown as it is
    html: false,
    config: (md) => {
      md.core.ruler.before("normalize", "markers", (state) => {
        state.src = state.src.replace(/^<!-- .* -->$/gm, "");
      });
      md.core.ruler.push("repository-links", ({ tokens, env }) => {
        const page = sourceOf(String(env.relativePath));
        for (const [at, { children, content, type }] of tokens.entries()) {
          // a header without text heads nothing: the corner of a table
          if (type === "inline" && content === "" && tokens[at - 1]?.type === "th_open")
            for (const cell of [tokens[at - 1], tokens[at + 1]]) if (cell !== undefined) cell.tag = "td";
          let isText = false;
          for (const token of children ?? []) {
            if (token.type === "text" && token.content.includes("{{"))
              Object.assign(token, {
                type: "html_inline",
                content: md.utils.escapeHtml(token.content).replaceAll("{{", "&#123;&#123;"),
              });
            if (token.type === "link_open") {
              const href = siteLink(String(token.attrGet("href")), page, ROOT, repository);
              isText = href === null;
              if (href !== null) token.attrSet("href", href);
            }
            if (isText && /^link_/.test(token.type)) {
              isText = token.type !== "link_close";
              Object.assign(token, { type: "html_inline", content: "", nesting: 0 });
            }
          }
        }
      });
    },
  },
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Topics", items: groups.map(({ text, items }) => ({ text, link: items[0]?.link ?? "/" })) },
      { text: "Playground", link: "/playground/index.html", target: "_self" },
      {
        text: version,
        items: [
          { text: "Changelog", link: "/changelog" },
          // relative: the sites of all versions lie beside each other, and pages in one folder
          ...(versions === undefined
            ? []
            : [
                { text: "The newest version", link: "../index.html", target: "_self" },
                { text: "All versions", link: versions, target: "_self" },
              ]),
        ],
      },
    ],
    sidebar: groups,
    outline: { level: [2, 3] },
    footer: { message: "Apache-2.0" },
  },
  // the pages lie outside this folder, and Vue in it
  vite: { resolve: { alias: [{ find: /^vue(?=$|\/)/, replacement: join(ROOT, "site", "node_modules", "vue") }] } },
  ignoreDeadLinks: [/^\/playground\/index/],
});
