/** The verb `prove`, from its flags to its answer. */
import { InputError } from "../errors";
import { findRole } from "../federation/find";
import { readFederationFile } from "../files/load-federation";
import type { Proof } from "./prove";
import { prove } from "./prove";
import { proofText } from "./text";

export interface ProveRequest {
  readonly config: string | undefined;
  readonly role: string | undefined;
  readonly seed: string;
  readonly count: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** Fewer prove little; more take long. */
const COUNT = { least: 1000, most: 1_000_000 } as const;

/** Answers `prove`. Throws InputError (prove-number, role-not-found, and the federation's problems). */
export async function answerProve(request: ProveRequest): Promise<{ readonly proof: Proof; readonly text: string }> {
  const seed = wholeNumber("seed", request.seed, 0, 0xffffffff);
  const count = wholeNumber("count", request.count, COUNT.least, COUNT.most);
  const { federation } = readFederationFile(request.config);
  const role = request.role === undefined ? undefined : findRole(federation, request.role).key;
  const proof = await prove(federation, { seed, count, now: request.now, role });
  return { proof, text: proofText(proof) };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : NaN;
  if (number >= least && number <= most) return number;
  throw new InputError([
    {
      code: "prove-number",
      message: `${JSON.stringify(text)} is no whole number from ${least} to ${most}.`,
      path: name,
      fix: `Write it like --${name} ${least}.`,
    },
  ]);
}
