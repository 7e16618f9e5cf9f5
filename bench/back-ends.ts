/** Issue of speed, part one: generating and synthesizing. Needs `dist/` (the runner builds it). */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { installCdktn } from "../scripts/cdktn";
import { federationText } from "./federations";
import type { Command, Row } from "./measure";
import { inTurn, median, ratioRow, runOnce } from "./measure";

const ROOT = join(__dirname, "..");
const CLI = join(ROOT, "dist", "cli.js");
const NODE = process.execPath;
const CDKTN = join(ROOT, "kits", "cdktn", "node_modules");
const CDKTF = join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf");

/** The kits of the constructs: where their packages are, and the Node that they want. */
const KITS = {
  cdktf: { modules: join(ROOT, "node_modules"), node: NODE },
  cdktn: { modules: CDKTN, node: join(CDKTN, ".bin", "node") },
} as const;
type Kit = keyof typeof KITS;

/** The peers as plain JavaScript beside the kit's packages, so that no TypeScript loader is measured. */
async function bundlePeers(kit: Kit = "cdktf"): Promise<(name: string) => string> {
  const outdir = join(KITS[kit].modules, ".cache", "databricks-aws-oidc-bench");
  await build({
    entryPoints: ["synth-ours", "synth-raw"].map((name) => join(ROOT, "bench", `${name}.ts`)),
    bundle: true,
    platform: "node",
    packages: "external",
    alias: { cdktf: kit, "@cdktf/provider-aws": `@${kit}/provider-aws` },
    outdir,
    logLevel: "warning",
  });
  return (name) => join(outdir, `${name}.js`);
}

export async function backEnds(scratch: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  const peer = await bundlePeers();
  const rows: Row[] = [];

  const cdktf = join(scratch, "cdktf");
  mkdirSync(cdktf);
  const [modules, hcl] = await inTurn(
    3,
    { program: NODE, args: [CLI, "generate", "modules", "--out", join(scratch, "modules")] },
    { program: NODE, args: [CDKTF, "synth", "--hcl", "--output", cdktf], cwd: ROOT, env },
  );
  if (modules !== undefined && hcl !== undefined) {
    rows.push(
      {
        ...ratioRow({
          what: "`generate modules`, cold process",
          peer: "`cdktf synth --hcl` of the default federation",
          ours: modules.seconds,
          theirs: hcl.seconds,
          unit: "s",
          atMost: 1 / 6,
        }),
        reach: "at least 6 times faster",
      },
      {
        what: "`generate modules`, peak memory",
        peer: "",
        ours: modules.megabytes,
        theirs: null,
        unit: "MB",
        reach: "under 180 MB",
        reached: modules.megabytes < 180,
      },
    );
  }

  installCdktn();
  rows.push(await synthesis("cdktf"), await synthesis("cdktn"));

  const file = (roles: number): string => {
    const path = join(scratch, `federation-${roles}.yaml`);
    writeFileSync(path, federationText(roles));
    return path;
  };
  const root = (roles: number): Command => ({
    program: NODE,
    args: [CLI, "generate", "root", "--config", file(roles), "--out", join(scratch, `root-${roles}`)],
  });
  const rawProject = join(scratch, "raw");
  mkdirSync(rawProject);
  writeFileSync(
    join(rawProject, "cdktf.json"),
    JSON.stringify({
      language: "typescript",
      app: `${JSON.stringify(NODE)} ${JSON.stringify(peer("synth-raw"))} 1000`,
      projectId: "bench",
      sendCrashReports: "false",
    }),
  );
  const [written, synthesized, alone] = await inTurn(
    5,
    root(1000),
    { program: NODE, args: [CDKTF, "synth"], cwd: rawProject, env },
    { program: NODE, args: [peer("synth-raw"), "1000"] },
  );
  if (written !== undefined && synthesized !== undefined && alone !== undefined) {
    rows.push(
      ratioRow({
        what: "`generate root`, 1,000 roles, cold",
        peer: "`cdktf synth` of the same in raw cdktf",
        ours: written.seconds,
        theirs: synthesized.seconds,
        unit: "s",
        atMost: 0.5,
        reach: "at most half",
      }),
      ratioRow({
        what: "the same",
        peer: "that raw program alone, already compiled, which reads no YAML",
        ours: written.seconds,
        theirs: alone.seconds,
        unit: "s",
        atMost: 0.75,
      }),
    );
  }

  const [small, large] = await inTurn(3, root(500), root(5000));
  if (small !== undefined && large !== undefined)
    rows.push(
      ratioRow({
        what: "`generate root`, 5,000 roles",
        peer: "500 roles",
        ours: large.seconds,
        theirs: small.seconds,
        unit: "s",
        atMost: 11,
      }),
    );
  const [smallStack, largeStack] = await inTurn(
    3,
    { program: NODE, args: [peer("synth-ours"), "500"] },
    { program: NODE, args: [peer("synth-ours"), "5000"] },
  );
  if (smallStack !== undefined && largeStack !== undefined)
    rows.push(
      ratioRow({
        what: "constructs, 5,000 roles",
        peer: "500 roles",
        ours: largeStack.seconds,
        theirs: smallStack.seconds,
        unit: "s",
        atMost: 11,
      }),
    );
  return rows;
}

