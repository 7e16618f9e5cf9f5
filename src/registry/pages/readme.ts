/** A module's README for its page: Markdown without HTML of its own, which loads nothing and links to https only. */
import MarkdownIt from "markdown-it";
import { html, htmlText, showInvisible } from "../../text/escape";

/** Longer ones are cut: a page stays a page. Characters. */
const MAX_LENGTH = 200_000;
/** Tables of inputs and outputs, which the page shows itself. */
const REFERENCE = /<!-- BEGIN_TF_DOCS -->[\s\S]*?<!-- END_TF_DOCS -->/g;

type Engine = InstanceType<typeof MarkdownIt>;

let engine: Engine | undefined;

/**
 * HTML of `markdown`, its headings a level down; HTML in it shows as text, links lead to https only, images are their
 * words.
 */
export function readmeHtml(markdown: string): string {
  // a generated file begins with a marker comment
  const text = markdown
    .replace(/^(?:<!--(?:(?!-->)[\s\S])*-->\s*)+/, "")
    .replace(REFERENCE, "")
    .replace(/^# [^\n]*\n/, "");
  return markdownEngine().render(showInvisible(text.slice(0, MAX_LENGTH), "\t\r\n"));
}

function markdownEngine(): Engine {
  if (engine !== undefined) return engine;
  const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, maxNesting: 40 });
  // other targets stay text: files beside the README, http, mail addresses
  markdown.validateLink = (url) => /^(?:https:\/\/|#[\w-]*$)/i.test(url);
  markdown.renderer.rules.image = (tokens, index) => html(tokens[index]?.content ?? "");
  markdown.renderer.rules.heading_open = (tokens, index) => `<h${level(tokens[index]?.tag)}>`;
  markdown.renderer.rules.heading_close = (tokens, index) => `</h${level(tokens[index]?.tag)}>`;
  markdown.renderer.rules.table_open = () => '<div class="scroll" role="group" tabindex="0" aria-label="Table"><table>';
  markdown.renderer.rules.table_close = () => "</table></div>";
  markdown.renderer.rules.fence = (tokens, index) =>
    `<pre tabindex="0"><code>${htmlText(tokens[index]?.content ?? "")}</code></pre>\n`;
  // an empty heading is a plain cell
  markdown.renderer.rules.th_open = (tokens, index) => (tokens[index + 1]?.content === "" ? "<td>" : "<th>");
  markdown.renderer.rules.th_close = (tokens, index) => (tokens[index - 1]?.content === "" ? "</td>" : "</th>");
  markdown.renderer.rules.link_open = (tokens, index) =>
    `<a href="${html(String(tokens[index]?.attrGet("href") ?? ""))}" rel="noreferrer">`;
  return (engine = markdown);
}

function level(tag: string | undefined): number {
  return Math.min(6, Number(tag?.slice(1) ?? 1) + 1);
}
