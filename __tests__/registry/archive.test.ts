import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { FederationError } from "../../src/errors";
import type { ArchiveFile, ArchiveLimits } from "../../src/release/archive";
import { ARCHIVE_LIMITS, readArchive, writeArchive } from "../../src/release/archive";
import { collidingPaths, pathFault } from "../../src/release/archive-path";
import { sha256 } from "../../src/release/checksums";
import type { Entry } from "../support/tar-text";
import { gzipped, tarText } from "../support/tar-text";
import { runs } from "../support/runs";

const file = (path: string, text = "x"): ArchiveFile => ({ path, bytes: Buffer.from(text) });

async function codeOf(body: () => Promise<unknown>): Promise<string> {
  try {
    await body();
    return "accepted";
  } catch (error) {
    return error instanceof FederationError ? error.code : String(error);
  }
}

const segment = fc.stringMatching(/^[a-z0-9_][a-zA-Z0-9._-]{0,9}$/).filter((text) => pathFault(text) === undefined);
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));
const files = fc
  .uniqueArray(fc.record({ path, bytes: fc.uint8Array({ maxLength: 2_000 }) }), {
    selector: (one) => one.path,
    minLength: 1,
    maxLength: 8,
  })
  .filter((all) => collidingPaths(all.map((one) => one.path)).length === 0);

describe("an archive", () => {
  test("is read back as it was written, whatever the order of its files", () =>
    fc.assert(
      fc.asyncProperty(files, async (all) => {
        const written = await writeArchive(all);
        expect((await writeArchive([...all].reverse())).equals(written)).toBe(true);
        const read = await readArchive(written);
        const plain = (list: readonly ArchiveFile[]): unknown =>
          list.map((one) => [one.path, Buffer.from(one.bytes).toString("hex")]).sort();
        expect(plain(read)).toEqual(plain(all));
      }),
      { numRuns: runs(60) },
    ));

  test("has the bytes it always had: another version of a library would show here", async () => {
    expect(
      sha256(
        await writeArchive([
          file("main.tf", "locals {}\n"),
          file("modules/role/main.tf", 'variable "role" {}\n'.repeat(40)),
        ]),
      ),
    ).toBe("5913171c903dcd2282ca64d1e6e29ac90229fae7cb6da4bd1038e285446852c1");
  });

  test("with any byte changed is refused, and nothing else is thrown", async () => {
    // but for bits of the last deflated byte, which say nothing: an archive's digest finds those
    const padded = (length: number): number => length - 9;
    const written = await writeArchive([
      file("main.tf", "locals { a = 1 }\n".repeat(30)),
      file("versions.tf", "terraform {}\n"),
    ]);
    for (let at = 0; at < written.length; at += 1) {
      const changed = Buffer.from(written);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      const code = await codeOf(() => readArchive(changed));
      if (at !== padded(written.length)) expect({ at, code }).toEqual({ at, code: expect.stringMatching(/^archive-/) });
    }
  });

  test("cut off anywhere, or with something behind its end, is refused", async () => {
    const written = await writeArchive([file("main.tf", "locals {}\n")]);
    for (let length = 0; length < written.length; length += 1)
      expect(await codeOf(() => readArchive(written.subarray(0, length)))).toBe("archive-damaged");
    for (const tail of [Buffer.from([0]), Buffer.alloc(512), written])
      expect(await codeOf(() => readArchive(Buffer.concat([written, tail])))).toBe("archive-damaged");
  });
});

