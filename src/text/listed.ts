/** Lists and counts in a message. Pure. */

/** `names` separated by `separator`, the first `most` of them and how many more there are. */
export function listed(names: readonly string[], most: number, separator = ", "): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(separator)}${separator}and ${more} more` : names.join(separator);
}

/** `1 key`, `2 keys`: for nouns with a regular plural. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
