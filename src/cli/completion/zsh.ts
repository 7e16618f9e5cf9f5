/** The completion script for zsh: to be sourced, or put into a folder of `fpath` as `_PROGRAM`. */
import { type CompletionFlag, type CompletionVerb, KEYS_BY_AWK, spellings } from "./verb";
import { rendererWith } from "../../hcl/templates";
import { inSingleQuotes } from "../../text/escape";

/** The script for `program`, which must be a plain word. */
export function zshCompletion(program: string, verbs: readonly CompletionVerb[]): string {
  const name = `_${program.replaceAll("-", "_")}`;
  const view = { name, program, keysByAwk: KEYS_BY_AWK, choice: choice(name, verbs, "  ").trimEnd() };
  return rendererWith({}, [])("completion/zsh.hbs", view);
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
