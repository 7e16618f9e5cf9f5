import { loadVerb } from "../../src/cli/cli";
import { completionVerb, spellings } from "../../src/cli/completion/verb";
import { zshCompletion } from "../../src/cli/completion/zsh";
import { VERBS } from "../../src/cli/help";
import { verb } from "../../src/cli/verb";

const TRY = verb({
  flags: {
    format: { value: "FORMAT", choices: ["a", "b"], about: "it's [a]: or b" },
    many: { value: "TEXT", many: true, about: "Several" },
    on: { default: true, about: "On" },
    off: { about: "Off" },
    maybe: { either: true, about: "Either" },
  },
  words: { name: "what", choices: ["purge"], about: "What" },
  run: () => 0,
});

test("what a verb declares is what is completed: flags with their values, and words", () => {
  const { words, flags } = completionVerb("try", "Tries", TRY);
  expect(words).toEqual(["purge"]);
  expect(flags.map((flag) => [flag.value !== undefined, flag.many === true, ...spellings(flag)])).toEqual([
    [false, false, "--help"],
    [true, false, "--format"],
    [true, true, "--many"],
    [false, false, "--no-on"],
    [false, false, "--off"],
    [false, false, "--maybe", "--no-maybe"],
  ]);
  expect(flags[1]?.choices).toEqual(["a", "b"]);
});

test("a description means nothing to zsh", () => {
  expect(zshCompletion("program", [completionVerb("try", "it's", TRY)])).toContain(
    `'--format=[it'\\''s \\[a\\]\\: or b]:format:(a b)'`,
  );
});

test("every verb of the command line has its flags completed", () => {
  for (const [name, about] of Object.entries(VERBS)) {
    const completed = completionVerb(name, about, loadVerb(name));
    const flags = [completed, ...completed.verbs].flatMap((one) => one.flags);
    expect(flags.filter((flag) => flag.about === "" || !/^[a-z][a-z0-9-]*$/.test(flag.name))).toEqual([]);
    expect(flags.length).toBeGreaterThan(0);
  }
});
