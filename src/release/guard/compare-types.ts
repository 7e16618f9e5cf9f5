/** Whether a variable's type still takes what it took, and means the same by it. */
import type { ObjectAttribute, VariableType } from "../../module/contract";
import { typeExpression } from "../../module/contract";
import { canonicalJson } from "../../trust/canonical-json";

export interface TypeDifference {
  /** Below the variable: `[*].users`, or empty for the whole. */
  readonly path: string;
  readonly what: "narrower" | "wider" | "default";
  /** To go after the path: `is gone …`. */
  readonly says: string;
}

/** What is said of an optional attribute that was not there. */
export const IS_NEW = "is new";

export function compareTypes(before: VariableType, after: VariableType, path = ""): readonly TypeDifference[] {
  if (typeof before === "string" || typeof after === "string") {
    if (before === after) return [];
    // Terraform turns numbers and booleans into text by itself, and text into them only sometimes
    const converts = after === "string" && (before === "number" || before === "bool");
    return [
      {
        path,
        what: converts ? "wider" : "narrower",
        says: `was ${typeExpression(before)} and is ${typeExpression(after)}`,
      },
    ];
  }
  if ("list" in before && "list" in after) return compareTypes(before.list, after.list, `${path}[*]`);
  if ("map" in before && "map" in after) return compareTypes(before.map, after.map, `${path}[*]`);
  if ("object" in before && "object" in after) return compareAttributes(before.object, after.object, path);
  return [
    { path, what: "narrower", says: `was a ${Object.keys(before)[0] ?? ""} and is a ${Object.keys(after)[0] ?? ""}` },
  ];
}

type Attributes = Readonly<Record<string, ObjectAttribute>>;

function compareAttributes(before: Attributes, after: Attributes, path: string): readonly TypeDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): readonly TypeDifference[] => {
    const at = `${path}.${name}`;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (now === undefined)
      return [{ path: at, what: "narrower", says: "is gone: Terraform drops what is given for it without a word" }];
    if (old === undefined)
      return [
        { path: at, what: now.optional ? "wider" : "narrower", says: now.optional ? IS_NEW : `${IS_NEW} and required` },
      ];
    return [...compareAttribute(old, now, at), ...compareTypes(old.type, now.type, at)];
  });
}

function compareAttribute(before: ObjectAttribute, after: ObjectAttribute, path: string): readonly TypeDifference[] {
  if (before.optional && !after.optional) return [{ path, what: "narrower", says: "is required now" }];
  if (!before.optional && after.optional) return [{ path, what: "wider", says: "is optional now" }];
  const [old, now] = [canonicalJson(before.default ?? null), canonicalJson(after.default ?? null)];
  return old === now ? [] : [{ path, what: "default", says: `has another default: ${now} instead of ${old}` }];
}
