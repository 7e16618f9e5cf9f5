import fs from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/errors";
import type { GeneratedTree } from "../../src/files/compare-tree";
import { compareTree } from "../../src/files/compare-tree";
import { generatedFile } from "../../src/files/generated-file";
import { isInterrupted, replaceTree } from "../../src/files/replace-tree";
import { temporaryFolder } from "../support/temporary-folder";

const OWNED = [
  { folder: "a", deep: true },
  { folder: "b", deep: true },
];

/** Two modules; `edition` stands in every file, and the second has one file more. */
function treeOf(edition: "old" | "new"): GeneratedTree {
  const paths = [
    "a/main.tf",
    "a/modules/x/main.tf",
    "b/README.md",
    "b/contract.json",
    ...(edition === "old" ? ["a/gone/old.tf"] : ["b/new.tf"]),
  ];
  return {
    kind: "modules",
    owned: OWNED,
    files: new Map(
      paths.map((path) => [
        path,
        generatedFile(
          path,
          path.endsWith(".json") ? `{\n  "edition": "${edition}"\n}\n` : `# ${edition}\n`,
          "modules",
          "1.0.0",
        ),
      ]),
    ),
  };
}

/** Files of `folder` with their content; hidden ones are ours while we work. */
function filesIn(folder: string, below = ""): Readonly<Record<string, string>> {
  if (!fs.existsSync(join(folder, below))) return {};
  const found: Record<string, string> = {};
  for (const entry of fs.readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".databricks-aws-oidc")) continue;
    if (entry.isDirectory()) Object.assign(found, filesIn(folder, path));
    else found[path] = fs.readFileSync(join(folder, path), "utf8");
  }
  return found;
}

const OLD = Object.fromEntries(treeOf("old").files);
const NEW = Object.fromEntries(treeOf("new").files);

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    fs.mkdirSync(join(folder, path, ".."), { recursive: true });
    fs.writeFileSync(join(folder, path), content);
  }
}

const FOREIGN_BESIDE = { "mine.tf": "# mine\n" };
const FOREIGN_WITHIN = { "a/terraform.tfstate": "{}\n", "b/.terraform.lock.hcl": "# lock\n" };

/** What the folder holds before: nothing, the old tree, or the old tree with files of others. */
const STARTS: Readonly<
  Record<
    string,
    { readonly before: Readonly<Record<string, string>> | null; readonly kept: Readonly<Record<string, string>> }
  >
> = {
  "no folder": { before: null, kept: {} },
  "an empty folder": { before: {}, kept: {} },
  "the old tree": { before: OLD, kept: {} },
  "the old tree and a file of another beside it": { before: { ...OLD, ...FOREIGN_BESIDE }, kept: FOREIGN_BESIDE },
  "the old tree and files of others within it": { before: { ...OLD, ...FOREIGN_WITHIN }, kept: FOREIGN_WITHIN },
};

function start(name: string): string {
  const folder = join(temporaryFolder("tree"), "out");
  const { before } = STARTS[name] ?? { before: null };
  if (before !== null) fs.mkdirSync(folder);
  write(folder, before ?? {});
  return folder;
}

const CHANGING = ["mkdirSync", "writeFileSync", "renameSync", "rmSync", "rmdirSync"] as const;

