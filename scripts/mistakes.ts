/** Mistakes in a call that yargs lets pass, and then hands the verb a value of another type. */

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
      if (value !== undefined && (negated || (value !== "true" && value !== "false"))) return `--${name} is yes or no: write --${name} or --no-${name}.`;
    } else if (takesText && value === undefined && (next === undefined || next.startsWith("--"))) {
      return `--${name} needs a value.`;
    }
  }
  return undefined;
}

/** Where yargs knows no flag `-x`: probably the value of the flag before it. */
export function dashedValue(args: readonly string[]): string | undefined {
  const at = args.findIndex((argument, index) => /^-[^-]/.test(argument) && /^--[^=]+$/.test(args[index - 1] ?? ""));
  return at < 0 ? undefined : `${args[at - 1] ?? ""} needs a value; one that begins with - is written ${args[at - 1] ?? ""}=${args[at] ?? ""}.`;
}
