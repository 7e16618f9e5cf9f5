/** The AWS config file as lines: read section by section, and changed in one profile with every other byte left alone. */

export interface AwsSection {
  /** What stands in the brackets, white space collapsed: `default`, `profile lake`. */
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
    const values = new Map<string, string>();
    for (const line of lines.slice(index + 1, end)) {
      const setting = settingOf(line);
      if (setting !== undefined) values.set(setting.key, setting.value);
    }
    return { name, start: index, end, values };
  });
}

function headerOf(line: string): string | undefined {
  const inside = /^\s*\[([^\]]*)\]\s*(?:[#;].*)?\r?$/.exec(line)?.[1];
  return inside?.trim().replace(/^(profile|sso-session|services)\s+(?:"([^"]*)"|'([^']*)'|(.*))$/, (_all, kind: string, ...names: readonly unknown[]) => `${kind} ${String(names.find((name) => name !== undefined))}`);
}

/** A top-level `key = value`; an indented line belongs to the key above it. */
function settingOf(line: string): { readonly key: string; readonly value: string } | undefined {
  const [, key, value] = /^([^\s#;=[][^=]*?)[ \t]*=[ \t]*(.*?)[ \t]*\r?$/.exec(line) ?? [];
  return key === undefined || value === undefined ? undefined : { key: key.toLowerCase(), value };
}

/**
 * `text` with the settings of one section set: a setting that is there is replaced in its line, a new one goes after the
 * section's last setting, a missing section to the end. Comments, order, other sections, line ends stay as they are.
 * Of several sections of one name the last, which is the one that counts; a setting that stands there twice is replaced twice.
 */
export function withSettings(text: string, sectionName: string, settings: Readonly<Record<string, string>>): string {
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const section = readAwsFile(text).findLast((candidate) => candidate.name === sectionName);
  if (section === undefined) {
    const gap = text === "" ? "" : text.endsWith("\n") ? newline : newline + newline;
    const body = Object.entries(settings).map(([key, value]) => `${key} = ${value}${newline}`).join("");
    return `${text}${gap}[${sectionName}]${newline}${body}`;
  }
  const lines = text.split("\n");
  const wanted = new Map(Object.entries(settings));
  const missing = new Map(wanted);
  let last = section.start;
  for (let at = section.start + 1; at < section.end; at += 1) {
    const line = lines[at] ?? "";
    const setting = settingOf(line);
    if (setting !== undefined || /^[ \t]+\S/.test(line)) last = at;
    if (setting === undefined || !wanted.has(setting.key)) continue;
    lines[at] = `${setting.key} = ${wanted.get(setting.key) ?? ""}${line.endsWith("\r") ? "\r" : ""}`;
    missing.delete(setting.key);
  }
  if (missing.size === 0) return lines.join("\n");
  const added = [...missing].map(([key, value]) => `${key} = ${value}${newline === "\r\n" ? "\r" : ""}`);
  const endless = last === lines.length - 1;
  // the file's last line had no end; it gets one, as it is no longer the last
  if (endless && newline === "\r\n") lines[last] = `${lines[last] ?? ""}\r`;
  lines.splice(last + 1, 0, ...added);
  return endless ? `${lines.join("\n")}\n` : lines.join("\n");
}