/** Runs `body` until its `last`th change to the file system, which is not done any more. True where it was stopped. */
function stoppedAfter(last: number, body: () => void): boolean {
  const stop = new Error("stopped");
  let count = 0;
  const spies = CHANGING.map((name) => {
    const real = fs[name] as (...args: unknown[]) => unknown;
    return jest.spyOn(fs, name).mockImplementation(((...args: unknown[]) => {
      if ((count += 1) > last) throw stop;
      return real(...args);
    }) as never);
  });
  try {
    body();
    return false;
  } catch (error) {
    if (error !== stop) throw error;
    return true;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

describe.each(Object.entries(STARTS))("from %s", (name, { before, kept }) => {
  test("the new tree is put in place, what is no longer needed is removed, and the rest stays", () => {
    const folder = start(name);
    replaceTree(folder, treeOf("new"));
    expect(filesIn(folder)).toEqual({ ...NEW, ...kept });
    expect(fs.readdirSync(join(folder, "..")).sort()).toEqual(["out"]);
    expect(fs.readdirSync(folder).filter((entry) => entry.startsWith(".databricks"))).toEqual([]);
    expect(replaceTree(folder, treeOf("new"))).toEqual([]);
  });

  test("stopped at any change, every file is old or new, others' files are whole, and the next run finishes", () => {
    for (let last = 0; ; last += 1) {
      const folder = start(name);
      const stopped = stoppedAfter(last, () => {
        replaceTree(folder, treeOf("new"));
      });
      const found = filesIn(folder);
      for (const [path, content] of Object.entries(found))
        expect([OLD[path], NEW[path], kept[path]]).toContain(content);
      const whole = [before ?? {}, { ...NEW, ...kept }].some(
        (tree) => JSON.stringify(Object.entries(tree).sort()) === JSON.stringify(Object.entries(found).sort()),
      );
      if (stopped && !whole) expect(isInterrupted(folder)).toBe(true);
      replaceTree(folder, treeOf("new"));
      expect(filesIn(folder)).toEqual({ ...NEW, ...kept });
      expect(fs.readdirSync(join(folder, "..")).sort()).toEqual(["out"]);
      if (!stopped) break;
      expect(last).toBeLessThan(200);
    }
  });
});

test(
  "where nothing of others is in the way, a stop leaves the old tree or the new one, or for the blink " +
    "between two renames the old one beside",
  () => {
    const between: number[] = [];
    for (let last = 0; ; last += 1) {
      const folder = start("the old tree");
      const stopped = stoppedAfter(last, () => {
        replaceTree(folder, treeOf("new"));
      });
      const found = JSON.stringify(Object.entries(filesIn(folder)).sort());
      const isOld = found === JSON.stringify(Object.entries(OLD).sort());
      const isNew = found === JSON.stringify(Object.entries(NEW).sort());
      if (!isOld && !isNew) {
        between.push(last);
        expect(fs.existsSync(folder)).toBe(false);
      }
      if (!stopped) break;
    }
    expect(between).toHaveLength(1);
  },
);

describe("files that are not ours", () => {
  test("in the way are never overwritten: coded error, nothing written", () => {
    const folder = start("an empty folder");
    write(folder, { "a/main.tf": "# by hand\n", "b/README.md": "# by hand\n" });
    expect(() => replaceTree(folder, treeOf("new"))).toThrow(InputError);
    try {
      replaceTree(folder, treeOf("new"));
    } catch (error) {
      expect((error as InputError).problems.map(({ code, path }) => [code, path])).toEqual([
        ["file-not-generated", join(folder, "a/main.tf")],
        ["file-not-generated", join(folder, "b/README.md")],
      ]);
    }
    expect(filesIn(folder)).toEqual({ "a/main.tf": "# by hand\n", "b/README.md": "# by hand\n" });
  });

  test("equal to what would be written are taken as they are", () => {
    const folder = start("an empty folder");
    write(folder, NEW);
    expect(replaceTree(folder, treeOf("new"))).toEqual([]);
  });

  test("links are never followed", () => {
    const folder = start("an empty folder");
    const elsewhere = temporaryFolder("elsewhere");
    fs.symlinkSync(elsewhere, join(folder, "a"));
    expect(() => replaceTree(folder, treeOf("new"))).toThrow("was not written by generate");
    expect(fs.readdirSync(elsewhere)).toEqual([]);
  });

  test("with another generator's marker are not removed", () => {
    const folder = start("the old tree");
    write(folder, { "a/root.tf": generatedFile("root.tf", "# x\n", "root", "1.0.0") });
    replaceTree(folder, treeOf("new"));
    expect(Object.keys(filesIn(folder))).toContain("a/root.tf");
  });

  test("in a journal that names places outside are refused", () => {
    const folder = start("the old tree");
    write(folder, {
      ".databricks-aws-oidc-journal.json": JSON.stringify({
        stage: ".databricks-aws-oidc-new-1",
        units: [],
        remove: ["../../etc/passwd"],
      }),
    });
    expect(() => replaceTree(folder, treeOf("new"))).toThrow("is not a journal of generate");
  });
});

test("--check's list names what is added, changed and removed, in order", () => {
  const folder = start("the old tree");
  expect(compareTree(folder, treeOf("new")).differences).toEqual([
    { path: "a/gone/old.tf", change: "remove" },
    { path: "a/main.tf", change: "change" },
    { path: "a/modules/x/main.tf", change: "change" },
    { path: "b/README.md", change: "change" },
    { path: "b/contract.json", change: "change" },
    { path: "b/new.tf", change: "add" },
  ]);
});

test("a folder that cannot be written is a coded error", () => {
  const file = join(temporaryFolder("tree"), "file");
  fs.writeFileSync(file, "");
  expect(() => replaceTree(join(file, "out"), treeOf("new"))).toThrow("file-unwritable");
});
