import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { FederationError } from "../../src/errors";
import { checksumsText, sha256 } from "../../src/release/checksums";
import { manifestJson, readManifest } from "../../src/release/manifest";
import type { ReleaseManifest } from "../../src/release/manifest";
import { notesSince } from "../../src/release/notes";
import { packFolder } from "../../src/release/pack-folder";
import { recordRelease } from "../../src/release/record-release";
import { verifyRelease } from "../../src/release/verify";
import { readVersion } from "../../src/release/version";
import { SMALL_CONTRACT, SMALL_PROBES, smallPolicy, writeSmallModule } from "../support/small-release";
import type { SmallModule } from "../support/small-release";
import { temporaryFolder } from "../support/temporary-folder";

interface Asked {
  readonly version?: string;
  readonly previous?: string;
  readonly out?: string;
  readonly module?: SmallModule;
  readonly folder?: string;
  readonly sourceDateEpoch?: string;
}

/** Packs the small module; returns the release's folder. */
async function packed({
  version = "1.0.0",
  previous = "",
  out = join(temporaryFolder("release"), "out"),
  module = {},
  folder,
  sourceDateEpoch,
}: Asked = {}): Promise<string> {
  const modules = folder ?? temporaryFolder("modules");
  if (folder === undefined) writeSmallModule(modules, module);
  await packFolder({
    modules,
    version,
    out,
    previous: previous === "" ? temporaryFolder("no-releases") : previous,
    sourceCommit: undefined,
    ownVersion: "0.1.0",
    sourceDateEpoch,
  });
  return out;
}

async function codesOf(body: () => unknown): Promise<readonly string[]> {
  try {
    await body();
    return [];
  } catch (error) {
    if (error instanceof FederationError) return error.problems.map(({ code }) => code);
    throw error;
  }
}

const names = (folder: string): readonly string[] => readdirSync(folder).sort();

/** Changes the release data of the module in a folder. */
const withReleaseData =
  (data: object) =>
  (module: string): void =>
    writeFileSync(`${module}.release.json`, JSON.stringify(data));

const withContract = (contract: object): ((module: string) => void) =>
  withReleaseData({ contract, trust: { digest: "0".repeat(64), probes: SMALL_PROBES } });

