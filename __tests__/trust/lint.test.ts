import fc from "fast-check";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import {
  AUD,
  EXAMPLE_ARN,
  EXAMPLE_AUDIENCE,
  EXAMPLE_ISSUER,
  EXAMPLE_SUBJECT,
  GUARDS,
  OTHER_SUBJECT,
  policyOf,
  statement,
  SUB,
  targetOf,
} from "../../src/lint/examples";
import { lintTarget } from "../../src/lint/run-rules";
import type { LintRole } from "../../src/trust/parsed/target";
import { runs } from "../support/runs";

/** IDs of the standing findings, in order, each once. */
function rulesOf(policy: unknown, role: Partial<LintRole> = {}): readonly string[] {
  return [
    ...new Set(
      lintTarget(targetOf({ policy, ...role }))
        .filter((finding) => finding.ignored === null)
        .map((finding) => finding.rule),
    ),
  ];
}

/** Nobody declared: other customers' service principals, and addresses that anyone can have. */
const OUTSIDERS: readonly string[] = [
  ...Array.from({ length: 256 }, (_, byte) => {
    const hex = byte.toString(16).padStart(2, "0");
    return `${hex}9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a${((byte * 167 + 13) % 256).toString(16).padStart(2, "0")}`;
  }),
  ...["gmail.com", "yahoo.fr", "mail.ru", "163.com", "example.dev"].flatMap((domain) => [
    `mallory@${domain}`,
    `m.allory-2@${domain}`,
  ]),
];

