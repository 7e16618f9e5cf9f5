import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accountOf } from "../../src/adopt/account";
import { adopt } from "../../src/adopt/adopt";
import { adoptedFiles } from "../../src/adopt/files";
import { isLookAlike, urlFault } from "../../src/adopt/issuers";
import { openTo } from "../../src/adopt/open-pattern";
import { formDifferences, sameForm } from "../../src/adopt/policy-form";
import { readAccountText } from "../../src/adopt/read-account";
import { adoptionText } from "../../src/adopt/text";
import { InputError } from "../../src";
import { UNITY_CATALOG_PRINCIPALS } from "../../src/issuer/clouds";
import { parseImports } from "../../src/federation/imports";
import { callCli } from "../support/call-cli";
import { temporaryFolder } from "../support/temporary-folder";

test.each([
  ["*", "addresses of public mail providers, and application IDs that no one named"],
  ["etl-*", "addresses of public mail providers"],
  ["6a9f*", "addresses of public mail providers, and application IDs that no one named"],
  ["????????-????-????-????-????????????", "addresses of public mail providers, and application IDs that no one named"],
  ["*@gmail.com", "every address of the public provider gmail.com"],
  ["alice@example.*", "addresses of domains that anyone may register"],
  ["*example.com", "addresses of domains that anyone may register"],
  ["*@data.example.com", null],
  ["*@*.example.com", null],
  ["*-etl", null],
])("the pattern %s is open to: %s", (pattern, expected) => {
  expect(openTo(pattern)).toBe(expected);
});

test.each([
  ["mycompany.cloud.databricks.com", false],
  ["adb-1234567890123456.7.azuredatabricks.net", false],
  ["login.example.com", false],
  ["accounts.google.com", false],
  ["mycompany.cloud.databricks.com.example.net", true],
  ["mycompany.cloud.databrlcks.com", true],
  ["mycompany.cloud.databricks.co", true],
  ["login.cloud-databricks.com", true],
  ["adb-1.azuredatabrick.net", true],
])("the host %s is a look-alike: %s", (host, expected) => {
  expect(isLookAlike(host)).toBe(expected);
});

test.each([
  ["https://mycompany.cloud.databricks.com/oidc", undefined],
  ["https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012", undefined],
  ["https://mycompany.cloud.databricks.com/oidc/", "trailing-slash"],
  ["https://mycompany.cloud.databricks.com/oidc/.well-known/openid-configuration", "discovery-url"],
  ["https://accounts.cloud.databricks.com/oidc", "account-agnostic"],
  ["https://accounts.cloud.databricks.com/oidc/accounts/x", "issuer-form"],
  ["https://mycompany.cloud.databricks.com", "issuer-form"],
])("the provider %s is left for: %s", (url, expected) => {
  expect(urlFault(url)).toBe(expected);
});

const policy = (condition: object, more: object = {}): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: "p" },
      Condition: condition,
      ...more,
    },
  ],
});
const plain = policy({ StringEquals: { sub: ["a", "b"] } });

test.each<[string, object, readonly string[] | null]>([
  ["another order", policy({ StringEquals: { sub: ["b", "a"] } }), null],
  ["an empty Sid", policy({ StringEquals: { sub: ["a", "b"] } }, { Sid: "" }), null],
  ["a Sid", policy({ StringEquals: { sub: ["a", "b"] } }, { Sid: "x" }), ["a Sid"]],
  ["a value twice", policy({ StringEquals: { sub: ["a", "b", "a"] } }), ["repeated values or statements"]],
  ["other case", policy({ StringEquals: { SUB: ["a", "b"] } }), ["the case of keys and actions"]],
  ["no version", { ...plain, Version: undefined }, ["its Version or Id"]],
  ["another operator", policy({ StringLike: { sub: ["a", "b"] } }), ["how its statements are written"]],
])("Terraform sees in a policy with %s the differences %s", (_, theirs, expected) => {
  expect(sameForm(theirs, plain)).toBe(expected === null);
  expect(formDifferences(theirs, plain)).toEqual(expected ?? []);
});