/** The constructs and raw resources of the same kit, in turn. */
async function synthesis(kit: Kit): Promise<Row> {
  const peer = await bundlePeers(kit);
  const program = KITS[kit].node;
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    ours.push(await reported({ program, args: [peer("synth-ours"), "1000"] }));
    raw.push(await reported({ program, args: [peer("synth-raw"), "1000"] }));
  }
  return ratioRow({
    what: `constructs with ${kit}, 1,000 roles, \`app.synth()\``,
    peer: `the same resources in raw ${kit}`,
    ours: median(ours),
    theirs: median(raw),
    unit: "s",
    atMost: 1.15,
  });
}

/** Seconds that a peer printed of itself. */
async function reported(command: Command): Promise<number> {
  const { spawnSync } = await import("node:child_process");
  const { stdout, status, stderr } = spawnSync(command.program, [...command.args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout.trim());
}

export async function commandLine(scratch: string): Promise<readonly Row[]> {
  const alone = join(scratch, "yargs-alone.js");
  await build({
    stdin: {
      contents:
        `import yargs from "yargs"; void yargs(["--help"]).scriptName("x").command("a", ` +
        `"b").exitProcess(false).parseAsync();`,
      resolveDir: ROOT,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    outfile: alone,
    logLevel: "warning",
  });
  const [help, yargs] = await inTurn(15, { program: NODE, args: [CLI, "--help"] }, { program: NODE, args: [alone] });
  const installed = await installedMegabytes(scratch);
  const peerSize =
    megabytesOf(join(ROOT, "node_modules", "cdktf-cli")) + megabytesOf(join(ROOT, "node_modules", "@cdktf"));
  return [
    ...(help === undefined || yargs === undefined
      ? []
      : [
          ratioRow({
            what: "`--help`, cold",
            peer: "`node` plus yargs alone, bundled alike",
            ours: help.seconds,
            theirs: yargs.seconds,
            unit: "s",
            atMost: 1.5,
          }),
        ]),
    {
      what: "installed size of the packed command line",
      peer: "cdktf-cli + @cdktf/provider-aws, without what they install",
      ours: installed,
      theirs: peerSize,
      unit: "MB",
      reach: "under 30 MB",
      reached: installed < 30,
    },
  ];
}

async function installedMegabytes(scratch: string): Promise<number> {
  const consumer = mkdtempSync(join(tmpdir(), "databricks-aws-oidc-bench-install-"));
  try {
    writeFileSync(join(consumer, "package.json"), '{"private":true}');
    await runOnce({ program: "npm", args: ["pack", "--ignore-scripts", "--pack-destination", scratch], cwd: ROOT });
    const tarball = readdirSync(scratch).find((name) => name.endsWith(".tgz")) ?? "";
    await runOnce({
      program: "npm",
      args: ["install", "--no-audit", "--no-fund", join(scratch, tarball)],
      cwd: consumer,
    });
    return megabytesOf(join(consumer, "node_modules"));
  } finally {
    rmSync(consumer, { recursive: true, force: true });
  }
}

function megabytesOf(folder: string): number {
  const bytes = (path: string): number =>
    readdirSync(path, { withFileTypes: true }).reduce((sum, entry) => {
      const inner = join(path, entry.name);
      return sum + (entry.isDirectory() ? bytes(inner) : entry.isFile() ? statSync(inner).size : 0);
    }, 0);
  return bytes(folder) / 1e6;
}
