import { EXAMPLE_ISSUER } from "../examples";
import { EXACT, providerRule } from "../provider-rule";

export const issuerQuery = providerRule({
  id: "issuer-query",
  title: "Issuer with a query string",
  why: `?o=… belongs to a workspace's address, not to its issuer. ${EXACT}`,
  fix: "Remove the ? and everything after it.",
  bad: `https://${EXAMPLE_ISSUER}?o=1444828305810485`,
  broken: ({ path }) => ((path.split("#", 1)[0] ?? "").includes("?") ? "The issuer has a query string." : undefined),
});
