/** Makes the record of one real call out of what doctor saw: kinds and lengths, no value. Pure. */
import type { FederationIssuer } from "../../federation/model";
import { readToken, type ReadToken } from "../../sts/read-token";
import { ALGORITHMS } from "../../sts/verify-signature";
import type { TokenSourceName } from "../../token/sources";
import type { Check } from "../check";
import type { AssumeOutcome } from "../fetch/assume";
import {
  CLAIM_NAMES,
  listedOr,
  type Record,
  RECORD,
  recordedCode,
  type RecordedValue,
  redactedAnswer,
  SCOPES,
  TYPES,
} from "./format";

/** What doctor saw of one call. */
export interface SeenCall {
  readonly issuers: readonly FederationIssuer[];
  readonly roleArn: string | null;
  readonly token: { readonly text: string; readonly source: TokenSourceName | undefined } | null;
  readonly outcome: AssumeOutcome;
  readonly byAws: boolean | null;
  readonly expected: { readonly allowed: boolean; readonly code: string | null } | null;
  readonly checks: readonly Check[];
}

export interface RecordedWith {
  /** Versions as `1.2.3`, with or without more. */
  readonly product: string;
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The record. It holds no name, ID, address or secret: `RECORD` has no place for one. */
export function recordOf(seen: SeenCall, { product, node, now }: RecordedWith): Record {
  const reading = seen.token === null ? undefined : readToken(seen.token.text);
  const token = reading?.ok === true ? reading.token : null;
  const issuer = issuerOf(seen, token);
  return RECORD.parse({
    record: 1,
    date: new Date(now).toISOString().slice(0, 10),
    product: plainVersion(product),
    node: plainVersion(node),
    issuer: issuer === undefined ? null : { level: issuer.level, cloud: issuer.cloud ?? "custom" },
    token: token === null ? null : tokenFacts(token, seen.token?.source, issuer),
    expected:
      seen.expected === null
        ? null
        : {
            allowed: seen.expected.allowed,
            code: seen.expected.code === null ? null : recordedCode(seen.expected.code),
          },
    sts: answerOf(seen, token),
    checks: seen.checks.map(({ id, status }) => ({ id, status })),
  } satisfies Record);
}

function plainVersion(text: string): string {
  return /^v?([0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4})/.exec(text)?.[1] ?? "0.0.0";
}

function issuerOf({ issuers }: SeenCall, token: ReadToken | null): FederationIssuer | undefined {
  return (
    issuers.find(({ issuer }) => issuer === token?.claims["iss"]) ?? (issuers.length === 1 ? issuers[0] : undefined)
  );
}

function tokenFacts(
  { header, claims }: ReadToken,
  source: TokenSourceName | undefined,
  issuer: FederationIssuer | undefined,
): Record["token"] {
  const { iss, sub, aud, azp, iat, exp, scope, client_id: client } = claims;
  const audiences: readonly unknown[] = azp !== undefined ? [azp] : Array.isArray(aud) ? (aud as unknown[]) : [aud];
  const scopes = typeof scope === "string" ? scope.split(" ").filter((one) => one !== "") : [];
  const lifetime = typeof iat === "number" && typeof exp === "number" ? Math.round(exp - iat) : -1;
  return {
    source: source ?? "given",
    header: {
      alg: listedOr(ALGORITHMS, header["alg"]),
      typ: listedOr(TYPES, header["typ"] ?? "absent"),
      kid: described(header["kid"]),
      others: Object.keys(header).filter((name) => !["alg", "typ", "kid"].includes(name)).length,
    },
    claims: Object.fromEntries(
      CLAIM_NAMES.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, described(claims[name])]),
    ),
    others: Object.keys(claims).filter((name) => !CLAIM_NAMES.some((known) => known === name)).length,
    issuer: iss === issuer?.issuer ? "equal" : "different",
    audience: audienceOf(audiences, issuer),
    subjectIsClient: sub === undefined || client === undefined ? null : sub === client,
    scopes: scopes.slice(0, 50).map((one) => listedOr(SCOPES, one)),
    lifetime: lifetime >= 0 && lifetime <= 999_999_999 ? lifetime : null,
  };
}

function audienceOf(
  audiences: readonly unknown[],
  issuer: FederationIssuer | undefined,
): NonNullable<Record["token"]>["audience"] {
  const [only, ...more] = audiences;
  if (typeof only !== "string" || more.length > 0) return "none";
  if (issuer?.input.level === "workspace" && only === issuer.input.workspaceId) return "workspace ID";
  if (issuer?.input.level === "account" && only === issuer.input.accountId) return "account ID";
  return issuer?.audiences.includes(only) === true ? "another registered" : "not registered";
}

function answerOf({ outcome, byAws, roleArn, issuers }: SeenCall, token: ReadToken | null): Record["sts"] {
  const by = byAws === null ? "unknown" : byAws ? "AWS" : "another endpoint";
  if (outcome.kind === "in") return { answer: "session", by, code: null, message: null, status: 200 };
  if (outcome.kind === "failed") return { answer: "none", by, code: null, message: null, status: null };
  const { sub, aud } = token?.claims ?? {};
  const known = Object.fromEntries([
    ...(typeof sub === "string" ? [[sub, "subject"] as const] : []),
    ...(typeof aud === "string" ? [[aud, "audience"] as const] : []),
    ...(roleArn === null ? [] : [[roleArn, "role"] as const]),
    ...issuers.map(({ issuer }) => [issuer, "issuer"] as const),
  ]);
  const { awsCode, awsMessage, status } = outcome;
  return {
    answer: "refused",
    by,
    code: recordedCode(awsCode),
    message: redactedAnswer(awsMessage, known),
    status: Number.isInteger(status) && status >= 100 && status <= 599 ? status : null,
  };
}

/** What a value looks like, and its length: of a text in characters, of a list and an object in members. */
function described(value: unknown): RecordedValue {
  if (value === undefined) return { kind: "absent", length: 0 };
  if (value === null) return { kind: "null", length: 0 };
  if (typeof value === "number") return { kind: "number", length: String(Math.trunc(value)).length };
  if (typeof value === "boolean") return { kind: "boolean", length: 0 };
  if (typeof value === "string") return { kind: kindOf(value), length: Math.min([...value].length, 99_999) };
  const members = Array.isArray(value) ? value.length : Object.keys(value as object).length;
  return { kind: Array.isArray(value) ? "list" : "object", length: Math.min(members, 99_999) };
}

function kindOf(text: string): RecordedValue["kind"] {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return "uuid";
  if (/^[0-9]+$/.test(text)) return "digits";
  if (/^[0-9a-f]+$/i.test(text)) return "hex";
  if (/^https?:\/\//i.test(text)) return "url";
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return "email";
  return text.includes(" ") ? "words" : "text";
}
