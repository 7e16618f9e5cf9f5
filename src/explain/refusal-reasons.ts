/** Why a token is refused, the reason nearest to success first, and what to do about it. Pure. */
import { type StsDecision, TOLERANCE_SECONDS } from "../sts/decide-token";
import type { WebIdentityProvider } from "../sts/web-identity";
import { ALGORITHMS } from "../sts/verify-signature";
import type { NotAToken } from "../sts/read-token";
import type { Decision } from "../trust/decide/decide";
import { issuerReasons, OTHER_TOKEN, type Reason, reason } from "./issuer-reasons";
import { policyReasons } from "./policy-reasons";

export interface Refusal {
  readonly answer: StsDecision;
  /** Null where the trust policy was not reached. */
  readonly decision: Decision | null;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly providers: readonly WebIdentityProvider[];
  readonly notAToken: NotAToken | null;
  /** Seconds since the epoch. */
  readonly now: number;
}

const CLOCK = "Set this machine's clock; doctor measures how far it is off.";

/**
 * The reasons of a refusal, nearest first; at least one wherever it is known. What stopped the token comes first, then
 * what the trust policy would have refused.
 */
export function refusalReasons(refusal: Refusal): readonly Reason[] {
  const { answer, decision, claims } = refusal;
  const policy = (audienceIsNamed: boolean): readonly Reason[] =>
    decision === null ? [] : policyReasons(decision, claims, { audienceIsNamed });
  const first = firstReasons(refusal);
  // the trust policy is evaluated twice: for the role, and for the tags
  if (first.length === 0 && answer.error?.code === "AccessDenied" && decision?.allowed === true)
    return [
      reason(
        "the token has session tags, and the trust policy does not allow sts:TagSession for it",
        "Add sts:TagSession to the statement that allows it, or get a token without " +
          "https://aws.amazon.com/tags: Databricks' own have none.",
      ),
    ];
  if (first.length === 0)
    return answer.error?.code === "AccessDenied"
      ? policy(false)
      : [
          reason(
            answer.error?.message ?? "it is refused",
            "Get a fresh token and try again; if it is refused again, run doctor on the issuer.",
          ),
        ];
  // without issuer, subject or audience the policy cannot be evaluated
  if (
    decision === null ||
    decision.allowed ||
    isIssuerRefused(refusal) ||
    answer.subject === null ||
    answer.audience === null
  )
    return first;
  return [...first, ...policy(!registered(refusal))];
}

function isIssuerRefused({ answer }: Refusal): boolean {
  const message = answer.error?.message ?? "";
  return message.startsWith("No OpenIDConnect provider") || message.endsWith("required claim: iss");
}

/** What stopped the token before the trust policy; empty where nothing that has a name did. */
function firstReasons(refusal: Refusal): readonly Reason[] {
  const { answer, notAToken } = refusal;
  if (notAToken !== null)
    return [
      reason(
        notAToken.why,
        notAToken.kind === "opaque"
          ? "In a notebook or job, get a JWT with databricks-aws-oidc token --from notebook; elsewhere with " +
              "databricks-aws-oidc token."
          : "Pass the access token as Databricks' token endpoint returned it, and nothing else.",
      ),
    ];
  const message = answer.error?.message ?? "";
  if (isIssuerRefused(refusal))
    return issuerReasons(
      answer.issuer,
      refusal.providers.map((provider) => provider.issuer),
    );
  if (refusal.header["crit"] !== undefined)
    return [reason("the token's header has `crit`, and STS accepts no token with one", OTHER_TOKEN)];
  if (answer.signature !== null && answer.signature !== "verified") return [signatureReason(refusal)];
  if (answer.error?.code === "ExpiredTokenException" || /issued in the future|timestamp/.test(message))
    return [timeReason(refusal)];
  if (/^Missing a required claim/.test(message))
    return [reason(`the token has no \`${message.split(" ").at(-1) ?? ""}\``, OTHER_TOKEN)];
  if (answer.error?.code === "ValidationError")
    return [reason("the requested session is longer than the role allows", "Shorten it, or raise maxSessionDuration.")];
  const odd = oddClaim(refusal);
  if (odd !== null) return [odd];
  if (Number(refusal.claims["nbf"]) > refusal.now + TOLERANCE_SECONDS)
    return [reason("the token is not valid yet (`nbf`)", CLOCK)];
  if (answer.audience !== null && !registered(refusal)) return [audienceReason(refusal)];
  return /roles claim/.test(message)
    ? [
        reason(
          "the token's roles claim names other roles",
          "Databricks issues no such claim: have the issuer of the token name this role.",
        ),
      ]
    : [];
}

