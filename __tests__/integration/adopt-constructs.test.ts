/** The constructs take over an account that exists, by the imports.json that a root takes. */
import { App } from "cdktf";
import { join } from "node:path";
import { FederationStack, loadFederation, loadImports } from "../../src/cdktf";
import { adoptLive, differencesOf, makeByApi } from "../support/adopted-account";
import { ACCOUNT, IMPORTED } from "../support/hand-made-account";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

describeWith({ terraform: true, moto: true }, "a stack with imports", () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto({ accountId: ACCOUNT });
  });
  afterAll(() => moto.stop());

  test("imports what adopt found, and changes nothing but what adopt lists", async () => {
    await makeByApi(moto);
    const { folder, document } = await adoptLive(moto);
    const outdir = temporaryFolder("imports");
    const app = new App({ outdir });
    const imports = loadImports(join(folder, "imports.json"));
    new FederationStack(app, loadFederation(join(folder, "federation.yaml")), { imports });
    app.synth();
    const terraform = terraformIn(join(outdir, "stacks", "adopted"), moto.env);
    await terraform.init();
    const plan = await terraform.plan();
    expect(plan.text).toContain(`Plan: ${IMPORTED} to import, `);
    expect(plan.counts).toEqual({ ...differencesOf(document), destroy: 0, moved: 0 });
  });
});
