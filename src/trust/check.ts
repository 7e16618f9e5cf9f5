/** What a role's trusts must satisfy before a trust policy is built from them. Every problem at once. */
import type { Problem } from "../errors";
import { nearest } from "../text/nearest";
import { violation, satisfies, quoted } from "../text/text-rule";
import type { UnityCatalogCloud } from "../issuer/clouds";
import { UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../issuer/clouds";
import { AUDIENCE } from "../issuer/rules";
import type { Partition } from "../issuer/rules";
import type { ConditionParts, Readable } from "./check-conditions";
import { broken, checkConditions } from "./check-conditions";
import { EMAIL_DOMAIN, EXTERNAL_ID, SERVICE_PRINCIPAL, SUBJECT, SUBJECT_PATTERN, USER } from "./rules";
import type { Identity, Trust } from "./trust";
import { namesSomeone } from "./trust";

/** What the check must know of the issuers a trust may name. */
export type KnownIssuers = Readonly<
  Record<
    string,
    {
      readonly conditionKeys: { readonly aud: string; readonly sub: string };
      readonly audiences: readonly string[];
    }
  >
>;

export interface CheckContext {
  readonly issuers: KnownIssuers;
  /** Null where it is only known at plan time. */
  readonly partition: Partition | null;
  /** Email domains that subject patterns may match; null where they could not be read: patterns are not compared. */
  readonly emailDomains: readonly string[] | null;
  /** By name; null where they could not be read: names are not looked up. */
  readonly identities: Readonly<Record<string, Identity>> | null;
  /** Where issuers are declared, for messages. Default: issuers. */
  readonly issuersAt?: string;
}

/**
 * Problems of one trust. Codes: no-subject, issuer-not-found, identity-not-found, service-principal-invalid,
 * user-invalid, subject-invalid, subject-has-wildcard, policy-variable-in-subject, subject-pattern-invalid,
 * subject-pattern-without-wildcard, subject-pattern-too-wide, audience-invalid, audience-not-registered,
 * condition-test-unknown, condition-on-guard, condition-repeated, condition-invalid, external-id-invalid,
 * unity-catalog-cloud.
 */
export function checkTrust(trust: Trust, context: CheckContext, path: string): readonly Problem[] {
  if (trust.kind === "unityCatalog") return checkUnityCatalogParts(trust, context, path);
  return [
    ...(namesSomeone(trust)
      ? []
      : [
          {
            code: "no-subject" as const,
            message: "The trust names no subject: every identity of the issuer would get in.",
            path,
            fix: "Name servicePrincipals, users, subjects, identities, subjectPatterns or wideSubjectPatterns.",
          },
        ]),
    ...checkSubjectParts({ ...trust, identities: trust.identities.map(({ name }) => name) }, context, path),
  ];
}

/** The readable parts of a `SubjectTrust`. */
export interface SubjectParts {
  readonly issuer: string | undefined;
  readonly servicePrincipals: Readable<string>;
  readonly users: Readable<string>;
  readonly subjects: Readable<string>;
  /** By their names. */
  readonly identities: Readable<string>;
  readonly subjectPatterns: Readable<string>;
  readonly wideSubjectPatterns: Readable<{ readonly pattern: string | undefined }>;
  readonly audiences: Readable<string>;
  readonly conditions: Readable<ConditionParts>;
}

/** The readable parts of a `UnityCatalogTrust`. */
export interface UnityCatalogParts {
  readonly externalIds: Readable<string>;
  readonly cloud: UnityCatalogCloud | undefined;
  readonly conditions: Readable<ConditionParts>;
}

/** Problems of what is readable of a trust; that it names no one is `checkTrust`'s. Codes as there. */
export function checkSubjectParts(trust: SubjectParts, context: CheckContext, path: string): readonly Problem[] {
  const issuer =
    trust.issuer !== undefined && Object.hasOwn(context.issuers, trust.issuer)
      ? context.issuers[trust.issuer]
      : undefined;
  const problems: Problem[] = [];
  if (issuer === undefined && trust.issuer !== undefined) {
    problems.push({
      code: "issuer-not-found",
      message: `There is no issuer ${quoted(trust.issuer)}.`,
      path: `${path}.issuer`,
      fix: oneOf(trust.issuer, Object.keys(context.issuers), context.issuersAt ?? "issuers"),
    });
  }
  problems.push(
    ...broken(SERVICE_PRINCIPAL, trust.servicePrincipals, `${path}.servicePrincipals`),
    ...broken(USER, trust.users, `${path}.users`),
    ...(trust.subjects ?? []).flatMap((subject, index) =>
      subject === undefined ? [] : checkSubject(subject, `${path}.subjects[${index}]`),
    ),
    ...checkIdentities(trust.identities, context.identities, `${path}.identities`),
    ...(trust.subjectPatterns ?? []).flatMap((pattern, index) =>
      pattern === undefined ? [] : checkPattern(pattern, context.emailDomains, `${path}.subjectPatterns[${index}]`),
    ),
    ...(trust.wideSubjectPatterns ?? []).flatMap((entry, index) =>
      entry?.pattern === undefined
        ? []
        : checkPatternText(entry.pattern, `${path}.wideSubjectPatterns[${index}].pattern`),
    ),
    ...checkAudiences(trust, issuer?.audiences, `${path}.audiences`),
    ...checkConditions(
      trust.conditions,
      issuer === undefined ? [] : [issuer.conditionKeys.aud, issuer.conditionKeys.sub],
      `${path}.conditions`,
    ),
  );
  return problems;
}

function checkIdentities(
  names: Readable<string>,
  identities: CheckContext["identities"],
  path: string,
): readonly Problem[] {
  if (identities === null) return [];
  return (names ?? []).flatMap((name, index): readonly Problem[] =>
    name === undefined || Object.hasOwn(identities, name)
      ? []
      : [
          {
            code: "identity-not-found",
            message: `There is no identity ${quoted(name)}.`,
            path: `${path}[${index}]`,
            fix: oneOf(name, Object.keys(identities), "identities"),
          },
        ],
  );
}

/** What to write instead of `name`, which is not one of `known`; those are declared under `place`. */
function oneOf(name: string, known: readonly string[], place: string): string {
  const meant = nearest(name, known);
  return known.length === 0
    ? `Add it under ${place}.`
    : `${meant === undefined ? "" : `Did you mean ${meant}? `}Use one of: ${listed(known)}.`;
}

function checkAudiences(
  { issuer, audiences }: SubjectParts,
  registered: readonly string[] | undefined,
  path: string,
): readonly Problem[] {
  if (audiences === null || audiences === undefined) return [];
  if (audiences.length === 0) {
    return [
      {
        code: "audience-invalid",
        message: "The list of audiences is empty: no token would match.",
        path,
        fix: "Name one, or leave audiences out.",
      },
    ];
  }
  const malformed = broken(AUDIENCE, audiences, path);
  if (registered === undefined) return malformed;
  return [
    ...malformed,
    ...audiences.flatMap((audience, index): readonly Problem[] =>
      audience === undefined || registered.includes(audience)
        ? []
        : [
            {
              code: "audience-not-registered",
              message:
                `The provider does not register the audience ${quoted(audience)}: AWS would refuse every ` +
                `such token.`,
              path: `${path}[${index}]`,
              fix: `Add it to issuers.${issuer ?? ""}.audiences, or use one of: ${listed(registered)}.`,
            },
          ],
    ),
  ];
}

/** At most ten of `names`, for a message. */
function listed(names: readonly string[]): string {
  return names.length <= 10 ? names.join(", ") : `${names.slice(0, 10).join(", ")}, …`;
}

function checkSubject(subject: string, path: string): readonly Problem[] {
  if (/\$\{/.test(subject)) return [policyVariable(subject, path)];
  if (/[*?]/.test(subject)) {
    return [
      {
        code: "subject-has-wildcard",
        message: `${quoted(subject)} holds a wildcard, which an exact subject takes literally: nobody would match.`,
        path,
        fix: "Move it to subjectPatterns, or write the whole subject.",
      },
    ];
  }
  const problem = violation(SUBJECT, subject, path);
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

function checkPattern(pattern: string, emailDomains: readonly string[] | null, path: string): readonly Problem[] {
  const problems = checkPatternText(pattern, path);
  if (problems.length > 0 || emailDomains === null || isWithinDomains(pattern, emailDomains)) return problems;
  const [domain] = emailDomains;
  return [
    {
      code: "subject-pattern-too-wide",
      message: `${quoted(pattern)} matches subjects outside the email domains that the federation declares.`,
      path,
      fix:
        (domain === undefined ? "Declare your domain in emailDomains" : `Write it like "*@${domain}"`) +
        ", name the subjects one by one, or move it to wideSubjectPatterns with a reason.",
    },
  ];
}

function checkPatternText(pattern: string, path: string): readonly Problem[] {
  if (/\$\{/.test(pattern)) return [policyVariable(pattern, path)];
  const problem = violation(SUBJECT_PATTERN, pattern, path);
  if (problem !== undefined) return [problem];
  if (/[*?]/.test(pattern)) return [];
  return [
    {
      code: "subject-pattern-without-wildcard",
      message: `${quoted(pattern)} holds no wildcard.`,
      path,
      fix: "Move it to subjects (or users, servicePrincipals).",
    },
  ];
}

/**
 * Whether everyone whom `pattern` matches has an address of one of `domains` or of a domain below one: it has one `@`,
 * and after it such a domain, written out.
 *
 * @example
 * ```ts
 * import { isWithinDomains } from "databricks-aws-oidc";
 * isWithinDomains("*@etl.data.example.com", ["data.example.com"]); // true
 * ```
 */
export function isWithinDomains(pattern: string, domains: readonly string[]): boolean {
  const [, domain = "", ...more] = pattern.split("@");
  return (
    more.length === 0 &&
    satisfies(EMAIL_DOMAIN, domain) &&
    domains.some((declared) => domain === declared || domain.endsWith(`.${declared}`))
  );
}

/** Problems of what is readable of a Unity Catalog trust. Codes as `checkTrust`. */
export function checkUnityCatalogParts(
  trust: UnityCatalogParts,
  context: CheckContext,
  path: string,
): readonly Problem[] {
  const place = `${path}.unityCatalog`;
  return [
    ...(trust.externalIds?.length === 0
      ? [
          {
            code: "no-subject" as const,
            message: "The Unity Catalog trust names no external ID: any customer's credential would get in.",
            path: `${place}.externalIds`,
            fix: "Copy the external ID from the storage or service credential.",
          },
        ]
      : []),
    ...broken(EXTERNAL_ID, trust.externalIds, `${place}.externalIds`),
    ...(trust.cloud === undefined ? [] : checkUnityCatalogCloud(trust.cloud, context.partition, `${place}.cloud`)),
    ...checkConditions(
      trust.conditions,
      ["sts:ExternalId", "aws:PrincipalArn", "aws:FederatedProvider"],
      `${path}.conditions`,
    ),
  ];
}

function checkUnityCatalogCloud(
  cloud: UnityCatalogCloud,
  partition: Partition | null,
  path: string,
): readonly Problem[] {
  const clouds = UNITY_CATALOG_CLOUDS.join(", ");
  if (!(UNITY_CATALOG_CLOUDS as readonly string[]).includes(cloud)) {
    return [
      {
        code: "unity-catalog-cloud",
        message: `Unity Catalog reaches AWS roles from ${clouds} only.`,
        path,
        fix: `Use one of: ${clouds}.`,
      },
    ];
  }
  const home = UNITY_CATALOG_PRINCIPALS[cloud].partition;
  if (partition === null || home === partition) return [];
  return [
    {
      code: "unity-catalog-cloud",
      message:
        `Databricks' Unity Catalog role of cloud ${cloud} lives in partition ${home} and cannot assume a ` +
        `role in ${partition}.`,
      path,
      fix:
        partition === "aws-cn"
          ? "Remove it: Databricks has none in aws-cn."
          : "Use the Databricks cloud of your partition: aws, or aws-us-gov / aws-us-gov-dod.",
    },
  ];
}
