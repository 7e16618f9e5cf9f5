/** `publish` killed at random moments: the registry serves each module as it was or as it will be, and the next publish repairs. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/registry/checksums";
import { publishToFolder } from "../../src/registry/publish/folder";
import { verifyFolder } from "../../src/registry/publish/verify-folder";
import { buildCli } from "../support/built-cli";
import { smallRelease, writeSmallRelease } from "../support/release";
import { temporaryFolder } from "../support/temporary-folder";

const KILLS = 30;
/** Enough modules that writing takes a while. */
const NAMES = Array.from({ length: 12 }, (_, index) => `module-${String.fromCharCode(97 + index)}`);

const folder = temporaryFolder("killed");
const registry = join(folder, "registry");

type Moment = { readonly after: number; readonly of: "the start" | "the first file" };

/** Runs the verb, kills it at the moment given, in milliseconds; resolves to whether it ended by itself. */
function publish(cli: string, from: string, moment?: Moment): Promise<boolean> {
  const child = spawn(process.execPath, [cli, "publish", "--from", from, "--to", registry, "--namespace", "acme"], { stdio: "ignore" });
  let timer: NodeJS.Timeout | undefined;
  const killLater = (): void => { timer = setTimeout(() => child.kill("SIGKILL"), moment?.after ?? 0); };
  const look = moment?.of === "the first file" ? setInterval(() => {
    if (!existsSync(join(registry, ".databricks-aws-oidc-stage"))) return;
    clearInterval(look);
    killLater();
  }, 1) : undefined;
  if (moment?.of === "the start") killLater();
  return new Promise((done) => child.once("exit", (code) => {
    clearTimeout(timer);
    clearInterval(look);
    done(code === 0);
  }));
}

/** Reads the registry as Terraform would; returns each module's versions. Every listed one must be whole. */
function served(expected: string): readonly string[] {
  return NAMES.map((name) => {
    const module = join(registry, "v1/modules/acme", name, "aws");
    const { modules: [{ versions }] } = JSON.parse(readFileSync(join(module, "versions"), "utf8")) as { readonly modules: readonly [{ readonly versions: readonly { readonly version: string }[] }] };
    for (const { version } of versions) {
      const { location } = JSON.parse(readFileSync(join(module, version, "download"), "utf8")) as { readonly location: string };
      expect(sha256(readFileSync(join(module, version, location)))).toBe(expected);
      expect(readFileSync(join(module, version, "index.html"), "utf8")).toMatch(/<\/html>\n$/);
    }
    for (const page of [join(module, "index.html"), join(registry, "index.html")]) expect(readFileSync(page, "utf8")).toMatch(/<\/html>\n$/);
    return versions.map(({ version }) => version).join(" ");
  });
}

test(`killed ${KILLS} times at random, every listed version is whole, each module is old or new, and the next publish repairs`, async () => {
  const cli = await buildCli(["publish"]);
  const text = "# always the same\n";
  const release = (version: string) => writeSmallRelease(join(folder, version), version, { names: NAMES, text });
  const first = await smallRelease("1.0.0", { names: NAMES, text });
  const digest = sha256(first.archives.get("module-a") ?? "");
  const started = performance.now();
  expect(await publish(cli, await release("1.0.0"))).toBe(true);
  const duration = performance.now() - started;
  let cut = 0;
  let cutWhileWriting = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const version = `1.0.${kill}`;
    const [before] = served(digest);
    const after = `${version} ${before ?? ""}`;
    const from = await release(version);
    const moment: Moment = kill % 3 === 0 ? { after: duration * Math.random(), of: "the start" } : { after: 40 * Math.random(), of: "the first file" };
    if (!(await publish(cli, from, moment))) cut += 1;
    for (const versions of served(digest)) expect([before, after]).toContain(versions);
    const left = readdirSync(registry).filter((name) => name.startsWith(".databricks"));
    if (left.some((name) => /stage|journal/.test(name))) cutWhileWriting += 1;
    await publishToFolder(registry, await smallRelease(version, { names: NAMES, text }), {});
    expect(new Set(served(digest))).toEqual(new Set([after]));
    expect(readdirSync(registry).filter((name) => name.startsWith(".databricks"))).toEqual([]);
  }
  expect((await verifyFolder(registry)).problems).toEqual([]);
  process.stderr.write(`publish was killed ${cut} times of ${KILLS}, ${cutWhileWriting} times while it wrote\n`);
  expect(cut).toBeGreaterThan(0);
  expect(cutWhileWriting).toBeGreaterThan(0);
}, 240_000);

test("three processes at once take turns, and every version arrives", async () => {
  const cli = await buildCli(["publish"]);
  const versions = ["3.0.0", "3.1.0", "3.2.0"];
  const from = await Promise.all(versions.map((version) => writeSmallRelease(join(folder, version), version, { names: ["module-a"] })));
  expect(await Promise.all(from.map((release) => publish(cli, release)))).toEqual([true, true, true]);
  for (const version of versions) expect(existsSync(join(registry, "v1/modules/acme/module-a/aws", version, "module.tar.gz"))).toBe(true);
  expect((await verifyFolder(registry)).problems).toEqual([]);
}, 120_000);
