/** The `for` clauses that a rule runs over, and how they are written. */

/** A `for` clause: `for <key>, <name> in <over>`. */
export interface Loop {
  readonly key?: string;
  readonly name: string;
  /** HCL expression. */
  readonly over: string;
  /** Where an element is below what the loop before runs over, in an HCL template: `roles[${jsonencode(key)}]`. */
  readonly at: string;
  /** The objects it runs over are few. One of them may be null, which a rule of its own reports: others skip it. */
  readonly few?: true;
  /**
   * The same for objects that are not few, roles and trusts: an attribute that each has and whose value is known, by
   * which they are told from null. To compare a whole object with null takes ten times as long.
   */
  readonly attribute?: string;
  /** It runs over nothing where the JSON of `json` has `form`; HCL both. See plain-values. */
  readonly unless?: { readonly json: string; readonly form: string } | undefined;
}

type Objects = Pick<Loop, "few" | "attribute">;

/** Runs over the members of the map `over`, which is at `at`. */
export function members(name: string, over: string, at: string, objects: Objects = {}): Loop {
  return { key: "key", name, over, at: `${at}[\${jsonencode(key)}]`, ...objects };
}

/** Runs over the elements of the list `over`, which is at `at`. */
export function elements(name: string, over: string, at: string, objects: Objects = {}): Loop {
  const key = `${name}_index`;
  return { key, name, over, at: `${at}[\${${key}}]`, ...objects };
}

/** ` if …`, which skips what may be null of what the loop runs over; "" where nothing may. */
export function ifGiven({ name, few, attribute }: Objects & Pick<Loop, "name">): string {
  if (attribute !== undefined) return ` if can(${name}.${attribute})`;
  return few === true ? ` if ${name} != null` : "";
}

/** Nested `for` expressions as a flat list, laid out as terraform fmt does; `last` writes what the innermost yields. */
export function layOut(loops: readonly Loop[], last: (loop: Loop) => string): string {
  const nested = (depth: number): string => {
    const loop = loops[depth];
    if (loop === undefined) return "";
    const margin = "  ".repeat(depth + 1);
    const over = overOf(loop).replaceAll("\n", `\n${margin}`);
    const head = `\n${margin}for ${loop.key === undefined ? "" : `${loop.key}, `}${loop.name} in ${over} :`;
    if (depth === loops.length - 1) return `${head}${last(loop).replaceAll("\n", `\n${margin}`)}`;
    const open = over.includes("\n") ? `\n${margin}[` : " [";
    return `${head}${open}${nested(depth + 1)}\n${margin}]${ifGiven(loop)}`;
  };
  return loops.length === 1 ? `[${nested(0)}\n]` : `flatten([${nested(0)}\n])`;
}

/** What the rules of one validation run over: `values` of `RuleDefinition.among`. */
export const AMONG = "checked";

/** What a loop runs over. */
export function overOf({ key, over, unless }: Loop): string {
  if (unless === undefined) return over;
  const none = key === "key" ? "{}" : "[]";
  const plain = `[\n  for json in [jsonencode(${unless.json})] :\n  can(regex(${unless.form}, json))\n][0]`;
  return `${plain} ? ${none} : ${over}`;
}
