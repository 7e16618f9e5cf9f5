/** Compares a deployed provider with the federation. Pure. */
import type { ProviderView } from "../../federation/account-view";
import { counted, listed } from "../../text/words";
import { quoted } from "../../text/text-rule";
import { type Check, checkOf, DEPLOY, skipped } from "../check";
import type { Found, LiveProvider } from "../fetch/live";

type Tags = Readonly<Record<string, string>>;

/** Where a provider registered with the discovery URL ends: the mistake of a well-known recipe. */
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
  federationTags: Tags,
  found: Found<LiveProvider>,
): readonly Check[] {
  if (found.kind === "found")
    return [
      registeredCheck(subject, declared, declared.create ? federationTags : {}, found.value),
      clientsCheck(subject, declared, found.value.clientIds),
    ];
  const { fail, unread } = checkOf("provider", subject);
  const fix = declared.create
    ? "Deploy the federation to this account."
    : "Correct existingProviderArn, or remove it and deploy: the federation then creates the provider.";
  return [
    found.kind === "failed" ? unread(found) : fail(`The provider ${declared.arn} does not exist.`, fix),
    ...skipped(["provider-clients"], subject, "no provider was read."),
  ];
}

function registeredCheck(
  subject: string,
  { arn, issuer: { issuer } }: ProviderView,
  tags: Tags,
  { url, thumbprints, tags: live }: LiveProvider,
): Check {
  const { pass, fail } = checkOf("provider", subject);
  if (url !== issuer)
    return fail(
      `It is registered for ${quoted(url)}, and the issuer is ${quoted(issuer)}. IAM compares every character.`,
      `${isDiscoveryUrl(url) ? "It is the discovery URL: delete" : "Delete"} the provider, and deploy the federation.`,
    );
  const faults = tagFaults(tags, live);
  if (faults.length > 0) return fail(`It is registered for ${issuer}, and ${faults.join("; ")}.`, DEPLOY);
  const unused =
    thumbprints.length === 0
      ? ""
      : `; AWS ignores its ${counted(thumbprints.length, "thumbprint")} for a host with a public certificate`;
  return pass(`${arn} is registered for ${issuer}${unused}.`);
}

/** An adopted provider is managed elsewhere: what it registers for others is reported, and is not drift. */
function clientsCheck(subject: string, { issuer, create }: ProviderView, live: readonly string[]): Check {
  const { pass, fail } = checkOf("provider-clients", subject);
  const list = (texts: readonly string[]): string => listed(texts.map(quoted), 5);
  const missing = issuer.audiences.filter((audience) => !live.includes(audience));
  const more = live.filter((audience) => !issuer.audiences.includes(audience));
  if (missing.length === 0 && (more.length === 0 || !create)) {
    const others = more.length === 0 ? "" : `, and ${list(more)} for others: the federation adopts it`;
    return pass(`It registers ${list(issuer.audiences)}${others}.`);
  }
  const evidence = [
    ...(missing.length === 0 ? [] : [`It does not register ${list(missing)}.`]),
    ...(more.length === 0 ? [] : [`It registers ${list(more)}, which the federation does not.`]),
  ].join(" ");
  return fail(
    evidence,
    create
      ? `Deploy the federation${more.length === 0 ? "" : `, or add it to issuers.${issuer.key}.audiences`}.`
      : `The federation adopts this provider: have its owner register ${list(missing)} (aws iam ` +
          "add-client-id-to-open-id-connect-provider).",
  );
}

/**
 * What is wrong with the live tags. A role's tags are its sessions' principal tags, so policies may depend on them.
 * Others beside the declared ones are allowed: organizations and Terraform's default_tags set them.
 */
export function tagFaults(declared: Tags, live: Tags): readonly string[] {
  return Object.entries(declared).flatMap(([key, value]) => {
    // a tag may be named like a property that every object has: constructor
    const actual = Object.hasOwn(live, key) ? live[key] : undefined;
    const is = actual === undefined ? "missing" : quoted(actual);
    return actual === value ? [] : [`its tag ${quoted(key)} is ${is}, in the federation ${quoted(value)}`];
  });
}
