/** What the modules' refusals name: the place and the value at fault, but no value that may be sensitive. */
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { HclValue } from "../../src/hcl/encode";
import { expression, hclAttributes } from "../../src/hcl/encode";
import { READER } from "../support/full-federation";
import { describeWith } from "../support/requirements";
import { temporaryFolder } from "../support/temporary-folder";
import { OFFLINE_PROVIDER, terraformIn } from "../support/terraform";

const MODULE = resolve(__dirname, "..", "..", "modules", "databricks-federation");
const issuer = { level: "workspace", host: "mycompany.cloud.databricks.com", workspace_id: "1" };
const trust = { issuer: "production", service_principals: [READER] };
const address = (...values: readonly string[]): HclValue => ({ test: "IpAddress", variable: "aws:SourceIp", values });

type Inputs = Readonly<Record<string, HclValue>>;

/** What `terraform plan` of a call with `inputs` prints as warnings and errors, on one line. */
async function refusalOf(inputs: Inputs, before = ""): Promise<string> {
  const folder = temporaryFolder("messages");
  const given = { aws_account_id: "111122223333", aws_partition: "aws", issuers: { production: issuer }, ...inputs };
  const call = hclAttributes(Object.entries({ source: MODULE, ...given }), 2);
  writeFileSync(join(folder, "main.tf"), `${before}module "databricks" {\n${call}\n}\n`);
  writeFileSync(join(folder, "provider.tf.json"), JSON.stringify(OFFLINE_PROVIDER));
  const terraform = terraformIn(folder);
  await terraform.init();
  const { stdout, stderr } = await terraform.run(["plan", "-no-color", "-input=false"], { accept: [0, 1] });
  const warnings = stdout.slice(Math.max(stdout.indexOf("Warning: "), 0), stdout.includes("Warning: ") ? undefined : 0);
  return `${warnings}${stderr}`.replace(/[\s│╷╵]+/g, " ");
}

describeWith({ terraform: true }, "a refusal of a module", () => {
  test("names the key and the value at fault, in roles, trusts, lists and maps; repeats name both", async () => {
    const refusal = await refusalOf({
      tags: { Team: "a", team: "b" },
      issuers: { production: { ...issuer, workspace_id: "0123" } },
      roles: {
        etl: {
          path: "databricks",
          max_session_duration: 60,
          trusts: [trust, { ...trust, service_principals: [READER, "123"] }],
          managed_policy_arns: { read: "arn:aws:iam::aws:policy/x", again: "arn:aws:iam::aws:policy/x" },
          tags: { cost: "a,b" },
        },
        office: { trusts: [{ ...trust, conditions: [address("203.0.113.0/24", "203.0.113.0/33")] }] },
        twice: { trusts: [{ ...trust, conditions: [address("203.0.113.1"), address("203.0.113.2")] }] },
      },
    });
    for (const words of [
      'tags: ["Team","team"]',
      'issuers["production"].workspace_id: "0123"',
      'roles["etl"].path: "databricks"',
      'roles["etl"].max_session_duration: 60',
      'roles["etl"].trusts[1].service_principals[1]: "123"',
      'roles["etl"].managed_policy_arns: ["again","read"]',
      'roles["etl"].tags["cost"]: "a,b"',
      'roles["office"].trusts[0].conditions[0].values[1]: "203.0.113.0/33"',
      'roles["twice"].trusts[0].conditions: ["IpAddress aws:SourceIp","IpAddress aws:SourceIp"]',
    ])
      expect(refusal).toContain(words);
  });

  test("names a role whose trust policy is too long, by how much, and about how many subjects", async () => {
    const users = expression('[for at in range(40) : "engineer-with-a-long-name-${at}@data.example.com"]');
    const externalIds = expression('[for at in range(99) : "0b7e6f5a-1c2d-4e3f-9a8b-${at}"]');
    const refusal = await refusalOf({
      roles: {
        etl: { trusts: [{ issuer: "production", users }] },
        storage: { trusts: [{ unity_catalog: { external_ids: externalIds } }] },
        reader: { trusts: [trust] },
      },
    });
    expect(refusal).toMatch(/At fault: etl by 191 characters or about 4 of 40 subjects, storage by \d+ characters\./);
  });

  test("keeps a sensitive external ID and a sensitive policy to itself, and takes good ones", async () => {
    const locals = (externalId: string, policy: string): string =>
      `locals {\n  external_id = sensitive("${externalId}")\n  policy = sensitive(${policy})\n}\n`;
    const inputs: Inputs = {
      roles: {
        storage: {
          trusts: [{ unity_catalog: { external_ids: [expression("local.external_id")] } }],
          inline_policies: { read: expression("local.policy") },
        },
      },
    };
    const statement = '{ Effect = "Allow", Action = ["s3:ListBucket"], Resource = ["arn:aws:s3:::lake"] }';
    const policy = (text: string): string => `jsonencode({ Version = "2012-10-17", Statement = [${text}] })`;
    expect(await refusalOf(inputs, locals("0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b", policy(statement)))).toBe("");
    const refusal = await refusalOf(inputs, locals("x*secret", policy(statement.replace('Effect = "Allow", ', ""))));
    expect(refusal).toContain("Each of external_ids must be");
    expect(refusal).toContain("statements that have Effect, Action and Resource");
    expect(refusal).not.toMatch(/x\*secret|sensitive value/);
    expect(refusal.match(/Error: /g)).toHaveLength(2);
  });

  test("shows only the rule where tags, conditions or users are sensitive, and warns of no good plan", async () => {
    const locals = (tag: string, cidr: string, user: string): string =>
      `locals {\n  tag = sensitive("${tag}")\n  cidr = sensitive("${cidr}")\n  user = sensitive("${user}")\n}\n`;
    const [tag, cidr] = [expression("local.tag"), expression("[local.cidr]")];
    const inputs: Inputs = {
      tags: { owner: tag },
      roles: {
        etl: {
          tags: { team: tag },
          trusts: [
            {
              ...trust,
              users: [expression("local.user")],
              conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: cidr }],
            },
          ],
        },
      },
    };
    expect(await refusalOf(inputs, locals("data", "203.0.113.0/24", "alice@example.com"))).toBe("");
    const refusal = await refusalOf(inputs, locals("secret,", "secret", "secret"));
    for (const rule of [
      "Each value of tags must be at most 256 letters, digits, spaces and _.:/=+@-.",
      "Each value of a role's tags must be at most 256 letters, digits, spaces and _.:/=+@-.",
      "Each of users must be a user's email address as Databricks shows it, without wildcards, e.g. alice@example.com.",
      "Each value of an IpAddress condition must be an IP address or a CIDR block, e.g. 203.0.113.0/24.",
    ])
      expect(refusal).toContain(`${rule} At fault: a sensitive value.`);
    expect(refusal).not.toContain("secret");
    expect(refusal.match(/Error: /g)).toHaveLength(4);
  });
});
