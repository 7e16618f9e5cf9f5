/** Names that a file of a module may have: safe to unpack on every system. */

const MAX_LENGTH = 200;
/** Names that Windows reserves for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;
const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/** Why `path` must not be in an archive, as the end of a sentence; undefined where it may. */
export function pathFault(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.length > MAX_LENGTH) return `has more than ${MAX_LENGTH} characters`;
  if (path.includes("\\")) return "has a backslash";
  if (/^[A-Za-z]:/.test(path)) return "begins with a drive letter";
  if (path.startsWith("/")) return "is absolute";
  const segments = path.split("/");
  if (segments.includes("..") || segments.includes(".")) return "has a . or .. part";
  if (segments.includes("")) return "has an empty part";
  if (!segments.every((segment) => SEGMENT.test(segment)))
    return "has a part that is not made of letters, digits, _, - and . (not first)";
  if (segments.some((segment) => segment.endsWith("."))) return "has a part that ends with a dot";
  if (segments.some((segment) => DEVICE.test(segment))) return "is the name of a device on Windows";
  return undefined;
}

/** Paths that are one file where names ignore case, or both a file and a folder. */
export function collidingPaths(paths: readonly string[]): readonly string[] {
  const files = new Set<string>();
  const folders = new Map<string, string>();
  const colliding = new Set<string>();
  for (const path of paths) {
    const folded = path.toLowerCase();
    if (files.has(folded)) colliding.add(path);
    files.add(folded);
    const parts = path.split("/");
    for (let count = 1; count < parts.length; count += 1) {
      const folder = parts.slice(0, count).join("/");
      const known = folders.get(folder.toLowerCase());
      if (known !== undefined && known !== folder) colliding.add(path);
      folders.set(folder.toLowerCase(), folder);
    }
  }
  for (const path of paths) if (folders.has(path.toLowerCase())) colliding.add(path);
  return [...colliding];
}
