/** Judges an issuer's key set by what STS was seen to take. Pure. */
import { quoted } from "../../text/text-rule";
import { ALGORITHMS, keySet, MAX_RSA_KEYS } from "../../sts/verify-signature";
import type { KeySet } from "../../sts/verify-signature";
import type { Check } from "../check";
import { fail, pass, unknown } from "../check";
import { readDocument } from "../fetch/document";
import type { Fetched } from "../fetch/fetch-url";
import type { IssuerFacts, Limits } from "../fetch/issuer";
import { obstacleCheck, seconds } from "./discovery";

/** The keys as `verifySignature` wants them; null where they were not to be had. */
export function keysOf(jwks: Fetched | null): KeySet | null {
  const read = jwks === null ? null : readDocument(jwks);
  return read?.ok === true && Array.isArray(read.document["keys"]) ? keySet(read.document) : null;
}

export function jwksChecks(subject: string, facts: IssuerFacts, limits: Limits): readonly Check[] {
  const { jwks } = facts;
  if (jwks === null)
    return (["jwks", "jwks-time", "jwks-keys"] as const).map((id) =>
      unknown(id, subject, "Not judged: no discovery document says where the keys are.", null),
    );
  const read = readDocument(jwks);
  if (!read.ok) {
    const sameHost = jwks.url.host === facts.discovery.url.host;
    const judged = obstacleCheck("jwks", subject, jwks, read, { heardOf: sameHost && facts.discovery.ok, limits });
    return [
      judged,
      ...(["jwks-time", "jwks-keys"] as const).map((id) =>
        unknown(id, subject, "Not judged: there are no keys.", null),
      ),
    ];
  }
  const listed: unknown = read.document["keys"];
  const time = timeCheck(subject, jwks.ok ? jwks.answer.milliseconds : 0, limits);
  if (!Array.isArray(listed) || listed.length === 0) {
    return [
      fail(
        "jwks",
        subject,
        `${jwks.url.host}${jwks.url.pathname} holds no keys.`,
        "Check that this is Databricks' own key set and not a gateway's; try again in a minute.",
      ),
      time,
      unknown("jwks-keys", subject, "Not judged: there are no keys.", null),
    ];
  }
  return [
    pass("jwks", subject, `${jwks.url.href} holds ${listed.length} ${listed.length === 1 ? "key" : "keys"}.`),
    time,
    keysCheck(subject, listed as readonly unknown[]),
  ];
}

function timeCheck(subject: string, milliseconds: number, { stsMs }: Limits): Check {
  if (milliseconds > stsMs)
    return fail(
      "jwks-time",
      subject,
      `The keys took ${seconds(milliseconds)}; STS gives up after ${seconds(stsMs)}.`,
      "Run this from elsewhere too; if it is slow there as well, ask Databricks.",
    );
  if (milliseconds > stsMs / 2)
    return unknown(
      "jwks-time",
      subject,
      `The keys took ${seconds(milliseconds)}, which is near the ${seconds(stsMs)} STS waits.`,
      "Run this a few times, and from elsewhere.",
    );
  return pass("jwks-time", subject, `${milliseconds} ms; STS waits ${seconds(stsMs)}.`);
}

/** Of ES256, ES384 and ES512. */
const CURVES: ReadonlySet<unknown> = new Set(["P-256", "P-384", "P-521"]);

type Key = Readonly<Record<string, unknown>>;

/** What keeps STS from using a key; null: nothing. `harmless`: no token is signed with such a key. */
function faultOf(key: Key): { readonly says: string; readonly harmless: boolean } | null {
  const { kty, kid, use, key_ops: operations, alg } = key;
  if (use === "enc") return { says: "is for encryption", harmless: true };
  if (kty !== "RSA" && kty !== "EC") return { says: `is of type ${quoted(String(kty))}`, harmless: true };
  if (typeof kid !== "string" || kid === "") return { says: "has no kid", harmless: false };
  if (operations !== undefined)
    return { says: "has key_ops, and STS refuses every token of such a key", harmless: false };
  if (kty === "EC" && !CURVES.has(key["crv"]))
    return { says: `is on the curve ${quoted(String(key["crv"]))}`, harmless: true };
  if ((kty === "RSA" ? ["n", "e"] : ["x", "y"]).some((member) => typeof key[member] !== "string" || key[member] === ""))
    return { says: "is not whole", harmless: false };
  if (alg !== undefined && !ALGORITHMS.some((known) => known === alg))
    return { says: `is for ${quoted(String(alg))}`, harmless: true };
  return null;
}

function keysCheck(subject: string, listed: readonly unknown[]): Check {
  const keys = listed.filter(
    (entry): entry is Key => typeof entry === "object" && entry !== null && !Array.isArray(entry),
  );
  const rsa = keys.filter(({ kty }) => kty === "RSA").length;
  if (rsa > MAX_RSA_KEYS)
    return fail(
      "jwks-keys",
      subject,
      `There are ${rsa} RSA keys; with more than ${MAX_RSA_KEYS} STS finds none.`,
      "Ask Databricks to take old keys out.",
    );
  const judged = keys.map((key) => ({ key, fault: faultOf(key) }));
  const good = judged.filter(({ fault }) => fault === null).map(({ key }) => key);
  const bad = judged.flatMap(({ key, fault }) =>
    fault === null ? [] : [{ says: `${nameOf(key)} ${fault.says}`, harmless: fault.harmless }],
  );
  const told = `${bad
    .slice(0, 5)
    .map(({ says }) => says)
    .join("; ")}${bad.length > 5 ? `; and ${bad.length - 5} more` : ""}`;
  if (good.length === 0)
    return fail(
      "jwks-keys",
      subject,
      `STS can use none of the keys: ${told === "" ? "they are no keys" : told}.`,
      "Check that this is Databricks' own key set and not a gateway's.",
    );
  if (bad.some(({ harmless }) => !harmless))
    return fail(
      "jwks-keys",
      subject,
      `${told}. A token signed by such a key is refused.`,
      "Ask whoever publishes the keys to mend them.",
    );
  const names = good.map(({ kty, kid }) => `${String(kty)} ${String(kid)}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    return unknown(
      "jwks-keys",
      subject,
      `Two keys are called ${quoted(twice)}; which of them STS takes is not known.`,
      "Ask whoever publishes the keys to name them apart.",
    );
  const count = (kty: string): string => {
    const number = good.filter((key) => key["kty"] === kty).length;
    return number === 0 ? "" : `${number} ${kty}`;
  };
  return pass(
    "jwks-keys",
    subject,
    `Usable: ${[count("RSA"), count("EC")].filter((text) => text !== "").join(", ")}${told === "" ? "" : ` (left aside: ${told})`}.`,
  );
}

function nameOf(key: Key): string {
  return typeof key["kid"] === "string" ? `key ${quoted(key["kid"].slice(0, 16))}` : "a key";
}
