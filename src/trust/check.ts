/** What a role's trusts must keep before a trust policy is built of them. Every complaint at once. */
import type { Problem } from "../errors";
import { breach, quoted } from "../text-rule";
import type { TextRule } from "../text-rule";
import { AUDIENCE } from "../issuer/rules";
import type { Partition } from "../issuer/rules";
import { strangerLetIn } from "./strangers";
import {
  CONDITION_TESTS, CONDITION_VALUE, CONDITION_VARIABLE, EXTERNAL_ID, SERVICE_PRINCIPAL, SUBJECT, SUBJECT_PATTERN,
  UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS, USER,
} from "./rules";
import type { Condition, SubjectTrust, Trust, UnityCatalogTrust } from "./trust";

/** What the check must know of the issuers a trust may name. */
export type KnownIssuers = Readonly<Record<string, {
  readonly conditionKeys: { readonly aud: string; readonly sub: string };
  readonly audiences: readonly string[];
}>>;

export interface CheckContext {
  readonly issuers: KnownIssuers;
  /** Null where it is only known at plan time. */
  readonly partition: Partition | null;
}

/**
 * Complaints about one role's trusts. Codes: no-trust, no-subject, issuer-not-found, service-principal-invalid,
 * user-invalid, subject-invalid, subject-has-wildcard, policy-variable-in-subject, subject-pattern-invalid,
 * subject-pattern-without-wildcard, subject-pattern-too-wide, audience-invalid, audience-not-registered,
 * condition-test-unknown, condition-on-guard, condition-repeated, condition-invalid, external-id-invalid,
 * unity-catalog-cloud.
 */
export function checkTrusts(trusts: readonly Trust[], context: CheckContext, path: string): readonly Problem[] {
  if (trusts.length === 0) {
    return [{
      code: "no-trust",
      message: "The role trusts nobody.",
      path,
      fix: "Add a trust with an issuer and its servicePrincipals, or remove the role.",
    }];
  }
  return trusts.flatMap((trust, index) => checkTrust(trust, context, `${path}[${index}]`));
}

/** Complaints about one trust; codes as `checkTrusts`. */
export function checkTrust(trust: Trust, context: CheckContext, path: string): readonly Problem[] {
  return trust.kind === "subjects" ? checkSubjectTrust(trust, context, path) : checkUnityCatalog(trust, context, `${path}.unityCatalog`, path);
}

function checkSubjectTrust(trust: SubjectTrust, context: CheckContext, path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const issuer = Object.hasOwn(context.issuers, trust.issuer) ? context.issuers[trust.issuer] : undefined;
  if (issuer === undefined) {
    const known = Object.keys(context.issuers);
    problems.push({
      code: "issuer-not-found",
      message: `There is no issuer ${quoted(trust.issuer)}.`,
      path: `${path}.issuer`,
      fix: known.length === 0 ? "Add it under issuers." : `Use one of: ${known.join(", ")}.`,
    });
  }
  if (trust.servicePrincipals.length + trust.users.length + trust.subjects.length + trust.subjectPatterns.length === 0) {
    problems.push({
      code: "no-subject",
      message: "The trust names no subject: every identity of the issuer would get in.",
      path,
      fix: "Name servicePrincipals, users, subjects or subjectPatterns.",
    });
  }
  problems.push(
    ...broken(SERVICE_PRINCIPAL, trust.servicePrincipals, `${path}.servicePrincipals`),
    ...broken(USER, trust.users, `${path}.users`),
    ...trust.subjects.flatMap((subject, index) => checkSubject(subject, `${path}.subjects[${index}]`)),
    ...trust.subjectPatterns.flatMap((entry, index) => checkPattern(entry.pattern, `${path}.subjectPatterns[${index}]`)),
  );
  if (trust.audiences !== null) {
    if (trust.audiences.length === 0) {
      problems.push({ code: "audience-invalid", message: "The list of audiences is empty: no token would match.", path: `${path}.audiences`, fix: "Name one, or leave audiences out." });
    }
    problems.push(...broken(AUDIENCE, trust.audiences, `${path}.audiences`));
    if (issuer !== undefined) {
      trust.audiences.forEach((audience, index) => {
        if (issuer.audiences.includes(audience)) return;
        problems.push({
          code: "audience-not-registered",
          message: `The provider does not register the audience ${quoted(audience)}: AWS would refuse every such token.`,
          path: `${path}.audiences[${index}]`,
          fix: `Add it to issuers.${trust.issuer}.audiences, or use one of: ${issuer.audiences.join(", ")}.`,
        });
      });
    }
  }
  const guards = issuer === undefined ? [] : [issuer.conditionKeys.aud, issuer.conditionKeys.sub];
  problems.push(...checkConditions(trust.conditions, guards, `${path}.conditions`));
  return problems;
}

function broken(rule: TextRule, values: readonly string[], path: string): readonly Problem[] {
  return values.flatMap((value, index) => breach(rule, value, `${path}[${index}]`) ?? []);
}

