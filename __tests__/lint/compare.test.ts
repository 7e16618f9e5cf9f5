import { accountView, readFederation } from "../../src/federation";
import { compareTargets } from "../../src/lint/compare";
import { targetOfAccount } from "../../src/lint/lint-federation";
import { identityText } from "../../src/lint/output/text";
import { readDocument } from "../../src/lint/read-document";
import type { LintReport } from "../../src/lint/lint-documents";
import { lintDocuments, lintExitCode } from "../../src/lint/lint-documents";
import { planOf, resourceChange, trustText } from "../support/plan-json";

const ISSUER = "mycompany.cloud.databricks.com/oidc";
const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";
const PROVIDER = { url: `https://${ISSUER}`, client_id_list: ["1"] };
const office = (...blocks: readonly string[]): Readonly<Record<string, unknown>> => ({
  IpAddress: { "aws:SourceIp": blocks },
});

const roleWith = (trust: string): Readonly<Record<string, unknown>> => ({
  name: "reader",
  assume_role_policy: trust,
  max_session_duration: 3600,
  permissions_boundary: null,
});
const trust = (subjects: readonly string[], more: Readonly<Record<string, unknown>> = {}): string =>
  trustText(ISSUER, "1", subjects, more);

const ec2 = (principal: unknown = { Service: "ec2.amazonaws.com" }): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: principal }],
  });

async function reportOf(
  before: string | null,
  after: string | null,
  provider: { readonly before: typeof PROVIDER | null; readonly after: typeof PROVIDER | null } = {
    before: PROVIDER,
    after: PROVIDER,
  },
): Promise<LintReport> {
  const plan = planOf(
    [
      resourceChange("aws_iam_openid_connect_provider.p", provider.before, provider.after),
      resourceChange(
        "aws_iam_role.r",
        before === null ? null : roleWith(before),
        after === null ? null : roleWith(after),
      ),
    ].filter((change) => JSON.stringify(change).includes('null,"after":null') === false),
  );
  return lintDocuments([{ file: "plan", document: await readDocument(JSON.stringify(plan), "plan") }]);
}

function summaryOf(report: LintReport): readonly string[] {
  return report.changes.flatMap(({ change, gained, lost }) => [
    change,
    ...gained.map((identity) => `+ ${identityText(identity)}`),
    ...lost.map((identity) => `- ${identityText(identity)}`),
  ]);
}

const OF = "of https://mycompany.cloud.databricks.com/oidc, audience 1";

