import fc from "fast-check";
import type { FederationInput, RoleDeclaration, TrustDeclaration } from "../../src/federation";
import { readFederation } from "../../src/federation";
import { ROLE_FIELDS } from "../../src/federation/fields/role";
import type { Federation } from "../../src/federation/model";
import { DESCRIPTION, POLICY_TEXT, TAG_KEY, TAG_VALUE } from "../../src/federation/rules";
import { CLOUD_NAMES, CLOUDS } from "../../src/issuer/clouds";
import type { TextRule } from "../../src/text/text-rule";
import { satisfies } from "../../src/text/text-rule";
import { CONDITION_TESTS } from "../../src/trust/decide/operators";
import { CONDITION_VALUE, EXTERNAL_ID, SUBJECT, SUBJECT_PATTERN } from "../../src/trust/rules";
import { isWithinDomains } from "../../src/trust/check";
import { arbitrariesOf } from "./field-samples";
import { hostileLatin } from "./hostile-text";

/** Text full of what means something to HCL, JSON or IAM, as far as `rule` lets it through. */
function kept(rule: TextRule, fallback: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(hostileLatin, fallback)
    .map(([hostile, usual]) => (satisfies(rule, hostile.normalize("NFC")) ? hostile : usual));
}

const hex = (length: number): fc.Arbitrary<string> => fc.hexaString({ minLength: length, maxLength: length });
const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join("-"));
const digits = (length: number): fc.Arbitrary<string> =>
  fc.stringOf(fc.constantFrom(..."123456789"), { minLength: length, maxLength: length });
