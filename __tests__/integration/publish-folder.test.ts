import fs from "node:fs";
import {
  appendFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { FederationError } from "../../src/errors";
import { sha256 } from "../../src/release/checksums";
import { publishToFolder } from "../../src/registry/publish/folder";
import { verifyFolder } from "../../src/registry/publish/verify-folder";
import { moduleFolder, placeOf } from "../../src/registry/tree/address";
import { smallRelease } from "../support/release";
import { temporaryFolder } from "../support/temporary-folder";

const acme = { namespace: "acme" } as const;
const MODULE = "v1/modules/acme/one-role/aws";

const STATES = ".registry-states";

/** Digests of what is served, but for versions that no list names. */
function files(folder: string): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter(
      (path) =>
        !path.startsWith(STATES) &&
        statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true &&
        isListed(folder, path),
    )
    .sort();
  return Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
}

function isListed(folder: string, path: string): boolean {
  const place = placeOf(path);
  if (place.of !== "version") return true;
  const list = join(folder, moduleFolder(place.address), "versions");
  return existsSync(list) && readFileSync(list, "utf8").includes(`"${place.version}"`);
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
  test("lays out the registry protocol, and nothing of its making is left behind", async () => {
    const folder = await registryOf("1.0.0", "1.1.0");
    expect(readJson(folder, ".well-known/terraform.json")).toEqual({ "modules.v1": "/v1/modules/" });
    expect(readJson(folder, MODULE, "versions")).toEqual({
      modules: [{ versions: [{ version: "1.1.0" }, { version: "1.0.0" }] }],
    });
    expect(readJson(folder, MODULE, "1.1.0/download")).toEqual({ location: "./module.tar.gz" });
    const { archives } = await smallRelease("1.1.0");
    expect(
      readFileSync(join(folder, MODULE, "1.1.0/module.tar.gz")).equals(archives.get("one-role") ?? Buffer.alloc(0)),
    ).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([".nojekyll", STATES, ".well-known"]);
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
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.0.0", { text: "# other\n" }), acme))).toEqual([
      "registry-version-taken",
      "registry-version-taken",
    ]);
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
    expect(readJson(folder, MODULE, "versions")).toEqual({
      modules: [{ versions: ["2.0.0-rc.1", "1.2.0", "1.0.1", "1.0.0"].map((version) => ({ version })) }],
    });
    expect(readFileSync(join(folder, MODULE, "index.html"), "utf8")).toContain(
      "<title>acme/one-role/aws 1.2.0</title>",
    );
  });

  test("a registry that moves says so on every page, and keeps every archive", async () => {
    const folder = await registryOf("1.0.0", "1.1.0");
    await publishToFolder(folder, await smallRelease("3.0.0", { names: ["other"] }), {
      ...acme,
      site: { host: "modules.acme.example", basePath: "/terraform/" },
    });
    for (const page of [
      "index.html",
      `${MODULE}/index.html`,
      `${MODULE}/1.0.0/index.html`,
      `${MODULE}/1.1.0/index.html`,
    ]) {
      expect(readFileSync(join(folder, page), "utf8")).toContain("modules.acme.example/acme/one-role/aws");
    }
    expect(readJson(folder, ".well-known/terraform.json")).toEqual({ "modules.v1": "/terraform/v1/modules/" });
    expect(lstatSync(join(folder, MODULE, "1.0.0/index.html")).isFile()).toBe(true);
    expect((await verifyFolder(folder)).problems).toEqual([]);
  });

  test("without a namespace the registry's only one is taken, and a new registry needs one", async () => {
    const folder = await registryOf("1.0.0");
    await publishToFolder(folder, await smallRelease("1.1.0"), {});
    expect(existsSync(join(folder, MODULE, "1.1.0"))).toBe(true);
    expect(await codesOf(publishToFolder(join(folder, "new"), await smallRelease("1.0.0"), {}))).toEqual([
      "registry-namespace-missing",
    ]);
  });
});

