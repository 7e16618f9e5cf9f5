/** An AWS account whose roles were made by hand: 40 of every kind, and what becomes of each when it is adopted. */
import type { Reason } from "../../src/adopt/reasons";
import type { Members } from "../../src/text/members";

export const ACCOUNT = "111122223333";
const HOST = "mycompany.cloud.databricks.com";
const DATABRICKS = "7d3c2b1a-0f5e-4c8d-9a6b-123456789012";
const PATH = `${HOST}/oidc`;
const ACCOUNT_PATH = `accounts.cloud.databricks.com/oidc/accounts/${DATABRICKS}`;
const AZURE_PATH = "adb-1234567890123456.7.azuredatabricks.net/oidc";
const LOOK_ALIKE_PATH = "mycompany.cloud.databricks.com.example.net/oidc";
const BARE_PATH = "bare.cloud.databricks.com/oidc";
const WORKSPACE = "1444828305810485";
export const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";
const EXTERNAL_ID = "0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b";
const MASTER = "arn:aws:iam::414351767826:role/unity-catalog-prod-UCMasterRole-14S5ZJVKOTYTL";
const POLICY_ARN = `arn:aws:iam::${ACCOUNT}:policy/read-lake`;

const arnOf = (path: string): string => `arn:aws:iam::${ACCOUNT}:oidc-provider/${path}`;

/** A call of IAM: the operation as `aws iam` names it, and its input. */
export type IamCall = readonly [operation: string, input: Readonly<Record<string, unknown>>];

/** What becomes of a role: in the file, with what the first plan shows of it, or left with a reason. */
export type Fate =
  | { readonly add: number; readonly update: number }
  | { readonly left: Reason }
  /** It has nothing to do with Databricks. */
  | "aside";

interface HandMadeRole {
  readonly name: string;
  readonly fate: Fate;
  readonly policy: Members;
  readonly settings?: Members;
  readonly attached?: readonly string[];
  readonly inline?: Readonly<Record<string, Members>>;
}

const SAME: Fate = { add: 0, update: 0 };
const UPDATE: Fate = { add: 0, update: 1 };
const left = (reason: Reason): Fate => ({ left: reason });

function policy(...statements: readonly Members[]): Members {
  return { Version: "2012-10-17", Statement: statements };
}

/** A statement for identities of an issuer, with `more` in place of its parts. */
function statement(conditions: Members, more: Members = {}, path = PATH): Members {
  return {
    Effect: "Allow",
    Principal: { Federated: arnOf(path) },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: conditions,
    ...more,
  };
}

function exact(subjects: unknown, path = PATH, audience: unknown = WORKSPACE): Members {
  return { StringEquals: { [`${path}:aud`]: audience, [`${path}:sub`]: subjects } };
}

function like(patterns: unknown): Members {
  return { StringEquals: { [`${PATH}:aud`]: WORKSPACE }, StringLike: { [`${PATH}:sub`]: patterns } };
}

const plain = policy(statement(exact(READER)));

