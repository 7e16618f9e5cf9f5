/** Paths into a federation file: `roles.lake-reader.trusts[1].issuer`, keys with other characters as `["a.b"]`. */

import { quotedWhole } from "../text/text-rule";

export type PathPart = string | number;

/** The path as text; reversible by `parsePath`. */
export function formatPath(parts: readonly PathPart[]): string {
  return parts.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(part)) return `${text}[${quotedWhole(part)}]`;
    return text === "" ? part : `${text}.${part}`;
  }, "");
}

/** The path of member `key` of what is at `path`. */
export function memberPath(path: string, key: string): string {
  const tail = formatPath([key]);
  return tail.startsWith("[") ? `${path}${tail}` : `${path}.${tail}`;
}

/** The parts of a path that `formatPath` wrote. */
export function parsePath(path: string): readonly PathPart[] {
  const parts: PathPart[] = [];
  for (const match of path.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g)) {
    if (match[1] !== undefined) parts.push(Number(match[1]));
    else if (match[2] !== undefined) parts.push(String(JSON.parse(match[2])));
    else if (match[3] !== undefined) parts.push(match[3]);
  }
  return parts;
}
