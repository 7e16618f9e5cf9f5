/** The trial against builders that make a wrong policy: each must be found, with somebody to show for it. */
import { parseFederation } from "../../src/federation";
import type * as AccountViews from "../../src/federation/account-view";
import { prove } from "../../src/prove/prove";
import { proofText } from "../../src/prove/text";
import type { TrustPolicy, TrustStatement } from "../../src/trust/policy";

type Change = (statement: TrustStatement) => TrustStatement;
let broken: Change = (statement) => statement;

jest.mock("../../src/federation/account-view", () => {
  const real = jest.requireActual<typeof AccountViews>("../../src/federation/account-view");
  return {
    ...real,
    roleTrustPolicy: (...asked: Parameters<typeof real.roleTrustPolicy>): TrustPolicy => {
      const policy = real.roleTrustPolicy(...asked);
      return { ...policy, Statement: policy.Statement.map((statement) => broken(statement)) };
    },
  };
});
afterEach(() => {
  broken = (statement) => statement;
});

const { federation } = parseFederation(
  `
name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485", ` +
    `audiences: ["1444828305810485", second] }
roles:
  reader:
    trusts:
      - { issuer: production, servicePrincipals: [6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b], conditions: [{ test: ` +
    `IpAddress, variable: "aws:SourceIp", values: [203.0.113.0/24] }] }
  lake:
    trusts: [{ unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] } }]
`,
);
const proofOf = () => prove(federation, { seed: 1, count: 200, now: 1_757_600_000 });

/** The statement's guards under other operators, without those that `operators` maps to null. */
function under(operators: Readonly<Record<string, string | null>>): Change {
  return (statement) => ({
    ...statement,
    Condition: Object.fromEntries(
      Object.entries(statement.Condition).flatMap(([operator, keys]) => {
        const to = Object.hasOwn(operators, operator) ? operators[operator] : operator;
        return typeof to === "string" ? [[to, keys]] : [];
      }),
    ),
  });
}
/** Without the condition key that ends so. */
function without(ending: string): Change {
  return (statement) => ({
    ...statement,
    Condition: Object.fromEntries(
      Object.entries(statement.Condition).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).filter(([key]) => !key.endsWith(ending))),
      ]),
    ),
  });
}
function withValues(ending: string, change: (value: string) => string, operator?: string): Change {
  return (statement) => ({
    ...statement,
    Condition: Object.fromEntries(
      Object.entries(statement.Condition).map(([name, keys]) => [
        name === "StringEquals" ? (operator ?? name) : name,
        Object.fromEntries(
          Object.entries(keys).map(([key, values]) => [key, key.endsWith(ending) ? values.map(change) : values]),
        ),
      ]),
    ),
  });
}

test.each<readonly [string, Change, string]>([
  ["forgets the subject", without(":sub"), "reader"],
  ["forgets the network", under({ IpAddress: null }), "reader"],
  ["asks for the network only where there is one", under({ IpAddress: "IpAddressIfExists" }), "reader"],
  ["forgets every condition", (statement) => ({ ...statement, Condition: {} }), "reader"],
  ["ignores case", under({ StringEquals: "StringEqualsIgnoreCase" }), "reader"],
  ["cuts the subject short", withValues(":sub", (value) => `${value.slice(0, 8)}*`, "StringLike"), "reader"],
  ["opens the subject's end", withValues(":sub", (value) => `${value}*`, "StringLike"), "reader"],
  ["forgets the external ID", without("sts:ExternalId"), "lake"],
  ["forgets that the role assumes itself alone", without("aws:PrincipalArn"), "lake"],
])("a builder that %s is found, and who gets in is printed in full", async (_name, change, role) => {
  broken = change;
  const proof = await proofOf();
  const found = proof.roles.find((candidate) => candidate.role === role);
  expect(proof.holds).toBe(false);
  expect(found?.undeclared.length).toBeGreaterThan(0);
  expect(proofText(proof)).toContain("gets in, but is not declared");
});

test.each<readonly [string, Change]>([
  ["turns the guards round", under({ StringEquals: "StringNotEquals" })],
  ["writes the subject in capitals", withValues(":sub", (value) => value.toUpperCase())],
  ["asks for another audience", withValues(":aud", () => "sts.amazonaws.com")],
  ["names another action", (statement) => ({ ...statement, Action: ["sts:AssumeRoleWithSAML"] })],
  [
    "names another provider",
    (statement) => ({
      ...statement,
      Principal: { Federated: ["arn:aws:iam::111122223333:oidc-provider/other.example.com"] },
    }),
  ],
])("a builder that %s is found by whom it shuts out", async (_name, change) => {
  broken = change;
  const proof = await proofOf();
  expect(proof.holds).toBe(false);
  expect(proof.roles[0]).toMatchObject({ declaredIn: 0 });
});

test("the true builder is proven", async () => {
  expect((await proofOf()).holds).toBe(true);
});
