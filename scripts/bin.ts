/**
 * The program's entry. AWS SDKs call `credentials --format process` over and over: such a call is answered from the
 * cache before anything else is loaded. Everything else goes to the command line.
 */
import { homedir } from "node:os";
import { warmAnswer } from "../src/credentials/warm";

const args = process.argv.slice(2);
const warm = args[0] === "credentials" ? warmAnswer({ args: args.slice(1), cwd: process.cwd(), env: process.env, home: homedir() }, Date.now()) : undefined;
if (warm !== undefined) {
  process.stdout.write(`${warm}\n`);
} else {
  // not a static import: that would be loaded first
  const { main } = require("./cli") as typeof import("./cli");
  void main(args);
}