describe("hostile names", () => {
  const hostile = [
    "..",
    ".",
    "",
    "a/b",
    "../../etc",
    "/etc",
    "a\\b",
    "C:",
    "Acme",
    "a\u0000b",
    "a b",
    "é",
    "-a",
    "a".repeat(65),
    ".hidden",
    "%2e%2e",
    "a\n",
  ];

  test.each(hostile)("the namespace %j is refused", async (namespace) => {
    const parent = temporaryFolder("hostile");
    expect(
      await codesOf(publishToFolder(join(parent, "registry"), await smallRelease("1.0.0"), { namespace })),
    ).toEqual(["registry-name-invalid"]);
    expect(readdirSync(parent)).toEqual(["registry"]);
    expect(readdirSync(join(parent, "registry"))).toEqual([]);
  });

  test.each([
    "1.0.0/../..",
    "../1.0.0",
    "1.0",
    "v1.0.0",
    "1.0.0+build",
    "1.0.0 ",
    "",
    "01.0.0",
    "1.0.0-\u202e",
    "latest",
  ])("the version %j is refused", async (version) => {
    const parent = temporaryFolder("hostile");
    expect(await codesOf(publishToFolder(join(parent, "registry"), await smallRelease(version), acme))).toEqual([
      "version-invalid",
    ]);
    expect(readdirSync(join(parent, "registry"))).toEqual([]);
  });

  test("any name or version at all writes below the registry only", async () => {
    const parent = temporaryFolder("any");
    writeFileSync(join(parent, "beside"), "mine");
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("..", "../..", "/tmp", "a"),
      fc.string({ unit: fc.constantFrom(".", "/", "a", "\\", "0") }),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (namespace, name, version) => {
        await publishToFolder(join(parent, "registry"), await smallRelease(version, { names: [name] }), {
          namespace,
        }).catch((error: unknown) => {
          if (!(error instanceof FederationError)) throw error;
        });
        expect(readdirSync(parent).sort()).toEqual(["beside", "registry"]);
      }),
      { numRuns: 60 },
    );
  });

  test("a folder of something else keeps its files, and what is not in the way may stay", async () => {
    const folder = temporaryFolder("site");
    writeFileSync(join(folder, "index.html"), "my site");
    writeFileSync(join(folder, "SHA256SUMS"), "");
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.0.0"), acme))).toEqual([
      "file-not-generated",
      "file-not-generated",
    ]);
    expect(readdirSync(folder).sort()).toEqual(["SHA256SUMS", "index.html"]);
    rmSync(join(folder, "index.html"));
    rmSync(join(folder, "SHA256SUMS"));
    writeFileSync(join(folder, "CNAME"), "modules.acme.example");
    await publishToFolder(folder, await smallRelease("1.0.0"), acme);
    expect((await verifyFolder(folder)).problems).toEqual([]);
  });

  test.each([
    ["the current state", `${STATES}/current`, "../../outside"],
    ["all states", STATES, "../outside"],
    ["a list", `${MODULE}/versions`, "../../../../../../outside/versions"],
    ["the front page", "index.html", `${STATES}/current/registry.json`],
  ])("a link of somebody else's for %s is not followed", async (_what, path, target) => {
    const parent = temporaryFolder("linked");
    const folder = join(parent, "registry");
    cpSync(await registryOf("1.0.0"), folder, { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(parent, "outside"));
    writeFileSync(join(parent, "outside", "versions"), readFileSync(join(folder, MODULE, "versions")));
    rmSync(join(folder, path), { recursive: true });
    symlinkSync(target, join(folder, path));
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
    expect(readdirSync(join(parent, "outside"))).toEqual(["versions"]);
    expect((await verifyFolder(folder)).problems.length).toBeGreaterThan(0);
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

describe("a publish that is stopped", () => {
  /** Every call by which publish changes a folder. */
  const CHANGES = [
    "copyFileSync",
    "linkSync",
    "mkdirSync",
    "renameSync",
    "rmSync",
    "symlinkSync",
    "writeFileSync",
  ] as const;

  /** Runs `work`, stopped as if killed before its change number `at`; returns how many changes it came to make. */
  async function changesOf(at: number, work: () => Promise<unknown>): Promise<number> {
    let made = 0;
    const spies = CHANGES.map((name) => {
      const real = fs[name] as (...args: readonly unknown[]) => unknown;
      return jest.spyOn(fs, name).mockImplementation(((...args: readonly unknown[]) => {
        // the lock of a killed process is broken, that of this one must be freed
        if (String(args[0]).endsWith(".holder.json")) return real(...args);
        if (made === at) throw new Error("killed");
        made += 1;
        return real(...args);
      }) as never);
    });
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "killed") throw error;
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return made;
  }

  test.each([
    // every so many changes, as it takes a while, and all of the last, among them the one that counts
    ["a second publish", "a registry", 1, acme],
    ["the first", "nothing", 9, acme],
    // what `cp -RL` makes of a registry
    ["one into a copy without links", "files", 7, acme],
    [
      "one that moves the registry",
      "a registry",
      7,
      { ...acme, site: { host: "modules.acme.example", basePath: "/" } },
    ],
  ])(
    "%s: before whichever change, the whole registry is old or new, and the next publish repairs",
    async (_what, from, every, options) => {
      const release = await smallRelease("1.1.0");
      const original = await registryOf("1.0.0");
      const begin = (): string => {
        const folder = join(temporaryFolder("stopped"), "registry");
        if (from !== "nothing")
          cpSync(original, folder, {
            recursive: true,
            ...(from === "files" ? { dereference: true } : { verbatimSymlinks: true }),
          });
        return folder;
      };
      const model = begin();
      const before = existsSync(model) ? files(model) : {};
      const all = await changesOf(Infinity, () => publishToFolder(model, release, options));
      const after = files(model);
      expect(after).not.toEqual(before);
      const states: string[] = [];
      for (const at of Array.from({ length: all }, (_, index) => index).filter(
        (index) => index % every === 0 || index > all - 12,
      )) {
        const folder = begin();
        expect(await changesOf(at, () => publishToFolder(folder, release, options))).toBe(at);
        const now = existsSync(folder) ? files(folder) : {};
        const isNew = JSON.stringify(now) === JSON.stringify(after);
        expect({ at, now }).toEqual({ at, now: isNew ? after : before });
        states.push(isNew ? "new" : "old");
        // of another version, so that nothing is mended by being done again
        await publishToFolder(folder, await smallRelease("1.2.0"), options);
        expect((await verifyFolder(folder)).problems).toEqual([]);
        expect(readdirSync(join(folder, STATES)).filter((name) => !/^(?:current|\d+)$/.test(name))).toEqual([]);
      }
      expect(states.join(" ")).toMatch(/^(?:old )+new(?: new)*$/);
    },
    60_000,
  );

  test.each([
    [
      "the lock of a process that is no more",
      (folder: string) => {
        mkdirSync(join(folder, ".databricks-aws-oidc-publish.lock"));
        writeFileSync(
          join(folder, ".databricks-aws-oidc-publish.holder.json"),
          JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() }),
        );
      },
    ],
    [
      "a version's folder that no list names",
      (folder: string) => {
        mkdirSync(join(folder, MODULE, "1.1.0"));
        writeFileSync(join(folder, MODULE, "1.1.0/module.tar.gz"), "half");
      },
    ],
    ["half a journal", (folder: string) => writeFileSync(join(folder, STATES, "journal.json.new"), "{")],
    [
      "a journal that takes a published version for its own",
      (folder: string) =>
        writeFileSync(
          join(folder, STATES, "journal.json"),
          JSON.stringify({ state: 7, added: [`${MODULE}/1.0.0`], opened: ["index.html"] }),
        ),
    ],
  ])("%s left: the next publish needs no help", async (_what, leave) => {
    const folder = await registryOf("1.0.0");
    leave(folder);
    await publishToFolder(folder, await smallRelease("1.1.0"), acme);
    expect(await verifyFolder(folder)).toEqual({ problems: [], modules: 2, versions: 4 });
    expect(readdirSync(folder).filter((name) => name.startsWith(".databricks"))).toEqual([]);
  });

  test("a stopped one is seen by a dry run and by --verify, and the next says that it cleared it away", async () => {
    const folder = await registryOf("1.0.0");
    const release = await smallRelease("1.1.0");
    const model = await registryOf("1.0.0");
    const all = await changesOf(Infinity, () => publishToFolder(model, release, acme));
    await changesOf(Math.floor(all / 2), () => publishToFolder(folder, release, acme));
    expect((await publishToFolder(folder, release, { ...acme, dryRun: true })).repaired).toBe(true);
    expect((await verifyFolder(folder)).problems.map(({ code }) => code)).toContain("registry-interrupted");
    expect((await publishToFolder(folder, release, acme)).repaired).toBe(true);
    expect((await publishToFolder(folder, release, acme)).repaired).toBe(false);
  });

  test.each([
    [{ state: 7, added: ["../outside"], opened: [] }],
    [{ state: 7, added: [`${MODULE}/1.0.0/../../..`], opened: [] }],
    [{ state: 7, added: [MODULE], opened: [] }],
    [{ state: 7, added: [], opened: ["/etc/passwd"] }],
    [{ state: 7, added: [], opened: ["anything"] }],
    [{ added: [], opened: [] }],
    [{ state: 7 }],
    [[]],
    [1],
  ])("a journal with %j is not ours", async (journal) => {
    const folder = await registryOf("1.0.0");
    writeFileSync(join(folder, STATES, "journal.json"), JSON.stringify(journal));
    const before = files(folder);
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
    expect(files(folder)).toEqual(before);
  });

  test("lists whose state is gone are damaged, not a new registry", async () => {
    const folder = await registryOf("1.0.0");
    rmSync(join(folder, STATES), { recursive: true });
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), acme))).toEqual(["registry-damaged"]);
    expect((await verifyFolder(folder)).problems.length).toBeGreaterThan(0);
  });
});