describe("a release", () => {
  test("is archives, a manifest, an SBOM and checksums, and verifies", async () => {
    const out = await packed();
    expect(names(out)).toEqual(["SHA256SUMS", "manifest.json", "sbom.spdx.json", "small-1.0.0.tar.gz"]);
    const { manifest, archives } = await verifyRelease(out);
    expect(manifest).toMatchObject({
      schemaVersion: 1,
      version: "1.0.0",
      source: { commit: null },
      modules: [{ name: "small", system: "aws", archive: "small-1.0.0.tar.gz", contract: { name: "small" } }],
    });
    expect(archives.get("small")?.length).toBe(manifest.modules[0]?.size);
  });

  test("with one bit changed anywhere in any of its files is found out, by name", async () => {
    const out = await packed();
    for (const name of names(out)) {
      const file = join(out, name);
      const bytes = readFileSync(file);
      // its ends and 40 places between, other ones in every file
      const places = [
        ...new Set([
          0,
          bytes.length - 1,
          ...Array.from(
            { length: 40 },
            (_, index) => Math.floor((index * bytes.length) / 40 + name.length) % bytes.length,
          ),
        ]),
      ];
      for (const at of places) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
        writeFileSync(file, changed);
        expect({ name, at, found: (await codesOf(() => verifyRelease(out))).length > 0 }).toEqual({
          name,
          at,
          found: true,
        });
      }
      writeFileSync(file, bytes);
    }
    expect(await codesOf(() => verifyRelease(out))).toEqual([]);
  });

  test("whose checksums were made again after a change is found out by its manifest", async () => {
    const out = await packed();
    const resum = (): void =>
      writeFileSync(
        join(out, "SHA256SUMS"),
        checksumsText(
          names(out)
            .filter((name) => name !== "SHA256SUMS")
            .map((name) => [name, sha256(readFileSync(join(out, name)))] as const),
        ),
      );
    const other = await packed({
      module: { files: { "main.tf": 'module "role" {\n  source = "./modules/role"\n}\nlocals {}\n' } },
    });
    cpSync(join(other, "small-1.0.0.tar.gz"), join(out, "small-1.0.0.tar.gz"));
    resum();
    expect(new Set(await codesOf(() => verifyRelease(out)))).toEqual(new Set(["release-changed"]));
  });

  test("with a file too many, too few, or a link is refused, each by its code", async () => {
    const change = async (edit: (out: string) => void): Promise<readonly string[]> => {
      const out = await packed();
      edit(out);
      return [...new Set(await codesOf(() => verifyRelease(out)))];
    };
    expect(await change((out) => writeFileSync(join(out, "extra.tar.gz"), "x"))).toEqual([
      "release-changed",
      "release-file-unexpected",
    ]);
    expect(await change((out) => rmSync(join(out, "small-1.0.0.tar.gz")))).toEqual(["release-file-missing"]);
    expect(await change((out) => rmSync(join(out, "manifest.json")))).toContain("release-file-missing");
    expect(await change((out) => rmSync(join(out, "SHA256SUMS")))).toContain("release-file-missing");
    expect(await change((out) => symlinkSync("/etc/passwd", join(out, "link.json")))).toEqual([
      "release-file-unexpected",
    ]);
    expect(await change((out) => mkdirSync(join(out, "folder")))).toEqual(["release-file-unexpected"]);
    expect(await change((out) => writeFileSync(join(out, "SHA256SUMS.sig"), "a signature"))).toEqual([]);
    expect(await codesOf(() => verifyRelease(temporaryFolder("empty")))).toContain("release-file-missing");
    expect(await codesOf(() => verifyRelease(join(temporaryFolder("empty"), "absent")))).toEqual(["file-not-found"]);
  });

  test("replaces an earlier one as a whole, and nothing else", async () => {
    const out = await packed();
    await packed({ out, version: "1.0.1" });
    expect(names(out)).toContain("small-1.0.1.tar.gz");
    expect(names(out)).not.toContain("small-1.0.0.tar.gz");
    expect(names(join(out, ".."))).toEqual(["out"]);
    const mine = temporaryFolder("mine");
    writeFileSync(join(mine, "thesis.txt"), "three years");
    expect(await codesOf(() => packed({ out: mine }))).toEqual(["file-not-generated"]);
    expect(names(mine)).toEqual(["thesis.txt"]);
  });

  test("names the commit of a clean checkout, and none of one with changes", async () => {
    const folder = temporaryFolder("checkout");
    writeSmallModule(folder);
    const git = (...args: readonly string[]): string =>
      execFileSync("git", ["-C", folder, "-c", "user.name=Test", "-c", "user.email=test@example.com", ...args], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }).trim();
    git("init", "-q");
    const commitOf = async (): Promise<string | null> =>
      (await verifyRelease(await packed({ folder }))).manifest.source.commit;
    expect(await commitOf()).toBeNull();
    git("add", "-A");
    git("commit", "-q", "-m", "modules");
    expect(await commitOf()).toBe(git("rev-parse", "HEAD"));
    writeFileSync(join(folder, "small", "README.md"), "# changed\n");
    expect(await commitOf()).toBeNull();
  });

  test("has an SBOM in which every name that is used is defined", async () => {
    const out = await packed({ sourceDateEpoch: "1700000000" });
    const sbom = JSON.parse(readFileSync(join(out, "sbom.spdx.json"), "utf8")) as {
      readonly spdxVersion: string;
      readonly creationInfo: { readonly created: string };
      readonly packages: readonly {
        readonly SPDXID: string;
        readonly name: string;
        readonly licenseDeclared: string;
      }[];
      readonly files: readonly { readonly SPDXID: string; readonly fileName: string }[];
      readonly relationships: readonly {
        readonly spdxElementId: string;
        readonly relationshipType: string;
        readonly relatedSpdxElement: string;
      }[];
    };
    expect(sbom.spdxVersion).toBe("SPDX-2.3");
    expect(sbom.creationInfo.created).toBe("2023-11-14T22:13:20Z");
    const ids = [
      "SPDXRef-DOCUMENT",
      ...sbom.packages.map(({ SPDXID }) => SPDXID),
      ...sbom.files.map(({ SPDXID }) => SPDXID),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
    for (const { spdxElementId, relatedSpdxElement } of sbom.relationships)
      expect(ids).toEqual(expect.arrayContaining([spdxElementId, relatedSpdxElement]));
    expect(sbom.packages.map(({ name, licenseDeclared }) => [name, licenseDeclared])).toEqual([
      ["small", "Apache-2.0"],
      ["hashicorp/aws", "NOASSERTION"],
    ]);
    expect(sbom.relationships).toContainEqual({
      spdxElementId: "SPDXRef-Package-module-small",
      relationshipType: "DEPENDS_ON",
      relatedSpdxElement: expect.stringContaining("hashicorp-aws"),
    });
  });
});

