/** Checks the issuer's host: its name and its certificate. Pure. */
import { cloudOfHost } from "../../issuer/clouds";
import { listed } from "../../text/words";
import { type Check, checkOf } from "../check";
import type { Fetched } from "../fetch/fetch-url";
import type { Addresses, IssuerFacts } from "../fetch/issuer";

/** Addresses that are reachable only from the network they are in. */
const PRIVATE = new RegExp(
  [
    String.raw`^(?:10\.|192\.168\.|172\.(?:1[6-9]|2[0-9]|3[01])\.|169\.254\.|f[cd][0-9a-f]{2}:|fe80:`,
    String.raw`|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.)`,
  ].join(""),
  "i",
);

export function dnsCheck(subject: string, host: string, addresses: Addresses): Check {
  const { pass, fail, unknown, unread } = checkOf("dns", subject);
  switch (addresses.kind) {
    case "by-proxy":
      return unknown(`The proxy ${addresses.proxy} resolves the name.`);
    case "not-found":
      return fail(
        `The name ${host} does not exist.`,
        "Correct the issuer's host in the federation. In a closed network, check its DNS.",
      );
    case "unanswered":
      return unread({
        message: `No name server answers for ${host} (${addresses.code}).`,
        fix: "Check the network and its DNS, then run this again.",
        code: "network-dns",
      });
    case "resolved":
      break;
  }
  const { list } = addresses;
  const shown = listed(list, 4);
  if (list.length > 0 && list.every((address) => PRIVATE.test(address)))
    return unknown(
      `${host} is ${shown} here: private addresses (PrivateLink). STS uses the public one.`,
      "Run this from outside the network too, for example in a CI job, to see what STS sees.",
    );
  return pass(`${host} is ${shown}.`);
}

const DAY_MS = 86_400_000;

const OWN_PROXY = "If your own proxy signs here, name its certificate in NODE_EXTRA_CA_CERTS";

/** Node's codes for a certificate that is not accepted, what they mean, and what to do. */
const CERTIFICATE_FAULTS: readonly (readonly [RegExp, string, string])[] = [
  [
    /^CERT_HAS_EXPIRED$/,
    "its certificate has expired",
    "Renew it; if it is valid elsewhere, set the clock of this machine.",
  ],
  [/^CERT_NOT_YET_VALID$/, "its certificate is not valid yet", "Check the clock of this machine."],
  [
    /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    "its certificate is for another name",
    "Correct the issuer's host, or the gateway in front of it.",
  ],
  [
    /SELF_SIGNED|DEPTH_ZERO/,
    "its certificate is from an unknown authority",
    `${OWN_PROXY}; if the host itself does, get one from a public authority: AWS accepts no other.`,
  ],
  [
    /UNABLE_TO|CERT_/,
    "its certificate leads to no known authority",
    `Have the host send its intermediate certificates. ${OWN_PROXY}.`,
  ],
];

/** Whether the certificate is valid and from a public authority, the only ones AWS accepts without a thumbprint. */
export function tlsCheck(subject: string, { host, publicly, config, discovery }: IssuerFacts, now: number): Check {
  const { pass, fail, unknown, unread } = checkOf("tls", subject);
  const seen = [publicly, discovery, config].find((fetched) => fetched.ok && fetched.answer.tls !== null);
  const tls = seen?.ok === true ? seen.answer.tls : null;
  if (tls === null) return withoutCertificate(subject, host, discovery);
  const end = Date.parse(tls.validTo);
  const days = Math.floor((end - now) / DAY_MS);
  const until = Number.isNaN(end) ? tls.validTo : new Date(end).toISOString().slice(0, 10);
  const left = days < 14 ? ` (${days} days)` : "";
  const certificate = `${tls.protocol}, signed by ${tls.issuedBy}, valid until ${until}${left}`;
  if (publicly.ok) return pass(`${certificate}; a public authority.`);
  if (publicly.code !== "network-tls")
    return unread({
      ...publicly,
      message: `${certificate}. Could not check whether the authority is public: ${publicly.message}`,
    });
  if (cloudOfHost(host) !== null)
    return unknown(
      `${certificate}, which only this machine trusts (for example by NODE_EXTRA_CA_CERTS): a proxy intercepts TLS ` +
        "here, and AWS sees another certificate.",
      "Run this from outside the network too, for example in a CI job, to see what AWS sees.",
    );
  return fail(
    `${certificate}, which is a private authority.`,
    "Get a certificate from a public authority for the host: AWS accepts no other without a thumbprint, and the " +
      "modules set none.",
  );
}

/** `failure` is with the authorities this machine trusts. */
function withoutCertificate(subject: string, host: string, failure: Fetched): Check {
  const { fail, unknown, unread } = checkOf("tls", subject);
  if (failure.ok) return unknown(`${host} showed no certificate.`);
  if (failure.code !== "network-tls") return unread(failure);
  const known = CERTIFICATE_FAULTS.find(([pattern]) => pattern.test(failure.detail));
  const [, what, fix] = known ?? [null, `TLS fails (${failure.detail})`, failure.fix];
  // Databricks' own certificates are in order everywhere: it is this network that shows another
  const ofProxy = cloudOfHost(host) !== null && /SELF_SIGNED|DEPTH_ZERO|UNABLE_TO/.test(failure.detail);
  return fail(
    `${host}: ${what}.`,
    ofProxy
      ? "A proxy or firewall here signs for Databricks: name its certificate in NODE_EXTRA_CA_CERTS (or " +
          "AWS_CA_BUNDLE). Never switch verification off."
      : fix,
  );
}
