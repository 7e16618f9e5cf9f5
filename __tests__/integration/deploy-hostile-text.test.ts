/** Hostile text through every field of the constructs and back through Terraform itself. */
import type { TerraformStack } from "cdktf";
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RoleProps } from "../../src/cdktf";
import { DatabricksFederation } from "../../src/cdktf";
import { ERROR_CODES } from "../../src/errors";
import { canonicalText } from "../../src/trust/canonical-json";
import { hostileLatin, hostileText } from "../support/hostile-text";
import { describeWith } from "../support/requirements";
import type { SynthesisedStack } from "../support/synthesise";
import { codes, emptyStack } from "../support/synthesise";
import { temporaryFolder } from "../support/temporary-folder";
import { terraformIn } from "../support/terraform";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const trust = { issuer: "production", servicePrincipals: [READER] };
const document = (
  statement: Readonly<Record<string, string | Readonly<Record<string, Readonly<Record<string, string>>>>>>,
): RoleProps["inlinePolicies"] => ({
  own: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*", ...statement }] },
});

interface Field {
  readonly role: (text: string) => RoleProps;
  /** Where the text stands in what is synthesised for the role: a string that Terraform evaluates. */
  readonly written: (resources: {
    readonly role: Record<string, unknown>;
    readonly inline: Record<string, unknown>;
    readonly attachment: Record<string, unknown>;
  }) => unknown;
  /** The text, found in that string once Terraform has evaluated it. */
  readonly found?: (evaluated: string) => unknown;
}

const statementOf = (policy: string): Record<string, unknown> =>
  (JSON.parse(policy) as { Statement: Record<string, unknown>[] }).Statement[0] ?? {};
const conditionOf = (policy: string): Record<string, Record<string, unknown>> =>
  statementOf(policy)["Condition"] as Record<string, Record<string, unknown>>;
const SUB = "mycompany.cloud.databricks.com/oidc:sub";
const first = (value: unknown): unknown => (Array.isArray(value) ? (value as unknown[])[0] : value);

const FIELDS: Readonly<Record<string, Field>> = {
  description: { role: (text) => ({ trusts: [trust], description: text }), written: ({ role }) => role["description"] },
  "tag value": {
    role: (text) => ({ trusts: [trust], tags: { key: text } }),
    written: ({ role }) => (role["tags"] as Record<string, string>)["key"],
  },
  "tag key": {
    role: (text) => ({ trusts: [trust], tags: Object.fromEntries([[text, "value"]]) }),
    written: ({ role }) => Object.keys(role["tags"] as object)[0],
  },
  subject: {
    role: (text) => ({ trusts: [{ issuer: "production", subjects: [text] }] }),
    written: ({ role }) => role["assume_role_policy"],
    found: (policy) => first(conditionOf(policy)["StringEquals"]?.[SUB]),
  },
  "subject pattern": {
    role: (text) => ({
      trusts: [{ issuer: "production", subjectPatterns: [`${text}.known-name-*@data.example.com`] }],
    }),
    written: ({ role }) => role["assume_role_policy"],
    found: (policy) =>
      String(first(conditionOf(policy)["StringLike"]?.[SUB])).replace(/\.known-name-\*@data\.example\.com$/, ""),
  },
  "condition value": {
    role: (text) => ({
      trusts: [{ ...trust, conditions: [{ test: "StringLike", variable: "aws:RequestedRegion", values: [text] }] }],
    }),
    written: ({ role }) => role["assume_role_policy"],
    found: (policy) => first(conditionOf(policy)["StringLike"]?.["aws:RequestedRegion"]),
  },
  "external ID": {
    role: (text) => ({ trusts: [{ unityCatalog: { externalIds: [text] } }] }),
    written: ({ role }) => role["assume_role_policy"],
    found: (policy) => first(conditionOf(policy)["StringEquals"]?.["sts:ExternalId"]),
  },
  "policy value": {
    role: (text) => ({ trusts: [trust], inlinePolicies: document({ Resource: text }) ?? {} }),
    written: ({ inline }) => inline["policy"],
    found: (policy) => statementOf(policy)["Resource"],
  },
  "policy key": {
    role: (text) => ({
      trusts: [trust],
      inlinePolicies: document({ Condition: { StringEquals: Object.fromEntries([[text, "x"]]) } }) ?? {},
    }),
    written: ({ inline }) => inline["policy"],
    found: (policy) => Object.keys(conditionOf(policy)["StringEquals"] ?? {})[0],
  },
  path: {
    role: (text) => ({ trusts: [trust], path: `/${text}/` }),
    written: ({ role }) => role["path"],
    found: (path) => path.slice(1, -1),
  },
  name: { role: (text) => ({ trusts: [trust], name: text }), written: ({ role }) => role["name"] },
  "managed policy": {
    role: (text) => ({ trusts: [trust], managedPolicyArns: { key: `arn:aws:iam::111122223333:policy/${text}` } }),
    written: ({ attachment }) => attachment["policy_arn"],
    found: (arn) => arn.replace("arn:aws:iam::111122223333:policy/", ""),
  },
};
const ATTRIBUTES = [
  "//",
  "assume_role_policy",
  "depends_on",
  "description",
  "max_session_duration",
  "name",
  "path",
  "tags",
];

