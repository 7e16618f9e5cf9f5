/** `npm start` as a newcomer runs it; needs neither Terraform nor AWS. */
import { existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { startPicture } from "../../scripts/terminal-svg";
import { cdktfProject } from "../support/cdktf-project";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { openTerminal } from "../support/terminal";

jest.setTimeout(60_000);
const REPOSITORY = resolve(__dirname, "..", "..");
const SEVERAL = `${readFileSync(join(REPOSITORY, "federation.yaml"), "utf8").replace(
  'accountId: "111122223333"',
  'accounts: { prod: { accountId: "111122223333" }, dev: {} }',
)}identities: { nightly-etl: { servicePrincipal: 6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b } }\n`;

function clone(): string {
  const folder = cdktfProject({
    "federation.yaml": readFileSync(join(REPOSITORY, "federation.yaml"), "utf8"),
    "several.yaml": SEVERAL,
  });
  for (const shared of ["scripts", "templates"]) symlinkSync(join(REPOSITORY, shared), join(folder, shared));
  return folder;
}

const tsx = (folder: string): string => join(folder, "node_modules", ".bin", "tsx");

describe("npm start in a pipe", () => {
  test(
    "writes a root and a stack for each AWS account, shows who may assume what, and says what to " + "type next",
    async () => {
      const folder = clone();
      const { stdout, stderr } = await runProgram(tsx(folder), ["src/cli/start.ts", "several.yaml"], { cwd: folder });
      expect(
        [
          "out/hcl/prod/main.tf",
          "out/hcl/dev/main.tf",
          "out/cdktf/stacks/lakehouse-prod/cdk.tf.json",
          "out/cdktf/stacks/lakehouse-dev/cdk.tf.json",
        ].filter((file) => !existsSync(join(folder, file))),
      ).toEqual([]);
      expect(stdout).toContain("https://mycompany.cloud.databricks.com/oidc");
      expect(stdout).toContain("arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc");
      expect(stdout).toContain("arn:aws:iam::<account>:oidc-provider/mycompany.cloud.databricks.com/oidc");
      expect(stdout).toMatch(/^lake-reader +6a9f1c2e-\S+ \(nightly-etl\) +service principal +production/m);
      expect(
        stdout
          .split("Next, one of:\n")[1]
          ?.trimEnd()
          .split("\n")
          .map((line) => line.trim().split("    ")[0]),
      ).toEqual([
        "terraform -chdir=out/hcl/prod init && terraform -chdir=out/hcl/prod plan",
        "npx cdktf deploy lakehouse-prod lakehouse-dev",
        "npm run -s cli -- prove --config several.yaml",
      ]);
      // plain lines, a step each
      expect(stderr.split("\n")).toEqual([
        "reading several.yaml",
        "writing HCL to out/hcl",
        "synthesizing the CDKTF stack to out/cdktf",
        "",
      ]);
    },
  );

  test("is what the README's picture shows", async () => {
    const folder = clone();
    const { stdout } = await runProgram(tsx(folder), ["src/cli/start.ts"], {
      cwd: folder,
      env: { ...process.env, FORCE_COLOR: "1" },
    });
    // otherwise: npx tsx scripts/draw-pictures.ts
    expect(startPicture(stdout)).toBe(readFileSync(join(REPOSITORY, "docs", "pictures", "npm-start.svg"), "utf8"));
    expect(statSync(join(REPOSITORY, "docs", "pictures", "report.png")).size).toBeLessThan(150_000);
  });

  test.each([
    [["--config", "several.yaml"], 2, "[usage]"],
    [["several.yaml", "federation.yaml"], 2, "[usage]"],
    [
      ["nowhere.yaml"],
      2,
      "nowhere.yaml does not exist. Name a federation file, as in npm start -- federation.yaml. [file-not-found]",
    ],
    [["out"], 2, "[host-invalid]"],
    [["src"], 2, "src is a folder, not a file."],
    [["accounts.cloud.databricks.com"], 2, "[issuer-account-agnostic]"],
  ])("%j ends with %i", async (args, code, said) => {
    const folder = clone();
    const outcome = await runProgram(tsx(folder), ["src/cli/start.ts", ...args], { cwd: folder, accept: [code] });
    expect(outcome.stderr).toContain(said);
    expect(outcome.stderr).not.toMatch(/^[ \t]+at /m);
    expect([outcome.stdout, existsSync(join(folder, "out"))]).toEqual(["", false]);
  });
});

describeWith({ tmux: true }, "npm start on a terminal", () => {
  test("shows its progress in one line that is gone at the end", async () => {
    const folder = clone();
    const screen = await openTerminal(
      ["sh", "-c", `"${tsx(folder)}" src/cli/start.ts > answer; echo "ended with $?"; exec cat`],
      { cwd: folder, env: process.env },
    );
    try {
      expect(await screen.shows("ended with 0")).toMatch(/^ended with 0\n*$/);
      expect(readFileSync(join(folder, "answer"), "utf8")).toMatch(/^Federation lakehouse/);
    } finally {
      await screen.close();
    }
  });
});