describe("imports.json", () => {
  const parsed = (resources: unknown): unknown =>
    parseImports(JSON.stringify({ awsAccountId: "111122223333", resources }), "imports.json");

  test.each<[string, unknown]>([
    [
      "an address that holds more than an address",
      [{ role: "a", id: "a", movedFrom: 'aws_iam_role.a\n} resource "x" "y" {' }],
    ],
    [
      "an expression as key of an address",
      [{ role: "a", id: "a", movedFrom: 'module.a["${file("x")}"].aws_iam_role.a' }],
    ],
    ["an expression as ID", [{ role: "a", id: "${var.x}" }]],
    [
      "a resource twice",
      [
        { role: "a", id: "a" },
        { role: "a", id: "b" },
      ],
    ],
    ["an unknown member", [{ role: "a", id: "a", colour: "red" }]],
    ["a list of nothing known", [1]],
    ["no list", {}],
  ])("with %s is refused", (_, resources) => {
    expect(() => parsed(resources)).toThrow(InputError);
  });

  test("takes addresses of modules, counts and keys", () => {
    const movedFrom = 'module.a["b\\"c"].module.d[0].aws_iam_role.this["x.y"]';
    expect(parsed([{ role: "a", id: "a", movedFrom }])).toMatchObject({ resources: [{ movedFrom, kind: "role" }] });
  });
});

const NOW = Date.parse("2026-11-29T12:00:00Z") / 1000;

/** The details of an account with one role of a trust policy. */
function adopted(trust: unknown, role: object = {}) {
  const detail = { RoleName: "reader", Arn: "arn:aws:iam::111122223333:role/reader", Path: "/", ...role };
  const details = { RoleDetailList: [{ ...detail, AssumeRolePolicyDocument: trust }] };
  const account = accountOf([readAccountText(JSON.stringify(details), "details.json")], undefined);
  return adopt(account, { name: "adopted", schema: "s.json", sameState: false, evidence: null, now: NOW });
}

const PATH = "mycompany.cloud.databricks.com/oidc";
const trusting = (condition: object): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${PATH}` },
      Condition: condition,
    },
  ],
});

test("a provider that no document describes is used as it is, and what is assumed is said", () => {
  const { issuers, assumed, imports, text } = adopted(
    trusting({ StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: "alice@example.com" } }),
  );
  expect(issuers.map(({ unmanaged }) => unmanaged?.reason)).toEqual(["audiences-unknown"]);
  expect(imports.resources.map(({ kind }) => kind)).toEqual(["role"]);
  expect(text).toContain("existingProviderArn: arn:aws:iam::111122223333:oidc-provider/");
  expect(assumed.join("\n")).toMatch(/registers[^]*description and the longest session[^]*policies of all roles/);
});

test("what others wrote begins nothing in adopted.md", () => {
  const hostile = "x](javascript:1)\n# ```<script>|\u202e";
  const adoption = adopted(trusting({ StringEquals: { [`${PATH}:sub`]: [hostile, "````\nalice"] } }), {
    RoleName: hostile,
    Arn: `arn:aws:iam::111122223333:role/${hostile}`,
  });
  const tree = adoptedFiles(adoption, { out: "o", version: "0.0.0", evidence: null });
  const report = tree.files.get("adopted.md") ?? "";
  expect(report).not.toMatch(/^# ```|<script>|(?<!\\)\]\(javascript|\u202e/m);
});

test.each<[string, unknown]>([
  ["text", "x"],
  ["a policy that is a list", []],
  ["a policy of numbers", { Version: 1, Statement: [2] }],
  ["nested lists", trusting({ StringEquals: { [`${PATH}:sub`]: [["a"]] } })],
  ["a condition that is text", trusting("x" as unknown as object)],
])("a trust policy that is %s leaves its role aside or names why", (_, trust) => {
  const { written, leftRoles, aside } = adopted(trust);
  expect(written).toEqual([]);
  expect(leftRoles.length + aside.roles).toBe(1);
});

