/**
 * Tokens that must be refused, made from one that is accepted: every claim altered, dropped, doubled, padded, … Pure.
 */
import { CLOUDS } from "../issuer/clouds";
import { DERIVED_KEYS, TAGS_CLAIM } from "../sts/request-keys";
import { instanceOf, literalEnds } from "../trust/string-like";
import type { Claims } from "../sts/web-identity";
import { type Context, type Declared, violating } from "./identities";
import { type Random, randomUuid } from "./random";

export interface ForgedToken {
  /** What was changed in an honest token, e.g. "sub: case of one letter". */
  readonly forgery: string;
  readonly claims: Claims;
  readonly context: Context;
}

/** Makes one forged token of an honest identity. */
type Forgery = (honest: Declared, random: Random, now: number) => ForgedToken;

/** An honest token with the claims that `change` returns in place of its own; an undefined one is left out. */
function forgery(name: string, change: (honest: Declared, random: Random, now: number) => Claims): Forgery {
  return (honest, random, now) => {
    const claims = { ...honest.claims, ...change(honest, random, now) };
    const given = Object.entries(claims).filter(([, value]) => value !== undefined);
    return { forgery: name, claims: Object.fromEntries(given), context: honest.context };
  };
}

/** `change` on one claim's text. */
function onClaim(
  claim: "iss" | "aud" | "sub",
  name: string,
  change: (text: string, random: Random) => unknown,
): Forgery {
  return forgery(`${claim}: ${name}`, ({ claims }, random) => ({ [claim]: change(String(claims[claim]), random) }));
}

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  a: "а",
  c: "с",
  e: "е",
  i: "і",
  o: "о",
  p: "р",
  x: "х",
  "-": "‐",
  ".": "․",
  "0": "０",
  "1": "１",
  "@": "＠",
};

function withOne(text: string, random: Random, change: (character: string) => string): string {
  const at = random.below(Math.max(1, text.length));
  return text.slice(0, at) + change(text[at] ?? "x") + text.slice(at + 1);
}

function flippedCase(text: string, random: Random): string {
  const letters = [...text.matchAll(/[a-zA-Z]/g)].map((match) => match.index);
  const at = letters[random.below(letters.length)];
  if (at === undefined) return `${text}A`;
  const letter = text[at] ?? "";
  return (
    text.slice(0, at) +
    (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()) +
    text.slice(at + 1)
  );
}

const TEXT_FORGERIES = (["sub", "aud", "iss"] as const).flatMap((claim): readonly Forgery[] => [
  onClaim(claim, "case of one letter", flippedCase),
  onClaim(claim, "upper case", (text) => (text.toUpperCase() === text ? `${text}x` : text.toUpperCase())),
  onClaim(claim, "one character changed", (text, random) =>
    withOne(text, random, (character) => (character === "7" ? "8" : "7")),
  ),
  onClaim(claim, "one character dropped", (text, random) => withOne(text, random, () => "")),
  onClaim(claim, "one character doubled", (text, random) =>
    withOne(text, random, (character) => character + character),
  ),
  onClaim(claim, "look-alike character", (text) => {
    const found = [...text].find((character) => LOOK_ALIKES[character] !== undefined);
    return found === undefined ? `${text}\u200b` : text.replace(found, LOOK_ALIKES[found] ?? "");
  }),
  onClaim(claim, "padded with a space", (text, random) => random.pick([` ${text}`, `${text} `])),
  onClaim(claim, "padded with an invisible character", (text, random) =>
    random.pick([`${text}\u200b`, `\ufeff${text}`, `${text}\u00ad`]),
  ),
  onClaim(claim, "NUL or newline behind", (text, random) => random.pick([`${text}\u0000`, `${text}\n`, `${text}\r\n`])),
  onClaim(claim, "prefix of it", (text, random) => text.slice(0, random.below(Math.max(1, text.length - 1)))),
  onClaim(claim, "something inside it", (text, random) =>
    withOne(text, random, (character) => character + random.hex(3)),
  ),
  onClaim(claim, "something before it", (text, random) => random.hex(3) + text),
  onClaim(
    claim,
    "something behind it",
    (text, random) => text + random.pick(["x", "/", "/..", "?", "#", ".", ":", "*"]),
  ),
  onClaim(claim, "a wildcard", (_, random) => random.pick(["*", "?", "**", "?*", "%"])),
  onClaim(claim, "empty", () => ""),
  onClaim(claim, "null", () => null),
  onClaim(claim, "an object", (text) => ({ value: text })),
  onClaim(claim, "percent-encoded", (text) => `%${text.charCodeAt(0).toString(16)}${text.slice(1)}`),
  forgery(`${claim}: dropped`, () => ({ [claim]: undefined })),
]);

