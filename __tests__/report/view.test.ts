import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAudit } from "../../src/audit/read-audit";
import { readFederation } from "../../src/federation";
import { accountView, roleTrustPolicy } from "../../src/federation/account-view";
import { reportPage } from "../../src/report/page";
import { reportView, UNKNOWN_ACCOUNT } from "../../src/report/view";
import { assumption, trailFile } from "../audit/trail";
import { temporaryFolder } from "../support/temporary-folder";
import { fullFederation, READER } from "../support/full-federation";

const NOW = 1_790_000_000;
const PRODUCTION = { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1" } as const;

test("every way into a role names the statement that lets in", () => {
  const { federation } = readFederation(fullFederation);
  const [account] = federation.accounts;
  if (account === undefined) throw new Error("no account");
  const seen = accountView(federation, account);
  const view = reportView(federation, NOW);
  expect(view.reaches.length).toBeGreaterThan(6);
  for (const reach of view.reaches) {
    const role = federation.roles.find(({ key }) => key === reach.role);
    const statement = role === undefined ? undefined : roleTrustPolicy(role, seen).Statement[reach.statement];
    const identity = view.identities[reach.identity];
    expect(JSON.stringify(statement)).toContain(JSON.stringify(identity?.who));
    for (const audience of reach.audiences) expect(JSON.stringify(statement)).toContain(JSON.stringify(audience));
    for (const condition of reach.conditions) expect(JSON.stringify(statement)).toContain(condition.split(" ")[1]);
  }
});

test("an identity that reaches several roles is one identity; the same subject of another issuer is another", () => {
  const trust = (issuer: string): object => ({ trusts: [{ issuer, servicePrincipals: [READER] }] });
  const view = reportView(
    readFederation({
      name: "lake",
      issuers: { production: PRODUCTION, other: { ...PRODUCTION, host: "other.cloud.databricks.com" } },
      roles: { one: trust("production"), two: trust("production"), three: trust("other") },
    }).federation,
    NOW,
  );
  expect(view.identities.map(({ who, issuer }) => [who, issuer])).toEqual([
    [READER, "production"],
    [READER, "other"],
  ]);
  expect(view.reaches.map(({ identity, role }) => [identity, role])).toEqual([
    [0, "one"],
    [0, "two"],
    [1, "three"],
  ]);
});

test("a subject of several issuers says so, and the words of a role name the one that is meant", () => {
  const trust = (issuer: string, ...users: string[]): object => ({ trusts: [{ issuer, users }] });
  const { identities, roles } = reportView(
    readFederation({
      name: "lake",
      issuers: { production: PRODUCTION, other: { ...PRODUCTION, host: "other.cloud.databricks.com" } },
      roles: {
        one: trust("production", "alice@example.com", "bob@example.com"),
        two: trust("other", "alice@example.com"),
      },
    }).federation,
    NOW,
  );
  expect(identities.map(({ who, issuer, ofSeveralIssuers }) => [who, issuer, ofSeveralIssuers])).toEqual([
    ["alice@example.com", "production", true],
    ["bob@example.com", "production", false],
    ["alice@example.com", "other", true],
  ]);
  const named = roles.map(({ callers }) =>
    callers.flatMap(({ words }) => words.filter((word) => typeof word !== "string")),
  );
  expect(named).toEqual([
    [
      { text: "alice@example.com", identity: 0 },
      { text: "bob@example.com", identity: 1 },
    ],
    [{ text: "alice@example.com", identity: 2 }],
  ]);
  for (const { callers } of roles)
    for (const { says, words } of callers)
      expect(words.map((word) => (typeof word === "string" ? word : word.text)).join("")).toBe(says);
});

test("a trail shows how often each identity of a role was seen and when last", async () => {
  const { federation } = readFederation({
    name: "lake",
    aws: { accountId: "111122223333" },
    issuers: { production: { ...PRODUCTION, workspaceId: "1444828305810485" } },
    emailDomains: ["data.example.com"],
    identities: { "nightly-etl": { servicePrincipal: READER } },
    roles: {
      "lake-reader": {
        trusts: [
          { issuer: "production", identities: ["nightly-etl"], users: ["eve@other.example.com"] },
          { issuer: "production", subjectPatterns: ["*@data.example.com"] },
        ],
      },
      unused: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] },
    },
  });
  const file = join(temporaryFolder("trail"), "trail.json");
  const at = (time: string, more = {}): object => assumption({ time, ...more });
  writeFileSync(
    file,
    trailFile([
      at("2026-03-30T08:00:00Z"),
      at("2026-03-31T08:00:00Z"),
      at("2026-03-29T08:00:00Z", { subject: "ann@data.example.com" }),
      at("2026-03-29T09:00:00Z", { subject: "bob@data.example.com" }),
      at("2026-03-31T09:00:00Z", { subject: "mallory@other.example.com" }),
      at("2026-03-31T09:30:00Z", { subject: READER, role: "unused", error: "AccessDenied" }),
    ]),
  );
  const view = reportView(federation, NOW, await readAudit(federation, [file], { days: 90 }));
  const whoOf = (id: number): string | undefined => view.identities[id]?.who;
  expect(view.reaches.map(({ role, identity, seen }) => [role, whoOf(identity), seen])).toEqual([
    ["lake-reader", READER, { count: 2, last: "2026-03-31T08:00:00Z" }],
    ["lake-reader", "eve@other.example.com", null],
    ["lake-reader", "*@data.example.com", { count: 2, last: "2026-03-29T09:00:00Z" }],
    ["unused", READER, null],
  ]);
  const page = reportPage(view);
  const section = page.slice(page.indexOf('<section id="trail"'), page.indexOf('<section id="findings"'));
  const [coverage, undeclared, refused, unseen] = section.split("<h3>");
  expect(coverage).toContain("<li>Read 6 records in 1 file</li>");
  expect(coverage).toContain("AWS account 111122223333: 2026-03-29 to 2026-03-31");
  expect(undeclared).toContain("mallory@other.example.com</span> of production assumed ");
  expect(refused).toContain(`${READER} (nightly-etl)</span> of production for <a href="#r1">unused</a>, 1 time`);
  expect(unseen).toContain("The trail has gaps, so they may be in use.");
  expect(unseen).toContain('<a href="#r1">unused</a>: no identity assumed it');
  expect(unseen).toContain("eve@other.example.com of production");
  expect(page).toContain('<span class="times">2 times, last 2026-03-31T08:00:00Z</span>');
  expect(page).toContain('<span class="badge">not seen</span>');
  expect(reportPage(reportView(federation, NOW))).not.toContain('id="trail"');
});

