/** The published declarations in other projects: nothing of ours is wrong, a mistake is reported where it stands. */
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../support/markdown";
import { runProgram } from "../support/run-program";
import { temporaryFolder } from "../support/temporary-folder";

jest.setTimeout(900_000);
const MODULES = join(REPOSITORY, "node_modules");
const TEMPLATE = join(MODULES, "@cdktf", "cli-core", "templates", "typescript", "tsconfig.json");

/** Projects by the way they resolve modules. Node takes no folder for a module where a package is `type: module`. */
const PROJECTS = {
  "cdktf's own template": { type: "commonjs", provider: "provider", options: {} },
  "NodeNext, ES modules": {
    type: "module",
    provider: "provider/index.js",
    options: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  },
} as const;

const RIGHT = (provider: string): string => `
import { AwsProvider } from "@cdktf/provider-aws/lib/${provider}";
import { App, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { readFederation } from "databricks-aws-oidc";
import { DatabricksFederatedRole, DatabricksFederation, FederationStack } from "databricks-aws-oidc/cdktf";
import type { RoleProps } from "databricks-aws-oidc/cdktf";

class Lake extends TerraformStack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const provider = new AwsProvider(this, "aws", { region: "us-east-1" });
    const federation = new DatabricksFederation(this, "lakehouse", {
      provider,
      issuers: {
        production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
        company: { level: "account", accountId: "7d3c2b1a-0f5e-4c8d-9a6b-123456789012" },
      },
      roles: { reader: { trusts: [{ issuer: "company", users: ["alice@example.com"] }] } },
    });
    const elsewhere: RoleProps = { trusts: [{ issuer: federation.providers.production, users: ["a@example.com"] }] };
    federation.addRole("writer", elsewhere).addManagedPolicy("read", "arn:aws:iam::aws:policy/ReadOnlyAccess");
    new DatabricksFederatedRole(this, "storage", { trusts: [{ unityCatalog: { externalIds: ["x"] } }] });
  }
}
const app = new App();
new Lake(app, "lake");
FederationStack.forEachAccount(app, readFederation({ name: "l", issuers: {}, roles: {} }).federation);
`;

const START = `
import { TerraformStack } from "cdktf";
import { DatabricksFederatedRole, DatabricksFederation, DatabricksOidcProvider } from "databricks-aws-oidc/cdktf";
declare const stack: TerraformStack;
const production = { level: "workspace", host: "a.cloud.databricks.com", workspaceId: "1" } as const;
const federation = new DatabricksFederation(stack, "f", { issuers: { production } });
export { DatabricksFederatedRole, DatabricksOidcProvider, federation };
`;

const inFederation = (props: string): string => `new DatabricksFederation(stack, "g", {\n${props}\n});`;
const withIssuer = (issuer: string): string => inFederation(`issuers: { i: {\n${issuer}\n} },`);
const withTrust = (trust: string): string => `federation.addRole("r", { trusts: [{\n${trust}\n}] });`;

