/** Rules on the subject: the `sub` guard of a statement. Patterns are judged by trying people on them. */
import { keeps, quoted, quotedAscii } from "../../text/text-rule";
import { SERVICE_PRINCIPAL, SUBJECT } from "../../trust/rules";
import { PUBLIC_MAIL_DOMAINS, STRANGERS, strangerLetIn } from "../../trust/strangers";
import { likeMatcher, stringLike } from "../../trust/string-like";
import { firstLetIn, letsIn } from "../../trust/parsed/admits";
import type { ParsedRole, ParsedStatement } from "../../trust/parsed/parsed-role";
import { exactSubjects, guarding, readsWildcards, subjectPatterns } from "../../trust/parsed/parse-role";
import { AUD, AUDIENCE_GUARD, conditionExample, EXAMPLE_AUDIENCE, GUARDS, OTHER_SUBJECT, SUB } from "../examples";
import type { Violation, LintRule } from "../rule";
import { SOURCES } from "../sources";
import { misnamed } from "./audience";

const MANY_SUBJECTS = 10;
const ONLY_WILDCARDS = /^[*?]+$/;
const GOOD = conditionExample(GUARDS);
const pattern = (value: string): ReturnType<typeof conditionExample> =>
  conditionExample({ ...AUDIENCE_GUARD, StringLike: { [SUB]: value } });

function on(statement: ParsedStatement, at: string, message: string, of: Pick<Violation, "pattern"> = {}): Violation {
  return { statement: statement.index, at, message, ...of };
}

const strangers = new Map<string, string | undefined>();

/** The stranger a pattern lets in; the same pattern is tried once however many roles have it. */
function strangerOf(value: string): string | undefined {
  if (!strangers.has(value)) strangers.set(value, strangerLetIn(value));
  return strangers.get(value);
}

/**
 * A pattern whose literal begins or ends in the middle of a word or of a domain, with somebody it lets in besides
 * those meant.
 */
function neighbour(value: string): string | undefined {
  const [prefix = ""] = value.split(/[*?]/, 1);
  const suffix = /[^*?]*$/.exec(value)?.[0] ?? "";
  const filled = (text: string): string => text.replace(/[*?]/g, "x");
  if (prefix !== "" && /[A-Za-z0-9]$/.test(prefix))
    return [`${prefix}x${suffix}`, filled(value)].find((someone) => stringLike(value, someone));
  // an open end behind a domain: *@example.com* is also x@example.com.evil.example
  const open = /@[^*?]*[A-Za-z0-9.](?=\*[^@]*$)/.exec(value);
  if (open !== null)
    return [
      `${filled(value.slice(0, open.index + open[0].length))}${open[0].endsWith(".") ? "" : "."}evil.example${suffix}`,
      filled(value),
    ].find((someone) => stringLike(value, someone));
  if (prefix === "" && suffix !== "" && /^[A-Za-z0-9]/.test(suffix))
    return [`mallory@evil${suffix}`, filled(value)].find((someone) => stringLike(value, someone));
  return undefined;
}

/** A pattern that fixes a beginning alone also takes a mailbox that anybody may open. */
function openEnd(value: string): string {
  const mailbox = `${value.replace(/\*+$/, "").replace(/[*?]/g, "x")}mallory@${PUBLIC_MAIL_DOMAINS[0] ?? ""}`;
  return value.endsWith("*") && !value.includes("@") && stringLike(value, mailbox)
    ? `, and ${mailbox} falls under it too`
    : "";
}

/** Whether a value of wildcards alone is what decides: beside another guard, or a Deny, it may let nobody in. */
function letsEverybodyIn(role: ParsedRole, statement: ParsedStatement, value: string): boolean {
  if (!ONLY_WILDCARDS.test(value)) return false;
  const few = value.replace(/\*/g, "").replace(/\?/g, "x");
  return firstLetIn(role, statement, [few, ...STRANGERS.filter(likeMatcher(value))]) !== undefined;
}

