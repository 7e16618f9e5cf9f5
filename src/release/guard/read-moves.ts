/** Reads the `moved` blocks of a module and of the modules inside it, with the real HCL parser. */
import type { ArchiveFile } from "../archive";
import { withoutTrailingSlashes } from "../../text/words";
import type { Move } from "./moves";
import { asRecord, type Members, records } from "../../text/members";

/**
 * Moves in `files`, from the root's point of view. A file that the parser cannot read has none: its
 * resources then count as removed, which is the larger step.
 */
export async function readMoves(files: readonly ArchiveFile[]): Promise<readonly Move[]> {
  const folders = new Map<string, ArchiveFile[]>();
  for (const file of files) {
    const [, folder = "", name = ""] = /^(?:(.*)\/)?([^/]*)$/.exec(file.path) ?? [];
    if (name.endsWith(".tf")) folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return movesIn("", "", folders, 0);
}

/** How deep modules may be nested; a module that calls itself ends here too. */
const MAX_DEPTH = 8;

async function movesIn(
  folder: string,
  prefix: string,
  folders: ReadonlyMap<string, readonly ArchiveFile[]>,
  depth: number,
): Promise<readonly Move[]> {
  if (depth > MAX_DEPTH) return [];
  const moves: Move[] = [];
  for (const file of folders.get(folder) ?? []) {
    const blocks = await parseFile(file);
    for (const { from, to } of records(blocks["moved"])) {
      if (typeof from === "string" && typeof to === "string")
        moves.push({ from: prefix + address(from), to: prefix + address(to) });
    }
    const calls = asRecord(blocks["module"]) ?? {};
    for (const [name, bodies] of Object.entries(calls)) {
      const { source } = records(bodies)[0] ?? {};
      if (typeof source !== "string" || !source.startsWith("./")) continue;
      const inner = `${folder === "" ? "" : `${folder}/`}${withoutTrailingSlashes(source.slice(2))}`;
      moves.push(...(await movesIn(inner, `${prefix}module.${name}[*].`, folders, depth + 1)));
    }
  }
  return moves;
}

async function parseFile({ path, bytes }: ArchiveFile): Promise<Members> {
  const { parse } = await import("@cdktn/hcl2json");
  try {
    return (await parse(path, Buffer.from(bytes).toString("utf8"))) as Members;
  } catch {
    return {};
  }
}

/** `${aws_iam_role.this["a"]}` is `aws_iam_role.this["a"]`. */
function address(expression: string): string {
  return expression.replace(/^\$\{|\}$/g, "").trim();
}
