/**
 * Text of others (a claim, a name, a path, another program's words) on its way to a person: one function for each
 * place it goes to, and one rule for invisible characters. Pure.
 */

/**
 * Control, format, private and unassigned characters, half characters, line separators, and all that Unicode says to
 * draw as nothing (https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point).
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{DI}]/gu;
const INVISIBLE_RUN = new RegExp(`${INVISIBLE.source}+`, "gu");

/** `text` with each invisible character replaced by what the function makes of it, or each run of them by a text. */
export function replaceInvisible(text: string, replacement: string | ((character: string) => string)): string {
  return typeof replacement === "string"
    ? text.replace(INVISIBLE_RUN, () => replacement)
    : text.replace(INVISIBLE, replacement);
}

/** `text` with its invisible characters as `\uXXXX`, which JSON reads back; those of `kept` stay. */
export function showInvisible(text: string, kept = ""): string {
  return replaceInvisible(text, (character) => (kept.includes(character) ? character : codeUnits(character)));
}

/** Each UTF-16 code unit of `text` as `\uXXXX`. */
export function codeUnits(text: string): string {
  return text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * One line for a terminal or a log: no control character, and nothing that a CI runner takes as a command (GitHub's
 * `::error::` at the start of a line and `##[error]` anywhere, Azure's `##vso[`, TeamCity's `##teamcity[`).
 */
export function visible(text: string): string {
  return withoutCommands(showInvisible(text));
}

/** A text of several lines, each as `visible` makes it, tabs kept. JSON laid out on lines means the same afterwards. */
export function visibleLines(text: string): string {
  return text
    .split("\n")
    .map((line) => withoutCommands(showInvisible(line, "\t")))
    .join("\n");
}

function withoutCommands(line: string): string {
  return line
    .replace(/^\s*:(?=:)/, (start) => `${start.slice(0, -1)}${codeUnits(":")}`)
    .replace(/#(?=#[a-z]*\[)/g, codeUnits);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** For attribute values in quotes, and good for text too. New lines and tabs stay. */
export function html(text: string): string {
  return htmlText(text).replace(/["'`]/g, (character) => ENTITIES[character] ?? "");
}

/** For text between tags, where quotes need no escape: policies are full of them. New lines and tabs stay. */
export function htmlText(text: string): string {
  return showInvisible(text, "\t\r\n").replace(/[&<>]/g, (character) => ENTITIES[character] ?? "");
}

/**
 * Markdown that shows `text` on one line, letter for letter: nothing in it is emphasis, code, an entity, a table cell,
 * a tag, a link with other words, or the start of a list or a heading.
 */
export function markdownText(text: string): string {
  return showInvisible(text.replace(/\s+/g, " "))
    .replace(/[\\`*[\]<>|~]|&(?=[#A-Za-z])|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&")
    .replace(/^ ?(?:[0-9]+(?=[.)](?: |$))|(?=[#+=-](?:[ #=-]|$)))/, "$&\\");
}

/** The same for a text of ours, where backticks are around code. */
export function markdownProse(text: string): string {
  return markdownText(text).replaceAll("\\`", "`");
}

/**
 * Markdown that shows `text` as code, whatever is in it: on one line, and GitHub makes no mention, reference, link, tag
 * or formula of it. Nothing is lost: a line break is shown as `\u000a`. Not for a table, where `|` ends a cell.
 */
export function markdownCode(text: string): string {
  const line = showInvisible(text);
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  // one space on each side is not shown, and is needed where a backtick or a space is there already
  const padding = line === "" || /^[ `]|[ `]$/.test(line) ? " " : "";
  return `${fence}${padding}${line}${padding}${fence}`;
}

/** For a quoted Mermaid label: all but plain text as numeric entities, so no directive, link or quote is left. */
export function mermaidText(text: string): string {
  return showInvisible(text.replace(/\s+/g, " ")).replace(
    /[^\p{L}\p{N} .,:@*?=+/_()-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}

/** A word for a POSIX shell, between single quotes, whatever is in it. */
export function inSingleQuotes(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A word for a POSIX shell: as it is where a shell reads nothing into it, else between single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@+=:,./-]+$/.test(text) ? text : inSingleQuotes(text);
}

/** `text` without percent-encoding, in which IAM's own API returns a policy; other text as it is. */
export function percentDecoded(text: string): string {
  if (!/^(?:%(?:20|09|0A|0D)|\s)*%7B/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
