/** A token, obtained or given, and what it says: the verb `token`. */
import { inputError } from "../errors";
import { findIssuer } from "../federation/find";
import type { Federation } from "../federation/model";
import type { Secret } from "../text/secret";
import type { Environment } from "../network/environment";
import { describeToken, tokenText } from "./describe";
import { opaqueToken } from "./choose-source";
import { loopsIn } from "./loop";
import { obtainToken } from "./obtain";
import { parseTokenSource } from "./sources";
import { quoted } from "../text/text-rule";
import type { IssuerTarget } from "./token-endpoint";

export interface TokenOptions {
  readonly environment: Environment;
  /** The one to compare the token with. */
  readonly federation: Federation | undefined;
  /** A token that is there already, and where it comes from. */
  readonly given?: { readonly token: Secret; readonly place: string } | undefined;
  readonly from?: string | undefined;
  /** Key of an issuer of the federation. */
  readonly issuer?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly profile?: string | undefined;
  readonly scope?: string | undefined;
  /** Present: the token itself is to be printed. */
  readonly raw?: { readonly toTerminal: boolean } | undefined;
}

export interface TokenReport {
  readonly token: Secret;
  /** Sources that were not used, and why; loops between AWS and Databricks. */
  readonly skipped: readonly string[];
  /** For `--json`. */
  readonly document: Readonly<Record<string, unknown>>;
  /** For a person. */
  readonly text: string;
  /** A JWT that is not over and, where there is a federation, fits one of its issuers. */
  readonly good: boolean;
}

/**
 * Throws InputError issuer-not-found, for `raw` token-to-terminal and token-opaque, and the codes of `obtainToken`.
 */
export async function tokenReport(options: TokenOptions): Promise<TokenReport> {
  const { federation, given } = options;
  if (options.raw?.toTerminal === true)
    throw inputError(
      "token-to-terminal",
      "A token is not printed to a terminal, where it would stay in the scrollback.",
      "Pipe it to a program, or leave --raw out to see its decoded parts.",
      "raw",
    );
  const wanted = options.issuer === undefined ? undefined : findIssuer(federation, options.issuer);
  const { token, source, place, skipped, exchanged } =
    given === undefined
      ? await obtainToken({
          ...options,
          from: options.from === undefined ? undefined : parseTokenSource(options.from),
          targets: targetsOf(federation, wanted, options.environment),
        })
      : { ...given, source: undefined, skipped: [], exchanged: null };
  const description = describeToken(token.reveal(), {
    now: Math.floor(options.environment.now() / 1000),
    federation,
    source,
  });
  if (options.raw !== undefined && description.kind !== "jwt" && given === undefined) throw opaqueToken(place);
  const issuerFits = wanted === undefined || (description.kind === "jwt" && description.issuer === wanted.issuer);
  const loops = federation === undefined ? [] : loopsIn(federation, { exchanged });
  return {
    token,
    skipped: [...skipped, ...loops],
    document: { source: source ?? null, place, ...(exchanged === null ? {} : { exchanged }), loops, ...description },
    text: [
      `${"from".padEnd(13)}${source === undefined ? place : `${source}: ${place}`}`,
      ...(exchanged === null ? [] : [`${"exchanged".padEnd(13)}${quoted(exchanged.subject ?? "none").slice(1, -1)}`]),
      tokenText(description),
      ...(issuerFits ? [] : [`no: Its issuer is not that of ${wanted?.key ?? ""}.`]),
    ].join("\n"),
    good:
      description.kind === "jwt" &&
      issuerFits &&
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
