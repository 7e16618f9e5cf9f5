/** Whether a variable's type still accepts what it did, with the same meaning. */
import { type ObjectAttribute, typeExpression, type VariableType } from "../../module/contract";
import { canonicalJson } from "../../trust/canonical-json";

export interface TypeDifference {
  /** Below the variable: `[*].users`, or empty for the whole. */
  readonly path: string;
  readonly what: "narrower" | "wider" | "default";
  /** To go after the path: `was removed …`. */
  readonly message: string;
}

/** The message on an optional attribute that was not there before. */
export const IS_NEW = "is new";

export function compareTypes(before: VariableType, after: VariableType, path = ""): readonly TypeDifference[] {
  if (typeof before === "string" || typeof after === "string") {
    if (before === after) return [];
    // Terraform turns numbers and booleans into text by itself, and text into them only sometimes
    const converts = after === "string" && (before === "number" || before === "bool");
    const message = `was ${typeExpression(before)} and is ${typeExpression(after)}`;
    return [{ path, what: converts ? "wider" : "narrower", message }];
  }
  if ("list" in before && "list" in after) return compareTypes(before.list, after.list, `${path}[*]`);
  if ("map" in before && "map" in after) return compareTypes(before.map, after.map, `${path}[*]`);
  if ("object" in before && "object" in after) return compareAttributes(before.object, after.object, path);
  return [
    {
      path,
      what: "narrower",
      message: `was a ${Object.keys(before)[0] ?? ""} and is a ${Object.keys(after)[0] ?? ""}`,
    },
  ];
}

type Attributes = Readonly<Record<string, ObjectAttribute>>;

function compareAttributes(before: Attributes, after: Attributes, path: string): readonly TypeDifference[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): readonly TypeDifference[] => {
    const at = `${path}.${name}`;
    const [old, now] = [before, after].map((side) => (Object.hasOwn(side, name) ? side[name] : undefined));
    if (now === undefined)
      return [{ path: at, what: "narrower", message: "was removed: Terraform silently drops a value given for it" }];
    if (old === undefined)
      return [
        {
          path: at,
          what: now.optional ? "wider" : "narrower",
          message: now.optional ? IS_NEW : `${IS_NEW} and required`,
        },
      ];
    return [...compareAttribute(old, now, at), ...compareTypes(old.type, now.type, at)];
  });
}

function compareAttribute(before: ObjectAttribute, after: ObjectAttribute, path: string): readonly TypeDifference[] {
  if (before.optional && !after.optional) return [{ path, what: "narrower", message: "is now required" }];
  if (!before.optional && after.optional) return [{ path, what: "wider", message: "is now optional" }];
  const [old, now] = [canonicalJson(before.default ?? null), canonicalJson(after.default ?? null)];
  return old === now ? [] : [{ path, what: "default", message: `has a new default: ${now}; it was ${old}` }];
}
