/** A small module and its release, for tests of what is done with releases. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ModuleContract } from "../../src/module/contract";
import type { TrustProbe } from "../../src/module/release-data";
import { releaseDataFile, sourceDigest } from "../../src/module/source-digest";

export const SMALL_CONTRACT: ModuleContract = {
  name: "small",
  summary: "A small module.",
  requiredVersion: ">= 1.5.7",
  requiredProviders: { aws: { source: "hashicorp/aws", version: ">= 5.81.0, < 7.0.0" } },
  variables: [
    {
      name: "host",
      type: "string",
      description: "The host.",
      nullable: false,
      validations: [{ code: "host-invalid", condition: "length(var.host) > 3", message: "host must be longer" }],
    },
    { name: "tags", type: { map: "string" }, description: "Tags.", default: {}, nullable: false, validations: [] },
  ],
  outputs: [{ name: "arn", description: "The ARN", preconditions: [] }],
  resources: ["aws_iam_openid_connect_provider.this", "module.role.aws_iam_role.this"],
};

/** A trust policy that lets `subjects` in, and beside that what `change` says. */
export function smallPolicy(subjects: readonly string[], change: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    Statement: [
      {
        Action: ["sts:AssumeRoleWithWebIdentity"],
        Condition: {
          StringEquals: {
            "mycompany.cloud.databricks.com/oidc:aud": ["1444828305810485"],
            "mycompany.cloud.databricks.com/oidc:sub": subjects,
          },
        },
        Effect: "Allow",
        Principal: { Federated: ["arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc"] },
        ...change,
      },
    ],
    Version: "2012-10-17",
  });
}

export const SMALL_PROBES: readonly TrustProbe[] = [
  {
    name: "one",
    inputs: { users: ["alice@example.com", "bob@example.com"] },
    policies: { reader: smallPolicy(["alice@example.com", "bob@example.com"]) },
  },
];

const MAIN = 'module "role" {\n  source = "./modules/role"\n}\n';

export interface SmallModule {
  readonly contract?: ModuleContract;
  readonly probes?: readonly TrustProbe[];
  /** Further files, or others for those it has. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The files of a module, and its release data, whose digest is right; by path below the folder of modules. */
export function smallModuleFiles({
  contract = SMALL_CONTRACT,
  probes = SMALL_PROBES,
  files = {},
}: SmallModule = {}): ReadonlyMap<string, string> {
  const own = new Map(
    Object.entries({
      "main.tf": MAIN,
      "modules/role/main.tf": "# a role\n",
      "README.md": "# small\n",
      LICENSE: "Apache-2.0\n",
      "examples/complete/main.tf":
        'module "small" {\n  source = "../.."\n  host   = "mycompany.cloud.databricks.com"\n}\n',
      ...files,
    }),
  );
  const data = { contract, trust: { digest: sourceDigest(own, contract), probes } };
  const below = [...own].map(([path, text]) => [`${contract.name}/${path}`, text] as const);
  return new Map([...below, [releaseDataFile(contract.name), `${JSON.stringify(data, null, 2)}\n`]]);
}

/** Writes the module and its release data below `folder`. */
export function writeSmallModule(folder: string, module: SmallModule = {}): void {
  for (const [path, text] of smallModuleFiles(module)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
