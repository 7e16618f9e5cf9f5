import { flagMistake, valueMistake } from "../../src/cli/mistakes";
import { loadVerb } from "../../src/cli/cli";
import type { Verb } from "../../src/cli/verb";
import { callCli } from "../support/call-cli";

const ROOT: Pick<Verb, "flags"> = {
  flags: {
    out: { value: "DIR", required: true, about: "" },
    style: { value: "STYLE", choices: ["modules", "resources"], about: "" },
    moduleSource: { value: "SOURCE", about: "" },
    context: { value: "KEY=VALUE", many: true, about: "" },
    check: { about: "" },
  },
};

test.each([
  ["--styel x", "Unknown flag --styel. Did you mean --style?"],
  ["--module_source=x", "Unknown flag --module_source. Did you mean --module-source?"],
  ["--moduleSource x", "Unknown flag --moduleSource. Did you mean --module-source?"],
  ["--no-bogus", "Unknown flag --no-bogus."],
  ["--no-out", "Unknown flag --no-out."],
  ["-h", "Unknown flag -h."],
  ["--out -x", "--out needs a value; one that begins with - is written --out=-x."],
  ["--out --check", "--out needs a value."],
  ["--out", "--out needs a value."],
  ["--out a --out=b", "--out is given twice."],
  ["--check --no-check", "--check is given twice."],
  ["--check=perhaps", "--check takes no value: write --check or --no-check."],
  ["--no-check=true", "--check takes no value: write --check or --no-check."],
  ["--out=-x --check=true --context a=1 --context b=2 --style -1", undefined],
])("%s is a mistake: %s", (args, sentence) => {
  expect(flagMistake(args.split(" "), ROOT)).toBe(sentence);
});

test.each<[name: string, given: Readonly<Record<string, unknown>>, words: readonly string[], sentence: string]>([
  ["a required flag is missing", {}, [], "--out is missing."],
  [
    "a value is not one of the choices",
    { out: "x", style: "foo" },
    [],
    '--style must be one of modules, resources, not "foo".',
  ],
  ["a word is unknown", { out: "x" }, ["module"], 'Unknown argument "module".'],
])("refused where %s", (_name, given, words, sentence) => {
  expect(valueMistake(given, words, ROOT)).toBe(sentence);
});

test.each([
  [["fish"], 'shell must be one of bash, zsh, not "fish".'],
  [[], "Missing argument: shell (one of bash, zsh)."],
  [["zsh", "bash"], 'Unknown argument "bash".'],
  [["zsh"], undefined],
])("completion %j is a mistake: %s", (words, sentence) => {
  expect(valueMistake({}, words, loadVerb("completion") as Verb)).toBe(sentence);
});

describe("a call", () => {
  test.each<[readonly string[], string]>([
    [["lnit"], 'Unknown verb "lnit". Did you mean lint?'],
    [["lint", "--confg", "x"], "See databricks-aws-oidc lint --help."],
    [["credentials", "aws", "s3", "ls"], 'Unknown argument "aws". Put -- before a program to run.'],
    [["token", "--from", "notebok"], 'not "notebok". Did you mean notebook?'],
    [["generate", "module"], 'Unknown argument "module". Did you mean modules?'],
    [["generate"], "generate needs one of: modules, root, client, guardrails, audit-queries, runbook, schema."],
    [["isuer"], 'Unknown verb "isuer". Did you mean issuer?'],
    [["constructor"], 'Unknown verb "constructor".'],
    [["generate", "constructor"], 'Unknown argument "constructor".'],
    [[], "Name a verb"],
    [["lint", "--", "x"], "This verb takes nothing after --."],
    [["generate", "modules", "--profile", "acme.yaml"], "Unknown flag --profile."],
    [["doctor", "--account-key", "prod"], "Unknown flag --account-key."],
    [["publish", "--from", "out/release", "--to", "x"], "Unknown flag --from."],
    [["lint", "--json", "--sarif"], "--json and --sarif exclude each other."],
    [["credentials", "--json", "--format", "env"], "--format and --json exclude each other."],
    [["token", "--token", "@a", "--from", "aws"], "--token and --from exclude each other."],
    [["doctor", "--token", "@a", "--profile", "b"], "--token and --profile exclude each other."],
    [["explain", "--policy", "a", "--role", "b"], "--policy and --role exclude each other."],
    [["report", "--config", "nowhere.yaml"], "[file-not-found]"],
    [["explain", "--config", "nowhere.yaml"], "[file-not-found]"],
    [["serve", "x", "--tls-cert", "nowhere.pem", "--tls-key", "nowhere.pem"], "[file-not-found]"],
    [["explain", "--token", "@nowhere.jwt", "--policy", "nowhere.json"], "[file-not-found]"],
    [["pack", "--verify", "--release", "nowhere"], "[file-not-found]"],
  ])("%j is refused with exit code 2", async (args, sentence) => {
    const { code, stdout, stderr } = await callCli(...args);
    expect(stdout + stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  test("says a mistake as a document with --json", async () => {
    const { stdout } = await callCli("issuer", "--hots", "x", "--json");
    expect(stdout).toContain('"code": "usage"');
    expect(stdout).toContain("Did you mean --host?");
  });
});
