/** What a command sees of the machine it runs on, as one value: tests give another. */
import { homedir } from "node:os";

export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the user's home folder. */
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The process's own environment, home and clock. */
export function processEnvironment(): Environment {
  return { env: process.env, home: homedir(), now: Date.now };
}

/** The value of an environment variable; an empty one counts as absent, as in every SDK. */
export function variable(environment: Pick<Environment, "env">, name: string): string | undefined {
  const value = environment.env[name];
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}
