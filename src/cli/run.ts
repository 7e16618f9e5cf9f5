/** Runs a verb: prints what it answers, turns every error into words and an exit code, never a stack trace. */
import { FederationError, formatProblem, InputError } from "../errors";
import type { Problem } from "../errors";
import { visibleLines } from "../text/escape";

/** 0 yes, 1 a finding or a no, 2 the input is wrong, 3 something outside failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Writes one line (or block) of the answer to stdout. */
export function say(text: string): void {
  process.stdout.write(visibleLines(text.endsWith("\n") ? text : `${text}\n`));
}

/** Writes a message for the person to stderr. */
export function tell(text: string): void {
  process.stderr.write(visibleLines(text.endsWith("\n") ? text : `${text}\n`));
}

/** Prints one JSON document on stdout. */
export function sayJson(document: unknown): void {
  say(JSON.stringify(document, null, 2));
}

/**
 * Runs `body` and sets the process's exit code to what it returns. An InputError ends in 2, any other error in 3;
 * both are printed on stderr as `error: …` lines, or, with `json`, as one document `{"error": {…}}` on stdout.
 */
export async function run(
  body: () => Promise<ExitCode> | ExitCode,
  options: { readonly json?: boolean | undefined } = {},
): Promise<void> {
  surviveClosedPipe();
  try {
    process.exitCode = await body();
  } catch (error) {
    const problems = problemsOf(error);
    if (options.json === true) sayJson({ error: { code: problems[0]?.code ?? "internal", problems } });
    for (const problem of problems) tell(`error: ${formatProblem(problem)}`);
    process.exitCode = error instanceof InputError ? 2 : 3;
  }
}

let pipeWatched = false;

/** Ends quietly where whoever reads our output has had enough: `| head`. */
export function surviveClosedPipe(): void {
  if (pipeWatched) return;
  pipeWatched = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  });
}

/** What an error has to say to a person. Anything that is not ours is a fault of this program and says so. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof FederationError) return error.problems;
  const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  if (process.env["DATABRICKS_AWS_OIDC_DEBUG"] !== undefined && error instanceof Error) tell(error.stack ?? "");
  return [
    {
      code: "internal",
      message: `Unexpected: ${message}.`,
      fix: "Please report it; DATABRICKS_AWS_OIDC_DEBUG=1 prints where it came from.",
    },
  ];
}
