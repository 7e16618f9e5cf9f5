/** Rules on the issuer: as it is registered, and as condition keys name it. */
import { providerExample, RIGHT_PROVIDER } from "./examples";
import type { ProviderRule, Violation } from "./rule";
import { SOURCES } from "./sources";
import type { LintProvider } from "../trust/parsed/target";
import { issuerPathOf } from "../issuer/issuer";

export const EXACT =
  "IAM compares the issuer with the token's iss to the last character, so no token would ever match.";

interface Parts {
  /** In lower case; null where the URL has none, as in Terraform's state. */
  readonly scheme: string | null;
  readonly authority: string;
  readonly path: string;
}

/** Splits a URL without normalizing it: what is wrong with it must survive. */
function partsOf(url: string): Parts {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url) ?? [];
  const rest = scheme === undefined ? url : url.slice(scheme.length + "://".length);
  const end = /[/?#]/.exec(rest)?.index ?? rest.length;
  return { scheme: scheme?.toLowerCase() ?? null, authority: rest.slice(0, end), path: rest.slice(end) };
}

export function providerRule(
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
    good: RIGHT_PROVIDER,
    bad: providerExample(bad),
    source: SOURCES.createProvider,
    check: ({ url }): readonly Violation[] => {
      const message = broken(partsOf(url), url);
      return message === undefined ? [] : [{ message }];
    },
  };
}

/** Path of the provider of an issuer that a plan deletes; undefined where it deletes none. */
export function deletedBy(deleted: readonly LintProvider[], issuerPath: string): string | undefined {
  return deleted.find(({ url }) => issuerPathOf(url) === issuerPath)?.path;
}
