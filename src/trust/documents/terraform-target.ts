/** What lint checks of the IAM resources of a plan, a state or a stack: what concerns Databricks of them. */
import type { LintTarget } from "../parsed/target";
import type { LintDocument } from "./document";
import { givenProviders } from "./given-providers";
import { relevantProviders, relevantRoles } from "./relevance";
import type { ReadResources } from "./terraform-resources";

/** `named` and `found`: where providers may be given, as in `givenProviders`. */
export function terraformTarget(
  { roles: all, providers: made, unread }: ReadResources,
  named: unknown,
  found?: unknown,
) {
  const { roles, aside } = relevantRoles(all);
  const providers = relevantProviders(made);
  const given = givenProviders(roles, providers, named, found);
  return { providers, roles, aside, unread, complete: true, ...given, deletedProviders: [], ignores: [] };
}

/** The document that holds `target` alone; `before`: what is deployed now, where a plan says so. */
export function documentOf(
  kind: LintDocument["kind"],
  target: LintTarget & Pick<ReturnType<typeof terraformTarget>, "aside" | "unread">,
  before: LintTarget | null = null,
): LintDocument {
  return {
    kind,
    targets: [{ name: "", before, target }],
    unknownPolicies: target.unread.map(({ path }) => path),
    leftAside: target.aside.length,
    sensitive: [],
  };
}
