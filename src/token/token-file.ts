/** A token that the user hands over: in a file or on standard input, never on the command line. */
import { inputError } from "../errors";
import { readBounded, unreadable } from "../files/read-file";
import { type Secret, secret } from "../text/secret";

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
  // standard input may be JSON with a token in it, which the reader of tokens reports
  if (text !== "" && (file === 0 || !/\s/.test(text))) return secret(text);
  throw inputError(
    "token-source-incomplete",
    `${name} contains no token.`,
    file === 0
      ? "Pipe one in, e.g. `databricks-aws-oidc token --raw | databricks-aws-oidc token --token -`."
      : "It must contain the token and nothing else.",
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
    "A token on the command line is visible to every user of the machine and stays in the shell's history.",
    "Pipe it in with --token -, or name a file with --token @FILE. Treat this one as leaked.",
    "token",
  );
}