function unityCatalog(name: string, path = "/"): readonly Members[] {
  const externalId = { "sts:ExternalId": EXTERNAL_ID };
  return [
    { Effect: "Allow", Principal: { AWS: MASTER }, Action: "sts:AssumeRole", Condition: { StringEquals: externalId } },
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "sts:AssumeRole",
      Condition: {
        StringEquals: externalId,
        ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role${path}${name}` },
      },
    },
  ];
}

const selfAssume = (name: string): Members =>
  policy({ Effect: "Allow", Action: "sts:AssumeRole", Resource: `arn:aws:iam::${ACCOUNT}:role/${name}` });

const lists = policy({ Effect: "Allow", Action: "s3:ListBucket", Resource: "arn:aws:s3:::lake" });

const ROLES: readonly HandMadeRole[] = [
  { name: "exact", fate: SAME, policy: plain },
  { name: "several-subjects", fate: SAME, policy: policy(statement(exact([WRITER, READER]))) },
  {
    name: "two-trusts",
    fate: SAME,
    policy: policy(
      statement(exact("alice@example.com", ACCOUNT_PATH, DATABRICKS), {}, ACCOUNT_PATH),
      statement(exact(READER)),
    ),
  },
  {
    name: "azure",
    fate: SAME,
    policy: policy(statement(exact(READER, AZURE_PATH, "1234567890123456"), {}, AZURE_PATH)),
  },
  { name: "users", fate: SAME, policy: policy(statement(exact(["alice@example.com", "bob@example.com"]))) },
  { name: "other-subject", fate: SAME, policy: policy(statement(exact("group <b>&c"))) },
  { name: "pattern", fate: SAME, policy: policy(statement(like("*@data.example.com"))) },
  { name: "wide-pattern", fate: SAME, policy: policy(statement(like("*-etl"))) },
  { name: "two-audiences", fate: SAME, policy: policy(statement(exact(READER, PATH, [WORKSPACE, "sts"]))) },
  { name: "second-audience", fate: SAME, policy: policy(statement(exact(READER, PATH, "sts"))) },
  {
    name: "network",
    fate: SAME,
    policy: policy(
      statement({
        ...exact(READER),
        IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.7/32"] },
        Bool: { "aws:SecureTransport": true },
      }),
    ),
  },
  {
    name: "session-tags",
    fate: SAME,
    policy: policy(statement(exact(READER), { Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] })),
  },
  { name: "numbers", fate: SAME, policy: policy(statement(exact(READER, PATH, Number(WORKSPACE)))) },
  { name: "one-statement", fate: SAME, policy: { Version: "2012-10-17", Statement: statement(exact(READER)) } },
  {
    name: "settings",
    fate: SAME,
    policy: plain,
    settings: {
      Path: "/databricks/jobs/",
      Description: 'Reads ${lake}, 100% "quoted"',
      MaxSessionDuration: 7200,
      PermissionsBoundary: POLICY_ARN,
      Tags: [
        { Key: "team", Value: "data" },
        { Key: "cost center", Value: "" },
      ],
    },
  },
  { name: "policies", fate: SAME, policy: plain, attached: [POLICY_ARN], inline: { list: lists, "list.more": lists } },
  { name: "dotted.name", fate: SAME, policy: plain, attached: [POLICY_ARN] },
  { name: "dotted-name", fate: SAME, policy: plain, attached: [POLICY_ARN] },
  { name: "_underscore", fate: SAME, policy: plain },
  { name: "equal-names", fate: SAME, policy: plain, inline: { List: lists, list: lists } },
  { name: "sid", fate: UPDATE, policy: policy(statement(exact(READER), { Sid: "Databricks" })) },
  { name: "repeated-value", fate: UPDATE, policy: policy(statement(exact([READER, READER]))) },
  { name: "repeated-statement", fate: UPDATE, policy: policy(statement(exact(READER)), statement(exact(READER))) },
  {
    name: "case",
    fate: UPDATE,
    policy: policy(statement({ StringEquals: { [`${PATH}:AUD`]: WORKSPACE, [`${PATH}:Sub`]: READER } })),
  },
  { name: "like-exact", fate: UPDATE, policy: policy(statement(like(READER))) },
  { name: "no-version", fate: UPDATE, policy: { Statement: [statement(exact(READER))] } },
  {
    name: "catalog",
    fate: SAME,
    policy: policy(...unityCatalog("catalog")),
    inline: { "unity-catalog-self-assume": selfAssume("catalog") },
  },
  { name: "catalog-alone", fate: { add: 1, update: 0 }, policy: policy(...unityCatalog("catalog-alone")) },
  {
    name: "catalog-and-jobs",
    fate: { add: 1, update: 1 },
    policy: policy(statement(exact(READER)), ...unityCatalog("catalog-and-jobs")),
  },
  {
    name: "no-subject",
    fate: left("no-subject"),
    policy: policy(statement({ StringEquals: { [`${PATH}:aud`]: WORKSPACE } })),
  },
  {
    name: "no-audience",
    fate: left("no-audience"),
    policy: policy(statement({ StringEquals: { [`${PATH}:sub`]: READER } })),
  },
  { name: "open-pattern", fate: left("open-pattern"), policy: policy(statement(like("etl-*"))) },
  {
    name: "any-case",
    fate: left("guard-operator"),
    policy: policy(
      statement({ StringEquals: { [`${PATH}:aud`]: WORKSPACE }, StringEqualsIgnoreCase: { [`${PATH}:sub`]: READER } }),
    ),
  },
  {
    name: "denies",
    fate: left("deny-statement"),
    policy: policy(
      statement(like("*@data.example.com")),
      statement({ StringEquals: { [`${PATH}:sub`]: "mallory@data.example.com" } }, { Effect: "Deny" }),
    ),
  },
  {
    name: "deleted-user",
    fate: left("deleted-principal"),
    policy: policy(statement(exact(READER)), {
      Effect: "Allow",
      Principal: { AWS: "AIDACKCEVSQ6C2EXAMPLE" },
      Action: "sts:AssumeRole",
    }),
  },
  {
    name: "break-glass",
    fate: left("other-principal"),
    policy: policy(statement(exact(READER)), {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "sts:AssumeRole",
    }),
  },
  {
    name: "look-alike",
    fate: left("provider-left"),
    policy: policy(statement(exact(READER, LOOK_ALIKE_PATH), {}, LOOK_ALIKE_PATH)),
  },
  {
    name: "bare-provider",
    fate: left("provider-left"),
    policy: policy(statement(exact(READER, BARE_PATH), {}, BARE_PATH)),
  },
  {
    name: "stack-role",
    fate: left("cloudformation"),
    policy: plain,
    settings: { Tags: [{ Key: "aws:cloudformation:stack-name", Value: "jobs" }] },
  },
  {
    name: "lambda",
    fate: "aside",
    policy: policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
  },
];

/** How many roles there are, and what becomes of each by name. */
export const FATES: Readonly<Record<string, Fate>> = Object.fromEntries(ROLES.map(({ name, fate }) => [name, fate]));

/** How many policies of a role no federation file takes, here a name that differs in case alone. They stay attached. */
export const LEFT_POLICIES: Readonly<Record<string, number>> = { "equal-names": 1 };

/** Providers that go into the file. */
export const ADOPTED_PROVIDERS = 3;
export const LEFT_PROVIDERS: readonly Reason[] = ["no-registered-audience", "look-alike", "trailing-slash"];

/** Resources that a plan imports: providers, roles, attachments and inline policies that the file can say. */
export const IMPORTED =
  ADOPTED_PROVIDERS +
  ROLES.filter(({ fate }) => typeof fate === "object" && "update" in fate).reduce(
    (sum, { name, attached = [], inline = {} }) =>
      sum + 1 + attached.length + Object.keys(inline).length - (LEFT_POLICIES[name] ?? 0),
    0,
  );

/** Everything that makes the account: the calls of one step do not wait for each other. */
export const STEPS: readonly (readonly IamCall[])[] = [
  [
    ["create-policy", { PolicyName: "read-lake", PolicyDocument: JSON.stringify(lists) }],
    ...(
      [
        [PATH, [WORKSPACE, "sts"]],
        [ACCOUNT_PATH, [DATABRICKS]],
        [AZURE_PATH, ["1234567890123456"]],
        [BARE_PATH, []],
        [LOOK_ALIKE_PATH, [WORKSPACE]],
        [`slash.cloud.databricks.com/oidc/`, [WORKSPACE]],
        ["token.actions.githubusercontent.com", ["sts.amazonaws.com"]],
      ] as const
    ).map(([path, ClientIDList]): IamCall => [
      "create-open-id-connect-provider",
      { Url: `https://${path}`, ClientIDList, ThumbprintList: ["990f4193972f2becf12ddeda5237f9c952f20d9e"] },
    ]),
  ],
  ROLES.map(({ name, policy: trust, settings = {} }): IamCall => [
    "create-role",
    { RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust), ...settings },
  ]),
  ROLES.flatMap(({ name, attached = [], inline = {} }): readonly IamCall[] => [
    ...attached.map((PolicyArn): IamCall => ["attach-role-policy", { RoleName: name, PolicyArn }]),
    ...Object.entries(inline).map(([PolicyName, document]): IamCall => [
      "put-role-policy",
      { RoleName: name, PolicyName, PolicyDocument: JSON.stringify(document) },
    ]),
  ]),
];
