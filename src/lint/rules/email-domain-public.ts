import { quoted } from "../../text/text-rule";
import { targetOf } from "../examples";
import { isPublicMailDomain } from "../public-mail-domains";
import type { FederationRule, LintExample } from "../rule";
import { SOURCES } from "../sources";

function declaring(domain: string): LintExample {
  return { shown: { emailDomains: [domain] }, target: { ...targetOf({}), emailDomains: [domain] } };
}

export const emailDomainPublic: FederationRule = {
  id: "email-domain-public",
  on: "federation",
  severity: "error",
  title: "Declared email domain of a public provider",
  why:
    "Subject patterns match everyone of a declared domain, and anyone can get an address of a public email provider. " +
    "The list of providers is a sample: a domain that is not on it need not be yours.",
  fix: "Declare only domains whose addresses you assign yourself.",
  good: declaring("data.example.com"),
  bad: declaring("gmail.com"),
  source: SOURCES.subJugation,
  check: ({ emailDomains = [] }) =>
    emailDomains.flatMap((domain, index) =>
      isPublicMailDomain(domain)
        ? [{ at: `emailDomains[${index}]`, message: `Anyone can get an email address of ${quoted(domain)}.` }]
        : [],
    ),
};
