import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { main } from "../../src/cli/cli";
import { REPOSITORY } from "../support/markdown";
import { temporaryFolder } from "../support/temporary-folder";
import { assumption, trailFile } from "./trail";

const FOLDER = temporaryFolder("audit");

async function audited(content: string, ...args: readonly string[]) {
  const trail = join(FOLDER, "trail.json");
  writeFileSync(trail, content);
  const printed = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    jest.spyOn(process[stream], "write").mockImplementation((chunk) => {
      printed[stream] += String(chunk);
      return true;
    }),
  );
  try {
    await main(["audit", trail, "--config", join(REPOSITORY, "federation.yaml"), ...args]);
    return { ...printed, code: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
  }
}

test.each(["", "{}", trailFile([]), "name: lakehouse", "\u001f\u008b"])(
  "%j holds no record, and is refused",
  async (content) => {
    const { stdout, stderr, code } = await audited(content);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: No record of CloudTrail was found .*\[trail-empty\]$/m);
    expect(code).toBe(2);
  },
);

test("--csv prints a table whose lines end as lines do", async () => {
  const { stdout, code } = await audited(trailFile([assumption(), assumption({ role: "other" })]), "--csv");
  expect(stdout.split("\n").slice(0, 2)).toEqual([
    "kind,role,issuer,audience,subject,count,first,last,sources,note",
    expect.stringMatching(/^use,.*,1,2026-03-31T08:00:00Z,2026-03-31T08:00:00Z,203\.0\.113\.7,/),
  ]);
  expect(stdout).not.toContain("\\u");
  expect(code).toBe(1);
});
