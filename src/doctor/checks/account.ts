/** Judges a whole AWS account: does it trust Databricks anywhere the federation does not say? Pure. */
import type { AccountView } from "../../federation/account-view";
import { compareTargets, tooManyToTry } from "../../lint/compare";
import { concernsDatabricks, isDatabricksIssuer } from "../../trust/documents/relevance";
import { parseRole } from "../../trust/parsed/parse-role";
import { lintTarget } from "../../lint/run-rules";
import type { LintTarget } from "../../trust/parsed/target";
import { issuerPathOf } from "../../issuer/issuer";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { Found, LiveProvider, LiveRole } from "../fetch/live";
import { lintProviderOf } from "../fetch/live";
import { isDiscoveryUrl, withoutDiscovery } from "./provider";
import { people } from "./role";

const DAY_MS = 86_400_000;
/** A role nobody has used for this long is worth a question. IAM remembers 400 days. */
const UNUSED_AFTER_DAYS = 90;

const NO_TARGET: LintTarget = {
  complete: false,
  providers: [],
  givenProviderArns: [],
  givenIssuerPaths: [],
  deletedProviders: [],
  ignores: [],
  roles: [],
};

export interface AccountFacts {
  readonly providers: Found<readonly LiveProvider[]>;
  readonly roles: Found<readonly LiveRole[]>;
}

export function accountChecks(view: AccountView, facts: AccountFacts, now: number): readonly Check[] {
  const { providers, roles } = facts;
  // subjects of their own: an account whose roles could not be listed has not been judged
  const ofProviders = `providers of AWS account ${view.accountId}`;
  const ofRoles = `roles of AWS account ${view.accountId}`;
  return [
    ...(providers.kind === "found"
      ? providersChecks(ofProviders, view, providers.value)
      : [notListed("account-providers", ofProviders, providers)]),
    ...(roles.kind === "found"
      ? rolesChecks(ofRoles, view, roles.value, providers.kind === "found" ? providers.value : null)
      : [notListed("account-roles", ofRoles, roles)]),
    providers.kind === "found" && roles.kind === "found"
      ? unusedCheck(ofRoles, view, providers.value, roles.value, now)
      : unknown("account-unused", ofRoles, "Not judged: the account could not be listed.", null),
  ];
}

function notListed(
  id: "account-providers" | "account-roles",
  subject: string,
  found: Exclude<Found<unknown>, { kind: "found" }>,
): Check {
  return found.kind === "failed"
    ? unknown(id, subject, found.message, found.fix, found.code)
    : unknown(id, subject, "AWS lists none.", null);
}

/** Providers that have to do with Databricks, also those whose URL is not what it should be. */
function databricksProviders(view: AccountView, live: readonly LiveProvider[]): readonly LiveProvider[] {
  const ours = new Set(view.providers.map(({ arn }) => arn));
  return live.filter(
    ({ arn, url }) => ours.has(arn) || isDatabricksIssuer(url) || isDatabricksIssuer(withoutDiscovery(url)),
  );
}

function providersChecks(subject: string, view: AccountView, live: readonly LiveProvider[]): readonly Check[] {
  const ours = new Set(view.providers.map(({ arn }) => arn));
  const concerned = databricksProviders(view, live);
  const strangers = concerned.filter(({ arn }) => !ours.has(arn));
  if (strangers.length === 0)
    return [
      pass(
        "account-providers",
        subject,
        `${live.length} ${live.length === 1 ? "provider" : "providers"}, ${concerned.length} of them ` +
          `Databricks', all of the federation.`,
      ),
    ];
  return strangers.map((provider) => {
    const of = `provider ${issuerPathOf(provider.url)}`;
    if (isDiscoveryUrl(provider.url)) {
      return fail(
        "account-providers",
        of,
        `${provider.arn} is registered with the discovery URL, as a well-known recipe has it: no token's issuer ` +
          `is ever equal to that.`,
        "Delete it; the federation registers the issuer itself.",
      );
    }
    const [finding] = lintTarget({ ...NO_TARGET, providers: [lintProviderOf(provider, "")] }).filter(
      ({ severity }) => severity === "error",
    );
    return fail(
      "account-providers",
      of,
      `${provider.arn} is not in the federation.${finding === undefined ? "" : ` ${finding.message}`}`,
      finding?.fix ??
        "Take it into the federation (issuers, existingProviderArn), or delete it once no role trusts it.",
    );
  });
}

