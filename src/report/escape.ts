/** Text from a federation on its way into a Mermaid diagram; for pages see html-text. */
import { seen } from "../text/html-text";

/**
 * For a quoted Mermaid label: everything but plain text as a numeric entity, so no directive, link or quote is left.
 */
export function mermaidText(text: string): string {
  return seen(text)
    .replace(/\s+/g, " ")
    .replace(/[^\p{L}\p{N} .,:@*?=+/_()-]/gu, (character) => `#${character.codePointAt(0) ?? 0};`);
}