describe("two publishes at once", () => {
  test("one at work is waited for, then said", async () => {
    const folder = await registryOf("1.0.0");
    mkdirSync(join(folder, ".databricks-aws-oidc-publish.lock"));
    writeFileSync(
      join(folder, ".databricks-aws-oidc-publish.holder.json"),
      JSON.stringify({ pid: process.pid, host: hostname() }),
    );
    expect(await codesOf(publishToFolder(folder, await smallRelease("1.1.0"), { ...acme, waitMs: 100 }))).toEqual([
      "registry-busy",
    ]);
  });

  test("several in one process all arrive", async () => {
    const folder = await registryOf("1.0.0");
    const releases = await Promise.all(["1.1.0", "1.2.0", "1.3.0"].map((version) => smallRelease(version)));
    await Promise.all(releases.map((release) => publishToFolder(folder, release, acme)));
    expect(await verifyFolder(folder)).toEqual({ problems: [], modules: 2, versions: 8 });
  });

  test("with other bytes for one version: one is taken, the other refused in all its modules", async () => {
    const folder = await registryOf("1.0.0");
    const releases = await Promise.all(["# one\n", "# other\n"].map((text) => smallRelease("1.1.0", { text })));
    const outcomes = await Promise.all(releases.map((release) => codesOf(publishToFolder(folder, release, acme))));
    expect(outcomes.map((codes) => codes.join(" ")).sort()).toEqual([
      "",
      "registry-version-taken registry-version-taken",
    ]);
    expect(await verifyFolder(folder)).toEqual({ problems: [], modules: 2, versions: 4 });
  });
});

