/** Runs a verb: prints its result, turns every error into a message and an exit code, never a stack trace. */
import { ERROR_CODES, FederationError, formatProblem, type Problem } from "../errors";
import { visible, visibleLines } from "../text/escape";
import { painted, paintedCode, usesColor } from "./color";

/** 0 success, 1 a finding or a refusal, 2 the input is wrong, 3 something outside failed, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

let hidden: readonly string[] = [];

/** From now on `texts` are printed as `(sensitive)`: Terraform holds them sensitive. */
export function hide(texts: readonly string[]): void {
  // a text that holds another one first
  hidden = [...new Set([...hidden, ...texts])].sort((a, b) => b.length - a.length);
}

/** `text` with what is hidden left out. */
export function withoutHidden(text: string): string {
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, "(sensitive)"), text);
}

/** Writes a block of the result to stdout as it is, for a program or a file: never with colors. */
export function say(text: string): void {
  write(text, (block) => block);
}

/** Writes a block of the result to stdout for a person: with colors on a terminal. */
export function sayText(text: string): void {
  write(text, usesColor(process.stdout, process.env) ? painted : (block) => block);
}

/** Writes JSON or HCL to stdout for a person: with colors on a terminal. */
export function sayCode(text: string): void {
  write(text, usesColor(process.stdout, process.env) ? paintedCode : (block) => block);
}

function write(text: string, paint: (block: string) => string): void {
  clearProgress();
  process.stdout.write(paint(visibleLines(withoutHidden(text.endsWith("\n") ? text : `${text}\n`))));
}

/** Writes one line of the result to stdout, whatever is in it. */
export function sayLine(text: string): void {
  sayText(visible(text));
}

/** Writes a message of one line to stderr. */
export function tell(text: string): void {
  clearProgress();
  const line = visible(withoutHidden(text));
  process.stderr.write(`${usesColor(process.stderr, process.env) ? painted(line) : line}\n`);
}

/** Prints one JSON document on stdout. */
export function sayJson(document: unknown): void {
  say(JSON.stringify(document, null, 2));
}

/** Prints the result of a verb: `document` with --json, else `text`. */
export function sayResult(json: boolean, document: unknown, text: string): void {
  if (json) sayJson(document);
  else sayText(text);
}

/** Work that takes longer than this shows its progress. */
const QUIET_MS = 2000;
const PROGRESS_MS = 100;

const started = Date.now();
let shown: number | undefined;

/**
 * Shows what is being done on one line of the terminal, which the next line replaces: after two seconds, ten times a
 * second at most. Without a terminal nothing is shown.
 */
export function progress(text: string): void {
  const now = Date.now();
  if (process.stderr.isTTY === true && now - started >= QUIET_MS && now - (shown ?? 0) >= PROGRESS_MS) show(text, now);
}

/** Shows the next step at once: on one line of a terminal, on a line each elsewhere. */
export function step(text: string): void {
  if (process.stderr.isTTY === true) show(text, Date.now());
  else tell(text);
}

function show(text: string, now: number): void {
  shown = now;
  process.stderr.write(`\r\u001b[K${visible(text).slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

/** Runs `body`, showing `text` and the seconds it takes. */
export async function withProgress<T>(text: string, body: () => Promise<T>): Promise<T> {
  const begun = Date.now();
  const timer = setInterval(() => progress(`${text} (${Math.round((Date.now() - begun) / 1000)} s)`), 1000);
  try {
    return await body();
  } finally {
    clearInterval(timer);
    clearProgress();
  }
}

function clearProgress(): void {
  if (shown !== undefined) process.stderr.write("\r\u001b[K");
  shown = undefined;
}

/** Until the process is asked to end: Ctrl-C, `kill`, or a closed terminal. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
  });
}

/** Runs `body` and sets the process's exit code to what `exitCodeOf` says. */
export async function run(
  body: () => Promise<ExitCode> | ExitCode,
  options: { readonly json?: boolean } = {},
): Promise<void> {
  surviveClosedPipe();
  process.exitCode = await exitCodeOf(body, options);
}

/**
 * What `body` returns or, where it throws, 2 or 3 by the error's code. Problems are printed on stderr as `error: …`
 * lines and, with `json`, as one document `{"error": {…}}` on stdout.
 */
export async function exitCodeOf(
  body: () => Promise<ExitCode> | ExitCode,
  options: { readonly json?: boolean } = {},
): Promise<ExitCode> {
  hidden = [];
  try {
    return await body();
  } catch (error) {
    const problems = problemsOf(error);
    const code = problems[0]?.code ?? "internal";
    if (options.json === true) sayJson({ error: { code, problems } });
    for (const problem of problems) tell(`error: ${formatProblem(problem)}`);
    return ERROR_CODES[code] === "input" ? 2 : 3;
  }
}

let pipeWatched = false;

/** Ends quietly where the reader of our output has closed it: `| head`. */
export function surviveClosedPipe(): void {
  if (pipeWatched) return;
  pipeWatched = true;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
  });
}

/** The problems of an error. Anything that is not ours is a fault of this program and says so. */
function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof FederationError) return error.problems;
  const message = error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error);
  if (process.env["DATABRICKS_AWS_OIDC_DEBUG"] !== undefined && error instanceof Error)
    for (const line of error.stack?.split("\n") ?? []) tell(line);
  return [
    {
      code: "internal",
      message: `Unexpected: ${message}.`,
      fix: "Please report it; DATABRICKS_AWS_OIDC_DEBUG=1 prints where it came from.",
    },
  ];
}