test("what a role may do is each statement of its policies, also those that say what is not meant", () => {
  const statements = (Statement: unknown): unknown =>
    reportView(
      readFederation({
        name: "lake",
        aws: { accountId: "111122223333" },
        issuers: { production: PRODUCTION },
        roles: {
          reader: {
            trusts: [{ issuer: "production", servicePrincipals: [READER] }],
            inlinePolicies: { lake: { Version: "2012-10-17", Statement } },
          },
        },
      }).federation,
      NOW,
    ).roles[0]?.permissions.inlinePolicies[0]?.statements;
  const plain = { notActions: [], notResources: [], conditions: [] };
  expect(statements({ Effect: "Allow", Action: "s3:*", Resource: "*" })).toEqual([
    { effect: "Allow", actions: ["s3:*"], resources: ["*"], ...plain },
  ]);
  expect(
    statements([
      { Effect: "Deny", NotAction: ["s3:Get*", "s3:List*"], NotResource: "arn:aws:s3:::lake/*" },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:PrincipalTag/team": ["data", "ml"] } },
      },
    ]),
  ).toEqual([
    {
      effect: "Deny",
      actions: [],
      notActions: ["s3:Get*", "s3:List*"],
      resources: [],
      notResources: ["arn:aws:s3:::lake/*"],
      conditions: [],
    },
    {
      effect: "Allow",
      actions: ["kms:Decrypt"],
      resources: ["*"],
      ...plain,
      conditions: ["StringEquals aws:PrincipalTag/team data, ml"],
    },
  ]);
});

