/** Rules on the shape of a trust policy: who, what, and nothing else. */
import { TRUST_POLICY_DEFAULT_QUOTA, TRUST_POLICY_MAX_QUOTA } from "../../trust/rules";
import { quoted } from "../../text/text-rule";
import type { ParsedStatement } from "../../trust/parsed/parsed-role";
import { trustedProvider } from "../../trust/parsed/parse-role";
import {
  AUD,
  EXAMPLE_ARN,
  EXAMPLE_AUDIENCE,
  GUARDS,
  OTHER_SUBJECT,
  policyExample,
  policyOf,
  roleExample,
  statement,
  statementExample,
  SUB,
} from "../examples";
import type { Violation, LintRule } from "../rule";
import { SOURCES } from "../sources";

const WEB_IDENTITY_ACTIONS = new Set(["sts:assumerolewithwebidentity", "sts:tagsession", "sts:setsourceidentity"]);

/** Statements that web-identity rules are about: every Allow but Unity Catalog's pair. */
function judged(statements: readonly ParsedStatement[]): readonly ParsedStatement[] {
  return statements.filter((candidate) => candidate.effect === "Allow" && !candidate.unityCatalog);
}

/** A policy with so many subjects that it has more than `characters`. */
function longPolicy(characters: number): ReturnType<typeof policyOf> {
  const subject = (index: number): string => `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`;
  const one = (index: number): ReturnType<typeof statement> =>
    statement({
      Condition: {
        StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: Array.from({ length: 9 }, (_, at) => subject(index * 9 + at)) },
      },
    });
  const statements: ReturnType<typeof statement>[] = [];
  while (JSON.stringify(policyOf(...statements)).length <= characters) statements.push(one(statements.length));
  return policyOf(...statements);
}

const GOOD_STATEMENT = statementExample({});

