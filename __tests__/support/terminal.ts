/** A real terminal, by tmux on a socket of its own: keys go in, the screen comes out. */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "./run-program";

export interface Terminal {
  /** Types `text` as it is, then the named keys of tmux (`Enter`, `C-c`, `Tab`). */
  readonly type: (text: string, ...keys: readonly string[]) => Promise<void>;
  /** What stands on the screen, lines without trailing blanks. */
  readonly screen: () => Promise<string>;
  /** The screen once it shows `wanted`. Throws with the screen after ten seconds. */
  readonly shows: (wanted: string | RegExp) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Opens one with `command` (program and arguments) running in it. */
export async function openTerminal(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Terminal> {
  const socket = `databricks-aws-oidc-${process.pid}-${randomBytes(4).toString("hex")}`;
  const tmux = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await runProgram("tmux", ["-L", socket, "-f", "/dev/null", ...args], {
      cwd: options.cwd,
      env: options.env,
    });
    return stdout;
  };
  await tmux("new-session", "-d", "-x", "160", "-y", "50", "-s", "t", ...command);
  const screen = async (): Promise<string> =>
    (await tmux("capture-pane", "-p", "-J", "-t", "t"))
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n");
  return {
    screen,
    type: async (text, ...keys) => {
      if (text !== "") await tmux("send-keys", "-t", "t", "-l", "--", text);
      if (keys.length > 0) await tmux("send-keys", "-t", "t", ...keys);
    },
    shows: async (wanted) => {
      for (let waited = 0; ; waited += 50) {
        const now = await screen();
        if (typeof wanted === "string" ? now.includes(wanted) : wanted.test(now)) return now;
        if (waited > 10_000) throw new Error(`the terminal never shows ${String(wanted)}:\n${now}`);
        await pause(50);
      }
    },
    close: async () => {
      await tmux("kill-server");
    },
  };
}
