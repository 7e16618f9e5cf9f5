import { FLAGS } from "../../src/cli/flags";
import { loadVerb } from "../../src/cli/cli";
import { examplesText, verbHelp, VERBS, verbsHelp } from "../../src/cli/help";
import type { Verb } from "../../src/cli/verb";
import { flagName } from "../../src/text/words";
import { wrapped } from "../../src/text/table";

/** Every verb that can be called, `generate root` among them. */
const verbs = Object.keys(VERBS).flatMap((name): readonly (readonly [string, Verb])[] => {
  const loaded = loadVerb(name);
  return "verbs" in loaded
    ? Object.entries(loaded.verbs).map(([below, verb]) => [`${name} ${below}`, verb] as const)
    : [[name, loaded] as const];
});

test("every example calls flags that its verb has, on lines that a terminal of 80 columns does not cut", () => {
  const shown = verbs.filter(([, { examples = [] }]) => examples.length > 0);
  expect(shown.length).toBeGreaterThan(12);
  for (const [path, { flags, examples = [] }] of shown) {
    const lines = examplesText(examples).split("\n");
    expect({ path, long: lines.filter((line) => line.length > 78) }).toEqual({ path, long: [] });
    const calls = lines
      .filter((line) => !line.startsWith("  #"))
      .join(" ")
      .replaceAll(/ -- .*?(?= databricks-aws-oidc|$)/g, "");
    const known = Object.keys(flags).map(flagName);
    expect({
      path,
      unknown: [...calls.matchAll(/ --([a-z-]+)/g)]
        .map(([, flag = ""]) => flag)
        .filter((flag) => !known.includes(flag)),
    }).toEqual({ path, unknown: [] });
  }
});

test("an example of several lines can be copied whole", () => {
  expect(
    examplesText([
      ["$0 a \\\n--b", "why"],
      ["$0 c", "because"],
    ]),
  ).toBe("Examples:\n  # why\n  databricks-aws-oidc a \\\n    --b\n  # because\n  databricks-aws-oidc c");
});

test.each(verbs)("help of %s fits into 80 columns, names every flag and breaks at spaces only", (path, verb) => {
  const help = verbHelp(path, VERBS[path] ?? verb.about ?? "", verb, 80);
  expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  const words = help.split(/\s+/);
  for (const [name, flag] of Object.entries(verb.flags)) {
    expect(help).toMatch(new RegExp(`^  --${flagName(name)}( |$)`, "m"));
    // a word cut in two would not be found
    for (const word of flag.about.split(" ")) expect(words.join(" ")).toContain(word);
    for (const choice of flag.choices ?? []) expect(help).toContain(choice);
  }
});

test("help of the program and of a group names every verb in 80 columns", () => {
  const help = verbsHelp("", "What it is for.", VERBS, 80);
  expect(help.split("\n").filter((line) => line.length > 80)).toEqual([]);
  for (const name of Object.keys(VERBS)) expect(help).toMatch(new RegExp(`^  ${name} `, "m"));
  expect(help).toContain("--version");
});

test("a long word is not broken", () => {
  expect(wrapped("a https://example.com/long b", 10)).toBe("a\nhttps://example.com/long\nb");
});

test("a flag has one name, one meaning and a line of help in every verb", () => {
  for (const [path, { flags }] of verbs)
    for (const [name, flag] of Object.entries(flags)) {
      expect(`${path} ${name}: ${flag.about}`).toMatch(/: \S/);
      // a verb narrows a flag, and never makes a switch of a value
      expect([path, name, Object.keys(FLAGS).includes(name), flag.value === undefined]).toEqual([
        path,
        name,
        true,
        !Object.hasOwn(FLAGS[name as keyof typeof FLAGS], "value"),
      ]);
    }
});

test("every flag is used by a verb", () => {
  const used = new Set(verbs.flatMap(([, { flags }]) => Object.keys(flags)));
  expect(Object.keys(FLAGS).filter((name) => !used.has(name))).toEqual([]);
});
