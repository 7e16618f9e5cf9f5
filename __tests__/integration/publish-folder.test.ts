import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { FederationError } from "../../src/errors";
import { sha256 } from "../../src/registry/checksums";
import { publishToFolder } from "../../src/registry/publish/folder";
import { verifyFolder } from "../../src/registry/publish/verify-folder";
import { smallRelease } from "../support/release";
import { temporaryFolder } from "../support/temporary-folder";

const acme = { namespace: "acme" } as const;
const MODULE = "v1/modules/acme/one-role/aws";

function files(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => statSync(join(folder, path)).isFile()).sort();
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
}

async function codesOf(work: Promise<unknown>): Promise<readonly string[]> {
  try {
    await work;
    return [];
  } catch (error) {
    return error instanceof FederationError ? error.problems.map(({ code }) => code) : [String(error)];
  }
}

async function registryOf(...versions: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder("registry"), "registry");
  for (const version of versions) await publishToFolder(folder, await smallRelease(version), acme);
  return folder;
}

const readJson = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(...path), "utf8"));

describe("publishing into a folder", () => {
  test("lays out the registry protocol, and nothing hidden is left behind", async () => {
    const folder = await registryOf("1.0.0", "1.1.0");
    expect(readJson(folder, ".well-known/terraform.json")).toEqual({ "modules.v1": "/v1/modules/" });
    expect(readJson(folder, MODULE, "versions")).toEqual({ modules: [{ versions: [{ version: "1.1.0" }, { version: "1.0.0" }] }] });
    expect(readJson(folder, MODULE, "1.1.0/download")).toEqual({ location: "./module.tar.gz" });
    const { archives } = await smallRelease("1.1.0");
    expect(readFileSync(join(folder, MODULE, "1.1.0/module.tar.gz")).equals(archives.get("one-role") ?? Buffer.alloc(0))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([".nojekyll", ".well-known"]);
    expect((await verifyFolder(folder)).problems).toEqual([]);
  });

  test("adds a version without touching the files of another", async () => {
    const folder = await registryOf("1.0.0");
    const before = files(join(folder, MODULE, "1.0.0"));
    const times = Object.keys(before).map((path) => statSync(join(folder, MODULE, "1.0.0", path)).mtimeMs);
    await publishToFolder(folder, await smallRelease("1.1.0"), acme);
    expect(files(join(folder, MODULE, "1.0.0"))).toEqual(before);
    expect(Object.keys(before).map((path) => statSync(join(folder, MODULE, "1.0.0", path)).mtimeMs)).toEqual(times);
  });

  test("the same release again changes nothing", async () => {
    const folder = await registryOf("1.0.0");
    const before = files(folder);
    const answer = await publishToFolder(folder, await smallRelease("1.0.0"), {});
    expect(answer.changes.map(({ change }) => change)).toEqual(["none", "none"]);
    expect(answer.files).toEqual([]);
    expect(files(folder)).toEqual(before);
  });

  test("the same version with other bytes is refused, every module of it, and nothing is written", async () => {
    const folder = await registryOf("1.0.0");
    const before = files(folder);
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.0.0", { text: "# other\n" }), acme))).toEqual(["registry-version-taken", "registry-version-taken"]);
    expect(files(folder)).toEqual(before);
  });

  test("a dry run says what it would write and writes nothing, not even the folder", async () => {
    const folder = join(temporaryFolder("dry"), "registry");
    const answer = await publishToFolder(folder, await smallRelease("1.0.0"), { ...acme, dryRun: true });
    expect(answer.files).toContain(`${MODULE}/1.0.0/module.tar.gz`);
    expect(existsSync(folder)).toBe(false);
  });

  test("a fix of an older minor is added, and the newest stays the newest", async () => {
    const folder = await registryOf("1.0.0", "1.2.0", "1.0.1", "2.0.0-rc.1");
    expect(readJson(folder, MODULE, "versions")).toEqual({ modules: [{ versions: ["2.0.0-rc.1", "1.2.0", "1.0.1", "1.0.0"].map((version) => ({ version })) }] });
    expect(readFileSync(join(folder, MODULE, "index.html"), "utf8")).toContain("<title>acme/one-role/aws 1.2.0</title>");
  });

  test("a registry that moves says so on every page, and keeps every archive", async () => {
    const folder = await registryOf("1.0.0", "1.1.0");
    await publishToFolder(folder, await smallRelease("3.0.0", { names: ["other"] }), { ...acme, site: { host: "modules.acme.example", basePath: "/terraform/" } });
    for (const page of ["index.html", `${MODULE}/index.html`, `${MODULE}/1.0.0/index.html`, `${MODULE}/1.1.0/index.html`]) {
      expect(readFileSync(join(folder, page), "utf8")).toContain("modules.acme.example/acme/one-role/aws");
    }
    expect(readJson(folder, ".well-known/terraform.json")).toEqual({ "modules.v1": "/terraform/v1/modules/" });
    expect((await verifyFolder(folder)).problems).toEqual([]);
  });

  test("without a namespace the registry's only one is taken, and a new registry needs one", async () => {
    const folder = await registryOf("1.0.0");
    await publishToFolder(folder, await smallRelease("1.1.0"), {});
    expect(existsSync(join(folder, MODULE, "1.1.0"))).toBe(true);
    expect(await codesOf(publishToFolder(join(folder, "new"), await smallRelease("1.0.0"), {}))).toEqual(["registry-namespace-missing"]);
  });
});

describe("hostile names", () => {
  const hostile = ["..", ".", "", "a/b", "../../etc", "/etc", "a\\b", "C:", "Acme", "a\u0000b", "a b", "é", "-a", "a".repeat(65), ".hidden", "%2e%2e", "a\n"];

  test.each(hostile)("the namespace %j is refused", async (namespace) => {
    const parent = temporaryFolder("hostile");
    expect(await codesOf(publishToFolder(join(parent, "registry"), await smallRelease("1.0.0"), { namespace }))).toEqual(["registry-name-invalid"]);
    expect(readdirSync(parent)).toEqual(["registry"]);
    expect(readdirSync(join(parent, "registry"))).toEqual([]);
  });

  test.each(["1.0.0/../..", "../1.0.0", "1.0", "v1.0.0", "1.0.0+build", "1.0.0 ", "", "01.0.0", "1.0.0-\u202e", "latest"])("the version %j is refused", async (version) => {
    const parent = temporaryFolder("hostile");
    expect(await codesOf(publishToFolder(join(parent, "registry"), await smallRelease(version), acme))).toEqual(["version-invalid"]);
    expect(readdirSync(join(parent, "registry"))).toEqual([]);
  });

  test("any name or version at all writes below the registry only", async () => {
    const parent = temporaryFolder("any");
    writeFileSync(join(parent, "beside"), "mine");
    const text = fc.oneof(fc.string(), fc.constantFrom("..", "../..", "/tmp", "a"), fc.string({ unit: fc.constantFrom(".", "/", "a", "\\", "0") }));
    await fc.assert(fc.asyncProperty(text, text, text, async (namespace, name, version) => {
      await publishToFolder(join(parent, "registry"), await smallRelease(version, { names: [name] }), { namespace }).catch((error: unknown) => {
        if (!(error instanceof FederationError)) throw error;
      });
      expect(readdirSync(parent).sort()).toEqual(["beside", "registry"]);
    }), { numRuns: 60 });
  });

  test("a folder of something else keeps its files, and what is not in the way may stay", async () => {
    const folder = temporaryFolder("site");
    writeFileSync(join(folder, "index.html"), "my site");
    writeFileSync(join(folder, "SHA256SUMS"), "");
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.0.0"), acme))).toEqual(["file-not-generated", "file-not-generated"]);
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", "index.html"]);
    rmSync(join(folder, "index.html"));
    rmSync(join(folder, "SHA256SUMS"));
    writeFileSync(join(folder, "CNAME"), "modules.acme.example");
    await publishToFolder(folder, await smallRelease("1.0.0"), acme);
    expect((await verifyFolder(folder)).problems).toEqual([]);
  });

  test("a link in the registry's folder is not written through", async () => {
    const outside = temporaryFolder("outside");
    const folder = join(temporaryFolder("linked"), "registry");
    mkdirSync(join(folder, "v1/modules"), { recursive: true });
    symlinkSync(outside, join(folder, "v1/modules/acme"));
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.0.0"), acme))).toEqual(["registry-damaged"]);
    expect(readdirSync(outside)).toEqual([]);
  });
});

describe("what a killed publish leaves", () => {
  const STAGE = ".databricks-aws-oidc-stage";
  const JOURNAL = ".databricks-aws-oidc-journal.json";

  test.each([
    ["half a stage, before anything was decided", (folder: string) => {
      mkdirSync(join(folder, STAGE, MODULE, "1.1.0"), { recursive: true });
      writeFileSync(join(folder, STAGE, MODULE, "1.1.0/module.tar.gz"), "half");
    }],
    ["a journal whose moves are all done", (folder: string) => writeFileSync(join(folder, JOURNAL), JSON.stringify([`${MODULE}/1.0.0`, "index.html"]))],
    ["the lock of a process that is no more", (folder: string) => {
      mkdirSync(join(folder, ".databricks-aws-oidc-publish.lock"));
      writeFileSync(join(folder, ".databricks-aws-oidc-publish.holder.json"), JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() }));
    }],
    ["a version's folder that no list names", (folder: string) => {
      mkdirSync(join(folder, MODULE, "1.1.0"));
      writeFileSync(join(folder, MODULE, "1.1.0/module.tar.gz"), "half");
    }],
  ])("%s: the next publish needs no help", async (_what, leave) => {
    const folder = await registryOf("1.0.0");
    leave(folder);
    await publishToFolder(folder, await smallRelease("1.1.0"), acme);
    expect(await verifyFolder(folder)).toEqual({ problems: [], modules: 2, versions: 4 });
    expect(readdirSync(folder).filter((name) => name.startsWith(".databricks"))).toEqual([]);
  });

  test("moves that were written down are carried out, from whichever of them it was stopped at", async () => {
    const [old, fresh] = [await registryOf("1.0.0"), await registryOf("1.0.0", "1.1.0")];
    const [before, after] = [files(old), files(fresh)];
    const versions = [`${MODULE}/1.1.0`, `${MODULE.replace("one-role", "two-roles")}/1.1.0`];
    const moves = [...versions, ...Object.keys(after).filter((path) => after[path] !== before[path] && !versions.some((version) => path.startsWith(`${version}/`)))];
    for (const done of [0, 1, 2, 5, moves.length - 1, moves.length]) {
      const folder = await registryOf("1.0.0");
      for (const path of Object.keys(after).filter((file) => moves.some((move) => file === move || file.startsWith(`${move}/`)))) {
        mkdirSync(dirname(join(folder, STAGE, path)), { recursive: true });
        writeFileSync(join(folder, STAGE, path), readFileSync(join(fresh, path)));
      }
      writeFileSync(join(folder, JOURNAL), JSON.stringify(moves));
      for (const move of moves.slice(0, done)) renameSync(join(folder, STAGE, move), join(folder, move));
      expect((await publishToFolder(folder, await smallRelease("1.1.0"), acme)).repaired).toBe(true);
      expect(files(folder)).toEqual(after);
    }
  });

  test.each([[["../outside"]], [["index.html", "/etc/passwd"]], [["v1/modules/acme/one-role/aws/1.0.0/../../.."]], [["anything"]], [{}], [[1]]])("a journal with %j is not ours", async (moves) => {
    const folder = await registryOf("1.0.0");
    writeFileSync(join(folder, JOURNAL), JSON.stringify(moves));
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
  });

  test("a publish at work is waited for, then said", async () => {
    const folder = await registryOf("1.0.0");
    mkdirSync(join(folder, ".databricks-aws-oidc-publish.lock"));
    writeFileSync(join(folder, ".databricks-aws-oidc-publish.holder.json"), JSON.stringify({ pid: process.pid, host: hostname() }));
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), { ...acme, waitMs: 100 }))).toEqual(["registry-busy"]);
  });

  test("several at once in one process all arrive", async () => {
    const folder = await registryOf("1.0.0");
    const releases = await Promise.all(["1.1.0", "1.2.0", "1.3.0"].map((version) => smallRelease(version)));
    await Promise.all(releases.map((release) => publishToFolder(folder, release, acme)));
    expect(await verifyFolder(folder)).toEqual({ problems: [], modules: 2, versions: 8 });
  });
});

