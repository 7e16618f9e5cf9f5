/** What is wrong with a call, in one sentence that names what was probably meant. */
import { flagName } from "../text/words";
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";
import type { Flag } from "./flags";
import type { Verb } from "./verb";

interface Given {
  /** As typed: `--out`, `--no-cache`, `-h`. */
  readonly typed: string;
  readonly flag: Flag | undefined;
  readonly negated: boolean;
  /** After `=`. */
  readonly value: string | undefined;
  readonly next: string | undefined;
  readonly before: string | undefined;
}

/** A negative number is a value. */
const DASHED = /^-(?![0-9.]+$)[^-]/;

/** The flags among `args`, which end before `--`. */
function givenFlags(args: readonly string[], byName: ReadonlyMap<string, Flag>): readonly Given[] {
  return args.flatMap((argument, index): readonly Given[] => {
    if (!argument.startsWith("--") && !DASHED.test(argument)) return [];
    const at = argument.indexOf("=");
    const typed = at < 0 ? argument : argument.slice(0, at);
    const positive = byName.get(typed.slice(2));
    const negated = positive === undefined && typed.startsWith("--no-");
    return [
      {
        typed,
        flag: negated ? byName.get(typed.slice(5)) : typed.startsWith("--") ? positive : undefined,
        negated,
        value: at < 0 ? undefined : argument.slice(at + 1),
        next: args[index + 1],
        before: args[index - 1],
      },
    ];
  });
}

/** The first mistake among the flags that `args` give, before they are parsed; undefined: none. */
export function flagMistake(args: readonly string[], { flags }: Pick<Verb, "flags">): string | undefined {
  const byName = new Map(Object.entries<Flag>(flags).map(([name, flag]) => [flagName(name), flag]));
  const seen = new Set<Flag>();
  for (const { typed, flag, negated, value, next, before } of givenFlags(args, byName)) {
    if (flag === undefined || (negated && flag.value !== undefined)) {
      if (!typed.startsWith("--") && /^--[^=]+$/.test(before ?? ""))
        return `${before ?? ""} needs a value; one that begins with - is written ${before ?? ""}=${typed}.`;
      const meant = flag === undefined ? nearest(typed.replace(/^-+/, ""), [...byName.keys()]) : undefined;
      return `Unknown flag ${typed}.${meant === undefined ? "" : ` Did you mean --${meant}?`}`;
    }
    const name = typed.replace(/^--(?:no-)?/, "");
    if (seen.has(flag) && flag.many !== true) return `--${name} is given twice.`;
    seen.add(flag);
    if (flag.value === undefined) {
      if (value !== undefined && (negated || (value !== "true" && value !== "false")))
        return `--${name} takes no value: write --${name} or --no-${name}.`;
    } else if (value === undefined && (next === undefined || next.startsWith("--"))) return `${typed} needs a value.`;
  }
  return undefined;
}

/** What of `given` (options by name, as parsed) and `words` the verb cannot take, or lacks; undefined: nothing. */
export function valueMistake(
  given: Readonly<Record<string, unknown>>,
  words: readonly string[],
  { flags, words: takes, program }: Pick<Verb, "flags" | "words" | "program">,
): string | undefined {
  const missing = Object.entries<Flag>(flags).filter(([name, { required }]) => required === true && !(name in given));
  if (missing.length > 0) {
    const names = missing.map(([name]) => `--${flagName(name)}`).join(" and ");
    return `${names} ${missing.length === 1 ? "is" : "are"} missing.`;
  }
  for (const [name, { choices }] of Object.entries<Flag>(flags)) {
    const wrong = [given[name] ?? []].flat().find((value) => choices?.includes(String(value)) === false);
    if (wrong !== undefined) return notAChoice(`--${flagName(name)}`, String(wrong), choices);
  }
  const [first] = words;
  const isUnknown = first !== undefined && (takes === undefined || takes.choices?.includes(first) === false);
  if (program === true && isUnknown) return `Unknown argument ${quoted(first)}. Put -- before a program to run.`;
  const extra = takes === undefined ? first : takes.many === true ? undefined : words[1];
  if (extra !== undefined) return `Unknown argument ${quoted(extra)}.`;
  if (takes?.required === true && first === undefined) {
    const choices = takes.choices === undefined ? "" : ` (one of ${takes.choices.join(", ")})`;
    return `Missing argument: ${takes.name}${choices}.`;
  }
  return first !== undefined && takes?.choices?.includes(first) === false
    ? notAChoice(takes.name, first, takes.choices)
    : undefined;
}

function notAChoice(name: string, value: string, choices: readonly string[] = []): string {
  const meant = nearest(value, choices);
  const question = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `${name} must be one of ${choices.join(", ")}, not ${quoted(value)}.${question}`;
}
