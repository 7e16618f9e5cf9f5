/** main.ts as CDKTF runs it; needs neither Terraform nor AWS. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cdktfProject } from "../support/cdktf-project";
import { runProgram } from "../support/run-program";

jest.setTimeout(60_000);

describe("main.ts", () => {
  const broken = "name: lakehouse\nissuers: {}\nroles:\n  reader:\n    trusts: []\n    pth: /x/\n";
  const synth = (folder: string) =>
    runProgram(join(folder, "node_modules", ".bin", "tsx"), ["main.ts"], { cwd: folder, accept: [0, 2, 3] });

  test("reports every mistake of a file with its place, without a stack trace, and ends with 2", async () => {
    const outcome = await synth(cdktfProject({ "federation.yaml": broken }));
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toMatch(
      /^federation\.yaml:5:\d+ roles\.reader\.trusts: The role has no trust\..*\[no-trust\]$/m,
    );
    expect(outcome.stderr).toMatch(/^federation\.yaml:6:\d+ roles\.reader\.pth: .*\[unknown-key\]$/m);
    expect(outcome.stderr).not.toMatch(/^[ \t]+at /m);
  });

  test("reports what only CDKTF refuses in the same way", async () => {
    const text = readFileSync("federation.yaml", "utf8").replace("Nightly jobs read the lake", "Any Map Token Value");
    const outcome = await synth(cdktfProject({ "federation.yaml": text }));
    expect([outcome.exitCode, outcome.stderr]).toEqual([2, expect.stringContaining("[reserved-text]")]);
    expect(outcome.stderr).not.toMatch(/^[ \t]+at /m);
  });

  test("ends with 3 where there is no file, and says what to do", async () => {
    const outcome = await synth(cdktfProject({}));
    expect([outcome.exitCode, outcome.stderr]).toEqual([
      3,
      expect.stringMatching(/federation\.yaml does not exist.*\[file-not-found\]/),
    ]);
  });

  test(
    "names the files that would make the same stack, also where only the account tells, and case " + "does not",
    async () => {
      const text = readFileSync("federation.yaml", "utf8");
      const outcome = await synth(
        cdktfProject({
          "federation.yaml": text.replace(
            'accountId: "111122223333"',
            'accounts: { prod: { accountId: "111122223333" } }',
          ),
          "federations/one.yaml": text.replace("name: lakehouse", "name: Lakehouse-prod"),
        }),
      );
      expect([outcome.exitCode, outcome.stderr]).toEqual([
        2,
        expect.stringMatching(
          new RegExp(
            String.raw`^federations/one\.yaml name: federation\.yaml creates a stack called Lakehouse-prod as well\.` +
              String.raw`.*\[name-collision\]$`,
            "m",
          ),
        ),
      ]);
    },
  );

  test("reports every broken file, not only the first", async () => {
    const { exitCode, stderr } = await synth(
      cdktfProject({ "federation.yaml": broken, "federations/a.yaml": "name: [", "federations/b.yaml": broken }),
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^federation\.yaml:5:\d+ .*\[no-trust\]$/m);
    expect(stderr).toMatch(/^federations\/a\.yaml:1:\d+: .*\[yaml-syntax\]$/m);
    expect(stderr).toMatch(/^federations\/b\.yaml:6:\d+ .*\[unknown-key\]$/m);
    expect(stderr).not.toMatch(/^[ \t]+at /m);
  });

  test(
    "refuses federations that create the same provider and role in one account, before anything is " + "written",
    async () => {
      const text = readFileSync("federation.yaml", "utf8");
      const folder = cdktfProject({
        "federation.yaml": text,
        "federations/two.yaml": text.replace("name: lakehouse", "name: two"),
      });
      const { exitCode, stderr } = await synth(folder);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        new RegExp(
          String.raw`^federations/two\.yaml issuers\.\S+: federation\.yaml creates the OIDC provider of https:` +
            String.raw`.*\[name-collision\]$`,
          "m",
        ),
      );
      expect(stderr).toMatch(
        /^federations\/two\.yaml roles\.\S+: federation\.yaml creates a role called .*\[name-collision\]$/m,
      );
      expect(existsSync(join(folder, "cdktf.out", "stacks", "two"))).toBe(false);
      expect(existsSync(join(folder, "cdktf.out", "stacks", "lakehouse"))).toBe(false);
    },
  );

  test("makes one stack of each file under federations/, and one of each account in it", async () => {
    const text = readFileSync("federation.yaml", "utf8");
    const folder = cdktfProject({
      "federations/one.yaml": text.replace("name: lakehouse", "name: one"),
      "federations/two.yml": text
        .replace("name: lakehouse", "name: two")
        .replace('accountId: "111122223333"', 'accounts: { prod: { accountId: "444455556666" }, dev: {} }'),
    });
    expect((await synth(folder)).exitCode).toBe(0);
    expect(
      ["one", "two-prod", "two-dev"].map((stack) =>
        existsSync(join(folder, "cdktf.out", "stacks", stack, "cdk.tf.json")),
      ),
    ).toEqual([true, true, true]);
  });
});