describe("what is packed", () => {
  test("is the module, byte for byte, and neither state nor values nor dotfiles", async () => {
    const folder = temporaryFolder("modules");
    writeSmallModule(folder, { files: { "crlf.tf": "locals {}\r\n" } });
    const left = [
      ".terraform.lock.hcl",
      "terraform.tfstate",
      "terraform.tfstate.backup",
      "prod.auto.tfvars",
      ".env",
      "main.tf~",
      "crash.log",
    ];
    for (const name of left) writeFileSync(join(folder, "small", name), "secret");
    mkdirSync(join(folder, "small", ".terraform"));
    mkdirSync(join(folder, "docs"));
    const { manifest, skipped } = await packFolder({
      modules: folder,
      version: "1.0.0",
      out: join(temporaryFolder("out"), "r"),
      previous: temporaryFolder("none"),
      sourceCommit: undefined,
      ownVersion: "0.1.0",
      sourceDateEpoch: undefined,
    });
    expect([...skipped].sort()).toEqual([...left.map((name) => `small/${name}`), "small/.terraform/", "docs/"].sort());
    const files = manifest.modules[0]?.files ?? [];
    expect(files.map(({ path }) => path)).toEqual([
      "LICENSE",
      "README.md",
      "crlf.tf",
      "examples/complete/main.tf",
      "main.tf",
      "modules/role/main.tf",
    ]);
    expect(files.find(({ path }) => path === "crlf.tf")?.sha256).toBe(sha256("locals {}\r\n"));
  });

  test.each<readonly [string, string, (module: string) => void]>([
    ["a link to a file", "module-file-link", (module) => symlinkSync("/etc/passwd", join(module, "passwd.tf"))],
    ["a link to a folder", "module-file-link", (module) => symlinkSync("/etc", join(module, "etc"))],
    ["a fifo", "module-file-link", (module) => execFileSync("mkfifo", [join(module, "pipe.tf")])],
    [
      "a file of no kind that modules have",
      "module-file-unknown",
      (module) => writeFileSync(join(module, "credentials.csv"), "key"),
    ],
    [
      "HCL that was changed after its release data was made",
      "release-data-stale",
      (module) => writeFileSync(join(module, "main.tf"), "# mine\n"),
    ],
    ["a contract that was changed by hand", "release-data-stale", withContract({ ...SMALL_CONTRACT, outputs: [] })],
    [
      "release data that does not read",
      "release-data-unreadable",
      (module) => writeFileSync(`${module}.release.json`, "{"),
    ],
    ["a contract with a key nobody knows", "release-data-unreadable", withContract({ ...SMALL_CONTRACT, more: 1 })],
    [
      "a contract nested without end",
      "release-data-unreadable",
      withContract({
        ...SMALL_CONTRACT,
        variables: [
          {
            ...SMALL_CONTRACT.variables[0],
            type: JSON.parse(`${'{"list":'.repeat(500)}"string"${"}".repeat(500)}`) as unknown,
          },
        ],
      }),
    ],
    [
      "lines that a checkout ended with CRLF",
      "release-data-stale",
      (module) =>
        writeFileSync(join(module, "main.tf"), readFileSync(join(module, "main.tf"), "utf8").replaceAll("\n", "\r\n")),
    ],
    [
      "names that are one where case does not count",
      "archive-name-repeated",
      (module) => writeFileSync(join(module, "readme.md"), "# other\n"),
    ],
    [
      "a name that is no ASCII",
      "archive-path-invalid",
      (module) => writeFileSync(join(module, "le\u0301a.md"), "# other\n"),
    ],
    ["no trust policies", "release-data-unreadable", withReleaseData({ contract: SMALL_CONTRACT })],
    ["no release data", "module-folder-invalid", (module) => rmSync(`${module}.release.json`)],
    ["a name that climbs", "module-folder-invalid", withContract({ ...SMALL_CONTRACT, name: "large" })],
  ])("with %s is refused (%s), and nothing is written", async (_, code, edit) => {
    const folder = temporaryFolder("modules");
    writeSmallModule(folder);
    edit(join(folder, "small"));
    const out = join(temporaryFolder("out"), "r");
    expect(await codesOf(() => packed({ folder, out }))).toEqual([code]);
    expect(existsSync(out)).toBe(false);
  });

  test("without a module, or from no folder, is an error", async () => {
    expect(await codesOf(() => packed({ folder: temporaryFolder("empty") }))).toEqual(["module-folder-invalid"]);
    expect(await codesOf(() => packed({ folder: join(temporaryFolder("empty"), "absent") }))).toEqual([
      "file-not-found",
    ]);
    expect(await codesOf(() => packed({ module: { contract: { ...SMALL_CONTRACT, requiredProviders: {} } } }))).toEqual(
      ["module-folder-invalid"],
    );
  });

  test.each([
    "v1.2.0",
    "1.2",
    "1.0.0/../..",
    "1.0.0+build",
    " 1.0.0",
    "1.0.0\n",
    "01.0.0",
    "",
    "latest",
    "../1.0.0",
    `1.0.0-${"a".repeat(80)}`,
  ])("with the version %j is refused", async (version) => {
    expect(await codesOf(() => readVersion(version))).toEqual(["version-invalid"]);
  });

  test.each(["0.0.1", "1.2.0", "1.2.0-rc.1", "10.20.30"])("with the version %s is not", (version) => {
    expect(readVersion(version)).toBe(version);
  });
});

