/**
 * Those who must not get in, made from one who may: every claim altered, dropped, doubled, re-cased, padded, … Pure.
 */
import { CLOUDS } from "../issuer/clouds";
import { DERIVED_KEYS, TAGS_CLAIM } from "../sts/request-keys";
import { STRANGERS } from "../trust/strangers";
import { instanceOf, literalEnds } from "../trust/string-like";
import type { Claims, Context, Declared } from "./identities";
import { violating } from "./identities";
import type { Random } from "./random";
import { randomUuid } from "./random";

export interface Impostor {
  /** What was done to an honest token, e.g. "sub: case of one letter". */
  readonly trick: string;
  readonly claims: Claims;
  readonly context: Context;
}

/** Makes one impostor of an honest identity. */
type Trick = (honest: Declared, random: Random, now: number) => Impostor;

function trick(name: string, change: (honest: Declared, random: Random, now: number) => Claims): Trick {
  return (honest, random, now) => ({ trick: name, claims: change(honest, random, now), context: honest.context });
}

/** `change` on one claim's text. */
function onClaim(claim: "iss" | "aud" | "sub", name: string, change: (text: string, random: Random) => unknown): Trick {
  return trick(`${claim}: ${name}`, (honest, random) => ({
    ...honest.claims,
    [claim]: change(String(honest.claims[claim]), random),
  }));
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

const TEXT_TRICKS = (["sub", "aud", "iss"] as const).flatMap((claim): readonly Trick[] => [
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
  trick(`${claim}: dropped`, ({ claims }) => {
    const { [claim]: _, ...rest } = claims;
    return rest;
  }),
]);

const ISSUER_TRICKS: readonly Trick[] = [
  trick("other tenant's issuer (same regional key)", (honest, random) => ({
    ...honest.claims,
    iss: String(honest.claims["iss"]).replace(
      /\/\/[^./]+/,
      `//${random.pick(["evil", "dbc-0a1b2c3d-4e5f", "mycompany2"])}`,
    ),
  })),
  trick("other account's issuer", (honest, random) => ({
    ...honest.claims,
    iss: `https://accounts.cloud.databricks.com/oidc/accounts/${randomUuid(random)}`,
  })),
  trick("account-agnostic issuer", (honest, random) => ({
    ...honest.claims,
    iss: `https://${random.pick(Object.values(CLOUDS).flatMap(({ accountsHost }) => accountsHost ?? []) as [string, ...string[]])}/oidc`,
  })),
  trick("issuer over http", (honest) => ({
    ...honest.claims,
    iss: String(honest.claims["iss"]).replace("https:", "http:"),
  })),
  trick("issuer without scheme", (honest) => ({
    ...honest.claims,
    iss: String(honest.claims["iss"]).replace("https://", ""),
  })),
  trick("discovery URL as issuer", (honest) => ({
    ...honest.claims,
    iss: `${String(honest.claims["iss"])}/.well-known/openid-configuration`,
  })),
  trick("look-alike host", (honest, random) => ({
    ...honest.claims,
    iss: String(honest.claims["iss"]).replace(
      "databricks",
      random.pick(["databrlcks", "databricks.com.evil", "data-bricks"]),
    ),
  })),
  trick("issuer with user info", (honest) => ({
    ...honest.claims,
    iss: String(honest.claims["iss"]).replace("https://", "https://evil.example@"),
  })),
];

const AUDIENCE_TRICKS: readonly Trick[] = [
  trick("audience sts.amazonaws.com", (honest) => ({ ...honest.claims, aud: "sts.amazonaws.com" })),
  trick("audience of another workspace", (honest, random) => ({
    ...honest.claims,
    aud: String(1_000_000_000_000_000 + random.below(8_000_000) * 1_000_000 + random.below(1_000_000)),
  })),
  trick("two audiences, ours among them", (honest, random) => ({
    ...honest.claims,
    aud: random.pick([
      [honest.audience, "other"],
      ["other", honest.audience],
      [honest.audience, honest.audience],
    ]),
  })),
  trick("no audience in the list", (honest) => ({ ...honest.claims, aud: [] })),
  trick("nested audience", (honest) => ({ ...honest.claims, aud: [[honest.audience]] })),
  trick("azp of somebody else", (honest, random) => ({ ...honest.claims, azp: randomUuid(random) })),
  trick("empty azp", (honest) => ({ ...honest.claims, azp: "" })),
  trick("azp is the subject", (honest) => ({ ...honest.claims, azp: honest.subject })),
  trick("azp null", (honest) => ({ ...honest.claims, azp: null })),
];

const TIME_TRICKS: readonly Trick[] = [
  trick("expired", (honest, random, now) => ({
    ...honest.claims,
    exp: now - 301 - random.below(100_000),
    iat: now - 200_000,
  })),
  trick("exp dropped", ({ claims }) => {
    const { exp: _, ...rest } = claims;
    return rest;
  }),
  trick("iat dropped", ({ claims }) => {
    const { iat: _, ...rest } = claims;
    return rest;
  }),
  trick("issued in the future", (honest, random, now) => ({
    ...honest.claims,
    iat: now + 301 + random.below(100_000),
  })),
  trick("not yet valid", (honest, random, now) => ({ ...honest.claims, nbf: now + 301 + random.below(100_000) })),
  trick("fractional exp", (honest, _, now) => ({ ...honest.claims, exp: now + 900.5 })),
  trick("exp as words", (honest, random) => ({
    ...honest.claims,
    exp: random.pick(["never", "Infinity", "1e99", ""]),
  })),
  trick("exp negative", (honest) => ({ ...honest.claims, exp: -1 })),
];

const IDENTITY_TRICKS: readonly Trick[] = [
  trick("another service principal", (honest, random) => ({ ...honest.claims, sub: randomUuid(random) })),
  trick("a stranger", (honest, random) => ({
    ...honest.claims,
    sub: random.pick(STRANGERS as readonly [string, ...string[]]),
  })),
  trick("subject in client_id only", (honest, random) => ({
    ...honest.claims,
    client_id: honest.subject,
    sub: randomUuid(random),
  })),
  trick("subject in email only", (honest, random) => ({
    ...honest.claims,
    email: honest.subject,
    sub: `mallory${random.hex(4)}@example.net`,
  })),
  trick("two subjects", (honest, random) => ({ ...honest.claims, sub: [honest.subject, randomUuid(random)] })),
  trick("subject as number", (honest, random) => ({ ...honest.claims, sub: random.below(1_000_000_000) })),
  trick("audience and subject swapped", (honest) => ({ ...honest.claims, aud: honest.subject, sub: honest.audience })),
  trick("roles claim of another role", (honest) => ({
    ...honest.claims,
    "https://aws.amazon.com/roles": ["arn:aws:iam::000000000000:role/other"],
  })),
  trick("condition keys as claims", (honest, random) => ({
    ...honest.claims,
    sub: randomUuid(random),
    [honest.issuer.conditionKeys.sub]: honest.subject,
  })),
  trick("same name, other mail domain", (honest, random) => ({
    ...honest.claims,
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

/** At the edges of a pattern: just inside (a stranger the pattern lets in) and just outside. */
const PATTERN_TRICKS: readonly Trick[] = [
  trick("stranger inside the pattern", (honest, random) => ({
    ...honest.claims,
    sub: instanceOf(honest.pattern ?? honest.subject, `mallory-${random.hex(4)}`),
  })),
  trick("pattern's text itself, wildcards and all", (honest) => ({
    ...honest.claims,
    sub: `${honest.pattern ?? honest.subject}*`,
  })),
  trick("another domain that ends alike", (honest, random) => ({
    ...honest.claims,
    sub: `mallory@${random.hex(3)}${random.pick([".", ""])}${domainOf(honest.pattern ?? honest.subject)}`,
  })),
  trick("something inside the pattern's text", (honest, random) => ({
    ...honest.claims,
    sub: withOne(instanceOf(honest.pattern ?? honest.subject), random, (character) => character + random.hex(3)),
  })),
  trick("just outside the pattern", (honest, random) => ({
    ...honest.claims,
    sub: `${instanceOf(honest.pattern ?? honest.subject)}.${random.pick(["evil.example", "x", "co"])}`,
  })),
];

/**
 * Outside the trust's conditions: each key that the caller could leave out left out, and each answered wrongly; and
 * with tags.
 */
function contextTricks(honest: Declared): readonly Impostor[] {
  const claims = honest.claims;
  const without = Object.keys(honest.context)
    .filter((key) => !DERIVED_KEYS.has(key.toLowerCase()))
    .map((key): Impostor => ({
      trick: `request without ${key}`,
      claims,
      context: Object.fromEntries(Object.entries(honest.context).filter(([name]) => name !== key)),
    }));
  const wrong = honest.trust.conditions.flatMap((condition) =>
    violating(condition).map((value): Impostor => ({
      trick: `request with another ${condition.variable}`,
      claims,
      context: { ...honest.context, [condition.variable]: [value] },
    })),
  );
  const tagged: Impostor = {
    trick: "session tags nobody asked for",
    claims: { ...claims, [TAGS_CLAIM]: { principal_tags: { team: ["admin"] } } },
    context: honest.context,
  };
  return [...without, ...wrong, tagged];
}

const ALWAYS: readonly Trick[] = [
  ...TEXT_TRICKS,
  ...ISSUER_TRICKS,
  ...AUDIENCE_TRICKS,
  ...TIME_TRICKS,
  ...IDENTITY_TRICKS,
];

/**
 * Impostors made of `honest` identities, without end: first the edges of each pattern and of each trust's conditions,
 * then every trick on one identity after the other, so that neither many identities nor many tricks leave one out.
 */
export function* impostorsOf(
  honest: readonly [Declared, ...Declared[]],
  random: Random,
  now: number,
): Generator<Impostor, never> {
  const patterns = new Set<string>();
  const trusts = new Set<Declared["trust"]>();
  for (const of of honest) {
    if (of.pattern !== null && !patterns.has(of.pattern)) {
      patterns.add(of.pattern);
      for (const chosen of PATTERN_TRICKS) yield chosen(of, random, now);
    }
    if (trusts.has(of.trust)) continue;
    trusts.add(of.trust);
    yield* contextTricks(of);
  }
  for (let round = 0; ; round += 1) {
    for (const [index, chosen] of ALWAYS.entries())
      yield chosen(honest[(index + round) % honest.length] ?? honest[0], random, now);
  }
}
