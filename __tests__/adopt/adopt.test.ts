import { parseFederation, readFederation, roleTrustPolicy } from "../../src/federation";
import { comesBackTheSame, takenOver, viewOf } from "../support/adopted-federation";
import { PLAIN } from "../support/existing-account";
import { runs } from "../support/runs";

test("what a federation file can say of an account comes back the same, however its policies are written", () => {
  expect(comesBackTheSame(runs(200))).toBeGreaterThan(0);
});

test("a role of Unity Catalog whose web identities are all suspended comes back with one who stands for them", () => {
  const view = viewOf(
    readFederation({
      name: "lakehouse",
      aws: { accountId: "111122223333" },
      issuers: {
        production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
      },
      roles: {
        reader: {
          trusts: [
            { issuer: "production", users: ["alice@example.com"] },
            { unityCatalog: { externalIds: ["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b"] } },
          ],
        },
      },
      suspended: ["alice@example.com"],
    }).federation,
  );
  const { text, written, assumed } = takenOver(view, [PLAIN]);
  expect(written.map(({ differences }) => differences)).toEqual([[]]);
  expect(assumed).toEqual([expect.stringMatching(/^The policy of all roles keeps sessions of web identities out/)]);
  const again = viewOf(parseFederation(text ?? "").federation);
  expect(again.roles.map((role) => roleTrustPolicy(role, again))).toEqual(
    view.roles.map((role) => roleTrustPolicy(role, view)),
  );
});