describe("verifying a registry's folder", () => {
  test("one changed byte in any file is found, and so is a file too many or too few", async () => {
    const folder = await registryOf("1.1.0");
    for (const path of Object.keys(files(folder))) {
      const served = join(folder, path);
      const file = lstatSync(served).isSymbolicLink()
        ? join(folder, STATES, readlinkSync(join(folder, STATES, "current")), path)
        : served;
      const good = readFileSync(file);
      if (good.length > 0) {
        const bad = Buffer.from(good);
        const at = Math.floor(Math.random() * bad.length);
        bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
        writeFileSync(file, bad);
        expect({ path, at, found: (await verifyFolder(folder)).problems.length > 0 }).toEqual({
          path,
          at,
          found: true,
        });
      }
      rmSync(file);
      expect({ path, found: (await verifyFolder(folder)).problems.length > 0 }).toEqual({ path, found: true });
      writeFileSync(file, good);
    }
    writeFileSync(join(folder, MODULE, "1.1.0/extra.html"), "");
    expect((await verifyFolder(folder)).problems.map(({ path }) => path)).toEqual([`${MODULE}/1.1.0/extra.html`]);
  });

  test("an archive that was changed with its checksums is caught by its manifest", async () => {
    const folder = await registryOf("1.0.0");
    const { archives } = await smallRelease("1.0.0", { text: "# evil\n" });
    const evil = archives.get("one-role") ?? Buffer.alloc(0);
    const archive = join(folder, MODULE, "1.0.0/module.tar.gz");
    const replaceIn = (file: string, from: string, to: string): void =>
      writeFileSync(file, readFileSync(file, "utf8").replaceAll(from, to));
    const sums = join(folder, MODULE, "SHA256SUMS");
    const [oldSums, oldArchive] = [sha256(readFileSync(sums)), sha256(readFileSync(archive))];
    writeFileSync(archive, evil);
    // only this module's line of the file: both modules have the same bytes
    replaceIn(sums, oldArchive, sha256(evil));
    replaceIn(join(folder, "SHA256SUMS"), `${oldSums}  ${MODULE}/`, `${sha256(readFileSync(sums))}  ${MODULE}/`);
    expect((await verifyFolder(folder)).problems.map(({ message }) => message)).toEqual([
      `${MODULE}/1.0.0/module.tar.gz is not the archive its manifest describes.`,
    ]);
  });

  test("publishing on changed lists is refused", async () => {
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