function federationOf(roles: readonly RoleProps[]): {
  readonly stack: TerraformStack;
  readonly federation: DatabricksFederation;
} {
  const stack = emptyStack();
  const federation = new DatabricksFederation(stack, "f", {
    awsAccountId: "111122223333",
    awsPartition: "aws",
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
  });
  roles.forEach((role, index) => federation.addRole(`r${index}`, role));
  return { stack, federation };
}

describeWith({ terraform: true }, "hostile text in the constructs", () => {
  test(
    "12,000 texts come back from Terraform unchanged but for NFC, or are refused with a code; none changes " +
      "the structure",
    async () => {
      const evaluations: { readonly field: string; readonly text: string; readonly template: string }[] = [];
      const refused = new Map<string, number>();
      const sample = fc.sample(fc.oneof(hostileLatin, hostileText), { numRuns: 1000, seed: 20251210 });
      for (const [name, field] of Object.entries(FIELDS)) {
        const all = federationOf(sample.map((text) => field.role(text)));
        const complaints = sample.map((_, index) => all.federation.roles[`r${index}`]?.node.validate() ?? []);
        for (const code of codes(complaints.flat())) {
          expect(Object.keys(ERROR_CODES)).toContain(code);
          refused.set(name, (refused.get(name) ?? 0) + 1);
        }
        // A stack with one role that is refused is not written at all; nor one with two roles of one name.
        const names = new Set<string>();
        const accepted = sample.filter((text, index) => {
          const role = field.role(text).name?.toLowerCase() ?? `r${index}`;
          const isNew = !names.has(role);
          if (complaints[index]?.length === 0) names.add(role);
          return isNew && complaints[index]?.length === 0;
        });
        const { stack } = federationOf(accepted.map((text) => field.role(text)));
        stack.prepareStack();
        const json = JSON.parse(JSON.stringify(stack.toTerraform())) as SynthesisedStack;
        accepted.forEach((text, index) => {
          const role = json.resource["aws_iam_role"]?.[`f_r${index}`];
          if (role === undefined) throw new Error(`${name}: an accepted role is not written`);
          expect(Object.keys(role).filter((attribute) => !ATTRIBUTES.includes(attribute))).toEqual([]);
          const template = field.written({
            role: { ...role },
            inline: { ...json.resource["aws_iam_role_policy"]?.[`f_r${index}_own`] },
            attachment: { ...json.resource["aws_iam_role_policy_attachment"]?.[`f_r${index}_key`] },
          });
          evaluations.push({ field: name, text, template: String(template) });
        });
        expect(
          Object.keys(json.resource).filter(
            (type) => !/^aws_iam_(?:role|role_policy|role_policy_attachment|openid_connect_provider)$/.test(type),
          ),
        ).toEqual([]);
      }

      // Terraform itself reads every string, as it would in the resource.
      const folder = temporaryFolder("hostile");
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({ output: { read: { value: evaluations.map(({ template }) => template) } } }),
      );
      const terraform = terraformIn(folder);
      await terraform.init();
      await terraform.apply();
      const read = (await terraform.outputs())["read"] as readonly string[];
      expect(read.length).toBe(evaluations.length);
      const wrong = evaluations.flatMap(({ field, text }, index) => {
        const found = (FIELDS[field]?.found ?? ((whole: string) => whole))(read[index] ?? "");
        return found === canonicalText(text) ? [] : [{ field, text, found }];
      });
      expect(wrong).toEqual([]);
      // Both happen, or the test has lost its teeth.
      expect(evaluations.length).toBeGreaterThan(3000);
      expect(refused.size).toBe(Object.keys(FIELDS).length);
    },
  );
});
