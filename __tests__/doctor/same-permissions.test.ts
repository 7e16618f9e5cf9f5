import fc from "fast-check";
import { samePermissions } from "../../src/doctor/same-policies";

const READ = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:ListBucket"],
      Resource: ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"],
      Condition: { Bool: { "aws:SecureTransport": true } },
    },
    { Effect: "Deny", NotAction: ["s3:Get*", "s3:List*"], Resource: "*" },
  ],
};
const [ALLOW, DENY] = READ.Statement;

describe("a permission policy says the same", () => {
  test.each<[string, unknown]>([
    ["as text", JSON.stringify(READ)],
    [
      "in another order",
      {
        Statement: [
          { Resource: ["*"], NotAction: ["s3:List*", "s3:Get*"], Effect: "Deny" },
          { ...ALLOW, Resource: [...(ALLOW?.Resource ?? [])].reverse() },
        ],
        Version: "2012-10-17",
      },
    ],
    [
      "with Sids and an Id",
      {
        ...READ,
        Id: "x",
        Statement: [
          { Sid: "A", ...ALLOW },
          { Sid: "B", ...DENY },
        ],
      },
    ],
    [
      "with actions and keys in another case, and true as text",
      {
        ...READ,
        Statement: [
          {
            ...ALLOW,
            Action: ["S3:getobject", "s3:LISTBUCKET"],
            Condition: { Bool: { "AWS:securetransport": ["true"] } },
          },
          DENY,
        ],
      },
    ],
    [
      "split by action and resource",
      {
        ...READ,
        Statement: [
          DENY,
          ...["s3:GetObject", "s3:ListBucket"].flatMap((Action) =>
            ["arn:aws:s3:::lake", "arn:aws:s3:::lake/*"].map((Resource) => ({ ...ALLOW, Action, Resource })),
          ),
        ],
      },
    ],
    ["without a version, where no variable is in it", { Statement: READ.Statement }],
  ])("%s", (_name, other) => {
    expect(samePermissions(READ, other)).toBe(true);
    expect(samePermissions(other, READ)).toBe(true);
  });

  test.each<[string, unknown]>([
    [
      "one action more",
      { ...READ, Statement: [{ ...ALLOW, Action: ["s3:GetObject", "s3:ListBucket", "s3:PutObject"] }, DENY] },
    ],
    [
      "a resource in another case",
      { ...READ, Statement: [{ ...ALLOW, Resource: ["arn:aws:s3:::Lake", "arn:aws:s3:::lake/*"] }, DENY] },
    ],
    ["no condition", { ...READ, Statement: [{ ...ALLOW, Condition: undefined }, DENY] }],
    [
      "another operator",
      { ...READ, Statement: [{ ...ALLOW, Condition: { BoolIfExists: { "aws:SecureTransport": "true" } } }, DENY] },
    ],
    ["one statement less", { ...READ, Statement: [ALLOW] }],
    [
      "Action for NotAction",
      { ...READ, Statement: [ALLOW, { Effect: "Deny", Action: ["s3:Get*", "s3:List*"], Resource: "*" }] },
    ],
    [
      "NotAction split, which denies more",
      { ...READ, Statement: [ALLOW, ...["s3:Get*", "s3:List*"].map((NotAction) => ({ ...DENY, NotAction }))] },
    ],
    [
      "NotResource for Resource",
      { ...READ, Statement: [{ ...ALLOW, Resource: undefined, NotResource: ALLOW?.Resource }, DENY] },
    ],
    ["text that is no policy", "{"],
    ["nothing", undefined],
  ])("and not with %s", (_name, other) => {
    expect(samePermissions(READ, other)).toBe(false);
    expect(samePermissions(other, READ)).toBe(false);
  });

  test("a policy variable is read from its version on", () => {
    const home = (Version: string): unknown => ({
      Version,
      Statement: { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::lake/${aws:userid}" },
    });
    expect(samePermissions(home("2012-10-17"), home("2008-10-17"))).toBe(false);
  });
});

const few = (...values: string[]): fc.Arbitrary<string[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Deny"),
  Action: few("s3:a", "s3:b", "s3:c"),
  Resource: few("x", "y", "z"),
});
type Statement = { readonly Effect: string; readonly Action: readonly string[]; readonly Resource: readonly string[] };

/** What is allowed and denied, by name: the reference for policies without wildcards. */
function meaning(statements: readonly Statement[]): string {
  return [
    ...new Set(
      statements.flatMap(({ Effect, Action, Resource }) =>
        Action.flatMap((action) => Resource.map((resource) => `${Effect} ${action} ${resource}`)),
      ),
    ),
  ]
    .sort()
    .join("\n");
}

test("two policies without wildcards are the same exactly where they name the same", () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 3 }), fc.array(statement, { maxLength: 3 }), (left, right) => {
      expect(samePermissions({ Statement: left }, { Statement: right })).toBe(meaning(left) === meaning(right));
    }),
  );
});
