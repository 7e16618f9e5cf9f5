/** Runs a zod schema and reports in this project's words what does not fit. */
import type * as z from "zod";
import type { ErrorCode, Problem } from "../errors";
import { ERROR_CODES } from "../errors";
import { nearest } from "../text/nearest";
import { discriminatorValues, knownKeys } from "./known-keys";
import type { PathPart } from "./path";
import { formatPath, parsePath } from "./path";
import { quoted } from "../text/text-rule";
import { asRecord } from "../text/members";

/** What a number in place of a text was typed as; undefined where the source is not known. */
export type TypedAt = (path: readonly PathPart[]) => string | undefined;

export interface Shaped<T> {
  /** Undefined where the value does not fit. */
  readonly value: T | undefined;
  readonly problems: readonly Problem[];
}

/**
 * `value` through `schema`. Codes: required, wrong-type, unknown-key, value-not-allowed, number-unquoted,
 * number-too-large, and those of the rules.
 */
export function shape<S extends z.ZodType>(
  schema: S,
  value: unknown,
  at: readonly PathPart[],
  typedAt: TypedAt,
): Shaped<z.output<S>> {
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data, problems: [] };
  return {
    value: undefined,
    problems: result.error.issues.flatMap((issue) => problemsOf(issue, value, at, typedAt, schema)),
  };
}

/**
 * What remains of a mapping that does not fit `schema`: its members without those that `problems` (of `shape`, at `at`)
 * are about, over `defaults` for what is required. Undefined where it is not a mapping, or does not fit even so.
 */
export function readable<S extends z.ZodType>(
  schema: S,
  value: unknown,
  defaults: Readonly<Record<string, unknown>>,
  problems: readonly Problem[],
  at: readonly PathPart[],
): z.output<S> | undefined {
  const members = asRecord(value);
  if (members === undefined) return undefined;
  const faulty = new Set(problems.map(({ path = "" }) => parsePath(path)[at.length]));
  const sound = Object.entries(members).filter(([key]) => !faulty.has(key));
  const result = schema.safeParse({ ...defaults, ...Object.fromEntries(sound) });
  return result.success ? result.data : undefined;
}

function problemsOf(
  issue: z.core.$ZodIssue,
  root: unknown,
  at: readonly PathPart[],
  typedAt: TypedAt,
  schema: z.ZodType | null,
): readonly Problem[] {
  const inner = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  const parts = [...at, ...inner];
  const path = formatPath(parts);
  const found = inner.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? (value as Record<PathPart, unknown>)[part] : undefined,
    root,
  );
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        code: "unknown-key",
        message: `Unknown key ${quoted(key)}.`,
        path: formatPath([...parts, key]),
        fix: keyFix(key, schema === null ? [] : knownKeys(schema, root, inner)),
      }));
    case "invalid_type":
      return [wrongType(issue.expected, found, path, typedAt(parts))];
    case "invalid_value":
      return [
        {
          code: found === undefined ? "required" : "value-not-allowed",
          message: found === undefined ? "A required value is missing." : `${shown(found)} is not allowed here.`,
          path,
          fix: valueFix(found, issue.values.map(String)),
        },
      ];
    case "invalid_union":
      if (found === null)
        return [{ code: "wrong-type", message: "The value is empty.", path, fix: "Write one, or remove the key." }];
      if (found === undefined)
        return [
          {
            code: "required",
            message: "A required value is missing.",
            path,
            fix:
              schema === null || discriminatorValues(schema, root, inner).length === 0
                ? "Add it."
                : `Use one of: ${discriminatorValues(schema, root, inner).join(", ")}.`,
          },
        ];
      if (typeof found === "number") return [wrongType("string", found, path, typedAt(parts))];
      {
        const allowed = schema === null ? [] : discriminatorValues(schema, root, inner);
        if (allowed.length > 0)
          return [
            {
              code: "value-not-allowed",
              message: `${shown(found)} is not allowed here.`,
              path,
              fix: valueFix(found, allowed),
            },
          ];
        // of a union's branches, the one that fits best speaks
        const best = [...issue.errors].sort((left, right) => depthOf(right) - depthOf(left))[0];
        if (best !== undefined && depthOf(best) > 0)
          return best.flatMap((nested) => problemsOf(nested, found, parts, typedAt, null));
      }
      {
        const types = issue.errors.flatMap(([first]) => (first?.code === "invalid_type" ? [first.expected] : []));
        if (types.length > 0)
          return [wrongType(types.map((type) => TYPE_WORDS[type] ?? type).join(" or "), found, path, undefined)];
      }
      return [
        {
          code: "value-not-allowed",
          message: "The value fits none of the forms this place takes.",
          path,
          fix: "See docs/federation-file.md.",
        },
      ];
    case "too_small":
      return [
        {
          code: "value-not-allowed",
          message:
            issue.origin === "array"
              ? "The list is empty."
              : `${shown(found)} is too small: at least ${String(issue.minimum)}.`,
          path,
          fix: issue.origin === "array" ? "Give at least one, or leave it out." : "Write a larger one.",
        },
      ];
    case "too_big":
      return [
        {
          code: issue.origin === "array" ? "list-too-long" : "value-not-allowed",
          message: `Too long: at most ${String(issue.maximum)}.`,
          path,
          fix: "Shorten it.",
        },
      ];
    case "custom": {
      const code = issue.params?.["code"];
      const fix = issue.params?.["fix"];
      return [
        {
          code: isCode(code) ? code : "value-not-allowed",
          message: issue.message,
          path,
          fix: typeof fix === "string" ? fix : "See docs/federation-file.md.",
        },
      ];
    }
    default:
      return [{ code: "value-not-allowed", message: issue.message, path, fix: "See docs/federation-file.md." }];
  }
}

