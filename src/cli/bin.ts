/**
 * The program's entry. AWS SDKs call `credentials --format process` over and over: such a call is answered from the
 * cache before anything else is loaded. Everything else goes to the command line.
 */
import { homedir } from "node:os";
import { setFlagsFromString } from "node:v8";
import { cachedDocument } from "../credentials/cached-call";

/** Verbs that pass over a large input once. */
const ONE_PASS: ReadonlySet<string | undefined> = new Set(["generate", "lint", "report"]);

const args = process.argv.slice(2);
const cached =
  args[0] === "credentials"
    ? cachedDocument({ args: args.slice(1), cwd: process.cwd(), env: process.env, home: homedir() }, Date.now())
    : undefined;
if (cached !== undefined) {
  process.stdout.write(`${cached}\n`);
} else {
  // Such a run is mostly over before optimized code pays, and would wait for the compiler at its end: V8 is to optimize
  // later than it does by itself (132 kB of bytecode), not never, or a hostile file would take twice as long.
  if (ONE_PASS.has(args[0])) setFlagsFromString("--interrupt-budget=1000000");
  // not a static import: that would be loaded first
  const { main } = require("./cli") as typeof import("./cli");
  void main(args);
}
