/** A module's variables before and after. */
import { nearest } from "../../text/nearest";
import { canonicalJson } from "../../trust/canonical-json";
import type { ModuleVariable } from "../../module/contract";
import { typeExpression } from "../../module/contract";
import type { ReleaseChange } from "./change";
import { compareRules, readsOnly } from "./compare-rules";
import { compareTypes, IS_NEW } from "./compare-types";
import { showVariable } from "./show-contract";

type Change = Omit<ReleaseChange, "module">;

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

/** Who went and who came with the same type: where several came, the one whose name holds the other, or is nearest. */
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
  const shared = { step: "major", path: `var.${variable.name}`, before: showVariable(variable) } as const;
  if (renamed === undefined)
    return { ...shared, kind: "variable-removed", says: `The variable ${variable.name} is gone.` };
  return {
    ...shared,
    kind: "variable-renamed",
    says: `The variable ${variable.name} is gone; ${renamed.name}, of the same type, is new: it was probably renamed.`,
    after: showVariable(renamed),
  };
}

function added(variable: ModuleVariable): Change {
  const shared = { path: `var.${variable.name}`, after: showVariable(variable) };
  return variable.default === undefined
    ? {
        ...shared,
        kind: "variable-required",
        step: "major",
        says: `The variable ${variable.name} is new and required.`,
      }
    : {
        ...shared,
        kind: "variable-added",
        step: "minor",
        says: `The variable ${variable.name} is new. ${firstSentence(variable.description)}`,
      };
}

function compareVariable(before: ModuleVariable, after: ModuleVariable): readonly Change[] {
  const { name } = after;
  const path = `var.${name}`;
  const shown = { before: showVariable(before), after: showVariable(after) };
  const changes: Change[] = [];
  const narrowed = (says: string, show: Partial<typeof shown> = shown): void => {
    changes.push({ kind: "variable-narrowed", step: "major", path, says, ...show });
  };
  const widened = (says: string, show: Partial<typeof shown> = shown): void => {
    changes.push({ kind: "variable-widened", step: "minor", path, says, ...show });
  };

  if (before.default !== undefined && after.default === undefined)
    changes.push({
      kind: "variable-required",
      step: "major",
      path,
      says: `The variable ${name} is required now.`,
      ...shown,
    });
  else if (before.default === undefined && after.default !== undefined)
    widened(`The variable ${name} may be left out now.`);
  else if (canonicalJson(before.default ?? null) !== canonicalJson(after.default ?? null)) {
    changes.push({
      kind: "variable-default",
      step: "major",
      path,
      says:
        `The variable ${name} has another default: ${canonicalJson(after.default ?? null)} instead ` +
        `of ${canonicalJson(before.default ?? null)}.`,
      ...shown,
    });
  }
  if (before.nullable && !after.nullable) narrowed(`The variable ${name} may no longer be null.`);
  if (!before.nullable && after.nullable) {
    // until now null was taken for the default: callers hand their own optional values through
    if ((before.default ?? null) === null) widened(`The variable ${name} may be null now.`);
    else
      changes.push({
        kind: "variable-default",
        step: "major",
        path,
        says: `For the variable ${name} null no longer means the default.`,
        ...shown,
      });
  }

  const types = compareTypes(before.type, after.type);
  for (const { path: below, what, says } of types) {
    const sentence = `${below === "" ? `The variable ${name}` : `${name}${below}`} ${says}.`;
    if (what === "default")
      changes.push({ kind: "variable-default", step: "major", path: `${path}${below}`, says: sentence, ...shown });
    else (what === "narrower" ? narrowed : widened)(sentence);
  }
  const fresh = types.filter(({ what, says }) => what === "wider" && says === IS_NEW).map(({ path: below }) => below);
  for (const difference of compareRules(before.validations, after.validations)) {
    const rules = {
      ...(difference.before === undefined ? {} : { before: showVariable(before, [difference.before]) }),
      ...(difference.after === undefined ? {} : { after: showVariable(after, [difference.after]) }),
    };
    const rule = difference.after ?? difference.before;
    if (difference.what === "reworded")
      changes.push({
        kind: "variable-text",
        step: "patch",
        path,
        says: `A rule of ${name} is worded otherwise: ${rule?.message ?? ""}.`,
      });
    else if (difference.what === "removed") widened(`A rule of ${name} is gone: ${rule?.message ?? ""}.`, rules);
    else if (difference.what === "added" && rule !== undefined && readsOnly(rule, name, fresh))
      widened(`A rule of ${name} on what is new: ${rule.message}.`, rules);
    else
      narrowed(
        `A rule of ${name} is ${difference.what === "added" ? "new" : "another"}: ${rule?.message ?? ""}.`,
        rules,
      );
  }
  if (before.description !== after.description)
    changes.push({
      kind: "variable-text",
      step: "patch",
      path,
      says: `The description of ${name} is worded otherwise.`,
    });
  return changes;
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0].replace(/\s+/g, " ") ?? text;
}