function keyFix(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return known.length > 0
    ? `Remove it; known here: ${known.join(", ")}.`
    : "Remove it, or see the file format in docs/federation-file.md.";
}

function valueFix(found: unknown, allowed: readonly string[]): string {
  const meant = typeof found === "string" ? nearest(found, allowed) : undefined;
  return `${meant === undefined ? "" : `Did you mean ${meant}? `}Use one of: ${allowed.join(", ")}.`;
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

function isCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(ERROR_CODES, value);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a string",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
  boolean: "true or false",
  number: "a number",
};

const REQUIRED: Readonly<Record<string, string>> = {
  string: "string",
  array: "list",
  object: "mapping",
  record: "mapping",
  boolean: "true or false",
  number: "number",
};

function wrongType(expected: string, found: unknown, path: string, typed: string | undefined): Problem {
  const wanted = TYPE_WORDS[expected] ?? expected;
  if (found === undefined)
    return { code: "required", message: `Required ${REQUIRED[expected] ?? "value"} is missing.`, path, fix: "Add it." };
  if (typeof found === "number" && !Number.isFinite(found)) {
    return {
      code: "wrong-type",
      message: `Must be ${wanted}, not ${typed ?? String(found)}.`,
      path,
      fix: expected === "string" ? "Put it in quotes." : `Write ${wanted}.`,
    };
  }
  if (expected === "string" && typeof found === "number") {
    const exact = Number.isSafeInteger(found) && (typed === undefined || typed === String(found));
    return exact
      ? {
          code: "number-unquoted",
          message: `${typed ?? String(found)} is read as a number; must be a string.`,
          path,
          fix: `Put it in quotes: "${typed ?? String(found)}".`,
        }
      : {
          code: "number-too-large",
          message: `${typed ?? String(found)} is read as a number and loses digits.`,
          path,
          fix: `Put it in quotes: "${typed ?? "…"}".`,
        };
  }
  const fix =
    found === null
      ? `Write ${wanted}, or remove the key.`
      : expected === "string" && typeof found === "boolean"
        ? "Put it in quotes."
        : `Write ${wanted}.`;
  return { code: "wrong-type", message: `Must be ${wanted}, not ${kindOf(found)}.`, path, fix };
}

function kindOf(found: unknown): string {
  if (found === null) return "empty";
  if (Array.isArray(found)) return "a list";
  if (typeof found === "object") return "a mapping";
  return typeof found === "boolean" ? "true or false" : typeof found === "string" ? "a string" : `a ${typeof found}`;
}

/** `found` for a message: a text in quotes, or what kind of thing it is. */
function shown(found: unknown): string {
  if (typeof found === "string" || typeof found === "number" || typeof found === "boolean")
    return quoted(String(found));
  const kind = kindOf(found);
  return `${kind[0]?.toUpperCase() ?? ""}${kind.slice(1)}`;
}
