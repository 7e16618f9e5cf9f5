/** The completion script for bash (3.2 and newer). */
import { rendererWith } from "../../hcl/templates";
import { inSingleQuotes } from "../../text/escape";
import { type CompletionFlag, type CompletionVerb, KEYS_BY_AWK, spellings } from "./verb";

/** The script for `program`, which must be a plain word. */
export function bashCompletion(program: string, verbs: readonly CompletionVerb[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const groups = verbs.filter((verb) => verb.verbs.length > 0);
  const leaves = verbs.flatMap((verb) =>
    verb.verbs.length === 0
      ? [{ path: verb.name, verb }]
      : verb.verbs.map((below) => ({ path: `${verb.name} ${below.name}`, verb: below })),
  );
  const lines = (indented: readonly string[]): string => indented.join("\n");
  return rendererWith({}, [])("completion/bash.hbs", {
    name,
    program,
    keysByAwk: KEYS_BY_AWK,
    verbs: namesOf(verbs),
    groupCases: lines(
      groups.map(
        ({ name: group, verbs: below }) =>
          `      ${group}) case $word in ${below.map((verb) => verb.name).join("|")}) verb="${group} $word" ;; esac ;;`,
      ),
    ),
    groupOffers: lines(groups.map((verb) => `      ${verb.name}) offered=${namesOf(verb.verbs)} ;;`)),
    valueCases: lines(leaves.flatMap(({ path, verb }) => valueCases(name, path, verb))),
    leafOffers: lines(
      leaves.map(({ path, verb: { words, flags } }) => {
        const offered = [...words, ...flags.flatMap(spellings)].join(" ");
        return `      ${inSingleQuotes(path)}) offered=${inSingleQuotes(offered)} ;;`;
      }),
    ),
  });
}

function namesOf(verbs: readonly CompletionVerb[]): string {
  return inSingleQuotes(verbs.map((verb) => verb.name).join(" "));
}

/** After a flag that takes a value: its choices, the file's keys, or nothing, which makes bash offer file names. */
function valueCases(name: string, path: string, verb: CompletionVerb): readonly string[] {
  return verb.flags
    .filter((flag) => flag.value !== undefined)
    .map((flag) => `    ${inSingleQuotes(`${path} --${flag.name}`)}) ${offer(name, flag)} ;;`);
}

function offer(name: string, { choices = [], keyOf }: CompletionFlag): string {
  if (choices.length > 0) return `offered=${inSingleQuotes(choices.join(" "))}`;
  return keyOf === undefined ? "return" : `offered=$(${name}_keys ${keyOf} "$config"); [ -n "$offered" ] || return`;
}
