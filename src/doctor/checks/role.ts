/** Compares a deployed role with the federation: its settings, who can assume it, and what lint finds. Pure. */
import { type AccountView, roleTags } from "../../federation/account-view";
import type { FederationRole } from "../../federation/model";
import type { Identity } from "../../lint/gained";
import { targetOfAccount } from "../../lint/lint-federation";
import { type Finding, lintTarget } from "../../lint/run-rules";
import { listed } from "../../text/words";
import { quoted } from "../../text/text-rule";
import { roleArn } from "../../trust/build";
import { EMPTY_TARGET, type LintProvider, type LintRole, type LintTarget } from "../../trust/parsed/target";
import { type Check, checkOf, DEPLOY, skipped } from "../check";
import type { Found, LiveRole } from "../fetch/live";
import { comparePolicies } from "../same-policies";
import { tagFaults } from "./provider";
import { policiesCheck } from "./role-policies";

export function roleChecks(
  role: FederationRole,
  view: AccountView,
  found: Found<LiveRole>,
  providers: readonly LintProvider[],
): readonly Check[] {
  const subject = `role ${role.key}`;
  if (found.kind !== "found") {
    const { fail, unread } = checkOf("role", subject);
    const missing = `The role ${role.name} does not exist in account ${view.accountId}.`;
    return [
      found.kind === "failed" ? unread(found) : fail(missing, "Deploy the federation to this account."),
      ...skipped(["role-trust", "role-policies", "role-lint"], subject, "no role was read."),
    ];
  }
  const live = found.value;
  const declared = targetOfAccount({ ...view, roles: [role] });
  return [
    settingsCheck(subject, role, view, live),
    trustCheck(subject, declared, live),
    ...declared.roles.map((ours) => policiesCheck(subject, ours, live)),
    lintCheck(subject, declared, live, providers),
  ];
}

function settingsCheck(subject: string, role: FederationRole, view: AccountView, live: LiveRole): Check {
  const { pass, fail } = checkOf("role", subject);
  const arn = roleArn({ partition: view.account.partition, accountId: view.accountId }, role);
  const boundary = role.permissionsBoundaryArn ?? "none";
  const settings = [
    ["ARN", live.arn, arn],
    ["maximum session duration", `${live.maxSessionDuration} s`, `${role.maxSessionDuration} s`],
    ["permissions boundary", live.boundaryArn ?? "none", boundary],
  ] as const;
  const wrong = [
    ...settings.flatMap(([name, actual, expected]) =>
      actual === expected ? [] : `its ${name} is ${actual}, in the federation ${expected}`,
    ),
    ...tagFaults(roleTags(role, view.federation), live.tags),
  ];
  if (wrong.length > 0) return fail(`${wrong.join("; ")}.`, DEPLOY);
  return pass(`${arn}, sessions up to ${role.maxSessionDuration} s, boundary ${boundary}: as in the federation.`);
}

function trustCheck(subject: string, declared: LintTarget, live: LiveRole): Check {
  const { pass, fail } = checkOf("role-trust", subject);
  const compared = comparePolicies(declared, { ...declared, roles: [live.lint] });
  switch (compared.kind) {
    case "same":
      return pass("The trust policy means the same as in the federation.");
    case "unreadable":
      return fail(compared.why, DEPLOY);
    case "different": {
      const { gained, lost } = compared;
      const evidence = [
        ...(gained.length === 0 ? [] : [`It accepts, unlike the federation: ${people(gained)}.`]),
        ...(lost.length === 0 ? [] : [`It refuses, unlike the federation: ${people(lost)}.`]),
      ];
      return fail(evidence.join(" "), DEPLOY);
    }
  }
}

/** Who it is about, the first few of them. */
export function people(identities: readonly Identity[]): string {
  const named = identities.map(({ subject, kind, issuer, audience, how, from }) =>
    [
      kind === "anyone" ? `anyone (for example ${quoted(subject)})` : quoted(subject),
      issuer === null ? "" : ` of ${issuer}`,
      audience === null ? "" : `, audience ${quoted(audience)}`,
      how === "from elsewhere" ? `, from ${from ?? "anywhere"}` : "",
    ].join(""),
  );
  return listed(named, 5, "; ");
}

/** Lint of what is deployed, with what the federation ignores ignored. */
function lintCheck(subject: string, declared: LintTarget, live: LiveRole, providers: readonly LintProvider[]): Check {
  const { pass, fail, unread } = checkOf("role-lint", subject);
  const [ours] = declared.roles;
  const role: LintRole = {
    ...live.lint,
    path: live.name,
    quota: ours?.quota ?? live.lint.quota,
    widePatterns: ours?.widePatterns ?? [],
    ignores: ours?.ignores ?? [],
  };
  // providers have checks of their own
  const { emailDomains = [], ignores } = declared;
  const findings = lintTarget({ ...EMPTY_TARGET, emailDomains, ignores, providers, roles: [role] }).filter(
    ({ rule, severity, ignored, role: of }) =>
      ignored === null && of !== null && severity !== "note" && !rule.startsWith("ignore-"),
  );
  const described = (list: readonly Finding[]): string => listed(list.map(findingText), 3, "; ");
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first !== undefined) return fail(`${described(errors)}.`, first.fix);
  const failure = live.policiesUnread ?? live.documentsUnread;
  if (failure !== null)
    return unread({ ...failure, message: `No findings so far; some policies could not be read: ${failure.message}` });
  return pass(findings.length > 0 ? `No error. Warnings: ${described(findings)}.` : "No findings.");
}

/** The message and the rule, without a full stop. */
export function findingText({ rule, message }: Finding): string {
  return `${message.replace(/\.$/, "")} [${rule}]`;
}
