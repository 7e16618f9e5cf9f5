/** What the verb `token` answers: a token obtained or given, described. */
import { existsSync } from "node:fs";
import { InputError } from "../errors";
import { findIssuer } from "../federation/find";
import type { Federation } from "../federation/model";
import { DEFAULT_FEDERATION_FILE, loadFederation } from "../files/load-federation";
import type { Secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { describeToken, tokenText } from "./describe";
import { readGivenToken } from "./token-file";
import { opaqueToken } from "./choose-source";
import { obtainToken } from "./obtain";
import { parseTokenSource } from "./sources";
import type { IssuerTarget } from "./token-endpoint";

export interface TokenVerbQuestion {
  readonly environment: Environment;
  readonly from?: string | undefined;
  /** `-` or `@FILE`. */
  readonly given?: string | undefined;
  readonly config?: string | undefined;
  readonly issuer?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  /** Present: the token itself is asked for. */
  readonly raw?: { readonly toTerminal: boolean } | undefined;
}

export interface TokenVerbAnswer {
  readonly token: Secret;
  readonly skipped: readonly string[];
  /** For `--json`. */
  readonly document: Readonly<Record<string, unknown>>;
  /** For a person. */
  readonly text: string;
  /** A JWT that is not over and, where there is a federation, fits one of its issuers. */
  readonly good: boolean;
}

/** The federation a verb may use: `config`, else ./federation.yaml if there is one. */
export function federationIfAny(config: string | undefined): Federation | undefined {
  if (config !== undefined) return loadFederation(config);
  return existsSync(DEFAULT_FEDERATION_FILE) ? loadFederation(DEFAULT_FEDERATION_FILE) : undefined;
}

/** Throws InputError token-to-terminal, and the codes of `obtainToken`, `readGivenToken` and `loadFederation`. */
export async function answerToken(question: TokenVerbQuestion): Promise<TokenVerbAnswer> {
  if (question.raw?.toTerminal === true) {
    throw new InputError([
      {
        code: "token-to-terminal",
        message: "A token is not printed on a terminal, where it stays in the scrollback.",
        path: "raw",
        fix: "Pipe it on, or leave --raw out to see its decoded parts.",
      },
    ]);
  }
  const federation = federationIfAny(question.config);
  const wanted = question.issuer === undefined ? undefined : findIssuer(federation, question.issuer);
  const { token, source, place, skipped } =
    question.given === undefined
      ? await obtainToken({
          ...question,
          from: question.from === undefined ? undefined : parseTokenSource(question.from),
          targets: targetsOf(federation, wanted, question.environment),
        })
      : {
          token: readGivenToken(question.given),
          source: undefined,
          place: question.given === "-" ? "standard input" : `file ${question.given.slice(1)}`,
          skipped: [],
        };
  const description = describeToken(token.reveal(), {
    now: Math.floor(question.environment.now() / 1000),
    federation,
    source,
  });
  if (question.raw !== undefined && description.kind !== "jwt" && question.given === undefined)
    throw opaqueToken(place);
  const issuerAsked = wanted === undefined || (description.kind === "jwt" && description.issuer === wanted.issuer);
  return {
    token,
    skipped,
    document: { source: source ?? null, place, ...description },
    text: [
      `${"from".padEnd(13)}${source === undefined ? place : `${source}: ${place}`}`,
      tokenText(description),
      ...(issuerAsked ? [] : [`no: Its issuer is not that of ${wanted?.key ?? ""}.`]),
    ].join("\n"),
    good:
      description.kind === "jwt" &&
      issuerAsked &&
      (description.secondsLeft ?? -1) > 0 &&
      (description.fit === null || description.fit.fits),
  };
}

/** Without --issuer and without DATABRICKS_HOST the federation decides; with a host alone, the host does. */
function targetsOf(
  federation: Federation | undefined,
  wanted: IssuerTarget | undefined,
  environment: Environment,
): readonly IssuerTarget[] {
  if (wanted !== undefined) return [wanted];
  const hostIsSet = (environment.env["DATABRICKS_HOST"] ?? "").trim() !== "";
  return hostIsSet || federation === undefined ? [] : Object.values(federation.issuers);
}
