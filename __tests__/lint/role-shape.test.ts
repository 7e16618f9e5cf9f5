/** Lint checks a plain role once and skips others of its shape: what it finds must not depend on the roles before. */
import fc from "fast-check";
import { LINT_RULES } from "../../src/lint/all-rules";
import {
  AUD,
  EXAMPLE_ARN,
  EXAMPLE_AUDIENCE,
  EXAMPLE_SUBJECT,
  OTHER_SUBJECT,
  policyOf,
  statement,
  SUB,
  targetOf,
} from "../../src/lint/examples";
import { shapeOf } from "../../src/lint/role-shape";
import { lintRoleErrors, lintTarget } from "../../src/lint/run-rules";
import { parseRole } from "../../src/trust/parsed/parse-role";
import type { LintRole, LintTarget } from "../../src/trust/parsed/target";
import { runs } from "../support/runs";

const THIRD_SUBJECT = "00000000-0000-4000-8000-000000000000";

const SUBJECTS = [
  EXAMPLE_SUBJECT,
  OTHER_SUBJECT,
  THIRD_SUBJECT,
  EXAMPLE_SUBJECT.toUpperCase(),
  "alice@example.com",
  "someone@gmail.com",
  "*",
  "6a9f*",
  "",
  "${aws:username}",
];
const roleWith = (role: Partial<LintRole>): LintRole => {
  const [made] = targetOf(role).roles;
  if (made === undefined) throw new RangeError("the example has a role");
  return made;
};
const guarded = (subjects: readonly string[], operator = "StringEquals", audience = EXAMPLE_AUDIENCE) =>
  statement({
    Condition:
      operator === "StringEquals"
        ? { StringEquals: { [AUD]: audience, [SUB]: subjects } }
        : { StringEquals: { [AUD]: audience }, [operator]: { [SUB]: subjects } },
  });

/** A role that rules find nothing in, and what changes that one thing at a time. */
const PLAIN: LintRole = roleWith({ policy: policyOf(guarded([EXAMPLE_SUBJECT]), guarded([OTHER_SUBJECT])) });
const CHANGES: readonly Partial<LintRole>[] = [
  { accountId: "444455556666" },
  { maxSessionDuration: 43200 },
  { quota: 300 },
  { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  { policies: { all: { Statement: { Effect: "Allow", Action: "*", Resource: "*" } } } },
  { bounded: true, managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] },
  { name: "etl" },
  ...[
    ...SUBJECTS.map((subject) => guarded([subject])),
    ...SUBJECTS.map((subject) => guarded([subject, EXAMPLE_SUBJECT])),
    ...["StringLike", "StringNotEquals", "ForAllValues:StringEquals"].map((operator) =>
      guarded([EXAMPLE_SUBJECT], operator),
    ),
    guarded([EXAMPLE_SUBJECT], "StringEquals", "sts.amazonaws.com"),
    guarded([EXAMPLE_SUBJECT], "StringEquals", "7770000000000001"),
    ...[
      { Effect: "Deny" },
      { Principal: { Federated: EXAMPLE_ARN.replace("111122223333", "444455556666") } },
      { Principal: { Federated: EXAMPLE_ARN, AWS: "arn:aws:iam::111122223333:role/lake-reader" } },
      { Principal: "*" },
      { Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] },
      { NotAction: "sts:TagSession", Action: undefined },
      { Resource: "*" },
      { Condition: undefined },
      { Sid: EXAMPLE_SUBJECT },
    ].map(statement),
  ].flatMap((other) => [
    { policy: policyOf(other, guarded([OTHER_SUBJECT])) },
    { policy: policyOf(other), widePatterns: [{ pattern: "6a9f*", reason: "All of them are ours." }] },
  ]),
];
const targets = fc
  .array(fc.array(fc.constantFrom(...CHANGES), { maxLength: 2 }), { maxLength: 5 })
  .map((list): LintTarget => ({
    ...targetOf({}),
    roles: [{}, ...list.map((changes) => Object.assign({}, ...changes) as Partial<LintRole>)].map((changes, index) => ({
      ...PLAIN,
      ...changes,
      path: `roles.r${index}`,
    })),
  }));
const ofRoles = (target: LintTarget) => lintTarget(target).filter(({ role }) => role !== null);

test("what is found of a role is the same whatever roles were checked before it", () => {
  fc.assert(
    fc.property(targets, (target) => {
      const alone = target.roles.flatMap((role) => ofRoles({ ...target, roles: [role] }));
      expect(ofRoles(target)).toEqual(alone);
      const faultless = new Set<string>();
      const errors = target.roles.flatMap((role) => lintRoleErrors({ ...target, roles: [role] }, faultless));
      expect(errors).toEqual(alone.filter(({ severity }) => severity === "error"));
    }),
    { numRuns: runs(200) },
  );
});

test("a change of a plain role is seen behind the plain role", () => {
  for (const change of CHANGES) {
    const changed = { ...targetOf({}), roles: [{ ...PLAIN, ...change }] };
    expect(ofRoles({ ...changed, roles: [PLAIN, ...changed.roles] })).toEqual(ofRoles(changed));
  }
});

test.each(LINT_RULES.map((rule) => [rule.id, rule] as const))("%s is found behind its right example", (_, rule) => {
  const both = { ...rule.bad.target, roles: [...rule.good.target.roles, ...rule.bad.target.roles] };
  const expected = both.roles.flatMap((role) => ofRoles({ ...both, roles: [role] }));
  expect(ofRoles(both)).toEqual(expected);
});

test("application IDs do not count, but which of them are the same does", () => {
  const shape = (...lists: readonly (readonly string[])[]) =>
    shapeOf(parseRole(roleWith({ policy: policyOf(...lists.map((list) => guarded(list))) })));
  expect(shape([EXAMPLE_SUBJECT], [OTHER_SUBJECT])).toBe(shape([OTHER_SUBJECT], [THIRD_SUBJECT]));
  expect(shape([EXAMPLE_SUBJECT], [EXAMPLE_SUBJECT])).not.toBe(shape([EXAMPLE_SUBJECT], [OTHER_SUBJECT]));
  const [one, other] = [EXAMPLE_SUBJECT, OTHER_SUBJECT];
  expect(shape([one, other], [one])).not.toBe(shape([one, other], [other]));
  expect(shape(["alice@example.com"])).not.toBe(shape(["carol@example.com"]));
  expect(shape(["0"])).not.toBe(shape([EXAMPLE_SUBJECT]));
});

test.each([
  ["a pattern", guarded(["6a9f*"], "StringLike")],
  ["a Deny", statement({ Effect: "Deny" })],
  ["a principal of AWS", statement({ Principal: { Federated: EXAMPLE_ARN, AWS: "111122223333" } })],
  ["a further condition", statement({ Condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } })],
  ["NotPrincipal", statement({ Principal: undefined, NotPrincipal: { AWS: "111122223333" } })],
  ["Resource", statement({ Resource: "*" })],
  ["NotAction", statement({ Action: undefined, NotAction: "sts:TagSession" })],
])("a role with %s has no shape, and is always checked", (_, odd) => {
  expect(shapeOf(parseRole(roleWith({ policy: policyOf(statement(), odd) })))).toBeUndefined();
});

test("a role with policies, or with a reason for a wide pattern, has no shape", () => {
  for (const odd of [{ policies: { read: {} } }, { widePatterns: [{ pattern: "6a9f*", reason: "All are ours." }] }])
    expect(shapeOf(parseRole({ ...PLAIN, ...odd }))).toBeUndefined();
  expect(shapeOf(parseRole(PLAIN))).toBeDefined();
});
