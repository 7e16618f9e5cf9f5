import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli } from "../support/built-cli";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terminal } from "../support/terminal";
import { openTerminal } from "../support/terminal";

const VERBS = ["completion", "credentials", "generate", "init", "issuer", "token"];
const FEDERATION = `name: lakehouse
issuers:
    production: { level: workspace }
    company:
        level: account
roles:
  # mine
  lake-reader:
    trusts:
      - issuer: production
  'lake-writer': {}
  $(touch hacked): {}
tags: { no-role: x }
`;

let cli: string;
let cwd: string;
let bash: string;
let zsh: string;
jest.setTimeout(120_000);
beforeAll(async () => {
  cli = await buildCli(VERBS);
  cwd = temporaryFolder("completion");
  const print = async (shell: string): Promise<string> => {
    const file = join(cwd, `script.${shell}`);
    writeFileSync(file, (await runProgram(process.execPath, [cli, "completion", shell], { cwd })).stdout);
    return file;
  };
  [bash, zsh] = await Promise.all([print("bash"), print("zsh")]);
  writeFileSync(join(cwd, "federation.yaml"), FEDERATION);
  writeFileSync(join(cwd, "other.yaml"), "roles:\n  another: {}\n");
  writeFileSync(join(cwd, "token one.jwt"), "");
  mkdirSync(join(cwd, "folder"));
});

/** The flags that the verb's own help names. */
async function helpFlags(verb: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await runProgram(process.execPath, [cli, ...verb, "--help"], { cwd });
  // an example that is wrapped may begin with a flag
  return [...new Set([...stdout.matchAll(/^ +--([a-z-]+)/gm)].map((match) => match[1] ?? ""))]
    .filter((flag) => flag !== "version")
    .sort();
}