test.each([
  ["nothing changes", trust([READER]), trust([READER]), []],
  ["order and repeats change", trust([READER, WRITER]), trust([WRITER, READER, WRITER]), []],
  ["a subject is added", trust([READER]), trust([READER, WRITER]), ["changed", `+ ${WRITER} ${OF}`]],
  ["a subject is removed", trust([READER, WRITER]), trust([READER]), ["changed", `- ${WRITER} ${OF}`]],
  [
    "one is exchanged for another",
    trust([READER]),
    trust([WRITER]),
    ["changed", `+ ${WRITER} ${OF}`, `- ${READER} ${OF}`],
  ],
  [
    "a subject gives way to a pattern that covers it",
    trust(["a@data.example.com"]),
    trust(["*@data.example.com"]),
    ["changed", `+ identities that match "*@data.example.com", for example someone@data.example.com, ${OF}`],
  ],
  [
    "a pattern gives way to a subject it covers",
    trust(["*@data.example.com"]),
    trust(["a@data.example.com"]),
    ["changed", `- identities that match "*@data.example.com", for example someone@data.example.com, ${OF}`],
  ],
  ["a pattern is rewritten, and means the same", trust(["*@data.example.com"]), trust(["**@data.example.com"]), []],
  [
    "a pattern becomes wider",
    trust(["etl-*@data.example.com"]),
    trust(["*@data.example.com"]),
    ["changed", `+ identities that match "*@data.example.com", for example someone@data.example.com, ${OF}`],
  ],
  [
    "the subject's guard goes",
    trust([READER]),
    trust([READER]).replace(/,"[^"]*:sub":\[[^\]]*\]/, ""),
    ["changed", `+ anyone, for example someone, ${OF}`],
  ],
  [
    "a network is asked for",
    trust([READER]),
    trust([READER], office("203.0.113.0/24")),
    ["changed", `- ${READER} ${OF}, from anywhere`],
  ],
  [
    "the network is no longer asked for",
    trust([READER], office("203.0.113.0/24")),
    trust([READER]),
    ["changed", `+ ${READER} ${OF}, from anywhere`],
  ],
  [
    "the network becomes wider",
    trust([READER], office("203.0.113.0/25")),
    trust([READER], office("203.0.113.0/24")),
    ["changed", `+ ${READER} ${OF}, with aws:SourceIp 203.0.113.128`],
  ],
  [
    "the network is written otherwise, and means the same",
    trust([READER], office("203.0.113.0/24")),
    trust([READER], office("203.0.113.0/25", "203.0.113.128/25")),
    [],
  ],
  ["the role is made", null, trust([READER]), ["created", `+ ${READER} ${OF}`]],
  ["the role is deleted", trust([READER]), null, ["deleted", `- ${READER} ${OF}`]],
  [
    "the subject's case no longer counts",
    trust(["a@data.example.com"]),
    trust(["a@data.example.com"]).replace(
      /("[^"]*:aud":\["1"\]),("[^"]*:sub":\[[^\]]*\])/,
      '$1},"StringEqualsIgnoreCase":{$2',
    ),
    ["changed", `+ A@DATA.EXAMPLE.COM ${OF}`],
  ],
  [
    "an IPv6 network becomes wider",
    trust([READER], office("2001:db8::/48")),
    trust([READER], office("2001:db8::/32")),
    ["changed", `+ ${READER} ${OF}, with aws:SourceIp 2001:db8:1::`],
  ],
  [
    "the gap between two networks is let in",
    trust([READER], office("203.0.113.0/26", "203.0.113.192/26")),
    trust([READER], office("203.0.113.0/24")),
    ["changed", `+ ${READER} ${OF}, with aws:SourceIp 203.0.113.64`],
  ],
  [
    "the role is given to a service instead",
    trust([READER]),
    ec2(),
    ["changed", "+ Service ec2.amazonaws.com", `- ${READER} ${OF}`],
  ],
  ["anybody at AWS is let in instead", trust([READER]), ec2({ AWS: "*" }), ["changed", "+ *", `- ${READER} ${OF}`]],
])("when %s, that is what is reported", async (_, before, after, expected) => {
  const report = await reportOf(before, after);
  expect(summaryOf(report)).toEqual(expected);
  expect(report.widened).toBe(expected.some((line) => line.startsWith("+")));
  expect(lintExitCode({ ...report, errors: 0 }, { failOnWidening: true })).toBe(report.widened ? 1 : 0);
  expect(lintExitCode({ ...report, errors: 0 }, {})).toBe(0);
});

test("a Deny that goes lets people in", async () => {
  const deny = {
    Effect: "Deny",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
    Condition: { StringEquals: { [`${ISSUER}:sub`]: WRITER } },
  };
  const both = trust([READER, WRITER]);
  const policy = JSON.parse(both) as { Statement: readonly unknown[] };
  const denied = JSON.stringify({ ...policy, Statement: [...policy.Statement, deny] });
  expect(summaryOf(await reportOf(denied, both))).toEqual(["changed", `+ ${WRITER} ${OF}`]);
});

test("a Deny for some of those whom a pattern lets in is missed when it goes", async () => {
  const [allow] = (
    JSON.parse(trust(["*@data.example.com"])) as { readonly Statement: readonly [Readonly<Record<string, unknown>>] }
  ).Statement;
  const deny = { ...allow, Effect: "Deny", Condition: { StringLike: { [`${ISSUER}:sub`]: "contractor-*" } } };
  const policy = (...statements: readonly unknown[]): string =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements });
  expect(summaryOf(await reportOf(policy(allow, deny), policy(allow)))).toEqual([
    "changed",
    `+ identities that match "*@data.example.com", for example contractor-@data.example.com, ${OF}`,
  ]);
});

test("an audience the provider comes to register lets those in who ask for it", async () => {
  expect(
    summaryOf(
      await reportOf(trust([READER]), trust([READER]), {
        before: { ...PROVIDER, client_id_list: ["2"] },
        after: PROVIDER,
      }),
    ),
  ).toEqual(["changed", `+ ${READER} ${OF}`]);
});

test("a provider that is made or deleted decides for the roles that trusted it already", async () => {
  expect(summaryOf(await reportOf(trust([READER]), trust([READER]), { before: null, after: PROVIDER }))).toEqual([
    "changed",
    `+ ${READER} ${OF}`,
  ]);
  expect(summaryOf(await reportOf(trust([READER]), trust([READER]), { before: PROVIDER, after: null }))).toEqual([
    "changed",
    `- ${READER} ${OF}`,
  ]);
});

