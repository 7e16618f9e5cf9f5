import type { LintProvider } from "../trust/parsed/target";
import { issuerPathOf } from "../issuer/issuer";

/** Path of the provider of an issuer that a plan deletes; undefined where it deletes none. */
export function deletedBy(deleted: readonly LintProvider[], issuerPath: string): string | undefined {
  return deleted.find(({ url }) => issuerPathOf(url) === issuerPath)?.path;
}
