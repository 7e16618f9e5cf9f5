import { TerraformStack } from "cdktf";
import type { DatabricksFederationProps, RoleProps } from "../../src/cdktf";
import {
  DatabricksFederatedRole,
  DatabricksFederation,
  DatabricksOidcProvider,
  FederationStack,
  readFederation,
} from "../../src/cdktf";
import { codes, complaints, emptyStack } from "../support/synthesise";

const PRODUCTION = {
  level: "workspace",
  host: "mycompany.cloud.databricks.com",
  workspaceId: "1444828305810485",
} as const;
const ADMIN: RoleProps = {
  managedPolicyArns: { all: "arn:aws:iam::aws:policy/AdministratorAccess" },
  trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }],
};
const REASON = "A break-glass role, watched by an alarm.";

function complaintsOf(props: Omit<DatabricksFederationProps, "issuers">): readonly string[] {
  const stack = emptyStack();
  new DatabricksFederation(stack, "lake", { issuers: { production: PRODUCTION }, ...props });
  return complaints(stack);
}

test("an error of lint is an error at synthesis, with its place, its fix and its rule", () => {
  expect(complaintsOf({ roles: { admin: ADMIN } })).toEqual([
    'roles.admin: "arn:aws:iam::aws:policy/AdministratorAccess" allows everything, and no permissions boundary ' +
      "limits it. Grant what the jobs need, or set permissionsBoundaryArn. [admin-without-boundary]",
  ]);
});

test("a written reason on the role or on the federation lets it be", () => {
  expect(
    complaintsOf({ roles: { admin: { ...ADMIN, lint: [{ ignore: "admin-without-boundary", reason: REASON }] } } }),
  ).toEqual([]);
  expect(
    complaintsOf({ roles: { admin: ADMIN }, lint: [{ ignore: "admin-without-boundary", reason: REASON }] }),
  ).toEqual([]);
  expect(
    codes(
      complaintsOf({
        roles: {
          admin: {
            ...ADMIN,
            permissionsBoundaryArn: "arn:aws:iam::aws:policy/boundary",
            lint: [{ ignore: "admin", reason: REASON }],
          },
        },
      }),
    ),
  ).toEqual(["ignore-unknown"]);
});

test("warnings stop nothing", () => {
  expect(
    complaintsOf({
      roles: { user: { maxSessionDuration: "1h", trusts: [{ issuer: "production", users: ["alice@example.com"] }] } },
    }),
  ).toEqual([]);
});

test("a role by itself and a federation file are checked alike", () => {
  const stack = emptyStack();
  const production = new DatabricksOidcProvider(stack, "production", PRODUCTION);
  new DatabricksFederatedRole(stack, "admin", { ...ADMIN, providers: { production } });
  expect(codes(complaints(stack))).toEqual(["admin-without-boundary"]);

  const { federation } = readFederation({
    name: "lake",
    aws: { accountId: "111122223333" },
    issuers: { production: PRODUCTION },
    roles: { admin: { ...ADMIN } },
  });
  expect(codes(complaints(new FederationStack(stack, federation)))).toEqual(["admin-without-boundary"]);
});

test("a provider adopted by a token is not reported as another", () => {
  const stack = emptyStack();
  const other = new TerraformStack(stack.node.root, "other");
  const arn = new DatabricksOidcProvider(other, "made", PRODUCTION).resource?.arn ?? "";
  new DatabricksFederation(stack, "lake", {
    issuers: { production: { ...PRODUCTION, existingProviderArn: arn } },
    roles: { reader: { trusts: ADMIN.trusts } },
  });
  expect(complaints(stack)).toEqual([]);
});