test.each([
  ["not known yet", undefined, undefined],
  ["known", "111122223333", "444455556666"],
])(
  "of an issuer's providers in two accounts that are %s the right one counts, wherever it stands",
  async (_, here, there) => {
    const provider = (account: string | undefined, ...ids: readonly string[]): Readonly<Record<string, unknown>> => ({
      ...PROVIDER,
      client_id_list: ids,
      ...(account === undefined ? {} : { arn: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` }),
    });
    const role = roleWith(trustText(ISSUER, "2", [READER]));
    const changes = [
      resourceChange("aws_iam_openid_connect_provider.own", provider(here, "1"), provider(here, "1", "2")),
      resourceChange("aws_iam_openid_connect_provider.other", provider(there, "1"), provider(there, "1")),
      resourceChange("aws_iam_role.r", role, role),
    ];
    for (const ordered of [changes, [...changes].reverse()]) {
      const document = await readDocument(JSON.stringify(planOf(ordered)), "plan");
      expect(summaryOf(lintDocuments([{ file: "plan", document }]))).toEqual([
        "changed",
        `+ ${READER} of https://${ISSUER}, audience 2`,
      ]);
    }
  },
);

test("a provider that is made counts though another account has one of the same issuer", async () => {
  const there = { ...PROVIDER, arn: `arn:aws:iam::444455556666:oidc-provider/${ISSUER}` };
  const role = roleWith(trust([READER]));
  const plan = planOf([
    resourceChange("aws_iam_openid_connect_provider.there", there, there),
    resourceChange("aws_iam_openid_connect_provider.here", null, PROVIDER),
    resourceChange("aws_iam_role.r", role, role),
  ]);
  const document = await readDocument(JSON.stringify(plan), "plan");
  expect(summaryOf(lintDocuments([{ file: "plan", document }]))).toEqual(["changed", `+ ${READER} ${OF}`]);
});

test("an audience nobody asks for lets in as soon as the provider registers it", async () => {
  const careless = trust([READER]).replace(/"[^"]*:aud":\["1"\],/, "");
  const two = { ...PROVIDER, client_id_list: ["1", "2"] };
  const other = ["changed", `+ ${READER} of https://mycompany.cloud.databricks.com/oidc, audience 2`];
  expect(summaryOf(await reportOf(careless, careless, { before: PROVIDER, after: two }))).toEqual(other);
  expect(summaryOf(await reportOf(trust([READER]), careless, { before: two, after: two }))).toEqual(other);
});

test("what Terraform only forgets stays: nobody loses the role, and its provider is not deleted", async () => {
  const forget = (address: string, before: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
    ...resourceChange(address, before, null),
    change: { actions: ["forget"], before, after: null, after_unknown: {} },
  });
  const plan = planOf([
    forget("aws_iam_openid_connect_provider.p", PROVIDER),
    forget("aws_iam_role.r", roleWith(trust([READER]))),
    resourceChange("aws_iam_role.s", null, { ...roleWith(trust([READER])), name: "other" }),
  ]);
  const report = lintDocuments([{ file: "plan", document: await readDocument(JSON.stringify(plan), "plan") }]);
  expect(report.changes.map(({ role, change }) => [role, change])).toEqual([["aws_iam_role.s", "created"]]);
  expect(report.findings).toEqual([]);
});

test("roles of one name in two accounts are distinguished by their places", async () => {
  const wide = trust(["*@data.example.com"]);
  const plan = planOf([
    resourceChange("aws_iam_openid_connect_provider.p", PROVIDER, PROVIDER),
    resourceChange("aws_iam_role.here", roleWith(trust([READER])), roleWith(wide)),
    resourceChange("aws_iam_role.there", roleWith(wide), null),
  ]);
  const report = lintDocuments([{ file: "plan", document: await readDocument(JSON.stringify(plan), "plan") }]);
  expect(report.changes.map(({ role, change, gained }) => [role, change, gained.length])).toEqual([
    ["aws_iam_role.here", "changed", 1],
    ["aws_iam_role.there", "deleted", 0],
  ]);
});

test(
  "a trust policy that is only known after apply counts as wider, where there was one for Databricks or a " +
    "provider stands beside it",
  async () => {
    const report = async (before: string | null, provider: typeof PROVIDER | null): Promise<readonly unknown[]> => {
      const { assume_role_policy: _, ...later } = roleWith("");
      const plan = planOf([
        ...(provider === null ? [] : [resourceChange("aws_iam_openid_connect_provider.p", provider, provider)]),
        resourceChange("aws_iam_role.r", before === null ? null : roleWith(before), later, {
          assume_role_policy: true,
        }),
      ]);
      const { changes, widened } = lintDocuments([
        { file: "plan", document: await readDocument(JSON.stringify(plan), "plan") },
      ]);
      return [widened, ...changes.map(({ change, gained }) => [change, ...gained.map(identityText)])];
    };
    const somebody = "undetermined caller: the trust policy is only known after apply";
    expect(await report(trust([READER]), PROVIDER)).toEqual([true, ["changed", somebody]]);
    expect(await report(trust([READER]), null)).toEqual([true, ["changed", somebody]]);
    expect(await report(null, PROVIDER)).toEqual([true, ["created", somebody]]);
    expect(await report(ec2(), null)).toEqual([false]);
  },
);

