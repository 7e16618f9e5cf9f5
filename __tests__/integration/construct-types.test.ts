import { basename, join } from "node:path";
import { compileSnippets, typeProblems } from "../support/compile";
import { REPOSITORY } from "../support/markdown";

const START = `
import { DatabricksFederation, type RoleProps } from "databricks-aws-oidc/cdktf";
import type { TerraformStack } from "cdktf";
declare const stack: TerraformStack;
const issuers = { production: { level: "workspace", host: "a.cloud.databricks.com", workspaceId: "1" } } as const;
const federation = new DatabricksFederation(stack, "f", { issuers });
const role: RoleProps = { trusts: [{ issuer: "production" }] };
`;
const SNIPPETS: Readonly<Record<string, string>> = {
  "right.ts": 'federation.addRole("r", role);',
  "issuer.ts": 'federation.addRole("r", { trusts: [{ issuer: "prodution", users: [] }] });',
  "property.ts": 'federation.addRole("r", { trusts: [{ issuer: "production", user: [] }] });',
  "key.ts": "federation.providers.prodution;",
};

test("the compiler shows a misspelt issuer or property where it stands, and takes roles declared by themselves", () => {
  const snippets = Object.entries(SNIPPETS).map(([file, line]) => [join(REPOSITORY, file), START + line] as const);
  const found = typeProblems(compileSnippets(new Map(snippets)));
  expect(found.map(({ file, message }) => [basename(file), message])).toEqual([
    ["issuer.ts", expect.stringContaining("Did you mean '\"production\"'") as unknown],
    ["key.ts", expect.stringContaining("Did you mean 'production'") as unknown],
    ["property.ts", expect.stringContaining("'user' does not exist") as unknown],
  ]);
});
