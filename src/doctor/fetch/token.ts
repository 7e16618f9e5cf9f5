/** The token doctor judges: one that was handed over, or one got as `token` would get it, and then only when asked. */
import { FederationError, InputError } from "../../errors";
import type { Secret } from "../../text/secret";
import { readGivenToken } from "../../token/given";
import { obtainToken } from "../../token/obtain";
import type { TokenSourceName } from "../../token/sources";
import { parseTokenSource } from "../../token/sources";
import type { Check } from "../check";
import { fail, unknown } from "../check";
import type { DoctorQuestion, Scope } from "../question";

export type TokenFound =
  | {
      readonly kind: "token";
      readonly token: Secret;
      readonly place: string;
      readonly source?: TokenSourceName | undefined;
    }
  | { readonly kind: "none"; readonly checks: readonly Check[] };

/** Refusals that say something is wrong here, not only that something was out of reach. */
const TELLING = /^(?:token-refused|token-scope-refused|databricks-cli-failed|file-not-found|response-status)$/;

/** Throws InputError for a token on the command line or none in the file, and for an unknown way. */
export async function theToken(question: DoctorQuestion, scope: Scope): Promise<TokenFound> {
  if (question.token !== undefined) {
    if (question.from !== undefined)
      throw new InputError([{ code: "usage", message: "Both --token and --from are given.", fix: "Give one." }]);
    return {
      kind: "token",
      token: readGivenToken(question.token),
      place: question.token === "-" ? "standard input" : `file ${question.token.slice(1)}`,
    };
  }
  const from = question.from === undefined ? undefined : parseTokenSource(question.from);
  const asked =
    from !== undefined || question.assume || question.tokenFile !== undefined || question.profile !== undefined;
  if (!asked)
    return {
      kind: "none",
      checks: [
        unknown(
          "token",
          "token",
          "None was given, and none was asked for.",
          "Judge one: --token @FILE, or --from WAY to get it as token does (or --assume, which does both).",
        ),
      ],
    };
  try {
    const { token, place, source } = await obtainToken({
      environment: question.environment,
      from,
      targets: scope.issuers,
      tokenFile: question.tokenFile,
      profile: question.profile,
      scope: question.scope,
      timeoutMs: 2 * scope.limits.timeoutMs,
    });
    return { kind: "token", token, place, source };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const message = error.problems[0]?.message ?? "";
    const wrong = error instanceof InputError || TELLING.test(error.code);
    return {
      kind: "none",
      checks: [
        wrong ? fail("token", "token", message, error.fix) : unknown("token", "token", message, error.fix, error.code),
      ],
    };
  }
}