test("two federation files are compared by their roles' names, account by account", async () => {
  const federation = (roles: string): string => `name: lake
aws: { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } }
issuers: { production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1" } }
roles:
${roles}`;
  const role = (key: string, subject: string, more = ""): string =>
    `  ${key}: { ${more}trusts: [{ issuer: production, servicePrincipals: [${subject}] }] }\n`;
  const before = await readDocument(federation(role("reader", READER)), "before.yaml");
  const after = await readDocument(
    federation(role("renamed", READER, "name: reader, ") + role("writer", WRITER, "accounts: [prod], ")),
    "after.yaml",
  );
  const report = lintDocuments([{ file: "after.yaml", document: after }], { before });
  expect(report.changes.map(({ role: name, change }) => `${name} ${change}`)).toEqual(["roles.writer created"]);
});

test("a lone policy is compared with an older one, whatever their files are called", async () => {
  const before = await readDocument(trust([READER]), "old.json");
  const report = lintDocuments(
    [{ file: "new.json", document: await readDocument(trust([READER, WRITER]), "new.json") }],
    { before },
  );
  expect(summaryOf(report)).toEqual(["changed", `+ ${WRITER} ${OF}`]);
});

test("Unity Catalog's principals are compared too", async () => {
  const assume = (externalId: string): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { AWS: "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL" },
          Condition: { StringEquals: { "sts:ExternalId": externalId } },
        },
      ],
    });
  const report = await reportOf(assume("one"), assume("two"));
  expect(summaryOf(report)).toEqual([
    "changed",
    "+ arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL, with sts:ExternalId two",
    "- arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL, with sts:ExternalId one",
  ]);
});

test("policies that name very much are compared too: ten patterns cover the others", async () => {
  const networks = Array.from({ length: 10 }, (_, index) => `10.0.${index}.0/24`);
  const subjects = Array.from({ length: 110 }, (_, index) => `s${index}*`);
  const report = await reportOf(trust([READER]), trust(subjects, office(...networks)));
  expect(report.widened).toBe(true);
  expect(summaryOf(report)).toEqual([
    "changed",
    ...Array.from({ length: 10 }, (_, digit) =>
      expect.stringContaining(`+ identities that match "s${digit}*", for example s${digit}someone, of`),
    ),
    `- ${READER} ${OF}`,
  ]);
});

describe("lifting a suspension or a revocation", () => {
  const federation = (more: object): ReturnType<typeof targetOfAccount> => {
    const { federation: read } = readFederation({
      name: "lakehouse",
      aws: { accountId: "111122223333" },
      emailDomains: ["data.example.com"],
      issuers: {
        production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
      },
      roles: { reader: { trusts: [{ issuer: "production", subjectPatterns: ["*@data.example.com"] }] } },
      ...more,
    });
    const [account] = read.accounts;
    if (account === undefined) throw new RangeError("one account");
    return targetOfAccount(accountView(read, account));
  };
  const subjects = (before: object, after: object): readonly (readonly string[])[] =>
    compareTargets(federation(before), federation(after)).flatMap(({ gained, lost }) => [
      gained.map(({ subject }) => subject),
      lost.map(({ subject }) => subject),
    ]);
  const [earlier, later] = ["2026-01-01T00:00:00Z", "2026-01-31T12:00:00Z"];

  test("of a subject is a widening", () => {
    const [gained, lost] = subjects({ suspended: ["Bob@data.example.com"] }, {});
    expect(gained).toEqual(["*@data.example.com"]);
    expect(lost).toEqual([]);
  });

  test.each([
    ["removed", undefined, `sessions issued before ${later}`],
    ["set to an earlier moment", earlier, `sessions issued before ${later} and not before ${earlier}`],
  ])("of sessions is a widening where it is %s, and the other way a narrowing", (_, moment, says) => {
    const after = moment === undefined ? {} : { revokeSessionsBefore: moment };
    expect(subjects({ revokeSessionsBefore: later }, after)).toEqual([[says], []]);
    expect(subjects(after, { revokeSessionsBefore: later })).toEqual([[], [says]]);
  });
});
