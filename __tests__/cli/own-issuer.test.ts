import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { withOwnIssuer } from "../../src/cli/own-issuer";
import { InputError } from "../../src/errors";
import { REPOSITORY } from "../support/markdown";

const EMBEDDED = readFileSync(join(REPOSITORY, "federation.yaml"), "utf8");

describe("npm start with a pasted address", () => {
  test.each([
    [
      "https://acme.cloud.databricks.com/explore?o=2555939416921596",
      "https://acme.cloud.databricks.com/oidc",
      "2555939416921596",
    ],
    [
      "adb-1234567890123456.7.azuredatabricks.net/",
      "https://adb-1234567890123456.7.azuredatabricks.net/oidc",
      "1234567890123456",
    ],
    [
      "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
      "https://accounts.cloud.databricks.com/oidc/accounts/7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
      "7d3c2b1a-0f5e-4c8d-9a6b-123456789012",
    ],
  ])("%s takes the place of the example's issuer", (url, issuer, audience) => {
    const { federation } = withOwnIssuer(EMBEDDED, url);
    expect(Object.values(federation.issuers).map((own) => [own.issuer, own.audiences])).toEqual([[issuer, [audience]]]);
    expect(federation.roles.map(({ key }) => key)).toEqual(["lake-reader"]);
  });

  test.each([
    ["https://acme.cloud.databricks.com", "workspace-id-invalid"],
    ["https://evil.example.com/?o=1", "host-not-databricks"],
    ["https://accounts.cloud.databricks.com/oidc", "issuer-account-agnostic"],
    ["", "host-empty"],
  ])("%j is refused with %s", (url, code) => {
    let refused: unknown;
    try {
      withOwnIssuer(EMBEDDED, url);
    } catch (error) {
      refused = error;
    }
    expect(refused).toBeInstanceOf(InputError);
    expect((refused as InputError).code).toBe(code);
  });
});
