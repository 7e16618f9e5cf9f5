/** Help of the program and of each verb, from the same data that a call is parsed with. */
import type { Flag } from "./flags";
import type { Verb, Words } from "./verb";
import { flagName } from "../text/words";
import { wrapped } from "../text/table";

export const PROGRAM = "databricks-aws-oidc";

/** Every verb and what it does, in the order in which a user needs them. */
export const VERBS: Readonly<Record<string, string>> = {
  issuer: "Which issuer, and every URL and ARN derived from it",
  init: "Write a federation.yaml, by questions or by flags",
  adopt: "An AWS account that exists: its federation.yaml, and what to import",
  generate: "Write modules, a root, client files, guardrails, audit queries, a runbook or the JSON Schema",
  lint: "Check a federation, a policy, a Terraform plan",
  explain: "Can this token assume this role, and if not, which line refuses it",
  prove: "Every declared identity gets in, and no other",
  doctor: "Check the real endpoints: discovery, keys, provider, role",
  audit: "What CloudTrail shows: who used what, who was refused, who was not seen",
  token: "Get or read a Databricks token",
  credentials: "AWS credentials for a role, without a stored key",
  sandbox: "A local Databricks and STS for trying all of it offline",
  report: "One HTML page: who reaches what",
  pack: "Module releases: archives, checksums, manifest",
  release: "Write release notes, or record a release for later comparison",
  publish: "Put releases into a registry",
  serve: "Serve a registry folder over HTTP, for trying it",
  completion: "Print a completion script for bash or zsh",
};

type Row = readonly [left: string, about: string];

/** Help of the program, or of a verb with verbs below it (`path`, like ` generate`). */
export function verbsHelp(
  path: string,
  about: string,
  verbs: Readonly<Record<string, string>>,
  columns: number,
): string {
  return [
    `${PROGRAM}${path} <verb>`,
    wrapped(about, columns),
    table("Verbs:", Object.entries(verbs), columns),
    table("Options:", [["--help", "Show help"], ...(path === "" ? [VERSION] : [])], columns),
  ].join("\n\n");
}

const VERSION: Row = ["--version", "Print the version"];

/** Help of a verb (`path`, like `generate root`). No line is longer than `columns`, unless a single word is. */
export function verbHelp(path: string, about: string, verb: Verb, columns: number): string {
  const { words, examples = [] } = verb;
  return [
    [PROGRAM, path, "[options]", ...(words === undefined ? [] : [wordsUsage(words)]), ...programUsage(verb)].join(" "),
    wrapped(about, columns),
    ...(words === undefined ? [] : [table("Arguments:", [[wordsUsage(words), withChoices(words)]], columns)]),
    table(
      "Options:",
      [
        ...Object.entries(verb.flags).map(([name, flag]): Row => [usage(name, flag), detail(flag)]),
        ["--help", "Show help"],
      ],
      columns,
    ),
    ...(examples.length === 0 ? [] : [examplesText(examples)]),
  ].join("\n\n");
}

/** Calls are neither wrapped nor cut, so that they can be copied whole. */
export function examplesText(examples: NonNullable<Verb["examples"]>): string {
  return ["Examples:", ...examples.map(([call, why]) => `  # ${why}\n  ${call.replaceAll("\n", "\n    ")}`)]
    .join("\n")
    .replaceAll("$0", PROGRAM);
}

function programUsage({ program }: Verb): readonly string[] {
  return program === true ? ["[-- COMMAND...]"] : [];
}

function wordsUsage({ name, required, many }: Words): string {
  const shown = `${name}${many === true ? "..." : ""}`;
  return required === true ? `<${shown}>` : `[${shown}]`;
}

function usage(name: string, { value }: Flag): string {
  return `--${flagName(name)}${value === undefined ? "" : ` ${value}`}`;
}

function detail(flag: Flag): string {
  const { default: usual, required } = flag;
  const shown = typeof usual === "string" && usual !== "" ? ` (default: ${usual})` : "";
  return `${withChoices(flag)}${shown}${required === true ? " (required)" : ""}`;
}

function withChoices({ about, choices = [] }: Pick<Flag, "about" | "choices">): string {
  return choices.length === 0 ? about : `${about}: ${choices.join(", ")}`;
}

/** Two columns, the second wrapped. */
function table(title: string, rows: readonly Row[], columns: number): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  const lines = rows.map(([name, about]) => {
    const text = wrapped(about, Math.max(columns - left, 20)).replaceAll("\n", `\n${" ".repeat(left)}`);
    return `  ${name}`.padEnd(left) + text;
  });
  return [title, ...lines].join("\n");
}
