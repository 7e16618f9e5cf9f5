/** Reads documents that others wrote, as a parser gives them: nothing in them is sure to be there. */

/** The members of a JSON object, of a block of HCL, of a mapping. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether `value` is an object with members, and no list. */
export function isRecord(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The members of `value`; undefined where it is no object. */
export function asRecord(value: unknown): Members | undefined {
  return isRecord(value) ? value : undefined;
}

/** The items of a list; none of anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The items of what may be one in place of a list of one; none of undefined. */
export function oneOrMore(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : value === undefined ? [] : [value];
}

/** The objects in a list; none of anything else. */
export function records(value: unknown): readonly Members[] {
  return itemsOf(value).filter(isRecord);
}

/** The texts in a list; none of anything else. */
export function texts(value: unknown): readonly string[] {
  return itemsOf(value).filter((item) => typeof item === "string");
}

/** What JSON in `text` holds; undefined where it is no JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
