import fc from "fast-check";
import { InputError } from "../../src/errors";
import { readDocument } from "../../src/lint/read-document";
import { lintDocuments } from "../../src/lint/lint-documents";
import { buildTrustPolicy } from "../../src/trust/build";
import { planOf, resourceChange, trustText } from "../support/plan-json";
import { runs } from "../support/runs";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const ARN = `arn:aws:iam::111122223333:oidc-provider/${ISSUER}`;
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const TRUST = trustText(ISSUER, "1", [READER]);
const PROVIDER = { url: `https://${ISSUER}`, client_id_list: ["1"] };
const ROLE = { name: "reader", assume_role_policy: TRUST, max_session_duration: 3600, permissions_boundary: null };
const EC2 = {
  name: "ec2",
  assume_role_policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
  }),
};
const GITHUB = {
  name: "ci",
  assume_role_policy: trustText("token.actions.githubusercontent.com", "sts.amazonaws.com", ["repo:acme/*"]),
};

async function rulesOf(
  document: unknown,
  options: Parameters<typeof lintDocuments>[1] = {},
): Promise<readonly string[]> {
  const read = await readDocument(typeof document === "string" ? document : JSON.stringify(document), "given.json");
  return [
    ...new Set(lintDocuments([{ file: "given.json", document: read }], options).findings.map(({ rule }) => rule)),
  ];
}

const FEDERATION = `name: lake
emailDomains: [data.example.com]
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1" }
roles:
  reader:
    trusts:
      - issuer: production
        users: [alice@example.com]
        subjectPatterns: ["*@data.example.com"]
        wideSubjectPatterns:
          - { pattern: "*@ops.example.com", reason: Every mailbox there is the platform team's. }
`;

