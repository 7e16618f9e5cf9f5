/** Session durations: `1h`, `90m`, `1h30m`, `3600s`, or seconds. */

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
