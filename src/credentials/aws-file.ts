/**
 * The AWS config file as lines: read section by section, and changed in one profile with every other byte left alone.
 */

export interface AwsSection {
  /** What is in the brackets, white space collapsed: `default`, `profile lake`. */
  readonly name: string;
  /** Index of the header's line. */
  readonly start: number;
  /** Index after the section's last line. */
  readonly end: number;
  /** Keys in lower case. Nested settings (indented under a key) are not in it. */
  readonly values: ReadonlyMap<string, string>;
}

/** The sections of `text` in order. Never throws: what it does not understand stays as it is. */
export function readAwsFile(text: string): readonly AwsSection[] {
  const lines = text.split("\n");
  const headers = lines.flatMap((line, index) => {
    const name = headerOf(line);
    return name === undefined ? [] : [{ name, index }];
  });
  return headers.map(({ name, index }, at) => {
    const end = headers[at + 1]?.index ?? lines.length;
    return {
      name,
      start: index,
      end,
      values: new Map(settingsOf(lines, index, end).map(({ key, value }) => [key, value])),
    };
  });
}

function headerOf(line: string): string | undefined {
  const inside = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?\r?$/.exec(line)?.[1]?.trim();
  const [, kind, name = ""] = /^(profile|sso-session|services)\s(.*)$/.exec(inside ?? "") ?? [];
  if (kind === undefined) return inside;
  const bare = name.trim();
  const quote = bare.at(0) ?? "";
  const isQuoted = bare.length > 1 && /["']/.test(quote) && bare.indexOf(quote, 1) === bare.length - 1;
  return `${kind} ${isQuoted ? bare.slice(1, -1) : bare}`;
}

/** A `key = value` of a section itself, its line and its indentation. */
interface AwsSetting {
  readonly index: number;
  readonly indent: string;
  /** In lower case. */
  readonly key: string;
  readonly value: string;
}

/**
 * The settings between the header `start` and `end`, as botocore reads them: a line indented deeper than the setting
 * before it belongs to that, so a section may be indented as a whole, and `key: value` counts too. A setting that is
 * missed would be written a second time, and botocore refuses the whole file.
 */
function settingsOf(lines: readonly string[], start: number, end: number): readonly AwsSetting[] {
  const found: AwsSetting[] = [];
  for (let index = start + 1; index < end; index += 1) {
    const line = lines[index] ?? "";
    const text = line.trim();
    const indent = line.slice(0, line.length - line.trimStart().length);
    const above = found.at(-1);
    if (text === "" || /^[#;]/.test(text) || (above !== undefined && indent.length > above.indent.length)) continue;
    const at = text.search(/[=:]/);
    if (at <= 0 || text.startsWith("[")) continue;
    found.push({ index, indent, key: text.slice(0, at).trimEnd().toLowerCase(), value: text.slice(at + 1).trim() });
  }
  return found;
}

/**
 * `text` with the settings of one section set: a setting that is there is replaced in its line, a new one goes after
 * the section's last setting, a missing section to the end. Comments, order, other sections, line ends stay as they
 * are. Of several sections of one name the last, which is the one that counts; a setting that is there twice is
 * replaced twice.
 */
export function withSettings(text: string, sectionName: string, settings: Readonly<Record<string, string>>): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const section = readAwsFile(text).findLast((candidate) => candidate.name === sectionName);
  if (section === undefined) {
    const gap = text === "" ? "" : text.endsWith("\n") ? newline : newline + newline;
    const body = Object.entries(settings)
      .map(([key, value]) => `${key} = ${value}${newline}`)
      .join("");
    return `${text}${gap}[${sectionName}]${newline}${body}`;
  }
  const lines = text.split("\n");
  const wanted = new Map(Object.entries(settings));
  const missing = new Map(wanted);
  const present = settingsOf(lines, section.start, section.end);
  for (const { index, indent, key, value } of present) {
    const replacement = wanted.get(key);
    missing.delete(key);
    if (replacement !== undefined && replacement !== value)
      lines[index] = `${indent}${key} = ${replacement}${lines[index]?.endsWith("\r") === true ? "\r" : ""}`;
  }
  if (missing.size === 0) return lines.join("\n");
  const indent = present.at(-1)?.indent ?? "";
  const added = [...missing].map(([key, value]) => `${indent}${key} = ${value}${newline === "\r\n" ? "\r" : ""}`);
  const last = lastOf(lines, section);
  const endless = last === lines.length - 1;
  // the file's last line had no end; it gets one, as it is no longer the last
  if (endless && newline === "\r\n") lines[last] = `${lines[last] ?? ""}\r`;
  lines.splice(last + 1, 0, ...added);
  return endless ? `${lines.join("\n")}\n` : lines.join("\n");
}

/** Index of the section's last line that is neither empty nor a comment at the margin. */
function lastOf(lines: readonly string[], section: AwsSection): number {
  let last = section.end - 1;
  while (last > section.start && !/^(?:[ \t]+\S|[^\s#;])/.test(lines[last] ?? "")) last -= 1;
  return last;
}