test.each([
  ["{", "json-syntax"],
  ["[]", "document-unknown"],
  ['"x"', "document-unknown"],
  ['{"version":4,"serial":1,"lineage":"x","resources":[]}', "document-unknown"],
  ['{"RoleDetailList":[null,1,{}]}', "nothing-to-adopt"],
])("the file %s is refused with %s", (text, code) => {
  const read = (): unknown => accountOf([readAccountText(text, "f.json")], undefined);
  expect(read).toThrow(expect.objectContaining({ code }));
});

test.each([
  ["far ahead", "2999-01-01T00:00:00Z"],
  ["that no calendar has", "2026-02-30T12:00:00Z"],
  ["with a fraction", "2026-01-31T12:00:00.5Z"],
])("a revocation at a moment %s stays attached, and its role is in the file without it", (_, moment) => {
  const PolicyDocument = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Deny", Action: "*", Resource: "*", Condition: { DateLessThan: { "aws:TokenIssueTime": moment } } },
    ],
  };
  const adoption = adopted(trusting({ StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: "x" } }), {
    RolePolicyList: [{ PolicyName: "revoke-sessions-before", PolicyDocument }],
  });
  const [role] = adoption.written;
  expect(role?.declaration["revokeSessionsBefore"]).toBeUndefined();
  expect(role?.leftPolicies.map(({ reason, place }) => [reason, place])).toEqual([
    ["policy-not-allowed", "inlinePolicies: revoke-sessions-before"],
  ]);
  expect(adoption.imports.resources.filter(({ kind }) => kind === "inline")).toEqual([]);
  expect(adoptionText(adoption, "o")).toMatch(
    /^Attached as they are, .*\n {2}role reader, inlinePolicies: revoke-sessions-before: /m,
  );
});

test("a proposal imports the policy by which a Unity Catalog role assumes itself, where the role has it", () => {
  const arn = "arn:aws:iam::111122223333:role/reader";
  const externalId = { "sts:ExternalId": "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b" };
  const guards = { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: "alice@example.com" };
  const [named] = (trusting({ StringEquals: guards }) as { Statement: object[] }).Statement;
  const [open] = (trusting({ StringEquals: { [`${PATH}:aud`]: "1444828305810485" } }) as { Statement: object[] })
    .Statement;
  const pair = [
    [UNITY_CATALOG_PRINCIPALS.aws.arn, { StringEquals: externalId }],
    ["arn:aws:iam::111122223333:root", { StringEquals: externalId, ArnEquals: { "aws:PrincipalArn": arn } }],
  ].map(([principal, condition]) => ({
    Effect: "Allow",
    Action: "sts:AssumeRole",
    Principal: { AWS: principal },
    Condition: condition,
  }));
  const trust = { Version: "2012-10-17", Statement: [named, open, ...pair] };
  const inlineOf = (policies: readonly object[]): readonly unknown[] =>
    adopted(trust, { RolePolicyList: policies })
      .imports.resources.filter(({ kind }) => kind === "inline")
      .map(({ id, proposed }) => [id, proposed]);
  const document = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: arn }],
  };
  expect(inlineOf([{ PolicyName: "unity-catalog-self-assume", PolicyDocument: document }])).toEqual([
    ["reader:unity-catalog-self-assume", true],
  ]);
  expect(inlineOf([])).toEqual([]);
});

const star = (principal: unknown, action: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: action }],
});

