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

test("the report of 1,000 roles stays under 3 MB", () => {
  const page = reportPage(reportView(readFederation(federation(1000)).federation));
  expect(Buffer.byteLength(page)).toBeLessThan(3_000_000);
});
