import { builtinModules } from "node:module";
import { join } from "node:path";
import { buildSync } from "esbuild";
import * as entry from "../src";

const root = join(__dirname, "..");

/** What a bundle of `file` is made of: own files, packages, and the modules of Node it asks for. */
function partsOf(file: string): {
  readonly own: readonly string[];
  readonly packages: readonly string[];
  readonly node: readonly string[];
} {
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: [file],
    bundle: true,
    write: false,
    outdir: "unwritten",
    platform: "node",
    metafile: true,
    logLevel: "silent",
  });
  const inputs = Object.entries(metafile.inputs);
  const packageOf = (path: string): string | undefined => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  return {
    own: inputs.map(([path]) => path).filter((path) => path.startsWith("src/")),
    packages: [...new Set(inputs.flatMap(([path]) => packageOf(path) ?? []))].sort(),
    node: [
      ...new Set(
        inputs
          .flatMap(([, { imports }]) => imports.map(({ path }) => path.replace(/^node:/, "")))
          .filter((path) => builtinModules.includes(path)),
      ),
    ].sort(),
  };
}

test("the entry is made of pure rooms: no network, no file system, no CDKTF, no AWS SDK", () => {
  const { own, packages, node } = partsOf("src/index.ts");
  expect([...new Set(own.map((path) => path.split("/")[1]))].sort()).toEqual([
    "errors.ts",
    "federation",
    "index.ts",
    "issuer",
    "lint",
    "text",
    "trust",
  ]);
  expect(packages).toEqual(["yaml", "zod"]);
  // yaml asks for these two, for binary values and warnings
  expect(node).toEqual(["buffer", "process"]);
});

test.each([
  "src/issuer/choose.ts",
  "src/trust/build.ts",
  "src/trust/check.ts",
  "src/trust/decide/decide.ts",
  "src/lint/run-rules.ts",
])("%s needs no package and nothing of Node", (file) => {
  expect(partsOf(file)).toMatchObject({ packages: [], node: [] });
});

test("it offers what the pages promise", () => {
  const federation = entry.readFederation({
    name: "lakehouse",
    aws: { accountId: "111122223333" },
    issuers: {
      production: { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" },
    },
    roles: {
      reader: { trusts: [{ issuer: "production", servicePrincipals: ["6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b"] }] },
    },
  }).federation;
  const [account] = federation.accounts;
  if (account === undefined) throw new Error("no account");
  const view = entry.accountView(federation, account);
  const [role] = view.roles;
  if (role === undefined) throw new Error("no role");
  const read = entry.readPolicy(entry.trustPolicyJson(entry.roleTrustPolicy(role, view)));
  if (!read.ok) throw new Error(read.why);
  const asks = (sub: string): boolean =>
    entry.decide(entry.compilePolicy(read.policy), {
      action: "sts:AssumeRoleWithWebIdentity",
      principal: { kind: "Federated", arn: view.providers[0]?.arn ?? "" },
      keys: new Map([
        ["mycompany.cloud.databricks.com/oidc:aud", ["1444828305810485"]],
        ["mycompany.cloud.databricks.com/oidc:sub", [sub]],
      ]),
    });
  expect(asks("6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b")).toBe(true);
  expect(asks("1f0e9d8c-7b6a-4594-8372-615049382716")).toBe(false);
  expect(entry.lintFederation(federation).filter(({ ignored }) => ignored === null)).toEqual([]);
});
