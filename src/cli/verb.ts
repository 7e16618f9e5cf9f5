/** A verb of the command line, as data and one function: cli.ts parses its call, help and completion show it. */
import type { Flags, Options } from "./flags";
import { type ExitCode, exitCodeOf } from "./run";

/** The arguments of a call that are not flags. */
export interface Call {
  /** After the verb: `purge` of `credentials purge`. */
  readonly words: readonly string[];
  /** After `--`; undefined where there is no `--`. */
  readonly program: readonly string[] | undefined;
  /** Everything after the verb, as typed. */
  readonly args: readonly string[];
}

/** Words that a verb takes beside its flags. */
export interface Words {
  readonly name: string;
  readonly about: string;
  readonly choices?: readonly string[];
  readonly required?: true;
  readonly many?: true;
}

export interface Verb {
  /** One line; a verb of the first level has its line in help.ts, which is read without loading the verb. */
  readonly about?: string;
  readonly flags: Flags;
  /** Options of which only one may be given. */
  readonly exclusive?: readonly (readonly [string, string])[];
  readonly words?: Words;
  /** Takes a program and its arguments after `--`. */
  readonly program?: true;
  /** A call that can be copied whole, with `$0` for this program, and what it is for. */
  readonly examples?: readonly (readonly [call: string, why: string])[];
  readonly run: (options: Readonly<Record<string, unknown>>, call: Call) => Promise<ExitCode>;
}

/** A verb with verbs below it, like `generate root`. */
export interface VerbGroup {
  readonly verbs: Readonly<Record<string, Verb>>;
}

/**
 * A verb whose options are inferred from its flags. Its errors are caught here: built, each verb is a bundle of its
 * own, with its own classes of errors.
 */
export function verb<const F extends Flags>(
  declaration: Omit<Verb, "flags" | "run"> & {
    readonly flags: F;
    readonly run: (options: Options<F>, call: Call) => ExitCode | Promise<ExitCode>;
  },
): Verb {
  return {
    ...declaration,
    run: (options, call) =>
      exitCodeOf(() => declaration.run(options as Options<F>, call), {
        json: options["json"] === true || options["sarif"] === true,
      }),
  };
}
