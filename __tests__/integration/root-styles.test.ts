/** A root changes its style, both ways, without touching what is deployed; and leaves a backend of others alone. */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { EXISTING_POLICIES, FULL_RESOURCES, fullFederation } from "../support/full-federation";
import { iamOf } from "../support/iam";
import { REPOSITORY } from "../support/markdown";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const CLI = [join(REPOSITORY, "node_modules", "tsx", "dist", "cli.mjs"), join(REPOSITORY, "src", "cli", "cli.ts")];

describeWith({ terraform: true, moto: true }, "generate root", () => {
  const UNTOUCHED = { add: 0, change: 0, destroy: 0, moved: FULL_RESOURCES };

  test("--moved-from changes the style of a deployed root and back without touching a resource", async () => {
    const moto = await startMoto({ accountId: "111122223333" });
    try {
      const { client } = iamOf(moto);
      const anything = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}';
      for (const PolicyName of EXISTING_POLICIES)
        await client.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: anything }));
      const folder = temporaryFolder("styles");
      writeFileSync(join(folder, "federation.yaml"), stringify(fullFederation));
      const generate = async (...args: string[]): Promise<string> => {
        const command = [...CLI, "generate", "root", "--out", "live", ...args];
        return (await runProgram(process.execPath, command, { cwd: folder })).stderr;
      };
      const terraform = terraformIn(join(folder, "live"), moto.env);

      await generate();
      await terraform.init();
      await terraform.apply();

      await generate("--style", "resources", "--moved-from", "modules");
      const away = await terraform.plan();
      expect([away.counts, away.changedOutputs]).toEqual([UNTOUCHED, []]);
      await terraform.apply();

      await generate("--style", "modules", "--moved-from", "resources");
      await terraform.init();
      const back = await terraform.plan();
      expect([back.counts, back.changedOutputs]).toEqual([UNTOUCHED, []]);

      rmSync(join(folder, "live", "backend.tf"));
      const note = await generate();
      expect(note).toContain("live/backend.tf is not written: the root has a backend of yours, or none.");
      expect(existsSync(join(folder, "live", "backend.tf"))).toBe(false);
      const own = 'terraform {\n  backend "http" {}\n}\n';
      writeFileSync(join(folder, "live", "backend.tf"), own);
      await generate();
      expect(readFileSync(join(folder, "live", "backend.tf"), "utf8")).toBe(own);
    } finally {
      await moto.stop();
    }
  });
});
