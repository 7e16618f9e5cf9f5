/** Judges a subject pattern by trying it on people and service principals nobody meant. */
import { likeMatcher } from "./string-like";

/**
 * Mail providers where anybody may open an account, and so hold any local part. Of each wide-spread public suffix at
 * least one.
 */
export const PUBLIC_MAIL_DOMAINS = [
  "gmail.com",
  "googlemail.com",
  "outlook.com",
  "hotmail.com",
  "live.com",
  "msn.com",
  "yahoo.com",
  "ymail.com",
  "icloud.com",
  "me.com",
  "mac.com",
  "aol.com",
  "mail.com",
  "fastmail.com",
  "zoho.com",
  "hushmail.com",
  "mailinator.com",
  "proton.me",
  "protonmail.com",
  "pm.me",
  "tutanota.com",
  "tuta.io",
  "gmx.net",
  "gmx.com",
  "gmx.de",
  "gmx.at",
  "gmx.ch",
  "web.de",
  "t-online.de",
  "freenet.de",
  "posteo.de",
  "mailbox.org",
  "bluewin.ch",
  "orange.fr",
  "laposte.net",
  "free.fr",
  "hotmail.fr",
  "libero.it",
  "virgilio.it",
  "sapo.pt",
  "ziggo.nl",
  "telenet.be",
  "seznam.cz",
  "wp.pl",
  "o2.pl",
  "abv.bg",
  "inbox.lv",
  "hotmail.co.uk",
  "yahoo.co.uk",
  "btinternet.com",
  "mail.ru",
  "bk.ru",
  "list.ru",
  "yandex.ru",
  "yandex.com",
  "rambler.ru",
  "ukr.net",
  "qq.com",
  "163.com",
  "126.com",
  "foxmail.com",
  "sina.com",
  "naver.com",
  "hanmail.net",
  "yahoo.co.jp",
  "docomo.ne.jp",
  "yahoo.co.in",
  "rediffmail.com",
  "yahoo.com.tw",
  "yahoo.com.sg",
  "bigpond.com",
  "optusnet.com.au",
  "xtra.co.nz",
  "webmail.co.za",
  "uol.com.br",
  "yahoo.com.br",
  "yahoo.com.mx",
  "yahoo.com.ar",
  "comcast.net",
  "verizon.net",
  "att.net",
  "cox.net",
];

/**
 * Two names a provider: a stranger may choose any local part, so a pattern that fixes the local part alone
 * (`alice@*`) lets a stranger in; these stand for the ones that fix nothing.
 */
const LOCAL_PARTS = ["mallory", "m.allory-2"];

/**
 * Service principals of other customers: every first and every last byte once, the rest as random as a version 4
 * UUID.
 */
function strangerServicePrincipals(): readonly string[] {
  let state = 0x9e3779b9;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5) | 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
  const hex = (value: number, digits: number): string => value.toString(16).padStart(8, "0").slice(-digits);
  return Array.from({ length: 256 }, (_, first) => {
    const [begin, middle, version] = [`${hex(first, 2)}${hex(next(), 6)}`, hex(next(), 4), `4${hex(next(), 3)}`];
    const variant = `${"89ab"[next() % 4] ?? "8"}${hex(next(), 3)}`;
    const end = `${hex(next(), 2)}${hex(next(), 8)}${hex((first * 167 + 13) % 256, 2)}`;
    return [begin, middle, version, variant, end].join("-");
  });
}

/** Subjects that must not get in through a pattern: 256 UUIDs, and addresses of public mail providers. */
export const STRANGERS: readonly string[] = [
  ...PUBLIC_MAIL_DOMAINS.flatMap((domain) => LOCAL_PARTS.map((local) => `${local}@${domain}`)),
  ...strangerServicePrincipals(),
];

/**
 * The first stranger that `pattern` lets in, or undefined. A pattern that fixes a local part only is tried with that
 * local part at a public mail provider, and one that fixes nothing of the domain but what it ends in (`*@*.dev`) with a
 * domain that anybody may register there.
 */
export function strangerLetIn(pattern: string): string | undefined {
  const matches = likeMatcher(pattern);
  const known = STRANGERS.find(matches);
  if (known !== undefined) return known;
  const local = /^([^@]*)@/.exec(pattern)?.[1]?.replace(/[*?]/g, "x");
  const named = local === undefined || local === "" ? undefined : local;
  const ending = /\.([A-Za-z]{2,24})$/.exec(pattern)?.[1];
  return [
    ...(named === undefined ? [] : PUBLIC_MAIL_DOMAINS.map((domain) => `${named}@${domain}`)),
    ...(ending === undefined ? [] : [`${named ?? LOCAL_PARTS[0] ?? ""}@mallory.${ending}`]),
  ].find(matches);
}
