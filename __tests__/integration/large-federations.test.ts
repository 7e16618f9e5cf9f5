/** Federations of thousands of roles or hundreds of issuers: at IAM's limits, and in a report. */
import { InputError } from "../../src/errors";
import { readFederation } from "../../src/federation";
import { reportPage } from "../../src/report/page";
import { reportView } from "../../src/report/view";

const keys = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

function federation(roles: number, issuers = 1): unknown {
  return {
    name: "large",
    aws: { accountId: "111122223333" },
    issuers: Object.fromEntries(
      keys("issuer", issuers).map((key) => [
        key,
        { level: "workspace", host: `${key}.cloud.databricks.com`, workspaceId: "1444828305810485" },
      ]),
    ),
    roles: Object.fromEntries(
      keys("role", roles).map((key, index) => [
        key,
        {
          trusts: [
            {
              issuer: "issuer-0",
              servicePrincipals: [`6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`],
            },
          ],
          managedPolicyArns: { read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" },
        },
      ]),
    ),
  };
}

function codesOf(input: unknown): readonly string[] {
  try {
    readFederation(input);
  } catch (error) {
    if (error instanceof InputError) return error.problems.map(({ code }) => code);
    throw error;
  }
  return [];
}

test("IAM takes 5,000 roles and 700 providers of an account", () => {
  expect(codesOf(federation(5000))).toEqual([]);
  expect(codesOf(federation(5001))).toEqual(["too-many-roles"]);
  expect(codesOf(federation(1, 700))).toEqual([]);
  expect(codesOf(federation(1, 701))).toEqual(["too-many-issuers"]);
});

test("the report of 1,000 roles with five named identities each stays under 3 MB", () => {
  const input = federation(1000) as { readonly roles: Readonly<Record<string, object>> };
  const roles = Object.entries(input.roles).map(([key, role], index) => [
    key,
    {
      ...role,
      trusts: [
        {
          issuer: "issuer-0",
          servicePrincipals: keys("6a9f1c2e-3b4d-4e5f-8a7b", 5).map(
            (id) => `${id.slice(0, 24)}${(index * 5 + Number(id.slice(24))).toString(16).padStart(12, "0")}`,
          ),
        },
      ],
      inlinePolicies: {
        lake: {
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: ["arn:aws:s3:::lake/*"] },
          ],
        },
      },
    },
  ]);
  const identities = Object.fromEntries(
    keys("team-etl", 5000).map((name, index) => [
      name,
      { servicePrincipal: `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}` },
    ]),
  );
  const view = reportView(readFederation({ ...input, identities, roles: Object.fromEntries(roles) }).federation, 0);
  expect(view.identities).toHaveLength(5000);
  expect(Buffer.byteLength(reportPage(view))).toBeLessThan(3_000_000);
});
