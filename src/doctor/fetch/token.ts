/** The token that doctor checks: one that was given, or one obtained as `token` does, and then only when asked to. */
import { FederationError, InputError, inputError } from "../../errors";
import { readGivenToken } from "../../token/token-file";
import { obtainToken } from "../../token/obtain";
import { parseTokenSource } from "../../token/sources";
import { checkOf, type TokenFound } from "../check";
import type { DoctorOptions, Scope } from "../options";
import { fetchByAws } from "./aws-hops";

/** Refusals that say something is wrong here, not only that something was out of reach. */
const WRONG_HERE = /^(?:token-refused|token-scope-refused|databricks-cli-failed|file-not-found|response-status)$/;

/** Throws InputError for a token on the command line, none in the file, and an unknown token source. */
export async function fetchToken(options: DoctorOptions, scope: Scope): Promise<TokenFound> {
  const { token: given, from, tokenFile, profile } = options;
  if (given !== undefined && from !== undefined)
    throw inputError("usage", "Both --token and --from are given.", "Give one.");
  if (given !== undefined)
    return {
      kind: "token",
      token: readGivenToken(given),
      place: given === "-" ? "standard input" : `file ${given.slice(1)}`,
    };
  const { fail, unknown, unread } = checkOf("token", "token");
  if (from === undefined && !options.assume && tokenFile === undefined && profile === undefined) {
    const fix = "To check one: --token @FILE, or --from SOURCE to get it as token does (--assume does both).";
    return { kind: "none", checks: [unknown("No token was given or requested.", fix)] };
  }
  const source = from === undefined ? undefined : parseTokenSource(from);
  if (source === "aws") return fetchByAws(options, scope);
  try {
    return {
      kind: "token",
      ...(await obtainToken({
        environment: options.environment,
        from: source,
        targets: scope.issuers,
        tokenFile,
        profile,
        scope: options.scope,
        timeoutMs: 2 * scope.limits.timeoutMs,
      })),
    };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const { code, message, fix } = error.problem;
    const wrong = error instanceof InputError || WRONG_HERE.test(code);
    return { kind: "none", checks: [wrong ? fail(message, fix) : unread({ message, fix, code })] };
  }
}
