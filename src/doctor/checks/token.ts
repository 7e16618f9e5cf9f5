/** Checks a token step by step, as STS will: its form, issuer, signature, audience and times. Shows only claims. */
import type { AccountView } from "../../federation/account-view";
import type { FederationIssuer } from "../../federation/model";
import { audienceFault, type CheckedClaims, timesFault } from "../../sts/claim-faults";
import { type ReadToken, readToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import { ALGORITHMS, type KeySet, verifySignature } from "../../sts/verify-signature";
import type { WebIdentityCall } from "../../sts/web-identity";
import { quoted } from "../../text/text-rule";
import { describeToken } from "../../token/describe";
import { restsOnText, TOKEN_SOURCES } from "../../token/sources";
import { compilePolicy } from "../../trust/decide/decide";
import { type Check, checkOf, skipped, type TokenFound } from "../check";

export const TOKEN = "token";

/** What a token is checked against. */
export interface TokenContext {
  readonly view: AccountView;
  /** By issuer key; none where they could not be fetched. */
  readonly keys: ReadonlyMap<string, KeySet>;
  /** Seconds since the epoch, by a clock that is right. */
  readonly now: number;
}

const AFTER_FORM = ["token-issuer", "token-signature", "token-audience", "token-times", "token-roles"] as const;
const OWN_ENDPOINT = "Get the token from Databricks' own token endpoint.";

/** Its checks, and the issuer of the federation that it is from; without one the rest is skipped. */
export async function tokenChecks(
  { token, place, source }: Extract<TokenFound, { kind: "token" }>,
  issuers: readonly FederationIssuer[],
  context: TokenContext,
): Promise<{ readonly checks: readonly Check[]; readonly issuer: FederationIssuer | null }> {
  const form = checkOf("token", TOKEN);
  const checks: Check[] = [];
  if (source !== undefined)
    checks.push(
      checkOf("token-source", TOKEN).pass(
        `${source} (${TOKEN_SOURCES[source].says}): ${place}. ${restsOnText(source)}`,
      ),
    );
  const read = readToken(token.reveal());
  const described = describeToken(token.reveal(), {
    now: context.now,
    federation: { issuers: Object.fromEntries(issuers.map((issuer) => [issuer.key, issuer])) },
  });
  if (!read.ok || described.kind !== "jwt") {
    const opaque = !read.ok && read.not.kind === "opaque";
    checks.push(
      form.fail(
        `The content of ${place} is not a JWT. ${read.ok ? "" : read.not.why}`,
        opaque
          ? "Get a JWT: databricks-aws-oidc token lists the token sources; AWS cannot verify an opaque token."
          : "Get one with databricks-aws-oidc token, and put nothing else into the file.",
      ),
      ...skipped(AFTER_FORM, TOKEN, "there is no JWT."),
    );
    return { issuer: null, checks };
  }
  const owner = described.subject === null ? "no subject" : quoted(described.subject);
  const kind = described.whose === "other" ? "" : `the ${described.whose} `;
  checks.push(form.pass([`A JWT of ${kind}${owner}, from ${place}.`, ...described.notes].join(" ")));
  const issuer = issuers.find((candidate) => candidate.issuer === described.issuer);
  const { pass, fail } = checkOf("token-issuer", TOKEN);
  if (issuer === undefined) {
    const endpoints = issuers.map(({ tokenEndpoint }) => tokenEndpoint).slice(0, 3);
    checks.push(
      fail(
        described.fit?.against[0] ?? "",
        `Use the issuer's own token endpoint, which decides the content of a token: ${endpoints.join(" or ")}.`,
      ),
      ...skipped(AFTER_FORM.slice(1), TOKEN, "the token is from another issuer."),
    );
    return { issuer: null, checks };
  }
  const claims = checkedClaims(read.token, issuer, context);
  checks.push(
    pass(`From ${issuer.key}: ${issuer.issuer}.`),
    await signatureCheck(read.token, context.keys.get(issuer.key)),
    audienceCheck(claims, issuer),
    timesCheck(claims, described.expiresAt, described.secondsLeft),
  );
  return { issuer, checks };
}

/** The call for which audience and times are checked: the same for any role of the account. */
export function callAt(now: number): WebIdentityCall {
  return { roleSessionName: "doctor", durationSeconds: 900, context: {}, now };
}

function checkedClaims({ claims }: ReadToken, issuer: FederationIssuer, { view, now }: TokenContext): CheckedClaims {
  const arn = view.providers.find((provider) => provider.issuer.key === issuer.key)?.arn ?? "";
  return {
    claims,
    facts: factsOf(claims),
    provider: { arn, issuer: issuer.issuer, clientIds: issuer.audiences, keys: null },
    role: {
      arn: "arn:aws:iam::000000000000:role/any",
      trust: compilePolicy({ version: "2012-10-17", statements: [] }),
      maxSessionDuration: 43_200,
    },
    call: callAt(now),
  };
}

async function signatureCheck(token: ReadToken, keys: KeySet | undefined): Promise<Check> {
  const { pass, fail, unknown } = checkOf("token-signature", TOKEN);
  const { alg, kid, crit } = token.header;
  const header = `alg ${quoted(String(alg))}, kid ${typeof kid === "string" ? quoted(kid.slice(0, 16)) : "missing"}`;
  if (crit !== undefined) return fail("Its header has crit, and STS accepts no such token.", OWN_ENDPOINT);
  if (!ALGORITHMS.some((known) => known === alg))
    return fail(
      `It is signed with ${quoted(String(alg))}; STS accepts ${ALGORITHMS.join(", ")}.`,
      `${OWN_ENDPOINT.slice(0, -1)}: it signs with RS256.`,
    );
  if (keys === undefined) return unknown(`Skipped: no keys available (${header}).`);
  switch (await verifySignature(token, keys)) {
    case "verified":
      return pass(`A key of the issuer verifies it (${header}).`);
    case "no-key":
      return fail(
        `The issuer has no usable key with this kid (${header}).`,
        "Get a fresh token: keys are rotated. If it continues, the token is not from this issuer.",
      );
    case "bad-key":
      return fail(
        `Its key has key_ops, and STS refuses that (${header}).`,
        "Ask whoever publishes the keys to remove key_ops.",
      );
    case "bad-header":
    case "bad-signature":
      return fail(
        `The issuer's key with this kid does not verify it (${header}).`,
        "Get a fresh token and copy all of it: this one was altered, or is not from this issuer.",
      );
  }
}

function audienceCheck(checked: CheckedClaims, issuer: FederationIssuer): Check {
  const { pass, fail } = checkOf("token-audience", TOKEN);
  const { claims, facts } = checked;
  if (claims["aud"] === undefined) return fail("It has no aud.", OWN_ENDPOINT);
  const wrong = audienceFault(checked);
  const azp = claims["azp"] === undefined ? "" : " (that is its azp, which takes precedence over aud)";
  if (wrong === null)
    return pass(`${facts.audience === null ? "None" : quoted(facts.audience)}${azp}, as ${issuer.key} registers.`);
  if (facts.audience === null)
    return fail(
      `STS finds no single audience in it: ${wrong.error.message}`,
      "Ask for a token with one aud, or with azp.",
    );
  return fail(
    `Its audience is ${quoted(facts.audience)}${azp}; ${issuer.key} registers ` +
      `${issuer.audiences.map(quoted).join(", ")}.`,
    `If it is right, add it to issuers.${issuer.key}.audiences; otherwise get the token from the endpoint of the ` +
      `right ${issuer.level}.`,
  );
}

function timesCheck(checked: CheckedClaims, expiresAt: string | null, secondsLeft: number | null): Check {
  const { pass, fail } = checkOf("token-times", TOKEN);
  const missing = ["iat", "exp"].find((name) => checked.claims[name] === undefined);
  if (missing !== undefined) return fail(`It has no ${missing}, which STS requires.`, OWN_ENDPOINT);
  const wrong = timesFault(checked);
  if (wrong === null)
    return pass(
      (secondsLeft ?? 0) < 0
        ? `Expired since ${expiresAt ?? ""}; STS tolerates five minutes, which are not over.`
        : `Valid until ${expiresAt ?? "its exp"}, ${Math.floor((secondsLeft ?? 0) / 60)} min from now.`,
    );
  if (wrong.error.code === "ExpiredTokenException")
    return fail(`It expired ${expiresAt ?? ""}.`, "Get a fresh one: Databricks' tokens are valid for an hour.");
  const future = /^(?:Token issued|The web)/.test(wrong.error.message);
  return fail(
    future ? "It is not valid yet (iat or nbf)." : wrong.error.message,
    "Check the clock of the server that issued it, and get a fresh one.",
  );
}
