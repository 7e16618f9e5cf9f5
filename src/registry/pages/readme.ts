/**
 * A module's README for its page: Markdown without HTML of its own, which loads nothing. A link leads to https, to a
 * heading of the same text, or to a file that the page has; of any other only the words are left.
 */
import MarkdownIt from "markdown-it";
import { html, showInvisible } from "../../text/escape";
import { codeBlock } from "./highlight";

/** Longer ones are cut: a page stays a page. Characters. */
const MAX_LENGTH = 200_000;
/** Tables of inputs and outputs, which the page shows itself. */
const REFERENCE = /<!-- BEGIN_TF_DOCS -->[\s\S]*?<!-- END_TF_DOCS -->/g;

type Engine = InstanceType<typeof MarkdownIt>;

let engine: Engine | undefined;

export interface ReadmeOptions {
  /** Before the id of each heading, so that no other id of the page is like it. */
  readonly prefix: string;
  /** Where a relative link leads; undefined: nowhere. */
  readonly resolve?: (target: string) => string | undefined;
}

/** HTML of `markdown`, its headings a level down; HTML in it shows as text, images are their words. */
export function readmeHtml(markdown: string, options: ReadmeOptions = { prefix: "readme" }): string {
  // a generated file begins with a marker comment
  const text = markdown
    .replace(/^(?:<!--(?:(?!-->)[\s\S])*-->\s*)+/, "")
    .replace(REFERENCE, "")
    .replace(/^# [^\n]*\n/, "");
  const engineOfAll = markdownEngine();
  const tokens = engineOfAll.parse(showInvisible(text.slice(0, MAX_LENGTH), "\t\r\n"), {});
  const ids = headingIds(tokens, options.prefix);
  let tag = "a";
  for (const token of tokens.flatMap((outer) => [outer, ...(outer.children ?? [])])) {
    if (token.type === "link_open") {
      const href = linkTarget(String(token.attrGet("href") ?? ""), ids, options);
      tag = href === undefined ? "span" : "a";
      if (href !== undefined) token.attrSet("href", href);
    }
    // links hold no links, so the next end of one is its own
    if (token.type === "link_open" || token.type === "link_close") token.tag = tag;
  }
  return engineOfAll.renderer.render(tokens, engineOfAll.options, {});
}

type Token = ReturnType<Engine["parse"]>[number];

/** Gives each heading an id made of its words, as GitHub does; returns the ids by what a link to them says. */
function headingIds(tokens: readonly Token[], prefix: string): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const [index, token] of tokens.entries()) {
    if (token.type !== "heading_open") continue;
    const slug = (tokens[index + 1]?.content ?? "")
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, "")
      .replaceAll(" ", "-");
    if (slug === "" || ids.has(slug)) continue;
    ids.set(slug, `${prefix}-${slug}`);
    token.attrSet("id", `${prefix}-${slug}`);
  }
  return ids;
}

function linkTarget(href: string, ids: ReadonlyMap<string, string>, { resolve }: ReadmeOptions): string | undefined {
  if (/^https:\/\//i.test(href)) return href;
  if (href.startsWith("#")) {
    const id = ids.get(href.slice(1));
    return id === undefined ? undefined : `#${id}`;
  }
  // a scheme, another host, the root of this one
  return /^[/\\]|^[^/?#]*:/.test(href) ? undefined : resolve?.(decoded(href));
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

function markdownEngine(): Engine {
  if (engine !== undefined) return engine;
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 40 });
  // where each leads is decided once all headings are known; a link that leads nowhere is its words
  markdown.validateLink = () => true;
  markdown.renderer.rules.image = (tokens, index) => html(tokens[index]?.content ?? "");
  markdown.renderer.rules.heading_open = (tokens, index) => {
    const id = tokens[index]?.attrGet("id");
    return `<h${level(tokens[index]?.tag)}${id === null || id === undefined ? "" : ` id="${html(String(id))}"`}>`;
  };
  markdown.renderer.rules.heading_close = (tokens, index) => `</h${level(tokens[index]?.tag)}>`;
  markdown.renderer.rules.table_open = () => '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table>';
  markdown.renderer.rules.table_close = () => "</table></div>";
  markdown.renderer.rules.fence = (tokens, index) =>
    codeBlock(tokens[index]?.content ?? "", /^(?:hcl|terraform|tf)\b/.test(tokens[index]?.info ?? "") ? "hcl" : "text");
  // an empty heading is a plain cell
  markdown.renderer.rules.th_open = (tokens, index) => (tokens[index + 1]?.content === "" ? "<td>" : "<th>");
  markdown.renderer.rules.th_close = (tokens, index) => (tokens[index - 1]?.content === "" ? "</td>" : "</th>");
  markdown.renderer.rules.link_open = (tokens, index) => {
    const token = tokens[index];
    return token?.tag === "a" ? `<a href="${html(String(token.attrGet("href") ?? ""))}" rel="noreferrer">` : "<span>";
  };
  return (engine = markdown);
}

function level(tag: string | undefined): number {
  return Math.min(6, Number(tag?.slice(1) ?? 1) + 1);
}
