import { parseFederation } from "../../src/federation";
import { findCollisions } from "../../src/federation/collisions";

const ARN = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";

function federation(name: string, change: { aws?: object; issuer?: object; role?: string; roleName?: string } = {}) {
  const role = {
    ...(change.roleName === undefined ? {} : { name: change.roleName }),
    trusts: [{ issuer: "production", users: ["alice@example.com"] }],
  };
  const text = JSON.stringify({
    name,
    aws: change.aws ?? { accountId: "111122223333" },
    issuers: {
      production: {
        level: "workspace",
        host: "mycompany.cloud.databricks.com",
        workspaceId: "1444828305810485",
        ...change.issuer,
      },
    },
    roles: { [change.role ?? `${name}-reader`]: role },
  });
  return { file: `${name}.yaml`, federation: parseFederation(text, { file: `${name}.yaml` }).federation };
}

const paths = (...files: readonly ReturnType<typeof federation>[]): readonly (string | undefined)[] =>
  findCollisions(files).map(({ file, path }) => `${file ?? ""} ${path ?? ""}`);

test("one federation collides with nothing", () => {
  expect(paths(federation("one"))).toEqual([]);
});

test("two that create one provider in one account collide, and the fix names the ARN to adopt", () => {
  const found = findCollisions([federation("one"), federation("two")]);
  expect(found).toEqual([
    {
      code: "name-collision",
      file: "two.yaml",
      path: "issuers.production",
      message:
        "one.yaml creates the OIDC provider of https://mycompany.cloud.databricks.com/oidc in AWS account " +
        "111122223333 as well.",
      fix: expect.stringContaining(`existingProviderArn: ${ARN}`),
    },
  ]);
});

test("adopting the provider, or another account, resolves it", () => {
  expect(paths(federation("one"), federation("two", { issuer: { existingProviderArn: ARN } }))).toEqual([]);
  expect(paths(federation("one"), federation("two", { aws: { accountId: "444455556666" } }))).toEqual([]);
});

test("roles of one name collide in one account, in any case and path, and not in two", () => {
  const adopting = { issuer: { existingProviderArn: ARN } };
  expect(
    paths(
      federation("one", { role: "reader" }),
      federation("two", { ...adopting, role: "other", roleName: "Reader" }),
      federation("three", { aws: { accountId: "444455556666" }, role: "reader" }),
    ),
  ).toEqual(["two.yaml roles.other"]);
});

test("an account among several counts as any other, and one that no file names is not compared", () => {
  const several = { accounts: { prod: { accountId: "111122223333" }, dev: { accountId: "444455556666" } } };
  expect(paths(federation("one"), federation("two", { aws: several }))).toEqual(["two.yaml issuers.production"]);
  expect(paths(federation("one", { aws: {} }), federation("two", { aws: {} }))).toEqual([]);
});

test("a third file is compared with both, and names the first that creates it", () => {
  const found = findCollisions([federation("one"), federation("two"), federation("three")]);
  expect(found.map(({ file, message }) => [file, message.split(" ")[0]])).toEqual([
    ["two.yaml", "one.yaml"],
    ["three.yaml", "one.yaml"],
  ]);
});
