/** Rules on a whole role: its statements together, its session, what it may do, and where its providers come from. */
import { quoted } from "../../text/text-rule";
import { STRANGERS } from "../../trust/strangers";
import { letsIn, letsInWithoutContext } from "../../trust/parsed/admits";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "../../trust/parsed/parsed-role";
import { asRecord, exactSubjects, subjectPatterns } from "../../trust/parsed/parse-role";
import {
  AUD,
  conditionExample,
  EXAMPLE_AUDIENCE,
  EXAMPLE_ISSUER,
  GUARDS,
  policyExample,
  policyOf,
  roleExample,
  statement,
  SUB,
} from "../examples";
import type { Violation, LintRule } from "../rule";
import { SOURCES } from "../sources";
import { isEmail } from "./subject";
import { TWO_STATEMENTS } from "./structure";

const HOUR = 3600;
const NETWORK_KEYS = new Set([
  "aws:sourceip",
  "aws:vpcsourceip",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourcevpcarn",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
]);
const USER_GUARDS = { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } };
const FROM_OFFICE = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
const SUBJECT_ONE_OFFICE = { ...GUARDS, ...FROM_OFFICE };

/** A condition that must hold, of a key that must be there. */
function requires(condition: ParsedCondition): boolean {
  return (
    condition.known && !condition.negated && !condition.ifExists && condition.set !== "all" && condition.test !== "Null"
  );
}

function requiresNetwork(candidate: ParsedStatement): boolean {
  return candidate.conditions.some((condition) => requires(condition) && NETWORK_KEYS.has(condition.key.toLowerCase()));
}

function letsUsersIn(candidate: ParsedStatement): boolean {
  return exactSubjects(candidate).some(isEmail) || subjectPatterns(candidate).some((pattern) => pattern.includes("@"));
}

function openToUsers({ statements }: ParsedRole): ParsedStatement | undefined {
  return statements.find(
    (candidate) => candidate.letsWebIdentitiesIn && letsUsersIn(candidate) && !requiresNetwork(candidate),
  );
}

/** Whether a policy document allows everything. */
function allowsEverything(document: unknown): boolean {
  const raw = asRecord(document)?.["Statement"];
  const list: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return list.some((entry) => {
    const members = asRecord(entry);
    const among = (element: string, wanted: readonly string[]): boolean =>
      [members?.[element]].flat().some((value) => typeof value === "string" && wanted.includes(value));
    return members?.["Effect"] === "Allow" && among("Action", ["*", "*:*"]) && among("Resource", ["*"]);
  });
}

/** The first policy of the role with which it may do, or give itself, anything. */
function adminPolicy({ role }: ParsedRole): string | undefined {
  const managed = role.managedPolicyArns.find((arn) =>
    /^arn:[^:]+:iam::aws:policy\/(?:AdministratorAccess|IAMFullAccess)$/.test(arn),
  );
  return managed ?? Object.entries(role.policies).find(([, document]) => allowsEverything(document))?.[0];
}

/** What makes `wide` worth more than `narrow`: somebody it lets in where `narrow` would not. */
function widerThan(role: ParsedRole, wide: ParsedStatement, narrow: ParsedStatement): string | undefined {
  const stranger = STRANGERS[STRANGERS.length - 1] ?? "";
  if (letsIn(role, wide, stranger) && !letsIn(role, narrow, stranger))
    return `${stranger}, a stranger to statement ${narrow.index}`;
  const guarded = exactSubjects(narrow).find(
    (subject) => !letsInWithoutContext(role, narrow, subject) && letsInWithoutContext(role, wide, subject),
  );
  return guarded === undefined
    ? undefined
    : `${quoted(guarded)} without the further conditions of statement ${narrow.index}`;
}

