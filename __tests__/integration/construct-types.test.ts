import { basename, join } from "node:path";
import { compileSnippets, typeProblems } from "../support/compile";
import { REPOSITORY } from "../support/markdown";

const START = `
import { DatabricksFederation, type RoleProps } from "databricks-aws-oidc/cdktf";
import type { TerraformStack } from "cdktf";
declare const stack: TerraformStack;
const issuers = { production: { level: "workspace", host: "a.cloud.databricks.com", workspaceId: "1" } } as const;
const identities = { "nightly-etl": { servicePrincipal: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b" } };
const federation = new DatabricksFederation(stack, "f", { issuers, identities });
const role: RoleProps = { trusts: [{ issuer: "production" }] };
`;
const SNIPPETS: Readonly<Record<string, string>> = {
  "right.ts": 'federation.addRole("r", role);',
  "issuer.ts": 'federation.addRole("r", { trusts: [{ issuer: "prodution", users: [] }] });',
  "identity.ts": 'federation.addRole("r", { trusts: [{ issuer: "production", identities: ["nightly-et"] }] });',
  "named.ts": 'federation.addRole("r", { trusts: [{ issuer: "production", identities: ["nightly-etl"] }] });',
  "property.ts": 'federation.addRole("r", { trusts: [{ issuer: "production", user: [] }] });',
  "key.ts": "federation.providers.prodution;",
};

test("the compiler shows a misspelt issuer, identity or property, and takes roles declared by themselves", () => {
  const snippets = Object.entries(SNIPPETS).map(([file, line]) => [join(REPOSITORY, file), START + line] as const);
  const found = typeProblems(compileSnippets(new Map(snippets)));
  expect(found.map(({ file, message }) => [basename(file), message])).toEqual([
    ["identity.ts", expect.stringContaining("not assignable to type '\"nightly-etl\"'") as unknown],
    ["issuer.ts", expect.stringContaining("Did you mean '\"production\"'") as unknown],
    ["key.ts", expect.stringContaining("Did you mean 'production'") as unknown],
    ["property.ts", expect.stringContaining("'user' does not exist") as unknown],
  ]);
});
