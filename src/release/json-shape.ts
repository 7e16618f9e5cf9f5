/** Readers for JSON of others: each accepts exactly one shape, and reports the path of any other. */
import type { Json } from "../trust/canonical-json";

/** Turns `value`, found at `path`, into what it must be. Throws ShapeError. */
export type Reader<T> = (value: unknown, path: string) => T;

/** The value at `path` has another shape. */
export class ShapeError extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`${path === "" ? "It" : path} ${reason}`);
  }
}

/** A string; with `pattern`, one it matches, described by `rule` ("must be …"). */
export function text(pattern?: RegExp, rule = "must be a string"): Reader<string> {
  return (value, path) => {
    if (typeof value !== "string" || pattern?.test(value) === false) throw new ShapeError(path, rule);
    return value;
  };
}

/** A whole number, zero or more. */
export const count: Reader<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
    throw new ShapeError(path, "must be a whole number");
  return value;
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw new ShapeError(path, "must be true or false");
  return value;
};

/** Exactly `expected`. */
export function only<T extends string | number>(expected: T): Reader<T> {
  return (value, path) => {
    if (value !== expected) throw new ShapeError(path, `must be ${JSON.stringify(expected)}`);
    return expected;
  };
}

export function nullable<T>(inner: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null ? null : inner(value, path));
}

export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, "must be a list");
    return value.map((entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** An object with any keys, in their order. */
export function mapOf<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path) =>
    Object.fromEntries(Object.entries(object(value, path)).map(([key, entry]) => [key, item(entry, below(path, key))]));
}

/** An object with exactly these keys, returned in this order. `optional` ones may be absent. */
export function record<T extends object>(
  fields: { readonly [K in keyof T]-?: Reader<Exclude<T[K], undefined>> },
  optional: readonly (keyof T & string)[] = [],
): Reader<T> {
  return (value, path) => {
    const given = object(value, path);
    for (const key of Object.keys(given))
      if (!Object.hasOwn(fields, key)) throw new ShapeError(below(path, key), "is not a known key");
    const entries = (Object.entries(fields) as [string, Reader<unknown>][]).flatMap(([key, reader]) => {
      if (Object.hasOwn(given, key)) return [[key, reader(given[key], below(path, key))] as const];
      if ((optional as readonly string[]).includes(key)) return [];
      throw new ShapeError(below(path, key), "is missing");
    });
    return Object.fromEntries(entries) as T;
  };
}

/** Any JSON. */
export const json: Reader<Json> = (value, path) => {
  if (value === undefined) throw new ShapeError(path, "is missing");
  return value as Json;
};

function object(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ShapeError(path, "must be an object");
  return value as Readonly<Record<string, unknown>>;
}

function below(path: string, key: string): string {
  const name = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key) ? key : JSON.stringify(key.slice(0, 60));
  return path === "" ? name : `${path}.${name}`;
}
