import { EXAMPLE_ISSUER } from "../examples";
import { EXACT, providerRule } from "../provider-rule";

export const issuerTrailingSlash = providerRule({
  id: "issuer-trailing-slash",
  title: "Issuer with a trailing slash",
  why: EXACT,
  fix: "Remove the slash.",
  bad: `https://${EXAMPLE_ISSUER}/`,
  broken: ({ path }) => (/\/$/.test(path) ? "The issuer ends in a slash." : undefined),
});
