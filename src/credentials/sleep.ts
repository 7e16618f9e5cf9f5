/** Sleeping until a time of the clock: timers stand still while a laptop is suspended, tokens do not. */
import { setTimeout as pause } from "node:timers/promises";

const LOOK_MS = 20_000;

/** Ends `milliseconds` from now by the clock, looked at every 20 seconds, or at once when `stop` aborts. */
export async function sleepByClock(
  milliseconds: number,
  stop: AbortSignal,
  now: () => number = Date.now,
  wait: (milliseconds: number) => Promise<unknown> = (most) =>
    pause(most, undefined, { signal: stop }).catch(() => undefined),
): Promise<void> {
  const end = now() + milliseconds;
  for (let left = milliseconds; left > 0 && !stop.aborted; left = end - now()) await wait(Math.min(left, LOOK_MS));
}
