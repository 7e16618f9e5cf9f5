/**
 * Every verb that reads files takes a megabyte of each hostile kind in a process that may use 2 s more of the processor
 * than for an empty file. The processor's time, not the clock's: other programs may keep this machine busy.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildCli } from "../support/built-cli";
import type { HostileForm } from "../support/hostile-files";
import { HOSTILE_KINDS, hostileFile } from "../support/hostile-files";
import { REPOSITORY } from "../support/markdown";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

const MORE_SECONDS = 2;
/** Far beyond: such a process is ended by the system. */
const MOST_SECONDS = 20;
const KINDS = Object.keys(HOSTILE_KINDS) as readonly (keyof typeof HOSTILE_KINDS)[];

/** What is read, by which command, and where the file stands if not at a place of its own. */
const USES: readonly (readonly [form: HostileForm, command: string, place?: string])[] = [
  ["federation", "lint FILE"],
  ["policy", "lint FILE --before FILE"],
  ["plan", "lint FILE --fail-on-widening --sarif"],
  ["policy", "explain --who --policy FILE --provider-url https://mycompany.cloud.databricks.com/oidc --client-id 1"],
  ["plan", "explain --who --plan FILE"],
  ["claims", "explain --role lake-reader --claims FILE"],
  ["token", "explain --role lake-reader --token @FILE"],
  ["jwks", "explain --role lake-reader --token a.b.c --jwks FILE"],
  ["federation", "prove --config FILE"],
  ["plan", "prove --plan FILE"],
  ["federation", "doctor --config FILE --timeout 1"],
  ["plan", "doctor --plan FILE --timeout 1"],
  ["federation", "report FILE --json"],
  ["json", "audit FILE"],
  ["federation", "audit federation.yaml --config FILE"],
  ["plan", "report FILE"],
  ["federation", "sandbox --config FILE --account none"],
  ["federation", "generate root --config FILE --out out"],
  ["json", "generate root --moved-from FILE --out out"],
  ["json", "generate modules --rules FILE --out out"],
  ["plan", "generate client --plan FILE --role kept --for notebook --out out"],
  ["token", "token --token @FILE"],
  ["federation", "token --config FILE --token a.b.c"],
  ["ini", "token --from profile --profile lake", ".databrickscfg"],
  ["federation", "credentials --config FILE --role lake-reader"],
  ["ini", "credentials --role lake-reader --format profile --profile-name lake", ".aws/config"],
  ["json", "pack --version 1.0.0 --modules modules --previous FILE --out out/release"],
  ["json", "pack --verify --release release", "release/manifest.json"],
  ["json", "publish --to registry --release release", "release/manifest.json"],
  ["json", "release record --release release", "release/manifest.json"],
];

interface Spent {
  readonly seconds: number;
  readonly code: number;
  readonly stderr: string;
}

describe("a megabyte of hostile text", () => {
  let cli: string;
  let folder: string;
  beforeAll(async () => {
    cli = await buildCli([...new Set(USES.map(([, command]) => command.split(" ")[0] ?? ""))]);
    for (const beside of ["templates", "node_modules", "modules"])
      symlinkSync(join(REPOSITORY, beside), join(dirname(cli), beside));
    writeFileSync(
      join(dirname(cli), "spent.cjs"),
      `process.on("exit", () => {
        const { user, system } = process.cpuUsage();
        require("node:fs").writeFileSync(process.env.SPENT, String((user + system) / 1e6));
      });`,
    );
    folder = temporaryFolder("hostile");
    cpSync(join(REPOSITORY, "federation.yaml"), join(folder, "federation.yaml"));
    cpSync(join(REPOSITORY, "modules"), join(folder, "modules"), { recursive: true });
  });

  async function spentOn(command: string, file: string, text: string): Promise<Spent> {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const spent = join(folder, "spent");
    rmSync(spent, { force: true });
    const args = command.replaceAll("FILE", file).split(" ");
    const { exitCode, stderr } = await runProgram(
      "bash",
      [
        "-c",
        `ulimit -t ${MOST_SECONDS}; exec "$@"`,
        "x",
        process.execPath,
        "--require",
        join(dirname(cli), "spent.cjs"),
        cli,
        ...args,
      ],
      {
        cwd: folder,
        env: { PATH: process.env["PATH"] ?? "", HOME: folder, SPENT: spent, AWS_EC2_METADATA_DISABLED: "true" },
        accept: [-1, 0, 1, 2, 3],
      },
    );
    return { seconds: exitCode < 0 ? Infinity : Number(readFileSync(spent, "utf8")), code: exitCode, stderr };
  }

  const cases = USES.map(([form, command, place = "given"]) => [form, command, place] as const);
  test.each(cases)("as %s is read in time by %s", async (form, command, place) => {
    const file = join(folder, place);
    const empty = await spentOn(command, file, "");
    expect(empty.stderr).not.toContain("[usage]");
    const isSlow = (seconds: number): boolean => !(seconds <= empty.seconds + MORE_SECONDS);
    const slow: string[] = [];
    for (const kind of KINDS) {
      const text = hostileFile(form, kind);
      let { seconds, code } = await spentOn(command, file, text);
      // once more: a processor that is shared with others takes longer for the same work
      if (isSlow(seconds)) ({ seconds, code } = await spentOn(command, file, text));
      if (isSlow(seconds)) slow.push(`${kind}: ${seconds.toFixed(1)} s (exit ${code})`);
    }
    rmSync(file);
    expect(slow).toEqual([]);
  });
});
