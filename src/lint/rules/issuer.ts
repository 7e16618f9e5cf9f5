/** Rules on the issuer: as it is registered, and as condition keys name it. */
import { isAccountsHost } from "../../issuer/clouds";
import { issuerPathOf } from "../../issuer/issuer";
import { MAX_ISSUER_LENGTH } from "../../issuer/rules";
import { quoted, quotedAscii } from "../../text/text-rule";
import { isForeignKey } from "../../trust/parsed/parse-role";
import {
  AUD,
  conditionExample,
  EXAMPLE_AUDIENCE,
  EXAMPLE_ISSUER,
  EXAMPLE_SUBJECT,
  GUARDS,
  providerExample,
} from "../examples";
import type { Violation, LintRule, ProviderRule } from "../rule";
import { SOURCES } from "../sources";

const GOOD_PROVIDER = providerExample(`https://${EXAMPLE_ISSUER}`);
const EXACT = "IAM compares the issuer with the token's iss to the last character, so no token would ever match.";

interface Parts {
  /** In lower case; null where the URL has none, as in Terraform's state. */
  readonly scheme: string | null;
  readonly authority: string;
  readonly path: string;
}

/** Takes a URL apart by hand: what is wrong with it must survive the reading. */
function partsOf(url: string): Parts {
  const [, scheme, rest = ""] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(url) ?? [];
  const [, authority = "", path = ""] = /^([^/?#]*)(.*)$/s.exec(rest) ?? [];
  return { scheme: scheme?.toLowerCase() ?? null, authority, path };
}

function providerRule(
  rule: Pick<ProviderRule, "id" | "title" | "why" | "fix"> & {
    readonly bad: string;
    readonly broken: (parts: Parts, url: string) => string | undefined;
  },
): ProviderRule {
  const { bad, broken, ...text } = rule;
  return {
    ...text,
    on: "provider",
    severity: "error",
    good: GOOD_PROVIDER,
    bad: providerExample(bad),
    source: SOURCES.createProvider,
    check: ({ url }): readonly Violation[] => {
      const message = broken(partsOf(url), url);
      return message === undefined ? [] : [{ message }];
    },
  };
}

export const ISSUER_RULES: readonly LintRule[] = [
  providerRule({
    id: "issuer-not-https",
    title: "The issuer is not https",
    why: "IAM takes https only, and Databricks signs with https in iss.",
    fix: "Write https://.",
    bad: `http://${EXAMPLE_ISSUER}`,
    broken: ({ scheme }) =>
      scheme === null || scheme === "https" ? undefined : `The issuer starts with ${scheme}://.`,
  }),
  providerRule({
    id: "issuer-port",
    title: "The issuer names a port",
    why: `IAM takes no port. ${EXACT}`,
    fix: "Remove the port.",
    bad: "https://mycompany.cloud.databricks.com:443/oidc",
    broken: ({ authority }) =>
      /:[0-9]*$/.test(authority) ? `The issuer names a port: ${quoted(authority)}.` : undefined,
  }),
  providerRule({
    id: "issuer-query",
    title: "The issuer has a query",
    why: `?o=… belongs to a workspace's address, not to its issuer. ${EXACT}`,
    fix: "Remove the ? and what follows.",
    bad: `https://${EXAMPLE_ISSUER}?o=1444828305810485`,
    broken: ({ path }) => (path.replace(/#.*$/s, "").includes("?") ? "The issuer has a query." : undefined),
  }),
  providerRule({
    id: "issuer-fragment",
    title: "The issuer has a fragment",
    why: EXACT,
    fix: "Remove the # and what follows.",
    bad: `https://${EXAMPLE_ISSUER}#setting`,
    broken: ({ path }) => (path.includes("#") ? "The issuer has a fragment." : undefined),
  }),
  providerRule({
    id: "issuer-user-info",
    title: "The issuer carries user information",
    why: "What stands before the @ looks like a host and is none: the real host comes after it.",
    fix: "Remove everything up to the @.",
    bad: "https://mycompany.cloud.databricks.com@evil.example.com/oidc",
    broken: ({ authority }) =>
      authority.includes("@") ? "The issuer carries user information before its host." : undefined,
  }),
  providerRule({
    id: "issuer-trailing-slash",
    title: "The issuer ends in a slash",
    why: EXACT,
    fix: "Remove the slash.",
    bad: `https://${EXAMPLE_ISSUER}/`,
    broken: ({ path }) => (/\/$/.test(path) ? "The issuer ends in a slash." : undefined),
  }),
  providerRule({
    id: "issuer-discovery-url",
    title: "The discovery URL instead of the issuer",
    why: `A well-known recipe says to paste it; AWS wants the issuer and derives the discovery URL by itself. ${EXACT}`,
    fix: "Cut /.well-known/… off.",
    bad: `https://${EXAMPLE_ISSUER}/.well-known/openid-configuration`,
    broken: ({ path }) => (path.includes("/.well-known") ? "The issuer is a discovery URL." : undefined),
  }),
  providerRule({
    id: "issuer-upper-case",
    title: "The issuer's host has capitals",
    why: `Databricks signs its host in lower case. ${EXACT}`,
    fix: "Write the host in lower case.",
    bad: "https://MyCompany.cloud.databricks.com/oidc",
    broken: ({ authority }) => (/[A-Z]/.test(authority) ? `The host ${quoted(authority)} has capitals.` : undefined),
  }),
  providerRule({
    id: "issuer-odd-character",
    title: "The issuer holds a character no Databricks issuer has",
    why:
      `A letter of another script that looks Latin makes it somebody else's host, and white space or what ` +
      `cannot be seen makes it nobody's. ${EXACT}`,
    fix: "Type the issuer anew, in plain letters.",
    bad: "https://mycompany.cloud.d\u0430tabricks.com/oidc",
    broken: (_, url) =>
      /[^\x21-\x7e]/.test(url) ? `${quotedAscii(url)} holds a character beyond plain ASCII.` : undefined,
  }),
  providerRule({
    id: "issuer-too-long",
    title: "The issuer is too long",
    why: `IAM takes ${MAX_ISSUER_LENGTH} characters, https:// included.`,
    fix: "Use a shorter host.",
    bad: `https://${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.cloud.databricks.com/oidc`,
    broken: (_, url) =>
      `https://${issuerPathOf(url)}`.length > MAX_ISSUER_LENGTH
        ? `The issuer has ${`https://${issuerPathOf(url)}`.length} characters.`
        : undefined,
  }),
  providerRule({
    id: "issuer-account-agnostic",
    title: "An issuer that all of Databricks' customers share",
    why:
      "https://accounts.cloud.databricks.com/oidc is live and signs for every customer: trusting it lets all " +
      "of them try the role.",
    fix:
      "Add your account: https://accounts.cloud.databricks.com/oidc/accounts/<account ID>, or use a " +
      "workspace's issuer.",
    bad: "https://accounts.cloud.databricks.com/oidc",
    broken: ({ authority, path }, url) =>
      isAccountsHost(authority.toLowerCase()) && !/^\/oidc\/accounts\/[^/]/.test(path)
        ? `${quoted(url)} is shared by every Databricks customer.`
        : undefined,
  }),
  {
    id: "condition-key-other-issuer",
    on: "statement",
    severity: "error",
    title: "A condition key of another issuer",
    why:
      "Keys are named after the issuer's path. Under another prefix the key is never there: with a plain " +
      "operator nobody gets in, with IfExists or a negation everybody.",
    fix: "Use the provider's own issuer path as prefix, without https:// and trailing slash.",
    good: conditionExample(GUARDS),
    bad: conditionExample({
      StringEquals: { [AUD]: EXAMPLE_AUDIENCE, "other.cloud.databricks.com/oidc:sub": EXAMPLE_SUBJECT },
    }),
    source: SOURCES.keys,
    check: (statement) => {
      const own = [...new Set(statement.providers.map((provider) => provider.issuerPath))];
      if (own.length === 0) return [];
      return statement.conditions
        .filter(({ key }) => isForeignKey(statement, key))
        .map((condition): Violation => ({
          statement: statement.index,
          at: `Condition.${condition.operator}`,
          message: `${quotedAscii(condition.key)} is no key of ${own.join(", ")}.`,
        }));
    },
  },
];