export const STRUCTURE_RULES: readonly LintRule[] = [
  {
    id: "policy-malformed",
    on: "role",
    severity: "error",
    title: "The document is no trust policy",
    why: "IAM refuses it, or reads it otherwise than its author: nothing can be said about who gets in.",
    fix: "Write Version 2012-10-17 and a list of statements with Effect, Principal, Action and Condition.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Effect: "allow" }),
    source: SOURCES.grammar,
    check: ({ malformed }) => malformed.map((message): Violation => ({ message })),
  },
  {
    id: "principal-not-oidc-provider",
    on: "role",
    severity: "error",
    title: "The principal is not an OIDC provider",
    why:
      "A role for Databricks identities is assumed through an OIDC provider of its own account. Any other " +
      "principal is another door, which no rule on subjects guards. The exact pair of statements that Unity " +
      "Catalog needs is exempt.",
    fix:
      "Write the ARN of the OIDC provider under Principal.Federated, and keep other principals in a role of " +
      "their own.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Principal: { AWS: "arn:aws:iam::444455556666:root" } }),
    source: SOURCES.principal,
    check: ({ statements }) =>
      judged(statements).flatMap((candidate): readonly Violation[] => {
        if (candidate.trusted.length === 0 && !candidate.notPrincipal)
          return [{ statement: candidate.index, at: "Principal", message: "The statement names no principal." }];
        return candidate.trusted
          .filter(
            ({ kind, value }) => !isWildcard(value) && !(kind === "Federated" && trustedProvider(value) !== undefined),
          )
          .map(({ kind, value }) => ({
            statement: candidate.index,
            at: `Principal.${kind}`,
            message: `${quoted(value)} is not the ARN of an OIDC provider.`,
          }));
      }),
  },
  {
    id: "principal-wildcard",
    on: "role",
    severity: "error",
    title: "The principal is a wildcard",
    why:
      "It opens the role to every account, and for web identity it matches nobody: OIDC callers do not count " +
      'as AWS: "*". Either way it is not what is meant.',
    fix: "Write the ARN of one OIDC provider.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Principal: { Federated: "*" } }),
    source: SOURCES.principal,
    check: ({ statements }) =>
      judged(statements).flatMap((candidate) =>
        candidate.trusted
          .filter(({ value }) => isWildcard(value))
          .map(({ kind, value }): Violation => ({
            statement: candidate.index,
            at: `Principal.${kind}`,
            message: `The principal ${quoted(value)} is a wildcard.`,
          })),
      ),
  },
  {
    id: "not-principal",
    on: "role",
    severity: "error",
    title: "NotPrincipal in a trust policy",
    why: "It lets in everybody but those it names.",
    fix: "Name whom you trust in Principal.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::444455556666:root" } }),
    source: SOURCES.principal,
    check: ({ statements }) =>
      statements
        .filter((candidate) => candidate.effect === "Allow" && candidate.notPrincipal)
        .map((candidate): Violation => ({
          statement: candidate.index,
          at: "NotPrincipal",
          message: "NotPrincipal lets in everybody but those it names.",
        })),
  },
  {
    id: "not-action",
    on: "role",
    severity: "error",
    title: "NotAction in a trust policy",
    why: "It allows every action but those it names, those AWS has yet to invent included.",
    fix: "Write Action: sts:AssumeRoleWithWebIdentity.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Action: undefined, NotAction: "sts:AssumeRole" }),
    source: SOURCES.grammar,
    check: ({ statements }) =>
      statements
        .filter((candidate) => candidate.effect === "Allow" && candidate.notAction)
        .map((candidate): Violation => ({
          statement: candidate.index,
          at: "NotAction",
          message: "NotAction allows every action but those it names.",
        })),
  },
  {
    id: "resource-element",
    on: "role",
    severity: "error",
    title: "Resource in a trust policy",
    why: "A trust policy is about one role, the one it is attached to; IAM refuses Resource there.",
    fix: "Remove Resource; what the role may do belongs in its permission policies.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Resource: "*" }),
    source: SOURCES.grammar,
    check: ({ statements }) =>
      statements
        .filter((candidate) => candidate.hasResource)
        .map((candidate): Violation => ({
          statement: candidate.index,
          at: "Resource",
          message: "A trust policy takes no Resource.",
        })),
  },
  {
    id: "action-not-web-identity",
    on: "role",
    severity: "error",
    title: "An action beyond web identity",
    why:
      "Databricks identities come by sts:AssumeRoleWithWebIdentity, at most with sts:TagSession and " +
      "sts:SetSourceIdentity. Every other action, and every wildcard, opens another way in. The exact pair that " +
      "Unity Catalog needs is exempt.",
    fix: "Write Action: sts:AssumeRoleWithWebIdentity.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Action: "sts:*" }),
    source: SOURCES.federated,
    check: ({ statements }) =>
      judged(statements).flatMap((candidate): readonly Violation[] => {
        if (candidate.notAction) return [];
        if (candidate.actions.length === 0)
          return [{ statement: candidate.index, at: "Action", message: "The statement names no action." }];
        return candidate.actions
          .filter((action) => !WEB_IDENTITY_ACTIONS.has(action.toLowerCase()))
          .map((action) => ({
            statement: candidate.index,
            at: "Action",
            message: `${quoted(action)} is no action of web identity.`,
          }));
      }),
  },
  {
    id: "provider-other-account",
    on: "role",
    severity: "error",
    title: "The provider lives in another account",
    why:
      "STS looks for the provider in the role's own account, so such a trust lets nobody in; or the ARN was " +
      "copied and the wrong thing is trusted.",
    fix: "Register the issuer in the role's account and write that provider's ARN.",
    good: GOOD_STATEMENT,
    bad: statementExample({ Principal: { Federated: EXAMPLE_ARN.replace("111122223333", "444455556666") } }),
    source: SOURCES.createProvider,
    check: ({ role, statements }) =>
      statements.flatMap((candidate) =>
        candidate.providers
          .filter(
            (provider) =>
              provider.accountId !== null && role.accountId !== null && provider.accountId !== role.accountId,
          )
          .map((provider): Violation => ({
            statement: candidate.index,
            at: "Principal.Federated",
            message: `The provider is in account ${provider.accountId ?? ""}, the role in ${role.accountId ?? ""}.`,
          })),
      ),
  },
  {
    id: "several-providers",
    on: "role",
    severity: "warning",
    title: "Several providers in one statement",
    why:
      "The conditions of one issuer are absent from a token of the other, so such a statement lets nobody of " +
      "one side in, or, with IfExists, everybody.",
    fix: "Write one statement an issuer.",
    good: GOOD_STATEMENT,
    bad: statementExample({
      Principal: {
        Federated: [EXAMPLE_ARN, "arn:aws:iam::111122223333:oidc-provider/other.cloud.databricks.com/oidc"],
      },
    }),
    source: SOURCES.trustPage,
    check: ({ statements }) =>
      statements
        .filter((candidate) => new Set(candidate.providers.map((provider) => provider.issuerPath)).size > 1)
        .map((candidate): Violation => ({
          statement: candidate.index,
          at: "Principal.Federated",
          message: `The statement trusts ${candidate.providers.length} providers.`,
        })),
  },
  {
    id: "policy-over-default-quota",
    on: "role",
    severity: "warning",
    title: "Longer than IAM's default quota",
    why:
      `IAM takes ${TRUST_POLICY_DEFAULT_QUOTA} characters of trust policy unless the account's quota was ` +
      `raised; deploying fails otherwise.`,
    fix: "Split the role, or have the quota raised and say so with trustPolicyMaxLength.",
    good: GOOD_STATEMENT,
    bad: roleExample({ assume_role_policy: "2,300 characters" }, { policy: longPolicy(TRUST_POLICY_DEFAULT_QUOTA) }),
    source: SOURCES.quotas,
    check: ({ role, characters: length }) => {
      return length > role.quota && length <= TRUST_POLICY_MAX_QUOTA
        ? [{ message: `The trust policy has ${length} characters; the quota is ${role.quota}.` }]
        : [];
    },
  },
  {
    id: "policy-too-long",
    on: "role",
    severity: "error",
    title: "Longer than IAM ever takes",
    why: `No quota goes beyond ${TRUST_POLICY_MAX_QUOTA} characters.`,
    fix: "Split the role.",
    good: GOOD_STATEMENT,
    bad: roleExample({ assume_role_policy: "8,500 characters" }, { policy: longPolicy(TRUST_POLICY_MAX_QUOTA) }),
    source: SOURCES.quotas,
    check: ({ characters: length }) => {
      return length > TRUST_POLICY_MAX_QUOTA
        ? [{ message: `The trust policy has ${length} characters; IAM takes at most ${TRUST_POLICY_MAX_QUOTA}.` }]
        : [];
    },
  },
];

/** A right pair of statements, for rules about a whole policy. */
export const TWO_STATEMENTS = policyExample(
  statement(),
  statement({ Condition: { StringEquals: { ...GUARDS.StringEquals, [SUB]: OTHER_SUBJECT } } }),
);

function isWildcard(value: string): boolean {
  return /[*?]/.test(value);
}