function checkSubject(subject: string, path: string): readonly Problem[] {
  if (/\$\{/.test(subject)) return [policyVariable(subject, path)];
  if (/[*?]/.test(subject)) {
    return [{
      code: "subject-has-wildcard",
      message: `${quoted(subject)} holds a wildcard, which an exact subject takes literally: nobody would match.`,
      path,
      fix: "Move it to subjectPatterns, or write the whole subject.",
    }];
  }
  const problem = breach(SUBJECT, subject, path);
  return problem === undefined ? [] : [problem];
}

function policyVariable(subject: string, path: string): Problem {
  return {
    code: "policy-variable-in-subject",
    message: `${quoted(subject)} holds \${, which IAM reads as a policy variable.`,
    path,
    fix: "Write the subject out.",
  };
}

function checkPattern(pattern: string, path: string): readonly Problem[] {
  if (/\$\{/.test(pattern)) return [policyVariable(pattern, path)];
  const problem = breach(SUBJECT_PATTERN, pattern, path);
  if (problem !== undefined) return [problem];
  if (!/[*?]/.test(pattern)) {
    return [{
      code: "subject-pattern-without-wildcard",
      message: `${quoted(pattern)} holds no wildcard.`,
      path,
      fix: "Move it to subjects (or users, servicePrincipals).",
    }];
  }
  const stranger = /[^*?]/.test(pattern) ? strangerLetIn(pattern) : "anyone";
  if (stranger === undefined) return [];
  return [{
    code: "subject-pattern-too-wide",
    message: `${quoted(pattern)} lets ${stranger === "anyone" ? "anyone" : `strangers like ${stranger}`} in.`,
    path,
    fix: "Fix the mail domain (\"*@data.example.com\") or name the service principals one by one.",
  }];
}

function checkUnityCatalog(trust: UnityCatalogTrust, context: CheckContext, path: string, trustPath: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (trust.externalIds.length === 0) {
    problems.push({
      code: "no-subject",
      message: "The Unity Catalog trust names no external ID: any customer's credential would get in.",
      path: `${path}.externalIds`,
      fix: "Copy the external ID from the storage or service credential.",
    });
  }
  problems.push(...broken(EXTERNAL_ID, trust.externalIds, `${path}.externalIds`));
  if (!(UNITY_CATALOG_CLOUDS as readonly string[]).includes(trust.cloud)) {
    problems.push({ code: "unity-catalog-cloud", message: `Unity Catalog reaches AWS roles from ${UNITY_CATALOG_CLOUDS.join(", ")} only.`, path: `${path}.cloud`, fix: `Use one of: ${UNITY_CATALOG_CLOUDS.join(", ")}.` });
  } else if (context.partition !== null && UNITY_CATALOG_PRINCIPALS[trust.cloud].partition !== context.partition) {
    problems.push({
      code: "unity-catalog-cloud",
      message: `Databricks' Unity Catalog role of cloud ${trust.cloud} lives in partition ${UNITY_CATALOG_PRINCIPALS[trust.cloud].partition} and cannot assume a role in ${context.partition}.`,
      path: `${path}.cloud`,
      fix: context.partition === "aws-cn" ? "Remove it: Databricks has none in aws-cn." : "Use the Databricks cloud of your partition: aws, or aws-us-gov / aws-us-gov-dod.",
    });
  }
  problems.push(...checkConditions(trust.conditions, ["sts:ExternalId", "aws:PrincipalArn"], `${trustPath}.conditions`));
  return problems;
}

function checkConditions(conditions: readonly Condition[], guards: readonly string[], path: string): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  conditions.forEach((condition, index) => {
    const place = `${path}[${index}]`;
    if (!CONDITION_TESTS.includes(condition.test)) {
      problems.push({ code: "condition-test-unknown", message: `${quoted(condition.test)} is no IAM condition operator.`, path: `${place}.test`, fix: "Use one like StringEquals, IpAddress or ArnLike, with IAM's capitals." });
    }
    const shape = breach(CONDITION_VARIABLE, condition.variable, `${place}.variable`);
    if (shape !== undefined) problems.push(shape);
    const key = condition.variable.toLowerCase();
    if (guards.some((guard) => guard.toLowerCase() === key)) {
      problems.push({
        code: "condition-on-guard",
        message: `${quoted(condition.variable)} is a guard of this trust; a condition may narrow a trust, never touch its guards.`,
        path: `${place}.variable`,
        fix: "Use servicePrincipals, users, subjects, subjectPatterns, audiences or externalIds.",
      });
    }
    const pair = `${condition.test}\n${key}`;
    if (seen.has(pair)) {
      problems.push({
        code: "condition-repeated",
        message: `${condition.test} on ${quoted(condition.variable)} stands twice; IAM would OR their values.`,
        path: place,
        fix: "Join the values into one condition if either may match; otherwise use two trusts.",
      });
    }
    seen.add(pair);
    if (condition.values.length === 0) {
      problems.push({ code: "condition-invalid", message: "The condition has no values.", path: `${place}.values`, fix: "Give at least one." });
    }
    problems.push(...broken(CONDITION_VALUE, condition.values, `${place}.values`));
  });
  return problems;
}
