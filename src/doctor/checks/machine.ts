/** Checks the machine that doctor runs on: its clock, and its AWS credentials. Pure. */
import type { CredentialPlace } from "../../credentials/credential-chain";
import type { AccountView } from "../../federation/account-view";
import type { AwsAccount } from "../../federation/model";
import { TOLERANCE_SECONDS } from "../../sts/claim-faults";
import { listed } from "../../text/words";
import { type Check, checkOf } from "../check";
import { accountOfCaller } from "../fetch/deployed";
import type { ClockSample } from "../fetch/issuer";
import type { Found } from "../fetch/live";

const MACHINE = "this machine";

/** Seconds by which a clock may be off before it should be set. */
const WORTH_SETTING = 30;

/** The sample in the middle: one server may be wrong itself. */
export function clockAhead(samples: readonly ClockSample[]): number | null {
  const sorted = samples.map(({ ahead }) => ahead).sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

export function clockCheck(samples: readonly ClockSample[]): Check {
  const { pass, fail, unknown } = checkOf("clock", MACHINE);
  const ahead = clockAhead(samples);
  if (ahead === null) return unknown("Could not check the clock: no server sent the time.");
  const against = listed([...new Set(samples.map(({ host }) => host))], 3);
  const off = Math.abs(ahead);
  if (off <= 2) return pass(`It agrees with ${against}.`);
  const difference =
    `It is ${off} s ${ahead > 0 ? "ahead of" : "behind"} ${against}; ` + `AWS tolerates ${TOLERANCE_SECONDS} s.`;
  return off > TOLERANCE_SECONDS
    ? fail(difference, "Set the clock (NTP): tokens look expired or not yet valid, and AWS refuses signed requests.")
    : pass(`${difference}${off > WORTH_SETTING ? " Set it anyway." : ""}`);
}

/** A stored key that the SDKs find before web identity keeps a role from being used. */
export function credentialSourceCheck(places: readonly CredentialPlace[]): Check {
  const { pass, fail } = checkOf("credential-source", MACHINE);
  const [winner, ...others] = places;
  if (winner === undefined)
    return pass(
      "No AWS credentials are set up here, so nothing hides web identity. Last, AWS tools ask the instance they run " +
        "on (IMDS).",
    );
  const hidden = others.find(({ kind }) => kind === "web-identity" || kind === "profile" || kind === "container");
  const keys = winner.kind === "environment-keys" || winner.kind === "stored-keys";
  if (keys && hidden !== undefined)
    return fail(
      `AWS tools use ${winner.place} here, and never reach ${hidden.place}.`,
      winner.kind === "environment-keys"
        ? "Unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN."
        : "Remove the keys from that file.",
    );
  const stored = winner.storedKey ? " That is a stored key, which a role of the federation can replace." : "";
  return pass(`AWS tools use ${winner.place} here.${stored}`);
}

export function awsAccountCheck(
  view: AccountView,
  caller: Found<string>,
  accounts: readonly AwsAccount[],
  givenId: string | undefined,
): Check {
  const { pass, fail, unknown, unread } = checkOf("aws-account", "AWS credentials");
  if (caller.kind === "failed") return unread(caller);
  if (caller.kind === "absent" || !/^[0-9]{12}$/.test(caller.value))
    return unknown("STS does not say which account they belong to.");
  const named = (id: string, key: string | null): string => `${id}${key === null ? "" : ` (${key})`}`;
  if (accountOfCaller(accounts, caller.value, givenId) !== undefined)
    return pass(`They belong to account ${named(view.accountId, view.account.key)}, as in the federation.`);
  const expected = accounts.flatMap(({ key, accountId }) => {
    const id = accountId ?? givenId;
    return id === undefined ? [] : named(id, key);
  });
  return fail(
    `They belong to account ${caller.value}; the federation is for ${listed(expected, 5)}.`,
    "Log in to that account (AWS_PROFILE), or correct aws.accountId. Nothing was compared.",
  );
}
