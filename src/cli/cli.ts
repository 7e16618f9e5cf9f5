/** The command line. A verb's file is loaded only when it is called, so that `--help` stays quick. */
import yargs from "yargs";
import { version } from "../../package.json";
import { InputError, inputError } from "../errors";
import { flagName } from "../text/words";
import { nearest } from "../text/nearest";
import { redact } from "../text/secret";
import { quoted } from "../text/text-rule";
import type { Flag } from "./flags";
import { PROGRAM, verbHelp, VERBS, verbsHelp } from "./help";
import { flagMistake, valueMistake } from "./mistakes";
import { type ExitCode, run, sayText, surviveClosedPipe } from "./run";
import type { Verb, VerbGroup } from "./verb";

const ABOUT = "Lets Databricks identities into AWS without a stored key, and proves who gets in.";

/** Runs the command line on `args` (without node and script). Sets `process.exitCode`. */
export async function main(args: readonly string[]): Promise<void> {
  surviveClosedPipe();
  const own = beforeProgram(args);
  // no stack trace is printed, whatever happens
  await run(() => runVerb(args[0] === "help" ? [...own.slice(1), "--help"] : own, args), {
    json: own.includes("--json") || own.includes("--sarif"),
  });
}

/** The arguments before `--`. */
function beforeProgram(args: readonly string[]): readonly string[] {
  return args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
}

/** The verb `name`, or the group of verbs. */
export function loadVerb(name: string): Verb | VerbGroup {
  // A path that is not literal stays a `require` at run time, so each verb is a bundle of its own.
  const file = `${__dirname}/verbs/${name}`;
  return (require(file) as { readonly default: Verb | VerbGroup }).default;
}

async function runVerb(own: readonly string[], args: readonly string[]): Promise<ExitCode> {
  const help = own.includes("--help");
  const name = own.find((argument) => !argument.startsWith("-"));
  if (name === undefined) {
    if (help) return print(verbsHelp("", ABOUT, VERBS, columns()));
    if (own.includes("--version")) return print(version);
    const known = nearest((own[0] ?? "").replace(/^-+/, ""), ["help", "version"]);
    throw usageError(
      own[0] === undefined
        ? "Name a verb, for example: databricks-aws-oidc issuer --host mycompany.cloud.databricks.com."
        : `Unknown flag ${own[0]} without a verb.${known === undefined ? "" : ` Did you mean --${known}?`}`,
    );
  }
  if (!Object.hasOwn(VERBS, name)) throw usageError(`Unknown verb ${quoted(name)}.${hint(name, VERBS)}`);
  const about = VERBS[name] ?? "";
  const loaded = loadVerb(name);
  const rest = own.filter((_, index) => index !== own.indexOf(name));
  if (!("verbs" in loaded)) return call(name, about, loaded, rest, args);
  const below = rest.find((word) => Object.hasOwn(loaded.verbs, word)) ?? rest.find((word) => !word.startsWith("-"));
  const verb = below !== undefined && Object.hasOwn(loaded.verbs, below) ? loaded.verbs[below] : undefined;
  if (below !== undefined && verb !== undefined) {
    const after = rest.filter((_, index) => index !== rest.indexOf(below));
    return call(`${name} ${below}`, verb.about ?? "", verb, after, args);
  }
  const lines = Object.fromEntries(Object.entries(loaded.verbs).map(([key, one]) => [key, one.about ?? ""]));
  if (help) return print(verbsHelp(` ${name}`, about, lines, columns()));
  throw usageError(
    below === undefined
      ? `${name} needs one of: ${Object.keys(lines).join(", ")}.`
      : `Unknown argument ${quoted(below)}.${hint(below, lines)}`,
    name,
  );
}

