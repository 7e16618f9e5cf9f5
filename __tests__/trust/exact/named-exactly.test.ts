import fc from "fast-check";
import { readPolicy } from "../../../src/trust/decide/document";
import type { PolicyDocument } from "../../../src/trust/decide/document";
import { compare } from "../../../src/trust/exact/compare";
import { namedExactly } from "../../../src/trust/exact/named-exactly";
import { who } from "../../../src/trust/exact/who";
import { runs } from "../../support/runs";

const PATH = "mycompany.cloud.databricks.com/oidc";

function policy(statement: Readonly<Record<string, unknown>>, ...more: readonly unknown[]): PolicyDocument {
  const plain = {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${PATH}` },
    Condition: { StringEquals: { [`${PATH}:aud`]: "1", [`${PATH}:sub`]: ["b", "a"] } },
  };
  const read = readPolicy({ Version: "2012-10-17", Statement: [{ ...plain, ...statement }, ...more] });
  if (!read.ok) throw new Error(read.why);
  return read.policy;
}

const guarded = (audience: unknown, subjects: unknown, key = PATH) => ({
  Condition: { StringEquals: { [`${key}:aud`]: audience, [`${key}:sub`]: subjects } },
});

test("each of those who are named gets in, and none beside them, as the search of all requests finds", () => {
  const subject = fc.oneof(fc.constantFrom("a", "A", "alice@example.com", "*", "${x}", "é", "", " a"), fc.uuid());
  fc.assert(
    fc.property(
      fc.constantFrom("1", "2", "*", "", ["1", "2"]),
      fc.array(subject, { maxLength: 5 }),
      (audience, subjects) => {
        const asked = policy(guarded(audience, subjects));
        const named = namedExactly(asked);
        if (named === undefined) return;
        for (const [index, { subject: own, audience: only, issuer, witness }] of named.entries()) {
          const others = policy(
            guarded(
              audience,
              named.filter((_, at) => at !== index).map((other) => other.subject),
            ),
          );
          const compared = compare(asked, named.length === 1 ? [] : others);
          expect(compared).toMatchObject({ kind: "wider", witness });
          expect([own, only, issuer]).toEqual([
            witness.claims["sub"]?.[0],
            witness.claims["aud"]?.[0],
            `https://${PATH}`,
          ]);
        }
        expect(
          compare(
            asked,
            policy(
              guarded(
                audience,
                named.map((one) => one.subject),
              ),
            ),
          ).kind,
        ).toBe("none");
        expect(who(asked)).toEqual(who(asked, { steps: 400_000 }));
      },
    ),
    { numRuns: runs(60) },
  );
});

test.each([
  ["a pattern", policy({ Condition: { StringLike: guarded("1", "a*").Condition.StringEquals } })],
  ["two audiences", policy(guarded(["1", "2"], "a"))],
  ["no subject", policy(guarded("1", []))],
  ["a variable", policy(guarded("1", "${aws:username}"))],
  ["another issuer's keys", policy(guarded("1", "a", "other.example/oidc"))],
  [
    "a further condition",
    policy({ Condition: { ...guarded("1", "a").Condition, Bool: { "aws:SecureTransport": "true" } } }),
  ],
  ["another action", policy({ Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"] })],
  ["NotAction", policy({ Action: undefined, NotAction: "sts:AssumeRoleWithWebIdentity" })],
  ["an element that trust policies lack", policy({ Resource: "*" })],
  ["another principal", policy({ Principal: { AWS: "111122223333" } })],
  ["two providers", policy({ Principal: { Federated: ["h.example/oidc", "g.example/oidc"] } })],
  ["a Deny", policy({ Effect: "Deny" })],
  ["a second statement", policy({}, { Effect: "Deny", Action: "*", Principal: "*" })],
])("a policy with %s is left to the search", (_, asked) => {
  expect(namedExactly(asked)).toBeUndefined();
});
