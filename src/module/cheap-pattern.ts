/**
 * Patterns that Terraform compiles quickly. RE2 copies what a counted repeat counts, and `regex` compiles anew for
 * every
 * value: `{1,512}` costs a millisecond each time. So long counts lose their end (`*`, `+`, `{3,}`), and the whole
 * length is
 * checked instead.
 */
import type { TextRule } from "../text/text-rule";
import { re2Pattern } from "../text/text-rule";

export interface CheapPattern {
  /** For RE2. */
  readonly pattern: string;
  /** Most characters of a whole match; null: any number. */
  readonly maxLength: number | null;
}

/** Counts up to this are left as they are. */
const SHORT_REPEAT = 32;

/**
 * `rule` for HCL. Where a pattern holds one long count, the same texts match; where it holds several, only their sum is
 * bounded. Patterns without a longest match (host names, addresses) stay exactly as they are.
 */
export function cheapPattern(rule: TextRule): CheapPattern {
  const longest = longestMatch(rule.pattern);
  const maxLength = Math.min(longest, rule.maxLength ?? Infinity);
  const exact = re2Pattern(rule);
  if (!Number.isFinite(longest)) return { pattern: exact, maxLength: rule.maxLength ?? null };
  const pattern = exact.replace(/\{([0-9]+),([0-9]+)\}/g, (count: string, least: string, most: string) =>
    Number(most) <= SHORT_REPEAT ? count : least === "0" ? "*" : least === "1" ? "+" : `{${least},}`,
  );
  return { pattern, maxLength: pattern === exact && rule.maxLength === undefined ? null : maxLength };
}

const ATOM = /^(?:\[(?:\\.|[^\]\\])*\]|\\u[0-9A-Fa-f]{4}|\\.|[^()|])/;
const REPEAT = /^(?:([?*+])|\{([0-9]+)(?:(,)([0-9]*))?\})/;

/** The most characters `pattern` (of text-rule.ts, so without look-around) matches; Infinity where there is no most. */
function longestMatch(pattern: string): number {
  let rest = pattern.replace(/^\^/, "").replace(/\$$/, "");
  const repeated = (length: number): number => {
    const found = REPEAT.exec(rest);
    if (found === null) return length;
    rest = rest.slice(found[0].length);
    const [, sign, least, comma, most] = found;
    if (sign === "?") return length;
    if (sign !== undefined || (comma !== undefined && most === "")) return Infinity;
    return length * Number(comma === undefined ? least : most);
  };
  const alternatives = (): number => {
    let longest = 0;
    let length = 0;
    while (rest !== "" && !rest.startsWith(")")) {
      if (rest.startsWith("|")) {
        longest = Math.max(longest, length);
        length = 0;
        rest = rest.slice(1);
      } else if (rest.startsWith("(?:")) {
        rest = rest.slice(3);
        const inner = alternatives();
        rest = rest.slice(1);
        length += repeated(inner);
      } else {
        const atom = ATOM.exec(rest)?.[0];
        if (atom === undefined) throw new RangeError(`${pattern} is no pattern of a text rule`);
        rest = rest.slice(atom.length);
        length += repeated(1);
      }
    }
    return Math.max(longest, length);
  };
  return alternatives();
}
