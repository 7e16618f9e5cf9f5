import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildCli } from "../support/built-cli";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import type { Terminal } from "../support/terminal";
import { openTerminal } from "../support/terminal";

const SP = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
let cli: string;
beforeAll(async () => {
  cli = await buildCli(["init", "lint"]);
});
jest.setTimeout(120_000);

test("init by flags writes what lint finds nothing in, and a second time nothing at all", async () => {
  const cwd = temporaryFolder("init");
  const call = [
    cli,
    "init",
    "--offline",
    "--url",
    "https://mycompany.cloud.databricks.com/?o=1444828305810485",
    "--unified-login",
    "--role",
    "lake-reader",
    "--service-principal",
    SP,
    "--bucket",
    "mycompany-lake",
    "--json",
  ];
  const written = await runProgram(process.execPath, call, { cwd });
  expect(JSON.parse(written.stdout)).toMatchObject({
    file: join(cwd, "federation.yaml"),
    roles: ["lake-reader"],
    warnings: [],
  });
  expect((await runProgram(process.execPath, [cli, "lint"], { cwd })).stdout).toContain("No findings");
  const again = await runProgram(process.execPath, call, { cwd, accept: [2] });
  expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "file-exists" } });
  expect(readdirSync(cwd)).toEqual(["federation.yaml"]);
});

test("without a terminal it asks nothing and names every flag that is missing", async () => {
  const cwd = temporaryFolder("init");
  const { stderr, stdout } = await runProgram(process.execPath, [cli, "init"], { cwd, accept: [2] });
  expect(stdout).toBe("");
  expect(stderr.match(/--[a-z]+(?:-[a-z]+)* is missing/g)).toEqual(["--url is missing", "--role is missing"]);
  expect(readdirSync(cwd)).toEqual([]);
});

describeWith({ tmux: true }, "init in a terminal", () => {
  /** Runs it by a shell that says how it ended, so that the screen stays. */
  async function terminal(cwd: string): Promise<Terminal> {
    return openTerminal(["sh", "-c", `"${process.execPath}" "${cli}" init --offline; echo "ended with $?"; exec cat`], {
      cwd,
      env: { ...process.env, NO_COLOR: "1" },
    });
  }

  test("asks, takes a correction, writes a file that passes lint, and prints the call that asks nothing", async () => {
    const cwd = temporaryFolder("init");
    const screen = await terminal(cwd);
    try {
      await screen.shows("Address of the workspace");
      await screen.type("evil.example.com", "Enter");
      await screen.shows("outside Databricks' zones");
      await screen.type("", "C-u");
      await screen.type("https://mycompany.cloud.databricks.com/?o=1444828305810485", "Enter");
      await screen.shows("unified login");
      await screen.type("", "Enter");
      await screen.shows("Name of the AWS role");
      await screen.type("", "Enter");
      await screen.shows("Who may assume lake-reader?");
      await screen.type(SP, "Enter");
      await screen.shows("What may lake-reader do?");
      await screen.type("", "Enter");
      await screen.shows("Buckets, by name");
      await screen.type("mycompany-lake", "Enter");
      await screen.shows("Longest session");
      await screen.type("", "Enter");
      await screen.shows("Another role?");
      await screen.type("", "Enter");
      await screen.shows("AWS account ID");
      await screen.type("111122223333", "Enter");
      await screen.shows("AWS region");
      await screen.type("eu-central-1", "Enter");
      await screen.shows("Name of the federation");
      await screen.type("", "Enter");
      const end = await screen.shows("ended with 0");
      expect(end.replace(/\s+/g, " ")).toContain("databricks-aws-oidc lint databricks-aws-oidc prove");
      expect(end).toContain("databricks-aws-oidc generate root --out terraform");
      expect(end).toContain("--workspace-id 1444828305810485 --unified-login --role lake-reader");
    } finally {
      await screen.close();
    }
    expect(readFileSync(join(cwd, "federation.yaml"), "utf8")).toContain('accountId: "111122223333"');
    expect((await runProgram(process.execPath, [cli, "lint"], { cwd })).stdout).toContain("No findings");
  });

  test.each(["C-c", "C-d"])("%s ends it in one line, with nothing written", async (key) => {
    const cwd = temporaryFolder("init");
    const screen = await terminal(cwd);
    try {
      await screen.shows("Address of the workspace");
      await screen.type("https://mycompany.cloud.databricks.com", "Enter");
      await screen.shows("unified login");
      await screen.type("", key);
      const end = await screen.shows("ended with 130");
      expect(end).toContain("Interrupted: nothing was written.");
      expect(end).not.toMatch(/^ {4}at |Error/m);
    } finally {
      await screen.close();
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("a file that is there is refused before the first question", async () => {
    const cwd = temporaryFolder("init");
    writeFileSync(join(cwd, "federation.yaml"), "mine");
    const screen = await terminal(cwd);
    try {
      expect(await screen.shows("ended with 2")).not.toContain("Address of the workspace");
    } finally {
      await screen.close();
    }
    expect(existsSync(join(cwd, "federation.yaml")) && readFileSync(join(cwd, "federation.yaml"), "utf8")).toBe("mine");
  });
});
