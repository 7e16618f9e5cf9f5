/** A token that the user hands over: in a file or on standard input, never on the command line. */
import { inputError } from "../errors";
import { readBounded, unreadable } from "../files/read-file";
import type { Secret } from "../text/secret";
import { secret } from "../text/secret";

const MAX_TOKEN_FILE_BYTES = 64 * 1024;

/**
 * The token in `file` (0: standard input), trimmed. Throws OutsideError file-not-found, file-unreadable; InputError
 * token-source-incomplete.
 */
export function readTokenFile(file: string | 0): Secret {
  const name = file === 0 ? "Standard input" : `The file ${file}`;
  let bytes: Buffer;
  try {
    bytes = readBounded(file, MAX_TOKEN_FILE_BYTES);
  } catch (cause) {
    throw unreadable(name, cause, "Check the path of the token file.");
  }
  const text = bytes.length > MAX_TOKEN_FILE_BYTES ? "" : bytes.toString("utf8").trim();
  // standard input may be somebody's JSON with a token in it: the reader of tokens says so
  if (text !== "" && (file === 0 || !/\s/.test(text))) return secret(text);
  throw inputError(
    "token-source-incomplete",
    `${name} holds no token.`,
    file === 0
      ? "Pipe one in, e.g. `databricks-aws-oidc token --raw | databricks-aws-oidc token --token -`."
      : "It must hold the token and nothing else.",
  );
}

/**
 * Reads `--token`: `-` is standard input, `@FILE` a file. Throws InputError token-in-argv, and the errors of
 * `readTokenFile`.
 */
export function readGivenToken(argument: string): Secret {
  if (argument === "-") return readTokenFile(0);
  if (argument.startsWith("@")) return readTokenFile(argument.slice(1));
  throw inputError(
    "token-in-argv",
    "A token on the command line is seen by every user of the machine and kept in the shell's history.",
    "Pipe it in with --token -, or name a file with --token @FILE. Consider this one leaked.",
    "token",
  );
}
