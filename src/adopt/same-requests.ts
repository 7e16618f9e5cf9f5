/** Whether two policies mean the same. Pure. */
import { compare, type Policies } from "../trust/exact/compare";

/** Whether both allow the same requests, all of them. */
export function allowsTheSame(left: Policies, right: Policies): boolean {
  return compare(left, right).kind === "none" && compare(right, left).kind === "none";
}
