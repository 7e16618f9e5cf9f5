/** Whoever gains a role is told: held against trying every request of a small world on both policies. */
import { assert as hold, array, constantFrom, property, record, tuple, uniqueArray } from "fast-check";
import { compareTargets } from "../../src/lint/compare";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import { EXAMPLE_ARN, EXAMPLE_ISSUER, targetOf } from "../../src/lint/examples";
import { runs } from "../support/runs";

const SUBJECTS = ["a", "A", "ab", "aB", "b", "bab", "q7", "B"];
const ADDRESSES = Array.from({ length: 16 }, (_, index) => `10.0.0.${index}`);
const WORLD = SUBJECTS.flatMap((sub) =>
  ["1", "2"].flatMap((aud) => [null, ...ADDRESSES].map((ip) => ({ sub, aud, ip }))),
);

const AUD = `${EXAMPLE_ISSUER}:aud`;
const SUB = `${EXAMPLE_ISSUER}:sub`;
const subjects = uniqueArray(constantFrom(...SUBJECTS.slice(0, 5)), { minLength: 1, maxLength: 2 });
const patterns = uniqueArray(constantFrom("a*", "*b", "?b", "*a*", "b"), { minLength: 1, maxLength: 2 });
const blocks = uniqueArray(
  tuple(constantFrom(29, 30, 31, 32), constantFrom(0, 1, 4, 6, 8, 12)).map(([length, at]) => `10.0.0.${at}/${length}`),
  { minLength: 1, maxLength: 3 },
);
const statement = record({
  Effect: constantFrom("Allow", "Allow", "Allow", "Deny"),
  who: tuple(constantFrom("StringEquals", "StringEqualsIgnoreCase", "StringNotEquals"), subjects).map(
    ([operator, values]) => ({ [operator]: { [SUB]: values } }),
  ),
  like: tuple(constantFrom("StringLike", "StringNotLike", null), patterns).map(([operator, values]) =>
    operator === null ? {} : { [operator]: { [SUB]: values } },
  ),
  where: tuple(constantFrom("IpAddress", "NotIpAddress", "IpAddressIfExists", null), blocks).map(
    ([operator, values]) => (operator === null ? {} : { [operator]: { "aws:SourceIp": values } }),
  ),
  audience: constantFrom(
    {},
    { StringEqualsIfExists: { [AUD]: ["1"] } },
    { "ForAnyValue:StringEquals": { [AUD]: ["1", "2"] } },
  ),
}).map(({ Effect, who, like, where, audience }) => ({
  Effect,
  Action: "sts:AssumeRoleWithWebIdentity",
  Principal: { Federated: EXAMPLE_ARN },
  Condition: { ...who, ...like, ...where, ...audience },
}));
const policy = array(statement, { minLength: 1, maxLength: 2 }).map((Statement) => ({
  Version: "2012-10-17",
  Statement,
}));

/** Which requests of the world a policy lets in. */
function admitted(document: unknown): readonly boolean[] {
  const read = readPolicy(document);
  if (!read.ok) throw new Error(read.why);
  const compiled = compilePolicy(read.policy);
  return WORLD.map(({ sub, aud, ip }) =>
    decide(compiled, {
      action: "sts:AssumeRoleWithWebIdentity",
      principal: { kind: "Federated", arn: EXAMPLE_ARN },
      keys: new Map([
        [SUB.toLowerCase(), [sub]],
        [AUD.toLowerCase(), [aud]],
        ...(ip === null ? [] : [["aws:sourceip", [ip]] as const]),
      ]),
    }),
  );
}

test("of two policies, a comparison tells of every gain and every loss there is", () => {
  const target = (document: unknown): ReturnType<typeof targetOf> => ({
    ...targetOf({ policy: document }),
    providers: [{ url: `https://${EXAMPLE_ISSUER}`, clientIds: ["1", "2"], accountId: null, path: "p" }],
  });
  hold(
    property(policy, policy, (before, after) => {
      const [old, now] = [admitted(before), admitted(after)];
      const changes = compareTargets(target(before), target(after));
      if (now.some((yes, at) => yes && old[at] === false))
        expect(changes.flatMap(({ gained }) => gained)).not.toEqual([]);
      if (old.some((yes, at) => yes && now[at] === false)) expect(changes.flatMap(({ lost }) => lost)).not.toEqual([]);
    }),
    { numRuns: runs(60) },
  );
});

test("a role that is made or deleted lets in whom it names, listed as if everybody had been tried", () => {
  const named = record({
    aud: uniqueArray(constantFrom("1", "2", "3"), { minLength: 1, maxLength: 2 }),
    sub: subjects,
  }).map(({ aud, sub }) => ({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: EXAMPLE_ARN },
    Condition: { StringEquals: { [AUD]: aud, [SUB]: sub } },
  }));
  const provider = { url: `https://${EXAMPLE_ISSUER}`, clientIds: ["2", "1"], accountId: null, path: "p" };
  // a denial that concerns nobody, so that everybody is tried
  const idle = { Effect: "Deny", Action: "sts:TagSession", Principal: { Federated: EXAMPLE_ARN } };
  const targetWith = (
    Statement: readonly unknown[],
    providers: readonly (typeof provider)[],
  ): ReturnType<typeof targetOf> => ({ ...targetOf({ policy: { Version: "2012-10-17", Statement } }), providers });
  hold(
    property(array(named, { minLength: 1, maxLength: 3 }), constantFrom([provider], []), (statements, providers) => {
      const nobody = { ...targetWith([], []), roles: [] };
      const [exact, tried] = [targetWith(statements, providers), targetWith([...statements, idle], providers)];
      expect(compareTargets(nobody, exact)).toEqual(compareTargets(nobody, tried));
      expect(compareTargets(exact, nobody)).toEqual(compareTargets(tried, nobody));
      expect(compareTargets(nobody, exact)[0]?.change).toBe("created");
    }),
    { numRuns: runs(60) },
  );
});