describe("a manifest", () => {
  let whole: ReleaseManifest;
  beforeAll(async () => {
    whole = (await verifyRelease(await packed())).manifest;
  });
  const change = (edit: (manifest: ReleaseManifest) => unknown): Promise<readonly string[]> =>
    codesOf(() => readManifest(`${JSON.stringify(edit(whole), null, 2)}\n`));
  const first = (manifest: ReleaseManifest, more: object): object => ({
    ...manifest,
    modules: manifest.modules.map((module) => ({ ...module, ...more })),
  });

  test.each<readonly [string, (manifest: ReleaseManifest) => unknown]>([
    ["of another schema", (manifest) => ({ ...manifest, schemaVersion: 2 })],
    ["with a key too many", (manifest) => ({ ...manifest, more: true })],
    ["with a key too few", ({ generator: _, ...manifest }) => manifest],
    ["in another order", ({ schemaVersion, ...manifest }) => ({ ...manifest, schemaVersion })],
    ["of a version that climbs", (manifest) => ({ ...manifest, version: "1.0.0/../.." })],
    ["of a module of another version", (manifest) => first(manifest, { version: "1.0.1" })],
    ["of an archive that lies elsewhere", (manifest) => first(manifest, { archive: "../small-1.0.0.tar.gz" })],
    ["of a module whose name climbs", (manifest) => first(manifest, { name: "../small" })],
    [
      "of a file that lies elsewhere",
      (manifest) => first(manifest, { files: [{ path: "../x", size: 1, sha256: "0".repeat(64) }] }),
    ],
    ["of a file without a digest", (manifest) => first(manifest, { files: [{ path: "x", size: 1, sha256: "" }] })],
    ["of a module twice", (manifest) => ({ ...manifest, modules: [...manifest.modules, ...manifest.modules] })],
    ["that is a list", () => []],
    ["that is nothing", () => null],
  ])("%s is refused", async (_, edit) => {
    expect(await change(edit)).toEqual(["manifest-unreadable"]);
  });

  test("is read back as it was written", async () => {
    expect(readManifest(manifestJson(whole))).toEqual(whole);
    expect(
      await codesOf(() => readManifest(manifestJson(whole).replace('"version"', '"version": "1.0.0", "version"'))),
    ).toEqual(["manifest-unreadable"]);
  });
});

