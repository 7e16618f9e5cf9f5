/** What comes closest to letting a refused token in, and what to do about it. Pure. */
import type { StsDecision } from "../sts/decide-token";
import type { WebIdentityProvider } from "../sts/web-identity";
import { TOLERANCE_SECONDS } from "../sts/decide-token";
import { ALGORITHMS } from "../sts/verify-signature";
import type { NotAToken } from "../sts/read-token";
import type { Decision } from "../trust/decide/decide";
import { issuerMisses } from "./issuer-misses";
import type { Miss } from "./miss";
import { miss } from "./miss";
import { policyMisses } from "./policy-misses";

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
const OTHER_TOKEN = "This is no token of Databricks' OIDC issuer; get one with databricks-aws-oidc token.";

/**
 * The misses of a refusal, nearest first; at least one wherever the reason is known. What stopped the token comes
 * first,
 * then what the trust policy would have said had it been asked.
 */
export function nearestMisses(refusal: Refusal): readonly Miss[] {
  const { answer, decision, claims } = refusal;
  const policy = (audienceIsTold: boolean): readonly Miss[] =>
    decision === null ? [] : policyMisses(decision, claims, { audienceIsTold });
  const first = firstMisses(refusal);
  // the trust policy was asked twice: for the role, and for the tags
  if (first.length === 0 && answer.error?.code === "AccessDenied" && decision?.allowed === true)
    return [
      miss(
        "the token brings session tags, and the trust policy does not allow sts:TagSession for it",
        "Add sts:TagSession to the statement that lets it in, or get a token without " +
          "https://aws.amazon.com/tags; Databricks signs none.",
      ),
    ];
  if (first.length === 0)
    return answer.error?.code === "AccessDenied"
      ? policy(false)
      : [
          miss(
            answer.error?.message ?? "it is refused",
            "Get a fresh token and try again; run doctor on the issuer if it stays.",
          ),
        ];
  // without issuer, subject or audience the policy has nothing to go by
  if (
    decision === null ||
    decision.allowed ||
    isIssuerMiss(refusal) ||
    answer.subject === null ||
    answer.audience === null
  )
    return first;
  return [...first, ...policy(!registered(refusal))];
}

function isIssuerMiss({ answer }: Refusal): boolean {
  const message = answer.error?.message ?? "";
  return message.startsWith("No OpenIDConnect provider") || message.endsWith("required claim: iss");
}

/** What stopped the token before the trust policy; empty where nothing that has a name did. */
function firstMisses(refusal: Refusal): readonly Miss[] {
  const { answer, notAToken } = refusal;
  if (notAToken !== null)
    return [
      miss(
        notAToken.why,
        notAToken.kind === "opaque"
          ? "In a notebook or job get a JWT with databricks-aws-oidc token --from notebook; elsewhere let " +
              "databricks-aws-oidc token choose the way."
          : "Pass the access token as Databricks' token endpoint gave it, and nothing else.",
      ),
    ];
  const message = answer.error?.message ?? "";
  if (isIssuerMiss(refusal))
    return issuerMisses(
      answer.issuer,
      refusal.providers.map((provider) => provider.issuer),
    );
  if (refusal.header["crit"] !== undefined)
    return [miss("the token's header has `crit`, and STS takes no token with one", OTHER_TOKEN)];
  if (answer.signature !== null && answer.signature !== "verified") return [signatureMiss(refusal)];
  if (answer.error?.code === "ExpiredTokenException" || /issued in the future|timestamp/.test(message))
    return [timeMiss(refusal)];
  if (/^Missing a required claim/.test(message))
    return [miss(`the token has no \`${message.split(" ").at(-1) ?? ""}\``, OTHER_TOKEN)];
  if (answer.error?.code === "ValidationError")
    return [miss("the session asked for is longer than the role allows", "Ask for less, or raise maxSessionDuration.")];
  const odd = oddClaim(refusal);
  if (odd !== null) return [odd];
  if (Number(refusal.claims["nbf"]) > refusal.now + TOLERANCE_SECONDS)
    return [miss("the token is not valid yet (`nbf`)", CLOCK)];
  if (answer.audience !== null && !registered(refusal)) return [audienceMiss(refusal)];
  return /roles claim/.test(message)
    ? [
        miss(
          "the token's roles claim names other roles",
          "Databricks signs no such claim: ask whoever made the token to name this role.",
        ),
      ]
    : [];
}

