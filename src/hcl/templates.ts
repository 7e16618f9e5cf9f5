/**
 * Handlebars templates: layout only. A template prints nothing by itself: every value goes through one of the helpers
 * below, which encode it for where it is.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { HclValue } from "./encode";
import { hclAttributes, hclComment, hclString, hclValue } from "./encode";
import { markdownText } from "../text/escape";
import { packageFolder } from "../files/read-file";

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

const helpers = {
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
  markdown: (text: string) => markdownText(text),
  /** A `#` comment of one line. */
  comment: (text: string) => hclComment(text),
  /** A Markdown table's cell that shows code. */
  cell: (source: SourceText) => tableCell(source),
  /** A quoted HCL string, for labels of blocks. */
  label: (text: string) => hclString(text),
};

/** Prints the file that a template (a path below templates/, with .hbs) makes of a view. */
export type Renderer = (template: string, view: object) => string;

/**
 * A renderer whose templates print values through `helpers` alone and share what lies in the folders `partials` (below
 * templates/). Nothing is escaped for HTML, and a name that the view lacks is an error.
 */
export function rendererWith(
  helpers: Readonly<Record<string, Handlebars.HelperDelegate>>,
  partials: readonly string[],
): Renderer {
  const engine = Handlebars.create();
  engine.registerHelper(helpers);
  for (const within of partials) {
    const path = join(templatesFolder(), within);
    for (const file of readdirSync(path))
      engine.registerPartial(file.replace(/\.hbs$/, ""), readFileSync(join(path, file), "utf8"));
  }
  const knownHelpers = Object.fromEntries(Object.keys(helpers).map((helper) => [helper, true]));
  const compiled = new Map<string, HandlebarsTemplateDelegate>();
  return (name, view) => {
    let template = compiled.get(name);
    if (template === undefined) {
      template = engine.compile(readFileSync(join(templatesFolder(), name), "utf8"), {
        noEscape: true,
        strict: true,
        knownHelpersOnly: true,
        knownHelpers,
      });
      compiled.set(name, template);
    }
    return template(view);
  };
}

/** The templates folder of this package. */
export function templatesFolder(): string {
  return join(packageFolder(), "templates");
}

let hclRenderer: Renderer | undefined;

/** The HCL or Markdown file that template `name` (a path below templates/, with .hbs) makes of `view`. */
export function renderTemplate(name: string, view: object): string {
  hclRenderer ??= rendererWith(helpers, ["partials"]);
  return hclRenderer(name, view);
}

/** The templates in `name` (a folder below templates/) with those in its folders: paths with .hbs, sorted. */
export function templatesIn(name: string): readonly string[] {
  return readdirSync(join(templatesFolder(), name), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".hbs"))
    .sort();
}
