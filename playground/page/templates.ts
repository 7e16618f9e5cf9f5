/** Takes the place of src/hcl/templates.ts in the page: the same templates, compiled when the page is built. */
import Handlebars from "handlebars/runtime";
import { HCL_HELPERS } from "../../src/hcl/template-helpers";
import { partials, templates } from "precompiled-templates";

const engine = Handlebars.create();
engine.registerHelper(HCL_HELPERS);
for (const [name, partial] of Object.entries(partials)) engine.registerPartial(name, engine.template(partial));
const rendered = new Map(Object.entries(templates).map(([name, template]) => [name, engine.template(template)]));

/** As `renderTemplate` of src/hcl/templates.ts, for the templates of a root. */
export function renderTemplate(name: string, view: object): string {
  const template = rendered.get(name);
  if (template === undefined) throw new RangeError(`the page has no template ${name}`);
  return template(view);
}
