/** Tokens whose claims are right and whose signature is not. Once for each issuer, as no trust policy matters. */
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from "jose";
import type { WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import { decideToken } from "../sts/decide-token";
import { keySet } from "../sts/verify-signature";
import type { Claims } from "../sts/web-identity";
import type { Declared } from "./identities";

export interface ForgedSignature {
  readonly forgery: string;
  readonly letIn: boolean;
}

const encoder = new TextEncoder();

function base64url(text: string | Uint8Array): string {
  const bytes = typeof text === "string" ? encoder.encode(text) : text;
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replaceAll("=", "");
}

/**
 * Tries every forged signature on a role that lets `honest` in, with a new key pair as the issuer's. The honest token
 * must get in, or nothing would be proven: otherwise it is reported as the forgery "honest token refused".
 */
export async function forgedSignatures(
  honest: Declared,
  provider: WebIdentityProvider,
  role: WebIdentityRole,
  now: number,
): Promise<readonly ForgedSignature[]> {
  const { ours, theirs, curve } = await (pairs ??= makePairs());
  const kid = "0f".repeat(32);
  const jwk = { ...(await exportJWK(ours.publicKey)), kid, use: "sig", alg: "RS256" };
  const real: WebIdentityProvider = { ...provider, keys: keySet({ keys: [jwk] }) };
  const call = { roleSessionName: "prove", durationSeconds: null, context: honest.context, now };
  const letsIn = async (token: string, of: WebIdentityProvider = real): Promise<boolean> =>
    (await decideToken(token, [of], role, call)).allowed;
  const header = { alg: "RS256", typ: "at+jwt", kid };
  const signed = (claims: Claims, key: CryptoKey, changed: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    new SignJWT(claims as Record<string, unknown>)
      .setProtectedHeader({ ...header, ...changed } as { alg: string })
      .sign(key);
  const token = await signed(honest.claims, ours.privateKey);
  if (!(await letsIn(token))) return [{ forgery: "honest token refused", letIn: true }];
  const [, payload = "", signature = ""] = token.split(".");
  const forged = (changed: Readonly<Record<string, unknown>>, sign: string): string =>
    `${base64url(JSON.stringify({ ...header, ...changed }))}.${payload}.${sign}`;
  const widened = base64url(JSON.stringify({ ...honest.claims, exp: now + 10 * 365 * 86_400 }));
  const mac = async (secret: Uint8Array<ArrayBuffer>): Promise<string> => {
    const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const input = `${base64url(JSON.stringify({ ...header, alg: "HS256" }))}.${payload}`;
    return `${input}.${base64url(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(input))))}`;
  };
  const tries: readonly (readonly [string, string, WebIdentityProvider?])[] = [
    ["unsigned, alg none", `${base64url(JSON.stringify({ ...header, alg: "none" }))}.${payload}.`],
    ["unsigned, alg None in capitals", forged({ alg: "NONE" }, "")],
    ["no signature", forged({}, "")],
    ["signature of another payload", `${token.split(".")[0] ?? ""}.${widened}.${signature}`],
    [
      "one bit of the signature",
      forged({}, signature.slice(0, -8) + (signature.at(-8) === "A" ? "B" : "A") + signature.slice(-7)),
    ],
    ["signed with another key under our kid", await signed(honest.claims, theirs.privateKey)],
    ["signed with another key, unknown kid", await signed(honest.claims, theirs.privateKey, { kid: "ee".repeat(32) })],
    [
      "own key in the header (jwk)",
      await signed(honest.claims, theirs.privateKey, { jwk: await exportJWK(theirs.publicKey) }),
    ],
    [
      "own key set in the header (jku)",
      await signed(honest.claims, theirs.privateKey, { jku: "https://evil.example/jwks.json" }),
    ],
    ["kid with a path", await signed(honest.claims, theirs.privateKey, { kid: "../../dev/null" })],
    ["signed with another key, no kid", await signed(honest.claims, theirs.privateKey, { kid: undefined })],
    ["HS256 with the public key as secret (key confusion)", await mac(encoder.encode(JSON.stringify(jwk)))],
    ["HS256 with the modulus as secret", await mac(encoder.encode(jwk.n ?? "n"))],
    ["alg swapped to ES256", await signed(honest.claims, curve.privateKey, { alg: "ES256" })],
    ["alg swapped to PS256 in the header", forged({ alg: "PS256" }, signature)],
    ["alg swapped to RS512 in the header", forged({ alg: "RS512" }, signature)],
    [
      "critical header",
      await signedText({ ...header, crit: ["b64"], b64: true }, JSON.stringify(honest.claims), ours.privateKey),
    ],
    ["key meant for encryption", token, { ...provider, keys: keySet({ keys: [{ ...jwk, use: "enc" }] }) }],
    ["key that is no longer in the set", token, { ...provider, keys: keySet({ keys: [] }) }],
    [
      "aud twice in the JSON, ours first",
      await signedText(header, doubled(honest.claims, "aud", `${honest.audience}-not`), ours.privateKey),
    ],
    [
      "exp twice in the JSON, expired last",
      await signedText(header, doubled(honest.claims, "exp", now - 1000), ours.privateKey),
    ],
    ["padded base64", `${token}=`],
    ["a fourth part", `${token}.x`],
  ];
  const results: ForgedSignature[] = [];
  for (const [forgery, text, of] of tries) results.push({ forgery, letIn: await letsIn(text, of) });
  return results;
}

let pairs: ReturnType<typeof makePairs> | undefined;

/** The issuer's pair, an attacker's, and one on a curve: made once a process, as RSA keys take time. */
async function makePairs() {
  const [ours, theirs, curve] = await Promise.all([
    generateKeyPair("RS256", { extractable: true }),
    generateKeyPair("RS256"),
    generateKeyPair("ES256"),
  ]);
  return { ours, theirs, curve };
}

/** Signs what jose would not: any header, any text. */
async function signedText(header: Readonly<Record<string, unknown>>, payload: string, key: CryptoKey): Promise<string> {
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key, encoder.encode(input));
  return `${input}.${base64url(new Uint8Array(signature))}`;
}

/** The claims as JSON, with `name` a second time at the end: the last counts. */
function doubled(claims: Claims, name: string, last: unknown): string {
  return `${JSON.stringify(claims).slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(last)}}`;
}
