/** Text of others in Markdown. */

/** A Markdown text on one line: nothing in it can begin a table cell, a tag or a link. */
export function markdownText(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\|<>[\]*]/g, "\\$&");
}
