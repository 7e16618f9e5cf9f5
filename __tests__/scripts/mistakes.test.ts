import { usageSentence } from "../../src/cli/mistakes";

const ROOT = {
  keys: ["out", "style", "module-source"],
  choices: { style: ["modules", "resources"] },
  demanded: ["out"],
  verbs: [],
};
const GENERATE = { keys: ["help"], choices: {}, demanded: [], verbs: ["modules", "root", "client", "schema"] };
const COMPLETION = { keys: ["shell"], choices: { shell: ["bash", "zsh"] }, demanded: ["shell"], verbs: [] };

test.each<[args: string, message: string, known: Parameters<typeof usageSentence>[2], sentence: string]>([
  ["generate module", "Unknown argument: module", GENERATE, 'Unknown argument "module". Did you mean modules?'],
  ["generate root --styel x", "Unknown argument: styel", ROOT, "There is no flag --styel. Did you mean --style?"],
  [
    "generate root --module_source=x",
    "Unknown arguments: module_source, moduleSource",
    ROOT,
    "There is no flag --module_source. Did you mean --module-source?",
  ],
  ["generate root --no-bogus", "Unknown argument: bogus", ROOT, "There is no flag --no-bogus."],
  ["generate root -h", "Unknown argument: h", ROOT, "There is no flag -h."],
  ["generate root", "Missing required argument: out", ROOT, "--out is missing."],
  [
    "generate root --style foo",
    'Invalid values:\n  Argument: style, Given: "foo", Choices: "modules", "resources"',
    ROOT,
    '--style cannot be "foo" (it is one of modules, resources).',
  ],
  [
    "completion fish",
    'Invalid values:\n  Argument: shell, Given: "fish", Choices: "bash", "zsh"',
    COMPLETION,
    'shell cannot be "fish" (it is one of bash, zsh).',
  ],
  [
    "completion",
    "Not enough non-option arguments: got 0, need at least 1",
    COMPLETION,
    "A word is missing: shell (it is one of bash, zsh).",
  ],
  ["generate", "Say what to generate.", GENERATE, "Say what to generate."],
])("%s is told in a sentence", (args, message, known, sentence) => {
  expect(usageSentence(message, args.split(" "), known)).toBe(sentence);
});