const ISSUER_FORGERIES: readonly Forgery[] = [
  onClaim("iss", "another tenant's (same regional key)", (issuer, random) =>
    issuer.replace(/\/\/[^./]+/, `//${random.pick(["evil", "dbc-0a1b2c3d-4e5f", "mycompany2"])}`),
  ),
  forgery("other account's issuer", (_, random) => ({
    iss: `https://accounts.cloud.databricks.com/oidc/accounts/${randomUuid(random)}`,
  })),
  forgery("account-agnostic issuer", (_, random) => ({
    iss: `https://${random.pick(Object.values(CLOUDS).flatMap(({ accountsHost }) => accountsHost ?? []) as [string, ...string[]])}/oidc`,
  })),
  onClaim("iss", "over http", (issuer) => issuer.replace("https:", "http:")),
  onClaim("iss", "without scheme", (issuer) => issuer.replace("https://", "")),
  onClaim("iss", "discovery URL", (issuer) => `${issuer}/.well-known/openid-configuration`),
  onClaim("iss", "look-alike host", (issuer, random) =>
    issuer.replace("databricks", random.pick(["databrlcks", "databricks.com.evil", "data-bricks"])),
  ),
  onClaim("iss", "with user info", (issuer) => issuer.replace("https://", "https://evil.example@")),
];

const AUDIENCE_FORGERIES: readonly Forgery[] = [
  forgery("audience sts.amazonaws.com", () => ({ aud: "sts.amazonaws.com" })),
  forgery("audience of another workspace", (_, random) => ({
    aud: String(1_000_000_000_000_000 + random.below(8_000_000) * 1_000_000 + random.below(1_000_000)),
  })),
  forgery("two audiences, ours among them", (honest, random) => ({
    aud: random.pick([
      [honest.audience, "other"],
      ["other", honest.audience],
      [honest.audience, honest.audience],
    ]),
  })),
  forgery("no audience in the list", () => ({ aud: [] })),
  forgery("nested audience", (honest) => ({ aud: [[honest.audience]] })),
  forgery("azp of another application", (_, random) => ({ azp: randomUuid(random) })),
  forgery("empty azp", () => ({ azp: "" })),
  forgery("azp is the subject", (honest) => ({ azp: honest.subject })),
  forgery("azp null", () => ({ azp: null })),
];

const TIME_FORGERIES: readonly Forgery[] = [
  forgery("expired", (_, random, now) => ({ exp: now - 301 - random.below(100_000), iat: now - 200_000 })),
  forgery("exp dropped", () => ({ exp: undefined })),
  forgery("iat dropped", () => ({ iat: undefined })),
  forgery("issued in the future", (_, random, now) => ({ iat: now + 301 + random.below(100_000) })),
  forgery("not yet valid", (_, random, now) => ({ nbf: now + 301 + random.below(100_000) })),
  forgery("fractional exp", (_honest, _random, now) => ({ exp: now + 900.5 })),
  forgery("exp as words", (_, random) => ({ exp: random.pick(["never", "Infinity", "1e99", ""]) })),
  forgery("exp negative", () => ({ exp: -1 })),
];

const IDENTITY_FORGERIES: readonly Forgery[] = [
  forgery("another service principal", (_, random) => ({ sub: randomUuid(random) })),
  forgery("an outsider's subject", (_, random) => ({
    sub: `mallory@${random.pick(["gmail.com", "outlook.com", "yahoo.fr", "proton.me"])}`,
  })),
  forgery("subject in client_id only", (honest, random) => ({ client_id: honest.subject, sub: randomUuid(random) })),
  forgery("subject in email only", (honest, random) => ({
    email: honest.subject,
    sub: `mallory${random.hex(4)}@example.net`,
  })),
  forgery("two subjects", (honest, random) => ({ sub: [honest.subject, randomUuid(random)] })),
  forgery("subject as number", (_, random) => ({ sub: random.below(1_000_000_000) })),
  forgery("audience and subject swapped", (honest) => ({ aud: honest.subject, sub: honest.audience })),
  forgery("roles claim of another role", () => ({
    "https://aws.amazon.com/roles": ["arn:aws:iam::000000000000:role/other"],
  })),
  forgery("condition keys as claims", (honest, random) => ({
    sub: randomUuid(random),
    [honest.issuer.conditionKeys.sub]: honest.subject,
  })),
  forgery("same name, other mail domain", (honest, random) => ({
    sub: [
      honest.subject.split("@")[0] ?? "x",
      random.pick(["gmail.com", "example.org", "databricks.com.evil.example"]),
    ].join("@"),
  })),
];

