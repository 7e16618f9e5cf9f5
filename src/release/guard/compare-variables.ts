/** A module's variables before and after. */
import { nearest } from "../../text/nearest";
import { canonicalJson } from "../../trust/canonical-json";
import { type ModuleVariable, typeExpression } from "../../module/contract";
import { type Change, type ChangeKind, changeOf, sides } from "./change";
import { compareRules, readsOnly, RULE_WORDS } from "./compare-rules";
import { compareTypes, IS_NEW } from "./compare-types";
import { showVariable } from "./show-contract";

export function compareVariables(
  before: readonly ModuleVariable[],
  after: readonly ModuleVariable[],
): readonly Change[] {
  const old = new Map(before.map((variable) => [variable.name, variable]));
  const now = new Map(after.map((variable) => [variable.name, variable]));
  const gone = before.filter(({ name }) => !now.has(name));
  const fresh = after.filter(({ name }) => !old.has(name));
  const renames = pairRenames(gone, fresh);
  const arrived = new Set([...renames.values()].map(({ name }) => name));
  return [
    ...gone.map((variable) => removed(variable, renames.get(variable.name))),
    ...fresh.filter(({ name }) => !arrived.has(name)).map(added),
    ...after.flatMap((variable) => {
      const previous = old.get(variable.name);
      return previous === undefined ? [] : compareVariable(previous, variable);
    }),
  ];
}

/** Pairs removed variables with new ones of the same type: of several, one whose name ends alike, or the nearest. */
function pairRenames(
  gone: readonly ModuleVariable[],
  fresh: readonly ModuleVariable[],
): ReadonlyMap<string, ModuleVariable> {
  const pairs = new Map<string, ModuleVariable>();
  for (const variable of gone) {
    const taken = new Set([...pairs.values()].map(({ name }) => name));
    const alike = fresh.filter(
      ({ name, type }) => !taken.has(name) && typeExpression(type) === typeExpression(variable.type),
    );
    const longer = alike.filter(({ name }) => name.endsWith(`_${variable.name}`) || variable.name.endsWith(`_${name}`));
    const names = (longer.length > 0 ? longer : alike).map(({ name }) => name);
    const meant = names.length > 1 ? nearest(variable.name, names) : names[0];
    const found = alike.find(({ name }) => name === meant);
    if (found !== undefined) pairs.set(variable.name, found);
  }
  return pairs;
}

function removed(variable: ModuleVariable, renamed: ModuleVariable | undefined): Change {
  const { name } = variable;
  const shown = sides(variable, renamed, showVariable);
  return renamed === undefined
    ? changeOf("variable-removed", `var.${name}`, `The variable ${name} was removed.`, shown)
    : changeOf(
        "variable-renamed",
        `var.${name}`,
        `The variable ${name} was removed; ${renamed.name}, of the same type, is new: it was probably renamed.`,
        shown,
      );
}

function added(variable: ModuleVariable): Change {
  const { name, description } = variable;
  const shown = { after: showVariable(variable) };
  return variable.default === undefined
    ? changeOf("variable-required", `var.${name}`, `The variable ${name} is new and required.`, shown)
    : changeOf("variable-added", `var.${name}`, `The variable ${name} is new. ${firstSentence(description)}`, shown);
}

function compareVariable(before: ModuleVariable, after: ModuleVariable): readonly Change[] {
  const { name } = after;
  const path = `var.${name}`;
  const shown = { before: showVariable(before), after: showVariable(after) };
  const types = compareTypes(before.type, after.type);
  const fresh = types.filter(({ what, message }) => what === "wider" && message === IS_NEW).map(({ path: at }) => at);
  return [
    ...compareDefaults(before, after),
    ...types.map(({ path: below, what, message }) =>
      changeOf(
        what === "default" ? "variable-default" : what === "narrower" ? "variable-narrowed" : "variable-widened",
        what === "default" ? `${path}${below}` : path,
        `${below === "" ? `The variable ${name}` : `${name}${below}`} ${message}.`,
        shown,
      ),
    ),
    ...compareRules(before.validations, after.validations).map(({ what, before: old, after: now }) => {
      const rule = now ?? old;
      const message = rule?.message ?? "";
      const rules = {
        ...(old === undefined ? {} : { before: showVariable(before, [old]) }),
        ...(now === undefined ? {} : { after: showVariable(after, [now]) }),
      };
      if (what === "reworded") return changeOf("variable-text", path, `${RULE_WORDS[what](name)}: ${message}.`);
      if (what === "added" && rule !== undefined && readsOnly(rule, name, fresh))
        return changeOf("variable-widened", path, `A rule of ${name} on new attributes: ${message}.`, rules);
      const kind = what === "removed" ? "variable-widened" : "variable-narrowed";
      return changeOf(kind, path, `${RULE_WORDS[what](name)}: ${message}.`, rules);
    }),
    ...(before.description === after.description
      ? []
      : [changeOf("variable-text", path, `The description of ${name} was reworded.`)]),
  ];
}

/** Whether a value must be given, and what leaving it out or giving null means. */
function compareDefaults(before: ModuleVariable, after: ModuleVariable): readonly Change[] {
  const { name } = after;
  const shown = { before: showVariable(before), after: showVariable(after) };
  const change = (kind: ChangeKind, message: string): Change => changeOf(kind, `var.${name}`, message, shown);
  const changes: Change[] = [];
  const [was, is] = [canonicalJson(before.default ?? null), canonicalJson(after.default ?? null)];
  if (before.default !== undefined && after.default === undefined)
    changes.push(change("variable-required", `The variable ${name} is now required.`));
  else if (before.default === undefined && after.default !== undefined)
    changes.push(change("variable-widened", `The variable ${name} is now optional.`));
  else if (was !== is)
    changes.push(change("variable-default", `The default of the variable ${name} is now ${is}; it was ${was}.`));
  if (before.nullable && !after.nullable)
    changes.push(change("variable-narrowed", `The variable ${name} may no longer be null.`));
  // null meant the default: callers pass their own optional values on
  else if (!before.nullable && after.nullable)
    changes.push(
      was === "null"
        ? change("variable-widened", `The variable ${name} may now be null.`)
        : change("variable-default", `For the variable ${name} null no longer means the default.`),
    );
  return changes;
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0].replace(/\s+/g, " ") ?? text;
}
