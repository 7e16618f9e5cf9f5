/** A moment before which sessions are refused must be now or in the past, give or take. */
import type { Problem } from "../errors";
import { quoted } from "../text/text-rule";
import { MOST_AHEAD_SECONDS } from "./rules";

/**
 * The problem where `moment`, which is at `path`, is more than an hour after `now` (seconds since the epoch): sessions
 * could not be used until then. Code: moment-ahead.
 */
export function checkMoment(moment: string | null, now: number | undefined, path: string): readonly Problem[] {
  if (moment === null || now === undefined || Date.parse(moment) <= (now + MOST_AHEAD_SECONDS) * 1000) return [];
  return [
    {
      code: "moment-ahead",
      message: `${quoted(moment)} is more than an hour ahead: until then no session of the role could be used.`,
      path,
      fix: `Write the present moment in UTC, like ${new Date(now * 1000).toISOString().replace(/\.\d+Z$/, "Z")}.`,
    },
  ];
}
