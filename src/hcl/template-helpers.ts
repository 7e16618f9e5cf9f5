/** The helpers of HCL templates, each encoding a value for where it is. Pure. */
import { markdownProse } from "../text/escape";
import type { HclValue } from "./encode";
import { hclAttributes, hclComment, hclString, hclValue } from "./encode";

type HelperOptions = { readonly hash: Readonly<Record<string, unknown>> };

/** Text made by this program, HCL or Markdown, that a template may print as it is: `{{hcl x}}`. */
export class SourceText {
  constructor(readonly text: string) {}
}

function indentOf(options: HelperOptions): number {
  return Number(options.hash["indent"] ?? 0);
}

function tableCell(source: SourceText): string {
  const { text } = source;
  if (!text.includes("\n")) return `\`${text.replaceAll("|", "\\|")}\``;
  const html = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll("\n", "<br/>");
  return `<pre>${html}</pre>`;
}

/** What templates of HCL and Markdown may print: every value through one of these. */
export const HCL_HELPERS = {
  /** A value as HCL. */
  value: (value: HclValue, options: HelperOptions) => hclValue(value, indentOf(options)),
  /** `name = value` lines of an object, as HCL. */
  attributes: (entries: Readonly<Record<string, HclValue>>, options: HelperOptions) =>
    hclAttributes(Object.entries(entries), indentOf(options)),
  /** The same with empty lines around values of several lines, for the body of a block. */
  arguments: (entries: Readonly<Record<string, HclValue>>, options: HelperOptions) =>
    hclAttributes(Object.entries(entries), indentOf(options), [], true),
  /** HCL or Markdown of this program. */
  hcl: (source: unknown) => {
    if (!(source instanceof SourceText)) throw new TypeError("a template may print source text only");
    return source.text;
  },
  markdown: (text: string) => markdownProse(text),
  /** A `#` comment of one line. */
  comment: (text: string) => hclComment(text),
  /** A Markdown table's cell that shows code. */
  cell: (source: SourceText) => tableCell(source),
  /** A quoted HCL string, for labels of blocks. */
  label: (text: string) => hclString(text),
};
