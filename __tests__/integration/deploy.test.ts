/**
 * What Terraform and CDKTF really do with our stacks, on a local AWS.
 * moto cannot: judge who may assume a role; change the client IDs of a provider (it lacks
 * Add/RemoveClientIDFromOpenIDConnectProvider, so an issuer's audiences are not changed here); refuse what IAM refuses
 * in names, paths and policies (our own rules are tested without it); take numbers and booleans in a policy's
 * conditions without quotes, which IAM does.
 */
import { CreatePolicyCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, TerraformStack } from "cdktf";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { allowAwsProviderRange, DatabricksFederation, FederationStack } from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { accountView, inlinePoliciesOf, readFederation, roleTrustPolicy } from "../../src/federation";
import { trustPolicyJson } from "../../src/trust/build";
import { cdktf, cdktfProject, deployableStack } from "../support/cdktf-project";
import { EXISTING_POLICIES, FULL_RESOURCES, fullFederation, READER } from "../support/full-federation";
import type { Iam } from "../support/iam";
import { iamOf } from "../support/iam";
import type { Moto } from "../support/moto";
import { startMoto } from "../support/moto";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const NOTHING = { add: 0, change: 0, destroy: 0, moved: 0 };

describeWith({ terraform: true, moto: true }, "a CDKTF stack on a local AWS", () => {
  let moto: Moto;
  let iam: Iam;
  beforeAll(async () => {
    moto = await startMoto({ accountId: "111122223333" });
    iam = iamOf(moto);
  });
  beforeEach(async () => {
    await moto.reset();
    for (const name of EXISTING_POLICIES) {
      await iam.client.send(
        new CreatePolicyCommand({
          PolicyName: name,
          PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        }),
      );
    }
  });
  afterAll(async () => {
    iam.client.destroy();
    await moto.stop();
  });

  test("npx cdktf synth, deploy, diff and destroy work in a clone", async () => {
    const folder = cdktfProject({ "federation.yaml": readFileSync("federation.yaml", "utf8") });
    await cdktf(folder, ["synth"]);
    expect(existsSync(join(folder, "cdktf.out", "stacks", "lakehouse", "cdk.tf.json"))).toBe(true);

    const deployed = await cdktf(folder, ["deploy", "--auto-approve", "--skip-provider-lock"], moto.env);
    expect(deployed.stdout).toContain("arn:aws:iam::111122223333:role/databricks/lake-reader");
    expect(await iam.providerArns()).toEqual([
      "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc",
    ]);
    expect(await iam.roleNames()).toEqual(["lake-reader"]);
    expect(existsSync(join(folder, "terraform.lakehouse.tfstate"))).toBe(true);

    expect((await cdktf(folder, ["diff", "--skip-provider-lock"], moto.env)).stdout).toContain("No changes");
    await cdktf(folder, ["destroy", "--auto-approve", "--skip-provider-lock"], moto.env);
    expect([await iam.providerArns(), await iam.roleNames()]).toEqual([[], []]);
  });

  test(
    "everything a federation may hold arrives in AWS, trust policies byte for byte and known in the first " +
      "plan; the second plan is empty; destroy leaves nothing",
    async () => {
      const { federation } = readFederation(fullFederation);
      const [account] = federation.accounts;
      if (account === undefined) throw new Error("the federation has an account");
      const view = accountView(federation, account);
      const { terraform } = await deployableStack(fullFederation, moto.env);

      const first = await terraform.plan();
      expect(first.counts).toEqual({ add: FULL_RESOURCES, change: 0, destroy: 0, moved: 0 });
      const planned = first.json.resource_changes ?? [];
      for (const role of federation.roles) {
        const change = planned.find(
          (resource) => resource.type === "aws_iam_role" && resource.change.after?.["name"] === role.name,
        )?.change;
        expect(JSON.parse(String(change?.after?.["assume_role_policy"]))).toEqual(roleTrustPolicy(role, view));
      }

      await terraform.apply();
      expect(await iam.roleNames()).toEqual(["databricks-lake-reader", "databricks-storage", "existing-role-name"]);
      for (const role of federation.roles) {
        expect(await iam.trustPolicy(role.name)).toBe(trustPolicyJson(roleTrustPolicy(role, view)));
        // The provider itself moves Version to the front of an inline policy, so these are compared as values.
        const inline = Object.entries(await iam.inlinePolicies(role.name)).map(([name, text]) => [
          name,
          JSON.parse(text) as unknown,
        ]);
        expect(Object.fromEntries(inline)).toEqual(inlinePoliciesOf(role, view));
      }
      expect(await iam.attachedPolicyArns("databricks-lake-reader")).toEqual([
        "arn:aws:iam::111122223333:policy/list-lake",
        "arn:aws:iam::111122223333:policy/read-lake",
      ]);

      const second = await terraform.plan();
      expect([second.counts, second.changedOutputs]).toEqual([NOTHING, []]);

      await terraform.destroy();
      expect([await iam.providerArns(), await iam.roleNames()]).toEqual([[], []]);
    },
  );

  test("roles come and go without touching others, and a role gains and loses an issuer in place", async () => {
    const base: FederationInput = {
      name: "lakehouse",
      aws: { accountId: "111122223333" },
      issuers: { production: fullFederation.issuers.production, company: fullFederation.issuers.company },
      roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
    };
    const role = base.roles["reader"] ?? { trusts: [] };
    const { terraform, synthesise } = await deployableStack(base, moto.env);
    await terraform.apply();

    synthesise({ ...base, roles: { writer: role, ...base.roles } });
    expect((await terraform.plan()).counts).toEqual({ ...NOTHING, add: 1 });
    await terraform.apply();
    expect(await iam.roleNames()).toEqual(["reader", "writer"]);

    synthesise({
      ...base,
      roles: { reader: { trusts: [...role.trusts, { issuer: "company", users: ["alice@example.com"] }] } },
    });
    expect((await terraform.plan()).counts).toEqual({ ...NOTHING, change: 1, destroy: 1 });
    await terraform.apply();
    expect(await iam.trustPolicy("reader")).toContain("alice@example.com");

    synthesise(base);
    expect((await terraform.plan()).counts).toEqual({ ...NOTHING, change: 1 });
    await terraform.apply();
    expect(await iam.trustPolicy("reader")).not.toContain("alice@example.com");
  });

  test("without an account ID AWS is called once, and the result is in every policy", async () => {
    const { terraform } = await deployableStack({ ...fullFederation, aws: {} }, moto.env);
    await terraform.apply();
    const { federation } = readFederation(fullFederation);
    const [account] = federation.accounts;
    if (account === undefined) throw new Error("the federation has an account");
    for (const role of federation.roles)
      expect(await iam.trustPolicy(role.name)).toBe(
        trustPolicyJson(roleTrustPolicy(role, accountView(federation, account))),
      );
    expect((await terraform.plan()).counts).toEqual(NOTHING);
    expect((await terraform.addresses()).filter((address) => address.startsWith("data."))).toEqual([
      "data.aws_caller_identity.current",
    ]);
  });

  test("GovCloud has its own ARNs, and its Unity Catalog its own principal", async () => {
    const { terraform } = await deployableStack(
      {
        name: "gov",
        aws: { accountId: "111122223333", partition: "aws-us-gov", region: "us-gov-west-1" },
        issuers: { production: { level: "workspace", host: "agency.cloud.databricks.us", workspaceId: "1" } },
        roles: {
          reader: {
            trusts: [
              { issuer: "production", servicePrincipals: [READER] },
              { unityCatalog: { externalIds: ["0b7e6f5a"], cloud: "aws-us-gov" } },
            ],
          },
        },
      },
      moto.env,
    );
    await terraform.apply();
    const outputs = await terraform.outputs();
    expect(outputs["role_arns"]).toEqual({ reader: "arn:aws-us-gov:iam::111122223333:role/reader" });
    expect(outputs["trust_policies"]).toEqual({
      reader: expect.stringContaining("arn:aws-us-gov:iam::044793339203:role/unity-catalog") as unknown,
    });
    expect((await terraform.plan()).counts).toEqual(NOTHING);
    await terraform.destroy();
  });

  test("the state goes to s3 where the file says so", async () => {
    const s3 = new S3Client({
      endpoint: moto.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    });
    await s3.send(new CreateBucketCommand({ Bucket: "states" }));
    const folder = temporaryFolder("s3");
    const app = new App({ outdir: folder });
    const backend = {
      type: "s3",
      bucket: "states",
      key: "databricks/terraform.tfstate",
      region: "us-east-1",
      useLockfile: true,
    } as const;
    const { federation } = readFederation({
      name: "lakehouse",
      aws: { backend, accountId: "111122223333" },
      issuers: { company: fullFederation.issuers.company },
      roles: {},
    });
    new FederationStack(app, federation);
    app.synth();
    const terraform = terraformIn(join(folder, "stacks", "lakehouse"), moto.env);
    // A bucket has no host name of its own on a local AWS.
    await terraform.init("-backend-config=use_path_style=true");
    await terraform.apply();
    const { Contents: objects = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "states" }));
    expect(objects.map((object) => object.Key)).toEqual(["databricks/terraform.tfstate"]);
    s3.destroy();
  });

  test("a stack applied in another account than its file says is refused before anything is made", async () => {
    const { terraform } = await deployableStack(
      { ...fullFederation, aws: { accountId: "444455556666" }, roles: {}, suspended: [] },
      moto.env,
    );
    const refused = await terraform.run(["plan", "-no-color"], { accept: [1] });
    expect(refused.stderr).toContain("AWS account ID not allowed: 111122223333");
  });

  test(
    "in a stack of one's own the provider's ARN is held to the computed one, and no role is made on a " + "wrong one",
    async () => {
      const folder = temporaryFolder("own-stack");
      const app = new App({ outdir: folder });
      const stack = new TerraformStack(app, "own");
      new AwsProvider(stack, "aws", { region: "us-east-1" });
      allowAwsProviderRange(stack);
      new DatabricksFederation(stack, "lakehouse", {
        awsAccountId: "444455556666",
        awsPartition: "aws",
        issuers: { company: fullFederation.issuers.company },
      }).addRole("reader", { trusts: [{ issuer: "company", users: ["alice@example.com"] }] });
      app.synth();
      const terraform = terraformIn(join(folder, "stacks", "own"), moto.env);
      await terraform.init();
      const refused = await terraform.run(
        ["apply", "-auto-approve", "-no-color", `-state=${join(folder, "tfstate")}`],
        {
          accept: [1],
        },
      );
      expect(refused.stderr).toContain("The AWS provider's account is not 444455556666");
      expect(await iam.roleNames()).toEqual([]);
    },
  );
});
