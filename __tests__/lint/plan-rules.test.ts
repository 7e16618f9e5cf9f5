/** Findings that only a plan's configuration and changes give. */
import { lintDocuments } from "../../src/lint/lint-documents";
import { readDocument } from "../../src/lint/read-document";
import { planOf, resourceChange, trustText } from "../support/plan-json";
import type { Members } from "../../src/text/members";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const TRUST = trustText(ISSUER, "1", ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"]);
const VARIABLES = { aws_account_id: {}, aws_partition: {}, trust_policy_max_length: {} };
const [SIMPLE, WHOLE, ONE_ROLE] = [{ roles: {} }, { roles: {}, issuers: {} }, { issuers: {}, trusts: {} }];

/** A configuration that calls a module with these variables and constant inputs. */
function configuration(variables: Members, inputs: Members, more: Members = {}): Members {
  const constants = Object.entries(inputs).map(([name, value]) => [name, { constant_value: value }]);
  const call = { expressions: Object.fromEntries(constants) as Members, module: { variables }, ...more };
  return { configuration: { root_module: { module_calls: { databricks: call } } } };
}

async function findingsOf(plan: Members): Promise<readonly string[]> {
  const document = await readDocument(JSON.stringify(plan), "plan.json");
  return lintDocuments([{ file: "plan.json", document }]).findings.map(
    ({ rule, path, message }) => `${rule} ${path}: ${message}`,
  );
}

describe("an attribute that Terraform drops is found", () => {
  const cases: readonly (readonly [string, Members, Members, string])[] = [
    [
      "in a role of a simple module",
      SIMPLE,
      { roles: { etl: { condition: [] } } },
      'roles["etl"].condition: Terraform drops the attribute "condition" (did you mean conditions?).',
    ],
    [
      "in a role whose key is no word",
      SIMPLE,
      { roles: { 'a "b"': { users: [], maxSessionDuration: 3600 } } },
      'roles["a \\"b\\""].maxSessionDuration: Terraform drops the attribute "maxSessionDuration" ' +
        "(did you mean max_session_duration?).",
    ],
    [
      "in a condition",
      WHOLE,
      { roles: { etl: { trusts: [{ issuer: "p" }, { conditions: [{ test: "Bool", key: "x" }] }] } } },
      'roles["etl"].trusts[1].conditions[0].key: Terraform drops the attribute "key".',
    ],
    [
      "in Unity Catalog's trust",
      ONE_ROLE,
      { trusts: [{ unity_catalog: { external_id: "x" } }] },
      'trusts[0].unity_catalog.external_id: Terraform drops the attribute "external_id" (did you mean external_ids?).',
    ],
    [
      "where another module has it",
      WHOLE,
      { roles: { etl: { service_principals: [] } } },
      'roles["etl"].service_principals: Terraform drops the attribute "service_principals".',
    ],
    [
      "where a module takes no provider to adopt",
      ONE_ROLE,
      { issuers: { p: { existing_provider_arn: "arn:x" } } },
      'issuers["p"].existing_provider_arn: Terraform drops the attribute "existing_provider_arn".',
    ],
    [
      "named like a member that every JavaScript object has",
      SIMPLE,
      { roles: { etl: { constructor: 1 } } },
      'roles["etl"].constructor: Terraform drops the attribute "constructor".',
    ],
  ];

  test.each(cases)("%s", async (_, variables, inputs, expected) => {
    const plan = planOf([], configuration({ ...VARIABLES, ...variables }, inputs));
    expect(await findingsOf(plan)).toEqual([`input-attribute-unknown module.databricks: ${expected}`]);
  });

  test("in a module that another module calls", async () => {
    const inner = configuration({ ...VARIABLES, ...SIMPLE }, { roles: { etl: { condition: [] } } });
    const outer = { module_calls: { ours: { module: (inner["configuration"] as Members)["root_module"] } } };
    expect(await findingsOf(planOf([], { configuration: { root_module: outer } }))).toEqual([
      expect.stringContaining('module.ours.module.databricks: roles["etl"].condition'),
    ]);
  });

  test("in no module but ours, and not in right inputs of any form", async () => {
    const roles = { etl: { condition: [] } };
    expect(await findingsOf(planOf([], configuration({ roles: {} }, { roles })))).toEqual([]);
    const odd = { roles: { etl: null, a: "text", b: [] }, issuers: null, trusts: { a: 1 } };
    for (const variables of [SIMPLE, WHOLE, ONE_ROLE])
      expect(await findingsOf(planOf([], configuration({ ...VARIABLES, ...variables }, odd)))).toEqual([]);
  });
});

describe("a module that waits for something", () => {
  const call = (inputs: Members, more: Members): Members => configuration({ ...VARIABLES, ...SIMPLE }, inputs, more);
  const waits = { depends_on: ["aws_s3_bucket.lake"] };
  const role = 'module.databricks["a.b"].module.role["etl"].aws_iam_role.this';
  const unknown = resourceChange(role, null, { name: "etl" }, { assume_role_policy: true });

  test("without account or partition makes trust policies unknown", async () => {
    expect(await findingsOf(planOf([unknown], call({}, waits)))).toEqual([
      "trust-unknown-by-depends-on module.databricks: It waits for aws_s3_bucket.lake and has no aws_account_id or " +
        "aws_partition: no trust policy is known in this plan (roles: 1).",
    ]);
    expect(await findingsOf(planOf([], call({ aws_account_id: "111122223333" }, waits)))).toEqual([
      "trust-unknown-by-depends-on module.databricks: It waits for aws_s3_bucket.lake and has no aws_partition: " +
        "when that changes, no trust policy is known in the plan.",
    ]);
    const asNull = { aws_account_id: "111122223333", aws_partition: null };
    expect(await findingsOf(planOf([], call(asNull, waits)))).toEqual([
      expect.stringContaining("has no aws_partition"),
    ]);
  });

  test("by the call around it is found as well", async () => {
    const inner = (call({}, {})["configuration"] as Members)["root_module"];
    const root_module = { module_calls: { platform: { module: inner, ...waits } } };
    expect(await findingsOf(planOf([], { configuration: { root_module } }))).toEqual([
      expect.stringContaining("trust-unknown-by-depends-on module.platform.module.databricks: It waits for aws_s3"),
    ]);
  });

  test("with both, or that waits for nothing, is no finding", async () => {
    const account = { aws_account_id: "111122223333", aws_partition: "aws" };
    expect(await findingsOf(planOf([], call(account, waits)))).toEqual([]);
    expect(await findingsOf(planOf([unknown], call({}, {})))).toEqual([]);
  });
});

describe("a renamed key", () => {
  const at = (key: string): string => `module.databricks.module.role["${key}"].aws_iam_role.this`;
  const provider = (key: string): string =>
    `module.databricks.aws_iam_openid_connect_provider.this${key === "" ? "" : `["${key}"]`}`;
  const role = (name: string, more: Members = {}): Members => ({ name, assume_role_policy: TRUST, ...more });
  const url = { url: `https://${ISSUER}`, client_id_list: ["1"] };

  test("of a role destroys it: found by its name, or by its trust policy", async () => {
    const kept = resourceChange(provider(""), url, url);
    for (const name of ["etl", "loader"])
      expect(
        await findingsOf(
          planOf([kept, resourceChange(at("etl"), role("etl"), null), resourceChange(at("load"), null, role(name))]),
        ),
      ).toEqual([
        `address-renamed ${at("load")}: The plan destroys the role ${at("etl")} and makes one of the same name or ` +
          "trust policy.",
      ]);
  });

  test("of a role that trusts itself is found though its own name stands in the policy", async () => {
    const self = (name: string): Members =>
      role(name, {
        assume_role_policy: TRUST.replace(
          "StringEquals",
          `ArnEquals":{"aws:PrincipalArn":"x:role/${name}"},"StringEquals`,
        ),
      });
    const changes = [resourceChange(at("etl"), self("etl"), null), resourceChange(at("load"), null, self("load"))];
    expect(await findingsOf(planOf([resourceChange(provider(""), url, url), ...changes]))).toEqual(
      expect.arrayContaining([expect.stringContaining(`address-renamed ${at("load")}`)]),
    );
  });

  test("of an issuer destroys its provider", async () => {
    const changes = [resourceChange(provider("a"), url, null), resourceChange(provider("b"), null, url)];
    expect(await findingsOf(planOf(changes))).toEqual([
      `address-renamed ${provider("b")}: The plan destroys the provider ${provider("a")} and makes one of the same ` +
        "URL.",
    ]);
  });

  test("is not what a plan does that only deletes, only creates, or replaces in place", async () => {
    const kept = resourceChange(provider(""), url, url);
    const other = role("other", {
      assume_role_policy: trustText(ISSUER, "1", ["1f0e9d8c-7b6a-4594-8372-615049382716"]),
    });
    for (const changes of [
      [resourceChange(at("etl"), role("etl"), null)],
      [resourceChange(at("etl"), null, role("etl"))],
      [resourceChange(at("etl"), role("etl"), role("other"))],
      [resourceChange(at("etl"), role("etl"), null), resourceChange(at("load"), null, other)],
      // one trust policy for several roles: which would be renamed to which is a guess
      [
        resourceChange(at("etl"), role("etl"), null),
        resourceChange(at("load"), null, role("load")),
        resourceChange(at("report"), null, role("report")),
      ],
    ])
      expect(await findingsOf(planOf([kept, ...changes]))).toEqual([]);
  });
});

describe("a wide pattern in a plan", () => {
  const WIDE = [{ pattern: "team-*", reason: "Every team may read the public lake." }];
  const policy = trustText(ISSUER, "1", ["team-*"]);
  const at = (key: string): string => `module.databricks.module.role["${key}"].aws_iam_role.this`;
  const role = (key: string): Members => resourceChange(at(key), null, { name: key, assume_role_policy: policy });
  const NOTE =
    `subject-wide-pattern ${at("etl")}: "team-*" lets in everyone whom it matches, ` +
    'with the reason "Every team may read the public lake.".';
  const inputs = (of: string): Members => ({ roles: { [of]: { wide_subject_patterns: WIDE } } });

  test.each([
    ["of a simple module", [role("etl")], configuration({ ...VARIABLES, ...SIMPLE }, inputs("etl"))],
    [
      "of the module for all",
      [role("etl")],
      configuration({ ...VARIABLES, ...WHOLE }, { roles: { etl: { trusts: [{ wide_subject_patterns: WIDE }] } } }),
    ],
    [
      "of the module for one role",
      [resourceChange("module.databricks.module.role.aws_iam_role.this", null, { assume_role_policy: policy })],
      configuration({ ...VARIABLES, ...ONE_ROLE }, { trusts: [{}, { wide_subject_patterns: WIDE }] }),
    ],
    [
      "whose roles are a variable",
      [role("etl")],
      {
        variables: { lake: { value: inputs("etl")["roles"] } },
        configuration: {
          root_module: {
            module_calls: {
              databricks: {
                expressions: { roles: { references: ["var.lake"] } },
                module: { variables: { ...VARIABLES, ...SIMPLE } },
              },
            },
          },
        },
      },
    ],
  ])("%s has its reason and is a note", async (_, changes, rest) => {
    const found = (await findingsOf(planOf(changes, rest))).filter((finding) => !finding.startsWith("provider-not"));
    expect(found.map((finding) => finding.replace("module.role.aws", 'module.role["etl"].aws'))).toEqual([NOTE]);
  });

  test("without a reason for this role is an error", async () => {
    const rest = configuration({ ...VARIABLES, ...SIMPLE }, inputs("other"));
    expect(await findingsOf(planOf([role("etl")], rest))).toContainEqual(expect.stringContaining("subject-outsider"));
    const foreign = configuration(SIMPLE, inputs("etl"));
    expect(await findingsOf(planOf([role("etl")], foreign))).toContainEqual(
      expect.stringContaining("subject-outsider"),
    );
  });
});

test("a plan that ended in an error is refused", async () => {
  await expect(findingsOf(planOf([], { errored: true }))).rejects.toMatchObject({ code: "plan-errored" });
});
