/**
 * Mistakes in a call: those that yargs lets pass, and then hands the verb a value of another type; and yargs' own
 * complaints in our words.
 */
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";

/** Flags of the verb that was called, as yargs knows them. */
export interface KnownFlags {
  readonly string: readonly string[];
  readonly boolean: readonly string[];
  readonly array: readonly string[];
}

interface Given {
  readonly name: string;
  /** Undefined: `--name` alone. */
  readonly value: string | undefined;
  /** `--no-name`. */
  readonly negated: boolean;
  readonly next: string | undefined;
}

/** The flags of `args` up to `--`. */
function givenFlags(args: readonly string[], { boolean }: KnownFlags): readonly Given[] {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  return own.flatMap((argument, index): readonly Given[] => {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    if (name === undefined) return [];
    const positive = name.replace(/^no-/, "");
    const negated = name !== positive && boolean.includes(positive);
    return [{ name: negated ? positive : name, value, negated, next: own[index + 1] }];
  });
}

/** What is wrong with the call, in one sentence; undefined: nothing that yargs does not tell. */
export function mistakeIn(args: readonly string[], flags: KnownFlags): string | undefined {
  const seen = new Set<string>();
  for (const { name, value, negated, next } of givenFlags(args, flags)) {
    const positive = name.replace(/^no-/, "");
    if (positive !== name && flags.string.includes(positive)) return `There is no flag --${name}.`;
    if (seen.has(name) && !flags.array.includes(name)) return `--${name} is given twice.`;
    seen.add(name);
    const takesText = flags.string.includes(name);
    if (flags.boolean.includes(name)) {
      if (value !== undefined && (negated || (value !== "true" && value !== "false")))
        return `--${name} is yes or no: write --${name} or --no-${name}.`;
    } else if (takesText && value === undefined && (next === undefined || next.startsWith("--"))) {
      return `--${name} needs a value.`;
    }
  }
  return undefined;
}

/** Where yargs knows no flag `-x`: probably the value of the flag before it. */
export function dashedValue(args: readonly string[]): string | undefined {
  const at = args.findIndex((argument, index) => /^-[^-]/.test(argument) && /^--[^=]+$/.test(args[index - 1] ?? ""));
  return at < 0
    ? undefined
    : `${args[at - 1] ?? ""} needs a value; one that begins with - is written ${args[at - 1] ?? ""}=${args[at] ?? ""}.`;
}

/** What yargs knows of the verb that was called, for a sentence about what it did not find. */
export interface KnownCall {
  /** Flags and words, by name. */
  readonly keys: readonly string[];
  readonly choices: Readonly<Record<string, readonly unknown[] | undefined>>;
  /** Flags and words that must be there. */
  readonly demanded: readonly string[];
  /** Names of the verbs below, like `modules` of `generate`. */
  readonly verbs: readonly string[];
}

/** A complaint of yargs as a sentence that names what was probably meant; any other message as it is. */
export function usageSentence(message: string, args: readonly string[], known: KnownCall): string {
  const [, unknown] = /^Unknown (?:argument|command)s?: (.*)$/s.exec(message) ?? [];
  // yargs names a flag with a dash twice, once in camelCase
  if (unknown !== undefined)
    return (
      args.flatMap((argument) => unknownArgument(argument, unknown.split(", "), known)).at(0) ??
      `Unknown argument ${quoted(unknown)}.`
    );
  const [, missing] = /^Missing required arguments?: (.*)$/s.exec(message) ?? [];
  if (missing !== undefined)
    return `${missing
      .split(", ")
      .map((name) => `--${name}`)
      .join(" and ")} ${missing.includes(", ") ? "are" : "is"} missing.`;
  if (message.startsWith("Not enough non-option arguments")) {
    const words = known.demanded.map((name) => `${name}${choicesOf(known, name)}`);
    return `A word is missing${words.length === 0 ? "" : `: ${words.join(", ")}`}.`;
  }
  const [, flag, given] = /^Invalid values:\s+Argument: (\S+), Given: (.*?), Choices: /s.exec(message) ?? [];
  if (flag !== undefined && given !== undefined) {
    const isFlag = args.some((argument) => argument === `--${flag}` || argument.startsWith(`--${flag}=`));
    return `${isFlag ? "--" : ""}${flag} cannot be ${given}${choicesOf(known, flag)}.`;
  }
  return message;
}

function choicesOf({ choices }: KnownCall, name: string): string {
  const list = choices[name] ?? [];
  return list.length === 0 ? "" : ` (it is one of ${list.join(", ")})`;
}

function unknownArgument(argument: string, unknown: readonly string[], known: KnownCall): readonly string[] {
  const flag = /^--?([^-=][^=]*)/.exec(argument)?.[1];
  // of `--no-name` yargs says `name`
  if (!unknown.includes(flag ?? argument) && !unknown.includes(flag?.replace(/^no-/, "") ?? "")) return [];
  const meant = nearest(flag ?? argument, flag === undefined ? known.verbs : known.keys);
  const hint = meant === undefined ? "" : ` Did you mean ${flag === undefined ? meant : `--${meant}`}?`;
  return [
    flag === undefined
      ? `Unknown argument ${quoted(argument)}.${hint}`
      : `There is no flag ${argument.startsWith("--") ? "--" : "-"}${flag}.${hint}`,
  ];
}
