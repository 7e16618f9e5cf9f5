import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { TerraformStack } from "cdktf";
import { Fn, TerraformOutput, TerraformVariable, Token } from "cdktf";
import type { DatabricksFederationProps, RoleProps } from "../../src/cdktf";
import { DatabricksFederatedRole, DatabricksFederation, DatabricksOidcProvider } from "../../src/cdktf";
import { codes, complaints, emptyStack, synthesise } from "../support/synthesise";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const company = { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" } as const;
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
const reader: RoleProps = { trusts: [{ issuer: "production", servicePrincipals: [READER] }] };
const PROVIDER_ARN = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
const READER_POLICY =
  `{"Statement":[{"Action":["sts:AssumeRoleWithWebIdentity"],"Condition":{"StringEquals":` +
  `{"mycompany.cloud.databricks.com/oidc:aud":["1444828305810485"],"mycompany.cloud.databricks.com/oidc:sub":` +
  `["${READER}"]}},"Effect":"Allow","Principal":{"Federated":["${PROVIDER_ARN}"]}}],"Version":"2012-10-17"}`;

function federationIn(stack = emptyStack(), props: Partial<DatabricksFederationProps> = {}): DatabricksFederation {
  return new DatabricksFederation(stack, "lakehouse", { ...inAws, issuers: { production }, ...props });
}

describe("a federation built in TypeScript", () => {
  test("registers the issuer without a thumbprint, and holds the computed ARN to the real one", () => {
    const stack = emptyStack();
    federationIn(stack);
    expect(synthesise(stack).resource["aws_iam_openid_connect_provider"]).toEqual({
      lakehouse_production: expect.objectContaining({
        url: "https://mycompany.cloud.databricks.com/oidc",
        client_id_list: ["1444828305810485"],
        lifecycle: { postcondition: [expect.objectContaining({ condition: `\${self.arn == "${PROVIDER_ARN}"}` })] },
      }) as unknown,
    });
    expect(JSON.stringify(synthesise(stack))).not.toContain("thumbprint");
  });

  test("writes the whole trust policy into the first plan and makes the role wait for the provider", () => {
    const stack = emptyStack();
    const role = federationIn(stack).addRole("lake-reader", reader);
    expect(synthesise(stack).resource["aws_iam_role"]).toEqual({
      "lakehouse_lake-reader": expect.objectContaining({
        assume_role_policy: READER_POLICY,
        depends_on: ["aws_iam_openid_connect_provider.lakehouse_production"],
        max_session_duration: 3600,
        name: "lake-reader",
        path: "/",
      }) as unknown,
    });
    expect(role.trustPolicy).toBe(READER_POLICY);
  });

  test("attaches policies as resources of their own, under readable names", () => {
    const stack = emptyStack();
    federationIn(stack).addRole("lake-reader", {
      ...reader,
      managedPolicyArns: { read: "arn:aws:iam::111122223333:policy/read-lake" },
      inlinePolicies: {
        list: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] }],
        },
      },
    });
    const { resource } = synthesise(stack);
    expect(resource["aws_iam_role_policy_attachment"]?.["lakehouse_lake-reader_read"]).toMatchObject({
      policy_arn: "arn:aws:iam::111122223333:policy/read-lake",
      role: "${aws_iam_role.lakehouse_lake-reader.name}",
    });
    expect(resource["aws_iam_role_policy"]?.["lakehouse_lake-reader_list"]).toMatchObject({
      name: "list",
      policy:
        '{"Statement":[{"Action":["s3:ListBucket"],"Effect":"Allow","Resource":["arn:aws:s3:::lake"]}],' +
        '"Version":"2012-10-17"}',
      role: "${aws_iam_role.lakehouse_lake-reader.name}",
    });
    expect(resource["aws_iam_role"]?.["lakehouse_lake-reader"]).not.toHaveProperty("inline_policy");
  });

  test("asks AWS once for account and partition where they are not given, however many federations there are", () => {
    const stack = emptyStack();
    for (const name of ["one", "two"]) {
      new DatabricksFederation(stack, name, {
        issuers: { [name]: { ...production, host: `${name}.cloud.databricks.com` } },
      }).addRole(`${name}-reader`, { trusts: [{ issuer: name, servicePrincipals: [READER] }] });
    }
    const { data, resource } = synthesise(stack);
    expect(Object.entries(data ?? {}).map(([type, sources]) => [type, Object.keys(sources)])).toEqual([
      ["aws_caller_identity", ["current"]],
      ["aws_partition", ["current"]],
    ]);
    expect(resource["aws_iam_role"]?.["one_one-reader"]?.["assume_role_policy"]).toContain(
      '"Federated":["arn:${data.aws_partition.current.partition}:iam:' +
        ':${data.aws_caller_identity.current.account_id}:oidc-provider/one.cloud.databricks.com/oidc"]',
    );
  });

  const adopted = { production: { ...production, existingProviderArn: PROVIDER_ARN, audiences: ["a", "b"] } };

  test("adopts an existing provider without a resource for it; roles wait until AWS has shown its audiences", () => {
    const stack = emptyStack();
    const federation = federationIn(stack, { issuers: adopted });
    federation.addRole("lake-reader", reader);
    const { data, resource } = synthesise(stack);
    expect(Object.keys(resource)).toEqual(["aws_iam_role"]);
    expect(data?.["aws_iam_openid_connect_provider"]).toEqual({
      lakehouse_production: {
        arn: PROVIDER_ARN,
        lifecycle: {
          postcondition: [
            {
              condition: '${length(setsubtract(["a", "b"], self.client_id_list)) == 0}',
              error_message: expect.stringContaining("${self.arn} does not register the audience") as unknown,
            },
          ],
        },
      },
    });
    expect(resource["aws_iam_role"]?.["lakehouse_lake-reader"]?.["depends_on"]).toEqual([
      "data.aws_iam_openid_connect_provider.lakehouse_production",
    ]);
    expect(federation.providers["production"]?.arn).toBe(PROVIDER_ARN);
  });

  test("asks nothing about an existing provider with verifyExistingProviders: false; roles wait for nothing", () => {
    const stack = emptyStack();
    const federation = federationIn(stack, { issuers: adopted, verifyExistingProviders: false });
    federation.addRole("lake-reader", reader);
    const { data = {}, resource } = synthesise(stack);
    expect(data).not.toHaveProperty("aws_iam_openid_connect_provider");
    expect(resource["aws_iam_role"]?.["lakehouse_lake-reader"]).not.toHaveProperty("depends_on");
    const other = emptyStack();
    federationIn(other, { issuers: adopted, verifyExistingProviders: "no" as never });
    expect(complaints(other)).toEqual([expect.stringMatching(/^verifyExistingProviders: Must be .*\[wrong-type\]$/)]);
  });

  test("lets a Unity Catalog role assume itself by an inline policy, at its own path", () => {
    const stack = emptyStack();
    federationIn(stack).addRole("storage", {
      path: "/databricks/",
      trusts: [{ unityCatalog: { externalIds: [EXTERNAL_ID] } }],
    });
    expect(
      synthesise(stack).resource["aws_iam_role_policy"]?.["lakehouse_storage_unity-catalog-self-assume"],
    ).toMatchObject({
      name: "unity-catalog-self-assume",
      policy:
        '{"Statement":[{"Action":["sts:AssumeRole"],"Effect":"Allow","Resource":["arn:aws:iam::111122223333:' +
        'role/databricks/storage"]}],"Version":"2012-10-17"}',
    });
  });

  test(
    "gives its roles what the federation has: prefix, path, boundary, session and tags, the role's " + "own first",
    () => {
      const stack = emptyStack();
      const federation = federationIn(stack, {
        roleNamePrefix: "databricks-",
        rolePath: "/databricks/",
        maxSessionDuration: "2h",
        tags: { team: "platform", env: "prod" },
        permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
      });
      federation.addRole("reader", reader);
      federation.addRole("writer", {
        ...reader,
        name: "own",
        path: "/own/",
        maxSessionDuration: 7000,
        tags: { team: "data" },
      });
      expect(synthesise(stack).resource["aws_iam_role"]).toMatchObject({
        lakehouse_reader: {
          name: "databricks-reader",
          path: "/databricks/",
          max_session_duration: 7200,
          permissions_boundary: "arn:aws:iam::111122223333:policy/boundary",
          tags: { team: "platform", env: "prod" },
        },
        lakehouse_writer: {
          name: "own",
          path: "/own/",
          max_session_duration: 7000,
          tags: { team: "data", env: "prod" },
        },
      });
    },
  );

  test("detaches policies by force only from roles that say so", () => {
    const stack = emptyStack();
    const federation = federationIn(stack);
    federation.addRole("reader", reader);
    federation.addRole("writer", { ...reader, forceDetachPolicies: true });
    const roles = synthesise(stack).resource["aws_iam_role"];
    expect(roles?.["lakehouse_reader"]).not.toHaveProperty("force_detach_policies");
    expect(roles?.["lakehouse_writer"]).toMatchObject({ force_detach_policies: true });
  });

  test("keeps IAM policy variables and anything else that looks like a template", () => {
    const stack = emptyStack();
    federationIn(stack).addRole("home", {
      ...reader,
      description: "costs $ {5} and ${six}, %{if}",
      inlinePolicies: {
        home: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::lake/${aws:username}/*"] }],
        },
      },
    });
    const { resource } = synthesise(stack);
    expect(resource["aws_iam_role_policy"]?.["lakehouse_home_home"]?.["policy"]).toContain(
      "arn:aws:s3:::lake/$${aws:username}/*",
    );
    expect(resource["aws_iam_role"]?.["lakehouse_home"]?.["description"]).toBe("costs $ {5} and $${six}, %%{if}");
  });

  test("takes data that nobody may change: `as const`, and lists that are readonly", () => {
    const stack = emptyStack();
    const readers: readonly string[] = [READER];
    const trusts = [
      { issuer: "production", servicePrincipals: readers },
      { issuer: "production", users: ["alice@example.com"] },
    ] as const;
    federationIn(stack).addRole("lake-reader", { trusts, tags: { team: "data" } as const });
    expect(codes(complaints(stack))).toEqual([]);
  });

  test("gives tokens for the rest of the stack", () => {
    const stack = emptyStack();
    const role = federationIn(stack).addRole("lake-reader", reader);
    new TerraformOutput(stack, "seen", { value: [role.arn, role.name], staticId: true });
    expect(synthesise(stack).output?.["seen"]?.value).toEqual([
      "${aws_iam_role.lakehouse_lake-reader.arn}",
      "${aws_iam_role.lakehouse_lake-reader.name}",
    ]);
  });
});

describe("tokens", () => {
  test("are welcome where no rule needs the value", () => {
    const stack = emptyStack();
    const policy = new IamPolicy(stack, "policy", { policy: "{}" });
    policy.overrideLogicalId("read");
    const variable = new TerraformVariable(stack, "v", { type: "string" });
    const federation = federationIn(stack, {
      permissionsBoundaryArn: policy.arn,
      tags: { owner: variable.stringValue },
      issuers: { production: { ...production, existingProviderArn: variable.stringValue } },
    });
    federation.addRole("lake-reader", {
      ...reader,
      managedPolicyArns: { read: policy.arn, other: Token.asString(variable.value) },
      tags: { team: `team ${variable.stringValue}` },
      inlinePolicies: {
        own: {
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["s3:*"], Resource: [`${policy.arn}/\${aws:username}`] }],
        },
        text: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Resource: [policy.arn], Action: ["s3:*"] }],
        }),
        whole: Fn.jsonencode({ Version: "2012-10-17" }),
      },
    });
    const { resource } = synthesise(stack);
    expect(resource["aws_iam_role"]?.["lakehouse_lake-reader"]).toMatchObject({
      assume_role_policy: READER_POLICY,
      lifecycle: { precondition: [{ condition: `\${(var.v == "${PROVIDER_ARN}")}` }] },
      permissions_boundary: "${aws_iam_policy.read.arn}",
      tags: { owner: "${var.v}", team: "team ${var.v}" },
    });
    expect(resource["aws_iam_role_policy_attachment"]).toMatchObject({
      "lakehouse_lake-reader_other": { policy_arn: "${var.v}" },
      "lakehouse_lake-reader_read": { policy_arn: "${aws_iam_policy.read.arn}" },
    });
    expect(resource["aws_iam_role_policy"]).toMatchObject({
      "lakehouse_lake-reader_own": {
        policy:
          '{"Statement":[{"Action":["s3:*"],"Effect":"Allow","Resource":["${aws_iam_policy.read.arn}/$${aws:' +
          'username}"]}],"Version":"2012-10-17"}',
      },
      "lakehouse_lake-reader_text": {
        policy:
          '{"Statement":[{"Action":["s3:*"],"Effect":"Allow","Resource":["${aws_iam_policy.read.arn}"]}],' +
          '"Version":"2012-10-17"}',
      },
      "lakehouse_lake-reader_whole": { policy: '${jsonencode({"Version" = "2012-10-17"})}' },
    });
  });

  const text = Token.asString({ resolve: () => "x", creationStack: [], toString: () => "" });
  const number = Token.asNumber({ resolve: () => 1, creationStack: [], toString: () => "" });
  const refused: readonly (readonly [string, Partial<DatabricksFederationProps>, RoleProps])[] = [
    [
      "issuers.production.host",
      { issuers: { production: { ...production, host: `${text}.cloud.databricks.com` } } },
      reader,
    ],
    ["issuers.production.workspaceId", { issuers: { production: { ...production, workspaceId: text } } }, reader],
    ["awsAccountId", { awsAccountId: text }, reader],
    ["roleNamePrefix", { roleNamePrefix: text }, reader],
    ["tags", { tags: Token.asStringMap({ resolve: () => ({}), creationStack: [], toString: () => "" }) }, reader],
    ["roles.lake-reader.name", {}, { ...reader, name: text }],
    ["roles.lake-reader.path", {}, { ...reader, path: `/${text}/` }],
    ["roles.lake-reader.description", {}, { ...reader, description: text }],
    ["roles.lake-reader.maxSessionDuration", {}, { ...reader, maxSessionDuration: number }],
    ["roles.lake-reader.trusts[0].issuer", {}, { trusts: [{ issuer: text, servicePrincipals: [READER] }] }],
    [
      "roles.lake-reader.trusts[0].servicePrincipals[0]",
      {},
      { trusts: [{ issuer: "production", servicePrincipals: [`${text}-5b`] }] },
    ],
    [
      "roles.lake-reader.trusts[0].users[0]",
      {},
      { trusts: [{ issuer: "production", users: [`${text}@example.com`] }] },
    ],
    [
      "roles.lake-reader.trusts[0].subjectPatterns[0]",
      {},
      { trusts: [{ issuer: "production", subjectPatterns: [text] }] },
    ],
    [
      "roles.lake-reader.trusts[0].servicePrincipals",
      {},
      {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: Token.asList({ resolve: () => [], creationStack: [], toString: () => "" }),
          },
        ],
      },
    ],
    [
      "roles.lake-reader.trusts[0].conditions[0].values[0]",
      {},
      {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            conditions: [{ test: "IpAddress", variable: "aws:SourceIp", values: [text] }],
          },
        ],
      },
    ],
    [
      "roles.lake-reader.trusts[0].unityCatalog.externalIds[0]",
      {},
      { trusts: [{ unityCatalog: { externalIds: [`${text}-2b`] } }] },
    ],
    [
      "roles.lake-reader.inlinePolicies.own.Statement[0].Max",
      {},
      { ...reader, inlinePolicies: { own: { Version: "2012-10-17", Statement: [{ Max: number }] } } },
    ],
  ];
  test("a construct in place of its attribute is distinguished from a value", () => {
    const stack = emptyStack();
    const policy = new IamPolicy(stack, "policy", { policy: "{}" }) as unknown as string;
    federationIn(stack).addRole("lake-reader", {
      ...reader,
      managedPolicyArns: { read: policy },
      inlinePolicies: { own: policy },
      description: policy,
    });
    expect(codes(complaints(stack))).toEqual(["token-not-allowed", "token-not-allowed", "token-not-allowed"]);
  });

  test.each(refused)("are refused at %s", (path, props, role) => {
    const stack = emptyStack();
    federationIn(stack, props).addRole("lake-reader", role);
    expect(complaints(stack)).toEqual([expect.stringMatching(/\[token-not-allowed\]$/)]);
    expect(complaints(stack)[0]?.startsWith(`${path}: `)).toBe(true);
  });
});

describe("what is wrong", () => {
  test("is reported at synthesis, all of it, and nothing is written", () => {
    const stack = emptyStack();
    const federation = federationIn(stack, { issuers: { production, broken: { ...production, host: "10.0.0.1" } } });
    federation.addRole("nobody", { trusts: [{ issuer: "production" }] });
    federation.addRole("wide", {
      trusts: [{ issuer: "production", subjectPatterns: ["*"] }],
      maxSessionDuration: "1d",
    });
    federation.addRole("blameless", { trusts: [{ issuer: "broken", servicePrincipals: [READER] }] });
    federation.addRole("lake-reader", reader);
    expect(codes(complaints(stack))).toEqual([
      "host-is-ip-address",
      "no-subject",
      "duration-invalid",
      "subject-pattern-too-wide",
    ]);
    expect(() => synthesise(stack)).toThrow(
      /\[stack\/lakehouse\/role-nobody\] roles\.nobody\.trusts\[0\]: The trust names no subject/,
    );
    expect(() => stack.toTerraform()).toThrow(expect.objectContaining({ code: "host-is-ip-address" }) as Error);
  });

  const wrong: readonly (readonly [string, RoleProps])[] = [
    [
      "condition-on-guard",
      {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            conditions: [{ test: "StringLike", variable: "MyCompany.cloud.databricks.com/oidc:SUB", values: ["*"] }],
          },
        ],
      },
    ],
    [
      "condition-on-guard",
      {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            conditions: [
              { test: "StringEqualsIfExists", variable: "mycompany.cloud.databricks.com/oidc:aud", values: ["x"] },
            ],
          },
        ],
      },
    ],
    [
      "condition-repeated",
      {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            conditions: [
              { test: "IpAddress", variable: "aws:SourceIp", values: ["10.0.0.0/8"] },
              { test: "IpAddress", variable: "aws:sourceip", values: ["0.0.0.0/0"] },
            ],
          },
        ],
      },
    ],
    [
      "trust-policy-too-long",
      {
        trusts: [
          {
            issuer: "production",
            users: Array.from({ length: 60 }, (_, index) => `user-number-${index}@data.example.com`),
          },
        ],
      },
    ],
    ["issuer-not-found", { trusts: [{ issuer: "elsewhere", servicePrincipals: [READER] }] }],
    ["reserved-text", { ...reader, description: "String Map Token Value" }],
    ["reserved-text", { ...reader, description: "-1.8881545897087503e+289" }],
    ["reserved-text", { ...reader, tags: JSON.parse('{"__proto__": "lost"}') as Record<string, string> }],
    [
      "reserved-text",
      { ...reader, inlinePolicies: JSON.parse('{"__proto__": {"Statement": []}}') as Record<string, string> },
    ],
    ["reserved-text", { ...reader, inlinePolicies: JSON.parse('{"__proto__": "{}"}') as Record<string, string> }],
    [
      "reserved-text",
      {
        ...reader,
        inlinePolicies: JSON.parse(
          '{"read": {"Version": "2012-10-17", "Statement": [{"__proto__": "lost"}]}}',
        ) as Record<string, string>,
      },
    ],
    [
      "reserved-text",
      {
        ...reader,
        managedPolicyArns: JSON.parse('{"__proto__": "arn:aws:iam::111122223333:policy/read"}') as Record<
          string,
          string
        >,
      },
    ],
    ["reserved-text", { ...reader, description: "TfToken[" }],
    ["policy-arn-invalid", { ...reader, managedPolicyArns: { read: "arn:aws:iam::444455556666:policy/read" } }],
    ["inline-policy-invalid", { ...reader, inlinePolicies: { text: "no json" } }],
    ["account-not-found", { ...reader, accounts: ["prod"] } as RoleProps],
  ];
  test.each(wrong)("has the code %s", (code, role) => {
    const stack = emptyStack();
    federationIn(stack).addRole("lake-reader", role);
    expect(codes(complaints(stack))).toEqual([code]);
  });

  test("includes keys called __proto__ wherever there are keys", () => {
    const named = <T>(value: unknown): T => JSON.parse(`{"__proto__": ${JSON.stringify(value)}}`) as T;
    const found = (make: (stack: TerraformStack) => void): readonly string[] => {
      const stack = emptyStack();
      make(stack);
      return codes(complaints(stack));
    };
    expect(found((stack) => federationIn(stack).addRole("__proto__", reader))).not.toEqual([]);
    expect(found((stack) => federationIn(stack, { issuers: named(production) }))).not.toEqual([]);
    expect(found((stack) => federationIn(stack, { tags: named("lost") }))).toEqual(["reserved-text"]);
    expect(
      found(
        (stack) =>
          new DatabricksOidcProvider(stack, "own", {
            ...inAws,
            ...production,
            tags: named<Record<string, string>>("lost"),
          }),
      ),
    ).toEqual(["reserved-text"]);
  });

  test("also where lengths are measured although the provider's ARN is a token", () => {
    const stack = emptyStack();
    const token = new TerraformVariable(stack, "v", { type: "string" }).stringValue;
    const users = Array.from({ length: 49 }, (_, index) => `user-number-${100 + index}@data.example.com`);
    const role = (count: number): RoleProps => ({ trusts: [{ issuer: "production", users: users.slice(0, count) }] });
    const federation = federationIn(stack, { issuers: { production: { ...production, existingProviderArn: token } } });
    federation.addRole("fits", role(48));
    expect(complaints(stack)).toEqual([]);
    federation.addRole("too-long", role(49));
    expect(codes(complaints(stack))).toEqual(["trust-policy-too-long"]);
  });

  test("includes what two federations of one stack would both make", () => {
    const stack = emptyStack();
    new DatabricksFederation(stack, "a", { ...inAws, issuers: { b_c: production } }).addRole("d", {
      trusts: [{ issuer: "b_c", servicePrincipals: [READER] }],
    });
    new DatabricksFederation(stack, "a_b", { ...inAws, issuers: { c: company, twin: production } }).addRole("D", {
      trusts: [{ issuer: "c", servicePrincipals: [READER] }],
    });
    expect(codes(complaints(stack))).toEqual(["issuer-collision", "role-name-collision", "logical-id-collision"]);
  });

  test("includes keys that differ only in characters Terraform takes in no name", () => {
    const stack = emptyStack();
    const federation = federationIn(stack);
    federation.addRole("a.b", reader);
    federation.addRole("a-b", reader);
    expect(complaints(stack)).toEqual([expect.stringContaining("would both be aws_iam_role.lakehouse_a-b")]);
    expect(codes(complaints(stack))).toEqual(["logical-id-collision"]);
  });

  test("includes resources of the user's own that carry one of our names", () => {
    const stack = emptyStack();
    federationIn(stack, { awsAccountId: undefined }).addRole("lake-reader", reader);
    new IamRole(stack, "mine", { assumeRolePolicy: "{}" }).overrideLogicalId("lakehouse_lake-reader");
    new DataAwsCallerIdentity(stack, "caller").overrideLogicalId("current");
    expect(codes(complaints(stack))).toEqual(["logical-id-collision", "logical-id-collision"]);
  });

  test("includes a data source of the user's own that has the name of ours, and says what to do", () => {
    const stack = emptyStack();
    new DataAwsCallerIdentity(stack, "current");
    new DatabricksOidcProvider(stack, "production", production);
    expect(complaints(stack)).toEqual([
      expect.stringContaining(
        "would both be data.aws_caller_identity.current; Terraform would get one of them only. " +
          "Rename your data source, or set awsAccountId and awsPartition. [logical-id-collision]",
      ),
    ]);
    const given = emptyStack();
    new DataAwsCallerIdentity(given, "current");
    new DatabricksOidcProvider(given, "production", { ...production, ...inAws });
    expect(complaints(given)).toEqual([]);
  });

  test("the logical ID of what others name cannot be changed afterwards", () => {
    const stack = emptyStack();
    const federation = federationIn(stack);
    const alone = federation.addRole("alone", reader);
    const withPolicy = federation.addRole("with-policy", {
      ...reader,
      managedPolicyArns: { read: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
    });
    expect(() => withPolicy.resource?.overrideLogicalId("mine")).toThrow("may not be overridden");
    expect(() => federation.providers["production"]?.resource?.overrideLogicalId("mine")).toThrow(
      "may not be overridden",
    );
    alone.resource?.overrideLogicalId("mine");
    expect(Object.keys(synthesise(stack).resource["aws_iam_role"] ?? {})).toEqual(["lakehouse_with-policy", "mine"]);
  });

  test("includes a role added twice, and keys that fit nowhere", () => {
    const stack = emptyStack();
    const federation = federationIn(stack);
    federation.addRole("lake-reader", reader);
    federation.addRole("lake-reader", reader);
    federation.addRole("", reader);
    federation.addRole("a/b", reader);
    federation.addRole(Token.asString({ resolve: () => "x", creationStack: [], toString: () => "" }), reader);
    expect(codes(complaints(stack))).toEqual([
      "name-collision",
      "role-name-invalid",
      "role-name-invalid",
      "role-name-invalid",
    ]);
  });
});

describe("the parts by themselves", () => {
  test("a provider and a role without a federation carry their own names", () => {
    const stack = emptyStack();
    const provider = new DatabricksOidcProvider(stack, "company", { ...company, ...inAws });
    const role = new DatabricksFederatedRole(stack, "reader", {
      providers: { company: provider },
      trusts: [{ issuer: "company", users: ["alice@example.com"] }],
    });
    const { resource } = synthesise(stack);
    expect([
      Object.keys(resource["aws_iam_openid_connect_provider"] ?? {}),
      Object.keys(resource["aws_iam_role"] ?? {}),
    ]).toEqual([["company"], ["reader"]]);
    expect(resource["aws_iam_role"]?.["reader"]).toMatchObject({
      name: "reader",
      depends_on: ["aws_iam_openid_connect_provider.company"],
      assume_role_policy: role.trustPolicy,
    });
    expect(provider.issuerUrl).toBe(
      "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    );
    expect(provider.discoveryUrl).toBe(`${provider.issuerUrl}/.well-known/openid-configuration`);
    expect(provider.audiences).toEqual(["7d3c2b1a-0f5e-4c8d-9a6b-123456789012"]);
  });

  test("a role for Unity Catalog alone needs no provider", () => {
    const stack = emptyStack();
    new DatabricksFederatedRole(stack, "storage", {
      providers: {},
      trusts: [{ unityCatalog: { externalIds: [EXTERNAL_ID] } }],
    });
    expect(Object.keys(synthesise(stack).data ?? {})).toEqual(["aws_caller_identity", "aws_partition"]);
  });

  test("a wrong provider is reported at its own place, and its role is not blamed", () => {
    const stack = emptyStack();
    const provider = new DatabricksOidcProvider(stack, "production", { ...production, host: "example.com", ...inAws });
    new DatabricksFederatedRole(stack, "reader", { providers: { production: provider }, ...reader });
    expect(complaints(stack)).toEqual([expect.stringMatching(/^host: .*\[host-not-databricks\]$/)]);
  });

  test("issuers and providers that JavaScript leaves out are missed where a trust names one", () => {
    const stack = emptyStack();
    new DatabricksFederation(stack, "lakehouse", { ...inAws } as unknown as DatabricksFederationProps).addRole(
      "a",
      reader,
    );
    new DatabricksFederatedRole(stack, "b", { ...inAws, ...reader } as unknown as ConstructorParameters<
      typeof DatabricksFederatedRole
    >[2]);
    expect(codes(complaints(stack))).toEqual(["issuer-not-found", "issuer-not-found"]);
  });

  test("a quota that is none is refused", () => {
    const stack = emptyStack();
    const provider = new DatabricksOidcProvider(stack, "production", { ...production, ...inAws });
    new DatabricksFederatedRole(stack, "reader", {
      providers: { production: provider },
      ...reader,
      trustPolicyMaxLength: 9000,
    });
    expect(codes(complaints(stack))).toEqual(["trust-policy-max-length"]);
  });
});
