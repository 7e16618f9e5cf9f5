/** Policies as a careless engineer or an attacker writes them, each with what must be said of it; and safe ones. */
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
import type { Members } from "../../src/text/members";

const aud = { [AUD]: EXAMPLE_AUDIENCE };
const OTHER_ARN = "arn:aws:iam::111122223333:oidc-provider/other.cloud.databricks.com/oidc";
const DENY = { Effect: "Deny" };

const where = (Condition: Members | undefined, more: Members = {}): Members =>
  policyOf(statement({ Condition, ...more }));
/** The audience guarded, and this beside it. */
const beside = (condition: Members): Members => where({ StringEquals: aud, ...condition });
const like = (...patterns: readonly string[]): Members => beside({ StringLike: { [SUB]: patterns } });
const equal = (...subjects: readonly string[]): Members => where({ StringEquals: { ...aud, [SUB]: subjects } });
const guarded = (more: Members): Members => where(GUARDS, more);
/** Guards of a provider under any issuer path. */
const ofIssuer = (path: string): Members =>
  where(
    { StringEquals: { [`${path}:aud`]: EXAMPLE_AUDIENCE, [`${path}:sub`]: EXAMPLE_SUBJECT } },
    { Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${path}` } },
  );

function found(policy: unknown): readonly string[] {
  return [
    ...new Set(
      lintTarget({ ...targetOf({ policy }), complete: false }).map(
        ({ rule, severity }) => `${severity === "error" ? "E" : "W"} ${rule}`,
      ),
    ),
  ];
}

type Case = readonly [name: string, policy: Members, rule: string];

const NO_GUARD: readonly Case[] = [
  ["no condition", where(undefined), "E subject-missing"],
  ["an empty Condition", where({}), "E subject-missing"],
  ["an empty operator", where({ StringEquals: {} }), "E audience-missing"],
  ["the audience alone", beside({}), "E subject-missing"],
  ["the subject alone", where({ StringEquals: { [SUB]: EXAMPLE_SUBJECT } }), "E audience-missing"],
  [
    "a lone statement that is no list",
    { Version: "2012-10-17", Statement: statement({ Condition: { StringEquals: aud } }) },
    "E subject-missing",
  ],
  ["sub asked to be there, and no more", beside({ Null: { [SUB]: "false" } }), "E subject-missing"],
  [
    "aud asked to be there, and no more",
    where({ Null: { [AUD]: false }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E audience-missing",
  ],
  ["a network for a guard", beside({ IpAddress: { "aws:SourceIp": "0.0.0.0/0" } }), "E subject-missing"],
  [
    "a Deny for AWS: * beside an open Allow",
    policyOf(statement({ Condition: { StringEquals: aud } }), {
      Effect: "Deny",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { AWS: "*" },
      Condition: { StringNotEquals: { [SUB]: EXAMPLE_SUBJECT } },
    }),
    "E subject-missing",
  ],
  ["a key without its issuer", where({ StringEquals: { ...aud, sub: EXAMPLE_SUBJECT } }), "E subject-missing"],
  [
    "a key with a word before its issuer",
    beside({ StringEqualsIfExists: { [`x:${SUB}`]: EXAMPLE_SUBJECT } }),
    "E subject-missing",
  ],
  [
    "a tag that is called like a guard",
    beside({ StringEqualsIfExists: { "aws:RequestTag/a.b:sub": EXAMPLE_SUBJECT } }),
    "E subject-missing",
  ],
  [
    "Databricks' own claim for a guard",
    where({ StringEquals: { ...aud, [`${EXAMPLE_ISSUER}:client_id`]: EXAMPLE_SUBJECT } }),
    "W condition-key-absent",
  ],
  [
    "e-mail for a guard",
    where({ StringEquals: { ...aud, [`${EXAMPLE_ISSUER}:email`]: "alice@example.com" } }),
    "E subject-missing",
  ],
  [
    "the session's name for a guard",
    where({ StringEquals: { ...aud, "sts:RoleSessionName": EXAMPLE_SUBJECT } }),
    "E subject-missing",
  ],
  [
    "the session's name bound to sub",
    where({ StringEquals: { ...aud, "sts:RoleSessionName": `\${${SUB}}` } }),
    "E subject-missing",
  ],
  [
    "what every caller has for a guard",
    where({ StringEquals: { ...aud, "aws:userid": EXAMPLE_ARN } }),
    "E subject-missing",
  ],
  [
    "a Deny for one that is named",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Condition: { StringEquals: { [SUB]: "evil" } } }),
    ),
    "E subject-missing",
  ],
  [
    "a Deny for all who look like strangers",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Condition: { StringLike: { [SUB]: ["*mallory*", "m.allory*", "*-4???-*"] } } }),
    ),
    "E subject-missing",
  ],
  [
    "a Deny by an operator that does not exist",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Condition: { StringDiffers: { [SUB]: EXAMPLE_SUBJECT } } }),
    ),
    "E operator-unknown",
  ],
  [
    "a Deny for AWS principals",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Principal: { AWS: "*" }, Condition: { StringNotEquals: { [SUB]: EXAMPLE_SUBJECT } } }),
    ),
    "E subject-missing",
  ],
  [
    "a Deny that compares aud as a number",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Condition: { NumericEquals: { [AUD]: "1*" } } }),
    ),
    "E subject-missing",
  ],
  [
    "a Deny that compares sub as an ARN",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({ ...DENY, Condition: { ArnNotLike: { [SUB]: EXAMPLE_SUBJECT } } }),
    ),
    "E condition-value-unreadable",
  ],
  ["sub asked after with Null and a word", beside({ Null: { [SUB]: "absent" } }), "E subject-missing"],
  [
    "a Deny with a network beside",
    policyOf(
      statement({ Condition: { StringEquals: aud } }),
      statement({
        ...DENY,
        Condition: { StringNotEquals: { [SUB]: EXAMPLE_SUBJECT }, Bool: { "aws:SecureTransport": "false" } },
      }),
    ),
    "E subject-missing",
  ],
];

const OPERATORS: readonly Case[] = [
  [
    "a network nobody can read, negated",
    where({ StringEquals: { ...aud, [SUB]: EXAMPLE_SUBJECT }, NotIpAddress: { "aws:SourceIp": "203.0.113.0-255" } }),
    "E condition-value-unreadable",
  ],
  [
    "ForAllValues on sub",
    beside({ "ForAllValues:StringEquals": { [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-for-all-values",
  ],
  ["ForAllValues with a pattern", beside({ "ForAllValues:StringLike": { [SUB]: "x-*" } }), "E guard-for-all-values"],
  [
    "ForAllValues on aud",
    where({ "ForAllValues:StringEquals": aud, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-for-all-values",
  ],
  [
    "an operator in small letters",
    beside({ "forallvalues:stringequals": { [SUB]: EXAMPLE_SUBJECT } }),
    "E operator-unknown",
  ],
  ["IfExists on sub", beside({ StringEqualsIfExists: { [SUB]: EXAMPLE_SUBJECT } }), "E guard-if-exists"],
  [
    "IfExists on aud",
    where({ StringEqualsIfExists: aud, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-if-exists",
  ],
  [
    "IfExists over two providers",
    where(
      { StringEqualsIfExists: { ...aud, [SUB]: EXAMPLE_SUBJECT } },
      { Principal: { Federated: [EXAMPLE_ARN, OTHER_ARN] } },
    ),
    "E guard-if-exists",
  ],
  ["StringNotEquals", beside({ StringNotEquals: { [SUB]: "evil" } }), "E guard-negated"],
  ["StringNotLike", beside({ StringNotLike: { [SUB]: "evil*" } }), "E guard-negated"],
  ["ForAnyValue with a negation", beside({ "ForAnyValue:StringNotEquals": { [SUB]: "evil" } }), "E guard-negated"],
  [
    "a negated audience",
    where({ StringNotEquals: { [AUD]: "x" }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-negated",
  ],
  ["a negated address", beside({ NotIpAddress: { [SUB]: "10.0.0.0/8" } }), "E guard-negated"],
  ["Null true as text", beside({ Null: { [SUB]: "True" } }), "E guard-null"],
  ["Null true", beside({ Null: { [SUB]: true } }), "E guard-null"],
  ["a number for a subject", beside({ NumericGreaterThan: { [SUB]: "0" } }), "E guard-not-text"],
  ["bytes for a subject", beside({ BinaryEquals: { [SUB]: "QUJD" } }), "E guard-not-text"],
  ["an ARN for a subject", beside({ ArnLike: { [SUB]: "arn:*:*:*:*:*" } }), "E guard-not-text"],
  [
    "a boolean for an audience",
    where({ Bool: { [AUD]: "true" }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-not-text",
  ],
  ["an operator that does not exist", beside({ StringContains: { [SUB]: "x" } }), "E operator-unknown"],
  ["a variable for a subject", equal("${aws:username}"), "E guard-policy-variable"],
  ["the subject compared with itself", like(`\${${SUB}}`), "E guard-policy-variable"],
  ["a variable that falls back on everybody", like("${aws:unknown, '*'}"), "E guard-policy-variable"],
  ["a literal star by a variable", like("${*}"), "E guard-policy-variable"],
  [
    "an audience by a variable",
    where({ StringEquals: { [AUD]: `\${${AUD}}`, [SUB]: EXAMPLE_SUBJECT } }),
    "E guard-policy-variable",
  ],
  ["the subject without case", beside({ StringEqualsIgnoreCase: { [SUB]: EXAMPLE_SUBJECT } }), "W subject-ignore-case"],
];

const SUBJECTS: readonly Case[] = [
  ...["*", "**", "?*", "????"].map((text): Case => [`the pattern ${text}`, like(text), "E subject-only-wildcards"]),
  ["a pattern for everybody beside a name", like(EXAMPLE_SUBJECT, "*"), "E subject-only-wildcards"],
  [
    "a pattern for everybody under ForAnyValue",
    beside({ "ForAnyValue:StringLike": { [SUB]: "*" } }),
    "E subject-only-wildcards",
  ],
  [
    "a pattern for everybody under a key in capitals",
    beside({ StringLike: { [SUB.toUpperCase()]: "*" } }),
    "E subject-only-wildcards",
  ],
  ["an empty list", where({ StringEquals: { ...aud, [SUB]: [] } }), "E subject-only-wildcards"],
  ...[
    "*@*",
    "*-*",
    "*-4*",
    "????????-????-????-????-????????????",
    "*.com",
    "*m",
    "*o*",
    "alice@*",
    "a*z@*",
    "*lice@*",
    "*@gmail.???",
    "*@*.io",
    "*@*.co.uk",
    "*.dev",
    "*@fastmail.com",
    "*@hotmail.co.uk",
    "*7f",
  ].map((text): Case => [`the pattern ${text}`, like(text), "E subject-outsider"]),
  [
    "sixteen patterns that are everybody together",
    like(...[..."0123456789abcdef"].map((digit) => `${digit}*`)),
    "E subject-outsider",
  ],
  [
    "two statements that are everybody together",
    policyOf(
      ...["01234567", "89abcdef"].map((half) =>
        statement({ Condition: { StringEquals: aud, StringLike: { [SUB]: [...half].map((digit) => `*${digit}`) } } }),
      ),
    ),
    "E subject-outsider",
  ],
  ...["admin*", "data*", "*example.com", "*@example.com*", "*@example.co*", "alice@example.*"].map((text): Case => [
    `the pattern ${text}`,
    like(text),
    "W subject-pattern-no-delimiter",
  ]),
  ["a pattern of a team", like("*@data.example.com"), "W subject-wildcard"],
  ["a star under StringEquals", equal(`${EXAMPLE_SUBJECT}*`), "E subject-literal-wildcard"],
  ["an address", equal("alice@example.com"), "W subject-email"],
  [
    "eleven subjects",
    equal(...Array.from({ length: 11 }, (_, index) => `${OTHER_SUBJECT.slice(0, -2)}${10 + index}`)),
    "W subject-many",
  ],
  ["a Cyrillic letter", equal("аlice@example.com"), "W subject-unlikely"],
  ["an invisible character", equal(`${EXAMPLE_SUBJECT}\u200b`), "W subject-unlikely"],
  ["a space at the end", equal(`${EXAMPLE_SUBJECT} `), "W subject-unlikely"],
  ["an application ID in capitals", equal(EXAMPLE_SUBJECT.toUpperCase()), "W subject-unlikely"],
  ["an empty subject", equal(""), "W subject-unlikely"],
];

const ISSUERS: readonly Case[] = [
  [
    "a key of another workspace",
    where({ StringEquals: { ...aud, "other.cloud.databricks.com/oidc:sub": EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key of another workspace, if it is there",
    beside({ StringEqualsIfExists: { "other.cloud.databricks.com/oidc:sub": EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key with https",
    where({ StringEquals: { ...aud, [`https://${SUB}`]: EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key with a slash too many",
    where({ StringEquals: { ...aud, [`${EXAMPLE_ISSUER}/:sub`]: EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key with a port",
    where({ StringEquals: { ...aud, "mycompany.cloud.databricks.com:443/oidc:sub": EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key with a Cyrillic letter",
    where({ StringEquals: { ...aud, [SUB.replace("c", "с")]: EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "a key of the host alone",
    where({ StringEquals: { ...aud, "mycompany.cloud.databricks.com:sub": EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  [
    "GitHub's key",
    where({ StringEquals: { ...aud, "token.actions.githubusercontent.com:sub": EXAMPLE_SUBJECT } }),
    "E condition-key-other-issuer",
  ],
  ["a slash behind the provider", ofIssuer(`${EXAMPLE_ISSUER}/`), "E issuer-trailing-slash"],
  [
    "the discovery URL as provider",
    ofIssuer(`${EXAMPLE_ISSUER}/.well-known/openid-configuration`),
    "E issuer-discovery-url",
  ],
  ["the issuer of all customers", ofIssuer("accounts.cloud.databricks.com/oidc"), "E issuer-account-agnostic"],
  ["a host with capitals", ofIssuer("MyCompany.cloud.databricks.com/oidc"), "E issuer-upper-case"],
  ["a host with a Cyrillic letter", ofIssuer("mycompany.cloud.dаtabricks.com/oidc"), "E issuer-odd-character"],
  [
    "a host behind user information",
    ofIssuer("mycompany.cloud.databricks.com@evil.example.com/oidc"),
    "E issuer-user-info",
  ],
  [
    "two providers in one statement",
    guarded({ Principal: { Federated: [EXAMPLE_ARN, OTHER_ARN] } }),
    "W several-providers",
  ],
  [
    "another account's provider",
    guarded({ Principal: { Federated: EXAMPLE_ARN.replace("1111", "9999") } }),
    "E provider-other-account",
  ],
];

const SHAPES: readonly Case[] = [
  ["Principal *", guarded({ Principal: "*" }), "E principal-wildcard"],
  ["AWS *", guarded({ Principal: { AWS: "*" } }), "E principal-wildcard"],
  [
    "every provider",
    guarded({ Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/*" } }),
    "E principal-wildcard",
  ],
  [
    "an account beside the provider",
    guarded({ Principal: { Federated: EXAMPLE_ARN, AWS: "arn:aws:iam::444455556666:root" } }),
    "E principal-not-oidc-provider",
  ],
  [
    "a provider's kind in small letters",
    guarded({ Principal: { federated: EXAMPLE_ARN } }),
    "E principal-not-oidc-provider",
  ],
  ["Cognito", guarded({ Principal: { Federated: "cognito-identity.amazonaws.com" } }), "E principal-not-oidc-provider"],
  [
    "SAML",
    guarded({ Principal: { Federated: "arn:aws:iam::111122223333:saml-provider/x" } }),
    "E principal-not-oidc-provider",
  ],
  [
    "NotPrincipal",
    guarded({ Principal: undefined, NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } }),
    "E not-principal",
  ],
  ["every action", guarded({ Action: "*" }), "E action-not-web-identity"],
  ["every way to assume", guarded({ Action: "sts:AssumeRole*" }), "E action-not-web-identity"],
  [
    "SAML's action beside",
    guarded({ Action: ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"] }),
    "E action-not-web-identity",
  ],
  ["NotAction", guarded({ Action: undefined, NotAction: "sts:TagSession" }), "E not-action"],
  ["Resource", guarded({ Resource: "*" }), "E resource-element"],
  ["Effect in small letters", guarded({ Effect: "allow" }), "E policy-malformed"],
  [
    "condition in small letters",
    policyOf({ ...statement({ Condition: undefined }), condition: GUARDS }),
    "E policy-malformed",
  ],
  ["a wide statement beside", policyOf(statement(), statement({ Condition: { StringEquals: aud } })), "E wider-allow"],
  [
    "the same subject without its network",
    policyOf(statement({ Condition: { ...GUARDS, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }), statement()),
    "E wider-allow",
  ],
  [
    "address and endpoint at once",
    where({
      StringEquals: { ...aud, [SUB]: EXAMPLE_SUBJECT, "aws:SourceVpce": "vpce-1" },
      IpAddress: { "aws:SourceIp": "203.0.113.0/24" },
    }),
    "E network-never-true",
  ],
  [
    "AWS's audience",
    where({ StringEquals: { [AUD]: [EXAMPLE_AUDIENCE, "sts.amazonaws.com"], [SUB]: EXAMPLE_SUBJECT } }),
    "W audience-sts",
  ],
  [
    "every audience",
    where({ StringLike: { [AUD]: "*" }, StringEquals: { [SUB]: EXAMPLE_SUBJECT } }),
    "E audience-wildcard",
  ],
  [
    "an external ID",
    where({ StringEquals: { ...aud, [SUB]: EXAMPLE_SUBJECT, "sts:ExternalId": "x" } }),
    "W condition-key-absent",
  ],
];

describe.each([
  ["without a guard", NO_GUARD],
  ["with an operator that guards nothing", OPERATORS],
  ["with a subject", SUBJECTS],
  ["with an issuer", ISSUERS],
  ["with a shape", SHAPES],
] as const)("a policy %s", (_group, cases) => {
  test.each(cases)("%s", (_name, policy, rule) => {
    expect(found(policy)).toContain(rule);
  });
});

const SAFE: Readonly<Record<string, Members>> = {
  "the model": policyOf(statement()),
  "keys in capitals": where({
    StringEquals: { [AUD.toUpperCase()]: EXAMPLE_AUDIENCE, [SUB.toUpperCase()]: EXAMPLE_SUBJECT },
  }),
  "values as lists": where({ StringEquals: { [AUD]: [EXAMPLE_AUDIENCE], [SUB]: [EXAMPLE_SUBJECT, OTHER_SUBJECT] } }),
  "a statement that is no list": { Version: "2012-10-17", Statement: statement() },
  "an Id and a Sid": { ...policyOf({ ...statement(), Sid: "Databricks" }), Id: "trust" },
  "no version": { Statement: [statement()] },
  "session tags": guarded({ Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] }),
  "an action in small letters": guarded({ Action: "sts:assumerolewithwebidentity" }),
  ForAnyValue: where({ StringEquals: aud, "ForAnyValue:StringEquals": { [SUB]: EXAMPLE_SUBJECT } }),
  "sub asked to be there beside its guard": where({ ...GUARDS, Null: { [SUB]: "false" } }),
  "a network": where({ ...GUARDS, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } }),
  "a network where there is one": where({ ...GUARDS, IpAddressIfExists: { "aws:SourceIp": "203.0.113.0/24" } }),
  "a VPC endpoint": where({ StringEquals: { ...aud, [SUB]: EXAMPLE_SUBJECT, "aws:SourceVpce": "vpce-1" } }),
  "a time": where({ ...GUARDS, DateLessThan: { "aws:CurrentTime": "2027-01-01T00:00:00Z" } }),
  "a Deny outside the network": policyOf(
    statement(),
    statement({ ...DENY, Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } }),
  ),
  "a Deny for everybody else": policyOf(
    statement({ Condition: { StringEquals: aud } }),
    statement({ ...DENY, Condition: { StringNotEqualsIfExists: { [SUB]: EXAMPLE_SUBJECT } } }),
  ),
  "everybody, of one": where({ StringEquals: { ...aud, [SUB]: EXAMPLE_SUBJECT }, StringLike: { [SUB]: "*" } }),
  "a team's domain": like("*@data.example.com"),
  "two statements of two issuers": policyOf(
    statement(),
    (
      ofIssuer("accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012")[
        "Statement"
      ] as readonly Members[]
    )[0] ?? {},
  ),
  "a custom host": ofIssuer("databricks.example.com/oidc"),
  "Databricks on Azure": ofIssuer("adb-1444828305810485.5.azuredatabricks.net/oidc"),
};

test.each(Object.entries(SAFE))("no error is raised against %s", (_name, policy) => {
  expect(found(policy).filter((finding) => finding.startsWith("E"))).toEqual([]);
});
