/** The command line as completion scripts need it: verbs, their flags, and what a flag's value may be. Plain data. */

export interface CompletionFlag {
  /** Without dashes. */
  readonly name: string;
  readonly describe: string;
  /** `text`: a value follows. `yes`, `no`, `either`: `--name`, `--no-name` or both make sense. */
  readonly takes: "text" | "yes" | "no" | "either";
  /** What the value may be; empty: anything, so file names are offered. */
  readonly choices: readonly string[];
  readonly repeats: boolean;
}

export interface CompletionVerb {
  readonly name: string;
  readonly describe: string;
  readonly flags: readonly CompletionFlag[];
  /** What may stand after the verb without a flag. */
  readonly words: readonly string[];
  /** Verbs below it, as in `generate root`. */
  readonly verbs: readonly CompletionVerb[];
}

/** Flags whose value is a key of the federation file, and the section that has the keys. */
export const KEY_SECTIONS: Readonly<Record<string, string>> = { role: "roles", issuer: "issuers" };

/** A flag as it is typed: `--name`, `--no-name`. */
export function spellings(flag: CompletionFlag): readonly string[] {
  switch (flag.takes) {
    case "text":
    case "yes":
      return [`--${flag.name}`];
    case "no":
      return [`--no-${flag.name}`];
    case "either":
      return [`--${flag.name}`, `--no-${flag.name}`];
  }
}

/**
 * Prints the keys of one section of a federation file, for `awk -v section=NAME`. Only names that mean nothing to a
 * shell: bash expands what it is offered as completions, and the file may be anybody's.
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
