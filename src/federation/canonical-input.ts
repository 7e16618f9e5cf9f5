/** Brings raw input to the form Terraform would see: strings and keys in NFC, so both back ends start from the same. */
import type { Problem } from "../errors";
import { quoted } from "../text/text-rule";
import { canonicalText } from "../trust/canonical-json";
import type { PathPart } from "./path";
import { formatPath } from "./path";

/** Deeper than this no federation goes; a policy document is at most about ten deep. */
const MAX_DEPTH = 40;
/** More entries than any list or mapping of a federation has; its 5,000 roles are the most. */
const MAX_ENTRIES = 20_000;

export interface CanonicalInput {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The input is beyond every bound: nothing else of it should be looked at. */
  readonly unbounded: boolean;
}

/**
 * A copy of `raw` with every string and key in NFC, `undefined` members dropped and no prototype tricks.
 * Problems: yaml-duplicate-key (keys equal after NFC), yaml-syntax (nested too deeply), list-too-long, wrong-type
 * (what no
 * text can say: functions and the like),
 * reserved-text (`TfToken[`, which CDKTF would read as its own, and the key `__proto__`).
 */
export function canonicalInput(raw: unknown, refuseTokens = true): CanonicalInput {
  const problems: Problem[] = [];
  let unbounded = false;
  // One path for all, so that nothing is allocated for a place that is not requested.
  const path: PathPart[] = [];
  const checkText = (text: string): string => {
    if (refuseTokens && text.includes("TfToken[")) {
      problems.push({
        code: "reserved-text",
        message: "The text holds TfToken[, which CDKTF reads as its own.",
        path: formatPath(path),
        fix: "Use a different value.",
      });
    }
    return canonicalText(text);
  };
  const tooMuch = (code: "yaml-syntax" | "list-too-long", message: string, fix: string): null => {
    if (!unbounded) problems.push({ code, message, path: formatPath(path.slice(0, 6)), fix });
    unbounded = true;
    return null;
  };
  const copyAt = (part: PathPart, value: unknown): unknown => {
    path.push(part);
    const copied = copy(value);
    path.pop();
    return copied;
  };
  const copy = (value: unknown): unknown => {
    if (typeof value === "string") return checkText(value);
    // in a list; members without a value are left out below
    if (value === undefined) return null;
    if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
      problems.push({
        code: "wrong-type",
        message: `A ${typeof value} is not allowed in a federation.`,
        path: formatPath(path),
        fix: typeof value === "bigint" ? "Put it in quotes." : "Write the value itself.",
      });
      return null;
    }
    if (typeof value !== "object" || value === null) return value;
    if (path.length > MAX_DEPTH)
      return tooMuch("yaml-syntax", `The input is nested more than ${MAX_DEPTH} deep.`, "Flatten it.");
    const entries = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (entries > MAX_ENTRIES)
      return tooMuch(
        "list-too-long",
        `There are ${entries} entries here; at most ${MAX_ENTRIES} are read.`,
        "Split the federation.",
      );
    if (Array.isArray(value)) return value.map((item, index) => copyAt(index, item));
    const members: Record<string, unknown> = {};
    for (const [rawKey, member] of Object.entries(value)) {
      if (member === undefined) continue;
      path.push(rawKey);
      const key = checkText(rawKey);
      // zod's records lose this one key and say nothing; the constructs tell it themselves, with the other texts
      // CDKTF loses
      if (refuseTokens && key === "__proto__")
        problems.push({
          code: "reserved-text",
          message: "The key __proto__ has a meaning of its own in JavaScript.",
          path: formatPath(path),
          fix: "Use a different name.",
        });
      if (Object.hasOwn(members, key)) {
        problems.push({
          code: "yaml-duplicate-key",
          message: `The key ${quoted(key)} appears twice (its spellings are the same after Unicode normalization).`,
          path: formatPath(path),
          fix: "Keep one of them.",
        });
      }
      path.pop();
      setMember(members, key, copyAt(key, member));
    }
    return members;
  };
  return { value: copy(raw), problems, unbounded };
}

/** Sets a member, also one called `__proto__`, which an assignment would take for something else. */
export function setMember(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(members, key, { value, enumerable: true, writable: true, configurable: true });
  else members[key] = value;
}
