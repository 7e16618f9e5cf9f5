/** Written by scripts/build-playground.ts: Handlebars templates as JavaScript, by name. */
declare module "precompiled-templates" {
  export const templates: Readonly<Record<string, TemplateSpecification>>;
  export const partials: Readonly<Record<string, TemplateSpecification>>;
}
