/** Whether a deployed trust policy admits the same callers as the declared one, however they are written. Pure. */
import { compareTargets } from "../lint/compare";
import type { Identity } from "../lint/gained";
import { parseRole } from "../trust/parsed/parse-role";
import type { LintTarget } from "../trust/parsed/target";

export type PolicyComparison =
  /** Every request is answered the same by both. */
  | { readonly kind: "same" }
  | { readonly kind: "different"; readonly gained: readonly Identity[]; readonly lost: readonly Identity[] }
  | { readonly kind: "unreadable"; readonly why: string };

/** `declared` and `live` hold one role each. Gained: who gets in live and should not; lost: who should and does not. */
export function comparePolicies(declared: LintTarget, live: LintTarget): PolicyComparison {
  const [ours] = declared.roles;
  const [theirs] = live.roles;
  if (ours === undefined || theirs === undefined) throw new RangeError("two roles are compared");
  const { malformed } = parseRole(theirs);
  if (malformed.length > 0) return { kind: "unreadable", why: malformed.join(" ") };
  const [change] = compareTargets(
    { ...declared, providers: [] },
    { ...live, providers: [], roles: [{ ...theirs, name: ours.name, path: ours.path }] },
  );
  return change === undefined ? { kind: "same" } : { kind: "different", gained: change.gained, lost: change.lost };
}
