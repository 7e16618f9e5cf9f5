/**
 * `publish` killed at random moments: the registry serves what it did or what it will, as a whole, and the next
 * publish repairs.
 */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/release/checksums";
import { publishToFolder } from "../../src/registry/publish/folder";
import { readerOf } from "../../src/registry/publish/state";
import { verifyFolder } from "../../src/registry/publish/verify-folder";
import { planPublication } from "../../src/registry/tree/plan";
import { buildCli } from "../support/built-cli";
import { smallRelease, writeSmallRelease } from "../support/release";
import { temporaryFolder } from "../support/temporary-folder";

const KILLS = 30;
/** Enough modules that writing takes a while. */
const NAMES = Array.from({ length: 8 }, (_, index) => `module-${String.fromCharCode(97 + index)}`);
const STATES = ".registry-states";

const folder = temporaryFolder("killed");
const registry = join(folder, "registry");

type Moment = { readonly after: number; readonly of: "the start" | "the journal" };

/** Runs the verb, kills it at the moment given, in milliseconds; resolves to whether it ended by itself. */
function publish(cli: string, from: string, moment?: Moment): Promise<boolean> {
  const child = spawn(process.execPath, [cli, "publish", "--release", from, "--to", registry, "--namespace", "acme"], {
    stdio: "ignore",
  });
  let timer: NodeJS.Timeout | undefined;
  const killLater = (): void => {
    timer = setTimeout(() => child.kill("SIGKILL"), moment?.after ?? 0);
  };
  const look =
    moment?.of === "the journal"
      ? setInterval(() => {
          if (!existsSync(join(registry, STATES, "journal.json"))) return;
          clearInterval(look);
          killLater();
        }, 1)
      : undefined;
  if (moment?.of === "the start") killLater();
  return new Promise((done) =>
    child.once("exit", (code) => {
      clearTimeout(timer);
      clearInterval(look);
      done(code === 0);
    }),
  );
}

type Served = ReadonlyMap<string, string>;

/** Digests of everything that the registry leads to: its lists and pages, and all files of the versions they name. */
function served(): Served {
  const files = new Map<string, string>();
  const add = (path: string): void => {
    files.set(path, sha256(readFileSync(join(registry, path))));
  };
  for (const path of [
    ".nojekyll",
    ".well-known/terraform.json",
    "SHA256SUMS",
    "_headers",
    "index.html",
    "registry.json",
    "server-rules/README.md",
    "server-rules/nginx.conf",
    "server-rules/cloudfront-function.js",
  ])
    add(path);
  for (const name of NAMES) {
    const module = `v1/modules/acme/${name}/aws`;
    for (const file of ["SHA256SUMS", "index.html", "versions"]) add(`${module}/${file}`);
    const {
      modules: [{ versions }],
    } = JSON.parse(readFileSync(join(registry, module, "versions"), "utf8")) as {
      readonly modules: readonly [{ readonly versions: readonly { readonly version: string }[] }];
    };
    for (const { version } of versions)
      for (const file of ["download", "index.html", "manifest.json", "module.tar.gz"])
        add(`${module}/${version}/${file}`);
  }
  return files;
}

/** `before` with what publishing `version` changes. */
async function afterwards(before: Served, version: string, text: string): Promise<Served> {
  const { added, replaced } = await planPublication(
    await smallRelease(version, { names: NAMES, text }),
    {},
    readerOf(registry),
  );
  const files = new Map(before);
  for (const [path, content] of added) for (const [name, bytes] of content) files.set(`${path}/${name}`, sha256(bytes));
  for (const [path, bytes] of replaced) files.set(path, sha256(bytes));
  return files;
}

const sorted = (files: Served): readonly (readonly [string, string])[] =>
  [...files].sort(([left], [right]) => (left < right ? -1 : 1));

test(`killed ${KILLS} times at random, the whole registry is old or new, and the next publish repairs`, async () => {
  const cli = await buildCli(["publish"]);
  const text = "# always the same\n";
  const release = (version: string) => writeSmallRelease(join(folder, version), version, { names: NAMES, text });
  const started = performance.now();
  expect(await publish(cli, await release("1.0.0"))).toBe(true);
  const duration = performance.now() - started;
  let [killed, midway, tries] = [0, 0, 0];
  // some end before they are killed: those do not count
  while (killed < KILLS && (tries += 1) < 4 * KILLS) {
    const version = `1.${tries}.0`;
    const before = served();
    const after = await afterwards(before, version, text);
    const moment: Moment =
      tries % 3 === 0
        ? { after: duration * Math.random(), of: "the start" }
        : { after: 15 * Math.random(), of: "the journal" };
    if (!(await publish(cli, await release(version), moment))) killed += 1;
    const now = served();
    expect(sorted(now)).toEqual(sorted(now.size === after.size ? after : before));
    if (existsSync(join(registry, STATES, "journal.json"))) midway += 1;
    // half the time another one follows than that which was stopped
    const next = tries % 2 === 0 ? version : `1.${tries}.1`;
    await publishToFolder(registry, await smallRelease(next, { names: NAMES, text }), {});
    expect(readdirSync(registry).filter((name) => name.startsWith(".databricks"))).toEqual([]);
    expect(readdirSync(join(registry, STATES)).filter((name) => !/^(?:current|\d+)$/.test(name))).toEqual([]);
    if (tries % 10 === 0) expect((await verifyFolder(registry)).problems).toEqual([]);
  }
  expect((await verifyFolder(registry)).problems).toEqual([]);
  process.stderr.write(`publish was killed ${killed} times, ${midway} times while it wrote\n`);
  expect(killed).toBe(KILLS);
  expect(midway).toBeGreaterThan(0);
}, 900_000);

test("three processes at once take turns, and every version arrives", async () => {
  const cli = await buildCli(["publish"]);
  const versions = ["3.0.0", "3.1.0", "3.2.0"];
  const from = await Promise.all(
    versions.map((version) => writeSmallRelease(join(folder, version), version, { names: ["module-a"] })),
  );
  expect(await Promise.all(from.map((release) => publish(cli, release)))).toEqual([true, true, true]);
  for (const version of versions)
    expect(existsSync(join(registry, "v1/modules/acme/module-a/aws", version, "module.tar.gz"))).toBe(true);
  expect((await verifyFolder(registry)).problems).toEqual([]);
}, 120_000);
