/**
 * The command line. Knows every verb's name and one line about it; a verb's own file is loaded only when it is
 * called, so that `--help` stays as quick as yargs itself.
 */
import yargs from "yargs";
import type { CommandModule } from "yargs";
import { version } from "../../package.json";
import { InputError } from "../errors";
import { nearest } from "../text/nearest";
import { redact } from "../text/secret";
import { quoted } from "../text/text-rule";
import type { KnownCall, KnownFlags } from "./mistakes";
import { dashedValue, mistakeIn, usageSentence } from "./mistakes";
import { run, surviveClosedPipe } from "./run";
import { VERBS } from "./verb-names";

export { VERBS };

type VerbModule = { readonly default: CommandModule<object, never> };

function loadVerb(verb: string): VerbModule {
  // A path that is not literal stays a `require` at run time, so each verb is a bundle of its own.
  const file = `${__dirname}/verbs/${verb}`;
  return require(file) as VerbModule;
}

/** Runs the command line on `args` (without node and script). Sets `process.exitCode`. */
export async function main(args: readonly string[]): Promise<void> {
  surviveClosedPipe();
  // whatever happens, nobody is shown a stack trace
  await runVerb(args).catch((error: unknown) =>
    run(
      () => {
        throw error;
      },
      { json: flagsOf(args).includes("--json") },
    ),
  );
}

/** What stands before `--`. */
function flagsOf(args: readonly string[]): readonly string[] {
  return args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
}

async function runVerb(given: readonly string[]): Promise<void> {
  const args = given[0] === "help" ? [...given.slice(1), "--help"] : given;
  const called = args.find((argument) => !argument.startsWith("-"));
  if (called !== undefined && !Object.hasOwn(VERBS, called)) {
    const meant = nearest(called, Object.keys(VERBS));
    throw usageError(`There is no verb ${quoted(called)}.${meant === undefined ? "" : ` Did you mean ${meant}?`}`);
  }
  const parser = yargs([...args])
    .scriptName("databricks-aws-oidc")
    .usage("$0 <verb>\n\nLets Databricks identities into AWS without a stored key, and proves who gets in.")
    .version(version)
    .locale("en")
    .parserConfiguration({
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "populate--": true,
      "dot-notation": false,
    })
    .strict()
    .demandCommand(1, "Name a verb, for example: databricks-aws-oidc issuer --host mycompany.cloud.databricks.com")
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .check((argv) => {
      if (called !== "credentials" && Array.isArray(argv["--"])) return "Nothing goes after --.";
      return mistakeIn(args, (parser as unknown as Inside).getOptions()) ?? true;
    })
    .fail((message, error: unknown) => {
      if (error instanceof Error && error.name !== "YError") throw error;
      const unknown = message !== null && message.startsWith("Unknown argument") ? dashedValue(args) : undefined;
      // thrown, or yargs would run the verb all the same
      throw usageError(unknown ?? (message === null ? String(error) : usageSentence(message, args, knownCall(parser))));
    })
    .exitProcess(false);
  for (const [verb, describe] of Object.entries(VERBS)) {
    if (verb === called) parser.command(loadVerb(verb).default);
    else
      parser.command(
        verb,
        describe,
        () => undefined,
        () => undefined,
      );
  }
  await parser.parseAsync();
}

/** Parts of a yargs instance that its types leave out. */
interface Inside {
  getOptions(): KnownFlags & {
    readonly key: Readonly<Record<string, unknown>>;
    readonly choices: KnownCall["choices"];
    readonly demandedOptions: Readonly<Record<string, unknown>>;
  };
  getInternalMethods(): { getCommandInstance(): { getCommands(): readonly string[] } };
}

function knownCall(parser: unknown): KnownCall {
  const inside = parser as Inside;
  const { key, choices, demandedOptions } = inside.getOptions();
  return {
    keys: Object.keys(key),
    choices,
    demanded: Object.keys(demandedOptions),
    verbs: inside.getInternalMethods().getCommandInstance().getCommands(),
  };
}

/** The call itself is wrong. */
function usageError(message: string): InputError {
  // what was typed may be a token in the wrong place
  return new InputError([
    {
      code: "usage",
      message: redact(message),
      fix: "See databricks-aws-oidc --help for the verbs, <verb> --help for its flags.",
    },
  ]);
}

// from source; the built program starts in bin.ts, bundled into one file with this one
if (require.main === module && __filename.endsWith(".ts")) {
  void main(process.argv.slice(2));
}
