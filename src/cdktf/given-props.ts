/** Shapes that JavaScript lets through although no type does: each is reported, none ends in a TypeError. */
import { Construct } from "constructs";
import type { Problem } from "../errors";
import { inputError } from "../errors";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";

/**
 * What `props`, declared at `at`, say; nothing where they are no mapping. Keys beside `known` are refused and left out.
 * Codes: wrong-type, unknown-key.
 */
export function givenProps<P extends object>(
  props: P | undefined,
  known: readonly string[],
  at: readonly PathPart[],
  problems: Problem[],
): Partial<P> {
  // what is missing is reported as such
  if (props === undefined || (props as unknown) === null) return {};
  if (!isMapping(props)) {
    problems.push(noMapping(at));
    return {};
  }
  const entries = Object.entries(props);
  for (const [key] of entries.filter(([name]) => !known.includes(name))) {
    const meant = nearest(key, known);
    problems.push({
      code: "unknown-key",
      message: `Unknown property ${quoted(key)}.`,
      path: formatPath([...at, key]),
      fix: meant === undefined ? `Remove it; known here: ${known.join(", ")}.` : `Did you mean ${meant}?`,
    });
  }
  return Object.fromEntries(entries.filter(([name]) => known.includes(name))) as Partial<P>;
}

/** An object that holds properties, also one of a class; no list and no construct. */
function isMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Construct.isConstruct(value);
}

/** The problem of what is declared at `at`, where that is text, a list or a construct; else undefined. */
export function shapeProblem(value: unknown, at: readonly PathPart[]): Problem | undefined {
  return value === undefined || value === null || isMapping(value) ? undefined : noMapping(at);
}

function noMapping(at: readonly PathPart[]): Problem {
  const path = at.length === 0 ? "props" : formatPath(at);
  return { code: "wrong-type", message: "Must be a mapping.", path, fix: "Write { property: value, … }." };
}

/** The problem of a key at `path` that is no text; else undefined. */
export function keyProblem(key: unknown, path: string): Problem | undefined {
  if (typeof key === "string") return undefined;
  return { code: "wrong-type", message: "A key must be a string.", path, fix: "Give the key first, as text." };
}

/** `id`, the ID of a construct. Throws InputError wrong-type where it is no text. */
export function constructId(id: string): string {
  if (typeof id === "string") return id;
  const fix = 'Give scope, ID and props, in that order: (this, "lakehouse", { … }).';
  throw inputError("wrong-type", "The ID of a construct must be a string.", fix, "id");
}

/** The values of a mapping, those left out as null: a member without a value would be dropped, and nobody told. */
export function withEmptyValues(mapping: unknown): unknown {
  if (!isMapping(mapping)) return mapping;
  return Object.fromEntries(
    Object.entries(mapping as object).map(([key, value]: [string, unknown]) => [key, value ?? null]),
  );
}
