/** Checks which roles a token can assume: by the federation, and by what is deployed. `explain` decides. */
import { explain, type Explanation } from "../../explain/explain";
import { webIdentityRole } from "../../explain/role-in-question";
import type { FederationRole } from "../../federation/model";
import { claimOf } from "../../trust/exact/facts";
import type { WebIdentityProvider } from "../../sts/web-identity";
import { listed } from "../../text/words";
import { compilePolicy } from "../../trust/decide/decide";
import { readPolicy } from "../../trust/decide/document";
import { type Check, checkOf } from "../check";
import type { LiveProvider, LiveRole } from "../fetch/live";
import { callAt, TOKEN, type TokenContext } from "./token";

/** Explains `text` against a role of the federation. */
export function explainDeclared(text: string, role: FederationRole, context: TokenContext): Promise<Explanation> {
  const { view, keys, now } = context;
  const providers = view.providers.map(({ issuer, arn }): WebIdentityProvider => ({
    arn,
    issuer: issuer.issuer,
    clientIds: issuer.audiences,
    keys: keys.get(issuer.key) ?? null,
  }));
  return explain({ kind: "token", text }, providers, webIdentityRole(role, view), callAt(now));
}

/** Explains `text` against what is deployed in AWS; null where its policy cannot be read. */
export async function explainDeployed(
  text: string,
  live: LiveRole,
  providers: readonly LiveProvider[],
  { view, keys, now }: TokenContext,
): Promise<Explanation | null> {
  const read = readPolicy(live.lint.policy);
  if (!read.ok) return null;
  const known = providers.map(({ arn, url, clientIds }): WebIdentityProvider => {
    const declared = view.providers.find(({ issuer }) => issuer.issuer === url);
    return { arn, issuer: url, clientIds, keys: keys.get(declared?.issuer.key ?? "") ?? null };
  });
  const role = { arn: live.arn, trust: compilePolicy(read.policy), maxSessionDuration: live.maxSessionDuration };
  return explain({ kind: "token", text }, known, role, callAt(now));
}

const CALL_FROM_THERE = "Make one real call from there: --assume.";

/** `named`: the one role that was asked for must accept the token; otherwise any role is enough. */
export function tokenRolesCheck(
  explained: readonly { readonly role: string; readonly explanation: Explanation }[],
  named: boolean,
): Check {
  const { pass, fail, unknown } = checkOf("token-roles", TOKEN);
  const [first] = explained;
  if (first === undefined) return unknown("No role of the federation trusts its issuer.");
  const accepting = explained.filter(({ explanation }) => explanation.allowed).map(({ role }) => role);
  const refusing = explained.filter(({ explanation }) => !explanation.allowed);
  if (accepting.length > 0) {
    const others = refusing.map(({ role }) => role);
    const not = others.length === 0 ? "" : `, and not ${listed(others, 8)}`;
    return pass(`By the federation it can assume ${listed(accepting, 8)}${not}.`);
  }
  const possible = refusing.find(({ explanation }) => openKeys(explanation).length > 0);
  if (possible !== undefined)
    return unknown(
      `By the federation it can assume ${possible.role} where the request context fits; only AWS ` +
        `sees ${listed(openKeys(possible.explanation), 8)}.`,
      CALL_FROM_THERE,
    );
  const nearest = refusing.find(({ explanation }) => explanation.error?.code === "AccessDenied") ?? first;
  const { what, fix } = reasonOf(nearest.explanation);
  const roles = named
    ? `not assume ${first.role}`
    : `assume none of ${listed(
        explained.map(({ role }) => role),
        8,
      )}`;
  return fail(
    `By the federation it can ${roles}: ${what}.`,
    fix ?? `Run explain --role ${nearest.role} for every line of the policy.`,
  );
}

export function tokenDeployedCheck(role: string, explanation: Explanation | null): Check {
  const { pass, fail, unknown } = checkOf("token-deployed", `role ${role}`);
  if (explanation === null) return unknown("Skipped: the deployed policy cannot be read.");
  const who = explanation.subject ?? "the token";
  if (explanation.allowed) return pass(`The deployed role accepts ${who} (statement ${explanation.decidedBy ?? 0}).`);
  const keys = openKeys(explanation);
  if (keys.length > 0)
    return unknown(
      `The deployed role accepts ${who} where the request context fits; only AWS sees ${listed(keys, 8)}.`,
      CALL_FROM_THERE,
    );
  const { what, fix } = reasonOf(explanation);
  return fail(`The deployed role does not accept ${who}: ${what}.`, fix ?? "Deploy the federation.");
}

function reasonOf({ reasons: [reason], error, fix }: Explanation): {
  readonly what: string;
  readonly fix: string | null;
} {
  return { what: reason?.what ?? error?.message ?? "no statement allows it", fix: reason?.fix ?? fix };
}

/** Keys of the request context that decide and are not known here (network, time of day, …): all of the token fits. */
function openKeys({ error, statements }: Explanation): readonly string[] {
  if (error?.code !== "AccessDenied" || statements.some(({ effect, matched }) => effect === "Deny" && matched))
    return [];
  const near = statements.find(
    ({ effect, principal, action, conditions }) =>
      effect === "Allow" &&
      principal.matched &&
      action.matched &&
      conditions.every(
        ({ matched, actual, key }) => matched || (actual === null && claimOf(key.toLowerCase()) === null),
      ),
  );
  return near === undefined ? [] : near.conditions.filter(({ matched }) => !matched).map(({ key }) => key);
}
