/** The role session name: who it is, as CloudTrail will show it. */
import { createHash } from "node:crypto";

/** STS: `[\w+=,.@-]*`, 2 to 64 characters. */
const MAX_LENGTH = 64;
const HASH_LENGTH = 8;

/**
 * A legal session name for `subject` (the token's `sub`): the subject itself where STS takes it, as it does UUIDs and
 * most e-mail addresses; else its legal characters and 8 hex digits of its SHA-256, so that two stay two.
 */
export function sessionNameOf(subject: string): string {
  const legal = subject.replace(/[^A-Za-z0-9_+=,.@-]+/g, "-");
  if (legal === subject && legal.length >= 2 && legal.length <= MAX_LENGTH) return legal;
  const hash = createHash("sha256").update(subject, "utf8").digest("hex").slice(0, HASH_LENGTH);
  return `${legal.slice(0, MAX_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

export function isSessionName(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}
