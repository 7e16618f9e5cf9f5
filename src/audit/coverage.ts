/** What a trail covers: whether "not seen" in it proves anything. Pure. */
import { accountView } from "../federation/account-view";
import type { Federation } from "../federation/model";
import { ACCOUNT_ID_PLACEHOLDER } from "../trust/build";
import { listed } from "../text/words";
import type { TrailSummary } from "./trail-summary";

export interface AccountCoverage {
  /** 12 digits. */
  readonly accountId: string;
  readonly regions: readonly string[];
  /** Days with records, and the first and last of them: `2026-01-31`. */
  readonly days: number;
  readonly first: string;
  readonly last: string;
  readonly records: number;
  /** Days with read events; AssumeRoleWithWebIdentity is one. */
  readonly readDays: number;
}

export interface Coverage {
  readonly accounts: readonly AccountCoverage[];
  /** The days in which identities must have been seen: the last `days` of the trail, both included. */
  readonly from: string;
  readonly to: string;
  /** Why an identity that is not seen may be in use all the same; empty where it is not. */
  readonly gaps: readonly string[];
}

const DAY_MS = 86_400_000;

/** `days`: how many days back identities must have been seen. */
export function coverageOf(federation: Federation, { days: covered }: TrailSummary, days: number): Coverage {
  const all = [...covered.values()];
  const to = all.reduce((last, { day }) => (day > last ? day : last), "");
  const window = to === "" ? [] : daysBefore(to, days);
  const accounts = [...new Set(all.map(({ accountId }) => accountId))].sort().map((accountId): AccountCoverage => {
    const own = all.filter((entry) => entry.accountId === accountId);
    const dates = [...new Set(own.map(({ day }) => day))].sort();
    return {
      accountId,
      regions: [...new Set(own.map(({ region }) => region))].sort(),
      days: dates.length,
      first: dates[0] ?? "",
      last: dates[dates.length - 1] ?? "",
      records: own.reduce((sum, { records }) => sum + records, 0),
      readDays: new Set(own.filter(({ reads }) => reads > 0).map(({ day }) => day)).size,
    };
  });
  const asked = federation.accounts.map((account) => accountView(federation, account).accountId);
  const gaps = asked.flatMap((accountId) => {
    const own = all.filter((entry) => accountId === ACCOUNT_ID_PLACEHOLDER || entry.accountId === accountId);
    const name = accountId === ACCOUNT_ID_PLACEHOLDER ? "the AWS account" : `AWS account ${accountId}`;
    if (own.length === 0) return [`${name}: no records`];
    if (!own.some(({ reads }) => reads > 0))
      return [`${name}: no read events, and assuming a role is one (the trail logs write events alone)`];
    const read = new Set(own.filter(({ reads }) => reads > 0).map(({ day }) => day));
    const missing = window.filter((day) => !read.has(day));
    return missing.length === 0
      ? []
      : [`${name}: no read events on ${missing.length} of ${window.length} days (${listed(missing, 3)})`];
  });
  return { accounts, from: window[0] ?? "", to, gaps };
}

/** The `count` days that end with `last`, in order. */
function daysBefore(last: string, count: number): readonly string[] {
  const end = Date.parse(`${last}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(end - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}
