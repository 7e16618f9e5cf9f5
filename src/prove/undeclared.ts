/** Everybody whom a trust policy lets in beyond what is declared: every kind of caller is gone through. Pure. */
import type { PolicyDocument } from "../trust/decide/document";
import { compare } from "../trust/exact/compare";
import type { Witness } from "../trust/exact/request";
import { kindsBeside } from "../trust/exact/who";

export interface Undeclared {
  /** A request for each statement by which somebody undeclared gets in. */
  readonly witnesses: readonly Witness[];
  /** Why it cannot be ruled out that somebody does; null where it can. */
  readonly unsure: string | null;
}

/** Nobody undeclared gets in by `policy` where there is no witness and nothing unsure. */
export function undeclaredCallers(policy: PolicyDocument, declared: readonly PolicyDocument[]): Undeclared {
  const answer = compare(policy, declared);
  if (answer.kind === "none") return { witnesses: [], unsure: null };
  if (answer.kind === "cannot tell") return { witnesses: [], unsure: answer.why };
  const kinds = kindsBeside(policy, declared).undeclared.map(({ witness }) => witness);
  return { witnesses: kinds.length === 0 ? [answer.witness] : kinds, unsure: null };
}