function registered({ answer, providers }: Refusal): boolean {
  return providers.some(
    (provider) => provider.issuer === answer.issuer && provider.clientIds.includes(answer.audience ?? ""),
  );
}

function signatureReason({ answer, header }: Refusal): Reason {
  const { alg, kid } = header;
  switch (answer.signature) {
    case "no-key":
      return typeof kid === "string"
        ? reason(
            `no key of the issuer's key set can verify this token (\`kid\` ${kid} is unknown or of another ` +
              `type, the key is for encryption, or there are more than 100 RSA keys)`,
            "Fetch the key set again (--jwks), or run doctor to see whether AWS can reach it.",
          )
        : reason("the token's header names no key (`kid`), and the key set has several", OTHER_TOKEN);
    case "bad-key":
      return reason(
        "the issuer's key has `key_ops`, and STS does not use such a key",
        "Databricks publishes none: fetch the key set again (--jwks) from the discovery document's jwks_uri.",
      );
    case "bad-header":
      return reason(
        `the token is signed with ${typeof alg === "string" ? alg : "an unknown algorithm"}; STS ` +
          `accepts ${ALGORITHMS.join(", ")}`,
        OTHER_TOKEN,
      );
    default:
      return reason(
        "the signature does not verify: the token was altered or truncated, or its key is not the one in the key set",
        "Get a fresh token and pass it whole; fetch the key set again (--jwks).",
      );
  }
}

function timeReason({ answer, claims, now }: Refusal): Reason {
  const exp = Number(claims["exp"]);
  const message = answer.error?.message ?? "";
  if (answer.error?.code === "ExpiredTokenException")
    return reason(
      `the token expired ${now - exp} s ago; STS tolerates 300 s`,
      "Get a fresh token: Databricks' tokens are valid for an hour.",
    );
  if (/timestamp/.test(message))
    return reason(
      "a time in the token is not a whole number of seconds",
      "Get the token from Databricks' token endpoint.",
    );
  if (Number(claims["iat"]) > now * 100)
    return reason("the token's times are in milliseconds; STS expects seconds", OTHER_TOKEN);
  return reason("the token is not valid yet (`iat`)", CLOCK);
}

/** A subject or audience that is not valid. */
function oddClaim({ answer, claims }: Refusal): Reason | null {
  const { aud, azp } = claims;
  if (azp === "") return reason("`azp` is empty, and it takes precedence over `aud`", "Get a token without azp.");
  if (azp !== undefined && typeof azp !== "string") return reason("`azp` is not a string", OTHER_TOKEN);
  if (Array.isArray(aud) && aud.length === 0) return reason("`aud` is an empty list", OTHER_TOKEN);
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined)
    return reason(
      `\`aud\` names ${aud.length} audiences, and no \`azp\` says which one counts`,
      "Request a token with one audience, as Databricks issues them.",
    );
  if (answer.audience === "") return reason("`aud` is empty", OTHER_TOKEN);
  if (answer.audience === null)
    return reason(
      "`aud` is not a string",
      "Databricks writes the workspace ID as a string: get the token from its endpoint.",
    );
  return answer.subject === null
    ? reason(`\`sub\` is ${claims["sub"] === null ? "null" : "not a string"}`, OTHER_TOKEN)
    : null;
}

function audienceReason({ answer, claims, providers }: Refusal): Reason {
  const audience = answer.audience ?? "";
  const provider = providers.find((candidate) => candidate.issuer === answer.issuer);
  const expected = provider?.clientIds.join(", ") ?? "";
  if (claims["azp"] !== undefined)
    return reason(
      `\`azp\` is ${audience}, and it takes precedence over \`aud\``,
      `Register ${audience}, or get a token without azp.`,
    );
  if (audience === "sts.amazonaws.com")
    return reason(
      "audience is `sts.amazonaws.com`; Databricks puts the workspace ID there",
      `Get the token from Databricks; the provider registers ${expected}.`,
    );
  if (/^[0-9]+$/.test(audience) && /^[0-9]+$/.test(expected))
    return reason(
      `audience is ${audience}: another workspace's token; registered is ${expected}`,
      "Get the token from the right workspace, or add this ID to audiences.",
    );
  return reason(
    `audience is ${audience}; the provider registers ${expected}`,
    `If it is intended, add ${audience} to the issuer's audiences.`,
  );
}
