/** Checks a whole AWS account: does it trust Databricks anywhere that the federation does not declare? Pure. */
import type { AccountView } from "../../federation/account-view";
import { issuerPathOf } from "../../issuer/issuer";
import { compareTargets } from "../../lint/compare";
import { lintTarget } from "../../lint/run-rules";
import { counted, listed } from "../../text/words";
import { concernsDatabricks, isDatabricksIssuer } from "../../trust/documents/relevance";
import { EMPTY_TARGET } from "../../trust/parsed/target";
import { parseRole } from "../../trust/parsed/parse-role";
import { type Check, checkOf, skipped } from "../check";
import { type AccountFacts, lintProviderOf, type LiveProvider, type LiveRole } from "../fetch/live";
import { isDiscoveryUrl, withoutDiscovery } from "./provider";
import { findingText, people } from "./role";

const DAY_MS = 86_400_000;
/** A role that was not used for this long is reported. IAM remembers 400 days. */
const UNUSED_AFTER_DAYS = 90;
const ADOPT = "Add it to the federation (databricks-aws-oidc adopt --aws; docs/adopt.md)";

export function accountChecks(view: AccountView, { providers, roles }: AccountFacts, now: number): readonly Check[] {
  // subjects of their own: the account's roles may be readable where its providers are not
  const ofProviders = `providers of AWS account ${view.accountId}`;
  const ofRoles = `roles of AWS account ${view.accountId}`;
  const known = providers.kind === "found" ? providers.value : null;
  const notListed = (
    id: "account-providers" | "account-roles",
    subject: string,
    found: AccountFacts["roles"],
  ): Check =>
    found.kind === "failed" ? checkOf(id, subject).unread(found) : checkOf(id, subject).unknown("AWS lists none.");
  return [
    ...(known !== null
      ? providersChecks(ofProviders, view, known)
      : [notListed("account-providers", ofProviders, providers as AccountFacts["roles"])]),
    ...(roles.kind === "found"
      ? rolesChecks(ofRoles, view, roles.value, known)
      : [notListed("account-roles", ofRoles, roles)]),
    ...(known !== null && roles.kind === "found"
      ? [unusedCheck(ofRoles, view, known, roles.value, now)]
      : skipped(["account-unused"], ofRoles, "the account could not be listed.")),
  ];
}

/** Providers that have to do with Databricks, also those whose URL is not what it should be. */
function databricksProviders(view: AccountView, live: readonly LiveProvider[]): readonly LiveProvider[] {
  const ours = declaredProviderArns(view);
  return live.filter(
    ({ arn, url }) => ours.has(arn) || isDatabricksIssuer(url) || isDatabricksIssuer(withoutDiscovery(url)),
  );
}

function declaredProviderArns(view: AccountView): ReadonlySet<string> {
  return new Set(view.providers.map(({ arn }) => arn));
}

/** Roles that trust Databricks, also by a custom host, which only the federation can name. */
function databricksRoles(view: AccountView, live: readonly LiveRole[]): readonly LiveRole[] {
  const ours = declaredProviderArns(view);
  return live.filter((role) => concernsDatabricks(role.lint) || trustedArns(role).some((arn) => ours.has(arn)));
}

/** ARNs of the providers that statements of the role name. */
function trustedArns({ lint }: LiveRole, effects: readonly string[] = ["Allow", "Deny"]): readonly string[] {
  return parseRole(lint)
    .statements.filter(({ effect }) => effects.includes(effect))
    .flatMap(({ providers }) => providers.map(({ arn }) => arn));
}

