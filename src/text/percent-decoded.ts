/** `text` without percent-encoding, in which IAM's own API returns a policy; other text as it is. Pure. */
export function percentDecoded(text: string): string {
  if (!/^\s*%7B/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
