/** What a command sees of the machine it runs on, as one value: tests give another. */
import { homedir } from "node:os";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the user's home folder. */
  readonly home: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The process's own environment, home and clock. */
export function ownSurroundings(): Surroundings {
  return { env: process.env, home: homedir(), now: Date.now };
}

/** The value of an environment variable; an empty one counts as absent, as in every SDK. */
export function variable(surroundings: Pick<Surroundings, "env">, name: string): string | undefined {
  const value = surroundings.env[name];
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}
