import { execFileSync } from "node:child_process";
import { REPOSITORY } from "../support/markdown";

/** What a reader finds when opening the repository. A new entry needs a reason to be here and not in a room. */
const TOP_LEVEL = [
  ".ci",
  ".editorconfig",
  ".gitattributes",
  ".github",
  ".gitignore",
  ".nvmrc",
  ".pre-commit-hooks.yaml",
  ".prettierignore",
  ".prettierrc.json",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "SECURITY.md",
  "__tests__",
  "action.yml",
  "bench",
  "cdktf.json",
  "docs",
  "eslint.config.mjs",
  "examples",
  "federation.yaml",
  "jest.config.js",
  "kits",
  "main.ts",
  "modules",
  "package-lock.json",
  "package.json",
  "playground",
  "releases",
  "schema",
  "scripts",
  "site",
  "src",
  "templates",
  "tsconfig.build.json",
  "tsconfig.json",
];

test("the top level of the repository holds what is listed, and nothing else", () => {
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: REPOSITORY,
    encoding: "utf8",
    maxBuffer: 64_000_000,
  });
  const found = new Set(
    files
      .split("\0")
      .filter((path) => path !== "")
      .map((path) => path.split("/", 1)[0]),
  );
  expect([...found].sort()).toEqual([...TOP_LEVEL].sort());
});
