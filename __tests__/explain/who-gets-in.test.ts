import { callersText, whoGetsIn } from "../../src/explain/who-gets-in";
import { AUD, EXAMPLE_AUDIENCE, EXAMPLE_ISSUER, GUARDS, policyOf, statement, SUB } from "../../src/lint/examples";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";

const OF = `of https://${EXAMPLE_ISSUER}`;
const audience = { [AUD]: EXAMPLE_AUDIENCE };

function linesOf(policy: unknown): readonly string[] {
  const read = readPolicy(policy);
  if (!read.ok) throw new Error(read.why);
  return callersText([whoGetsIn("r", read.policy)])
    .split("\n")
    .slice(1)
    .map((line) => line.trim());
}

test.each<readonly [string, unknown, readonly string[]]>([
  [
    "a service principal from a network",
    policyOf(statement({ Condition: { ...GUARDS, IpAddress: { "aws:SourceIp": "203.0.113.0/24" } } })),
    [
      `service principal 6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b ${OF}, audience ${EXAMPLE_AUDIENCE}, from 203.0.113.0/24`,
      "nobody else",
    ],
  ],
  [
    "a user and a pattern",
    policyOf(
      statement({ Condition: { StringEquals: { ...audience, [SUB]: "alice@example.com" } } }),
      statement({ Condition: { StringEquals: audience, StringLike: { [SUB]: "*@data.example.com" } } }),
    ),
    [
      `user alice@example.com ${OF}, audience ${EXAMPLE_AUDIENCE}`,
      `anyone with a sub like "*@data.example.com" ${OF}, audience ${EXAMPLE_AUDIENCE}`,
      "nobody else",
    ],
  ],
  [
    "a statement that another covers",
    policyOf(statement(), statement({ Condition: { StringEquals: audience } })),
    [`anyone ${OF}, audience ${EXAMPLE_AUDIENCE}`, "nobody else"],
  ],
  [
    "a service, and a Deny that shuts everybody else out",
    policyOf(
      { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } },
      statement(),
      statement({ Effect: "Deny", Condition: undefined }),
    ),
    ["AWS service ec2.amazonaws.com", "nobody else"],
  ],
  [
    "a subject and an audience that read like more of the sentence",
    policyOf(
      statement({
        Condition: {
          StringEquals: {
            [AUD]: "1, from 203.0.113.0/24",
            [SUB]: "alice@example.com (on-call) of https://example.com/oidc, audience",
          },
        },
      }),
    ),
    [
      `user "alice@example.com (on-call) of https://example.com/oidc, audience" ${OF}, ` +
        'audience "1, from 203.0.113.0/24"',
      "nobody else",
    ],
  ],
])("%s is listed, and nothing else", (_, policy, lines) => {
  expect(linesOf(policy)).toEqual(lines);
});

test("nobody gets in by a key of no provider", () => {
  expect(linesOf(policyOf(statement({ Condition: { StringEquals: { "undefined:sub": "a" } } })))).toEqual(["nobody"]);
});

test("every action but those that are named is said to be", () => {
  const { Action: _, ...others } = statement();
  const read = readPolicy(policyOf({ ...others, NotAction: "sts:TagSession" }));
  if (!read.ok) throw new Error(read.why);
  expect(whoGetsIn("r", read.policy).kinds).toMatchObject([{ actions: ["sts:TagSession"], notAction: true }]);
});

test("each kind shows a request that gets in, as plain data", () => {
  const read = readPolicy(policyOf(statement()));
  if (!read.ok) throw new Error(read.why);
  const [kind] = whoGetsIn("r", read.policy).kinds;
  if (kind?.witness == null) throw new Error("nobody");
  expect(JSON.parse(JSON.stringify(kind.witness))).toEqual(kind.witness);
  const keys = new Map(
    Object.entries(kind.witness.claims).map(([claim, values]) => [`${EXAMPLE_ISSUER}:${claim}`, values]),
  );
  expect(
    decide(compilePolicy(read.policy), { action: kind.witness.action, principal: kind.witness.principal, keys }),
  ).toBe(true);
});
