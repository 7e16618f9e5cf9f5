/** Describes a token: whose it is, how long it lives, which issuer of a federation it fits. Verifies nothing. */
import type { Federation, FederationIssuer } from "../federation/model";
import { visibleLines } from "../text/escape";
import { quoted } from "../text/text-rule";
import { TOLERANCE_SECONDS } from "../sts/decide-token";
import { readToken } from "../sts/read-token";
import { restsOnText, type TokenSourceName } from "./sources";

/** Whether the token fits one of the federation's issuers, and if not, why. */
export interface IssuerFit {
  /** The key of the issuer whose `iss` the token has; null: none has it. */
  readonly issuer: string | null;
  readonly fits: boolean;
  /** Each in a sentence; empty when it fits. */
  readonly against: readonly string[];
}

export interface TokenDescription {
  readonly kind: "jwt";
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly whose: "service principal" | "user" | "other";
  /** As STS will see it: `azp`, else the only `aud`. */
  readonly audience: string | null;
  /** ISO 8601, UTC. */
  readonly expiresAt: string | null;
  /** Seconds from now, negative when over. */
  readonly secondsLeft: number | null;
  /** Null where there is no federation to compare it with. */
  readonly fit: IssuerFit | null;
  /** Each in a sentence. */
  readonly notes: readonly string[];
}

export interface NoToken {
  readonly kind: "opaque" | "malformed" | "too-long";
  readonly why: string;
}

export interface DescribeOptions {
  /** Seconds since the epoch. */
  readonly now: number;
  readonly federation?: Pick<Federation, "issuers"> | undefined;
  readonly source?: TokenSourceName | undefined;
}

/** Describes `text`. Never throws, and no part of its signature is in the result. */
export function describeToken(text: string, options: DescribeOptions): TokenDescription | NoToken {
  const reading = readToken(text);
  if (!reading.ok) return reading.not;
  const { header, claims } = reading.token;
  const issuer = textOf(claims["iss"]);
  const subject = textOf(claims["sub"]);
  const expires = secondsOf(claims["exp"]);
  const audience = audienceOf(claims);
  return {
    kind: "jwt",
    header,
    claims,
    issuer,
    subject,
    whose: whoseIs(subject),
    audience,
    expiresAt: expires === null ? null : new Date(expires * 1000).toISOString(),
    secondsLeft: expires === null ? null : expires - options.now,
    fit:
      options.federation === undefined ? null : fitOf(options.federation, { issuer, audience, expires }, options.now),
    notes: notesOf(header, claims, subject, options.source),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

function secondsOf(value: unknown): number | null {
  const seconds =
    typeof value === "number" ? value : typeof value === "string" && /^[0-9]{1,12}$/.test(value) ? Number(value) : NaN;
  return Number.isInteger(seconds) && Math.abs(seconds) < 8.64e12 ? seconds : null;
}

function audienceOf(claims: Readonly<Record<string, unknown>>): string | null {
  const { aud, azp } = claims;
  if (typeof azp === "string" && azp !== "") return azp;
  const only: unknown = Array.isArray(aud) && aud.length === 1 ? aud[0] : aud;
  return typeof only === "string" ? only : null;
}

function whoseIs(subject: string | null): TokenDescription["whose"] {
  if (subject === null) return "other";
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subject)) return "service principal";
  return subject.includes("@") ? "user" : "other";
}

function fitOf(
  federation: Pick<Federation, "issuers">,
  token: { readonly issuer: string | null; readonly audience: string | null; readonly expires: number | null },
  now: number,
): IssuerFit {
  const issuers: readonly FederationIssuer[] = Object.values(federation.issuers);
  const match = issuers.find((candidate) => candidate.issuer === token.issuer);
  const against: string[] = [];
  if (match === undefined) {
    const own = token.issuer === null ? "is missing" : `${quoted(token.issuer)} is not one of the federation's`;
    const known = issuers.map((issuer) => issuer.issuer).join(", ");
    against.push(`Its issuer ${own}: ${known}.${entraHint(token.issuer)}`);
  } else if (token.audience === null || !match.audiences.includes(token.audience)) {
    const own = token.audience === null ? "is missing or not a single one" : quoted(token.audience);
    against.push(`Its audience ${own}; ${match.key} registers ${match.audiences.map(quoted).join(", ")}.`);
  }
  if (token.expires === null) against.push("It has no expiry.");
  else if (now - TOLERANCE_SECONDS >= token.expires) against.push("It has expired.");
  return { issuer: match?.key ?? null, fits: against.length === 0, against };
}

function entraHint(issuer: string | null): string {
  return issuer !== null && /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.com)\//.test(issuer)
    ? " It is a Microsoft Entra token, not a Databricks token."
    : "";
}

function notesOf(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  subject: string | null,
  source: TokenSourceName | undefined,
): readonly string[] {
  const notes: string[] = [];
  if (source !== undefined) notes.push(restsOnText(source));
  if (
    source === "databricks-cli" &&
    whoseIs(subject) === "user" &&
    claims["client_id"] !== "databricks-cli" &&
    typeof claims["client_id"] === "string"
  ) {
    notes.push(
      "Old Databricks CLIs return the person's token for a service principal's profile (databricks/cli#1939): " +
        "check that this is the identity you expect.",
    );
  }
  if (scopesOf(claims).includes("all-apis"))
    notes.push("Its scope is all-apis: whoever obtains it can do everything its owner can, in Databricks and in AWS.");
  if (Array.isArray(claims["aud"]) && claims["aud"].length > 1 && claims["azp"] === undefined)
    notes.push("It has several audiences and no azp: STS refuses such a token.");
  if (header["alg"] !== "RS256")
    notes.push(`It is signed with ${quoted(String(header["alg"]))}; Databricks signs with RS256.`);
  return notes;
}

function scopesOf(claims: Readonly<Record<string, unknown>>): readonly string[] {
  const { scope } = claims;
  return typeof scope === "string" ? scope.split(" ") : Array.isArray(scope) ? scope.map(String) : [];
}

/** The description for a person. */
export function tokenText(description: TokenDescription | NoToken): string {
  if (description.kind !== "jwt") return description.why;
  const claim = (value: string | null): string => (value === null ? "missing" : quoted(value).slice(1, -1));
  const left = description.secondsLeft;
  const rows: readonly (readonly [string, string])[] = [
    ["issuer", claim(description.issuer)],
    ["subject", `${claim(description.subject)}${description.whose === "other" ? "" : ` (a ${description.whose})`}`],
    ["audience", claim(description.audience)],
    [
      "expires",
      description.expiresAt === null || left === null
        ? "unknown"
        : `${description.expiresAt} (${left < 0 ? `expired ${duration(-left)} ago` : `${duration(left)} left`})`,
    ],
    ...(description.fit === null
      ? []
      : [["fits issuer", description.fit.fits ? (description.fit.issuer ?? "") : "none of the federation"] as const]),
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(13)}${value}`),
    "",
    `header  ${visibleLines(JSON.stringify(description.header, null, 2))}`,
    `claims  ${visibleLines(JSON.stringify(description.claims, null, 2))}`,
    ...(description.fit?.against ?? []).map((reason) => `no: ${reason}`),
    ...description.notes.map((note) => `note: ${note}`),
  ].join("\n");
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
}