/** Parses `own`, the call without the verb and what follows `--`, and runs the verb. */
function call(
  path: string,
  about: string,
  verb: Verb,
  own: readonly string[],
  args: readonly string[],
): ExitCode | Promise<ExitCode> {
  if (own.includes("--help")) return print(verbHelp(path, about, verb, columns()));
  if (own.includes("--version") && !Object.hasOwn(verb.flags, "version")) return print(version);
  // yargs keeps nothing of a `--` with nothing behind it: with an empty variable after it, keys must not be printed
  const program = args.includes("--") ? args.slice(args.indexOf("--") + 1) : undefined;
  if (program !== undefined && verb.program !== true) throw usageError("This verb takes nothing after --.", path);
  const mistake = flagMistake(own, verb);
  if (mistake !== undefined) throw usageError(mistake, path);
  const { options, words } = parsed(own, verb);
  const wrong = valueMistake(options, words, verb);
  if (wrong !== undefined) throw usageError(wrong, path);
  refuseConflicts(options, verb);
  const all = Object.fromEntries(
    Object.entries<Flag>(verb.flags).map(([name, flag]) => [name, options[name] ?? absent(flag)]),
  );
  return verb.run(all, {
    words,
    program,
    args: args.slice(args.indexOf(path.split(" ")[0] ?? "") + 1),
  });
}

/** The options that were given, by name. */
function parsed(
  own: readonly string[],
  { flags, words }: Verb,
): { readonly options: Readonly<Record<string, unknown>>; readonly words: readonly string[] } {
  const types = Object.entries<Flag>(flags).map(([name, { value, many }]) => [
    name,
    {
      type: value === undefined ? ("boolean" as const) : ("string" as const),
      array: many === true,
      // takes one value and leaves the verb its words; a lone - is a value, for standard input
      ...(value !== undefined && (many !== true || words !== undefined) ? { nargs: 1 } : {}),
    },
  ]);
  const argv = yargs([...own])
    .help(false)
    .version(false)
    .options(Object.fromEntries(types) as Parameters<ReturnType<typeof yargs>["options"]>[0])
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false, "dot-notation": false })
    .fail(false)
    .exitProcess(false)
    .parseSync() as Readonly<Record<string, unknown>> & { readonly _: readonly unknown[] };
  const given = Object.keys(flags).filter((name) => argv[name] !== undefined);
  return { options: Object.fromEntries(given.map((name) => [name, argv[name]])), words: argv._.map(String) };
}

function absent({ value, many, default: usual, either }: Flag): string | boolean | readonly string[] | undefined {
  return usual ?? (many === true ? [] : value === undefined && either !== true ? false : undefined);
}

/** Two options that exclude each other: neither is taken. Throws InputError flags-conflict. */
function refuseConflicts(given: Readonly<Record<string, unknown>>, { flags, exclusive = [] }: Verb): void {
  const isGiven = (name: string): boolean => given[name] !== undefined && given[name] !== false;
  // a call prints one document
  const outputs = Object.keys(flags).filter((name) => flags[name]?.output === true && isGiven(name));
  for (const [first, second] of [outputs, ...exclusive]) {
    if (first === undefined || second === undefined || !isGiven(first) || !isGiven(second)) continue;
    throw inputError(
      "flags-conflict",
      `--${flagName(first)} and --${flagName(second)} exclude each other.`,
      "Leave one of them out.",
      flagName(first),
    );
  }
}

function print(text: string): 0 {
  sayText(text);
  return 0;
}

/** The terminal's width, or what COLUMNS says, at most 110. */
function columns(): number {
  const set = Number(process.env["COLUMNS"]);
  return Math.min(110, process.stdout.columns ?? (set >= 20 ? set : 80));
}

function hint(typed: string, known: Readonly<Record<string, unknown>>): string {
  const meant = nearest(typed, Object.keys(known));
  return meant === undefined ? "" : ` Did you mean ${meant}?`;
}

/** The call itself is wrong. `path`: the verb, if it is known. */
function usageError(message: string, path?: string): InputError {
  return new InputError({
    code: "usage",
    // what was typed may be a token in the wrong place
    message: redact(message),
    fix: path === undefined ? `See ${PROGRAM} --help for the verbs.` : `See ${PROGRAM} ${path} --help.`,
  });
}

// from source; the built program starts in bin.ts, bundled into one file with this one
if (require.main === module && __filename.endsWith(".ts")) {
  void main(process.argv.slice(2));
}
