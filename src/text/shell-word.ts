/** Text as a word for a POSIX shell. Pure. */

/** `text` between single quotes, whatever is in it. */
export function inSingleQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** `text` as it stands where a shell reads nothing into it, else between single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@+=:,./-]+$/.test(text) ? text : inSingleQuotes(text);
}
