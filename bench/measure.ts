/** Measuring whole commands and bodies of code side by side: interleaved, medians, peak memory. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** One line of the table. `ours` and `peer` are in `unit`. */
export interface Row {
  readonly what: string;
  readonly peer: string;
  readonly ours: number;
  readonly theirs: number | null;
  readonly unit: string;
  /** What is to be reached, in words. */
  readonly reach: string;
  readonly reached: boolean;
}

export interface Measured {
  /** Seconds of wall clock. */
  readonly seconds: number;
  /**
   * Peak resident memory in MB (10^6 bytes), of the largest process of the command; 0 where the system does not tell.
   */
  readonly megabytes: number;
}

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Exit codes that are fine; default 0. */
  readonly accept?: readonly number[];
}

/** Runs a command once. Throws with the end of its output when it fails. */
export function runOnce(command: Command): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(command.program, [...command.args], {
      cwd: command.cwd,
      env: command.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-4000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    let peak = 0;
    const look = setInterval(() => {
      peak = Math.max(peak, peakOfTree(child.pid));
    }, 10);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(look);
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      if (!(command.accept ?? [0]).includes(code ?? -1))
        reject(new Error(`${command.program} ${command.args.join(" ")} ended in ${code}:\n${output}`));
      else resolve({ seconds, megabytes: peak });
    });
  });
}

/** The largest peak (VmHWM) of a process and its children, in MB. */
function peakOfTree(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const own = (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter((child) => child !== "");
    return Math.max(own, ...children.map((child) => peakOfTree(Number(child))));
  } catch {
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/**
 * Runs several commands `times` times in turn, so that what else the machine does falls on all alike. Medians, in
 * order.
 */
export async function inTurn(times: number, ...commands: readonly Command[]): Promise<readonly Measured[]> {
  const runs: Measured[][] = commands.map(() => []);
  for (let round = 0; round < times; round += 1) {
    for (const [index, command] of commands.entries()) runs[index]?.push(await runOnce(command));
  }
  return runs.map((measured) => ({
    seconds: median(measured.map((run) => run.seconds)),
    megabytes: median(measured.map((run) => run.megabytes)),
  }));
}

/** A row that compares `ours / theirs` with a limit. */
export function ratioRow(row: {
  readonly what: string;
  readonly peer: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  readonly atMost: number;
  readonly and?: boolean;
  readonly reach?: string;
}): Row {
  return {
    what: row.what,
    peer: row.peer,
    ours: row.ours,
    theirs: row.theirs,
    unit: row.unit,
    reach: row.reach ?? `at most ${row.atMost} times`,
    reached: row.ours <= row.theirs * row.atMost && (row.and ?? true),
  };
}

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const number = (value: number): string =>
    value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
  const lines = rows.map((row) => {
    const times = row.theirs === null ? "" : (row.ours / row.theirs).toFixed(2);
    const theirs = row.theirs === null ? "" : `${number(row.theirs)} ${row.unit}`;
    const ours = `${number(row.ours)} ${row.unit}`;
    return `| ${[row.what, row.peer, ours, theirs, times, row.reach, row.reached ? "yes" : "**no**"].join(" | ")} |`;
  });
  return ["| what | peer | ours | peer's | times | reach | reached |", "|---|---|---|---|---|---|---|", ...lines].join(
    "\n",
  );
}