test("an account that only AWS knows is said, not shown as a placeholder", () => {
  const view = reportView(
    readFederation({
      name: "lake",
      issuers: { production: PRODUCTION },
      roles: { reader: { trusts: [{ issuer: "production", servicePrincipals: [READER] }] } },
    }).federation,
    NOW,
  );
  expect(view.roles[0]?.arn).toBe(`arn:aws:iam::${UNKNOWN_ACCOUNT}:role/reader`);
  expect(JSON.stringify(view)).not.toMatch(/[\ue000-\uf8ff]/);
});

test("findings stand with their role, those let be with their reason, and those of suppressions with the whole", () => {
  const view = reportView(
    readFederation({
      name: "lake",
      issuers: { production: PRODUCTION },
      roles: {
        "a.b": { trusts: [{ issuer: "production", users: ["alice@example.com"] }] },
        quiet: {
          trusts: [{ issuer: "production", users: ["bob@example.com"] }],
          lint: [
            { ignore: "subject-email", reason: "Bob has no service principal." },
            { ignore: "session-long", reason: "It was long once." },
          ],
        },
      },
    }).federation,
    NOW,
  );
  expect(view.roles.map(({ key, findings }) => [key, findings.map(({ rule, ignored }) => [rule, ignored])])).toEqual([
    ["a.b", [["subject-email", null]]],
    ["quiet", [["subject-email", "Bob has no service principal."]]],
  ]);
  expect(view.findings.map(({ rule, path }) => [rule, path])).toEqual([["ignore-unused", "roles.quiet.lint[1]"]]);
});

test("whether a stored secret is part of the way is said for every identity", () => {
  const view = reportView(readFederation(fullFederation).federation, NOW);
  expect(Object.fromEntries(view.identities.map(({ kind, secret }) => [kind, secret]))).toEqual({
    "service principal": "sometimes",
    user: "never",
    "subject pattern": "unknown",
    "wide pattern": "unknown",
    subject: "unknown",
    "Unity Catalog": "never",
  });
});

test("a role shows every kind of caller, and its wide patterns with their reasons", () => {
  const { federation } = readFederation(fullFederation);
  const [role] = reportView(federation, NOW).roles;
  if (role === undefined) throw new Error("no role");
  expect(role.unsure).toBeNull();
  expect(role.callers).toContainEqual({
    words: expect.arrayContaining([{ text: '"team-*"', identity: 4 }]) as unknown,
    says:
      'anyone with a sub like "team-*" of ' +
      "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012, " +
      "audience 7d3c2b1a-0f5e-4c8d-9a6b-123456789012, from 203.0.113.0/24",
    statement: 3,
  });
  for (const { statement } of role.callers) expect(role.trustPolicy.Statement[statement]).toBeDefined();
  const kinds = role.callers.map(({ says }) => says).join("\n");
  for (const who of [READER, "alice@example.com", "*@data.example.com", "any <sub> & more", "UCMasterRole"])
    expect(kinds).toContain(who);
  expect(role.widePatterns).toEqual([{ pattern: "team-*", reason: "Every group of this name may read ${lake}." }]);
  const page = reportPage(reportView(federation, NOW));
  expect(page).toContain("<code>team-*</code>: “Every group of this name may read ${lake}.”");
  expect(page).toContain("any &lt;sub&gt; &amp; more");
});

test("a role that nobody can assume says so", () => {
  const { federation } = readFederation({
    name: "lake",
    issuers: { production: PRODUCTION },
    roles: {
      reader: {
        trusts: [
          {
            issuer: "production",
            servicePrincipals: [READER],
            conditions: [{ test: "Null", variable: "aws:PrincipalType", values: ["true"] }],
          },
        ],
      },
    },
  });
  expect(reportView(federation, NOW).roles[0]?.callers).toEqual([]);
  expect(reportPage(reportView(federation, NOW))).toContain('<p class="muted">Nobody.</p>');
});
