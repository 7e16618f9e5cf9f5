/** Wants a lock: `hold` keeps it until it is killed, `pass` writes `in` and `out` around a short stay to a log. */
import { appendFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { withLock } from "../../src/files/lock";

const [what = "", path = "", log = ""] = process.argv.slice(2);

async function stay(): Promise<void> {
  if (what === "hold") {
    process.stdout.write("held\n");
    await pause(60_000);
  }
  appendFileSync(log, "in\n");
  await pause(15);
  appendFileSync(log, "out\n");
}

void withLock(path, { waitMs: 30_000 }, stay);
