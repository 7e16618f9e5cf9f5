import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstCommands, installCommand, PUBLISHED, withAddresses } from "../../scripts/published";
import { pageText, REPOSITORY } from "../support/markdown";

/** Every file that a reader copies a command from. */
const files = execFileSync("git", ["ls-files", "*.md", "*.hbs", "*.yml", "*.yaml", "*.json", "src", "modules"], {
  cwd: REPOSITORY,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  .filter((file) => !/(?:^|\/)package-lock\.json$/.test(file) && !file.startsWith("__tests__/"));

test("no command takes this package from npm while its name there is not ours", () => {
  expect(PUBLISHED.npm).toBe(false);
  expect(files.length).toBeGreaterThan(100);
  const taking =
    /\b(?:npx|npm (?:exec|install|i|add)(?: --?[\w-]+)*) databricks-aws-oidc(?![-\w])|"databricks-aws-oidc": "[\^~\d]/;
  expect(files.filter((file) => taking.test(readFileSync(join(REPOSITORY, file), "utf8")))).toEqual([]);
  expect(pageText("README.md")).not.toMatch(/\bnpx\b/);
});

test("one constant puts the name on npm into the commands", () => {
  const published = { npm: true, repository: null };
  expect(firstCommands(published, "1.2.3")).toContain("npm install --global databricks-aws-oidc\n");
  expect(firstCommands(PUBLISHED, "1.2.3")).toContain("npm install --global ./databricks-aws-oidc-1.2.3.tgz\n");
  expect(installCommand(published, "1.2.3", "cdktf@0.21")).toContain("npm install databricks-aws-oidc cdktf@0.21\n");
});

test("one constant puts the repository's address into package.json, and takes it out again", () => {
  const now = readFileSync(join(REPOSITORY, "package.json"), "utf8");
  expect(now).not.toMatch(/"(?:repository|homepage|bugs)"/);
  const repository = "https://github.com/acme/databricks-aws-oidc";
  const changed = withAddresses(now, { ...PUBLISHED, repository });
  expect(JSON.parse(changed)).toEqual({
    ...(JSON.parse(now) as object),
    repository: { type: "git", url: `git+${repository}.git` },
    homepage: `${repository}#readme`,
    bugs: `${repository}/issues`,
  });
  expect(withAddresses(changed, PUBLISHED)).toBe(now);
});
