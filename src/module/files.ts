/** A module's files, rendered from its definition. */
import { hclFieldTable } from "../federation/fields/table";
import type { HclValue } from "../hcl/encode";
import { expression, hclKey, hclValue } from "../hcl/encode";
import type { FileSet } from "../files/generated-file";
import { generatedFile } from "../files/generated-file";
import { SourceText } from "../hcl/template-helpers";
import { renderTemplate, templatesIn } from "../hcl/templates";
import { CLOUD_NAMES, CLOUDS } from "../issuer/clouds";
import { SELF_ASSUME_POLICY_NAME } from "../trust/build";
import { REVOKE_POLICY_NAME } from "../trust/revocation";
import { UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { EMAIL_DOMAIN } from "../trust/rules";
import { satisfiesRule } from "./condition";
import { plainAddress, typeText } from "./contract";
import type { ModuleDefinition, OutputDefinition, VariableDefinition } from "./definition";
import { policiesOfVariables, roleOfVariables, roleResource, roleValues } from "./modules/roles";
import type { RenderOptions } from "./published-view";
import { publishedView } from "./published-view";
import { ruleView, validationViews } from "./rule-view";
import type { Sample } from "./sample";

/** All files of a published module, the modules inside it included, by path below its folder. */
export function moduleFiles(definition: ModuleDefinition, sample: Sample, options: RenderOptions): FileSet {
  const files = new Map<string, string>();
  const add = (path: string, body: string): void => {
    if (body.trim() === "") return;
    files.set(path, generatedFile(path, body, options.kind ?? "modules", options.version));
  };
  const view = { ...moduleView(definition), ...publishedView(definition, sample, options) };
  renderFolder("every-module", view, add);
  renderFolder("published-module", view, add);
  renderFolder(definition.template, view, add);
  for (const nested of definition.nested) {
    const addNested = (path: string, body: string): void => add(`modules/${nested.name}/${path}`, body);
    renderFolder("every-module", moduleView(nested), addNested);
    renderFolder(nested.template, moduleView(nested), addNested);
  }
  return files;
}

function renderFolder(folder: string, view: object, add: (path: string, body: string) => void): void {
  for (const template of templatesIn(folder))
    add(template.replace(/\.hbs$/, ""), renderTemplate(`${folder}/${template}`, view));
}

function moduleView(definition: ModuleDefinition): object {
  const providers = Object.entries(definition.requiredProviders);
  return {
    name: definition.name,
    summary: definition.summary,
    requiredVersion: definition.requiredVersion,
    requiredProviders: providers.length === 0 ? null : definition.requiredProviders,
    variables: definition.variables.map(variableView),
    comparesJson: definition.variables.some(({ validations }) =>
      validations.some(({ condition }) => condition.includes("for json in ")),
    ),
    outputs: definition.outputs.map(outputView),
    ...referenceView(definition),
    ...tagsView(definition),
    ...FACTS,
  };
}

/** The tags of every resource, and what takes them. */
function tagsView({ defaultTags }: ModuleDefinition): object {
  const tags = defaultTags === undefined ? "var.tags" : "local.tags";
  return {
    defaultTags: defaultTags ?? null,
    tags: new SourceText(tags),
    roleOfVariables: roleOfVariables(tags),
    roleValues: roleValues(tags),
  };
}

/** What main.tf files need of the rooms below. */
const FACTS = {
  accountsHosts: Object.fromEntries(
    CLOUD_NAMES.flatMap((cloud) => {
      const host = CLOUDS[cloud].accountsHost;
      return host === null ? [] : [[cloud, host]];
    }),
  ),
  isEmailDomain: new SourceText(satisfiesRule(EMAIL_DOMAIN, 'element(split("@", pattern), 1)')),
  policiesOfVariables: policiesOfVariables(),
  roleResource: roleResource(),
  revokePolicyName: new SourceText(hclKey(REVOKE_POLICY_NAME)),
  selfAssumePolicyName: new SourceText(hclKey(SELF_ASSUME_POLICY_NAME)),
  unityCatalogPrincipals: Object.fromEntries(
    Object.entries(UNITY_CATALOG_PRINCIPALS).map(([cloud, { arn }]) => [cloud, arn]),
  ),
};

function variableView(variable: VariableDefinition): object {
  const { name, description, type, nullable } = variable;
  const fallback: Readonly<Record<string, HclValue>> =
    variable.default === undefined ? {} : { default: variable.default as HclValue };
  return {
    name,
    settings: { description, type: expression(typeText(type, 2)), ...fallback, nullable },
    validations: validationViews(variable.validations),
  };
}

function outputView(output: OutputDefinition): object {
  const depends: Readonly<Record<string, HclValue>> =
    output.dependsOn === undefined ? {} : { depends_on: output.dependsOn.map(expression) };
  return {
    name: output.name,
    description: output.description,
    settings: { description: output.description, value: expression(output.value), ...depends },
    preconditions: output.preconditions.map(ruleView),
    exampleSettings: { description: output.description, value: expression(`module.databricks.${output.name}`) },
  };
}

function referenceView(definition: ModuleDefinition): object {
  const providers = Object.entries(definition.requiredProviders).map(([name, { version }]) => ({ name, version }));
  return {
    requirements: [{ name: "terraform", version: definition.requiredVersion }, ...providers],
    providers,
    modules: definition.nested.map(({ name }) => ({ name: name.replaceAll("-", "_"), source: `./modules/${name}` })),
    resources: [
      ...definition.resources
        .filter((address) => !address.startsWith("module."))
        .map((address) => ({ name: plainAddress(address), type: "resource" })),
      ...(definition.variables.some(({ name }) => name === "aws_partition")
        ? ["aws_caller_identity.current", "aws_iam_openid_connect_provider.existing", "aws_partition.current"].map(
            (name) => ({ name, type: "data source" }),
          )
        : []),
    ],
    attributeTables: definition.variables.flatMap(({ name, fields }) =>
      fields === undefined ? [] : [{ title: `Attributes of ${name}`, table: new SourceText(hclFieldTable(fields)) }],
    ),
    inputs: definition.variables.map((variable) => ({
      name: variable.name,
      description: variable.description,
      type: new SourceText(typeText(variable.type, 0)),
      default: new SourceText(variable.default === undefined ? "n/a" : hclValue(variable.default as HclValue)),
      required: variable.default === undefined,
    })),
  };
}
