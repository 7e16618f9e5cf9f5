/** `npm run with-cdktn -- npm start`, as the README says. */
import { version } from "cdktf/package.json";
import { readFileSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { cdktfProject } from "../support/cdktf-project";
import { runProgram } from "../support/run-program";

jest.setTimeout(180_000);
const REPOSITORY = resolve(__dirname, "..", "..");

test("npm start writes the stack of CDK Terrain, and says how that is deployed", async () => {
  const federation = readFileSync(join(REPOSITORY, "federation.yaml"), "utf8");
  const folder = cdktfProject({ "federation.yaml": federation });
  for (const shared of ["scripts", "templates"]) symlinkSync(join(REPOSITORY, shared), join(folder, shared));
  const { stdout, stderr } = await runProgram("npm", ["run", "--silent", "with-cdktn", "--", "npm", "start"], {
    cwd: folder,
  });
  expect(stderr).toContain("synthesizing the CDK Terrain stack to out/cdktn\n");
  expect(stdout).toMatch(/^ {2}npm run with-cdktn -- cdktn deploy lakehouse {4}deploy the CDK Terrain stack$/m);
  const stack = JSON.parse(readFileSync(join(folder, "out/cdktn/stacks/lakehouse/cdk.tf.json"), "utf8")) as object;
  expect(stack).toMatchObject({ "//": { metadata: { version } } });
});

test("the command's exit code is that of the whole", async () => {
  const folder = cdktfProject({});
  symlinkSync(join(REPOSITORY, "scripts"), join(folder, "scripts"));
  const command = ["run", "--silent", "with-cdktn", "--", "npx", "tsx", "main.ts"];
  const { stderr } = await runProgram("npm", command, { cwd: folder, accept: [3] });
  expect(stderr).toContain("federation.yaml does not exist");
});