const MASTER = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL";
const assumeRole = (
  principal: string,
  condition: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({
  Effect: "Allow",
  Action: "sts:AssumeRole",
  Principal: { AWS: principal },
  Condition: condition,
});
const EXTERNAL_ID = { StringEquals: { "sts:ExternalId": "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b" } };
const ITSELF = { ...EXTERNAL_ID, ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/lake-reader" } };
const ROOT = "arn:aws:iam::111122223333:root";

describe("Unity Catalog", () => {
  test("its exact pair of statements is exempt, alone or beside web identity", () => {
    const pair = [assumeRole(MASTER, EXTERNAL_ID), assumeRole(ROOT, ITSELF)];
    expect(rulesOf(policyOf(...pair))).toEqual([]);
    const chained = { ...ITSELF, Null: { "aws:FederatedProvider": "true" } };
    expect(rulesOf(policyOf(statement(), assumeRole(MASTER, EXTERNAL_ID), assumeRole(ROOT, chained)))).toEqual([]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["our statement for the role itself", assumeRole(ROOT, ITSELF)],
    ["the account's root", assumeRole(ROOT, EXTERNAL_ID)],
    ["the role itself", assumeRole("arn:aws:iam::111122223333:role/lake-reader", EXTERNAL_ID)],
    ["the role below a path", assumeRole("arn:aws:iam::111122223333:role/databricks/lake-reader", {})],
    [
      "roles by a pattern",
      assumeRole(ROOT, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/lake*" } }),
    ],
    ["everybody", assumeRole("*", { StringEquals: { "aws:PrincipalAccount": "111122223333" } })],
    ["a condition for users", assumeRole(ROOT, { ...ITSELF, Null: { "aws:FederatedProvider": "false" } })],
    ["a condition of other providers", assumeRole(ROOT, { StringNotEquals: { "aws:FederatedProvider": "other" } })],
  ])("beside web identity a session renews itself by a statement for %s", (_, self) => {
    expect(rulesOf(policyOf(statement(), self))).toContain("session-renews-itself");
    expect(rulesOf(policyOf(self))).not.toContain("session-renews-itself");
    const chained = { ...(self["Condition"] as object), Null: { "aws:FederatedProvider": "true" } };
    expect(rulesOf(policyOf(statement(), { ...self, Condition: chained }))).not.toContain("session-renews-itself");
  });

  test("by Databricks' one statement too, also where the role's name is not known", () => {
    const names = [MASTER, "arn:aws:iam::111122223333:role/lake-reader"];
    const one = { ...assumeRole("", EXTERNAL_ID), Principal: { AWS: names } };
    expect(rulesOf(policyOf(one))).toEqual([]);
    expect(rulesOf(policyOf(statement(), one))).toEqual(["session-renews-itself"]);
    expect(rulesOf(policyOf(statement(), one), { name: null, accountId: null })).toEqual(["session-renews-itself"]);
    expect(
      rulesOf(policyOf(statement(), assumeRole(MASTER, EXTERNAL_ID), assumeRole(ROOT, ITSELF)), { name: null }),
    ).toEqual(["session-renews-itself"]);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["another role", assumeRole("arn:aws:iam::111122223333:role/other", {})],
    ["a role of another account", assumeRole("arn:aws:iam::444455556666:role/lake-reader", {})],
    ["a user", assumeRole("arn:aws:iam::111122223333:user/lake-reader", {})],
    ["another action", { ...assumeRole(ROOT, {}), Action: "sts:TagSession" }],
  ])("but not by a statement for %s", (_, other) => {
    expect(rulesOf(policyOf(statement(), other))).not.toContain("session-renews-itself");
  });

  test.each([
    ["without the role itself", [assumeRole(MASTER, EXTERNAL_ID)]],
    ["without an external ID", [assumeRole(MASTER, {}), assumeRole(ROOT, ITSELF)]],
    [
      "with another's role",
      [assumeRole("arn:aws:iam::444455556666:role/unity-catalog", EXTERNAL_ID), assumeRole(ROOT, ITSELF)],
    ],
    [
      "with a wildcard for the role itself",
      [
        assumeRole(MASTER, EXTERNAL_ID),
        assumeRole(ROOT, { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/*" } }),
      ],
    ],
    [
      "with another account's root",
      [
        assumeRole(MASTER, EXTERNAL_ID),
        assumeRole("arn:aws:iam::444455556666:root", {
          ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::444455556666:role/lake-reader" },
        }),
      ],
    ],
    [
      "with an action more",
      [{ ...assumeRole(MASTER, EXTERNAL_ID), Action: ["sts:AssumeRole", "sts:TagSession"] }, assumeRole(ROOT, ITSELF)],
    ],
  ])("the pair %s is not", (_, statements) => {
    expect(rulesOf(policyOf(...statements))).toEqual(
      expect.arrayContaining(["principal-not-oidc-provider", "action-not-web-identity"]),
    );
  });
});

describe("patterns are checked by trying", () => {
  const like = (pattern: string): unknown =>
    policyOf(statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringLike: { [SUB]: pattern } } }));

  test.each(["*@*", "*-*", "????????-????-????-????-????????????", "*@gmail.com", "a*", "alice@*", "*4*", "*.com"])(
    "%s lets strangers in",
    (pattern) => {
      expect(rulesOf(like(pattern))).toContain("subject-outsider");
    },
  );

  test.each(["*", "?*", "**", "*?*"])("%s is no condition", (pattern) => {
    expect(rulesOf(like(pattern))).toEqual(["subject-only-wildcards"]);
  });

  test.each(["*@data.example.com", "etl-*@data.example.com", "alice+*@example.com"])(
    "%s is a wildcard, and no more",
    (pattern) => {
      expect(rulesOf(like(pattern))).toEqual(["subject-wildcard"]);
    },
  );

  test.each(["team-*", "team-?-*", "g*", "*@e*", "*@gmail.com", "*@*.example.com", "alice@*", "*data.example.com"])(
    "%s does not fix one private email domain, so it lets in outsiders",
    (pattern) => {
      expect(rulesOf(like(pattern))).toContain("subject-outsider");
    },
  );

  test.each([
    ["*data.example.com", ["subject-outsider", "subject-wildcard", "subject-pattern-no-delimiter"]],
    ["etl*@data.example.com", ["subject-wildcard", "subject-pattern-no-delimiter"]],
  ])("%s ends within a word", (pattern, rules) => {
    expect(rulesOf(like(pattern))).toEqual(rules);
  });

  test.each(["*@data.example.com", "g*", "*@*", "*", "data*"])(
    "%s with a reason is a note, another is not",
    (pattern) => {
      const widePatterns = [{ pattern, reason: "Everyone whom it matches may read the public lake." }];
      expect(rulesOf(like(pattern), { widePatterns })).toEqual(["subject-wide-pattern"]);
      expect(rulesOf(like("*@other.example.com"), { widePatterns })).toEqual([
        "subject-wide-pattern",
        "subject-wildcard",
      ]);
      const beside = policyOf(
        statement({ Condition: { ...GUARDS, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }),
        statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringLike: { [SUB]: pattern } } }),
      );
      expect(rulesOf(beside, { widePatterns })).toEqual(["subject-wide-pattern"]);
    },
  );

  test("what two patterns together let in is decided, not read from their text", () => {
    const both = (first: string, second: string): unknown =>
      policyOf(
        statement({
          Condition: {
            StringEquals: { [AUD]: EXAMPLE_AUDIENCE },
            StringLike: { [SUB]: first },
            "ForAnyValue:StringLike": { [SUB]: second },
          },
        }),
      );
    expect(rulesOf(both("team-*", "*@data.example.com"))).not.toContain("subject-outsider");
    expect(rulesOf(both("team-*", "*-prod"))).toContain("subject-outsider");
  });

  test("a declared domain of a public provider is an error where it is declared, and once", () => {
    const target = { ...targetOf({ policy: like("*@gmail.com") }), emailDomains: ["data.example.com", "gmail.com"] };
    const found = lintTarget(target).map(({ rule, path }) => [rule, path]);
    expect(found).toContainEqual(["email-domain-public", "emailDomains[1]"]);
    expect(found.map(([rule]) => rule)).not.toContain("subject-outsider");
  });
});

describe("a Deny counts", () => {
  const denyOthers = {
    Effect: "Deny",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: EXAMPLE_ARN },
    Condition: { StringNotEquals: { [SUB]: EXAMPLE_SUBJECT } },
  };
  const audienceOnly = statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE } } });

  test("a subject guarded by a Deny for everybody else is no hole", () => {
    expect(rulesOf(policyOf(audienceOnly, denyOthers))).toEqual([]);
    expect(rulesOf(policyOf(audienceOnly))).toEqual(["subject-missing"]);
  });

  test("a Deny that needs more than the guards closes nothing", () => {
    const onlyOutside = {
      ...denyOthers,
      Condition: { ...denyOthers.Condition, NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    };
    expect(rulesOf(policyOf(audienceOnly, onlyOutside))).toContain("subject-missing");
  });
});

describe("statements together", () => {
  test("an open statement beside a guarded one is reported twice: open, and wider", () => {
    expect(
      rulesOf(policyOf(statement(), statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE } } }))),
    ).toEqual(["subject-missing", "wider-allow"]);
  });

  test("exact subjects and a pattern beside them are no wider Allow", () => {
    expect(
      rulesOf(
        policyOf(
          statement(),
          statement({
            Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringLike: { [SUB]: "*@data.example.com" } },
          }),
        ),
      ),
    ).toEqual(["subject-wildcard"]);
  });

  test("the same subject with and without a network is a wider Allow; another subject is not", () => {
    const office = statement({ Condition: { ...GUARDS, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } });
    expect(rulesOf(policyOf(office, statement()))).toEqual(["wider-allow"]);
    expect(
      rulesOf(
        policyOf(office, statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: OTHER_SUBJECT } } })),
      ),
    ).toEqual([]);
  });
});

test("an issuer that only a principal names is checked too", () => {
  const agnostic = "accounts.cloud.databricks.com/oidc";
  const policy = policyOf(
    statement({
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${agnostic}` },
      Condition: { StringEquals: { [`${agnostic}:aud`]: EXAMPLE_AUDIENCE, [`${agnostic}:sub`]: EXAMPLE_SUBJECT } },
    }),
  );
  const target = { ...targetOf({ policy }), complete: false };
  expect(lintTarget(target).map((finding) => [finding.rule, finding.path])).toEqual([
    ["issuer-account-agnostic", "roles.lake-reader: Statement[0].Principal.Federated"],
  ]);
});

test("key names are compared without case, values with it", () => {
  expect(
    rulesOf(
      policyOf(
        statement({
          Condition: {
            StringEquals: { [AUD.toUpperCase()]: EXAMPLE_AUDIENCE, [`${EXAMPLE_ISSUER}:SUB`]: EXAMPLE_SUBJECT },
          },
        }),
      ),
    ),
  ).toEqual([]);
});

test("a suppression silences its rule in its role, with the reason", () => {
  const policy = policyOf(
    statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: "alice@example.com" } } }),
  );
  const ignores = [{ ignore: "subject-email", reason: "Alice is on call.", path: "roles.lake-reader.lint[0]" }];
  const findings = lintTarget(targetOf({ policy, ignores }));
  expect(findings.map((finding) => [finding.rule, finding.ignored])).toEqual([["subject-email", "Alice is on call."]]);
});

test("documents of any shape are checked without a throw", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (policy) => {
      expect(lintTarget(targetOf({ policy }))).toBeInstanceOf(Array);
      expect(lintTarget(targetOf({ policy: { Statement: policy } }))).toBeInstanceOf(Array);
    }),
    { numRuns: runs(300) },
  );
});

test("a policy that no account can hold is reported at once, however many patterns it has", () => {
  const patterns = Array.from({ length: 500 }, (_, index) => `${"*a".repeat(200)}${index}`);
  const started = performance.now();
  expect(
    rulesOf(
      policyOf(
        statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE }, StringLike: { [SUB]: patterns } } }),
      ),
    ),
  ).toEqual(["policy-malformed", "policy-too-long"]);
  expect(performance.now() - started).toBeLessThan(5000);
});

test("a policy without an error lets no outsider in, whatever its conditions", () => {
  const operators = [
    "StringEquals",
    "StringLike",
    "StringNotEquals",
    "StringNotLike",
    "StringEqualsIfExists",
    "StringEqualsIgnoreCase",
    "ForAllValues:StringLike",
    "ForAnyValue:StringLike",
    "ForAllValues:StringEquals",
    "ArnLike",
    "Bool",
    "StringDiffers",
  ];
  const values = [
    EXAMPLE_SUBJECT,
    OTHER_SUBJECT,
    "*",
    "*@*",
    "*@data.example.com",
    "*@gmail.com",
    "6a9f*",
    "?*",
    "true",
    "false",
    "${aws:userid}",
  ];
  const keys = fc.constantFrom(
    SUB,
    SUB,
    SUB,
    SUB.toUpperCase(),
    AUD,
    "aws:SourceIp",
    "other.example.com/oidc:sub",
    `x:${SUB}`,
  );
  const condition = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.tuple(fc.constantFrom(...operators), keys, fc.array(fc.constantFrom(...values), { maxLength: 3 })),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant("Null"), keys, fc.constantFrom(["true"], ["false"])) },
  );
  const conditions = fc.array(condition, { maxLength: 3 }).map((list) => {
    const block: Record<string, Record<string, readonly string[]>> = { StringEquals: { [AUD]: [EXAMPLE_AUDIENCE] } };
    for (const [operator, key, of] of list) block[operator] = { ...block[operator], [key]: of };
    return block;
  });
  const statements = fc.array(
    fc
      .tuple(conditions, fc.constantFrom("Allow", "Allow", "Deny"))
      .map(([Condition, Effect]) => statement({ Condition, Effect })),
    { minLength: 1, maxLength: 3 },
  );
  let clean = 0;
  fc.assert(
    fc.property(statements, (list) => {
      const policy = policyOf(...list);
      const errors = lintTarget(targetOf({ policy })).filter((finding) => finding.severity === "error");
      if (errors.length > 0) return;
      clean += 1;
      const read = readPolicy(policy);
      if (!read.ok) throw new Error(read.why);
      const compiled = compilePolicy(read.policy);
      const letIn = OUTSIDERS.filter((stranger) =>
        decide(compiled, {
          action: "sts:AssumeRoleWithWebIdentity",
          principal: { kind: "Federated", arn: EXAMPLE_ARN },
          keys: new Map([
            [AUD.toLowerCase(), [EXAMPLE_AUDIENCE]],
            [SUB.toLowerCase(), [stranger]],
            ["aws:sourceip", ["203.0.113.7"]],
          ]),
        }),
      );
      // a thousand calls of expect would cost more than what is tried
      if (letIn.length > 0) throw new Error(`let in: ${letIn.join(", ")}`);
    }),
    { numRuns: runs(600), seed: 3 },
  );
  expect(clean).toBeGreaterThan(runs(600) / 12);
});
