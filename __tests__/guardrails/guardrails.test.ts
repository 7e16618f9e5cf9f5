import type { FederationInput } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { generatedKind } from "../../src/files/generated-file";
import { guardrails } from "../../src/guardrails/guardrails";

const PIPELINE = "arn:aws:iam::111122223333:role/ci/pipeline";
const ADMIN = "arn:aws:iam::111122223333:role/admin";
const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
const BOUNDARY = "arn:aws:iam::111122223333:policy/boundary";
const READ = "arn:aws:iam::111122223333:policy/read";
const roleOf = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;

const trusts = [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }];
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  roles: {
    plain: { trusts },
    bounded: { trusts, path: "/databricks/", permissionsBoundaryArn: BOUNDARY, managedPolicyArns: { read: READ } },
    storage: { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } }] },
  },
} as const satisfies FederationInput;

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const OPERATORS: Readonly<Record<string, (actual: string | undefined, values: readonly string[]) => boolean>> = {
  ArnNotEquals: (actual, values) => actual === undefined || !values.includes(actual),
  ArnEquals: (actual, values) => actual !== undefined && values.includes(actual),
  StringEquals: (actual, values) => actual !== undefined && values.includes(actual),
};

/** Whether a statement of `texts` is about the request. These policies name actions and resources without wildcards. */
function isMatched(
  texts: readonly string[],
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  return texts
    .flatMap((text) => (JSON.parse(text) as { readonly Statement: readonly Statement[] }).Statement)
    .some(
      ({ Action, Resource, Condition = {} }) =>
        Action.includes(action) &&
        Resource.includes(resource) &&
        Object.entries(Condition).every(([operator, keys]) =>
          Object.entries(keys).every(([key, values]) => OPERATORS[operator]?.(context[key], values) === true),
        ),
    );
}

function textsOf(name: string, federation: FederationInput = FEDERATION): readonly string[] {
  const { files } = guardrails(readFederation(federation).federation, {
    pipelineRoles: [PIPELINE],
    awsAccountId: undefined,
  }).tree;
  return [...files].flatMap(([path, text]) => (path.includes(name) ? [text] : []));
}

describe("the service control policy", () => {
  const denies = (action: string, resource: string, principal?: string): boolean =>
    isMatched(textsOf("scp"), action, resource, principal === undefined ? {} : { "aws:PrincipalArn": principal });

  test.each([
    ["iam:UpdateAssumeRolePolicy", roleOf("plain")],
    ["iam:PutRolePolicy", roleOf("databricks/bounded")],
    ["iam:DeleteRolePolicy", roleOf("storage")],
    ["iam:CreateRole", roleOf("plain")],
    ["iam:DeleteRolePermissionsBoundary", roleOf("databricks/bounded")],
    ["iam:UpdateOpenIDConnectProvider", PROVIDER],
    ["iam:AddClientIDToOpenIDConnectProvider", PROVIDER],
    ["iam:DeleteOpenIDConnectProvider", PROVIDER],
  ])("keeps everyone but the pipeline from %s", (action, resource) => {
    expect(denies(action, resource, ADMIN)).toBe(true);
    expect(denies(action, resource)).toBe(true);
    expect(denies(action, resource, PIPELINE)).toBe(false);
  });

  test("leaves reading, other roles and other providers alone", () => {
    expect(denies("iam:GetRole", roleOf("plain"), ADMIN)).toBe(false);
    expect(denies("iam:PutRolePolicy", roleOf("other"), ADMIN)).toBe(false);
    expect(denies("iam:DeleteOpenIDConnectProvider", `${PROVIDER}/other`, ADMIN)).toBe(false);
    expect(denies("sts:AssumeRoleWithWebIdentity", roleOf("plain"), ADMIN)).toBe(false);
  });

  test("is several, each short enough for Organizations, where one would be too long", () => {
    const roles = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`role-${index}`, { trusts }]));
    const texts = textsOf("scp", { ...FEDERATION, roles });
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) expect(text.trim().length).toBeLessThanOrEqual(5120);
    for (const key of Object.keys(roles)) {
      expect(isMatched(texts, "iam:PutRolePolicy", roleOf(key), { "aws:PrincipalArn": ADMIN })).toBe(true);
    }
  });
});

