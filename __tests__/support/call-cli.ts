/** Calls the command line in this process. */
import { main } from "../../src/cli/cli";

export interface CliCall {
  /** The exit code. */
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Calls the command line with `args`; nothing is printed, and this process's exit code stays as it was. */
export async function callCli(...args: readonly string[]): Promise<CliCall> {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    jest.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  // every call of a verb listens for a closed pipe
  const listeners = process.stdout.listeners("error");
  try {
    process.exitCode = undefined;
    await main([...args]);
    return { code: process.exitCode ?? 0, ...written };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
    for (const listener of process.stdout.listeners("error"))
      if (!listeners.includes(listener)) process.stdout.removeListener("error", listener as () => void);
  }
}