/** Why Databricks signs no such subject, or undefined for one it may. */
function unlikely(subject: string): string | undefined {
  if (subject.includes("${") || keeps(SERVICE_PRINCIPAL, subject)) return undefined;
  if (keeps(SERVICE_PRINCIPAL, subject.toLowerCase()))
    return "is a service principal's ID in capitals, and IAM minds case";
  if (subject === "") return "is empty";
  if (subject.trim() !== subject) return "has white space at its ends";
  return keeps(SUBJECT, subject.replace(/[*?{]/g, "x"))
    ? undefined
    : "holds a character that cannot be seen or only looks like the one that is meant";
}

export const SUBJECT_RULES: readonly LintRule[] = [
  {
    id: "subject-missing",
    on: "statement",
    severity: "error",
    title: "No condition on the subject",
    why:
      "Every user and every service principal of the issuer gets in. It is the commonest hole of its kind, " +
      "and AWS stores it without a word.",
    fix: "Add StringEquals on ISSUER_PATH:sub with the service principals' application IDs.",
    good: GOOD,
    bad: conditionExample(AUDIENCE_GUARD),
    source: `${SOURCES.keysAttached}; ${SOURCES.tinder}`,
    check: (statement, role) => {
      if (guarding(statement.sub).length > 0 || statement.providers.length === 0 || misnamed(statement, "sub"))
        return [];
      const stranger = firstLetIn(role, statement, STRANGERS);
      return stranger === undefined
        ? []
        : [
            on(
              statement,
              "Condition",
              `The statement has no condition ` +
                `on ${statement.providers[0]?.issuerPath ?? ""}:sub: ${stranger} gets in, and everybody else of ` +
                `that issuer.`,
            ),
          ];
    },
  },
  {
    id: "subject-only-wildcards",
    on: "statement",
    severity: "error",
    title: "A subject of wildcards alone",
    why: "It is no condition: everybody of the issuer gets in. An empty list is the same mistake the other way round.",
    fix: "Name the service principals, or fix at least the mail domain.",
    good: GOOD,
    bad: pattern("*"),
    source: SOURCES.ohMyDc,
    check: (statement, role) =>
      statement.sub.flatMap((condition) => {
        if (condition.values.length === 0)
          return [on(statement, `Condition.${condition.operator}`, "The list of subjects is empty.")];
        return condition.values
          .filter((value) => readsWildcards(condition) && letsEverybodyIn(role, statement, value))
          .map((value) =>
            on(
              statement,
              `Condition.${condition.operator}`,
              `The subject ${quoted(value)} lets everybody of the issuer in.`,
            ),
          );
      }),
  },
  {
    id: "subject-stranger",
    on: "statement",
    severity: "error",
    title: "A pattern that lets strangers in",
    why:
      "Tried on random application IDs and on addresses anybody may open at a public mail provider. Whoever " +
      "can have such a sub in your issuer gets the role.",
    fix: 'Fix the mail domain ("*@data.example.com"), or name the service principals one by one.',
    good: GOOD,
    bad: pattern("*-*"),
    source: SOURCES.subJugation,
    check: (statement, role) =>
      subjectPatterns(statement)
        .filter((value) => !ONLY_WILDCARDS.test(value))
        .flatMap((value) => {
          const stranger = strangerOf(value);
          return stranger === undefined || !letsIn(role, statement, stranger)
            ? []
            : [on(statement, "Condition", `${quoted(value)} lets strangers like ${stranger} in.`, { pattern: value })];
        }),
  },
  {
    id: "subject-literal-wildcard",
    on: "statement",
    severity: "error",
    title: "A wildcard under StringEquals",
    why:
      "StringEquals takes * and ? literally, so nobody ever matches; and whoever then turns it into " +
      "StringLike opens the role.",
    fix: "Write the whole subject, or use StringLike with a pattern that fixes the mail domain.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "*@data.example.com" } }),
    source: SOURCES.operators,
    check: (statement) =>
      statement.sub
        .filter((condition) => /^StringEquals(?:IgnoreCase)?$/.test(condition.test))
        .flatMap((condition) =>
          condition.values
            .filter((value) => /[*?]/.test(value))
            .map((value) =>
              on(
                statement,
                `Condition.${condition.operator}`,
                `${condition.operator} takes ${quoted(value)} literally: nobody matches.`,
              ),
            ),
        ),
  },
  {
    id: "subject-wildcard",
    on: "statement",
    severity: "warning",
    title: "A subject with a wildcard",
    why:
      "Who gets in is decided by whoever gives out names in the issuer, today and later. With a written " +
      "reason the pattern is let be.",
    fix: "Name the subjects, or write the reason beside the pattern: { pattern, reason }.",
    good: GOOD,
    bad: pattern("*@data.example.com"),
    source: SOURCES.subJugation,
    check: (statement, role) =>
      subjectPatterns(statement)
        .filter((value) => !letsEverybodyIn(role, statement, value))
        .map((value) =>
          on(statement, "Condition", `${quoted(value)} is a pattern${openEnd(value)}.`, { pattern: value }),
        ),
  },
  {
    id: "subject-pattern-no-delimiter",
    on: "statement",
    severity: "warning",
    title: "A pattern that ends in the middle of a word",
    why: '"data*" is also "database-team", and "*example.com" is also "mallory@evilexample.com".',
    fix: 'Let the fixed part end (or begin) with its delimiter: "data-*", "*@example.com".',
    good: GOOD,
    bad: pattern("*data.example.com"),
    source: SOURCES.ohMyDc,
    check: (statement) =>
      subjectPatterns(statement).flatMap((value) => {
        const someone = neighbour(value);
        return someone === undefined
          ? []
          : [on(statement, "Condition", `${quoted(value)} also lets ${quoted(someone)} in.`, { pattern: value })];
      }),
  },
  {
    id: "subject-unlikely",
    on: "statement",
    severity: "warning",
    title: "A subject Databricks does not sign",
    why:
      "Application IDs are written in small letters, and no subject is empty, begins or ends in white space, " +
      "or holds invisible characters or look-alikes from other scripts. Such a line lets nobody in; or it lets " +
      "in somebody who only looks like the one it seems to name.",
    fix: "Copy the application ID or the address anew from Databricks.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "\u0430lice@example.com" } }),
    source: SOURCES.trustPage,
    check: (statement) =>
      [...exactSubjects(statement), ...subjectPatterns(statement)].flatMap((value) => {
        const why = unlikely(value);
        return why === undefined ? [] : [on(statement, "Condition", `${quotedAscii(value)} ${why}.`)];
      }),
  },
  {
    id: "subject-email",
    on: "statement",
    severity: "warning",
    title: "An e-mail address as subject",
    why:
      "Addresses are renamed and given to somebody else, IAM minds their case, and a user's token can be " +
      "replayed by any application it was given to.",
    fix: "Trust a service principal, or say in the federation file why users are meant.",
    good: GOOD,
    bad: conditionExample({ StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } }),
    source: SOURCES.subJugation,
    check: (statement) => {
      const users = exactSubjects(statement).filter(isEmail);
      const others = users.length > 1 ? ` and ${users.length - 1} more` : "";
      return users.length === 0
        ? []
        : [
            on(
              statement,
              "Condition",
              `${quoted(users[0] ?? "")}${others} ${users.length > 1 ? "are e-mail addresses" : "is an e-mail " + "address"}.`,
            ),
          ];
    },
  },
  {
    id: "subject-many",
    on: "role",
    severity: "warning",
    title: `More than ${MANY_SUBJECTS} subjects`,
    why: "A role that so many share says little in CloudTrail, and nobody reviews such a list.",
    fix: "Give each team its own role.",
    good: GOOD,
    bad: conditionExample({
      StringEquals: {
        [AUD]: EXAMPLE_AUDIENCE,
        [SUB]: Array.from({ length: 11 }, (_, index) => `${OTHER_SUBJECT.slice(0, -2)}${10 + index}`),
      },
    }),
    source: SOURCES.trustPage,
    check: ({ statements }) => {
      const subjects = new Set(
        statements
          .filter((statement) => statement.letsWebIdentitiesIn)
          .flatMap((statement) => [...exactSubjects(statement), ...subjectPatterns(statement)]),
      );
      return subjects.size > MANY_SUBJECTS ? [{ message: `The role has ${subjects.size} subjects.` }] : [];
    },
  },
];

/** Whether a subject is written like a user's. */
export function isEmail(subject: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(subject);
}
