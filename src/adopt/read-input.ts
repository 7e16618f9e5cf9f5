/** Reads what could become a federation file, without throwing what is wrong with it. Pure. */
import { FederationError, type Problem } from "../errors";
import type { Federation } from "../federation/model";
import { readFederation } from "../federation/read";
import type { Members } from "../text/members";

/** The federation, or what reading it finds wrong. */
export type ReadInput = { readonly federation: Federation } | { readonly problems: readonly Problem[] };

/** `input` as a federation. `now`: seconds since the epoch, which no moment may be far ahead of. */
export function readInput(input: Members, now?: number): ReadInput {
  try {
    return readFederation(input, { now });
  } catch (error) {
    if (error instanceof FederationError) return { problems: error.problems };
    throw error;
  }
}