/** Code, and what the compiler says of the line that ends in a marker. */
const MISTAKES: readonly (readonly [string, RegExp])[] = [
  ['new DatabricksFederation(stack, "g", {}); // <-', /'issuers' is missing/],
  [inFederation('issuers: {\ni: { level: "workspace", host: "a" }, // <-\n},'), /'workspaceId' is missing/],
  [inFederation('issuers: {\ni: { level: "account" }, // <-\n},'), /'accountId' is missing/],
  [inFederation('issuers: { production },\nawsAccountID: "1", // <-'), /'awsAccountID' does not exist.*'awsAccountId'/],
  [withIssuer("...production,\naudience: [], // <-"), /'audience' does not exist.*[Dd]id you mean.*'audiences'/],
  [withIssuer('level: "workspce", // <-\nhost: "a", workspaceId: "1"'), /"workspce"' is not assignable/],
  [
    inFederation('issuers: { production },\nroles: { r: { trusts: [{\nissuer: "prodution", // <-\nusers: [] }] } },'),
    /"prodution"' is not assignable.*[Dd]id you mean.*production/,
  ],
  ['federation.addRole("r", { trusts: [\n{ users: ["a@example.com"] }, // <-\n] });', /'issuer' is missing/],
  ['federation.addRole("r", {\ntrust: [], // <-\n});', /'trust' does not exist.*'trusts'/],
  ['federation.addRole("r", {}); // <-', /'trusts' is missing/],
  [withTrust('issuer: "production",\nservicePrincipal: [], // <-'), /'servicePrincipal' does not.*'servicePrincipals'/],
  [withTrust('unityCatalog: {\nexternalId: "x", // <-\n},'), /'externalId' does not exist.*'externalIds'/],
  [
    withTrust('issuer: "production",\nusers: "alice@example.com", // <-'),
    /'string' is not assignable to type 'readonly string\[\]'/,
  ],
  [
    'federation.addRole("r", { trusts: [],\nmanagedPolicyArns: ["arn:aws:iam::aws:policy/X"], // <-\n});',
    /string\[\]' is not assignable/,
  ],
  ['new DatabricksOidcProvider(stack, "p", { level: "workspace", host: "a" }); // <-', /'workspaceId' is missing/],
  [
    `new DatabricksFederatedRole(stack, "r", {
       providers: { production: federation.providers.production },
       trusts: [{
         issuer: "prod", // <-
         users: [] }],
     });`,
    /"prod"' is not assignable/,
  ],
  ["federation.providers.prodution; // <-", /Did you mean 'production'/],
];

let types: string;
beforeAll(async () => {
  types = join(temporaryFolder("types"), "types");
  await runProgram(process.execPath, [join("scripts", "write-declarations.mjs"), types], { cwd: REPOSITORY });
});

/** A project that installed the package, with cdktf's own compiler options, and libraries checked too. */
function problemsIn(project: keyof typeof PROJECTS, files: Readonly<Record<string, string>>): readonly ts.Diagnostic[] {
  const { type, options } = PROJECTS[project];
  const folder = temporaryFolder("consumer");
  const installed = join(folder, "node_modules", "databricks-aws-oidc");
  mkdirSync(join(installed, "dist"), { recursive: true });
  copyFileSync(join(REPOSITORY, "package.json"), join(installed, "package.json"));
  symlinkSync(types, join(installed, "dist", "types"));
  for (const peer of ["cdktf", "constructs", join("@cdktf", "provider-aws"), join("@types", "node")]) {
    mkdirSync(dirname(join(folder, "node_modules", peer)), { recursive: true });
    symlinkSync(join(MODULES, peer), join(folder, "node_modules", peer));
  }
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { config } = ts.readConfigFile(TEMPLATE, (path) => readFileSync(path, "utf8")) as {
    config: { compilerOptions: object };
  };
  const compilerOptions = { ...config.compilerOptions, incremental: false, skipLibCheck: false };
  const names = Object.keys(files);
  const parsed = ts.parseJsonConfigFileContent({ compilerOptions, files: names }, ts.sys, folder);
  const program = ts.createProgram(parsed.fileNames, { ...parsed.options, ...options, preserveSymlinks: true });
  return ts.getPreEmitDiagnostics(program);
}

const text = ({ messageText }: ts.Diagnostic): string => ts.flattenDiagnosticMessageText(messageText, " ");

/** Where each problem stands that is in no file named `mistake-…`. */
function othersIn(problems: readonly ts.Diagnostic[]): readonly string[] {
  return problems
    .filter(({ file }) => !basename(file?.fileName ?? "").startsWith("mistake-"))
    .map((problem) => `${problem.file?.fileName ?? ""}: ${text(problem)}`);
}

test("a project of cdktf's template that checks its libraries: nothing is wrong but mistakes, where they stand", () => {
  const files = MISTAKES.map(([code], index) => [`mistake-${index}.ts`, `${START}${code}\n`] as const);
  const main = RIGHT(PROJECTS["cdktf's own template"].provider);
  const found = problemsIn("cdktf's own template", { "main.ts": main, ...Object.fromEntries(files) });
  expect(othersIn(found)).toEqual([]);
  const reported = files.map(([name, content]) => ({
    content,
    problems: found
      .filter(({ file }) => basename(file?.fileName ?? "") === name)
      .map((problem) => ({
        line: problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0).line,
        text: text(problem),
      })),
  }));
  expect(reported).toEqual(
    files.map(([, content], index) => ({
      content,
      problems: [
        {
          line: content.split("\n").findIndex((line) => line.endsWith("// <-")),
          text: expect.stringMatching(MISTAKES[index]?.[1] ?? "") as unknown,
        },
      ],
    })),
  );
});

test("a project of ES modules with NodeNext that checks its libraries too finds nothing wrong", () => {
  const main = RIGHT(PROJECTS["NodeNext, ES modules"].provider);
  expect(othersIn(problemsIn("NodeNext, ES modules", { "main.ts": main }))).toEqual([]);
});

test("no declaration that is published names zod", async () => {
  const { stdout } = await runProgram("grep", ["-rl", "zod", types], { cwd: REPOSITORY, accept: [0, 1] });
  expect(stdout).toBe("");
});
