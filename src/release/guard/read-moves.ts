/** Reads the `moved` blocks of a module and of the modules inside it, with the real HCL parser. */
import type { ArchiveFile } from "../archive";
import { withoutTrailingSlashes } from "../../text/words";
import type { Move } from "./moves";

type Blocks = Readonly<Record<string, unknown>>;

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
    for (const { from, to } of listOf(blocks["moved"])) {
      if (typeof from === "string" && typeof to === "string")
        moves.push({ from: prefix + address(from), to: prefix + address(to) });
    }
    const calls = typeof blocks["module"] === "object" && blocks["module"] !== null ? (blocks["module"] as Blocks) : {};
    for (const [name, bodies] of Object.entries(calls)) {
      const { source } = listOf(bodies)[0] ?? {};
      if (typeof source !== "string" || !source.startsWith("./")) continue;
      const inner = `${folder === "" ? "" : `${folder}/`}${withoutTrailingSlashes(source.slice(2))}`;
      moves.push(...(await movesIn(inner, `${prefix}module.${name}[*].`, folders, depth + 1)));
    }
  }
  return moves;
}

async function parseFile({ path, bytes }: ArchiveFile): Promise<Blocks> {
  const { parse } = await import("@cdktn/hcl2json");
  try {
    return (await parse(path, Buffer.from(bytes).toString("utf8"))) as Blocks;
  } catch {
    return {};
  }
}

function listOf(value: unknown): readonly Blocks[] {
  return Array.isArray(value) ? (value as Blocks[]) : [];
}

/** `${aws_iam_role.this["a"]}` is `aws_iam_role.this["a"]`. */
function address(expression: string): string {
  return expression.replace(/^\$\{|\}$/g, "").trim();
}
