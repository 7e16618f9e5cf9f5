/** Finds what `JSON.parse` hides: an object that has two members of one name, of which only the last would be seen. */

/** An object's names so far, or null for a list. */
type Level = Set<string> | null;

/**
 * The first name that appears twice in one object of `json`, valid JSON that parses as `value`; undefined where there
 * is none. Names are compared as they read: `"\u0041ction"` is `"Action"`.
 */
export function repeatedMember(json: string, value: unknown): string | undefined {
  if (isStringified(json, value)) return undefined;
  const levels: Level[] = [];
  let expectsName = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === "{") {
      levels.push(new Set());
      expectsName = true;
    } else if (character === "[") {
      levels.push(null);
      expectsName = false;
    } else if (character === "}" || character === "]") {
      levels.pop();
      expectsName = false;
    } else if (character === ",") expectsName = levels[levels.length - 1] instanceof Set;
    else if (character === '"') {
      const end = endOfText(json, at);
      const names = levels[levels.length - 1];
      if (expectsName && names instanceof Set) {
        const written = json.slice(at + 1, end);
        const name = written.includes("\\") ? String(JSON.parse(`"${written}"`)) : written;
        if (names.has(name)) return name;
        names.add(name);
        expectsName = false;
      }
      at = end;
    }
  }
  return undefined;
}

/** Whether `json` is what `JSON.stringify` writes, as most policies are: it writes each name once. */
function isStringified(json: string, value: unknown): boolean {
  try {
    return JSON.stringify(value) === json;
  } catch {
    return false; // nested more deeply than it can write
  }
}

/** Where the text that begins at `start` ends: at its closing quote. */
function endOfText(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let before = at - 1;
    while (json[before] === "\\") before -= 1;
    // a quote after an odd number of backslashes is part of the text
    if ((at - before) % 2 === 1) return at;
  }
  return json.length;
}