const word = fc.stringOf(fc.constantFrom(..."abcdefghijk"), { minLength: 1, maxLength: 8 });
const key = fc.tuple(word, fc.constantFrom("", "-1", "_x", "-a_b")).map((parts) => parts.join(""));
const roleKey = fc.tuple(word, fc.constantFrom("", "-1", ".x", "@y", "+z", "=", ",q")).map((parts) => parts.join(""));
const email = word.map((local) => `${local}@data.example.com`);
const subject = kept(SUBJECT, uuid).filter((text) => !/\$\{/.test(text));
/** Those of every generated federation. */
export const EMAIL_DOMAINS = ["example.org", "data.example.com"];
/** Those of every generated federation. */
export const IDENTITIES = {
  "nightly-etl": { servicePrincipal: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b" },
  Alice: { user: "Alice@data.example.com" },
  team_2: { subject: "a team <of> & more" },
  toString: { user: "bob@data.example.com" },
} as const satisfies FederationInput["identities"];
const pattern = fc.tuple(hostileLatin, word).map(([hostile, local]) => {
  const wild = `${hostile}*@data.example.com`;
  return satisfies(SUBJECT_PATTERN, wild) && !/\$\{/.test(wild) && isWithinDomains(wild, EMAIL_DOMAINS)
    ? wild
    : `${local}-?@data.example.com`;
});

/** Values that operators other than those on texts compare; lint refuses others. */
const TYPED: Readonly<Record<string, readonly string[]>> = {
  Numeric: ["0", "-7", "3600", "1.5"],
  Date: ["2026-01-01T00:00:00Z", "1767225600", "2026-01-01"],
  Bool: ["true", "false"],
  Null: ["true", "false"],
  Binary: ["QUJD", "Pz8/"],
  IpAddress: ["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"],
  Arn: ["arn:aws:iam::111122223333:role/a", "arn:aws:iam::*:role/b<c>"],
};

const condition = fc.constantFrom(...CONDITION_TESTS).chain((test) => {
  const kind = Object.keys(TYPED).find((name) => test.includes(name));
  return fc.record({
    test: fc.constant(test),
    variable: fc.tuple(fc.constantFrom("aws:", "s3:", "AWS:"), word).map((parts) => parts.join("")),
    values:
      kind === undefined
        ? fc.array(kept(CONDITION_VALUE, word), { minLength: 1, maxLength: 3 })
        : fc.uniqueArray(fc.constantFrom(...(TYPED[kind] ?? [])), { minLength: 1, maxLength: kind === "Null" ? 1 : 3 }),
  });
});
const conditions = fc.uniqueArray(condition, {
  maxLength: 3,
  selector: ({ test, variable }) => `${test} ${variable.toLowerCase()}`,
});

type Issuers = FederationInput["issuers"];
type Partition = "aws" | "aws-us-gov" | "aws-cn";

const HOSTS = Object.values(CLOUDS).map(({ workspaceZone }) => `x${workspaceZone}`);
const CLOUDS_WITH_CONSOLE = CLOUD_NAMES.filter((cloud) => CLOUDS[cloud].accountsHost !== null);

const issuer = fc
  .oneof(
    fc.record({
      level: fc.constant("workspace" as const),
      host: fc.tuple(word, fc.constantFrom(...HOSTS)).map((parts) => parts.join("")),
      workspaceId: digits(16),
    }),
    fc.record({
      level: fc.constant("workspace" as const),
      host: word.map((label) => `${label}.example.com`),
      workspaceId: digits(3),
      allowCustomHost: fc.constant(true),
    }),
    fc.record({
      level: fc.constant("account" as const),
      accountId: uuid,
      cloud: fc.constantFrom(...CLOUDS_WITH_CONSOLE),
    }),
    fc.record({
      level: fc.constant("account" as const),
      accountId: digits(12),
      accountsHost: fc.constant("accounts.cloud.databricks.us"),
    }),
  )
  .chain((declared) =>
    fc
      .option(
        fc.uniqueArray(fc.oneof(digits(6), fc.constantFrom("sts", "a<b>&c", "$x")), { minLength: 1, maxLength: 3 }),
        { nil: undefined },
      )
      .map((audiences) => (audiences === undefined ? declared : { ...declared, audiences })),
  );

function trustOf(issuers: Issuers, partition: Partition): fc.Arbitrary<TrustDeclaration> {
  const names = Object.keys(issuers);
  const subjects = fc
    .record({
      issuer: fc.constantFrom(...names),
      servicePrincipals: fc.array(uuid, { maxLength: 3 }),
      users: fc.array(email, { maxLength: 2 }),
      subjects: fc.array(subject, { maxLength: 2 }),
      identities: fc.array(fc.constantFrom(...Object.keys(IDENTITIES)), { maxLength: 2 }),
      subjectPatterns: fc.array(pattern, { maxLength: 2 }),
      wideSubjectPatterns: fc.array(
        kept(
          SUBJECT_PATTERN,
          word.map((start) => `${start}-*`),
        ).map((text) => ({ pattern: /[*?]/.test(text) && !/\$\{/.test(text) ? text : "*", reason: "It is meant so." })),
        { maxLength: 2 },
      ),
      conditions,
      allowTagSession: fc.boolean(),
      ownAudiences: fc.boolean(),
    })
    .map(({ ownAudiences, ...trust }): TrustDeclaration => {
      const registered = issuers[trust.issuer]?.audiences;
      const named =
        trust.servicePrincipals.length +
          trust.users.length +
          trust.subjects.length +
          trust.identities.length +
          trust.subjectPatterns.length +
          trust.wideSubjectPatterns.length >
        0;
      return {
        ...trust,
        ...(named ? {} : { users: ["alice@data.example.com", "alice@data.example.com"] }),
        ...(ownAudiences && registered !== undefined ? { audiences: [...registered].reverse() } : {}),
      };
    });
  const clouds = partition === "aws" ? (["aws"] as const) : (["aws-us-gov", "aws-us-gov-dod"] as const);
  const unityCatalog = fc.record({
    unityCatalog: fc.record({
      externalIds: fc.array(kept(EXTERNAL_ID, uuid), { minLength: 1, maxLength: 2 }),
      cloud: fc.constantFrom(...clouds),
    }),
    conditions,
  });
  return partition === "aws-cn"
    ? subjects
    : fc.oneof({ weight: 4, arbitrary: subjects }, { weight: 1, arbitrary: unityCatalog });
}

const document = fc
  .array(
    fc.record({
      Effect: fc.constant("Allow"),
      Action: fc.oneof(fc.constant("s3:Get*"), fc.constant(["s3:List*"])),
      Resource: kept(POLICY_TEXT, fc.constant("arn:aws:s3:::lake/${aws:username}/*")),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((Statement) => ({ Version: "2012-10-17", Statement }));
const tags = fc
  .uniqueArray(
    fc.tuple(
      kept(TAG_KEY, fc.constantFrom("team", "größe", "部署", "กำ")),
      kept(TAG_VALUE, fc.constantFrom("café / π", "")),
    ),
    { maxLength: 3, selector: ([name]) => name.normalize("NFC").toLowerCase() },
  )
  .map((pairs) => Object.fromEntries(pairs.filter((pair) => !pair.some((text) => /^aws:/i.test(text)))));

/** Some of whom generated trusts name, in another case; and some whom only a pattern may match. */
const SUSPENDED = ["nightly-etl", "ALICE@data.example.com", "toString", "a TEAM <of> & more", "eve@data.example.com"];

/** Those of `entries` that a role of `roles` names, or may match: the rules refuse others. */
function suspendable(entries: readonly string[], roles: readonly RoleDeclaration[]): readonly string[] {
  const names = (trust: TrustDeclaration): readonly string[] => {
    if (!("issuer" in trust) || trust.issuer === undefined) return [];
    const { subjectPatterns = [], wideSubjectPatterns = [], servicePrincipals = [], users = [], subjects = [] } = trust;
    if (subjectPatterns.length + wideSubjectPatterns.length > 0) return ["*"];
    return [...servicePrincipals, ...users, ...subjects, ...(trust.identities ?? []).map(subjectOf)];
  };
  const named = new Set(roles.flatMap(({ trusts }) => trusts.flatMap(names)).map((text) => text.toLowerCase()));
  return entries.filter((entry) => named.has("*") || named.has(subjectOf(entry).toLowerCase()));
}

function subjectOf(entry: string): string {
  const identity = Object.entries(IDENTITIES).find(([name]) => name === entry)?.[1];
  return identity === undefined ? entry : (Object.values(identity)[0] ?? entry);
}

/** `name` may be another role's: the rules refuse that, and samples would be few. */
const { name: _, ...OTHER_ROLE_FIELDS } = ROLE_FIELDS;

/** `*first` and `*last` are users of the role, in upper case. */
function ownOf(entries: readonly string[], trusts: readonly TrustDeclaration[]): readonly string[] {
  const users = trusts.flatMap((trust) => ("users" in trust ? (trust.users ?? []) : []));
  return entries.map((entry) => {
    const user = entry === "*first" ? users[0] : entry === "*last" ? users.at(-1) : undefined;
    return user?.toUpperCase() ?? entry;
  });
}

/** A role; `accountId` null: its policies are AWS's own, because it goes to several accounts. */
export function arbitraryRole(
  issuers: Issuers,
  partition: Partition,
  accountId: string | null,
): fc.Arbitrary<RoleDeclaration> {
  const arn = word.map((name) => `arn:${partition}:iam::${accountId ?? "aws"}:policy/${name}`);
  return fc
    .record(
      {
        ...arbitrariesOf(OTHER_ROLE_FIELDS),
        trusts: fc.array(trustOf(issuers, partition), { minLength: 1, maxLength: 3 }),
        description: kept(DESCRIPTION, fc.constant('Reads ${lake}, 100%{if} "quoted"')),
        inlinePolicies: fc.dictionary(key, document, { maxKeys: 2 }),
        managedPolicyArns: fc
          .uniqueArray(fc.tuple(key, arn), { maxLength: 2, selector: ([name]) => name })
          .map((pairs) =>
            Object.fromEntries(new Map(pairs.map(([name, value]) => [value, [name, value] as const])).values()),
          ),
        maxSessionDuration: fc.constantFrom("1h", "90m", 43_200),
        path: fc.constantFrom("/", "/databricks/", "/a/$%(b)/"),
        permissionsBoundaryArn: arn,
        tags,
        suspended: fc.array(fc.constantFrom(...SUSPENDED, "*first", "*last"), { maxLength: 3 }),
        revokeSessionsBefore: fc.constantFrom("2026-01-31T12:00:00Z", "2025-12-31T23:59:59Z"),
      },
      { requiredKeys: ["trusts"] },
    )
    .map((role) => ({ ...role, suspended: suspendable(ownOf(role.suspended ?? [], role.trusts), [role]) }))
    .map((role) => {
      // lint refuses people's long sessions from anywhere
      const { maxSessionDuration: _, ...short } = role;
      const names = (trust: TrustDeclaration): number =>
        "users" in trust ? (trust.users ?? []).length + (trust.identities ?? []).length : 0;
      return role.trusts.some((trust) => names(trust) > 0) ? short : role;
    });
}

/** Valid federations with every optional field, in every partition, in one or two AWS accounts. */
export const arbitraryFederation: fc.Arbitrary<Federation> = fc
  .record({
    partition: fc.constantFrom<Partition>("aws", "aws", "aws-us-gov", "aws-cn"),
    accountId: digits(12),
    second: fc.option(digits(12), { nil: null, freq: 3 }),
    issuers: fc.dictionary(key, issuer, { minKeys: 1, maxKeys: 3 }) as fc.Arbitrary<Issuers>,
  })
  .chain(({ partition, accountId, second, issuers }) =>
    fc
      .record({
        name: word,
        roles: fc.dictionary(roleKey, arbitraryRole(issuers, partition, second === null ? accountId : null), {
          minKeys: 1,
          maxKeys: 4,
        }),
        rolePath: fc.constantFrom("/", "/shared/"),
        roleNamePrefix: fc.constantFrom("", "databricks-"),
        maxSessionDuration: fc.constantFrom("1h", 7200),
        permissionsBoundaryArn: fc.constantFrom(undefined, `arn:${partition}:iam::aws:policy/boundary`),
        tags,
        adopt: fc.boolean(),
        suspended: fc.array(fc.constantFrom(...SUSPENDED), { maxLength: 3 }),
        revokeSessionsBefore: fc.constantFrom(undefined, "2026-01-15T00:00:00Z"),
      })
      .map(({ adopt, suspended, ...rest }) =>
        adopting(adopt, {
          ...rest,
          suspended: suspendable(suspended, Object.values(rest.roles)),
          aws:
            second === null
              ? { accountId, partition, region: "us-east-1" }
              : { partition, accounts: { prod: { accountId }, dev: { accountId: second, region: "eu-west-1" } } },
          issuers,
          emailDomains: EMAIL_DOMAINS,
          identities: IDENTITIES,
          trustPolicyMaxLength: 8192,
        }),
      ),
  )
  .filter((federation) => federation !== null) as fc.Arbitrary<Federation>;

/** `input` as a federation. With `adopt` the first issuer's provider exists already, in the first AWS account. */
function adopting(adopt: boolean, input: object): Federation | null {
  const federation = readOrNull(input);
  const [first] = Object.values(federation?.issuers ?? {});
  const account = federation?.accounts[0]?.accountId ?? null;
  if (!adopt || federation === null || first === undefined || account === null) return federation;
  const { issuers } = input as { readonly issuers: Issuers };
  const existingProviderArn = `arn:${federation.partition}:iam::${account}:oidc-provider/${first.issuerPath}`;
  const adopted = { ...issuers, [first.key]: { ...issuers[first.key], existingProviderArn } };
  return readOrNull({ ...input, issuers: adopted });
}

/** What spans several values (names that clash, issuers twice) is left to the rules themselves. */
function readOrNull(input: unknown): Federation | null {
  try {
    return readFederation(input).federation;
  } catch {
    return null;
  }
}
