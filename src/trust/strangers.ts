/** Judges a subject pattern by trying it on people and service principals nobody meant. */
import { stringLike } from "./string-like";

/** Mail providers where anybody may open an account, and so hold any local part. */
export const PUBLIC_MAIL_DOMAINS = [
  "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me",
  "protonmail.com", "gmx.net", "gmx.de", "web.de", "aol.com", "mail.ru", "yandex.ru", "qq.com", "163.com", "zoho.com",
];

/**
 * Two names a provider: a stranger may choose any local part, so a pattern that fixes the local part alone
 * (`alice@*`) lets a stranger in; these stand for the ones that fix nothing.
 */
const LOCAL_PARTS = ["mallory", "m.allory-2"];

/** Service principals of other customers: every first byte once, the rest as random as a version 4 UUID. */
function strangerServicePrincipals(): readonly string[] {
  let state = 0x9e3779b9;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x85ebca6b) + 0x6d2b79f5) | 0;
    return (state ^ (state >>> 13)) >>> 0;
  };
  const hex = (value: number, digits: number): string => value.toString(16).padStart(8, "0").slice(-digits);
  return Array.from({ length: 256 }, (_, first) =>
    `${hex(first, 2)}${hex(next(), 6)}-${hex(next(), 4)}-4${hex(next(), 3)}-${"89ab"[next() % 4] ?? "8"}${hex(next(), 3)}-${hex(next(), 4)}${hex(next(), 8)}`);
}

/** Subjects that must not get in through a pattern: 256 UUIDs, and addresses of public mail providers. */
export const STRANGERS: readonly string[] = [
  ...PUBLIC_MAIL_DOMAINS.flatMap((domain) => LOCAL_PARTS.map((local) => `${local}@${domain}`)),
  ...strangerServicePrincipals(),
];

/**
 * The first stranger that `pattern` lets in, or undefined. A pattern that fixes a local part only is tried with that
 * local part at a public mail provider, and one that ends in an open domain with the provider's domain.
 */
export function strangerLetIn(pattern: string): string | undefined {
  const known = STRANGERS.find((stranger) => stringLike(pattern, stranger));
  if (known !== undefined) return known;
  const local = /^([^@]*)@/.exec(pattern)?.[1]?.replace(/[*?]/g, "x");
  if (local === undefined || local === "") return undefined;
  return PUBLIC_MAIL_DOMAINS.map((domain) => `${local}@${domain}`).find((stranger) => stringLike(pattern, stranger));
}
