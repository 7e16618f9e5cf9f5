/** Brings raw input to the form Terraform would see: strings and keys in NFC, so both back ends start from the same. */
import type { Problem } from "../errors";
import { canonicalText } from "../trust/canonical-json";
import type { PathPart } from "./path";
import { formatPath } from "./path";

/** Deeper than this no federation goes; a policy document is at most about ten deep. */
const MAX_DEPTH = 40;

/**
 * A copy of `raw` with every string and key in NFC, `undefined` members dropped and no prototype tricks.
 * Problems: yaml-duplicate-key (keys equal after NFC), yaml-syntax (nested too deeply),
 * reserved-text (`TfToken[`, which CDKTF would read as its own).
 */
export function canonicalInput(raw: unknown, refuseTokens = true): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const checkText = (text: string, path: readonly PathPart[]): string => {
    if (refuseTokens && text.includes("TfToken[")) {
      problems.push({ code: "reserved-text", message: "The text holds TfToken[, which CDKTF reads as its own.", path: formatPath(path), fix: "Write it otherwise." });
    }
    return canonicalText(text);
  };
  const copy = (value: unknown, path: readonly PathPart[]): unknown => {
    if (typeof value === "string") return checkText(value, path);
    if (typeof value !== "object" || value === null) return value;
    if (path.length > MAX_DEPTH) {
      problems.push({ code: "yaml-syntax", message: `The input is nested more than ${MAX_DEPTH} deep.`, path: formatPath(path.slice(0, 6)), fix: "Flatten it." });
      return null;
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, [...path, index]));
    const members: Record<string, unknown> = {};
    for (const [rawKey, member] of Object.entries(value)) {
      if (member === undefined) continue;
      const key = checkText(rawKey, [...path, rawKey]);
      if (Object.hasOwn(members, key)) {
        problems.push({ code: "yaml-duplicate-key", message: `The key ${JSON.stringify(key)} stands twice (its spellings are one after Unicode normalisation).`, path: formatPath([...path, key]), fix: "Keep one of them." });
      }
      // defineProperty, so that a key like __proto__ is a member and nothing else
      Object.defineProperty(members, key, { value: copy(member, [...path, key]), enumerable: true, writable: true, configurable: true });
    }
    return members;
  };
  return { value: copy(raw, []), problems };
}
