/** What yargs knows of every verb, read from the verbs' own builders: nothing about a flag is written twice. */
import yargs from "yargs";
import type { Argv, CommandModule } from "yargs";
import type { CompletionFlag, CompletionVerb } from "./completion/verb";

/** Parts of a yargs instance that its types leave out. */
interface Inside extends Argv {
  getOptions(): {
    /** Every flag and positional. */
    readonly key: Readonly<Record<string, unknown>>;
    readonly boolean: readonly string[];
    readonly array: readonly string[];
    readonly hiddenOptions: readonly string[];
    readonly choices: Readonly<Record<string, readonly unknown[] | undefined>>;
    readonly default: Readonly<Record<string, unknown>>;
  };
  getInternalMethods(): {
    getUsageInstance(): { getDescriptions(): Readonly<Record<string, string | undefined>> };
    getCommandInstance(): {
      getCommandHandlers(): Readonly<
        Record<string, { readonly description?: string | false; readonly builder: unknown }>
      >;
    };
  };
}

type Builder = (yargs: Argv) => unknown;

/** A verb by its module: flags, words and the verbs below it. */
export function knownVerb(
  name: string,
  describe: string,
  module: Pick<CommandModule, "command"> & { readonly builder?: unknown },
): CompletionVerb {
  return verbOf(name, describe, String(module.command), module.builder as Builder | undefined);
}

function verbOf(name: string, describe: string, command: string, builder: Builder | undefined): CompletionVerb {
  const parser = yargs([]) as Inside;
  if (typeof builder === "function") builder(parser);
  const options = parser.getOptions();
  const inside = parser.getInternalMethods();
  const descriptions = inside.getUsageInstance().getDescriptions();
  const positionals = new Set([...command.matchAll(/[[<]([a-z-]+)(?:\.\.)?[\]>]/g)].map((match) => match[1] ?? ""));
  const choicesOf = (flag: string): readonly string[] => (options.choices[flag] ?? []).map(String);
  const flags = Object.keys(options.key)
    .filter((flag) => !positionals.has(flag) && flag !== "version" && !options.hiddenOptions.includes(flag))
    .map((flag): CompletionFlag => ({
      name: flag,
      describe: (descriptions[flag] ?? "").replace(/^__yargsString__:/, ""),
      takes: !options.boolean.includes(flag)
        ? "text"
        : flag === "help" || options.default[flag] === false
          ? "yes"
          : options.default[flag] === true
            ? "no"
            : "either",
      choices: choicesOf(flag),
      repeats: options.array.includes(flag),
    }));
  const below = Object.entries(inside.getCommandInstance().getCommandHandlers()).map(([key, handler]) =>
    verbOf(
      key,
      handler.description === false ? "" : (handler.description ?? ""),
      key,
      handler.builder as Builder | undefined,
    ),
  );
  return { name, describe, flags, words: [...positionals].flatMap(choicesOf), verbs: below };
}
