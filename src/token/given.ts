/** A token the user hands over: by standard input or a file, never on the command line. */
import { InputError } from "../errors";
import type { Secret } from "../text/secret";
import { secret } from "../text/secret";
import { MAX_TOKEN_FILE_BYTES, readTokenFile } from "./obtain";
import { readBounded } from "../files/read-file";

/**
 * Reads `--token`: `-` is standard input, `@FILE` a file. The text is trimmed and nothing else is asked of it.
 * Throws InputError token-in-argv, token-source-incomplete; OutsideError file-not-found, file-unreadable.
 */
export function readGivenToken(argument: string): Secret {
  if (argument.startsWith("@")) return readTokenFile(argument.slice(1));
  if (argument !== "-") {
    throw new InputError([
      {
        code: "token-in-argv",
        message: "A token on the command line is seen by every user of the machine and kept in the shell's history.",
        path: "token",
        fix: "Pipe it in with --token -, or name a file with --token @FILE. Consider this one leaked.",
      },
    ]);
  }
  const bytes = readBounded(0, MAX_TOKEN_FILE_BYTES);
  const text = bytes.length > MAX_TOKEN_FILE_BYTES ? "" : bytes.toString("utf8").trim();
  if (text === "")
    throw new InputError([
      {
        code: "token-source-incomplete",
        message:
          bytes.length > MAX_TOKEN_FILE_BYTES
            ? "What comes by standard input is too long for a token."
            : "There is no token on standard input.",
        path: "token",
        fix: "Pipe one in, e.g. `databricks-aws-oidc token --raw | databricks-aws-oidc token --token -`.",
      },
    ]);
  return secret(text);
}
