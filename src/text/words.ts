/** Lists and counts in a message, options as the words of a command line, and text without trailing slashes. Pure. */

/** `names` separated by `separator`, the first `most` of them and how many more there are. */
export function listed(names: readonly string[], most: number, separator = ", "): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(separator)}${separator}and ${more} more` : names.join(separator);
}

/** `1 key`, `2 keys`; an irregular plural is given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** A subject with the names that the federation gives it: `6a9f… (nightly-etl)`. Not escaped. */
export function withNames(subject: string, names: readonly string[]): string {
  return names.length === 0 ? subject : `${subject} (${names.join(", ")})`;
}

/** `text` as a word of a sentence: in quotes where it has what could pass for more of that sentence. */
export function asWord(text: string): string {
  return /^[^\s,"()]+$/.test(text) ? text : JSON.stringify(text);
}

/** `1,000`. Not by `toLocaleString`, which loads its tables at the first call. */
export function grouped(count: number): string {
  if (count < 1000) return String(count);
  return `${grouped(Math.floor(count / 1000))},${String(count % 1000).padStart(3, "0")}`;
}

/** The flag of an option: `roleArn` is `role-arn`. */
export function flagName(option: string): string {
  return option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/**
 * `{ roleArn: "arn:…", cache: false, user: ["a", "b"] }` as typed: `--role-arn arn:… --no-cache --user a --user b`.
 * An undefined option is left out.
 */
export function flagWords(
  options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>,
): readonly string[] {
  return Object.entries(options).flatMap(([option, value]): readonly string[] => {
    const name = flagName(option);
    if (value === undefined) return [];
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    return (typeof value === "string" ? [value] : value).flatMap((one) => [`--${name}`, one]);
  });
}

/** `text` without the slashes at its end. */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (text[end - 1] === "/") end -= 1;
  return text.slice(0, end);
}
