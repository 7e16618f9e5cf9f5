/** One source, two kits: the same stacks, but for the version of the kit in their metadata, and the same refusals. */
import { version } from "cdktf/package.json";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { withCdktn } from "../../scripts/cdktn";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(300_000);
const REPOSITORY = resolve(__dirname, "..", "..");

/** What is written for each app, without the line that names the kit's version. */
async function stacksWith(env: NodeJS.ProcessEnv): Promise<ReadonlyMap<string, string>> {
  const folder = temporaryFolder("stacks");
  const tsx = join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs");
  await runProgram("node", [tsx, join("__tests__", "support", "write-stacks.ts"), folder], { cwd: REPOSITORY, env });
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /(?:cdk\.tf\.json|refused)$/.test(file),
  );
  return new Map(files.sort().map((file) => [file, readFileSync(join(folder, file), "utf8")]));
}

test("all features, several accounts, hand-built and hostile stacks are the same under both kits", async () => {
  const ofCdktf = await stacksWith(process.env);
  const ofCdktn = await stacksWith(withCdktn(process.env));
  expect([...ofCdktn.keys()]).toEqual([...ofCdktf.keys()]);
  const own = JSON.parse(readFileSync(join(REPOSITORY, "node_modules", "cdktf", "package.json"), "utf8")) as {
    version: string;
  };
  // members in order as well; the kits break lines at other places
  const without = (text: string, kit: string): string =>
    text.startsWith("{") ? JSON.stringify(JSON.parse(text)).replace(`"version":"${kit}"`, "") : text;
  for (const [file, text] of ofCdktf) {
    const other = ofCdktn.get(file) ?? "";
    expect([file, without(other, version)]).toEqual([file, without(text, own.version)]);
    expect(other === text).toBe(file.endsWith("refused"));
  }
  const written = [...ofCdktf.keys()].filter((file) => file.endsWith("cdk.tf.json"));
  expect(written).toEqual(
    expect.arrayContaining(
      ["full/stacks/full", "accounts/stacks/several-prod", "accounts/stacks/several-dev"].map((stack) =>
        join(stack, "cdk.tf.json"),
      ),
    ),
  );
  expect(written).toEqual(
    expect.arrayContaining(["by-hand", "other"].map((stack) => join("by-hand", "stacks", stack, "cdk.tf.json"))),
  );
  expect(written.filter((file) => file.startsWith("hostile-")).length).toBeGreaterThan(50);
});
