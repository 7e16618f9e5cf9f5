/** Speed, part two: what `terraform plan` costs through the module, against flat resources written by hand. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { roleName, servicePrincipal, federationText } from "./federations";
import type { Command, Measured, Row } from "./measure";
import { inTurn, ratioRow, runOnce } from "./measure";

const ROOT = join(__dirname, "..");
const CLI = join(ROOT, "dist", "cli.js");
const HOST = "mycompany.cloud.databricks.com/oidc";

/** A provider that asks no AWS, beside whatever root: the same for both sides. */
const OFFLINE = `provider "aws" {
  region                      = "us-east-1"
  access_key                  = "testing"
  secret_key                  = "testing"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
  allowed_account_ids         = []
}
`;

/** What a careful person would write by hand: one block a resource. */
function flat(roles: number): string {
  const blocks = [
    'terraform {\n  required_providers {\n    aws = {\n      source  = "hashicorp/aws"\n      version = ">= ' +
      '5.81.0, < 7.0.0"\n    }\n  }\n}\n',
    OFFLINE,
    `resource "aws_iam_openid_connect_provider" "production" {\n  url            = "https://${HOST}"\n  ` +
      `client_id_list = ["1444828305810485"]\n}\n`,
  ];
  for (let index = 0; index < roles; index += 1) {
    const name = roleName(index);
    const policy =
      `{"Statement":[{"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":` +
      `{"${HOST}:aud":["1444828305810485"],"${HOST}:sub":["${servicePrincipal(index)}"]}},"Effect":"Allow",` +
      `"Principal":{"Federated":["arn:aws:iam::111122223333:oidc-provider/${HOST}"]}}],"Version":"2012-10-17"}`;
    blocks.push(
      `resource "aws_iam_role" "${name}" {\n  name               = "${name}"\n  assume_role_policy ` +
        `= ${JSON.stringify(policy)}\n  depends_on         = [aws_iam_openid_connect_provider.production]\n}\n`,
      `resource "aws_iam_role_policy_attachment" "${name}" {\n  role       = aws_iam_role.${name}.name\n  ` +
        `policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"\n}\n`,
    );
  }
  const map = (attribute: string): string =>
    Array.from(
      { length: roles },
      (_, index) => `    ${roleName(index)} = aws_iam_role.${roleName(index)}.${attribute}`,
    ).join("\n");
  for (const [output, attribute] of [
    ["role_arns", "arn"],
    ["role_names", "name"],
    ["trust_policies", "assume_role_policy"],
  ] as const) {
    blocks.push(`output "${output}" {\n  value = {\n${map(attribute)}\n  }\n}\n`);
  }
  return blocks.join("\n");
}

async function prepared(folder: string, env: NodeJS.ProcessEnv, write: () => Promise<void>): Promise<Command> {
  mkdirSync(folder, { recursive: true });
  await write();
  await runOnce({ program: "terraform", args: ["init", "-input=false", "-no-color"], cwd: folder, env });
  return {
    program: "terraform",
    args: ["plan", "-refresh=false", "-input=false", "-no-color", `-out=${join(folder, "tfplan")}`],
    cwd: folder,
    env,
  };
}

async function generated(
  scratch: string,
  env: NodeJS.ProcessEnv,
  roles: number,
  style: "modules" | "resources",
): Promise<Command> {
  const folder = join(scratch, `${style}-${roles}`);
  return prepared(folder, env, async () => {
    const config = join(scratch, `plan-${roles}.yaml`);
    writeFileSync(config, federationText(roles));
    await runOnce({
      program: process.execPath,
      args: [CLI, "generate", "root", "--config", config, "--style", style, "--out", folder],
    });
    writeFileSync(join(folder, "offline_override.tf"), OFFLINE);
  });
}

/** How many resources the plan in `folder` makes. */
function plannedIn({ cwd, env }: Command): number {
  const shown = execFileSync("terraform", ["show", "-json", "tfplan"], {
    cwd,
    env,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  return (JSON.parse(shown) as { readonly resource_changes: readonly unknown[] }).resource_changes.length;
}

export async function terraformPlan(scratch: string, env: NodeJS.ProcessEnv): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [roles, limit, times] of [
    [100, 1.05, 5],
    [300, 1.1, 5],
    [1000, 1.3, 3],
  ] as const) {
    const hand = await prepared(join(scratch, `flat-${roles}`), env, async () =>
      writeFileSync(join(scratch, `flat-${roles}`, "main.tf"), flat(roles)),
    );
    const module = await generated(scratch, env, roles, "modules");
    const resources = await generated(scratch, env, roles, "resources");
    const measured: readonly (Measured | undefined)[] = await inTurn(times, hand, module, resources);
    const [byHand, throughModule, asResources] = measured;
    if (byHand === undefined || throughModule === undefined || asResources === undefined) continue;
    const count = roles.toLocaleString("en");
    const [handMade, ours] = [plannedIn(hand), plannedIn(resources)];
    rows.push(
      ratioRow({
        what: `\`terraform plan\`, ${count} roles through the module`,
        peer: "flat resources by hand",
        ours: throughModule.seconds,
        theirs: byHand.seconds,
        unit: "s",
        atMost: limit,
      }),
      ratioRow({
        what: `\`terraform plan\`, ${count} roles, \`--style resources\``,
        peer: "flat resources by hand",
        ours: asResources.seconds,
        theirs: byHand.seconds,
        unit: "s",
        atMost: 1.25,
        and: handMade === ours,
        reach:
          `the same graph, at most 1.25 times: as many ` +
          `resources: ${ours.toLocaleString("en")} of ${handMade.toLocaleString("en")}`,
      }),
    );
    if (roles === 1000) {
      rows.push(
        ratioRow({
          what: "memory of that plan, 1,000 roles through the module",
          peer: "flat resources by hand",
          ours: throughModule.megabytes,
          theirs: byHand.megabytes,
          unit: "MB",
          atMost: 1.1,
        }),
      );
    }
  }
  return rows;
}
