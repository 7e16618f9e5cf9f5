/**
 * Small differences between a value of a request and one of a policy: slips of the pen, and what only looks the same.
 * Pure.
 */
import { replaceInvisible } from "../text/escape";
import { isOtherGithubForm, plainGithubSubject } from "../issuer/github-subject";
import { withoutSlashes } from "../issuer/issuer";
import { stringLike } from "../trust/string-like";

export interface Slip {
  /** E.g. "differs in case". */
  readonly what: string;
  /** What to do; `actual` says what the token or the request has. */
  readonly fix: (actual: string) => string;
}

const AS_IT_IS = (actual: string): string => `Write it letter for letter: ${actual}, and IAM minds every character.`;

/** How `value` differs from the nearest of `expected`, where that is by little; null where nothing is near. */
export function slipOf(value: string, expected: readonly string[], operator: string): Slip | null {
  const like = /StringLike/.test(operator);
  const matches = (entry: string, text: string): boolean => (like ? stringLike(entry, text) : entry === text);
  const some = (near: (entry: string) => boolean): boolean => expected.some(near);
  const slip = (what: string, fix: Slip["fix"] = AS_IT_IS): Slip => ({ what, fix });
  if (some((entry) => isOtherGithubForm(value, entry)) || matchesPlain(value, expected, matches))
    return slip(
      "is in GitHub's other form (with or without numeric IDs)",
      (actual) =>
        `Write the subject as the job's token has it: ${actual}. Repositories made or moved lately have IDs in it.`,
    );
  if (some((entry) => matches(entry.toLowerCase(), value.toLowerCase()))) return slip("differs in case");
  if (some((entry) => matches(entry.trim(), value.trim())))
    return slip(
      "differs in white space",
      (actual) => `Copy it anew from Databricks (${actual}): no subject begins or ends in white space.`,
    );
  if (
    some(
      (entry) =>
        matches(entry.normalize("NFKC"), value.normalize("NFKC")) ||
        matches(entry, lookAlike(value)) ||
        lookAlike(entry) === value,
    )
  ) {
    return slip(
      "differs in a look-alike character",
      () => "Find out who that is: it is another identity that only looks the same. Do not add it before you know.",
    );
  }
  if (some((entry) => matches(entry, withoutSlashes(value)) || matches(withoutSlashes(entry), value)))
    return slip("differs in a trailing slash");
  const pattern = like ? undefined : expected.find((entry) => /[*?]/.test(entry) && stringLike(entry, value));
  if (pattern !== undefined)
    return slip(
      `would match ${pattern} as a pattern, but ${operator} takes * literally`,
      () => "Name the subject, or list the pattern under subjectPatterns if everybody it matches is meant.",
    );
  const typo = expected.find((entry) => value.length > 6 && differsByOne(value, entry));
  return typo === undefined
    ? null
    : slip(
        `is one character off ${typo}`,
        (actual) => `If that is a slip of the pen, mend the trust: ${actual}. If not, it is somebody else.`,
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

/** One character changed, left out, added, or two neighbours swapped. */
function differsByOne(left: string, right: string): boolean {
  if (Math.abs(left.length - right.length) > 1) return false;
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  const tails = (skipLeft: number, skipRight: number): boolean =>
    left.slice(at + skipLeft) === right.slice(at + skipRight);
  const swapped = left[at] === right[at + 1] && left[at + 1] === right[at] && tails(2, 2);
  return left !== right && (tails(1, 1) || tails(1, 0) || tails(0, 1) || swapped);
}

/** Letters of other scripts that look Latin, and invisible characters, undone. */
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
