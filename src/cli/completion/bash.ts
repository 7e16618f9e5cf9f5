/** The completion script for bash (3.2 and newer). */
import { type CompletionFlag, type CompletionVerb, KEYS_BY_AWK, spellings } from "./verb";
import { inSingleQuotes } from "../../text/escape";

/** The script for `program`, which must be a plain word. */
export function bashCompletion(program: string, verbs: readonly CompletionVerb[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const leafCase = ({ path, verb }: (typeof leaves)[number]): string =>
    `      ${inSingleQuotes(path)}) ` +
    `offered=${inSingleQuotes([...verb.words, ...verb.flags.flatMap(spellings)].join(" "))} ;;`;
  const leaves = verbs.flatMap((verb) =>
    verb.verbs.length === 0
      ? [{ path: verb.name, verb }]
      : verb.verbs.map((below) => ({ path: `${verb.name} ${below.name}`, verb: below })),
  );
  return (
    `# bash completion for ${program}: source it, or put it into bash-completion's folder.
${name}_keys() {
  awk -v section="$1" '${KEYS_BY_AWK}
  ' "\${2:-federation.yaml}" 2>/dev/null
}

${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} verb= config= offered= word at
  local IFS=$' \\t\\n'
  COMPREPLY=()
  # bash splits words at = and @: --flag=value, --token @file, --token=@file
  if [ "$cur" = = ]; then cur=
  elif [ "$cur" = =@ ]; then cur=@
  elif [ "$prev" = = ]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  elif [ "$prev" = =@ ]; then cur=@$cur
  elif [ "$prev" = @ ]; then case \${COMP_WORDS[COMP_CWORD-2]} in --*) cur=@$cur ;; esac
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    if [ "$word" = -- ]; then
      [ "$at" -eq $((COMP_CWORD - 1)) ] && COMPREPLY=($(compgen -c -- "$cur"))
      return
    fi
    case $verb in
      '') case $word in -*) ;; *) verb=$word ;; esac ;;
${verbs
  .filter((verb) => verb.verbs.length > 0)
  .map(
    (verb) =>
      `      ${verb.name}) case $word in ${verb.verbs.map((below) => below.name).join("|")}) ` +
      `verb="${verb.name} $word" ;; esac ;;`,
  )
  .join("\n")}
    esac
    if [ "$word" = --config ]; then
      config=\${COMP_WORDS[at+1]}
      [ "$config" = = ] && config=\${COMP_WORDS[at+2]}
    fi
  done
  if [ "\${cur#@}" != "$cur" ]; then
    IFS=$'\\n'
    COMPREPLY=($(compgen -P @ -f -- "\${cur#@}"))
    # compopt came with bash 4; it has names quoted
    compopt -o filenames 2>/dev/null
    if [ "\${#COMPREPLY[@]}" -eq 1 ] && [ -d "\${COMPREPLY[0]#@}" ]; then COMPREPLY[0]+=/; compopt -o nospace ` +
    `2>/dev/null; fi
    return
  fi
  case "$verb $prev" in
${leaves.flatMap(({ path, verb }) => valueCases(name, path, verb)).join("\n")}
  esac
  if [ -z "$offered" ]; then
    case $verb in
      '') offered=${inSingleQuotes(verbs.map((verb) => verb.name).join(" "))} ;;
${verbs
  .filter((verb) => verb.verbs.length > 0)
  .map((verb) => `      ${verb.name}) offered=${inSingleQuotes(verb.verbs.map((below) => below.name).join(" "))} ;;`)
  .join("\n")}
${leaves.map(leafCase).join("\n")}
    esac
    # flags only where one is begun, else file names by default
    case $cur in
      -*) ;;
      *) for word in $offered; do case $word in -*) ;; *) COMPREPLY+=("$word") ;; esac; done; ` +
    `offered="\${COMPREPLY[*]}"; COMPREPLY=() ;;
    esac
  fi
  [ -n "$offered" ] && COMPREPLY=($(compgen -W "$offered" -- "$cur"))
}
complete -o default -F ${name} ${program}
`
  );
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
