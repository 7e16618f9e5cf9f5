import { EXAMPLE_ISSUER } from "../examples";
import { EXACT, providerRule } from "../provider-rule";

export const issuerDiscoveryUrl = providerRule({
  id: "issuer-discovery-url",
  title: "Discovery URL instead of the issuer",
  why: `AWS wants the issuer and derives the discovery URL from it. ${EXACT}`,
  fix: "Remove /.well-known/ and everything after it.",
  bad: `https://${EXAMPLE_ISSUER}/.well-known/openid-configuration`,
  broken: ({ path }) => (path.includes("/.well-known") ? "The issuer is a discovery URL." : undefined),
});