describe("the kind of a document is detected by its content", () => {
  const policy = JSON.parse(TRUST) as unknown;
  test.each([
    ["federation", FEDERATION],
    [
      "federation",
      JSON.stringify({
        name: "lake",
        issuers: { p: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" } },
        roles: {},
      }),
    ],
    ["trust policy", TRUST],
    [
      "role",
      JSON.stringify({
        Role: { RoleName: "reader", Arn: "arn:aws:iam::111122223333:role/reader", AssumeRolePolicyDocument: policy },
      }),
    ],
    ["role", JSON.stringify({ RoleName: "reader", AssumeRolePolicyDocument: encodeURIComponent(TRUST) })],
    ["account", JSON.stringify({ Roles: [{ RoleName: "reader", AssumeRolePolicyDocument: policy }] })],
    [
      "account",
      JSON.stringify({ RoleDetailList: [{ RoleName: "reader", AssumeRolePolicyDocument: policy }], Policies: [] }),
    ],
    ["provider", JSON.stringify({ Url: ISSUER, ClientIDList: ["1"] })],
    ["Terraform plan", JSON.stringify(planOf([]))],
    ["Terraform state", JSON.stringify({ format_version: "1.0", values: { root_module: {} } })],
    ["Terraform state", JSON.stringify({ format_version: "1.0" })],
    ["CDKTF stack", JSON.stringify({ "//": {}, terraform: {}, resource: {} })],
    ["outputs", JSON.stringify({ trust_policies: { sensitive: false, type: [], value: { reader: TRUST } } })],
    ["outputs", JSON.stringify({ reader: TRUST, writer: policy })],
  ])("%s", async (kind, text) => {
    expect((await readDocument(text, "given")).kind).toBe(kind);
  });

  test.each([
    ["{}", "document-unknown"],
    ["[]", "document-unknown"],
    ['{"a": 1}', "document-unknown"],
    ["{", "json-syntax"],
    ['{"a": }', "json-syntax"],
    ["just text", "yaml-not-a-mapping"],
    ["", "yaml-not-a-mapping"],
    ["", "json-syntax", "plan.json"],
    ["# a root", "document-unknown", "main.tf"],
  ])("%s is refused with %s", async (text, code, file = "given") => {
    await expect(readDocument(text, file)).rejects.toMatchObject({ code });
  });

  test("what parsing would cut is reported: in a policy and a plan as a finding, around it as a refusal", async () => {
    const twice = TRUST.replace('"Effect":"Allow"', '"Effect":"Deny","Effect":"Allow"');
    expect(twice).not.toBe(TRUST);
    expect(
      await rulesOf(planOf([resourceChange("aws_iam_role.r", null, { ...ROLE, assume_role_policy: twice })])),
    ).toContain("policy-malformed");
    expect(lintDocuments([{ file: "given", document: await readDocument(twice, "given") }]).findings).toEqual([
      expect.objectContaining({
        rule: "policy-malformed",
        message: expect.stringContaining('"Effect" appears twice') as string,
      }),
    ]);
    await expect(
      readDocument(`{"Role":{"RoleName":"r","AssumeRolePolicyDocument":${twice}}}`, "given"),
    ).rejects.toMatchObject({ code: "trust-policy-unreadable" });
  });

  test("any text ends in an answer or a coded refusal", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .json()
            .map(
              (json) =>
                `{"format_version":"1.2","resource_changes":[{"type":"aws_iam_role","change":{"after":${json}}}]}`,
            ),
          fc.json().map((json) => `{"Statement":${json}}`),
        ),
        async (text) => {
          try {
            lintDocuments([{ file: "given", document: await readDocument(text, "given") }]);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });

  test.each([
    ["an unclosed list", "[".repeat(200_000)],
    ["objects", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
    ["a policy", `{"Statement":${"[".repeat(100_000)}${"]".repeat(100_000)}}`],
    [
      "a plan's variables",
      `{"format_version":"1.2","resource_changes":[],"variables":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    ],
    [
      "a plan's modules",
      `{"format_version":"1.2","resource_changes":[],"configuration":` +
        `{"root_module":${('{"module_calls":{"a":' + '{"module":').repeat(30_000)}{}${"}}}".repeat(30_000)}}}`,
    ],
    [
      "a role's policy in a plan",
      JSON.stringify({
        format_version: "1.2",
        resource_changes: [
          {
            address: "aws_iam_role.r",
            type: "aws_iam_role",
            change: {
              before: { name: "r", assume_role_policy: '{"Statement":{}}' },
              after: {
                name: "r",
                assume_role_policy: `{"Statement":${"[".repeat(50_000)}"databricks"${"]".repeat(50_000)}}`,
              },
            },
          },
        ],
      }),
    ],
  ])("%s nested deeply ends in an answer or a coded refusal", async (_, text) => {
    try {
      lintDocuments([{ file: "given", document: await readDocument(text, "given") }]);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
  });

  test("a mistake in JSON is reported without its text", async () => {
    const error = await readDocument('{"token": "sekret-value" oops}', "given").catch((caught: unknown) => caught);
    expect(String(error)).not.toContain("sekret");
  });
});

test("a moment of revocation far ahead of now is refused", async () => {
  const text = `${FEDERATION}\nrevokeSessionsBefore: 2026-11-29T14:00:00Z\n`;
  const noon = Date.parse("2026-11-29T12:00:00Z") / 1000;
  await expect(readDocument(text, "federation.yaml", noon)).rejects.toMatchObject({ code: "moment-ahead" });
  expect((await readDocument(text, "federation.yaml", noon + 7200)).kind).toBe("federation");
});

test(
  "a federation's findings carry line and column of their trust, and patterns with a reason " + "are let be",
  async () => {
    const document = await readDocument(FEDERATION, "federation.yaml");
    const { findings } = lintDocuments([{ file: "federation.yaml", document }]);
    expect(findings.map(({ rule, line, path, message }) => [rule, line, path.split(".Condition")[0], message])).toEqual(
      [
        [
          "subject-wide-pattern",
          13,
          "roles.reader.trusts[0].wideSubjectPatterns[0]",
          '"*@ops.example.com" lets in everyone whom it matches, with the reason ' +
            '"Every mailbox there is the platform team\'s.".',
        ],
        ["subject-wildcard", 9, "roles.reader.trusts[0]", '"*@data.example.com" is a pattern.'],
        ["subject-email", 9, "roles.reader.trusts[0]", '"alice@example.com" is an email address.'],
      ],
    );
  },
);

describe("a plan", () => {
  const made = [
    resourceChange("aws_iam_openid_connect_provider.p", null, PROVIDER),
    resourceChange('module.m.module.role["reader"].aws_iam_role.this', null, ROLE),
  ];

  test("with its own provider is right, and other roles are left aside", async () => {
    const document = await readDocument(
      JSON.stringify(
        planOf([
          ...made,
          resourceChange("aws_iam_role.ec2", null, EC2),
          resourceChange("aws_iam_role.ci", null, GITHUB),
        ]),
      ),
      "plan",
    );
    const report = lintDocuments([{ file: "plan", document }]);
    expect(report.findings).toEqual([]);
    expect(report.files).toEqual([
      { file: "plan", kind: "Terraform plan", roles: 1, leftAside: 2, unknownPolicies: [] },
    ]);
  });

  test("a role whose policy is known only after apply is named", async () => {
    const document = await readDocument(
      JSON.stringify(
        planOf([resourceChange("aws_iam_role.later", null, { name: "later" }, { assume_role_policy: true })]),
      ),
      "plan",
    );
    expect(document.unknownPolicies).toEqual(["aws_iam_role.later"]);
  });

  test.each([
    ["by a variable", { variables: { existing: { value: ARN } } }],
    [
      "by a constant of a module call, at any depth",
      {
        configuration: {
          root_module: {
            module_calls: {
              a: {
                module: {
                  module_calls: {
                    b: { expressions: { issuers: { constant_value: { p: { existing_provider_arn: ARN } } } } },
                  },
                },
              },
            },
          },
        },
      },
    ],
    [
      "by a data source",
      {
        prior_state: {
          values: {
            root_module: {
              child_modules: [
                {
                  resources: [
                    {
                      address: "data.aws_iam_openid_connect_provider.p",
                      mode: "data",
                      type: "aws_iam_openid_connect_provider",
                      values: { arn: ARN },
                    },
                  ],
                },
              ],
            },
          },
        },
      },
    ],
    [
      "by its workspace's host, as the modules take it",
      {
        configuration: {
          root_module: {
            module_calls: {
              a: {
                expressions: {
                  issuers: {
                    constant_value: {
                      p: { level: "workspace", host: "mycompany.cloud.databricks.com", workspace_id: "1" },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
    ["by its URL", { variables: { issuer_url: { value: `https://${ISSUER}` } } }],
    ["by an output", { planned_values: { outputs: { oidc_provider_arns: { value: { p: ARN } } } } }],
  ])("a provider given %s is not reported as another", async (_, rest) => {
    expect(await rulesOf(planOf([resourceChange("aws_iam_role.r", null, ROLE)], rest))).toEqual([]);
  });

  test(
    "an account's provider is given by the account's ID; a host that only a data source names gives " + "nothing",
    async () => {
      const issuer = "accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
      const role = { ...ROLE, assume_role_policy: trustText(issuer, "7d3c2b1a-0f5e-4c8d-9a6b-123456789012", [READER]) };
      expect(
        await rulesOf(
          planOf([resourceChange("aws_iam_role.r", null, role)], {
            variables: { databricks_account_id: { value: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" } },
          }),
        ),
      ).toEqual([]);
      const prior_state = {
        values: {
          root_module: {
            resources: [
              { address: "data.x.y", mode: "data", type: "x", values: { host: "mycompany.cloud.databricks.com" } },
            ],
          },
        },
      };
      expect(await rulesOf(planOf([resourceChange("aws_iam_role.r", null, ROLE)], { prior_state }))).toEqual([
        "provider-not-in-plan",
      ]);
    },
  );

  test("a provider that is neither made nor given is an error, unless the caller gives it", async () => {
    const plan = planOf([resourceChange("aws_iam_role.r", null, ROLE)]);
    expect(await rulesOf(plan)).toEqual(["provider-not-in-plan"]);
    expect(await rulesOf(plan, { givenProviders: [ARN] })).toEqual([]);
  });

  test("a provider it deletes while a role still trusts it is an error; with the role gone it is none", async () => {
    expect(
      await rulesOf(
        planOf([
          resourceChange("aws_iam_openid_connect_provider.p", PROVIDER, null),
          resourceChange("aws_iam_role.r", ROLE, ROLE),
        ]),
      ),
    ).toEqual(["provider-deleted"]);
    expect(
      await rulesOf(
        planOf([
          resourceChange("aws_iam_openid_connect_provider.p", PROVIDER, null),
          resourceChange("aws_iam_role.r", ROLE, null),
        ]),
      ),
    ).toEqual([]);
  });

  test("a provider whose URL changes is deleted too", async () => {
    const changed = { ...PROVIDER, url: "https://other.cloud.databricks.com/oidc" };
    expect(
      await rulesOf(
        planOf([
          resourceChange("aws_iam_openid_connect_provider.p", PROVIDER, changed),
          resourceChange("aws_iam_role.r", ROLE, ROLE),
        ]),
      ),
    ).toContain("provider-deleted");
  });

  test.each([
    [
      "an attached AWS policy",
      [
        resourceChange("aws_iam_role_policy_attachment.a", null, {
          role: "reader",
          policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ],
      ["admin-without-boundary"],
    ],
    [
      "an inline policy",
      [
        resourceChange("aws_iam_role_policy.i", null, {
          role: "reader",
          policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        }),
      ],
      ["admin-without-boundary"],
    ],
    [
      "an inline policy of the only role in its module",
      [
        resourceChange(
          'module.m.module.role["reader"].aws_iam_role_policy.i',
          null,
          { policy: '{"Statement":{"Effect":"Allow","Action":["*"],"Resource":["*"]}}' },
          { role: true },
        ),
      ],
      ["admin-without-boundary"],
    ],
    [
      "a policy of its own account",
      [
        resourceChange("aws_iam_policy.all", null, {
          arn: "arn:aws:iam::111122223333:policy/all",
          policy: '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        }),
        resourceChange("aws_iam_role_policy_attachment.a", null, {
          role: "reader",
          policy_arn: "arn:aws:iam::111122223333:policy/all",
        }),
      ],
      ["admin-without-boundary"],
    ],
    [
      "another role's policy",
      [
        resourceChange("aws_iam_role_policy_attachment.a", null, {
          role: "another",
          policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ],
      [],
    ],
    [
      "aws_iam_policy_attachment",
      [
        resourceChange("aws_iam_policy_attachment.a", null, {
          roles: ["another", "reader"],
          policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
        }),
      ],
      ["admin-without-boundary"],
    ],
    [
      "aws_iam_role_policy_attachments_exclusive",
      [
        resourceChange("aws_iam_role_policy_attachments_exclusive.a", null, {
          role_name: "reader",
          policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/IAMFullAccess"],
        }),
      ],
      ["admin-without-boundary"],
    ],
    [
      "aws_iam_role_policy_attachments_exclusive of another role",
      [
        resourceChange("aws_iam_role_policy_attachments_exclusive.a", null, {
          role_name: "another",
          policy_arns: ["arn:aws:iam::aws:policy/IAMFullAccess"],
        }),
      ],
      [],
    ],
    [
      "aws_iam_role_policies_exclusive beside the policy",
      [
        resourceChange("aws_iam_role_policies_exclusive.a", null, { role_name: "reader", policy_names: ["all"] }),
        resourceChange("aws_iam_role_policy.all", null, {
          name: "all",
          role: "reader",
          policy: '{"Statement":[{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}',
        }),
      ],
      ["admin-without-boundary"],
    ],
  ])("what a role may do is read from %s", async (_, resources, rules) => {
    expect(await rulesOf(planOf([...made, ...resources]))).toEqual(rules);
  });

  test.each([
    ["managed_policy_arns", { managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
    [
      "inline_policy",
      { inline_policy: [{ name: "all", policy: '{"Statement":{"Effect":"Allow","Action":"**","Resource":"*"}}' }] },
    ],
  ])("what a role may do is read from its own %s, in a plan, in planned values and in a state", async (_, own) => {
    const [provider] = made;
    const role = { ...ROLE, ...own };
    expect(await rulesOf(planOf([provider ?? {}, resourceChange("aws_iam_role.r", null, role)]))).toEqual([
      "admin-without-boundary",
    ]);
    const resources = [
      { address: "aws_iam_openid_connect_provider.p", mode: "managed", type: "aws_iam_openid_connect_provider" },
      { address: "aws_iam_role.r", mode: "managed", type: "aws_iam_role" },
    ].map((resource, at) => ({ ...resource, values: at === 0 ? PROVIDER : role }));
    for (const document of [
      { planned_values: { root_module: { resources } } },
      { values: { root_module: { resources } } },
    ])
      expect(await rulesOf({ format_version: "1.0", ...document })).toEqual(["admin-without-boundary"]);
  });

  test("policies that aws_iam_role_policies_exclusive names belong to the role, unknown if not planned", async () => {
    const exclusive = resourceChange("aws_iam_role_policies_exclusive.a", null, {
      role_name: "reader",
      policy_names: ["here", "elsewhere"],
    });
    const here = resourceChange("aws_iam_role_policy.i", null, { role: "reader", name: "here", policy: "{}" });
    const { targets } = await readDocument(JSON.stringify(planOf([...made, exclusive, here])), "plan.json");
    expect(Object.entries(targets[0]?.target.roles[0]?.policies ?? {})).toEqual([
      ["aws_iam_role_policy.i", {}],
      ["elsewhere", undefined],
    ]);
  });

  test("a boundary that only the plan's end will know is a boundary", async () => {
    const attachment = resourceChange("aws_iam_role_policy_attachment.a", null, {
      role: "reader",
      policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    const role = resourceChange("aws_iam_role.this", null, ROLE, { permissions_boundary: true });
    expect(
      await rulesOf(planOf([resourceChange("aws_iam_openid_connect_provider.p", null, PROVIDER), role, attachment])),
    ).toEqual([]);
  });

  test("the account AWS said it is tells a provider of another", async () => {
    const prior_state = {
      values: {
        root_module: {
          resources: [
            {
              address: "data.aws_caller_identity.current",
              mode: "data",
              type: "aws_caller_identity",
              values: { account_id: "444455556666" },
            },
          ],
        },
      },
    };
    expect(await rulesOf(planOf(made, { prior_state }))).toEqual(["provider-other-account"]);
  });
});

test("a state is checked like a plan's end: its providers come without https://", async () => {
  const resources = [
    {
      address: "aws_iam_openid_connect_provider.p",
      mode: "managed",
      type: "aws_iam_openid_connect_provider",
      values: { url: ISSUER, client_id_list: ["1"], arn: ARN },
    },
    {
      address: "aws_iam_role.r",
      mode: "managed",
      type: "aws_iam_role",
      values: { ...ROLE, arn: "arn:aws:iam::111122223333:role/reader" },
    },
  ];
  expect(
    await rulesOf({
      format_version: "1.0",
      values: { root_module: { resources: resources.slice(0, 1), child_modules: [{ resources: resources.slice(1) }] } },
    }),
  ).toEqual([]);
  expect(await rulesOf({ format_version: "1.0", values: { root_module: { resources: resources.slice(1) } } })).toEqual([
    "provider-not-in-plan",
  ]);
});

describe("a CDKTF stack", () => {
  const stack = (trust: string, more: Readonly<Record<string, unknown>> = {}): unknown => ({
    terraform: {},
    resource: {
      aws_iam_openid_connect_provider: { lake_production: { url: `https://${ISSUER}`, client_id_list: ["1"] } },
      aws_iam_role: { lake_reader: { ...ROLE, assume_role_policy: trust } },
      ...more,
    },
  });

  test("with an account and partition that only AWS knows is right", async () => {
    expect(
      await rulesOf(
        stack(
          TRUST.replace("arn:aws:", "arn:${data.aws_partition.p.partition}:").replace(
            "111122223333",
            "${data.aws_caller_identity.c.account_id}",
          ),
        ),
      ),
    ).toEqual([]);
  });

  test("a reference to a provider of the stack is that provider", async () => {
    expect(await rulesOf(stack(TRUST.replace(ARN, "${aws_iam_openid_connect_provider.lake_production.arn}")))).toEqual(
      [],
    );
  });

  test("a reference to anything else is not checked", async () => {
    const document = await readDocument(
      JSON.stringify(stack(TRUST.replace(ARN, "${data.terraform_remote_state.x.outputs.arn}"))),
      "cdk.tf.json",
    );
    expect(document.unknownPolicies).toEqual(["aws_iam_role.lake_reader"]);
  });

  test("an escaped policy variable is read as IAM will", async () => {
    expect(await rulesOf(stack(TRUST.replace(READER, "$${aws:username}")))).toContain("guard-policy-variable");
  });

  test("a policy that names its role by reference is its role's", async () => {
    expect(
      await rulesOf(
        stack(TRUST, {
          aws_iam_role_policy_attachment: {
            a: { role: "${aws_iam_role.lake_reader.name}", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" },
          },
        }),
      ),
    ).toEqual(["admin-without-boundary"]);
  });
});

test("a role as IAM prints it has account, session, boundary and policies", async () => {
  const detail = {
    RoleName: "reader",
    Arn: "arn:aws:iam::444455556666:role/reader",
    MaxSessionDuration: 7200,
    AssumeRolePolicyDocument: JSON.parse(TRUST) as unknown,
    AttachedManagedPolicies: [{ PolicyArn: "arn:aws:iam::444455556666:policy/all" }],
  };
  const policies = [
    {
      Arn: "arn:aws:iam::444455556666:policy/all",
      PolicyVersionList: [
        { IsDefaultVersion: true, Document: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
      ],
    },
  ];
  expect(await rulesOf({ RoleDetailList: [detail], Policies: policies })).toEqual([
    "provider-other-account",
    "session-long",
    "admin-without-boundary",
  ]);
});

test("what our own builder makes is right in every kind of document", async () => {
  const policy = buildTrustPolicy(
    [{ kind: "unityCatalog", externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"], cloud: "aws", conditions: [] }],
    { name: "storage", path: "/databricks/" },
    { partition: "aws", accountId: "111122223333", issuers: {} },
  );
  expect(await rulesOf(policy)).toEqual([]);
  expect(await rulesOf({ Role: { RoleName: "storage", AssumeRolePolicyDocument: policy } })).toEqual([]);
});