export const ROLE_RULES: readonly LintRule[] = [
  {
    id: "wider-allow",
    on: "role",
    severity: "error",
    title: "Another Allow is wider",
    why:
      "Statements are a union: the widest one is what the role is worth, and the careful one beside it only " +
      "looks like a guard.",
    fix: "Remove the wider statement, or give it the same guards.",
    good: TWO_STATEMENTS,
    bad: policyExample(statement({ Condition: SUBJECT_ONE_OFFICE }), statement()),
    source: SOURCES.logic,
    check: (role) => {
      const allows = role.statements.filter(
        (candidate) => candidate.letsWebIdentitiesIn && candidate.providers.length > 0,
      );
      return allows.flatMap((wide): readonly Violation[] => {
        for (const narrow of allows) {
          if (
            narrow === wide ||
            !narrow.providers.some(({ issuerPath }) => wide.providers.some((other) => other.issuerPath === issuerPath))
          )
            continue;
          const who = widerThan(role, wide, narrow);
          if (who !== undefined) return [{ statement: wide.index, message: `The statement lets in ${who}.` }];
        }
        return [];
      });
    },
  },
  {
    id: "principals-mixed",
    on: "role",
    severity: "warning",
    title: "Principals of different kinds in one role",
    why:
      "A role that Databricks identities and, say, EC2 share has two reasons to be changed and two ways to " +
      "be left too open. The exact pair that Unity Catalog needs is excepted.",
    fix: "Make a role for each.",
    good: TWO_STATEMENTS,
    bad: policyExample(statement(), {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { Service: "ec2.amazonaws.com" },
    }),
    source: SOURCES.trustPage,
    check: ({ statements }) => {
      const allows = statements.filter((candidate) => candidate.effect === "Allow" && !candidate.unityCatalog);
      const kinds = new Set(
        allows.flatMap((candidate) => [
          ...(candidate.providers.length > 0 ? ["an OIDC provider"] : []),
          ...candidate.trusted.filter(({ kind }) => kind !== "Federated").map(({ kind }) => kind),
        ]),
      );
      return kinds.size > 1 && kinds.has("an OIDC provider")
        ? [{ message: `The role trusts ${[...kinds].join(" and ")}.` }]
        : [];
    },
  },
  {
    id: "session-long",
    on: "role",
    severity: "warning",
    title: "A session longer than an hour",
    why: "A session lives on when the identity behind it is deleted, and its credentials can be copied.",
    fix: "Leave maxSessionDuration at 1h; clients ask again by themselves.",
    good: roleExample({ max_session_duration: 3600 }, {}),
    bad: roleExample({ max_session_duration: 43200 }, { maxSessionDuration: 43_200 }),
    source: SOURCES.sessions,
    check: (role) => {
      const seconds = role.role.maxSessionDuration ?? HOUR;
      return seconds > HOUR && openToUsers(role) === undefined
        ? [{ at: "max_session_duration", message: `A session may last ${seconds} seconds.` }]
        : [];
    },
  },
  {
    id: "session-long-users",
    on: "role",
    severity: "error",
    title: "A long session for users from anywhere",
    why:
      "A user's token is given to applications and lives on laptops. Replayed once, it is worth up to twelve " +
      "hours from any network.",
    fix:
      "Leave maxSessionDuration at 1h, or add a network condition (aws:SourceIp or aws:SourceVpce) to the " +
      "users' trust.",
    good: roleExample({ max_session_duration: 3600, Condition: GUARDS }, {}),
    bad: roleExample(
      { max_session_duration: 43200, Condition: USER_GUARDS },
      { maxSessionDuration: 43_200, policy: policyOf(statement({ Condition: USER_GUARDS })) },
    ),
    source: SOURCES.sessions,
    check: (role) => {
      const seconds = role.role.maxSessionDuration ?? HOUR;
      const open = openToUsers(role);
      return seconds > HOUR && open !== undefined
        ? [{ statement: open.index, at: "Condition", message: `Users get ${seconds} seconds from any network.` }]
        : [];
    },
  },
  {
    id: "admin-without-boundary",
    on: "role",
    severity: "error",
    title: "An administrator's policy without a boundary",
    why: "Whoever gets one Databricks identity wrong gives the AWS account away.",
    fix: "Grant what the jobs need, or set permissionsBoundaryArn.",
    good: roleExample(
      {
        managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
      },
      { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"], bounded: true },
    ),
    bad: roleExample(
      { managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
      { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
    ),
    source: SOURCES.boundaries,
    check: (role) => {
      const admin = role.role.bounded === false ? adminPolicy(role) : undefined;
      return admin === undefined
        ? []
        : [{ message: `${quoted(admin)} allows everything, and no permissions boundary limits it.` }];
    },
  },
  {
    id: "network-never-true",
    on: "statement",
    severity: "error",
    title: "An address and a VPC endpoint required together",
    why:
      "Through a VPC endpoint a request carries no aws:SourceIp, and outside one no aws:SourceVpce: both are " +
      "never there at once, so nobody gets in.",
    fix: "Write two statements (two trusts), one for each way.",
    good: conditionExample(SUBJECT_ONE_OFFICE),
    bad: conditionExample({
      StringEquals: { ...GUARDS.StringEquals, "aws:SourceVpce": "vpce-0123456789abcdef0" },
      ...FROM_OFFICE,
    }),
    source: SOURCES.globalKeys,
    check: (candidate) => {
      const required = new Set(candidate.conditions.filter(requires).map(({ key }) => key.toLowerCase()));
      const inside = ["aws:sourcevpce", "aws:sourcevpc"].find((key) => required.has(key));
      return required.has("aws:sourceip") && inside !== undefined
        ? [
            {
              statement: candidate.index,
              at: "Condition",
              message: `aws:SourceIp and ${inside === "aws:sourcevpce" ? "aws:SourceVpce" : "aws:SourceVpc"} are both required.`,
            },
          ]
        : [];
    },
  },
  {
    id: "provider-not-in-plan",
    on: "role",
    severity: "error",
    title: "A provider that is neither made nor given",
    why:
      "Provider and role live in one account and one plan; a provider that stands nowhere may not exist, or " +
      "be another's.",
    fix:
      "Register the issuer in the same plan, or hand the existing provider in (existingProviderArn, a " +
      "variable, a data source, --given-provider).",
    good: TWO_STATEMENTS,
    bad: roleExample({ assume_role_policy: policyOf(statement()), planned_providers: [] }, {}, { providers: [] }),
    source: SOURCES.trustPage,
    check: ({ role, statements }, { target, providers }) => {
      if (!target.complete) return [];
      const given = new Set(target.givenProviderArns);
      return statements.flatMap((candidate) =>
        candidate.providers
          .filter(
            ({ arn, issuerPath }) =>
              !providers.has(issuerPath) &&
              !given.has(arn) &&
              !target.givenIssuerPaths.includes(issuerPath) &&
              deletedBy(target.deletedProviders, issuerPath) === undefined,
          )
          .map((provider): Violation => ({
            statement: candidate.index,
            at: "Principal.Federated",
            message: `No provider for https://${provider.issuerPath} is made or given beside ${role.path}.`,
          })),
      );
    },
  },
  {
    id: "provider-deleted",
    on: "role",
    severity: "error",
    title: "A deleted provider that a role still trusts",
    why: "Its tokens are refused from then on; and whoever registers that URL again decides about the old trust.",
    fix: "Keep the provider, or take the trust away in the same plan.",
    good: TWO_STATEMENTS,
    bad: roleExample(
      {
        "aws_iam_openid_connect_provider.production": { actions: ["delete"] },
        assume_role_policy: policyOf(statement()),
      },
      {},
      {
        providers: [],
        deletedProviders: [
          {
            url: `https://${EXAMPLE_ISSUER}`,
            clientIds: [EXAMPLE_AUDIENCE],
            accountId: "111122223333",
            path: "aws_iam_openid_connect_provider.production",
          },
        ],
      },
    ),
    source: SOURCES.lintPage,
    check: ({ statements }, { target }) =>
      statements.flatMap((candidate) =>
        candidate.providers.flatMap((provider): readonly Violation[] => {
          const deleted = deletedBy(target.deletedProviders, provider.issuerPath);
          return deleted === undefined
            ? []
            : [
                {
                  statement: candidate.index,
                  at: "Principal.Federated",
                  message: `The plan deletes ${deleted}, which the role still trusts.`,
                },
              ];
        }),
      ),
  },
];

function deletedBy(
  deleted: readonly { readonly url: string; readonly path: string }[],
  issuerPath: string,
): string | undefined {
  return deleted.find((provider) => provider.url.replace(/^https:\/\//, "") === issuerPath)?.path;
}
