/** What a command sees of the machine it runs on, as one value: tests give another. */
import { homedir } from "node:os";
import { join } from "node:path";

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
  const value = environment.env[name]?.trim();
  return value === "" ? undefined : value;
}

/** The file that the variable `name` names, `~/` expanded; else `usual` below the home folder. */
export function configuredFile(
  environment: Pick<Environment, "env" | "home">,
  name: string,
  ...usual: readonly string[]
): string {
  const named = variable(environment, name);
  if (named === undefined) return join(environment.home, ...usual);
  return named.startsWith("~/") ? join(environment.home, named.slice(2)) : named;
}
