import { explain } from "../../src/explain/explain";
import { FEATURES, featuresTable, MECHANISMS, mechanismsTable, mechanismsText } from "../../src/explain/mechanisms";
import { roleOfFederation } from "../../src/explain/role-in-question";
import { explanationText } from "../../src/explain/text";
import { readFederation } from "../../src/federation";
import { principalsTable, UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../../src/issuer/clouds";
import { pageText } from "../support/markdown";

test("the tables of the page about Unity Catalog are what the code makes", () => {
  expect(pageText("docs/unity-catalog.md")).toContain(`\n${mechanismsTable()}\n`);
  expect(pageText("docs/unity-catalog.md")).toContain(`\n${featuresTable()}\n`);
  expect(pageText("docs/unity-catalog.md")).toContain(`\n${principalsTable()}\n`);
});

test("every mechanism is once in the table, as in the text, with no cell left empty", () => {
  const rows = mechanismsTable().split("\n");
  expect(rows).toHaveLength(2 + MECHANISMS.length);
  expect(new Set(rows.map((row) => row.replaceAll("\\|", "").split("|").length)).size).toBe(1);
  for (const row of rows) expect(row).not.toMatch(/\|\s*\|(?!-)/);
  for (const { name } of MECHANISMS)
    expect([
      rows.filter((row) => row.startsWith(`| ${name} |`)).length,
      mechanismsText()
        .split("\n")
        .filter((line) => line === name).length,
    ]).toEqual([1, 1]);
});

test("each feature says what is documented, what is expected and what to take, in the text as in the table", () => {
  for (const { name, documented, expected, take } of FEATURES) {
    for (const text of [documented, expected, take]) expect(text).not.toBe("");
    expect(mechanismsText()).toContain(`from ${name}\n  documented by Databricks  ${documented}\n`);
    expect(featuresTable()).toContain(`| ${name} | ${documented} | ${expected} | ${take} |`);
  }
});

test("a service credential is offered to callers outside compute too, by the API of temporary credentials", () => {
  const service = MECHANISMS.find(({ id }) => id === "service-credential");
  expect(service?.features.join()).toMatch(/temporary-service-credentials: .*Apps.*CI.*laptops/);
  expect(service?.works).toContain("outside compute");
});

test("Unity Catalog on GCP is said to read S3 by a storage credential", () => {
  expect(MECHANISMS.find(({ id }) => id === "storage-credential")?.works).toContain("GCP reads S3");
  expect(pageText("docs/azure-and-gcp.md")).toMatch(
    /on GCP[^.]*Unity\s+Catalog can read it with a \[storage credential\]/,
  );
});

test("the page names the principal of every cloud", () => {
  for (const cloud of UNITY_CATALOG_CLOUDS) expect(principalsTable()).toContain(UNITY_CATALOG_PRINCIPALS[cloud].arn);
});

test("explaining a role that Unity Catalog assumes says so, and only then", async () => {
  const { federation } = readFederation({
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: {
      storage: { trusts: [{ unityCatalog: { externalIds: ["0b7e6f5a"], cloud: "aws" } }] },
      reader: { trusts: [{ issuer: "production", users: ["alice@example.com"] }] },
    },
  });
  const claims = {
    iss: "https://mycompany.cloud.databricks.com/oidc",
    sub: "alice@example.com",
    aud: "1444828305810485",
    iat: 1000,
    exp: 4600,
  };
  const text = async (key: string): Promise<string> => {
    const { providers, role, name } = roleOfFederation(federation, key, undefined, null);
    return explanationText(
      await explain({ kind: "claims", claims }, providers, role, {
        roleSessionName: "explain",
        durationSeconds: null,
        context: {},
        now: 2000,
      }),
      name,
    );
  };
  expect(await text("storage")).toContain("Unity Catalog assumes this role too");
  expect(await text("reader")).not.toContain("Unity Catalog");
});
