import { parseFederation } from "../../src/federation";
import { lintFederation } from "../../src/lint/lint-federation";

function placeholders(externalId: string): readonly string[] {
  const { federation } = parseFederation(
    JSON.stringify({
      name: "lakehouse",
      aws: { accountId: "111122223333" },
      issuers: {
        production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
      },
      roles: { storage: { trusts: [{ unityCatalog: { externalIds: [externalId], cloud: "aws" } }] } },
    }),
    { file: "federation.yaml" },
  );
  return lintFederation(federation)
    .filter(({ rule, severity }) => rule === "external-id-placeholder" && severity === "warning")
    .map(({ message }) => message);
}

test.each([
  "0000",
  "00000000-0000-0000-0000-000000000000",
  "xxxxxxxx",
  "external-id",
  "placeholder",
  "your-external-id",
  "TODO-later",
  "change-me",
])("warns of %s as external ID", (externalId) => {
  expect(placeholders(externalId)).toContain(`The external ID ${JSON.stringify(externalId)} is a placeholder.`);
});

test.each(["0b7e6f5a-1c2d-4e3f-9a8b-7c6d5e4f3a2b", "00000000-0000-0000-0000-000000000001", "acme-prod-lake"])(
  "has nothing to say of %s",
  (externalId) => {
    expect(placeholders(externalId)).toEqual([]);
  },
);
