/** Judges the machine that doctor runs on: its clock, and which AWS credentials win. Pure. */
import type { CredentialPlace } from "../../credentials/which-wins";
import { TOLERANCE_SECONDS } from "../../sts/decide-token";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import type { ClockSample } from "../fetch/issuer";

export const MACHINE = "this machine";

/** Seconds by which a clock may be off before it is worth a word. */
const WORTH_A_WORD = 30;

/** The sample in the middle: one server may be wrong itself. */
export function clockAhead(samples: readonly ClockSample[]): number | null {
  const sorted = samples.map(({ ahead }) => ahead).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

export function clockCheck(samples: readonly ClockSample[]): Check {
  const ahead = clockAhead(samples);
  if (ahead === null) return unknown("clock", MACHINE, "No server told the time.", null);
  const hosts = [...new Set(samples.map(({ host }) => host))];
  const against = `${hosts.slice(0, 3).join(", ")}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ""}`;
  const off = Math.abs(ahead);
  if (off <= 2) return pass("clock", MACHINE, `It agrees with ${against}.`);
  const says = `It is ${off} s ${ahead > 0 ? "ahead of" : "behind"} ${against}`;
  if (off > TOLERANCE_SECONDS)
    return fail(
      "clock",
      MACHINE,
      `${says}; AWS forgives ${TOLERANCE_SECONDS} s.`,
      "Set the clock (NTP): tokens look expired or not yet valid, and AWS refuses signed requests.",
    );
  return pass(
    "clock",
    MACHINE,
    `${says}; AWS forgives ${TOLERANCE_SECONDS} s.${off > WORTH_A_WORD ? " Set it all the same." : ""}`,
  );
}

/** Stored keys before web identity in the order of the SDKs are what keeps a role from being used. */
export function credentialSourceCheck(places: readonly CredentialPlace[]): Check {
  const [winner, ...others] = places;
  if (winner === undefined)
    return pass(
      "credential-source",
      MACHINE,
      "No AWS credentials are set up here, so nothing hides web identity. AWS tools ask the instance they run " +
        "on (IMDS), last of all.",
    );
  const hidden = others.find(({ kind }) => kind === "web-identity" || kind === "profile" || kind === "container");
  if (
    winner.kind !== "web-identity" &&
    (winner.kind === "environment-keys" || winner.kind === "stored-keys") &&
    hidden !== undefined
  ) {
    return fail(
      "credential-source",
      MACHINE,
      `AWS tools take ${winner.place} here, and never come to ${hidden.place}.`,
      winner.kind === "environment-keys"
        ? "Unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."
        : "Remove the keys from that file.",
    );
  }
  return pass(
    "credential-source",
    MACHINE,
    `AWS tools take ${winner.place} here.${winner.storedKey ? " That is a stored key: with a role of the " + "federation it can go." : ""}`,
  );
}
