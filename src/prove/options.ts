/** Options of `prove`, as typed. Pure. */
import { inputError } from "../errors";
import { findRole } from "../federation/find";
import type { Federation } from "../federation/model";
import { quoted } from "../text/text-rule";
import type { ProveOptions } from "./prove";

/** Fewer prove little; more take long. */
const COUNT = { least: 1000, most: 1_000_000 } as const;

/** Throws InputError prove-number, role-not-found. */
export function readProveOptions(
  federation: Federation,
  given: { readonly role?: string | undefined; readonly seed: string; readonly count: string },
): Pick<ProveOptions, "role" | "seed" | "count"> {
  return {
    role: given.role === undefined ? undefined : findRole(federation, given.role).key,
    seed: wholeNumber("seed", given.seed, 0, 0xffffffff),
    count: wholeNumber("count", given.count, COUNT.least, COUNT.most),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw inputError(
    "prove-number",
    `${quoted(text)} is not a whole number from ${least} to ${most}.`,
    `Write it like --${name} ${least}.`,
    name,
  );
}
