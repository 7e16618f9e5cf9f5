/** The values that a condition key can have at all, whatever the policies say. */
import { addressBits, readBoolean, readInstant } from "../decide/values";
import { likeMatcher } from "../string-like";
import type { Machine } from "./machine";
import { globMachine, textMachine, union } from "./machine";

export type Domain =
  | { readonly kind: "any" }
  /** One of these. */
  | { readonly kind: "values"; readonly values: readonly string[] }
  /** A public or private address; IPv4, IPv6 or either. */
  | { readonly kind: "address"; readonly family: 4 | 6 | null }
  /** A moment in one of the forms that IAM reads. */
  | { readonly kind: "instant" }
  /** Whole seconds since 1970. */
  | { readonly kind: "epoch" }
  | { readonly kind: "boolean" }
  /** Texts that match one of the patterns (`*` and `?` as in `StringLike`) and are none of the others. */
  | { readonly kind: "patterns"; readonly patterns: readonly string[]; readonly except: readonly string[] };

/** Whether `value` belongs to `domain`. */
export function domainTest(domain: Domain): (value: string) => boolean {
  switch (domain.kind) {
    case "any":
      return () => true;
    case "values": {
      const values = new Set(domain.values);
      return (value) => values.has(value);
    }
    case "address": {
      const { family } = domain;
      return (value) => {
        const bits = addressBits(value);
        return bits !== null && (family === null || (family === 4) === (bits.length === 32));
      };
    }
    case "instant":
      return (value) => readInstant(value) !== null;
    case "epoch":
      return (value) => /^\d{5,12}$/.test(value);
    case "boolean":
      return (value) => readBoolean(value) !== null;
    case "patterns": {
      const matchers = domain.patterns.map(likeMatcher);
      const except = new Set(domain.except);
      return (value) => !except.has(value) && matchers.some((matches) => matches(value));
    }
  }
}

/** Values of `domain` to begin with. */
export function domainExamples(domain: Domain): readonly string[] {
  switch (domain.kind) {
    case "any":
      return [];
    case "values":
      return domain.values;
    case "address":
      return [...(domain.family === 6 ? [] : ["192.0.2.1"]), ...(domain.family === 4 ? [] : ["2001:db8::1"])];
    case "instant":
      return ["2026-01-01T00:00:00Z"];
    case "epoch":
      return ["1767225600"];
    case "boolean":
      return ["true", "false"];
    case "patterns":
      return domain.patterns.map((pattern) => pattern.replace(/\*/g, "someone").replace(/\?/g, "x"));
  }
}

/** `domain` as automata: what its texts match and what they do not; null where it is not one of texts. */
export function domainMachines(domain: Domain): { readonly within: Machine; readonly without: Machine | null } | null {
  if (domain.kind !== "patterns") return null;
  return {
    within: union(domain.patterns.map(globMachine)),
    without: domain.except.length === 0 ? null : union(domain.except.map(textMachine)),
  };
}
