import { InputError } from "../../src/errors";
import type { Problem } from "../../src/errors";
import { accountView, identityNames, nameOf, parseFederation, reachOf, roleTrustPolicy } from "../../src/federation";
import type { Federation } from "../../src/federation/model";

const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";

function written(identities: string, trust: string): string {
  return `name: lakehouse
aws: { accountId: "111122223333" }
issuers:
  production: { level: workspace, host: mycompany.cloud.databricks.com, workspaceId: "1444828305810485" }
identities: ${identities}
roles:
  reader: { trusts: [{ issuer: production, ${trust} }] }
`;
}

function read(identities: string, trust: string): Federation {
  return parseFederation(written(identities, trust)).federation;
}

function problemsOf(identities: string, trust = "users: [alice@example.com]"): readonly Problem[] {
  try {
    read(identities, trust);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

function subjectsOf(federation: Federation): unknown {
  const [account] = federation.accounts;
  const [role] = federation.roles;
  if (account === undefined || role === undefined) throw new RangeError("one account, one role");
  const { Statement } = roleTrustPolicy(role, accountView(federation, account));
  return Statement[0]?.Condition["StringEquals"]?.["mycompany.cloud.databricks.com/oidc:sub"];
}

const TEAM = "team: { subject: the team }";
const THREE = `{ nightly-etl: { servicePrincipal: ${READER} }, alice: { user: Alice@example.com }, ${TEAM} }`;

test("identities come last in the exact list, in the order of the trust, as written and without repeats", () => {
  const federation = read(
    THREE,
    `identities: [team, alice, nightly-etl, team], users: [zoe@example.com, Alice@example.com]`,
  );
  expect(subjectsOf(federation)).toEqual(["zoe@example.com", "Alice@example.com", "the team", READER]);
});

test("what a trust reaches by a name is listed by the kind of identity", () => {
  const reach = reachOf(read(THREE, "identities: [nightly-etl, alice, team]"));
  expect(reach.map(({ kind, who }) => [kind, who])).toEqual([
    ["service principal", READER],
    ["user", "Alice@example.com"],
    ["subject", "the team"],
  ]);
});

test("a subject has the names of its identities, compared with case", () => {
  const federation = read(`{ a: { user: a@example.com }, b: { user: a@example.com } }`, "identities: [a]");
  expect(nameOf(federation, "a@example.com")).toBe("a, b");
  expect(nameOf(federation, "A@example.com")).toBeUndefined();
  expect(identityNames(federation)("a@example.com")).toEqual(["a", "b"]);
});

test.each<[what: string, identities: string, code: string, path: string, column: number]>([
  ["of no kind", "{ alice: {} }", "identity-invalid", "identities.alice", 22],
  ["of two kinds", `{ alice: { user: a@example.com, subject: a } }`, "identity-invalid", "identities.alice", 22],
  ["of an unknown kind", "{ alice: { usr: a@example.com } }", "unknown-key", "identities.alice.usr", 24],
  ["that is no mapping", "{ alice: a@example.com }", "wrong-type", "identities.alice", 22],
  [
    "with an application ID in upper case",
    `{ etl: { servicePrincipal: ${READER.toUpperCase()} } }`,
    "service-principal-invalid",
    "identities.etl.servicePrincipal",
    40,
  ],
  ["that is a pattern", "{ all: { subject: '*' } }", "subject-invalid", "identities.all.subject", 31],
  [
    "called like an application ID",
    `{ ${"a".repeat(8)}-3b4d-4e5f-8a7b-0c1d2e3f4a5b: { user: a@example.com } }`,
    "identity-name-invalid",
    `identities.${"a".repeat(8)}-3b4d-4e5f-8a7b-0c1d2e3f4a5b`,
    53,
  ],
  ["with a space in its name", "{ a b: { user: a@example.com } }", "identity-name-invalid", 'identities["a b"]', 20],
])("refuses an identity %s, at its place", (_, identities, code, path, column) => {
  const [problem, ...others] = problemsOf(identities);
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ code, line: 5 });
  expect([problem?.path, problem?.column]).toEqual([path, column]);
});

test("refuses a name that is not declared, with the nearest one, and reports no trust without subjects", () => {
  expect(problemsOf(THREE, "identities: [nightly-et, toString, __proto__]")).toEqual([
    expect.objectContaining({
      code: "identity-not-found",
      path: "roles.reader.trusts[0].identities[0]",
      line: 7,
      fix: expect.stringMatching(/^Did you mean nightly-etl\?/) as string,
    }),
    expect.objectContaining({ code: "identity-not-found", path: "roles.reader.trusts[0].identities[1]" }),
    expect.objectContaining({ code: "identity-not-found", path: "roles.reader.trusts[0].identities[2]" }),
  ]);
  expect(problemsOf("{}", "identities: [etl]")[0]).toMatchObject({ fix: "Add it under identities." });
});

test("a mistake in identities is reported once, and not again by each trust that uses them", () => {
  expect(problemsOf("{ etl: { servicePrincipal: 7 } }", "identities: [etl]").map(({ code }) => code)).toEqual([
    "number-unquoted",
  ]);
});

test("a trust of an empty list of identities names nobody", () => {
  expect(problemsOf(THREE, "identities: []").map(({ code }) => code)).toEqual(["no-subject"]);
});
