/** Which providers are given: by ARN, or by what the modules know an issuer by. */
import { parseRole, trustedProvider } from "../parsed/parse-role";
import type { LintProvider, LintRole, LintTarget } from "../parsed/target";
import { issuerPathOf } from "../../issuer/issuer";

/**
 * What is given of the providers that `roles` trust and `providers` lacks. `named`: values in which an issuer may be
 * named (variables, constants, outputs); `found`: values in which only an ARN counts (data sources).
 */
export function givenProviders(
  roles: readonly LintRole[],
  providers: readonly LintProvider[],
  named: unknown,
  found: unknown = null,
): Pick<LintTarget, "givenProviderArns" | "givenIssuerPaths"> {
  const made = new Set(providers.map(({ url }) => issuerPathOf(url)));
  const missing = new Set<string>();
  for (const role of roles)
    for (const statement of parseRole(role).statements)
      for (const { issuerPath } of statement.providers) if (!made.has(issuerPath)) missing.add(issuerPath);
  // The usual plan makes its own providers, and then nothing is looked for.
  if (missing.size === 0) return { givenProviderArns: [], givenIssuerPaths: [] };
  const texts = textsIn(named);
  return {
    givenProviderArns: [...textsIn([named, found])].filter((text) => trustedProvider(text) !== undefined),
    givenIssuerPaths: [...missing].filter((issuerPath) => namesOf(issuerPath).some((name) => texts.has(name))),
  };
}

/** What an issuer is known by: its URL or path, a workspace's host, an account's ID. */
function namesOf(issuerPath: string): readonly string[] {
  const host = /^([^/]+)\/oidc$/.exec(issuerPath)?.[1];
  const account = /\/oidc\/accounts\/([^/]+)$/.exec(issuerPath)?.[1];
  return [
    issuerPath,
    `https://${issuerPath}`,
    ...(host === undefined ? [] : [host]),
    ...(account === undefined ? [] : [account]),
  ];
}

/** Every text in `value`, at any depth. */
function textsIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === "string") found.add(next);
    else if (typeof next === "object" && next !== null) for (const member of Object.values(next)) waiting.push(member);
  }
  return found;
}
