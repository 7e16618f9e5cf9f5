/**
 * Small differences between a value of a request and one of a policy: typos, and what only looks the same. Pure.
 */
import { replaceInvisible } from "../text/escape";
import { isOtherGithubForm, plainGithubSubject } from "../issuer/github-subject";
import { withoutTrailingSlashes } from "../text/words";
import { stringLike } from "../trust/string-like";

export interface Difference {
  /** E.g. "differs in case". */
  readonly what: string;
  /** What to do; `actual` says what the token or the request has. */
  readonly fix: (actual: string) => string;
}

const WRITE_EXACTLY = (actual: string): string =>
  `Write it exactly as it is (${actual}): IAM compares every character.`;

/** How `value` differs from the nearest of `expected`, where that is by little; null where nothing is near. */
export function smallDifference(value: string, expected: readonly string[], operator: string): Difference | null {
  const like = /StringLike/.test(operator);
  const matches = (entry: string, text: string): boolean => (like ? stringLike(entry, text) : entry === text);
  const some = (near: (entry: string) => boolean): boolean => expected.some(near);
  const difference = (what: string, fix: Difference["fix"] = WRITE_EXACTLY): Difference => ({ what, fix });
  if (some((entry) => isOtherGithubForm(value, entry)) || matchesPlain(value, expected, matches))
    return difference(
      "is in GitHub's other form (with or without numeric IDs)",
      (actual) => `Write the subject as in the job's token (${actual}): that of a recent repository has numeric IDs.`,
    );
  if (some((entry) => matches(entry.toLowerCase(), value.toLowerCase()))) return difference("differs in case");
  if (some((entry) => matches(entry.trim(), value.trim())))
    return difference(
      "differs in white space",
      (actual) => `Copy it again from Databricks (${actual}): no subject begins or ends with white space.`,
    );
  if (
    some(
      (entry) =>
        matches(entry.normalize("NFKC"), value.normalize("NFKC")) ||
        matches(entry, lookAlike(value)) ||
        lookAlike(entry) === value,
    )
  ) {
    return difference(
      "differs in a look-alike character",
      () => "It is a different identity that looks the same: find out whose it is before you add it.",
    );
  }
  if (some((entry) => matches(entry, withoutTrailingSlashes(value)) || matches(withoutTrailingSlashes(entry), value)))
    return difference("differs in a trailing slash");
  const pattern = like ? undefined : expected.find((entry) => /[*?]/.test(entry) && stringLike(entry, value));
  if (pattern !== undefined)
    return difference(
      `would match ${pattern} as a pattern, but ${operator} takes * literally`,
      () =>
        "Name the subject; or, if everyone whom the pattern matches should have access, list it under subjectPatterns.",
    );
  const typo = expected.find((entry) => value.length > 6 && differsByOne(value, entry));
  return typo === undefined
    ? null
    : difference(
        `is one character off ${typo}`,
        (actual) => `If this is a typo, update the trust policy: ${actual}. Otherwise it is a different identity.`,
      );
}

/** Whether a pattern without numeric IDs would match a subject of GitHub that has them. */
function matchesPlain(
  value: string,
  expected: readonly string[],
  matches: (entry: string, text: string) => boolean,
): boolean {
  const plain = plainGithubSubject(value);
  return plain !== null && plain !== value && expected.some((entry) => matches(entry, plain));
}

/** One character changed, left out, added, or two adjacent ones swapped. */
function differsByOne(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const tails = (skipLeft: number, skipRight: number): boolean =>
    left.slice(at + skipLeft) === right.slice(at + skipRight);
  const swapped = left[at] === right[at + 1] && left[at + 1] === right[at] && tails(2, 2);
  return left !== right && (tails(1, 1) || tails(1, 0) || tails(0, 1) || swapped);
}

/** `text` with letters of other scripts that look Latin replaced, and without invisible characters. */
function lookAlike(text: string): string {
  const latin: Readonly<Record<string, string>> = {
    а: "a",
    е: "e",
    о: "o",
    р: "p",
    с: "c",
    х: "x",
    у: "y",
    і: "i",
    ѕ: "s",
    ο: "o",
    α: "a",
    ı: "i",
    ӏ: "l",
  };
  return replaceInvisible(text, "").replace(/[^\x00-\x7f]/g, (character) => latin[character] ?? character);
}
