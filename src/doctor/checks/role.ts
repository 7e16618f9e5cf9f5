/**
 * Judges a role as it stands in AWS against the federation: its settings, whom it lets in, and what lint says. Pure.
 */
import type { AccountView } from "../../federation/account-view";
import { roleTags } from "../../federation/account-view";
import type { FederationRole } from "../../federation/model";
import type { Identity } from "../../lint/compare";
import { targetOfAccount } from "../../lint/lint-federation";
import type { Finding } from "../../lint/run-rules";
import { lintTarget } from "../../lint/run-rules";
import type { LintProvider, LintRole, LintTarget } from "../../trust/parsed/target";
import { roleArn } from "../../trust/build";
import { quoted } from "../../text/text-rule";
import type { Check } from "../check";
import { DEPLOY, fail, pass, unknown } from "../check";
import type { Failure, Found, LiveRole } from "../fetch/live";
import { comparePolicies } from "../same-policy";
import { policiesCheck } from "./role-policies";
import { tagFaults } from "./tags";

/** What the federation says of one role in this account, as the rules read it. */
function declaredRole(role: FederationRole, view: AccountView): LintTarget {
  return targetOfAccount({ ...view, roles: [role] });
}

export function roleChecks(
  role: FederationRole,
  view: AccountView,
  found: Found<LiveRole>,
  providers: readonly LintProvider[],
): readonly Check[] {
  const subject = `role ${role.key}`;
  if (found.kind !== "found") {
    const rest = (["role-trust", "role-policies", "role-lint"] as const).map((id) =>
      unknown(id, subject, "Not judged: there is no role to look at.", null),
    );
    if (found.kind === "failed") return [unknown("role", subject, found.message, found.fix, found.code), ...rest];
    return [
      fail(
        "role",
        subject,
        `There is no role ${role.name} in account ${view.accountId}.`,
        "Deploy the federation to this account.",
      ),
      ...rest,
    ];
  }
  const live = found.value;
  const declared = declaredRole(role, view);
  return [
    settingsCheck(subject, role, view, live),
    trustCheck(subject, declared, live),
    ...declared.roles.map((ours) => policiesCheck(subject, ours, live)),
    lintCheck(subject, declared, live, providers),
  ];
}

function settingsCheck(subject: string, role: FederationRole, view: AccountView, live: LiveRole): Check {
  const wrong: string[] = [];
  const arn = roleArn({ partition: view.account.partition, accountId: view.accountId }, role);
  if (live.arn !== arn) wrong.push(`its ARN is ${live.arn}, by the federation ${arn}`);
  if (live.maxSessionDuration !== role.maxSessionDuration)
    wrong.push(`its longest session is ${live.maxSessionDuration} s, by the federation ${role.maxSessionDuration} s`);
  if (live.boundaryArn !== role.permissionsBoundaryArn)
    wrong.push(
      `its permissions boundary is ${live.boundaryArn ?? "none"}, by the ` +
        `federation ${role.permissionsBoundaryArn ?? "none"}`,
    );
  wrong.push(...tagFaults(roleTags(role, view.federation), live.tags));
  if (wrong.length === 0)
    return pass(
      "role",
      subject,
      `${arn}, sessions to ${role.maxSessionDuration} s, ${role.permissionsBoundaryArn === null ? "no boundary" : `boundary ${role.permissionsBoundaryArn}`}: as the federation has it.`,
    );
  return fail("role", subject, `${wrong.join("; ")}.`, DEPLOY);
}

function trustCheck(subject: string, declared: LintTarget, live: LiveRole): Check {
  const compared = comparePolicies(declared, { ...declared, roles: [live.lint] });
  switch (compared.kind) {
    case "same":
      return pass("role-trust", subject, "The trust policy means what the federation says.");
    case "unreadable":
      return fail("role-trust", subject, compared.why, DEPLOY);
    case "no-difference-found":
      return unknown(
        "role-trust",
        subject,
        "The trust policy is written otherwise than ours; everybody who was tried gets the same answer by both.",
        "Deploy the federation, and there is nothing left to wonder about.",
      );
    case "different": {
      const { gained, lost } = compared;
      const says = [
        ...(gained.length === 0 ? [] : [`It lets in, and the federation does not: ${people(gained)}`]),
        ...(lost.length === 0 ? [] : [`It keeps out, and the federation does not: ${people(lost)}`]),
      ].join(". ");
      return fail("role-trust", subject, `${says}.`, DEPLOY);
    }
  }
}

/** Who it is about, the first few of them. */
export function people(identities: readonly Identity[]): string {
  const told = identities.slice(0, 5).map(({ subject, kind, issuer, audience, how, from }) => {
    const who = kind === "stranger" ? `anybody (${quoted(subject)} was tried)` : quoted(subject);
    return `${who}${issuer === null ? "" : ` of ${issuer}`}${audience === null ? "" : `, audience ${quoted(audience)}`}${how === "from elsewhere" ? `, from ${from ?? "anywhere"}` : ""}`;
  });
  return `${told.join("; ")}${identities.length > 5 ? `; and ${identities.length - 5} more` : ""}`;
}

/** Lint of what is there, with what the federation lets be let be. */
function lintCheck(subject: string, declared: LintTarget, live: LiveRole, providers: readonly LintProvider[]): Check {
  const [ours] = declared.roles;
  const role: LintRole = {
    ...live.lint,
    path: live.name,
    quota: ours?.quota ?? live.lint.quota,
    meantPatterns: ours?.meantPatterns ?? [],
    ignores: ours?.ignores ?? [],
  };
  return findingsCheck(
    subject,
    findingsOf(role, { ...declared, providers }),
    live.policiesUnread ?? live.documentsUnread,
  );
}

/** Findings of one deployed role; providers are judged on their own. */
export function findingsOf(role: LintRole, within: Pick<LintTarget, "providers" | "ignores">): readonly Finding[] {
  return lintTarget({
    providers: within.providers,
    ignores: within.ignores,
    roles: [role],
    complete: false,
    givenProviderArns: [],
    givenIssuerPaths: [],
    deletedProviders: [],
  }).filter(({ rule, ignored, role: of }) => ignored === null && of !== null && !rule.startsWith("ignore-"));
}

/** `unread`: why some of its policies could not be judged; null: all were. */
function findingsCheck(subject: string, findings: readonly Finding[], unread: Failure | null): Check {
  const errors = findings.filter(({ severity }) => severity === "error");
  const told = (list: readonly Finding[]): string =>
    `${list
      .slice(0, 3)
      .map(({ rule, message }) => `${message.replace(/\.$/, "")} [${rule}]`)
      .join("; ")}${list.length > 3 ? `; and ${list.length - 3} more` : ""}`;
  const [first] = errors;
  if (first !== undefined) return fail("role-lint", subject, `${told(errors)}.`, first.fix);
  if (unread !== null)
    return unknown(
      "role-lint",
      subject,
      `Nothing in what was read; of its policies not all were: ${unread.message}`,
      unread.fix,
      unread.code,
    );
  if (findings.length > 0) return pass("role-lint", subject, `No error. Warnings: ${told(findings)}.`);
  return pass("role-lint", subject, "Nothing found.");
}
