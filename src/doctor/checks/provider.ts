/** Judges a provider as it stands in AWS against the federation. Pure. */
import type { ProviderView } from "../../federation/account-view";
import { quoted } from "../../text/text-rule";
import type { Check } from "../check";
import { DEPLOY, fail, pass, unknown } from "../check";
import type { Found, LiveProvider } from "../fetch/live";
import { tagFaults } from "./tags";

/** Where a provider that is registered with the discovery URL ends: a well-known recipe's mistake. */
const DISCOVERY_TAIL = /\/\.well-known(?:\/.*)?$/;

export function isDiscoveryUrl(url: string): boolean {
  return DISCOVERY_TAIL.test(url);
}

export function withoutDiscovery(url: string): string {
  return url.replace(DISCOVERY_TAIL, "");
}

export function providerChecks(
  subject: string,
  declared: ProviderView,
  federationTags: Readonly<Record<string, string>>,
  found: Found<LiveProvider>,
): readonly Check[] {
  const clientsUnknown = unknown("provider-clients", subject, "Not judged: there is no provider to ask.", null);
  if (found.kind === "failed")
    return [unknown("provider", subject, found.message, found.fix, found.code), clientsUnknown];
  if (found.kind === "absent") {
    return [
      fail(
        "provider",
        subject,
        `There is no ${declared.arn}.`,
        declared.create
          ? "Deploy the federation to this account."
          : "Correct existingProviderArn, or leave it out and deploy: the federation then makes the provider.",
      ),
      clientsUnknown,
    ];
  }
  return [
    registeredCheck(subject, declared, declared.create ? federationTags : {}, found.value),
    clientsCheck(subject, declared, found.value.clientIds),
  ];
}

function registeredCheck(
  subject: string,
  declared: ProviderView,
  tags: Readonly<Record<string, string>>,
  { url, thumbprints, tags: live }: LiveProvider,
): Check {
  const ours = declared.issuer.issuer;
  if (url !== ours) {
    return fail(
      "provider",
      subject,
      `It is registered for ${quoted(url)}, and the issuer is ${quoted(ours)}. IAM compares every character.`,
      isDiscoveryUrl(url)
        ? "That is the discovery URL: delete the provider, and deploy the federation."
        : "Delete the provider, and deploy the federation.",
    );
  }
  const faults = tagFaults(tags, live);
  if (faults.length > 0)
    return fail("provider", subject, `It is registered for ${ours}, and ${faults.join("; ")}.`, DEPLOY);
  return pass(
    "provider",
    subject,
    `${declared.arn} is registered for ${ours}${thumbprints.length === 0 ? "" : `; its ${thumbprints.length === 1 ? "thumbprint is" : `${thumbprints.length} thumbprints are`} not used for a host with a public certificate`}.`,
  );
}

/** An adopted provider is kept elsewhere: what it registers for others is told, and no drift. */
function clientsCheck(subject: string, { issuer, create }: ProviderView, live: readonly string[]): Check {
  const missing = issuer.audiences.filter((audience) => !live.includes(audience));
  const more = live.filter((audience) => !issuer.audiences.includes(audience));
  const list = (texts: readonly string[]): string =>
    `${texts.slice(0, 5).map(quoted).join(", ")}${texts.length > 5 ? ` and ${texts.length - 5} more` : ""}`;
  if (missing.length === 0 && (more.length === 0 || !create))
    return pass(
      "provider-clients",
      subject,
      `It registers ${list(issuer.audiences)}${more.length === 0 ? "" : `, and ${list(more)} for others: the ` + `federation adopts it`}.`,
    );
  const says = [
    ...(missing.length === 0 ? [] : [`It does not register ${list(missing)}`]),
    ...(more.length === 0
      ? []
      : [`${missing.length === 0 ? "It" : "it"} registers ${list(more)}, which the federation does not`]),
  ].join("; ");
  if (!create)
    return fail(
      "provider-clients",
      subject,
      `${says}.`,
      `The federation adopts this provider: have whoever keeps it register ${list(missing)} (aws iam ` +
        `add-client-id-to-open-id-connect-provider).`,
    );
  return fail(
    "provider-clients",
    subject,
    `${says}.`,
    `Deploy the federation${more.length === 0 ? "" : `, or add what is meant to issuers.${issuer.key}.audiences`}.`,
  );
}
