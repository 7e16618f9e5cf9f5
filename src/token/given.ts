/** A token the user hands over: by standard input or a file, never on the command line. */
import { readFileSync } from "node:fs";
import { InputError } from "../errors";
import type { Secret } from "../secret";
import { secret } from "../secret";
import { readTokenFile } from "./obtain";

/**
 * Reads `--token`: `-` is standard input, `@FILE` a file. The text is trimmed and nothing else is asked of it.
 * Throws InputError token-in-argv, token-source-incomplete; OutsideError file-not-found, file-unreadable.
 */
export function readGivenToken(argument: string): Secret {
  if (argument.startsWith("@")) return readTokenFile(argument.slice(1));
  if (argument !== "-") {
    throw new InputError([{ code: "token-in-argv", message: "A token on the command line is seen by every user of the machine and kept in the shell's history.", path: "token", fix: "Pipe it in with --token -, or name a file with --token @FILE. Consider this one leaked." }]);
  }
  const text = readFileSync(0, "utf8").trim();
  if (text === "") throw new InputError([{ code: "token-source-incomplete", message: "There is no token on standard input.", path: "token", fix: "Pipe one in, e.g. `databricks-aws-oidc token --raw | databricks-aws-oidc token --token -`." }]);
  return secret(text);
}