/** What follows the last wildcard and the last `@`. */
function domainOf(pattern: string): string {
  const { tail } = literalEnds(pattern);
  return tail.slice(tail.lastIndexOf("@") + 1);
}

/** At the edges of a pattern: just inside (an outsider whom it matches) and just outside. */
const PATTERN_FORGERIES: readonly Forgery[] = [
  forgery("an outsider whom the pattern matches", (honest, random) => ({
    sub: instanceOf(honest.pattern ?? honest.subject, `mallory-${random.hex(4)}`),
  })),
  forgery("pattern's text itself, wildcards and all", (honest) => ({ sub: `${honest.pattern ?? honest.subject}*` })),
  forgery("another domain that ends alike", (honest, random) => ({
    sub: `mallory@${random.hex(3)}${random.pick([".", ""])}${domainOf(honest.pattern ?? honest.subject)}`,
  })),
  forgery("something inside the pattern's text", (honest, random) => ({
    sub: withOne(instanceOf(honest.pattern ?? honest.subject), random, (character) => character + random.hex(3)),
  })),
  forgery("just outside the pattern", (honest, random) => ({
    sub: `${instanceOf(honest.pattern ?? honest.subject)}.${random.pick(["evil.example", "x", "co"])}`,
  })),
];

/**
 * Outside the trust's conditions: each key that the caller could leave out left out, and each with another value; and
 * with tags.
 */
function contextForgeries(honest: Declared): readonly ForgedToken[] {
  const claims = honest.claims;
  const without = Object.keys(honest.context)
    .filter((key) => !DERIVED_KEYS.has(key.toLowerCase()))
    .map((key): ForgedToken => ({
      forgery: `request without ${key}`,
      claims,
      context: Object.fromEntries(Object.entries(honest.context).filter(([name]) => name !== key)),
    }));
  const wrong = honest.trust.conditions.flatMap((condition) =>
    violating(condition).map((value): ForgedToken => ({
      forgery: `request with another ${condition.variable}`,
      claims,
      context: { ...honest.context, [condition.variable]: [value] },
    })),
  );
  const tagged: ForgedToken = {
    forgery: "session tags that were not requested",
    claims: { ...claims, [TAGS_CLAIM]: { principal_tags: { team: ["admin"] } } },
    context: honest.context,
  };
  return [...without, ...wrong, tagged];
}

const ALWAYS: readonly Forgery[] = [
  ...TEXT_FORGERIES,
  ...ISSUER_FORGERIES,
  ...AUDIENCE_FORGERIES,
  ...TIME_FORGERIES,
  ...IDENTITY_FORGERIES,
];

/**
 * Tokens forged from `honest` ones, without end: first the edges of each pattern and of each trust's conditions, then
 * every forgery on one identity after the other, so that neither many identities nor many forgeries leave one out.
 */
export function* forgedTokens(
  honest: readonly [Declared, ...Declared[]],
  random: Random,
  now: number,
): Generator<ForgedToken, never> {
  const patterns = new Set<string>();
  const trusts = new Set<Declared["trust"]>();
  for (const of of honest) {
    if (of.pattern !== null && !patterns.has(of.pattern)) {
      patterns.add(of.pattern);
      for (const chosen of PATTERN_FORGERIES) yield chosen(of, random, now);
    }
    if (trusts.has(of.trust)) continue;
    trusts.add(of.trust);
    yield* contextForgeries(of);
  }
  for (let round = 0; ; round += 1) {
    for (const [index, chosen] of ALWAYS.entries())
      yield chosen(honest[(index + round) % honest.length] ?? honest[0], random, now);
  }
}