describe("the pipeline's policy", () => {
  const allows = (action: string, resource: string, context: Readonly<Record<string, string>> = {}): boolean =>
    isMatched(textsOf("pipeline-policy"), action, resource, context);

  test("allows what a deployment does", () => {
    expect(allows("iam:CreateOpenIDConnectProvider", PROVIDER)).toBe(true);
    expect(allows("iam:CreateRole", roleOf("plain"))).toBe(true);
    expect(allows("iam:UpdateAssumeRolePolicy", roleOf("databricks/bounded"))).toBe(true);
    expect(allows("iam:PutRolePolicy", roleOf("storage"))).toBe(true);
  });

  test("makes a role with its permissions boundary alone, and attaches its own policies alone", () => {
    const bounded = roleOf("databricks/bounded");
    expect(allows("iam:CreateRole", bounded)).toBe(false);
    expect(allows("iam:CreateRole", bounded, { "iam:PermissionsBoundary": READ })).toBe(false);
    expect(allows("iam:CreateRole", bounded, { "iam:PermissionsBoundary": BOUNDARY })).toBe(true);
    expect(allows("iam:AttachRolePolicy", bounded, { "iam:PolicyARN": READ })).toBe(true);
    const admin = { "iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess" };
    expect(allows("iam:AttachRolePolicy", bounded, admin)).toBe(false);
    expect(allows("iam:AttachRolePolicy", roleOf("plain"), { "iam:PolicyARN": READ })).toBe(false);
  });

  test("allows nothing else", () => {
    // a role without an inline policy gets one when its sessions are revoked
    expect(allows("iam:PutRolePolicy", roleOf("plain"))).toBe(true);
    expect(allows("iam:PutRolePolicy", roleOf("another"))).toBe(false);
    expect(allows("iam:DeleteRolePermissionsBoundary", roleOf("databricks/bounded"))).toBe(false);
    expect(allows("iam:UpdateAssumeRolePolicy", PIPELINE)).toBe(false);
    const text = textsOf("pipeline-policy").join("");
    expect(text).not.toMatch(/\*|iam:PassRole|"sts:/);
  });

  test("only reads a provider that exists already", () => {
    const production = { ...FEDERATION.issuers.production, existingProviderArn: PROVIDER };
    const texts = textsOf("pipeline-policy", { ...FEDERATION, issuers: { production } });
    expect(isMatched(texts, "iam:GetOpenIDConnectProvider", PROVIDER)).toBe(true);
    expect(isMatched(texts, "iam:CreateOpenIDConnectProvider", PROVIDER)).toBe(false);
  });
});

describe("generate guardrails", () => {
  test("writes policies for each account, by its own pipeline where none is given", () => {
    const accounts = {
      prod: { accountId: "111122223333", assumeRoleArn: PIPELINE },
      dev: { accountId: "444455556666", assumeRoleArn: "arn:aws:iam::444455556666:role/pipeline" },
    };
    const { files } = guardrails(
      readFederation({ ...FEDERATION, aws: { accounts }, roles: { plain: { trusts } } }).federation,
      {
        pipelineRoles: [],
        awsAccountId: undefined,
      },
    ).tree;
    expect([...files.keys()]).toEqual([
      "prod/scp.json",
      "prod/pipeline-policy.json",
      "dev/scp.json",
      "dev/pipeline-policy.json",
    ]);
    expect(files.get("dev/scp.json")).toContain("arn:aws:iam::444455556666:role/pipeline");
    expect([...files.values()].map(generatedKind)).toEqual(["guardrails", "guardrails", "guardrails", "guardrails"]);
  });

  test.each<readonly [string, { pipelineRoles?: readonly string[]; federation?: FederationInput }, string]>([
    ["no pipeline", {}, "pipeline-role-missing"],
    ["what is not the ARN of a role", { pipelineRoles: ["*"] }, "role-arn-invalid"],
    [
      "a pipeline that is in another account",
      { pipelineRoles: [PIPELINE.replace("1111", "9999")] },
      "pipeline-role-missing",
    ],
    ["no account", { pipelineRoles: [PIPELINE], federation: { ...FEDERATION, aws: {} } }, "aws-account-unknown"],
  ])("refuses %s", (_, { pipelineRoles = [], federation = FEDERATION }, code) => {
    expect(() => guardrails(readFederation(federation).federation, { pipelineRoles, awsAccountId: undefined })).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  });

  test("names in each account the roles that can act there", () => {
    const accounts = { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } };
    const dev = "arn:aws:iam::444455556666:role/pipeline";
    const { tree } = guardrails(
      readFederation({ ...FEDERATION, aws: { accounts }, roles: { plain: { trusts } } }).federation,
      { pipelineRoles: [PIPELINE, dev], awsAccountId: undefined },
    );
    expect(tree.files.get("prod/scp.json")).toContain(`"aws:PrincipalArn":["${PIPELINE}"]`);
    expect(tree.files.get("dev/scp.json")).toContain(`"aws:PrincipalArn":["${dev}"]`);
  });

  test("says where AWS attaches fewer policies than are needed", () => {
    const roles = Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`role-${index}`, { trusts }]));
    const { warnings } = guardrails(readFederation({ ...FEDERATION, roles }).federation, {
      pipelineRoles: [PIPELINE],
      awsAccountId: undefined,
    });
    expect(warnings).toEqual([
      expect.stringMatching(/needs \d+ service control policies/),
      expect.stringMatching(/needs \d+ policies, and IAM attaches 10/),
    ]);
  });
});
