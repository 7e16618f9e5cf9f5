/** Judges the issuer's host: its name and its certificate. Pure. */
import { cloudOfHost } from "../../issuer/clouds";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { Fetched } from "../fetch/fetch-url";
import type { Addresses, IssuerFacts } from "../fetch/issuer";

/** Addresses that only the network they are in can reach. */
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:)/i;

export function dnsCheck(subject: string, host: string, addresses: Addresses): Check {
  switch (addresses.kind) {
    case "by-proxy":
      return unknown("dns", subject, `The proxy ${addresses.proxy} resolves the name.`, null);
    case "not-found":
      return fail(
        "dns",
        subject,
        `The name ${host} does not exist.`,
        "Correct the issuer's host in the federation. Inside a closed network, check its DNS.",
      );
    case "unanswered":
      return unknown(
        "dns",
        subject,
        `No name server answers for ${host} (${addresses.code}).`,
        "Check the network and its DNS, then run this again.",
        "network-dns",
      );
    case "resolved":
      break;
  }
  const { list } = addresses;
  const shown = `${list.slice(0, 4).join(", ")}${list.length > 4 ? `, and ${list.length - 4} more` : ""}`;
  if (list.length > 0 && list.every((address) => PRIVATE.test(address))) {
    return unknown(
      "dns",
      subject,
      `${host} is ${shown} here: private addresses, so this network has a way of its own (PrivateLink). STS ` +
        `takes the public one.`,
      "Run this from outside the network too (a CI job, say), to see what STS sees.",
    );
  }
  return pass("dns", subject, `${host} is ${shown}.`);
}

const DAY_MS = 86_400_000;

/** Node's codes for a certificate that does not do, and what they mean. */
const CERTIFICATE_FAULTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^CERT_HAS_EXPIRED$/,
    "its certificate has expired",
    "Renew it; if others see a valid one, set this machine's clock.",
  ],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet", "Check this machine's clock."],
  [
    /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    "its certificate is for another name",
    "Correct the issuer's host, or whatever stands before it.",
  ],
  [
    /SELF_SIGNED|DEPTH_ZERO/,
    "its certificate is signed by an authority nobody knows",
    "If a proxy of yours signs here, name its certificate in NODE_EXTRA_CA_CERTS; if the host itself does, get " +
      "one of a public authority: AWS takes no other.",
  ],
  [
    /UNABLE_TO|CERT_/,
    "its certificate leads to no known authority",
    "Have the host send its intermediate certificates; if a proxy of yours signs here, name its certificate in " +
      "NODE_EXTRA_CA_CERTS.",
  ],
];

/** Whether the certificate is valid and of a public authority, the only ones AWS takes without a thumbprint. */
export function tlsCheck(subject: string, { host, publicly, config, discovery }: IssuerFacts, now: number): Check {
  const seen = [publicly, discovery, config].find((fetched) => fetched.ok && fetched.answer.tls !== null);
  const tls = seen?.ok === true ? seen.answer.tls : null;
  if (tls === null) return withoutAnswer(subject, host, discovery);
  const end = Date.parse(tls.validTo);
  const days = Math.floor((end - now) / DAY_MS);
  const says =
    `${tls.protocol}, signed by ${tls.issuedBy}, valid ` +
    `until ${Number.isNaN(end) ? tls.validTo : new Date(end).toISOString().slice(0, 10)}${days < 14 ? ` (${days} days)` : ""}`;
  if (publicly.ok) return pass("tls", subject, `${says}; a public authority.`);
  if (publicly.code !== "network-tls")
    return unknown(
      "tls",
      subject,
      `${says}. Whether everybody trusts it was not to be found out: ${publicly.message}`,
      publicly.fix,
      publicly.code,
    );
  if (cloudOfHost(host) !== null) {
    return unknown(
      "tls",
      subject,
      `${says}, which only this machine trusts (NODE_EXTRA_CA_CERTS or the like): a proxy opens TLS here, and ` +
        `what AWS sees is another certificate.`,
      "Run this from outside the network too (a CI job, say), to see what AWS sees.",
    );
  }
  return fail(
    "tls",
    subject,
    `${says}, which is a private authority.`,
    "Get a certificate of a public authority for the host: AWS takes no other without a thumbprint, and the " +
      "modules set none.",
  );
}

/** `failure` is by whoever this machine trusts: what only the public does not trust is no fault yet. */
function withoutAnswer(subject: string, host: string, failure: Fetched): Check {
  if (failure.ok) return unknown("tls", subject, `${host} did not say.`, null);
  if (failure.code !== "network-tls") return unknown("tls", subject, failure.message, failure.fix, failure.code);
  const [, what, fix] = CERTIFICATE_FAULTS.find(([pattern]) => pattern.test(failure.detail)) ?? [
    null,
    `TLS fails (${failure.detail})`,
    failure.fix,
  ];
  // Databricks' own certificates are in order everywhere: it is this network that shows another
  const ofProxy = cloudOfHost(host) !== null && /SELF_SIGNED|DEPTH_ZERO|UNABLE_TO/.test(failure.detail);
  return fail(
    "tls",
    subject,
    `${host}: ${what}.`,
    ofProxy
      ? "A proxy or firewall here signs for Databricks: name its certificate in NODE_EXTRA_CA_CERTS (or " +
          "AWS_CA_BUNDLE). Never switch verification off."
      : fix,
  );
}
