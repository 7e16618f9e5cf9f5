import { EXAMPLE_ISSUER } from "../examples";
import { EXACT, providerRule } from "../provider-rule";

export const issuerFragment = providerRule({
  id: "issuer-fragment",
  title: "Issuer with a fragment",
  why: EXACT,
  fix: "Remove the # and everything after it.",
  bad: `https://${EXAMPLE_ISSUER}#setting`,
  broken: ({ path }) => (path.includes("#") ? "The issuer has a fragment." : undefined),
});
