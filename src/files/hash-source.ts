/** How a content security policy allows an inline style or script: by its hash (https://www.w3.org/TR/CSP3/). */
import { createHash } from "node:crypto";

/** The source expression for `text`, with its quotes: `'sha256-…'`. */
export function hashSource(text: string): string {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
