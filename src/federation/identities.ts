/** The names that a federation gives its identities. */
import type { Federation } from "./model";

/**
 * What a federation calls the subjects of its identities: a function from a subject, as its tokens have it, to its
 * names in file order. Made once for many look-ups.
 *
 * @example
 * ```ts
 * import { identityNames, type Federation } from "databricks-aws-oidc";
 * declare const federation: Federation;
 * const namesOf = identityNames(federation);
 * const names = namesOf("6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"); // ["nightly-etl"]
 * ```
 */
export function identityNames({ identities }: Pick<Federation, "identities">): (subject: string) => readonly string[] {
  const names = new Map<string, string[]>();
  for (const { name, subject } of Object.values(identities)) {
    const known = names.get(subject);
    if (known === undefined) names.set(subject, [name]);
    else known.push(name);
  }
  return (subject) => names.get(subject) ?? [];
}

/**
 * The name of `subject` in the federation, several joined with a comma; undefined where it has none. For many subjects
 * use `identityNames`.
 *
 * @example
 * ```ts
 * import { nameOf, type Federation } from "databricks-aws-oidc";
 * declare const federation: Federation;
 * const name = nameOf(federation, "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"); // "nightly-etl"
 * ```
 */
export function nameOf(federation: Pick<Federation, "identities">, subject: string): string | undefined {
  const names = identityNames(federation)(subject);
  return names.length === 0 ? undefined : names.join(", ");
}
