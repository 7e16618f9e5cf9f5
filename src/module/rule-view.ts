/** Rules as the `validation` and `precondition` blocks that templates write. */
import type { HclExpression } from "../hcl/encode";
import { expression, hclString, template } from "../hcl/encode";
import type { RuleDefinition } from "./definition";
import { AMONG } from "./loops";

export interface RuleView {
  readonly condition: HclExpression;
  readonly error_message: HclExpression;
}

type Rules = readonly [RuleDefinition, ...RuleDefinition[]];

/** The validations of a variable: one a rule, or one for the rules that look at the same values. */
export function validationViews(rules: readonly RuleDefinition[]): readonly RuleView[] {
  const groups = new Map<unknown, [RuleDefinition, ...RuleDefinition[]]>();
  for (const rule of rules) {
    const values = rule.atFault === undefined ? rule : (rule.among?.values ?? rule);
    const group = groups.get(values);
    if (group === undefined) groups.set(values, [rule]);
    else group.push(rule);
  }
  return [...groups.values()].map((group) => (group.length === 1 ? ruleView(group[0]) : groupView(group)));
}

export function ruleView({ condition, message, atFault }: RuleDefinition): RuleView {
  return {
    condition: inBlock(condition),
    error_message:
      atFault === undefined
        ? expression(hclString(`${message}.`))
        : template(`${message}. At fault: `, inBlock(shownList(atFault)), "."),
  };
}

/** Rules whose lists are made from the same values, and whose messages Terraform shows together. */
function groupView(rules: Rules): RuleView {
  const values = rules[0].among?.values ?? "";
  const lists = rules.map(({ among, message }) => ({ message, list: among?.list ?? "" }));
  const checked = (...lines: readonly string[]): string =>
    bracketed("flatten([", [`for ${AMONG} in [${values}] :`, ...lines], "])");
  const faults = bracketed(
    "[",
    lists.map(({ list }) => `${list},`),
    "]",
  );
  const messages = bracketed(
    "{",
    lists.map(({ message, list }) => `${hclString(message)} = ${list}`),
    "}",
  );
  const shown = bracketed(
    "[",
    [
      `for message, faults in ${messages} :`,
      `"\${message}. At fault: \${${shownList("faults")}}."`,
      "if try(nonsensitive(length(faults) > 0), length(faults) > 0)",
    ],
    "]",
  );
  return {
    condition: inBlock(`length(${checked(faults)}) == 0`),
    error_message: inBlock(`join("\\n", ${checked(shown)})`),
  };
}

/**
 * The texts of `list`, joined, as an HCL expression. Terraform shows no message that holds a sensitive value, and warns
 * of one in the plan of what is right. A conditional would be as sensitive as both its results, an index is not.
 * `issensitive` is of Terraform 1.8; before, `nonsensitive` refuses what is not.
 */
function shownList(list: string): string {
  const sensitive = "try(issensitive(shown), can(nonsensitive(shown)))";
  const lines = [`for shown in [join(", ", ${list})] :`, `[shown, "a sensitive value"][${sensitive} ? 1 : 0]`];
  return `${bracketed("[", lines, "]")}[0]`;
}

/** `lines` between brackets, each on lines of its own. */
function bracketed(open: string, lines: readonly string[], close: string): string {
  return `${open}\n${lines.map((line) => `  ${deeper(line)}\n`).join("")}${close}`;
}

/** `text` with its lines but the first further in. */
function deeper(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function inBlock(text: string): HclExpression {
  return expression(deeper(deeper(text)));
}