/** What bash offers for the last of `words`. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const script =
    `. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _databricks_aws_oidc; for one in ` +
    `"\${COMPREPLY[@]}"; do printf '%s\\n' "$one"; done`;
  const { stdout, stderr } = await runProgram(
    "bash",
    ["--norc", "-c", script, "bash", bash, "databricks-aws-oidc", ...words],
    { cwd },
  );
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("bash is offered", () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ["verbs", ["is"], ["issuer"]],
    ["verbs below a verb", ["generate", "mo"], ["modules"]],
    ["a word of a verb", ["credentials", ""], ["purge"]],
    ["shells", ["completion", ""], ["bash", "zsh"]],
    ["choices", ["credentials", "--format", "pro"], ["process", "profile"]],
    ["choices after an equals sign", ["credentials", "--format", "=", "tok"], ["token-file"]],
    ["choices at an equals sign", ["init", "--partition", "="], ["aws", "aws-us-gov", "aws-cn"]],
    ["ways to a token", ["token", "--from", "file"], ["file", "file-oidc"]],
    [
      "roles of the federation, and never what a shell would run",
      ["credentials", "--role", ""],
      ["lake-reader", "lake-writer"],
    ],
    ["issuers of the federation", ["token", "--issuer", ""], ["production", "company"]],
    ["roles of the file that is named", ["credentials", "--config", "other.yaml", "--role", ""], ["another"]],
    [
      "roles of the file that is named after an equals sign",
      ["credentials", "--config", "=", "other.yaml", "--role", ""],
      ["another"],
    ],
    // as bash splits them
    ["file names after @", ["token", "--token", "@", "token"], ["@token one.jwt"]],
    ["file names after =@", ["token", "--token", "=@", "token"], ["@token one.jwt"]],
    ["folders after @, to go on in", ["token", "--token", "@", "fold"], ["@folder/"]],
    ["nothing of ours in an e-mail address", ["init", "--user", "alice", "@", "token"], []],
    ["what is switched off", ["credentials", "--no"], ["--no-cache"]],
    ["both sides of what has no default", ["issuer", "--no-u"], ["--no-unified-login"]],
    ["nothing of ours for a file", ["credentials", "--config", "f"], []],
  ])("%s", async (_name, words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  test("exactly the flags of each verb's help", async () => {
    for (const verb of [["issuer"], ["init"], ["token"], ["credentials"], ["generate", "root"]]) {
      const flags = (await offered(...verb, "--")).map((flag) => flag.replace(/^--/, ""));
      const plain = new Set(flags.map((flag) => flag.replace(/^no-/, "")));
      expect([...plain].sort()).toEqual(await helpFlags(verb));
    }
  });

  test("programs and then files after --, as for any command", async () => {
    expect(await offered("credentials", "--", "bas")).toContain("bash");
    expect(await offered("credentials", "--", "ls", "--")).toEqual([]);
  });
});

describeWith({ tmux: true }, "bash in a terminal", () => {
  test("completes a verb, a flag, a role and a file name", async () => {
    const terminal = await openTerminal(["bash", "--norc", "--noprofile"], { cwd, env: { ...process.env, PS1: "$ " } });
    try {
      await terminal.type(`. ${bash}`, "Enter");
      await terminal.type("databricks-aws-oidc cred", "Tab");
      await terminal.shows("databricks-aws-oidc credentials");
      await terminal.type("--rol", "Tab");
      await terminal.type("=lake-r", "Tab");
      await terminal.type(" --conf", "Tab");
      await terminal.type("oth", "Tab");
      await terminal.shows(/credentials --role.*lake-reader.* --config other\.yaml/);
      await terminal.type("", "C-u");
      await terminal.type("databricks-aws-oidc token --token @tok", "Tab");
      await terminal.shows(/--token \\?@token\\ one\.jwt/);
    } finally {
      await terminal.close();
    }
  });
});

describeWith({ tmux: true, zsh: true }, "zsh in a terminal", () => {
  const open = async (setUp: string): Promise<Terminal> => {
    const terminal = await openTerminal(["zsh", "-f"], { cwd, env: { ...process.env, PS1: "$ ", HOME: cwd } });
    await terminal.type(`${setUp}; echo ready`, "Enter");
    await terminal.shows(/^ready/m);
    return terminal;
  };
  /** Types a call and Tab on an empty line of an empty screen. */
  const complete = async (on: Terminal, typed: string): Promise<void> => {
    await on.type("", "C-u", "C-l");
    await on.shows(/^\$\n*$/);
    await on.type(`databricks-aws-oidc ${typed}`, "Tab");
  };
  let terminal: Terminal;
  beforeAll(async () => {
    terminal = await open(`autoload -Uz compinit; compinit -D -u; . ${zsh}`);
  });
  afterAll(() => terminal.close());

  test.each<[string, string, string | RegExp]>([
    ["a verb", "iss", "databricks-aws-oidc issuer"],
    ["a verb below a verb", "generate sch", "databricks-aws-oidc generate schema"],
    ["a flag", "generate root --module-v", "--module-version"],
    ["a choice", "credentials --format tok", "--format token-file"],
    ["a choice after an equals sign", "credentials --format=tok", "--format=token-file"],
    ["a role", "credentials --role lake-r", "--role lake-reader"],
    [
      "a role of the file that is named after an equals sign",
      "credentials --config=other.yaml --role an",
      "--role another",
    ],
    ["a role of the file that is named", "credentials --config other.yaml --role an", "--role another"],
    ["a word", "credentials pu", "credentials purge"],
    ["a file name", "token --config oth", "--config other.yaml"],
    ["a file name after @", "token --token @tok", /@token\\ one\.jwt/],
    ["a file name after =@", "token --token=@tok", /--token=@token\\ one\.jwt/],
    ["a file of another program after --", "credentials -- ls oth", "-- ls other.yaml"],
    ["a verb with what it does", "c", /credentials +-- +AWS credentials for a role/],
  ])("completes %s", async (_name, typed, shown) => {
    await complete(terminal, typed);
    await terminal.shows(shown);
  });

  test("completes with the script in a folder of fpath", async () => {
    const folder = temporaryFolder("fpath");
    copyFileSync(zsh, join(folder, "_databricks-aws-oidc"));
    const other = await open(`fpath=(${folder} $fpath); autoload -Uz compinit; compinit -D -u`);
    try {
      for (const [typed, shown] of [
        ["generate sch", "generate schema"],
        ["iss", "databricks-aws-oidc issuer"],
      ] as const) {
        await complete(other, typed);
        await other.shows(shown);
      }
    } finally {
      await other.close();
    }
  });
});
