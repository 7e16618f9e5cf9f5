/** The trial against builders that mix up what the federation says, or add a door: each must be found. */
import { parseFederation } from "../../src/federation";
import type * as AccountViews from "../../src/federation/account-view";
import { prove } from "../../src/prove/prove";
import type { TrustPolicy } from "../../src/trust/policy";

type Lists = Record<string, string[]>;
interface Statement {
  Effect: string;
  Action: string[];
  Principal: Lists;
  Condition: Record<string, Lists>;
}

let broken: (statements: Statement[], role: string) => void = () => undefined;

jest.mock("../../src/federation/account-view", () => {
  const real = jest.requireActual<typeof AccountViews>("../../src/federation/account-view");
  return {
    ...real,
    roleTrustPolicy: (...asked: Parameters<typeof real.roleTrustPolicy>): TrustPolicy => {
      const policy = JSON.parse(JSON.stringify(real.roleTrustPolicy(...asked))) as { Statement: Statement[] };
      broken(policy.Statement, asked[0].key);
      return policy as unknown as TrustPolicy;
    },
  };
});
afterEach(() => {
  broken = () => undefined;
});

const [FIRST, SECOND, WRITER] = [
  "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
  "1f0e9d8c-7b6a-4594-8372-615049382716",
  "2f0e9d8c-7b6a-4594-8372-615049382716",
];
const OTHER_ID = "1b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const WORKSPACE = "mycompany.cloud.databricks.com/oidc";
const COMPANY = "accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const { federation } = parseFederation(
  `
name: lakehouse
emailDomains: [data.example.com]
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485", ` +
    `audiences: ["1444828305810485", second] }
  company: { level: account, accountId: 7d3c2b1a-0f5e-4c8d-9a6b-123456789012 }
roles:
  reader:
    trusts:
      - { issuer: production, servicePrincipals: [${FIRST}], conditions: [{ test: IpAddress, variable: ` +
    `"aws:SourceIp", values: [203.0.113.0/24] }] }
      - { issuer: production, servicePrincipals: [${SECOND}], conditions: [{ test: IpAddress, variable: ` +
    `"aws:SourceIp", values: [198.51.100.0/24] }] }
      - { issuer: company, users: [alice@example.com], subjectPatterns: ["*@data.example.com"] }
  writer:
    trusts:
      - { issuer: production, servicePrincipals: [${WRITER}] }
      - { unityCatalog: { externalIds: [0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b] } }
  lake:
    trusts: [{ unityCatalog: { externalIds: [${OTHER_ID}] } }]
`,
);
const proofOf = () => prove(federation, { seed: 1, count: 100, now: 1_757_600_000 });

const of =
  (role: string, change: (statements: Statement[]) => void) =>
  (statements: Statement[], key: string): void => {
    if (key === role) change(statements);
  };
const adding = (role: string, principal: Lists, action: string, condition: Statement["Condition"] = {}) =>
  of(role, (statements) => {
    statements.push({ Effect: "Allow", Action: [action], Principal: principal, Condition: condition });
  });
const block = (statement: Statement | undefined, operator: string): Lists => statement?.Condition[operator] ?? {};
const networks = (change: (blocks: string[]) => string[]) =>
  of("reader", (statements) => {
    for (const { Condition } of statements)
      if (Condition["IpAddress"] !== undefined)
        Condition["IpAddress"] = { "aws:SourceIp": change(Condition["IpAddress"]["aws:SourceIp"] ?? []) };
  });
const pattern = (text: string) =>
  of("reader", (statements) => {
    block(statements[3], "StringLike")[`${COMPANY}:sub`] = [text];
  });

test.each<readonly [string, typeof broken]>([
  [
    "forgets the audience",
    of("reader", (statements) => {
      delete block(statements[0], "StringEquals")[`${WORKSPACE}:aud`];
    }),
  ],
  [
    "asks for every audience there is",
    of("writer", (statements) => {
      block(statements[0], "StringEquals")[`${WORKSPACE}:aud`]?.push("second");
    }),
  ],
  ["takes two trusts' networks together", networks(() => ["203.0.113.0/24", "198.51.100.0/24"])],
  ["makes a network twice as wide", networks((blocks) => blocks.map((one) => one.replace("/24", "/23")))],
  [
    "takes one issuer's subject from another",
    of("reader", (statements) => {
      block(statements[2], "StringEquals")[`${COMPANY}:sub`]?.push(FIRST ?? "");
    }),
  ],
  [
    "takes another role's subject",
    of("writer", (statements) => {
      block(statements[0], "StringEquals")[`${WORKSPACE}:sub`]?.push(SECOND ?? "");
    }),
  ],
  [
    "takes another role's external ID",
    of("writer", (statements) => {
      for (const statement of statements) block(statement, "StringEquals")["sts:ExternalId"]?.push(OTHER_ID);
    }),
  ],
  ["loses a pattern's @", pattern("*data.example.com")],
  ["lets subdomains into a pattern", pattern("*@*data.example.com")],
  ["leaves a pattern's end open", pattern("*@data.example.*")],
  [
    "trusts an issuer without conditions",
    adding(
      "writer",
      { Federated: [`arn:aws:iam::111122223333:oidc-provider/${COMPANY}`] },
      "sts:AssumeRoleWithWebIdentity",
    ),
  ],
  ["trusts every federation", adding("reader", { Federated: ["*"] }, "sts:AssumeRoleWithWebIdentity")],
  ["trusts all of AWS", adding("reader", { AWS: ["*"] }, "sts:AssumeRole")],
  ["trusts the whole account", adding("reader", { AWS: ["arn:aws:iam::111122223333:root"] }, "sts:AssumeRole")],
  ["trusts a service", adding("lake", { Service: ["ec2.amazonaws.com"] }, "sts:AssumeRole")],
  [
    "decides by what only the call knows",
    adding(
      "reader",
      { Federated: [`arn:aws:iam::111122223333:oidc-provider/${WORKSPACE}`] },
      "sts:AssumeRoleWithWebIdentity",
      { StringLike: { [`${WORKSPACE}:sub`]: ["${aws:PrincipalTag/team}"] } },
    ),
  ],
  [
    "lets session tags in unasked",
    of("reader", (statements) => {
      statements[0]?.Action.push("sts:TagSession");
    }),
  ],
])("a builder that %s is found", async (_name, change) => {
  broken = change;
  const proof = await proofOf();
  expect(proof.holds).toBe(false);
  expect(proof.roles.some(({ undeclared }) => undeclared.length > 0)).toBe(true);
});

test("the true builder is proven", async () => {
  expect((await proofOf()).holds).toBe(true);
});
