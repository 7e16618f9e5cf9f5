/** What `--days` says. */
import { inputError } from "../errors";
import { quoted } from "../text/text-rule";

/** A whole number of days. Throws InputError wrong-type. */
export function readDays(days: string): number {
  if (/^[1-9]\d{0,3}$/.test(days)) return Number(days);
  throw inputError(
    "wrong-type",
    `--days must be a whole number of 1 to 9,999, not ${quoted(days)}.`,
    "Write it like --days 90.",
    "days",
  );
}
