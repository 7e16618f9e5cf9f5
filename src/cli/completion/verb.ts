/** The command line as completion scripts need it: verbs, their flags, and what a flag's value may be. Plain data. */
import { flagName } from "../../text/words";
import type { Flag } from "../flags";
import type { Verb, VerbGroup } from "../verb";

export interface CompletionFlag extends Flag {
  /** Without dashes. */
  readonly name: string;
}

export interface CompletionVerb {
  readonly name: string;
  readonly about: string;
  readonly flags: readonly CompletionFlag[];
  /** What may stand after the verb without a flag. */
  readonly words: readonly string[];
  /** Verbs below it, as in `generate root`. */
  readonly verbs: readonly CompletionVerb[];
}

const HELP: CompletionFlag = { name: "help", about: "Show help" };

/** What is completed for the verb `name`. */
export function completionVerb(name: string, about: string, declaration: Verb | VerbGroup): CompletionVerb {
  if ("verbs" in declaration) {
    const verbs = Object.entries(declaration.verbs).map(([below, one]) => completionVerb(below, one.about ?? "", one));
    return { name, about, flags: [HELP], words: [], verbs };
  }
  const flags = Object.entries<Flag>(declaration.flags).map(([option, flag]) => ({ ...flag, name: flagName(option) }));
  return { name, about, flags: [HELP, ...flags], words: declaration.words?.choices ?? [], verbs: [] };
}

/** A flag as it is typed: `--name`, `--no-name`, or both where it has no default. */
export function spellings({ name, value, default: usual, either }: CompletionFlag): readonly string[] {
  if (value !== undefined || (usual !== true && either !== true)) return [`--${name}`];
  return either === true ? [`--${name}`, `--no-${name}`] : [`--no-${name}`];
}

/**
 * Prints the keys of one section of a federation file, for `awk -v section=NAME`. Only names that mean nothing to a
 * shell: bash expands what it is offered as completions, and the file may come from anyone.
 */
export const KEYS_BY_AWK = `
    $0 ~ "^" section ":" { inside = 1; indent = -1; next }
    /^[^ #]/ { inside = 0 }
    inside && /^ +[^ #-]/ {
      match($0, /^ +/)
      if (indent < 0) indent = RLENGTH
      if (RLENGTH != indent) next
      key = substr($0, RLENGTH + 1)
      sub(/:.*$/, "", key)
      gsub(/["\\047]/, "", key)
      if (key ~ /^[A-Za-z0-9_+=,.@-]+$/) print key
    }`;