describe("a hostile archive is refused with a code", () => {
  const one =
    (entry: Entry): (() => Promise<Buffer>) =>
    async () =>
      gzipped(await tarText([entry]));
  const many =
    (...entries: readonly Entry[]): (() => Promise<Buffer>) =>
    async () =>
      gzipped(await tarText(entries));
  const small: ArchiveLimits = { files: 3, fileBytes: 1_000, totalBytes: 20_000, archiveBytes: 5_000 };

  const cases: readonly (readonly [string, string, () => Promise<Buffer>])[] = [
    ["a path that climbs out", "archive-path-invalid", one({ name: "../evil.tf" })],
    ["a path that climbs out half way", "archive-path-invalid", one({ name: "modules/../../evil.tf" })],
    ["an absolute path", "archive-path-invalid", one({ name: "/etc/passwd" })],
    ["a backslash", "archive-path-invalid", one({ name: "modules\\..\\evil.tf" })],
    ["a drive letter", "archive-path-invalid", one({ name: "C:evil.tf" })],
    ["a dotfile", "archive-path-invalid", one({ name: ".terraformrc" })],
    ["an empty part", "archive-path-invalid", one({ name: "modules//evil.tf" })],
    ["a device of Windows", "archive-path-invalid", one({ name: "modules/con.tf" })],
    ["a name that is no ASCII", "archive-path-invalid", one({ name: "mäin.tf" })],
    ["a control character", "archive-path-invalid", one({ name: "main\u001b[2J.tf" })],
    ["a symbolic link", "archive-link", one({ name: "main.tf", type: "symlink", linkname: "/etc/passwd" })],
    ["a hard link", "archive-link", many({ name: "main.tf" }, { name: "z.tf", type: "link", linkname: "main.tf" })],
    [
      "a character device",
      "archive-special-file",
      one({ name: "null", type: "character-device", devmajor: 1, devminor: 3 }),
    ],
    ["a block device", "archive-special-file", one({ name: "sda", type: "block-device" })],
    ["a fifo", "archive-special-file", one({ name: "pipe", type: "fifo" })],
    ["a folder", "archive-special-file", one({ name: "modules", type: "directory" })],
    ["a name twice", "archive-name-repeated", many({ name: "main.tf" }, { name: "main.tf", text: "other" })],
    ["names that differ by case", "archive-name-repeated", many({ name: "Main.tf" }, { name: "main.tf" })],
    ["folders that differ by case", "archive-name-repeated", many({ name: "Sub/a.tf" }, { name: "sub/b.tf" })],
    ["a file that is a folder too", "archive-name-repeated", many({ name: "sub" }, { name: "sub/a.tf" })],
    ["too many files", "archive-too-many-files", many(...["a", "b", "c", "d"].map((name) => ({ name })))],
    ["a file too large", "archive-too-large", one({ name: "main.tf", text: "x".repeat(1_001) })],
    ["a bomb", "archive-too-large", async () => gzipped(Buffer.alloc(200_000))],
    ["more bytes than are looked at", "archive-too-large", async () => Buffer.alloc(5_001, 1)],
    ["no file", "archive-damaged", many()],
    ["an empty file", "archive-damaged", async () => Buffer.alloc(0)],
    ["another owner", "archive-damaged", one({ name: "main.tf", uid: 1000 })],
    ["a file that may be run", "archive-damaged", one({ name: "main.tf", mode: 0o755 })],
    ["another time", "archive-damaged", one({ name: "main.tf", mtime: new Date(0) })],
    ["files out of order", "archive-damaged", many({ name: "b.tf" }, { name: "a.tf" })],
    ["a header that renames the next file", "archive-damaged", one({ name: "main.tf", pax: { comment: "hidden" } })],
    [
      "a gzip member of another writer",
      "archive-damaged",
      async () => gzipSync(await tarText([{ name: "main.tf" }]), { level: 1 }),
    ],
    [
      "a tar behind the end of the tar",
      "archive-damaged",
      async () => gzipped(Buffer.concat([await tarText([{ name: "a.tf" }]), await tarText([{ name: "b.tf" }])])),
    ],
    [
      "a size that lies",
      "archive-damaged",
      async () => {
        const tar = await tarText([{ name: "main.tf", text: "x" }]);
        tar.write("00000000777\0", 124, "latin1");
        return gzipped(tar);
      },
    ],
  ];

  test.each(cases)("%s: %s", async (_, code, make) => {
    const archive = await make();
    expect(await codeOf(() => readArchive(archive, small))).toBe(code);
  });

  test("and none is written", async () => {
    expect(await codeOf(() => writeArchive([file("../evil.tf")]))).toBe("archive-path-invalid");
    expect(await codeOf(() => writeArchive([file("a.tf"), file("A.tf")]))).toBe("archive-name-repeated");
    expect(await codeOf(() => writeArchive([]))).toBe("archive-damaged");
    expect(await codeOf(() => writeArchive([file("a.tf", "x".repeat(2_000))], small))).toBe("archive-too-large");
    expect(
      await codeOf(() => writeArchive([{ path: "a.tf", bytes: Buffer.alloc(ARCHIVE_LIMITS.fileBytes + 1) }])),
    ).toBe("archive-too-large");
  });

  test("whatever its bytes are, an error of ours is all that comes of it", () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        expect(await codeOf(() => readArchive(gzipped(bytes)))).toMatch(/^archive-/);
        expect(await codeOf(() => readArchive(bytes))).toMatch(/^archive-/);
      }),
      { numRuns: runs(200) },
    ));
});