test.each<[string, object, string | null]>([
  ["everyone, by any action of STS", star("*", "sts:*"), "open-principal"],
  ["everyone, by any action", star({ AWS: "*" }, "*"), "open-principal"],
  ["everyone of AWS, by AssumeRole alone", star("*", "sts:AssumeRole"), null],
  ["a service, by any action of STS", star({ Service: "ec2.amazonaws.com" }, "sts:*"), null],
])("a role that trusts %s is named where that lets in whom no issuer vouches for", (_, trust, reason) => {
  const { leftRoles, aside } = adopted(trust);
  expect(leftRoles.flatMap(({ faults }) => faults.map((one) => one.reason))).toEqual(reason === null ? [] : [reason]);
  expect(aside.roles).toBe(reason === null ? 1 : 0);
});

test("a role of Unity Catalog in an account without an issuer is left, and the reason says so", () => {
  const externalId = { StringEquals: { "sts:ExternalId": "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b" } };
  const arn = "arn:aws:iam::111122223333:role/reader";
  const { leftRoles, text } = adopted({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { AWS: [UNITY_CATALOG_PRINCIPALS.aws.arn, arn] },
        Condition: externalId,
      },
    ],
  });
  expect(leftRoles.map(({ faults }) => faults.map(({ reason }) => reason))).toEqual([["no-issuer"]]);
  expect(text).toBeNull();
});

test.each([
  ["IsTruncated", { IsTruncated: true, Marker: "x" }],
  ["NextToken", { NextToken: "x" }],
])("a page of a list with %s is named: what is on the others is not known", (_, rest) => {
  const details = {
    RoleDetailList: [{ RoleName: "a", Arn: "arn:aws:iam::111122223333:role/a", AssumeRolePolicyDocument: {} }],
  };
  const notes = (document: object): readonly string[] =>
    accountOf([readAccountText(JSON.stringify(document), "details.json")], undefined).notes;
  expect(notes(details)).toEqual([]);
  expect(notes({ ...details, ...rest })).toEqual([expect.stringContaining("details.json is one page")]);
  expect(notes([{ ...details, ...rest }, details])).toEqual([]);
});

describe("a Terraform state", () => {
  const trust = JSON.stringify(
    trusting({ StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: "alice@example.com" } }),
  );
  const stateOf = (...addresses: readonly string[]): string =>
    JSON.stringify({
      format_version: "1.0",
      terraform_version: "1.11.0",
      values: {
        root_module: {
          resources: addresses.map((address) => ({
            address,
            mode: "managed",
            type: "aws_iam_role",
            name: "r",
            values: { arn: "arn:aws:iam::111122223333:role/reader", name: "reader", assume_role_policy: trust },
          })),
        },
      },
    });

  test("that has a role twice loses the second address too", () => {
    const account = accountOf([readAccountText(stateOf("aws_iam_role.a", "aws_iam_role.b"), "s.json")], undefined);
    const options = { name: "adopted", schema: "s.json", sameState: true, evidence: null, now: NOW };
    const adoption = adopt(account, options);
    expect(adoption.imports.resources.map(({ movedFrom }) => movedFrom)).toEqual(["aws_iam_role.a"]);
    const tree = adoptedFiles(adoption, { out: "o", version: "0.0.0", evidence: null });
    expect(tree.files.get("adopted.md")).toContain("terraform state rm aws_iam_role.b");
    expect(tree.files.get("adopted.md")).not.toContain("terraform state rm aws_iam_role.a");
  });

  test("beside another is not the same state", async () => {
    const folder = temporaryFolder("states");
    const files = ["one.json", "two.json"].map((name) => join(folder, name));
    for (const file of files) writeFileSync(file, stateOf("aws_iam_role.a"));
    const out = ["--out", join(folder, "out")];
    const both = await callCli("adopt", ...files, "--same-state", ...out);
    expect([both.code, both.stderr]).toEqual([2, expect.stringMatching(/one\.json and .*two\.json are several/)]);
    expect((await callCli("adopt", ...files.slice(1), "--same-state", ...out)).code).toBe(0);
  });
});
