/** Session durations (`1h`, `90m`, `1h30m`, `3600s`, or seconds), and moments before which sessions are refused. */
import type { Problem } from "../errors";
import { quoted } from "../text/text-rule";
import { MOST_AHEAD_SECONDS } from "./rules";

/** Whole seconds, or null where `text` is not a duration. A bare number counts as seconds. */
export function secondsOf(text: string | number): number | null {
  if (typeof text === "number") return Number.isSafeInteger(text) && text >= 0 ? text : null;
  if (/^[0-9]{1,9}$/.test(text)) return Number(text);
  const parts = /^(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,9})s)?$/.exec(text);
  if (text === "" || parts === null) return null;
  const [, hours = "0", minutes = "0", seconds = "0"] = parts;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** `3600` -> `1h`, `5400` -> `1h30m`, `90` -> `1m30s`: what a person writes. */
export function durationText(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "m"],
    [seconds % 60, "s"],
  ];
  const text = parts
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join("");
  return text === "" ? "0s" : text;
}

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