function providersChecks(subject: string, view: AccountView, live: readonly LiveProvider[]): readonly Check[] {
  const ours = declaredProviderArns(view);
  const concerned = databricksProviders(view, live);
  const undeclared = concerned.filter(({ arn }) => !ours.has(arn));
  if (undeclared.length === 0) {
    const evidence = `${counted(live.length, "provider")}, ${concerned.length} of Databricks, all in the federation.`;
    return [checkOf("account-providers", subject).pass(evidence)];
  }
  return undeclared.map((provider) => {
    const { fail } = checkOf("account-providers", `provider ${issuerPathOf(provider.url)}`);
    if (isDiscoveryUrl(provider.url))
      return fail(
        `${provider.arn} is registered with the discovery URL, as in a well-known recipe: it never equals the issuer ` +
          "of a token.",
        "Delete it; the federation registers the issuer itself.",
      );
    const [finding] = lintTarget({ ...EMPTY_TARGET, providers: [lintProviderOf(provider, "")] }).filter(
      ({ severity }) => severity === "error",
    );
    return fail(
      `${provider.arn} is not in the federation.${finding === undefined ? "" : ` ${finding.message}`}`,
      finding?.fix ?? `${ADOPT}, or delete it once no role trusts it.`,
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
  const concerned = databricksRoles(view, live);
  const undeclared = concerned.filter(({ name }) => !ours.has(name.toLowerCase()));
  if (undeclared.length === 0) {
    const trusting = `${concerned.length} of them ${concerned.length === 1 ? "trusts" : "trust"} Databricks`;
    return [
      checkOf("account-roles", subject).pass(`${counted(live.length, "role")}, ${trusting}, all in the federation.`),
    ];
  }
  const registered = { ...EMPTY_TARGET, providers: (providers ?? []).map((provider) => lintProviderOf(provider, "")) };
  return undeclared.map((role) => {
    const [change] = compareTargets(registered, { ...registered, roles: [role.lint] });
    const [worst] = lintTarget({ ...EMPTY_TARGET, roles: [role.lint] }).filter(
      ({ severity, role: of }) => severity === "error" && of !== null,
    );
    const who = change === undefined || change.gained.length === 0 ? "no one, as it is" : people(change.gained);
    const gone = providers === null ? [] : deletedProviders(role, view, providers);
    const accepts =
      gone.length === 0
        ? `It accepts: ${who}.`
        : `The provider ${gone.join(" and ")} does not exist: no one is accepted through it until it is ` +
          `registered again. Then it accepts: ${who}.`;
    const lint = worst === undefined ? "" : ` Lint: ${findingText(worst)}.`;
    return checkOf("account-roles", `role ${role.name}`).fail(
      `${role.arn} trusts Databricks and is not in the federation. ${accepts}${lint}`,
      gone.length === 0 ? `${ADOPT}, or delete it.` : "Delete it, or remove that trust from it.",
    );
  });
}

/** ARNs of providers of this account that the role trusts and that do not exist. */
function deletedProviders(role: LiveRole, view: AccountView, providers: readonly LiveProvider[]): readonly string[] {
  const existing = new Set(providers.map(({ arn }) => arn));
  return [...new Set(trustedArns(role, ["Allow"]))].filter(
    (arn) => arn.split(":")[4] === view.accountId && !/[*?]/.test(arn) && !existing.has(arn),
  );
}

function unusedCheck(
  subject: string,
  view: AccountView,
  providers: readonly LiveProvider[],
  roles: readonly LiveRole[],
  now: number,
): Check {
  const { pass, unknown } = checkOf("account-unused", subject);
  const trusted = new Set(roles.flatMap((role) => trustedArns(role)));
  const unused = [
    ...databricksProviders(view, providers)
      .filter(({ arn }) => !trusted.has(arn))
      .map(({ url }) => `no role trusts the provider for ${url}`),
    ...databricksRoles(view, roles).flatMap(({ name, lastUsed, created }) => {
      const since = lastUsed ?? created;
      const days = since === null ? 0 : Math.floor((now - since) / DAY_MS);
      if (days < UNUSED_AFTER_DAYS) return [];
      return `role ${name} was ${lastUsed === null ? `never used in its ${days} days` : `last used ${days} days ago`}`;
    }),
  ];
  if (unused.length === 0) return pass("Every Databricks provider is trusted by a role, and every role was used.");
  return unknown(
    `${listed(unused, 8, "; ")}.`,
    "Delete what is no longer needed: a workspace that was deleted leaves its trust behind.",
  );
}
