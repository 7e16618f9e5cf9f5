/** The identities a role declares, as the claims and request keys they would come with. Pure. */
import type { FederationIssuer, FederationRole } from "../federation/model";
import { databricksClaims } from "../sts/databricks-claims";
import { instanceOf } from "../trust/string-like";
import { addressEdges } from "./address-edges";
import { oneOf } from "../trust/suspension";
import { type Condition, exactSubjects, subjectGroups, type SubjectTrust, type Trust } from "../trust/trust";
import type { Claims } from "../sts/web-identity";

export type Context = Readonly<Record<string, readonly string[]>>;

/** An identity that must get in. */
export interface Declared {
  readonly issuer: FederationIssuer;
  readonly trust: SubjectTrust;
  readonly audience: string;
  readonly subject: string;
  /** The pattern it stands for, where it is no exact subject. */
  readonly pattern: string | null;
  readonly claims: Claims;
  /** Keys of the request that satisfy the trust's conditions. */
  readonly context: Context;
}

/** Every identity the role's web identity trusts name, and does not suspend; for a pattern one that it lets in. */
export function declaredIdentities(
  role: FederationRole,
  issuers: Readonly<Record<string, FederationIssuer>>,
  now: number,
): readonly Declared[] {
  const isOut = oneOf(role.suspendedSubjects);
  return allIdentities(role, issuers, now).filter(({ subject }) => !isOut(subject));
}

/**
 * Those whom the role suspends: as its trusts or its patterns would have let them in, as the trusts spell them, and in
 * several cases of ASCII letters. What AWS takes for the same letter beyond those is not documented.
 */
export function suspendedIdentities(
  role: FederationRole,
  issuers: Readonly<Record<string, FederationIssuer>>,
  now: number,
): readonly Declared[] {
  const isOut = oneOf(role.suspendedSubjects);
  const declared = role.trusts
    .flatMap((trust) => (trust.kind === "subjects" ? exactSubjects(trust) : []))
    .filter(isOut);
  const spellings = role.suspendedSubjects.flatMap((subject) => [
    subject,
    inCase(subject, (letter) => letter.toLowerCase()),
    inCase(subject, (letter) => letter.toUpperCase()),
    inCase(subject, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())),
  ]);
  const tried = [...new Set([...declared, ...spellings])];
  return allIdentities({ ...role, trusts: role.trusts.map((trust) => naming(trust, tried)) }, issuers, now).filter(
    ({ pattern }) => pattern === null,
  );
}

function inCase(text: string, change: (letter: string) => string): string {
  return text.replace(/[A-Za-z]/g, change);
}

function naming(trust: Trust, subjects: readonly string[]): Trust {
  return trust.kind === "subjects" ? { ...trust, servicePrincipals: [], users: [], identities: [], subjects } : trust;
}

function allIdentities(
  role: FederationRole,
  issuers: Readonly<Record<string, FederationIssuer>>,
  now: number,
): readonly Declared[] {
  return role.trusts.flatMap((trust): readonly Declared[] => {
    const issuer = trust.kind === "subjects" ? issuers[trust.issuer] : undefined;
    if (trust.kind !== "subjects" || issuer === undefined) return [];
    const context = satisfying(trust.conditions);
    const audiences = trust.audiences ?? issuer.audiences.slice(0, 1);
    const one = (subject: string, pattern: string | null): readonly Declared[] =>
      audiences.map((audience) => ({
        issuer,
        trust,
        audience,
        subject,
        pattern,
        context,
        claims: databricksClaims({
          issuer: issuer.issuer,
          audience,
          subject,
          clientId: "databricks-cli",
          scope: "all-apis",
          id: "00000000-0000-4000-8000-000000000000",
          now,
        }),
      }));
    return [
      ...exactSubjects(trust).flatMap((subject) => one(subject, null)),
      ...subjectGroups(trust).flatMap(({ test, subjects }) =>
        test === "StringLike" ? subjects.flatMap((pattern) => one(instanceOf(pattern), pattern)) : [],
      ),
    ];
  });
}

/**
 * Request keys under which all `conditions` hold, as far as their values say; a key that must be absent is left out.
 */
export function satisfying(conditions: readonly Condition[]): Context {
  const context: Record<string, readonly string[]> = {};
  for (const { test, variable, values } of conditions) {
    const base = test.replace(/^For(?:All|Any)Values?:/, "").replace(/IfExists$/, "");
    const [value = ""] = values;
    if (base === "Null") {
      if (value.toLowerCase() === "false") context[variable] ??= ["present"];
    } else if (!/Not/.test(base)) context[variable] = [valueFor(base, value)];
  }
  return context;
}

function valueFor(base: string, value: string): string {
  switch (base) {
    case "IpAddress":
      return value.replace(/\/\d+$/, "");
    case "StringLike":
    case "ArnLike":
    case "ArnEquals":
      return instanceOf(value, "x");
    case "NumericLessThan":
      return String(Number(value) - 1);
    case "NumericGreaterThan":
      return String(Number(value) + 1);
    case "DateLessThan":
      return shifted(value, -1);
    case "DateGreaterThan":
      return shifted(value, 1);
    default:
      return value;
  }
}

/**
 * Values of the request against which `condition` does not hold, as far as its values say: far off, and where it is a
 * network, next to it. `declaredClaims` evaluates the condition itself.
 */
export function violating(condition: Condition): readonly string[] {
  const far = farFrom(condition);
  const near = /^(?:For(?:All|Any)Values?:)?IpAddress/.test(condition.test)
    ? condition.values.flatMap((block) => addressEdges(block)?.outside ?? [])
    : [];
  return [...(far === null ? [] : [far]), ...near];
}

function farFrom({ test, values }: Condition): string | null {
  const base = test.replace(/^For(?:All|Any)Values?:/, "").replace(/IfExists$/, "");
  const [value = ""] = values;
  if (base === "Null") return value.toLowerCase() === "true" ? "present" : null;
  if (/Not/.test(base)) return valueFor(base.replace("Not", ""), value);
  switch (base) {
    case "IpAddress":
      return value.includes(":")
        ? "fe80::1"
        : value.replace(/^\d+/, (first) => String(Number(first) ^ 128)).replace(/\/\d+$/, "");
    case "Bool":
      return value.toLowerCase() === "true" ? "false" : "true";
    case "NumericLessThan":
    case "NumericLessThanEquals":
      return "999999999999";
    case "NumericGreaterThan":
    case "NumericGreaterThanEquals":
      return "-999999999999";
    case "NumericEquals":
      return `${value}1`;
    case "DateLessThan":
    case "DateLessThanEquals":
      return "9999-12-31T23:59:59Z";
    case "DateGreaterThan":
    case "DateGreaterThanEquals":
    case "DateEquals":
      return "1970-01-02T00:00:00Z";
    case "ArnEquals":
    case "ArnLike":
      return "arn:aws:iam::000000000000:role/nobody";
    default:
      return `nobody-${value.replace(/[*?]/g, "")}-nowhere`;
  }
}

function shifted(date: string, seconds: number): string {
  const time = /^-?\d+$/.test(date) ? Number(date) * 1000 : Date.parse(date);
  return Number.isNaN(time) ? date : new Date(time + seconds * 1000).toISOString();
}
