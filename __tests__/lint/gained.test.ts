import fc from "fast-check";
import { gainedBy } from "../../src/lint/gained";
import { readPolicy } from "../../src/trust/decide/document";
import type { PolicyDocument } from "../../src/trust/decide/document";
import { runs } from "../support/runs";

const PATH = "mycompany.cloud.databricks.com/oidc";

function policy(audience: string, subjects: readonly string[], statements: number): PolicyDocument {
  const read = readPolicy({
    Version: "2012-10-17",
    Statement: Array.from({ length: statements }, () => ({
      Effect: "Allow",
      Action: "sts:AssumeRoleWithWebIdentity",
      Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${PATH}` },
      Condition: { StringEquals: { [`${PATH}:aud`]: audience, [`${PATH}:sub`]: subjects } },
    })),
  });
  if (!read.ok) throw new Error(read.why);
  return read.policy;
}

test("who is named exactly by one statement is found as by the search of all requests", () => {
  const subject = fc.oneof(
    fc.constantFrom("a", "A", "aa", "b-1", "alice@example.com", "*", "a*", "${x}", "é", "", " a"),
    fc.uuid(),
    fc.stringMatching(/^[a-c]{1,3}$/),
  );
  fc.assert(
    fc.property(fc.constantFrom("1", "2", "*", ""), fc.array(subject, { maxLength: 30 }), (audience, subjects) => {
      // the same statement twice is no longer taken as it stands
      expect(gainedBy(policy(audience, subjects, 1), null)).toEqual(gainedBy(policy(audience, subjects, 2), null));
    }),
    { numRuns: runs(40) },
  );
});
