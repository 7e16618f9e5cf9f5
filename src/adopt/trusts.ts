/** The trusts of a federation file, from the trust policy of a role; or what keeps it out of the file. Pure. */
import { UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { quoted } from "../text/text-rule";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "../trust/parsed/parsed-role";
import { actionCovers, parseRole } from "../trust/parsed/parse-role";
import type { LintRole } from "../trust/parsed/target";
import { MASTER_ROLES } from "../trust/parsed/unity-catalog-pair";
import { declaredSubjects, list } from "./declared-subjects";
import { domainOf, fixesDomain } from "./federation-of-plan";
import type { AdoptedIssuer } from "./issuers";
import { openTo } from "./open-pattern";
import { withoutRepeats } from "./policy-form";
import type { Members } from "../text/members";
import { type Fault, fault } from "./reasons";
import { isEmptied, isSuspension, NOBODY, suspendedIn } from "./suspension";

/** What is known of the issuers that a policy may trust. */
export interface TrustSources {
  /** By the ARN of the provider. */
  readonly issuers: ReadonlyMap<string, AdoptedIssuer>;
  /** 12 digits. */
  readonly accountId: string;
}

export interface FoundTrusts {
  readonly trusts: readonly Members[];
  /** The email domains of its patterns, for the federation. */
  readonly emailDomains: readonly string[];
  /** Whom the policy denies as a suspension does. */
  readonly suspended: readonly string[];
  /** What a federation file cannot say; where there is any, the trusts are not the policy's. */
  readonly faults: readonly Fault[];
}

/** The role with every value of its trust policy once. */
export function plainRole(role: LintRole): ParsedRole {
  return parseRole({ ...role, policy: withoutRepeats(role.policy) });
}

/** A trust for each statement; the two of Unity Catalog are one. What is there twice is one too. */
export function trustsOf(role: LintRole, sources: TrustSources): FoundTrusts {
  const { malformed, statements } = plainRole(role);
  if (malformed.length > 0)
    return {
      trusts: [],
      emailDomains: [],
      suspended: [],
      faults: [fault("trust-unreadable", "", malformed.join(" "))],
    };
  const issuerOf = ({ providers }: ParsedStatement): AdoptedIssuer | undefined =>
    sources.issuers.get(providers[0]?.arn ?? "");
  const suspensions = statements.filter((statement) => isSuspension(statement) && issuerOf(statement) !== undefined);
  const allows = statements.filter((statement) => !suspensions.includes(statement));
  const found = allows.map((statement) =>
    statement.unityCatalog ? unityCatalogTrust(statement) : subjectTrust(statement, sources),
  );
  // where nobody is left, those who are suspended are all that the policy says of whom it trusts
  const isAnyoneLeft = allows.some(({ providers }) => providers.length > 0);
  const [anyIssuer] = sources.issuers.values();
  const hidden: readonly Members[] =
    anyIssuer !== undefined && isEmptied(statements) ? [{ issuer: anyIssuer.key, subjects: [NOBODY] }] : [];
  const out = suspensions.map((one) => ({ issuer: issuerOf(one)?.key, ...declaredSubjects(suspendedIn(one)) }));
  const trusts = [...(isAnyoneLeft ? [] : [...out, ...hidden]), ...found.flatMap((one) => one.trusts)];
  return {
    trusts: [...new Map(trusts.map((trust) => [JSON.stringify(trust), trust])).values()],
    emailDomains: [...new Set(found.flatMap(({ emailDomains }) => emailDomains))],
    suspended: [...suspensions.flatMap(suspendedIn), ...(hidden.length === 0 ? [] : [NOBODY])],
    faults: found.flatMap(({ faults }) => faults),
  };
}

const NOTHING: FoundTrusts = { trusts: [], emailDomains: [], suspended: [], faults: [] };

function subjectTrust(statement: ParsedStatement, sources: TrustSources): FoundTrusts {
  const faults = [...principalFaults(statement, sources), ...guardFaults(statement)].map((one) => ({
    ...one,
    place: one.place === "" ? `Statement[${statement.index}]` : `Statement[${statement.index}].${one.place}`,
  }));
  const issuer = guardedProviders(statement)
    .map(({ arn }) => sources.issuers.get(arn))
    .find((known) => known !== undefined);
  if (faults.length > 0 || issuer === undefined) return { ...NOTHING, faults };
  const { exact, patterns } = subjectsOf(statement);
  const within = patterns.filter(fixesDomain);
  const guards = new Set<ParsedCondition>([...statement.aud, ...statement.sub]);
  const audiences = unique(statement.aud.flatMap(({ values }) => values));
  const usual = audiences.length === 1 && audiences[0] === issuer.audiences[0];
  const tagged = statement.actions.some((action) => action.toLowerCase() === "sts:tagsession");
  const trust: Members = {
    issuer: issuer.key,
    ...declaredSubjects(exact),
    ...list("subjectPatterns", within),
    ...list(
      "wideSubjectPatterns",
      patterns.filter((pattern) => !fixesDomain(pattern)).map((pattern) => ({ pattern, reason: NO_REASON })),
    ),
    ...(usual ? {} : { audiences }),
    ...conditionsOf(statement.conditions.filter((condition) => !guards.has(condition))),
    ...(tagged ? { allowTagSession: true } : {}),
  };
  return { ...NOTHING, trusts: [trust], emailDomains: within.map(domainOf) };
}

const NO_REASON = "Taken over from AWS as it was, where no reason is written.";

/** Further conditions of a trust. */
export function conditionsOf(conditions: readonly ParsedCondition[]): Members {
  return list(
    "conditions",
    conditions.map(({ operator, key, values }) => ({ test: operator, variable: key, values: unique(values) })),
  );
}

/** Exact subjects and patterns that a statement names. A condition that lists subjects wins over patterns beside it. */
export function subjectsOf(statement: ParsedStatement): {
  readonly exact: readonly string[];
  readonly patterns: readonly string[];
} {
  const named = statement.sub.filter(({ test, negated }) => test === "StringEquals" && !negated);
  const liked = statement.sub.filter(({ test, negated }) => test === "StringLike" && !negated);
  const values = unique((named.length > 0 ? named : liked).flatMap((condition) => condition.values));
  if (named.length > 0) return { exact: values, patterns: [] };
  const isPattern = (value: string): boolean => /[*?]/.test(value);
  return { exact: values.filter((value) => !isPattern(value)), patterns: values.filter(isPattern) };
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

/** The providers whose audience and subject the statement checks; all of them where it checks those of none. */
function guardedProviders({ providers: named, aud, sub }: ParsedStatement): ParsedStatement["providers"] {
  const providers = [...new Map(named.map((provider) => [provider.arn, provider])).values()];
  const checked = providers.filter(({ issuerPath }) => {
    const isOf = ({ key }: ParsedCondition): boolean => key.toLowerCase().startsWith(`${issuerPath.toLowerCase()}:`);
    return aud.some(isOf) || sub.some(isOf);
  });
  return checked.length > 0 ? checked : providers;
}

/** The IDs that IAM shows in place of a principal that was deleted. */
const DELETED = /^A(?:RO|ID|GP|NP|IP|SC)A[A-Z0-9]{12,}$/;

function principalFaults(statement: ParsedStatement, { issuers, accountId }: TrustSources): readonly Fault[] {
  const { effect, trusted, actions } = statement;
  if (effect === "Deny") return [fault("deny-statement")];
  if (statement.notPrincipal || statement.notAction || statement.hasResource) return [fault("negated-element")];
  const faults = trusted.flatMap(({ kind, value }): Fault[] => {
    const place = `Principal.${kind}`;
    if (kind === "Federated" && statement.providers.some(({ arn }) => arn === value)) return [];
    if (/[*?]/.test(value)) return [fault("open-principal", place, quoted(value))];
    if (DELETED.test(value)) return [fault("deleted-principal", place, quoted(value))];
    if (MASTER_ROLES.has(value)) return [fault("unity-catalog-incomplete", place, quoted(value))];
    return [fault("other-principal", place, quoted(value))];
  });
  const guarded = guardedProviders(statement);
  const [first, second] = guarded;
  if (first !== undefined && second !== undefined)
    faults.push(fault("several-providers", "Principal.Federated", guarded.map(({ arn }) => quoted(arn)).join(", ")));
  else if (first !== undefined && first.accountId !== accountId)
    faults.push(fault("provider-other-account", "Principal.Federated", quoted(first.arn)));
  else if (first !== undefined && !issuers.has(first.arn))
    faults.push(fault("provider-left", "Principal.Federated", quoted(first.arn)));
  const known = ["sts:assumerolewithwebidentity", "sts:tagsession"];
  const other = trusted.every(({ kind }) => kind === "Federated")
    ? actions.filter((action) => !known.includes(action.toLowerCase()))
    : [];
  if (other.length > 0) faults.push(fault("other-action", "Action", other.map(quoted).join(", ")));
  if (first !== undefined && !actions.some((action) => actionCovers(action, "sts:AssumeRoleWithWebIdentity")))
    faults.push(fault("other-action", "Action", "it allows no AssumeRoleWithWebIdentity"));
  return faults;
}

function guardFaults(statement: ParsedStatement): readonly Fault[] {
  const { effect, providers, aud, sub } = statement;
  if (effect === "Deny" || statement.notPrincipal || providers.length === 0) return [];
  const faults: Fault[] = [];
  const asks = (condition: ParsedCondition, tests: readonly string[]): boolean =>
    tests.includes(condition.test) && !condition.negated && condition.values.length > 0;
  const oddAud = aud.filter(
    (condition) =>
      !asks(condition, ["StringEquals"]) &&
      !(asks(condition, ["StringLike"]) && !condition.values.some((value) => /[*?]/.test(value))),
  );
  const oddSub = sub.filter((condition) => !asks(condition, ["StringEquals", "StringLike"]));
  for (const { operator, key, values } of [...oddAud, ...oddSub])
    faults.push(fault("guard-operator", `Condition.${operator}`, `${quoted(key)}: ${values.map(quoted).join(", ")}`));
  if (aud.length === 0) faults.push(fault("no-audience", "Condition"));
  if (sub.length === 0) faults.push(fault("no-subject", "Condition"));
  const { patterns } = subjectsOf(statement);
  for (const pattern of patterns) {
    const whom = openTo(pattern);
    if (whom !== null) faults.push(fault("open-pattern", "Condition", `${quoted(pattern)} matches ${whom}`));
  }
  return faults;
}

/** From the statement for Databricks' own role; that for the role itself follows from it. */
export function unityCatalogTrust({ trusted, conditions }: ParsedStatement): FoundTrusts {
  const cloud = UNITY_CATALOG_CLOUDS.find((name) =>
    trusted.some(({ value }) => value === UNITY_CATALOG_PRINCIPALS[name].arn),
  );
  if (cloud === undefined) return NOTHING;
  const isExternalId = ({ key }: ParsedCondition): boolean => key.toLowerCase() === "sts:externalid";
  const externalIds = conditions
    .filter((condition) => isExternalId(condition) && condition.operator === "StringEquals")
    .flatMap(({ values }) => values);
  const trust = {
    unityCatalog: { externalIds: unique(externalIds), cloud },
    ...conditionsOf(conditions.filter((condition) => !isExternalId(condition))),
  };
  return { ...NOTHING, trusts: [trust] };
}
