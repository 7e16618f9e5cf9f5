/**
 * `write-stacks.ts FOLDER`: stacks of all kinds, synthesized with the kit that `cdktf` stands for where this runs; one
 * that is refused leaves why. What two kits write is compared.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataAwsIamPolicyDocument } from "@cdktf/provider-aws/lib/data-aws-iam-policy-document";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Aspects, Fn, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import { Construct } from "constructs";
import {
  allowAwsProviderRange,
  DatabricksFederatedRole,
  DatabricksFederation,
  DatabricksOidcProvider,
  FederationStack,
} from "../../src/cdktf";
import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { fullFederation, READER } from "./full-federation";
import { FIELDS, hostileTexts, SEED } from "./hostile-fields";

const TEXTS_A_FIELD = 8;
const ISSUER = { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" } as const;
const TRUSTS = [{ issuer: "production", servicePrincipals: [READER] }] as const;
const POLICY = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: ["*"] }] };

/** Every way in which resources of the user's own and values of Terraform's meet the constructs. */
function byHand(app: App): void {
  const stack = new TerraformStack(app, "by-hand");
  new AwsProvider(stack, "aws", { region: "us-east-1" });
  const dev = new AwsProvider(stack, "dev", { alias: "dev", region: "eu-west-1" });
  allowAwsProviderRange(stack);
  const variable = (name: string): string => new TerraformVariable(stack, name, { type: "string" }).stringValue;
  const policy = new IamPolicy(stack, "policy", { policy: JSON.stringify(POLICY) });
  const document = new DataAwsIamPolicyDocument(stack, "document", {
    statement: [{ actions: ["s3:GetObject"], resources: ["*"] }],
  });

  const federation = new DatabricksFederation(stack, "lakehouse", {
    issuers: { production: ISSUER },
    emailDomains: ["data.example.com"],
    permissionsBoundaryArn: policy.arn,
    tags: { team: variable("team"), plain: "as it is" },
  });
  const reader = federation.addRole("reader", {
    trusts: [
      { issuer: federation.providers.production, servicePrincipals: [variable("application_id")] },
      { issuer: "production", users: [variable("user")], subjectPatterns: ["*@data.example.com"] },
      { unityCatalog: { externalIds: [variable("external_id")] } },
    ],
    managedPolicyArns: { read: policy.arn },
    inlinePolicies: { document: document.json, encoded: Fn.jsonencode(POLICY), mixed: { ...POLICY, Id: policy.id } },
  });
  reader.addManagedPolicy("more", "arn:aws:iam::aws:policy/ReadOnlyAccess");
  reader.addInlinePolicy("home", { ...POLICY, Id: "${aws:username} %{ if } $${policy}" });
  reader.resource.importFrom("reader");
  reader.resource.lifecycle = { preventDestroy: true };
  reader.resource.dependsOn = [policy.fqn];
  new TerraformOutput(stack, "reader", { value: [reader.arn, reader.name, reader.trustPolicy], staticId: true });

  for (const name of ["one", "two"]) {
    const twice = new Construct(stack, name);
    new DatabricksFederation(twice, "again", {
      provider: dev,
      issuers: { [name]: { ...ISSUER, host: `${name}.cloud.databricks.com` } },
      roles: { [name]: { trusts: [{ issuer: name, servicePrincipals: [READER] }] } },
    });
  }
  const production = DatabricksOidcProvider.fromProviderArn(stack, "adopted", variable("provider_arn"), ISSUER);
  new DatabricksFederatedRole(stack, "alone", { providers: { production }, trusts: TRUSTS });
  DatabricksFederatedRole.fromRoleArn(stack, "existing", variable("role_arn")).addManagedPolicy("read", policy.arn);

  const other = new TerraformStack(app, "other");
  new AwsProvider(other, "aws", { region: "us-east-1" });
  allowAwsProviderRange(other);
  const { production: trusted } = federation.providers;
  new DatabricksFederatedRole(other, "across", {
    providers: { production: trusted },
    trusts: TRUSTS,
    inlinePolicies: { trusted: { ...POLICY, Id: trusted.arn } },
  });
  Aspects.of(app).add({
    visit: (construct) => {
      if (construct instanceof IamRole) construct.forceDetachPolicies = true;
    },
  });
}

function deployed(...federations: readonly FederationInput[]): (app: App) => void {
  return (app) => {
    for (const input of federations) FederationStack.forEachAccount(app, readFederation(input).federation);
  };
}

/** A stack with a hostile text in one of its fields. */
function hostile(): Readonly<Record<string, (app: App) => void>> {
  const stacks: Record<string, (app: App) => void> = {};
  Object.values(FIELDS).forEach((put, field) => {
    const texts = hostileTexts(SEED + field);
    // the last are the strangest
    [...texts.slice(0, TEXTS_A_FIELD / 2), ...texts.slice(-TEXTS_A_FIELD / 2)].forEach((text, index) => {
      stacks[`hostile-${field}-${index}`] = (app) => {
        const { federation } = readFederation(put(text) as FederationInput);
        const [account] = federation.accounts;
        new FederationStack(app, federation, { id: "hostile", ...(account?.key ? { account: account.key } : {}) });
      };
    });
  });
  return stacks;
}

const { aws: _, ...withoutAccount } = fullFederation;
const STACKS: Readonly<Record<string, (app: App) => void>> = {
  full: deployed(fullFederation),
  accounts: deployed({
    ...withoutAccount,
    name: "several",
    aws: {
      accounts: {
        prod: { accountId: "111122223333", assumeRoleArn: "arn:aws:iam::111122223333:role/terraform" },
        dev: { region: "eu-west-1" },
      },
    },
    roles: {
      storage: fullFederation.roles.storage,
      // all accounts suspend bob
      reader: { trusts: [...TRUSTS, { issuer: "azure", identities: ["team", "bob"] }], accounts: ["prod"] },
    },
  }),
  "by-hand": byHand,
  ...hostile(),
};

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error("Name a folder.");
for (const [name, make] of Object.entries(STACKS)) {
  const outdir = join(out, name);
  mkdirSync(outdir, { recursive: true });
  try {
    const app = new App({ outdir });
    make(app);
    app.synth();
  } catch (error) {
    writeFileSync(join(outdir, "refused"), error instanceof Error ? error.message : String(error));
  }
}
