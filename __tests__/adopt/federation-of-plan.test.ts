import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { federationOfPlan } from "../../src/adopt/federation-of-plan";
import type { FederationInput } from "../../src/federation";
import { accountView, inlinePoliciesOf, readFederation, roleTrustPolicy } from "../../src/federation";
import { roleArn, trustPolicyJson } from "../../src/trust/build";
import { callCli } from "../support/call-cli";
import { planOf, resourceChange, trustText } from "../support/plan-json";
import { fullFederation } from "../support/full-federation";
import { temporaryFolder } from "../support/temporary-folder";

const PATH = "mycompany.cloud.databricks.com/oidc";
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

/** The plan that deploys the first account of a federation. */
function planFor(input: FederationInput): string {
  const { federation } = readFederation(input);
  const [account] = federation.accounts;
  if (account === undefined || account.accountId === null) throw new Error("the account is named");
  const place = { partition: account.partition, accountId: account.accountId };
  const view = accountView(federation, account);
  return JSON.stringify(
    planOf([
      ...view.providers.map(({ issuer, arn }) =>
        resourceChange(`module.x.aws_iam_openid_connect_provider.this["${issuer.key}"]`, null, {
          arn,
          url: issuer.issuer,
          client_id_list: issuer.audiences,
        }),
      ),
      ...view.roles.flatMap((role) => {
        const at = `module.x.module.role["${role.key}"]`;
        return [
          resourceChange(`${at}.aws_iam_role.this`, null, {
            arn: roleArn(place, role),
            name: role.name,
            path: role.path,
            description: role.description,
            max_session_duration: role.maxSessionDuration,
            permissions_boundary: role.permissionsBoundaryArn,
            assume_role_policy: trustPolicyJson(roleTrustPolicy(role, view)),
          }),
          ...Object.entries(inlinePoliciesOf(role, view)).map(([name, policy]) => ({
            ...resourceChange(`${at}.aws_iam_role_policy.this["${name}"]`, null, {
              name,
              role: role.name,
              policy: JSON.stringify(policy),
            }),
            type: "aws_iam_role_policy",
          })),
        ];
      }),
    ]),
  );
}

test("the plan of a federation gives the same trust policies and settings of every role again", () => {
  const { federation } = readFederation(fullFederation);
  const { federation: planned, notes } = federationOfPlan(planFor(fullFederation), "plan.json");
  const seen = (of: typeof federation) => {
    const [account] = of.accounts;
    if (account === undefined) throw new Error("there is one");
    const view = accountView(of, account);
    return view.roles.map((role) => ({
      name: role.name,
      path: role.path,
      session: role.maxSessionDuration,
      boundary: role.permissionsBoundaryArn,
      inline: inlinePoliciesOf(role, view),
      trust: trustPolicyJson(roleTrustPolicy(role, view)),
    }));
  };
  expect(seen(planned)).toEqual(seen(federation));
  expect(notes).toEqual([]);
  expect(planned.name).toBe("plan");
  expect(Object.values(planned.issuers).map(({ issuer, audiences }) => [issuer, audiences])).toEqual(
    Object.values(federation.issuers).map(({ issuer, audiences }) => [issuer, audiences]),
  );
});

test("roles of several AWS accounts are placed in theirs, also two of one name", () => {
  const role = (address: string, account: string) =>
    resourceChange(address, null, {
      arn: `arn:aws:iam::${account}:role/reader`,
      name: "reader",
      path: "/",
      assume_role_policy: trustText(PATH, "1444828305810485", [READER]).replaceAll("111122223333", account),
    });
  const { federation } = federationOfPlan(
    JSON.stringify(planOf([role("aws_iam_role.a", "111122223333"), role("aws_iam_role.b", "444455556666")])),
    "state.json",
  );
  expect(federation.roles.map(({ name, accounts }) => [name, accounts])).toEqual([
    ["reader", ["account-111122223333"]],
    ["reader", ["account-444455556666"]],
  ]);
});

const ARN = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;
const statement = (change: Readonly<Record<string, unknown>>) => ({
  Effect: "Allow",
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: ARN },
  Condition: { StringEquals: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: READER } },
  ...change,
});

test.each<[string, object, RegExp]>([
  ["a Deny", statement({ Effect: "Deny" }), /Statement\[1\] is not a plain Allow/],
  ["any action", statement({ Action: "sts:*" }), /allows other requests/],
  ["a second principal", statement({ Principal: { Federated: [ARN, `${ARN}x`] } }), /exactly one OIDC provider/],
  ["an AWS principal", statement({ Principal: { AWS: "444455556666" }, Action: "sts:AssumeRole" }), /exactly one OIDC/],
])("a trust policy with %s is refused by name, instead of being taken for something else", (_what, second, why) => {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement({}), second] });
  const plan = planOf([resourceChange("aws_iam_role.r", null, { name: "r", path: "/", assume_role_policy: policy })]);
  expect(() => federationOfPlan(JSON.stringify(plan), "plan.json")).toThrow(why);
});

