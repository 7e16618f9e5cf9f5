import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { makeFolder } from "../../src/files/write-file";
import { temporaryFolder } from "../support/temporary-folder";

test("makes what is missing, with its mode, and takes what is there", () => {
  const folder = join(temporaryFolder("made"), "a", "b", "c");
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, "..", "..")).mode & 0o777).toBe(0o700);
});

test("ends where a file is in the way", () => {
  const base = temporaryFolder("made");
  writeFileSync(join(base, "file"), "");
  expect(() => makeFolder(join(base, "file"))).toThrow(/EEXIST/);
  expect(() => makeFolder(join(base, "file", "x"))).toThrow(/ENOTDIR/);
  mkdirSync(join(base, "folder"));
  makeFolder(join(base, "folder"));
});

(process.platform === "linux" ? test : test.skip)("ends where the file system takes no folders", () => {
  expect(() => makeFolder("/proc/nowhere/at/all")).toThrow(/ENOENT/);
});
