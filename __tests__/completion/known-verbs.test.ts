import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Argv, CommandModule } from "yargs";
import { knownVerb } from "../../src/cli/known-verbs";
import { VERBS } from "../../src/cli/verb-names";
import { spellings } from "../../src/cli/completion/verb";
import { zshCompletion } from "../../src/cli/completion/zsh";

const MODULE: Parameters<typeof knownVerb>[2] = {
  command: "try [what] <how>",
  builder: (yargs: Argv) =>
    yargs
      .positional("what", { choices: ["purge"] })
      .positional("how", { type: "string" })
      .option("format", { type: "string", choices: ["a", "b"], describe: "it's [a]: or b" })
      .option("many", { type: "string", array: true })
      .option("secretly", { type: "string", hidden: true })
      .option("on", { type: "boolean", default: true })
      .option("off", { type: "boolean", default: false })
      .option("maybe", { type: "boolean" }),
};

test("what yargs knows of a verb is what is completed: flags with their values, words, and no positional", () => {
  const verb = knownVerb("try", "Tries", MODULE);
  expect(verb.words).toEqual(["purge"]);
  expect(verb.flags.map((flag) => [flag.takes, flag.repeats, ...spellings(flag)])).toEqual([
    ["yes", false, "--help"],
    ["text", false, "--format"],
    ["text", true, "--many"],
    ["no", false, "--no-on"],
    ["yes", false, "--off"],
    ["either", false, "--maybe", "--no-maybe"],
  ]);
  expect(verb.flags[1]?.choices).toEqual(["a", "b"]);
});

test("a description means nothing to zsh", () => {
  expect(zshCompletion("program", [knownVerb("try", "it's", MODULE)])).toContain(
    `'--format=[it'\\''s \\[a\\]\\: or b]:format:(a b)'`,
  );
});

test("every verb of the command line has its flags completed", () => {
  const folder = join(__dirname, "..", "..", "scripts", "verbs");
  for (const [name, describe] of Object.entries(VERBS)) {
    if (!existsSync(join(folder, `${name}.ts`))) continue;
    const { default: module } = jest.requireActual<{ readonly default: CommandModule<object, never> }>(
      join(folder, name),
    );
    const verb = knownVerb(name, describe, module);
    const flags = [verb, ...verb.verbs].flatMap((one) => one.flags);
    expect(flags.filter((flag) => flag.describe === "" || !/^[a-z][a-z0-9-]*$/.test(flag.name))).toEqual([]);
    expect(flags.length).toBeGreaterThan(0);
  }
});