test("a trust policy that names no subject in a form of a federation is refused", () => {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      statement({
        Condition: { StringEqualsIfExists: { [`${PATH}:aud`]: "1444828305810485", [`${PATH}:sub`]: READER } },
      }),
    ],
  });
  const plan = planOf([resourceChange("aws_iam_role.r", null, { name: "r", path: "/", assume_role_policy: policy })]);
  expect(() => federationOfPlan(JSON.stringify(plan), "plan.json")).toThrow(
    /names no subject by StringEquals or StringLike.*\[trust-policy-unreadable\]/,
  );
});

test("a Unity Catalog role whose web identities are all suspended keeps its policy, with no one to lift it for", () => {
  const unityCatalog = { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] };
  const plan = planFor({
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [READER] }, { unityCatalog }] } },
    suspended: [READER],
  });
  const { federation } = federationOfPlan(plan, "plan.json");
  expect(federation.roles[0]?.trusts.map(({ kind }) => kind)).toEqual(["subjects", "unityCatalog"]);
  expect(federation.roles[0]?.suspendedSubjects).toEqual(["nobody"]);
  const [account] = federation.accounts;
  const [role] = federation.roles;
  if (account === undefined || role === undefined) throw new Error("one of each");
  expect(JSON.stringify(roleTrustPolicy(role, accountView(federation, account)))).toContain("aws:FederatedProvider");
});

describe("verbs with a plan instead of a federation file", () => {
  const folder = temporaryFolder("plan");
  const plan = join(folder, "plan.json");
  const claims = join(folder, "claims.json");
  const now = 1_780_000_000;
  writeFileSync(
    plan,
    JSON.stringify(
      planOf([
        resourceChange('aws_iam_openid_connect_provider.this["production"]', null, {
          url: `https://${PATH}`,
          client_id_list: ["1444828305810485"],
        }),
        resourceChange("aws_iam_role.r", null, {
          name: "lake-reader",
          path: "/",
          assume_role_policy: trustText(PATH, "1444828305810485", [READER]),
        }),
      ]),
    ),
  );
  writeFileSync(
    claims,
    JSON.stringify({ iss: `https://${PATH}`, sub: READER, aud: "1444828305810485", iat: now, exp: now + 3600 }),
  );

  test("prove tries the plan's roles", async () => {
    const { stdout } = await callCli("prove", "--plan", plan, "--json");
    expect(JSON.parse(stdout)).toMatchObject({ roles: [{ role: "lake-reader", shutOut: [], letIn: [] }] });
  });

  test("explain decides on a role of the plan", async () => {
    const { code, stdout } = await callCli(
      ...["explain", "--plan", plan, "--role", "lake-reader", "--claims", claims, "--now", String(now + 60), "--json"],
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { allowed: true, subject: READER }]);
  });

  test.each([[["--plan", plan]], [[plan]]])("report %j shows the plan", async (where) => {
    const { code, stdout } = await callCli("report", ...where, "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { roles: [{ key: "lake-reader" }], identities: [{ who: READER }] },
    ]);
  });

  test("report FILE shows a federation file, and refuses two files", async () => {
    const federation = join(__dirname, "..", "..", "federation.yaml");
    expect(JSON.parse((await callCli("report", federation, "--json")).stdout)).toMatchObject({ name: "lakehouse" });
    expect((await callCli("report", federation, "--plan", plan, "--json")).code).toBe(2);
  });

  test("generate client writes files for a role of the plan", async () => {
    const out = join(folder, "client");
    const { code } = await callCli(
      ...["generate", "client", "--plan", plan, "--role", "lake-reader", "--for", "notebook", "--out", out],
    );
    expect(code).toBe(0);
    expect(readdirSync(out).length).toBeGreaterThan(0);
  });

  test.each([["prove"], ["report"], ["doctor"], ["explain", "--role", "lake-reader"]])(
    "%s takes a plan or a federation file, not both",
    async (...verb) => {
      const { code, stdout } = await callCli(...verb, "--plan", plan, "--config", "federation.yaml", "--json");
      expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: "flags-conflict" } }]);
    },
  );

  test("doctor checks the issuers and the role of the plan", async () => {
    const { code, stdout } = await callCli("doctor", "--plan", plan, "--role", "nobody", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      2,
      { error: { code: "role-not-found", problems: [{ fix: "Use --role with one of: lake-reader." }] } },
    ]);
  });
});
