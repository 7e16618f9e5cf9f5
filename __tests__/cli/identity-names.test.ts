/** The names that a federation gives its identities, beside their IDs in what every verb prints. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { assumption, READER, trailFile } from "../audit/trail";
import { callCli } from "../support/call-cli";
import { temporaryFolder } from "../support/temporary-folder";

const FOLDER = temporaryFolder("identity-names");
const WRITER = "1f0e9d8c-7b6a-4594-8372-615049382716";

/** The reader has two names; it is trusted by name here and by ID there. */
const FEDERATION = {
  name: "lakehouse",
  aws: { accountId: "111122223333" },
  issuers: {
    production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
  },
  identities: {
    "nightly-etl": { servicePrincipal: READER },
    etl: { servicePrincipal: READER },
    alice: { user: "alice@example.com" },
  },
  roles: {
    "lake-reader": { trusts: [{ issuer: "production", identities: ["nightly-etl", "alice"] }] },
    "lake-writer": { trusts: [{ issuer: "production", servicePrincipals: [READER, WRITER] }] },
  },
};

function file(name: string, content: unknown): string {
  const path = join(FOLDER, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const federation = file("federation.json", FEDERATION);
const narrow = file("narrow.json", {
  ...FEDERATION,
  roles: { ...FEDERATION.roles, "lake-writer": { trusts: [{ issuer: "production", servicePrincipals: [WRITER] }] } },
});
const claims = file("claims.json", {
  iss: "https://mycompany.cloud.databricks.com/oidc",
  aud: "1444828305810485",
  sub: READER,
  iat: 1_767_225_600,
  exp: 1_767_229_200,
});
const trail = file("trail.json", trailFile([assumption(), assumption({ role: "lake-writer", error: "AccessDenied" })]));
const EXPLAIN = ["explain", "--config", federation, "--role", "lake-reader", "--claims", claims, "--now", "1767225660"];

const NAMED = `${READER} (nightly-etl, etl)`;

test.each([
  ["explain", EXPLAIN, [`✓ ${NAMED} can assume lake-reader`, `subject   ${NAMED}`]],
  [
    "explain --who",
    ["explain", "--who", "--config", federation],
    [`service principal ${NAMED} or user alice@example.com (alice) of https://`, `or service principal ${WRITER} of`],
  ],
  ["lint", ["lint", federation], ['"alice@example.com" (alice) is an email address.']],
  ["lint --before", ["lint", federation, "--before", narrow], [`+ ${NAMED} of https://`]],
  ["a loss in lint --before", ["lint", narrow, "--before", federation], [`- ${NAMED} of https://`]],
  ["audit", ["audit", trail, "--config", federation], [NAMED, `✗ ${NAMED} for lake-writer: AccessDenied`]],
  [
    "who was not seen",
    ["audit", trail, "--config", federation],
    ["lake-reader: alice@example.com (alice) of production"],
  ],
  ["audit --csv", ["audit", trail, "--config", federation, "--csv"], [",nightly-etl etl\n", ",alice\n"]],
  ["report", ["report", federation], [`<small>(nightly-etl, etl)</small>`, `>${NAMED}</a>`]],
  [
    "report --trail",
    ["report", federation, "--trail", trail],
    [`<span class="who">${NAMED}</span>`, `>${NAMED}</a>: <span`],
  ],
  ["report as a diagram", ["report", federation, "--format", "mermaid"], [`${READER} (nightly-etl, etl)<br/>`]],
])("%s shows the name beside the ID", async (_, args, said) => {
  const { stdout } = await callCli(...args);
  for (const text of said) expect(stdout).toContain(text);
});

test("JSON has the ID as it is and the names in a member", async () => {
  const json = async (...args: readonly string[]): Promise<unknown> =>
    JSON.parse((await callCli(...args, "--json")).stdout);
  const names = ["nightly-etl", "etl"];
  expect(await json(...EXPLAIN)).toMatchObject({ subject: READER, names });
  expect(await json("explain", "--who", "--config", federation)).toMatchObject({
    roles: [
      { kinds: [{ names: { [READER]: names, "alice@example.com": ["alice"] } }] },
      { kinds: [{ names: { [READER]: names } }] },
    ],
  });
  expect(await json("lint", federation)).toMatchObject({
    findings: [{ rule: "subject-email", names: { "alice@example.com": ["alice"] } }],
  });
  expect(await json("lint", federation, "--before", narrow)).toMatchObject({
    changes: [{ gained: [{ subject: READER, names }] }],
  });
  expect(await json("audit", trail, "--config", federation)).toMatchObject({
    uses: [{ subject: READER, names }],
    refusals: [{ subject: READER, names }],
    unseen: {
      identities: expect.arrayContaining([expect.objectContaining({ subject: WRITER, names: [] })]) as unknown,
    },
  });
  expect(await json("report", federation)).toMatchObject({ identities: [{ who: READER, names }, {}, {}] });
});

test("prove names whose token was decided wrongly", async () => {
  const [{ parseFederation }, { prove }, { proofText }] = await Promise.all([
    import("../../src/federation"),
    import("../../src/prove/prove"),
    import("../../src/prove/text"),
  ]);
  const federationWithout = parseFederation(JSON.stringify(FEDERATION), { file: "federation.json" }).federation;
  // a condition that no request fulfils keeps declared identities out
  const [role] = federationWithout.roles;
  if (role === undefined) throw new Error("no role");
  const never = { test: "Null", variable: "aws:PrincipalType", values: ["true"] } as const;
  const trusts = role.trusts.map((trust) => ({ ...trust, conditions: [never] }));
  const proof = await prove(
    { ...federationWithout, roles: [{ ...role, trusts }] },
    { seed: 1, count: 1000, now: 1_767_225_660 },
  );
  expect(proof.roles[0]?.shutOut.map(({ names }) => names)).toContainEqual(["nightly-etl", "etl"]);
  expect(proofText(proof)).toContain("named   nightly-etl, etl");
});
