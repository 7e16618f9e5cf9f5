import fc from "fast-check";
import { policyOf, statement, SUB, AUD, EXAMPLE_AUDIENCE, targetOf } from "../../src/lint/examples";
import { compare } from "../../src/trust/exact/compare";
import { aloneIn } from "../../src/trust/exact/who";
import { isOpenToSubjects } from "../../src/trust/parsed/openness";
import { parseRole } from "../../src/trust/parsed/parse-role";
import { runs } from "../support/runs";

const pattern = fc.constantFrom("*", "a*", "*a", "a?c", "*@example.com", "*@*", "b*b", "a${*}*", "${aws:username}*");
const subjects = fc.array(fc.oneof(pattern, fc.constantFrom("abc", "alice@example.com")), {
  minLength: 1,
  maxLength: 6,
});
const condition = fc
  .tuple(
    fc.constantFrom("StringLike", "StringLike", "StringNotLike", "StringEquals", "StringLikeIfExists"),
    fc.constantFrom("StringLike", "ForAllValues:StringLike", "StringNotEquals"),
    subjects,
    subjects,
  )
  .map(([first, second, some, others]) => ({
    StringEqualsIgnoreCase: { [AUD]: EXAMPLE_AUDIENCE },
    [second]: { [SUB]: others },
    [first]: { [SUB]: some },
  }));

test("whether a pattern lets an unnamed subject in is what the search of the whole statement finds", () => {
  fc.assert(
    fc.property(condition, fc.option(condition), pattern, (allow, deny, asked) => {
      const statements = [
        statement({ Condition: allow }),
        ...(deny === null ? [] : [statement({ Effect: "Deny", Condition: deny })]),
      ];
      const [role] = targetOf({ policy: policyOf(...statements) }).roles.map(parseRole);
      const [first] = role?.statements ?? [];
      if (role === undefined || first === undefined) throw new RangeError("the policy reads");
      const named = role.statements.flatMap(({ sub }) => sub.flatMap(({ values }) => values));
      const [provider] = first.providers;
      const found = compare(aloneIn(role, first), [], {
        callers: ({ arn, action }) => arn === provider?.arn && action === "sts:AssumeRoleWithWebIdentity",
        fixed: new Map([[SUB.toLowerCase(), { kind: "patterns", patterns: [asked], except: named }]]),
      });
      expect(isOpenToSubjects(role, first, asked)).toBe(found.kind !== "none");
    }),
    { numRuns: runs(600) },
  );
});
