/** Checks an issuer's key set against what STS was seen to accept. Pure. */
import { ALGORITHMS, type KeySet, keySet, MAX_RSA_KEYS } from "../../sts/verify-signature";
import { counted, listed } from "../../text/words";
import { quoted } from "../../text/text-rule";
import { type Check, checkOf, skipped } from "../check";
import { readDocument } from "../fetch/document";
import type { Fetched, Limits } from "../fetch/fetch-url";
import type { IssuerFacts } from "../fetch/issuer";
import { obstacleCheck, seconds, tooSlow } from "./discovery";
import { type Members, records } from "../../text/members";

/** The keys for `verifySignature`; null where they could not be fetched. */
export function keysOf(jwks: Fetched | null): KeySet | null {
  const read = jwks === null ? null : readDocument(jwks);
  return read?.ok === true && Array.isArray(read.document["keys"]) ? keySet(read.document) : null;
}

export function jwksChecks(subject: string, { jwks, discovery }: IssuerFacts, limits: Limits): readonly Check[] {
  const { pass, fail } = checkOf("jwks", subject);
  if (jwks === null)
    return skipped(["jwks", "jwks-time", "jwks-keys"], subject, "no discovery document says where the keys are.");
  const read = readDocument(jwks);
  if (!read.ok) {
    const answersElse = jwks.url.host === discovery.url.host && discovery.ok;
    return [
      obstacleCheck("jwks", subject, jwks, read, { answersElse, limits }),
      ...skipped(["jwks-time", "jwks-keys"], subject, "there are no keys."),
    ];
  }
  const keys: unknown = read.document["keys"];
  const time = timeCheck(subject, jwks.ok ? jwks.answer.milliseconds : 0, limits);
  if (!Array.isArray(keys) || keys.length === 0)
    return [
      fail(
        `${jwks.url.host}${jwks.url.pathname} holds no keys.`,
        "Check that this is Databricks' own key set and not a gateway's; try again in a minute.",
      ),
      time,
      ...skipped(["jwks-keys"], subject, "there are no keys."),
    ];
  return [
    pass(`${jwks.url.href} holds ${counted(keys.length, "key")}.`),
    time,
    keysCheck(subject, keys as readonly unknown[]),
  ];
}

function timeCheck(subject: string, milliseconds: number, limits: Limits): Check {
  const { pass, fail, unknown } = checkOf("jwks-time", subject);
  const { stsMs } = limits;
  if (milliseconds > stsMs) return fail(...tooSlow("The keys", milliseconds, limits));
  if (milliseconds > stsMs / 2)
    return unknown(
      `The keys took ${seconds(milliseconds)}, which is close to the ${seconds(stsMs)} that STS waits.`,
      "Run this a few times, and from elsewhere.",
    );
  return pass(`${milliseconds} ms; STS waits ${seconds(stsMs)}.`);
}

/** Of ES256, ES384 and ES512. */
const CURVES: ReadonlySet<unknown> = new Set(["P-256", "P-384", "P-521"]);

/** What keeps STS from using a key; null: nothing. `harmless`: no token is signed with such a key. */
function faultOf(key: Members): { readonly what: string; readonly harmless: boolean } | null {
  const { kty, kid, use, key_ops: operations, alg } = key;
  const unused = (what: string) => ({ what, harmless: true });
  const broken = (what: string) => ({ what, harmless: false });
  if (use === "enc") return unused("is for encryption");
  if (kty !== "RSA" && kty !== "EC") return unused(`is of type ${quoted(String(kty))}`);
  if (typeof kid !== "string" || kid === "") return broken("has no kid");
  if (operations !== undefined) return broken("has key_ops, and STS refuses every token of such a key");
  if (kty === "EC" && !CURVES.has(key["crv"])) return unused(`is on the curve ${quoted(String(key["crv"]))}`);
  if ((kty === "RSA" ? ["n", "e"] : ["x", "y"]).some((member) => typeof key[member] !== "string" || key[member] === ""))
    return broken("is incomplete");
  if (alg !== undefined && !ALGORITHMS.some((known) => known === alg)) return unused(`is for ${quoted(String(alg))}`);
  return null;
}

function keysCheck(subject: string, listedKeys: readonly unknown[]): Check {
  const { pass, fail, unknown } = checkOf("jwks-keys", subject);
  const keys = records(listedKeys);
  const count = (kty: string, among: readonly Members[]): number => among.filter((key) => key["kty"] === kty).length;
  const rsa = count("RSA", keys);
  if (rsa > MAX_RSA_KEYS)
    return fail(
      `There are ${rsa} RSA keys; with more than ${MAX_RSA_KEYS} STS finds none.`,
      "Ask Databricks to remove old keys.",
    );
  const good = keys.filter((key) => faultOf(key) === null);
  const faults = keys.flatMap((key) => faultOf(key) ?? []);
  const described = listed(
    keys.flatMap((key) => {
      const fault = faultOf(key);
      return fault === null ? [] : `${nameOf(key)} ${fault.what}`;
    }),
    5,
    "; ",
  );
  if (good.length === 0)
    return fail(
      `STS can use none of the keys: ${described === "" ? "they are not keys" : described}.`,
      "Check that this is Databricks' own key set and not a gateway's.",
    );
  if (faults.some(({ harmless }) => !harmless))
    return fail(
      `${described}. A token signed by such a key is refused.`,
      "Ask whoever publishes the keys to correct them.",
    );
  const names = good.map(({ kty, kid }) => `${String(kty)} ${String(kid)}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    return unknown(
      `Two keys are called ${quoted(twice)}; it is not known which of them STS uses.`,
      "Ask whoever publishes the keys to give each its own name.",
    );
  const usable = ["RSA", "EC"].filter((kty) => count(kty, good) > 0).map((kty) => `${count(kty, good)} ${kty}`);
  return pass(`Usable: ${usable.join(", ")}${described === "" ? "" : ` (ignored: ${described})`}.`);
}

function nameOf(key: Members): string {
  return typeof key["kid"] === "string" ? `key ${quoted(key["kid"].slice(0, 16))}` : "a key";
}
