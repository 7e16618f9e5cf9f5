import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { preProcessFile } from "typescript";
import ROOMS from "../scripts/rooms.json";

const ROOT = resolve(__dirname, "..");

/** The project's files that `file` imports, types included. */
function importsOf(file: string): readonly string[] {
  return preProcessFile(readFileSync(file, "utf8"), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => resolve(dirname(file), fileName))
    .flatMap((path) => [`${path}.ts`, join(path, "index.ts")].filter((candidate) => existsSync(candidate)).slice(0, 1));
}

/** The first way from a file back to itself, or null. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const from = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const circle = from(next, [...path, file]);
      if (circle !== null) return circle;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const circle = from(file, []);
    if (circle !== null) return circle;
  }
  return null;
}

test("no file of the project imports itself by way of others", () => {
  const files = ["src", "scripts", "bench"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(ROOT, folder, name)),
  );
  const graph = new Map(files.map((file) => [file, importsOf(file)]));
  expect([...graph.values()].flat().length).toBeGreaterThan(500);
  expect(circleIn(graph)?.map((file) => relative(ROOT, file)) ?? null).toBeNull();
});

test("a circle is found", () => {
  expect(
    circleIn(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["b"]],
      ]),
    ),
  ).toEqual(["b", "c", "b"]);
});

test("each room may import only rooms that stand before it, and every room of src has its line", () => {
  const names = ROOMS.map(({ room }) => room);
  for (const [index, { room, imports }] of ROOMS.entries())
    expect({ room, up: imports.filter((name) => !names.slice(0, index).includes(name)) }).toEqual({ room, up: [] });
  expect(readdirSync(join(ROOT, "src")).sort()).toEqual([...names].sort());
});
