/** The narrowest trusts that are known of a role which is not in the file as it is: for its reader to decide. Pure. */
import { InputError } from "../errors";
import { readIssuerUrl } from "../issuer/read-url";
import { compilePolicy, decide } from "../trust/decide/decide";
import type { ParsedCondition, ParsedStatement } from "../trust/parsed/parsed-role";
import { MASTER_ROLES } from "../trust/parsed/unity-catalog-pair";
import type { Evidence } from "./evidence";
import { domainOf } from "./federation-of-plan";
import type { AdoptedIssuer } from "./issuers";
import { openTo } from "./open-pattern";
import type { Members } from "../text/members";
import type { Reason } from "./reasons";
import { type LeftRole, probe, type RoleContext, roleSettings } from "./role";
import { declaredSubjects } from "./declared-subjects";
import { conditionsOf, plainRole, subjectsOf, unityCatalogTrust } from "./trusts";

export interface Proposal {
  /** The role as it could be in the file. */
  readonly declaration: Members;
  /** What the proposal rests on, each in a sentence. */
  readonly because: readonly string[];
}

/** What another trust policy fixes. */
const OF_TRUSTS: ReadonlySet<Reason> = new Set([
  "deny-statement",
  "negated-element",
  "open-principal",
  "deleted-principal",
  "several-providers",
  "provider-left",
  "other-action",
  "no-audience",
  "no-subject",
  "guard-operator",
  "open-pattern",
  "unity-catalog-incomplete",
  "trust-differs",
]);

/** The narrowest role that is known; null where nothing shows whom it should let in, or a decision is needed first. */
export function proposedRole(
  { role, faults }: LeftRole,
  context: RoleContext,
  evidence: Evidence | null,
): Proposal | null {
  if (!faults.every(({ reason }) => OF_TRUSTS.has(reason))) return null;
  const because = new Set<string>();
  const parsed = plainRole(role.lint);
  const trusts = parsed.statements.flatMap((statement): readonly Members[] => {
    if (statement.effect === "Deny") return [];
    if (statement.unityCatalog) return unityCatalogTrust(statement).trusts;
    if (statement.trusted.some(({ value }) => MASTER_ROLES.has(value))) return unityCatalogTrust(statement).trusts;
    return issuersOf(statement, context).flatMap((issuer) => {
      const found = proposedTrust(role.arn, statement, issuer, evidence);
      for (const says of found.because) because.add(says);
      return found.trust === null ? [] : [found.trust];
    });
  });
  const whole = [...new Map(trusts.map((trust) => [JSON.stringify(trust), trust])).values()];
  if (whole.length === 0) return null;
  const declaration = { ...roleSettings(role), trusts: whole };
  const domains = parsed.statements.flatMap((statement) => subjectsOf(statement).patterns).flatMap(domainIn);
  if ("problems" in probe(declaration, role.name, context, domains)) return null;
  return { declaration, because: [...because] };
}

function domainIn(pattern: string): readonly string[] {
  return openTo(pattern) === null ? [domainOf(pattern)] : [];
}

/** The issuers that a statement means: also where their provider is registered wrongly, and by the right URL too. */
function issuersOf(statement: ParsedStatement, { issuers }: RoleContext): readonly AdoptedIssuer[] {
  return statement.providers.flatMap(({ arn, issuerPath }) => {
    const known = issuers.get(arn);
    if (known !== undefined) return [known];
    const meant = meantIssuer(issuerPath);
    return [...issuers.values()].filter((issuer) => issuer.issuerPath === meant);
  });
}

/** The issuer path that was meant by one with a discovery suffix or a trailing slash; undefined where none is. */
export function meantIssuer(issuerPath: string): string | undefined {
  try {
    const read = readIssuerUrl(`https://${issuerPath}`);
    return read.level === "workspace" ? `${read.host}/oidc` : `${read.host}/oidc/accounts/${read.accountId}`;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function proposedTrust(
  roleArn: string,
  statement: ParsedStatement,
  issuer: AdoptedIssuer,
  evidence: Evidence | null,
): { readonly trust: Members | null; readonly because: readonly string[] } {
  const because: string[] = [];
  const registered = new Set(issuer.audiences);
  const providers = statement.providers.map(({ arn }) => arn);
  const seen = providers
    .flatMap((arn) => evidence?.seen(roleArn, arn) ?? [])
    .filter(({ subject, audience }) => registered.has(audience) && allows(statement, issuer, subject, audience));
  const named = subjectsNamed(statement);
  const subjects = [...new Set([...named.exact, ...seen.map(({ subject }) => subject)])];
  if (seen.length > 0)
    because.push(...seen.map(({ subject, count, last }) => `${subject} assumed it ${times(count)}, last ${last}.`));
  // a pattern within a domain of one's own stays only where no one was seen
  const patterns = seen.length > 0 ? [] : named.patterns.filter((pattern) => openTo(pattern) === null);
  if (subjects.length + patterns.length === 0) return { trust: null, because };
  if (named.exact.length > 0) because.push("The trust policy names some subjects itself.");
  const asked = [...new Set(statement.aud.filter(isListed).flatMap(({ values }) => values))];
  const audiences = [
    ...new Set([...asked, ...(asked.length === 0 ? seen.map(({ audience }) => audience) : [])]),
  ].filter((audience) => registered.has(audience));
  const usual = audiences.length === 0 || (audiences.length === 1 && audiences[0] === issuer.audiences[0]);
  const guards = new Set<ParsedCondition>([...statement.aud, ...statement.sub]);
  return {
    because,
    trust: {
      issuer: issuer.key,
      ...declaredSubjects(subjects),
      ...(patterns.length === 0 ? {} : { subjectPatterns: patterns }),
      ...(usual ? {} : { audiences }),
      ...conditionsOf(statement.conditions.filter((condition) => !guards.has(condition))),
    },
  };
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function isListed({ test, negated, values }: ParsedCondition): boolean {
  return (
    !negated && /^String(?:Equals|Like|EqualsIgnoreCase)$/.test(test) && !values.some((value) => /[*?]/.test(value))
  );
}

/** Subjects that a statement names, whatever the operator that lets them in. */
function subjectsNamed(statement: ParsedStatement): ReturnType<typeof subjectsOf> {
  const { exact, patterns } = subjectsOf(statement);
  const loose = statement.sub
    .filter(({ test, negated }) => test === "StringEqualsIgnoreCase" && !negated)
    .flatMap(({ values }) => values);
  return { exact: [...new Set([...exact, ...loose])].filter((subject) => !/[*?]/.test(subject)), patterns };
}

/** Whether the statement's own conditions on subject and audience let the identity in. */
function allows(statement: ParsedStatement, issuer: AdoptedIssuer, subject: string, audience: string): boolean {
  const arn = issuer.provider.arn;
  const guards = [...statement.aud, ...statement.sub];
  const alone = { ...statement, index: 0, conditions: guards };
  const keys = new Map([
    [`${issuer.issuerPath}:sub`.toLowerCase(), [subject]],
    [`${issuer.issuerPath}:aud`.toLowerCase(), [audience]],
  ]);
  const request = { action: "sts:AssumeRoleWithWebIdentity", principal: { kind: "Federated", arn }, keys } as const;
  return decide(compilePolicy({ version: "2012-10-17", statements: [alone] }), request);
}
