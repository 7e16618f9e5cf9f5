/**
 * Handlebars templates: layout only. A template prints nothing by itself: every value goes through a helper, which
 * encodes it for where it is.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { packageFolder } from "../files/read-file";
import { HCL_HELPERS } from "./template-helpers";

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
  const options = compileOptions(helpers);
  const compiled = new Map<string, HandlebarsTemplateDelegate>();
  return (name, view) => {
    let template = compiled.get(name);
    if (template === undefined) {
      template = engine.compile(readFileSync(join(templatesFolder(), name), "utf8"), options);
      compiled.set(name, template);
    }
    return template(view);
  };
}

/** How every template is compiled: only `helpers` print, nothing is escaped for HTML, a missing name is an error. */
export function compileOptions(helpers: Readonly<Record<string, unknown>>): CompileOptions {
  return {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    knownHelpers: Object.fromEntries(Object.keys(helpers).map((helper) => [helper, true])),
  };
}

/** The templates folder of this package. */
export function templatesFolder(): string {
  return join(packageFolder(), "templates");
}

let hclRenderer: Renderer | undefined;

/** The HCL or Markdown file that template `name` (a path below templates/, with .hbs) makes of `view`. */
export function renderTemplate(name: string, view: object): string {
  hclRenderer ??= rendererWith(HCL_HELPERS, ["partials"]);
  return hclRenderer(name, view);
}

/** The templates in `name` (a folder below templates/) with those in its folders: paths with .hbs, sorted. */
export function templatesIn(name: string): readonly string[] {
  return readdirSync(join(templatesFolder(), name), { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".hbs"))
    .sort();
}