describe("verifying a registry's folder", () => {
  test("one changed byte in any file is found, and so is a file too many or too few", async () => {
    const folder = await registryOf("1.1.0");
    for (const path of Object.keys(files(folder))) {
      const file = join(folder, path);
      const good = readFileSync(file);
      if (good.length > 0) {
        const bad = Buffer.from(good);
        const at = Math.floor(Math.random() * bad.length);
        bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
        writeFileSync(file, bad);
        expect({ path, at, found: (await verifyFolder(folder)).problems.length > 0 }).toEqual({ path, at, found: true });
      }
      rmSync(file);
      expect({ path, found: (await verifyFolder(folder)).problems.length > 0 }).toEqual({ path, found: true });
      writeFileSync(file, good);
    }
    writeFileSync(join(folder, MODULE, "1.1.0/extra.html"), "");
    expect((await verifyFolder(folder)).problems.map(({ path }) => path)).toEqual([`${MODULE}/1.1.0/extra.html`]);
  });

  test("whoever changes an archive and its checksums too is caught by its manifest", async () => {
    const folder = await registryOf("1.0.0");
    const { archives } = await smallRelease("1.0.0", { text: "# evil\n" });
    const evil = archives.get("one-role") ?? Buffer.alloc(0);
    const archive = join(folder, MODULE, "1.0.0/module.tar.gz");
    const replaceIn = (file: string, from: string, to: string): void => writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
    const sums = join(folder, MODULE, "SHA256SUMS");
    const [oldSums, oldArchive] = [sha256(readFileSync(sums)), sha256(readFileSync(archive))];
    writeFileSync(archive, evil);
    // only this module's line of the file: both modules have the same bytes
    replaceIn(sums, oldArchive, sha256(evil));
    replaceIn(join(folder, "SHA256SUMS"), `${oldSums}  ${MODULE}/`, `${sha256(readFileSync(sums))}  ${MODULE}/`);
    expect((await verifyFolder(folder)).problems.map(({ message }) => message)).toEqual([`${MODULE}/1.0.0/module.tar.gz is not the archive its manifest describes.`]);
  });

  test("publishing on lists that somebody changed is refused", async () => {
    const folder = await registryOf("1.0.0");
    const versions = join(folder, MODULE, "versions");
    writeFileSync(versions, readFileSync(versions, "utf8").replace("1.0.0", "6.6.6"));
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
    appendFileSync(join(folder, "SHA256SUMS"), "\n");
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
  });

  test("a folder without a registry is said to be none", async () => {
    expect(await codesOf(verifyFolder(temporaryFolder("empty")))).toEqual(["file-not-found"]);
  });
});
