import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { painted, paintedCode, usesColor } from "../../src/cli/color";
import { visibleLines } from "../../src/text/escape";
import { callCli, type CliCall } from "../support/call-cli";
import { hostileText } from "../support/hostile-text";
import { trustText } from "../support/plan-json";
import { runs } from "../support/runs";
import { temporaryFolder } from "../support/temporary-folder";

const withoutColor = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, "");

test("colors take nothing from a text and add nothing else to it", () => {
  const pieces = fc.constantFrom(
    "✓ ",
    "✗ ",
    "error: ",
    "a.yaml:1:2: warning: ",
    " [a-code]",
    "`x`",
    "  --flag ",
    '"x"',
    "# ",
  );
  const text = fc.array(fc.oneof(pieces, hostileText, fc.constant("\n")), { maxLength: 12 });
  fc.assert(
    fc.property(text, (parts) => {
      const shown = visibleLines(parts.join(""));
      expect(withoutColor(painted(shown))).toBe(shown);
      expect(withoutColor(paintedCode(shown))).toBe(shown);
    }),
    { numRuns: runs(1000) },
  );
});

test.each([
  ["  ✓ yes", "  \u001b[32m✓\u001b[39m yes"],
  ["✗ no", "\u001b[31m✗\u001b[39m no"],
  ["  ? perhaps", "  \u001b[33m?\u001b[39m perhaps"],
  ["error: it is. [usage]", "\u001b[31merror\u001b[39m: it is. \u001b[2m[usage]\u001b[22m"],
  ["a b.yaml:9:9: warning: it is", "a b.yaml:9:9: \u001b[33mwarning\u001b[39m: it is"],
  ["Options:", "\u001b[1mOptions:\u001b[22m"],
  ["  terraform plan    why", "  \u001b[36mterraform plan\u001b[39m    why"],
  ["roles.x: ✓ error: in the middle", "roles.x: ✓ error: in the middle"],
])("%j is painted", (text, colored) => {
  expect(painted(text)).toBe(colored);
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [undefined, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "" }, true],
  [true, { FORCE_COLOR: "0" }, false],
  [true, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
])("a terminal: %p with %j has colors: %p", (isTTY, env, expected) => {
  expect(usesColor({ ...(isTTY === undefined ? {} : { isTTY }) }, env)).toBe(expected);
});

/** What a call prints, with colors forced. */
async function printed(...args: readonly string[]): Promise<CliCall> {
  process.env["FORCE_COLOR"] = "1";
  try {
    return await callCli(...args);
  } finally {
    delete process.env["FORCE_COLOR"];
  }
}

test("text and errors have colors; what a program reads has none, whatever is forced", async () => {
  const policy = join(temporaryFolder("color"), "open.json");
  writeFileSync(policy, trustText("mycompany.cloud.databricks.com/oidc", "1", ["*-*"]));
  expect((await printed("lint", policy)).stdout).toContain(": \u001b[31merror\u001b[39m: ");
  expect((await printed("lint", "nowhere.yaml")).stderr).toMatch(/^\u001b\[31merror\u001b\[39m: .*\u001b\[2m\[/);
  expect((await printed("lint", "--help")).stdout).toContain("\u001b[36m--before\u001b[39m");
  for (const flag of ["--json", "--sarif", "--markdown"])
    expect((await printed("lint", policy, flag)).stdout).not.toContain("\u001b");
  expect((await printed("completion", "bash")).stdout).not.toContain("\u001b");
});
