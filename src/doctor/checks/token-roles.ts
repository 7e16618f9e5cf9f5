/** Judges which roles a token gets: by the federation, and by what is deployed. The decision is that of `explain`. */
import type { AccountView } from "../../federation/account-view";
import type { FederationRole } from "../../federation/model";
import { explain } from "../../explain/explain";
import type { Explanation } from "../../explain/explain";
import { webIdentityRole } from "../../explain/subject-of";
import { TOKEN_KEY } from "../../lint/compare-surroundings";
import type { WebIdentityProvider, WebIdentityRole } from "../../sts/web-identity";
import type { KeySet } from "../../sts/verify-signature";
import { compilePolicy } from "../../trust/decide/decide";
import { readPolicy } from "../../trust/decide/document";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { LiveProvider, LiveRole } from "../fetch/live";
import { TOKEN, callAt } from "./token";

/** The providers a federation registers in an account, with the keys that were fetched. */
export function declaredProviders(
  view: AccountView,
  keys: ReadonlyMap<string, KeySet>,
): readonly WebIdentityProvider[] {
  return view.providers.map(({ issuer, arn }) => ({
    arn,
    issuer: issuer.issuer,
    clientIds: issuer.audiences,
    keys: keys.get(issuer.key) ?? null,
  }));
}

/** Explains `text` against a role of the federation. */
export function explainDeclared(
  text: string,
  role: FederationRole,
  setting: { readonly view: AccountView; readonly keys: ReadonlyMap<string, KeySet>; readonly now: number },
): Promise<Explanation> {
  return explain(
    { kind: "token", text },
    declaredProviders(setting.view, setting.keys),
    webIdentityRole(role, setting.view),
    callAt(setting.now),
  );
}

/** Explains `text` against what stands in AWS; null where its policy does not read. */
export async function explainDeployed(
  text: string,
  live: LiveRole,
  providers: readonly LiveProvider[],
  setting: { readonly view: AccountView; readonly keys: ReadonlyMap<string, KeySet>; readonly now: number },
): Promise<Explanation | null> {
  const read = readPolicy(live.lint.policy);
  if (!read.ok) return null;
  const keysOf = (issuer: string): KeySet | null => {
    const own = setting.view.providers.find((provider) => provider.issuer.issuer === issuer);
    return own === undefined ? null : (setting.keys.get(own.issuer.key) ?? null);
  };
  const known = providers.map((provider): WebIdentityProvider => ({
    arn: provider.arn,
    issuer: provider.url,
    clientIds: provider.clientIds,
    keys: keysOf(provider.url),
  }));
  const role: WebIdentityRole = {
    arn: live.arn,
    trust: compilePolicy(read.policy),
    maxSessionDuration: live.maxSessionDuration,
  };
  return explain({ kind: "token", text }, known, role, callAt(setting.now));
}

/** `named`: the one role that was asked about must let it in; else any role will do. */
export function tokenRolesCheck(
  explained: readonly { readonly role: string; readonly explanation: Explanation }[],
  named: boolean,
): Check {
  const [first] = explained;
  if (first === undefined) return unknown("token-roles", TOKEN, "No role of the federation trusts its issuer.", null);
  const gets = explained.filter(({ explanation }) => explanation.allowed).map(({ role }) => role);
  const not = explained.filter(({ explanation }) => !explanation.allowed);
  if (gets.length > 0)
    return pass(
      "token-roles",
      TOKEN,
      `By the federation it gets ${listed(gets)}${not.length === 0 ? "" : `, and not ${listed(not.map(({ role }) => role))}`}.`,
    );
  const open = not.flatMap(({ role, explanation }) => {
    const keys = openKeys(explanation);
    return keys.length === 0 ? [] : [{ role, keys }];
  });
  const [possible] = open;
  if (possible !== undefined)
    return unknown(
      "token-roles",
      TOKEN,
      `By the federation it gets ${possible.role} where the call comes from the right place; only AWS ` +
        `sees ${listed(possible.keys)}.`,
      "Make one real call from there: --assume.",
    );
  const nearest = not.find(({ explanation }) => explanation.error?.code === "AccessDenied") ?? first;
  const miss = nearest.explanation.misses[0];
  return fail(
    "token-roles",
    TOKEN,
    `By the federation it gets ${named ? `no ${first.role}` : `none of ${listed(explained.map(({ role }) => role))}`}: ${miss?.what ?? nearest.explanation.error?.message ?? "no statement lets it in"}.`,
    miss?.fix ?? nearest.explanation.fix ?? `Run explain --role ${nearest.role} for every line of the policy.`,
  );
}

export function tokenDeployedCheck(role: string, explanation: Explanation | null): Check {
  const subject = `role ${role}`;
  if (explanation === null)
    return unknown("token-deployed", subject, "Not judged: what is deployed does not read.", null);
  if (explanation.allowed)
    return pass(
      "token-deployed",
      subject,
      `What is deployed lets ${explanation.subject ?? "it"} in (statement ${explanation.decidedBy ?? 0}).`,
    );
  const keys = openKeys(explanation);
  if (keys.length > 0)
    return unknown(
      "token-deployed",
      subject,
      `What is deployed lets ${explanation.subject ?? "it"} in where the call comes from the right place; only ` +
        `AWS sees ${listed(keys)}.`,
      "Make one real call from there: --assume.",
    );
  const miss = explanation.misses[0];
  return fail(
    "token-deployed",
    subject,
    `What is deployed does not let ${explanation.subject ?? "it"} in: ${miss?.what ?? explanation.error?.message ?? "no statement does"}.`,
    miss?.fix ?? explanation.fix ?? "Deploy the federation.",
  );
}

/** Keys of the call that decide and that nobody knows here (network, time of day, …): all the token has to say fits. */
function openKeys({ error, statements }: Explanation): readonly string[] {
  if (error?.code !== "AccessDenied" || statements.some(({ effect, matched }) => effect === "Deny" && matched))
    return [];
  const near = statements.find(
    ({ effect, principal, action, conditions }) =>
      effect === "Allow" &&
      principal.matched &&
      action.matched &&
      conditions.every(({ matched, actual, key }) => matched || (actual === null && !TOKEN_KEY.test(key))),
  );
  return near === undefined ? [] : near.conditions.filter(({ matched }) => !matched).map(({ key }) => key);
}

function listed(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}
