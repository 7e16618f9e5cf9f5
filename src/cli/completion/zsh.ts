/** The completion script for zsh: to be sourced, or put into a folder of `fpath` as `_PROGRAM`. */
import { type CompletionFlag, type CompletionVerb, KEYS_BY_AWK, spellings } from "./verb";
import { inSingleQuotes } from "../../text/escape";

/** The script for `program`, which must be a plain word. */
export function zshCompletion(program: string, verbs: readonly CompletionVerb[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  return `#compdef ${program}
# zsh completion for ${program}: source it after compinit, or save it as _${program} in a folder of fpath.
${name}_keys() {
  local -a keys
  local at=$words[(i)--config] file
  file=\${words[at+1]:-\${\${(M)words:#--config=*}[1]#--config=}}
  keys=(\${(f)"$(awk -v section="$1" '${KEYS_BY_AWK}
  ' "\${file:-federation.yaml}" 2>/dev/null)"})
  compadd -a keys
}

${name}_value() {
  compset -P @
  _files
}

${name}() {
  local curcontext="$curcontext" state line
  local -a verbs
  typeset -A opt_args
  # after --, another program's words
  local end=$words[(i)--]
  if (( end < CURRENT )); then
    shift $end words
    (( CURRENT -= end ))
    _normal
    return
  fi
${choice(name, verbs, "  ")}}

if [ "$funcstack[1]" = "_${program}" ]; then
  ${name} "$@"
else
  compdef ${name} ${program}
fi
`;
}

/** Offers the verbs, or what belongs to the one that is there. */
function choice(name: string, verbs: readonly CompletionVerb[], indent: string): string {
  const lines = [
    "_arguments -C '1: :->verb' '*:: :->rest'",
    "case $state in",
    "  verb)",
    "    verbs=(",
    ...verbs.map((verb) => `      ${inSingleQuotes(`${verb.name}:${verb.about}`)}`),
    "    )",
    "    _describe -t verbs verb verbs",
    "    ;;",
    "  rest)",
    "    case $line[1] in",
    ...verbs.flatMap((verb) => [
      `      ${verb.name})`,
      ...(verb.verbs.length > 0
        ? [choice(name, verb.verbs, `${indent}        `).replace(/\n$/, "").slice(indent.length)]
        : specs(name, verb).map((line) => `        ${line}`)),
      "        ;;",
    ]),
    "    esac",
    "    ;;",
    "esac",
  ];
  return lines.map((line) => `${indent}${line}\n`).join("");
}

function specs(name: string, verb: CompletionVerb): readonly string[] {
  const all = [
    ...verb.flags.flatMap((flag) =>
      spellings(flag).map((spelling) =>
        inSingleQuotes(
          `${flag.many === true ? "*" : ""}${spelling}${flag.value === undefined ? "" : "="}` +
            `[${escaped(flag.about)}]${value(name, flag)}`,
        ),
      ),
    ),
    ...(verb.words.length > 0 ? [inSingleQuotes(`1:: :(${verb.words.join(" ")})`)] : [inSingleQuotes("*: :_files")]),
  ];
  return ["_arguments \\", ...all.map((spec, index) => `  ${spec}${index === all.length - 1 ? "" : " \\"}`)];
}

function value(name: string, { name: flag, value: takes, choices = [], keyOf }: CompletionFlag): string {
  if (takes === undefined) return "";
  const action =
    choices.length > 0 ? `(${choices.join(" ")})` : keyOf === undefined ? `${name}_value` : ` ${name}_keys ${keyOf}`;
  return `:${flag}:${action}`;
}

/** What a description may not hold as it is: it ends at a bracket. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, "\\$&");
}