describe("the semver guard", () => {
  const wider: SmallModule = {
    probes: [
      {
        ...(SMALL_PROBES[0] ?? { name: "", inputs: {} }),
        policies: { reader: smallPolicy(["alice@example.com", "bob@example.com", "mallory@example.com"]) },
      },
    ],
  };
  const breaking: SmallModule = { contract: { ...SMALL_CONTRACT, outputs: [] } };
  const addition: SmallModule = {
    contract: {
      ...SMALL_CONTRACT,
      outputs: [...SMALL_CONTRACT.outputs, { name: "url", description: "URL", preconditions: [] }],
    },
  };
  const fix: SmallModule = { files: { "README.md": "# better\n" } };
  let previous: string;
  beforeAll(async () => {
    previous = await packed({ version: "1.2.3" });
  });

  test.each([
    ["a wider trust", wider, "1.9.0", "2.0.0"],
    ["an output gone", breaking, "1.9.0", "2.0.0"],
    ["an output more", addition, "1.2.4", "1.3.0"],
    ["better words", fix, "1.2.3", "1.2.4"],
    ["nothing", {}, "1.2.2", "1.2.4"],
  ] as const)(
    "after 1.2.3 with %s refuses less than it needs, writes nothing, and takes what it needs",
    async (_, module, less, enough) => {
      const out = join(temporaryFolder("out"), "r");
      expect(new Set(await codesOf(() => packed({ module, version: less, previous, out })))).toEqual(
        new Set(["version-step-too-small"]),
      );
      expect(existsSync(out)).toBe(false);
      await packed({ module, version: enough, previous, out });
      expect(existsSync(out)).toBe(true);
    },
  );

  test("says which change asks for the step", async () => {
    await expect(packed({ module: breaking, version: "1.2.4", previous })).rejects.toThrow(
      /small output\.arn: breaking: The output arn was removed\. Release it as 2\.0\.0 or later/,
    );
  });

  test("compares by default with the newest recorded release before the version, without pre-releases", async () => {
    const releases = temporaryFolder("releases");
    await recordRelease(previous, releases);
    await recordRelease(await packed({ version: "1.3.0", module: addition, previous }), releases);
    await recordRelease(await packed({ version: "1.4.0-rc.1", module: fix }), releases);
    // the output that 1.3.0 added is no change to 1.3.1, and gone in a 1.2.4, which comes after 1.2.3
    await packed({ version: "1.3.1", module: addition, previous: releases });
    await packed({ version: "1.2.4", module: fix, previous: releases });
    expect(await codesOf(() => packed({ version: "1.3.1", module: fix, previous: releases }))).not.toEqual([]);
    expect(names(join(releases, "1.2.3"))).toEqual(["consumers", "manifest.json"]);
    expect(await recordRelease(previous, releases)).toMatchObject({ changed: false });
    expect(
      await codesOf(async () => recordRelease(await packed({ version: "1.2.3", module: breaking }), releases)),
    ).toEqual(["release-recorded"]);
    expect(await codesOf(() => packed({ previous: join(releases, "absent") }))).toEqual(["file-not-found"]);
    writeFileSync(join(releases, "1.3.0", "manifest.json"), "{}");
    expect(await codesOf(() => packed({ version: "1.3.1", previous: releases }))).toEqual(["manifest-unreadable"]);
  });

  test("writes notes: wider trusts first, in a section of their own, then breaking changes", async () => {
    const modules = temporaryFolder("modules");
    writeSmallModule(modules, {
      ...wider,
      contract: {
        ...SMALL_CONTRACT,
        outputs: [],
        summary: "Small, with `ticks` and <b>tags</b>.",
        variables: [
          ...SMALL_CONTRACT.variables,
          {
            name: "more",
            type: "bool",
            default: false,
            description: "More. And more.",
            nullable: false,
            validations: [],
          },
        ],
      },
    });
    const { notes, step, leastVersion } = await notesSince({ modules, version: "2.0.0", previous });
    expect({ step, leastVersion }).toEqual({ step: "major", leastVersion: "2.0.0" });
    expect([...notes.matchAll(/^##.*$/gm)].map(([line]) => line)).toEqual([
      "## 2.0.0",
      "### Wider trusts",
      "### Breaking",
      "### Added",
      "### Changed",
    ]);
    const shown = /let more identities in: mallory@example\.com.*Inputs:.*```hcl.*Before:(.*)After:.*mallory/s.exec(
      notes,
    );
    expect(shown?.[1]).toContain("```hcl\n  trust_policy = jsonencode(");
    expect(notes).toMatch(/The output arn was removed\.\n\n {2}Before:\n\n {2}```hcl\n {2}output "arn" \{/);
    expect(notes).not.toMatch(/\n\n\n/);
  });

  test("calls a first release what it is", async () => {
    const modules = temporaryFolder("modules");
    writeSmallModule(modules);
    expect(await notesSince({ modules, version: "1.0.0", previous: temporaryFolder("none") })).toMatchObject({
      previous: null,
      step: null,
      notes: "## 1.0.0\n\n- First release: small.\n",
    });
  });
});
