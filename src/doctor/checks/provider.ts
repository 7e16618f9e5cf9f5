/** Judges a provider as it stands in AWS against the federation. Pure. */
import type { ProviderView } from "../../federation/account-view";
import { quoted } from "../../text-rule";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { Found, LiveProvider } from "../reach/live";

/** Where a provider that is registered with the discovery URL ends: a well-known recipe's mistake. */
const DISCOVERY_TAIL = /\/\.well-known(?:\/.*)?$/;

export function isDiscoveryUrl(url: string): boolean {
  return DISCOVERY_TAIL.test(url);
}

export function withoutDiscovery(url: string): string {
  return url.replace(DISCOVERY_TAIL, "");
}

export function providerChecks(subject: string, declared: ProviderView, found: Found<LiveProvider>): readonly Check[] {
  const clientsUnknown = unknown("provider-clients", subject, "Not judged: there is no provider to ask.", null);
  if (found.kind === "failed") return [unknown("provider", subject, found.message, found.fix, found.code), clientsUnknown];
  if (found.kind === "absent") {
    return [fail("provider", subject, `There is no ${declared.arn}.`, declared.create ? "Deploy the federation to this account." : "Correct existingProviderArn, or leave it out and deploy: the federation then makes the provider."), clientsUnknown];
  }
  const { url, thumbprints, clientIds } = found.value;
  const ours = declared.issuer.issuer;
  const registered = url === ours
    ? pass("provider", subject, `${declared.arn} is registered for ${ours}${thumbprints.length === 0 ? "" : `; its ${thumbprints.length === 1 ? "thumbprint is" : `${thumbprints.length} thumbprints are`} not used for a host with a public certificate`}.`)
    : fail("provider", subject, `It is registered for ${quoted(url)}, and the issuer is ${quoted(ours)}. IAM compares every character.`, isDiscoveryUrl(url) ? "That is the discovery URL: delete the provider, and deploy the federation." : "Delete the provider, and deploy the federation.");
  return [registered, clientsCheck(subject, declared, clientIds)];
}

function clientsCheck(subject: string, { issuer }: ProviderView, live: readonly string[]): Check {
  const missing = issuer.audiences.filter((audience) => !live.includes(audience));
  const more = live.filter((audience) => !issuer.audiences.includes(audience));
  const list = (texts: readonly string[]): string => `${texts.slice(0, 5).map(quoted).join(", ")}${texts.length > 5 ? ` and ${texts.length - 5} more` : ""}`;
  if (missing.length === 0 && more.length === 0) return pass("provider-clients", subject, `It registers ${list(live)}.`);
  const says = [...(missing.length === 0 ? [] : [`It does not register ${list(missing)}`]), ...(more.length === 0 ? [] : [`${missing.length === 0 ? "It" : "it"} registers ${list(more)}, which the federation does not`])].join("; ");
  return fail("provider-clients", subject, `${says}.`, `Deploy the federation${more.length === 0 ? "" : `, or add what is meant to issuers.${issuer.key}.audiences`}.`);
}