function registered({ answer, providers }: Refusal): boolean {
  return providers.some(
    (provider) => provider.issuer === answer.issuer && provider.clientIds.includes(answer.audience ?? ""),
  );
}

function signatureMiss({ answer, header }: Refusal): Miss {
  const { alg, kid } = header;
  switch (answer.signature) {
    case "no-key":
      return typeof kid === "string"
        ? miss(
            `no key of the issuer's key set may verify this token (\`kid\` ${kid} is unknown or of another ` +
              `kind, the key is for encryption, or there are over 100 RSA keys)`,
            "Fetch the key set again (--jwks), or run doctor to see whether AWS can reach it.",
          )
        : miss("the token's header names no key (`kid`), and the key set has several", OTHER_TOKEN);
    case "bad-key":
      return miss(
        "the issuer's key carries `key_ops`, and STS then uses it for nothing",
        "Databricks publishes none: fetch the key set again (--jwks) from the discovery document's jwks_uri.",
      );
    case "bad-header":
      return miss(
        `the token is signed with ${typeof alg === "string" ? alg : "nothing STS knows"}; STS ` +
          `takes ${ALGORITHMS.join(", ")}`,
        OTHER_TOKEN,
      );
    default:
      return miss(
        "the signature does not verify: the token was altered or cut, or its key is not the one in the key set",
        "Get a fresh token and pass it whole; fetch the key set again (--jwks).",
      );
  }
}

function timeMiss({ answer, claims, now }: Refusal): Miss {
  const exp = Number(claims["exp"]);
  const message = answer.error?.message ?? "";
  if (answer.error?.code === "ExpiredTokenException")
    return miss(
      `the token ended ${now - exp} s ago; STS forgives 300 s`,
      "Get a fresh token: Databricks' live an hour.",
    );
  if (/timestamp/.test(message))
    return miss("a time in the token is no whole number of seconds", "Get the token from Databricks' token endpoint.");
  if (Number(claims["iat"]) > now * 100)
    return miss("the token counts its times in milliseconds; STS counts seconds", OTHER_TOKEN);
  return miss("the token begins in the future", CLOCK);
}

/** A subject or audience that does not read as one. */
function oddClaim({ answer, claims }: Refusal): Miss | null {
  const { aud, azp } = claims;
  if (azp === "") return miss("`azp` is empty, and with azp that is the audience", "Get a token without azp.");
  if (azp !== undefined && typeof azp !== "string") return miss("`azp` is no text", OTHER_TOKEN);
  if (Array.isArray(aud) && aud.length === 0) return miss("`aud` is an empty list", OTHER_TOKEN);
  if (Array.isArray(aud) && aud.length > 1 && azp === undefined)
    return miss(
      `\`aud\` names ${aud.length} audiences, and no \`azp\` says which counts`,
      "Ask the token endpoint for one audience; Databricks signs one.",
    );
  if (answer.audience === "") return miss("`aud` is empty", OTHER_TOKEN);
  if (answer.audience === null)
    return miss("`aud` is no text", "Databricks signs the workspace ID as a text: ask its own token endpoint.");
  return answer.subject === null
    ? miss(`\`sub\` is ${claims["sub"] === null ? "null" : "no text"}`, OTHER_TOKEN)
    : null;
}

function audienceMiss({ answer, claims, providers }: Refusal): Miss {
  const audience = answer.audience ?? "";
  const provider = providers.find((candidate) => candidate.issuer === answer.issuer);
  const wanted = provider?.clientIds.join(", ") ?? "";
  if (claims["azp"] !== undefined)
    return miss(
      `\`azp\` is ${audience}, and with azp that is the audience`,
      `Register ${audience}, or get a token without azp.`,
    );
  if (audience === "sts.amazonaws.com")
    return miss(
      "audience is `sts.amazonaws.com`; Databricks puts the workspace ID there",
      `Get the token from Databricks; the provider registers ${wanted}.`,
    );
  if (/^[0-9]+$/.test(audience) && /^[0-9]+$/.test(wanted))
    return miss(
      `audience is ${audience}: another workspace's token; registered is ${wanted}`,
      "Ask the right workspace's token endpoint, or add its ID to audiences.",
    );
  return miss(
    `audience is ${audience}; the provider registers ${wanted}`,
    `Add ${audience} to the issuer's audiences if it is meant.`,
  );
}
