/**
 * Judges a token step by step, as STS will: its shape, issuer, signature, audience and times. No part of it is in the
 * answer but claims.
 */
import type { AccountView } from "../../federation/account-view";
import type { FederationIssuer } from "../../federation/model";
import { describeToken } from "../../token/describe";
import type { CheckedClaims } from "../../sts/claim-faults";
import { audienceFault, timesFault } from "../../sts/claim-faults";
import type { WebIdentityCall, WebIdentityRole } from "../../sts/web-identity";
import { readToken } from "../../sts/read-token";
import type { ReadToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import type { TokenSourceName } from "../../token/sources";
import { restsOnText, TOKEN_SOURCES } from "../../token/sources";
import type { KeySet } from "../../sts/verify-signature";
import { ALGORITHMS, verifySignature } from "../../sts/verify-signature";
import { quoted } from "../../text/text-rule";
import { compilePolicy } from "../../trust/decide/decide";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";

export const TOKEN = "token";

export interface JudgedToken {
  readonly text: string;
  /** Where it is from, in words. */
  readonly place: string;
  /** Absent where it was handed over. */
  readonly source?: TokenSourceName | undefined;
}

export interface TokenSetting {
  readonly view: AccountView;
  readonly issuers: readonly FederationIssuer[];
  /** By issuer key; none where they were not to be had. */
  readonly keys: ReadonlyMap<string, KeySet>;
  /** Seconds since the epoch, by a clock that is right. */
  readonly now: number;
}

const REST = ["token-issuer", "token-signature", "token-audience", "token-times", "token-roles"] as const;

/** Its checks, and the issuer of the federation it is of; without one the rest is not judged. */
export async function tokenChecks(
  token: JudgedToken,
  setting: TokenSetting,
): Promise<{ readonly checks: readonly Check[]; readonly issuer: FederationIssuer | null }> {
  const came =
    token.source === undefined
      ? []
      : [
          pass(
            "token-source",
            TOKEN,
            `${token.source} (${TOKEN_SOURCES[token.source].says}): ${token.place}. ${restsOnText(token.source)}`,
          ),
        ];
  const reading = readToken(token.text);
  if (!reading.ok) {
    const fix =
      reading.not.kind === "opaque"
        ? "Get a JWT: databricks-aws-oidc token says which ways there are; AWS can not verify an opaque token."
        : "Get one with databricks-aws-oidc token; paste nothing else into the file.";
    return {
      issuer: null,
      checks: [
        ...came,
        fail("token", TOKEN, `What ${token.place} gives is no JWT. ${reading.not.why}`, fix),
        ...REST.map((id) => unknown(id, TOKEN, "Not judged: there is no JWT.", null)),
      ],
    };
  }
  const described = describeToken(token.text, {
    now: setting.now,
    federation: { issuers: Object.fromEntries(setting.issuers.map((issuer) => [issuer.key, issuer])) },
  });
  if (described.kind !== "jwt") throw new RangeError("a token that reads is described");
  const whose = `${described.whose === "other" ? "" : `the ${described.whose} `}${described.subject === null ? "nobody" : quoted(described.subject)}`;
  const shape = pass(
    "token",
    TOKEN,
    `A JWT of ${whose}, from ${token.place}.${described.notes.length === 0 ? "" : ` ${described.notes.join(" ")}`}`,
  );
  const issuer = setting.issuers.find((candidate) => candidate.issuer === described.issuer);
  if (issuer === undefined) {
    const why = described.fit?.against[0] ?? "";
    const fix = `Ask the issuer's own token endpoint, which decides what a token says: ${setting.issuers
      .map(({ tokenEndpoint }) => tokenEndpoint)
      .slice(0, 3)
      .join(" or ")}.`;
    return {
      issuer: null,
      checks: [
        ...came,
        shape,
        fail("token-issuer", TOKEN, why, fix),
        ...REST.slice(1).map((id) => unknown(id, TOKEN, "Not judged: the token is of another issuer.", null)),
      ],
    };
  }
  const examined = examinedOf(reading.token, issuer, setting);
  return {
    issuer,
    checks: [
      ...came,
      shape,
      pass("token-issuer", TOKEN, `Of ${issuer.key}: ${issuer.issuer}.`),
      await signatureCheck(reading.token, setting.keys.get(issuer.key)),
      audienceCheck(examined, issuer),
      timesCheck(examined, described.expiresAt, described.secondsLeft),
    ],
  };
}

/** The call the times and the audience are judged for: any role of the account. */
export function callAt(now: number): WebIdentityCall {
  return { roleSessionName: "doctor", durationSeconds: 900, context: {}, now };
}

const ANY_ROLE: WebIdentityRole = {
  arn: "arn:aws:iam::000000000000:role/any",
  trust: compilePolicy({ version: "2012-10-17", statements: [] }),
  maxSessionDuration: 43_200,
};

function examinedOf({ claims }: ReadToken, issuer: FederationIssuer, { view, now }: TokenSetting): CheckedClaims {
  const arn = view.providers.find((provider) => provider.issuer.key === issuer.key)?.arn ?? "";
  return {
    claims,
    facts: factsOf(claims),
    provider: { arn, issuer: issuer.issuer, clientIds: issuer.audiences, keys: null },
    role: ANY_ROLE,
    call: callAt(now),
  };
}

async function signatureCheck(token: ReadToken, keys: KeySet | undefined): Promise<Check> {
  const { alg, kid, crit } = token.header;
  const named = `alg ${quoted(String(alg))}, kid ${typeof kid === "string" ? quoted(kid.slice(0, 16)) : "missing"}`;
  if (crit !== undefined)
    return fail(
      "token-signature",
      TOKEN,
      "Its header has crit, and STS takes such a token for no JWT.",
      "Get the token from Databricks' own token endpoint.",
    );
  if (!ALGORITHMS.some((known) => known === alg))
    return fail(
      "token-signature",
      TOKEN,
      `It is signed with ${quoted(String(alg))}; STS takes ${ALGORITHMS.join(", ")}.`,
      "Get the token from Databricks' own token endpoint: it signs with RS256.",
    );
  if (keys === undefined)
    return unknown("token-signature", TOKEN, `Not judged, for want of the keys (${named}).`, null);
  switch (await verifySignature(token, keys)) {
    case "verified":
      return pass("token-signature", TOKEN, `A key of the issuer verifies it (${named}).`);
    case "no-key":
      return fail(
        "token-signature",
        TOKEN,
        `The issuer has no usable key of that name (${named}).`,
        "Get a fresh token: keys are changed now and then. If it stays, the token is not of this issuer.",
      );
    case "bad-key":
      return fail(
        "token-signature",
        TOKEN,
        `Its key carries key_ops, and STS refuses that (${named}).`,
        "Ask whoever publishes the keys to take key_ops out.",
      );
    case "bad-header":
    case "bad-signature":
      return fail(
        "token-signature",
        TOKEN,
        `The issuer's key of that name does not verify it (${named}).`,
        "Get a fresh token, and copy it whole: it is altered, or not of this issuer.",
      );
  }
}

function audienceCheck(examined: CheckedClaims, issuer: FederationIssuer): Check {
  const { claims, facts } = examined;
  const registered = issuer.audiences.map(quoted).join(", ");
  const azp = claims["azp"] === undefined ? "" : " (that is its azp, which goes before aud)";
  const wrong = audienceFault(examined);
  if (claims["aud"] === undefined)
    return fail("token-audience", TOKEN, "It has no aud.", "Get the token from Databricks' own token endpoint.");
  if (wrong === null)
    return pass(
      "token-audience",
      TOKEN,
      `${facts.audience === null ? "None" : quoted(facts.audience)}${azp}, as ${issuer.key} registers.`,
    );
  if (facts.audience === null)
    return fail(
      "token-audience",
      TOKEN,
      `STS finds no single audience in it: ${wrong.error.message}`,
      "Ask for a token with one aud, or with azp.",
    );
  return fail(
    "token-audience",
    TOKEN,
    `Its audience is ${quoted(facts.audience)}${azp}; ${issuer.key} registers ${registered}.`,
    `If that is meant, add it: issuers.${issuer.key}.audiences. If not, ask the endpoint of the ` +
      `right ${issuer.level} for the token.`,
  );
}

function timesCheck(examined: CheckedClaims, expiresAt: string | null, secondsLeft: number | null): Check {
  const { claims } = examined;
  const missing = ["iat", "exp"].find((name) => claims[name] === undefined);
  if (missing !== undefined)
    return fail(
      "token-times",
      TOKEN,
      `It has no ${missing}, and STS wants one.`,
      "Get the token from Databricks' own token endpoint.",
    );
  const wrong = timesFault(examined);
  if (wrong === null) {
    const over = secondsLeft !== null && secondsLeft < 0;
    return pass(
      "token-times",
      TOKEN,
      over
        ? `Over since ${expiresAt ?? ""}; STS forgives five minutes, and they run.`
        : `Valid until ${expiresAt ?? "its exp"}, ${Math.floor((secondsLeft ?? 0) / 60)} min from now.`,
    );
  }
  if (wrong.error.code === "ExpiredTokenException")
    return fail(
      "token-times",
      TOKEN,
      `It ended ${expiresAt ?? ""}.`,
      "Get a fresh one: Databricks' tokens live an hour.",
    );
  return fail(
    "token-times",
    TOKEN,
    wrong.error.message.startsWith("Token issued") || wrong.error.message.startsWith("The web")
      ? "It begins in the future."
      : wrong.error.message,
    "Check the clock of whoever minted it; get a fresh one.",
  );
}