/** `providers`: all that the account has; null where they could not be listed. */
function rolesChecks(
  subject: string,
  view: AccountView,
  live: readonly LiveRole[],
  providers: readonly LiveProvider[] | null,
): readonly Check[] {
  const ours = new Set(view.roles.map(({ name }) => name.toLowerCase()));
  const concerned = live.filter((role) => concernsDatabricks(role.lint) || trustsOneOf(view, role));
  const strangers = concerned.filter(({ name }) => !ours.has(name.toLowerCase()));
  if (strangers.length === 0)
    return [
      pass(
        "account-roles",
        subject,
        `${live.length} ${live.length === 1 ? "role" : "roles"}, ${concerned.length} of ` +
          `them ${concerned.length === 1 ? "trusts" : "trust"} Databricks, all of the federation.`,
      ),
    ];
  const registered = { ...NO_TARGET, providers: (providers ?? []).map((provider) => lintProviderOf(provider, "")) };
  return strangers.map((role) => {
    const { statements } = parseRole(role.lint);
    const [change] = tooManyToTry(statements) ? [] : compareTargets(registered, { ...registered, roles: [role.lint] });
    const errors = lintTarget({ ...NO_TARGET, roles: [role.lint] }).filter(
      ({ severity, role: of }) => severity === "error" && of !== null,
    );
    const [worst] = errors;
    const who =
      change === undefined
        ? "so many that they can not be tried out"
        : change.gained.length === 0
          ? "nobody, as it stands"
          : people(change.gained);
    const gone = providers === null ? [] : deletedProviders(role, view, providers);
    const lets =
      gone.length === 0
        ? `It lets in: ${who}.`
        : `There is no ${gone.join(" and no ")} any more: nobody comes in by that, until somebody registers it ` +
          `again. Then it lets in: ${who}.`;
    return fail(
      "account-roles",
      `role ${role.name}`,
      `${role.arn} trusts Databricks and is not in the ` +
        `federation. ${lets}${worst === undefined ? "" : ` Lint: ${worst.message.replace(/\.$/, "")} [${worst.rule}].`}`,
      gone.length === 0
        ? "Take it into the federation (roles, with its name), or delete it."
        : "Delete it, or take that trust out of it.",
    );
  });
}

/** ARNs of providers of this account that the role trusts and that are not there. */
function deletedProviders(role: LiveRole, view: AccountView, providers: readonly LiveProvider[]): readonly string[] {
  const there = new Set(providers.map(({ arn }) => arn));
  const trusted = parseRole(role.lint)
    .statements.filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => statement.providers.map(({ arn }) => arn));
  return [...new Set(trusted)].filter(
    (arn) => arn.split(":")[4] === view.accountId && !/[*?]/.test(arn) && !there.has(arn),
  );
}

/** Also by a custom host, which nobody could tell from any other. */
function trustsOneOf(view: AccountView, role: LiveRole): boolean {
  const arns = new Set(view.providers.map(({ arn }) => arn));
  return parseRole(role.lint).statements.some(({ providers }) => providers.some(({ arn }) => arns.has(arn)));
}

function unusedCheck(
  subject: string,
  view: AccountView,
  providers: readonly LiveProvider[],
  roles: readonly LiveRole[],
  now: number,
): Check {
  const trusted = new Set(
    roles.flatMap((role) =>
      parseRole(role.lint).statements.flatMap((statement) => statement.providers.map(({ arn }) => arn)),
    ),
  );
  const idleProviders = databricksProviders(view, providers)
    .filter(({ arn }) => !trusted.has(arn))
    .map(({ url }) => `no role trusts the provider for ${url}`);
  const idleRoles = roles
    .filter((role) => concernsDatabricks(role.lint) || trustsOneOf(view, role))
    .flatMap((role) => {
      const since = role.lastUsed ?? role.created;
      if (since === null) return [];
      const days = Math.floor((now - since) / DAY_MS);
      return days < UNUSED_AFTER_DAYS
        ? []
        : [
            `role ${role.name} ${role.lastUsed === null ? `was never used in ` + `the ${days} days it stands` : `was last used ${days} days ago`}`,
          ];
    });
  const idle = [...idleProviders, ...idleRoles];
  if (idle.length === 0)
    return pass(
      "account-unused",
      subject,
      "Every Databricks provider is trusted by a role, and none of the roles has lain idle.",
    );
  return unknown(
    "account-unused",
    subject,
    `${idle.slice(0, 8).join("; ")}${idle.length > 8 ? `; and ${idle.length - 8} more` : ""}.`,
    "Delete what is no longer meant: a workspace that is gone leaves its trust behind.",
  );
}
