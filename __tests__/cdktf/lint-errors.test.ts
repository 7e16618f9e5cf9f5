/** How often, and with what, the constructs run the rules of lint over a role. */
import { Testing } from "cdktf";
import { DatabricksFederation, DatabricksOidcProvider } from "../../src/cdktf";
import { lintErrorsOfRole } from "../../src/lint/lint-federation";
import { complaints, emptyStack } from "../support/synthesise";

jest.mock("../../src/lint/lint-federation", () => {
  const actual = jest.requireActual<typeof import("../../src/lint/lint-federation")>("../../src/lint/lint-federation");
  return { ...actual, lintErrorsOfRole: jest.fn(actual.lintErrorsOfRole) };
});

const linted = jest.mocked(lintErrorsOfRole);
const inAws = { awsAccountId: "111122223333", awsPartition: "aws" } as const;
const production = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const servicePrincipals = ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] as const;
const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";

beforeEach(() => linted.mockClear());

test("a role is linted once, however often a stack is synthesized, and again after a policy was added", () => {
  const stack = emptyStack();
  const federation = new DatabricksFederation(stack, "f", { ...inAws, issuers: { production } });
  const role = federation.addRole("r", { trusts: [{ issuer: "production", servicePrincipals }] });
  expect(complaints(stack)).toEqual([]);
  Testing.synth(stack);
  expect(linted).toHaveBeenCalledTimes(1);
  role.addManagedPolicy("all", ADMIN);
  expect(complaints(stack)).toEqual([expect.stringContaining("[admin-without-boundary]")]);
  expect(() => Testing.synth(stack)).toThrow(/admin-without-boundary/);
  expect(linted).toHaveBeenCalledTimes(2);
});

test("the rules know the provider construct of elsewhere that a role trusts", () => {
  const stack = emptyStack();
  const federation = new DatabricksFederation(stack, "f", { ...inAws, issuers: { production } });
  const host = "adb-1.2.azuredatabricks.net";
  const azure = new DatabricksOidcProvider(stack, "azure", { ...inAws, level: "workspace", host, workspaceId: "2" });
  federation.addRole("r", { trusts: [{ issuer: azure, servicePrincipals }] });
  expect(complaints(stack)).toEqual([]);
  expect(linted.mock.calls.map(([, , trust]) => Object.keys(trust.issuers))).toEqual([["production", "azure"]]);
});
