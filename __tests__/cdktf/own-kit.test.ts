/** What is made with a second copy of the kit, or of this package. Of the other kit: __tests__/cdktn/. */
import * as kit from "cdktf";
import { FederationError, InputError } from "../../src/errors";
import {
  DatabricksFederatedRole,
  DatabricksFederation,
  DatabricksOidcProvider,
  FederationStack,
} from "../../src/cdktf";
import { readFederation } from "../../src/federation";
import { fullFederation } from "../support/full-federation";
import { emptyStack } from "../support/synthesise";

type Kit = typeof kit;
type Package = typeof import("../../src/cdktf");

const ISSUER = { level: "workspace", host: "mycompany.cloud.databricks.com", workspaceId: "1444828305810485" } as const;
const ENTRY = `databricks-aws-oidc/${Reflect.get(kit.App, Symbol.for("jsii.rtti")).fqn.split(".")[0]}`;

function isolated<T>(load: () => T): T {
  const loaded: T[] = [];
  jest.isolateModules(() => loaded.push(load()));
  const [only] = loaded;
  if (only === undefined) throw new Error("nothing was loaded");
  return only;
}

const secondKit = isolated(() => require("cdktf") as Kit);
const SecondProvider = class extends secondKit.TerraformProvider {};
const secondPackage = isolated(() => {
  jest.doMock("cdktf", () => kit);
  return require("../../src/cdktf") as Package;
});

function refusal(make: () => unknown): FederationError {
  try {
    make();
  } catch (error) {
    if (error instanceof FederationError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const secondStack = (): kit.TerraformStack => new secondKit.TerraformStack(new secondKit.App(), "stack");
const secondAws = (): kit.TerraformProvider =>
  new SecondProvider(secondStack(), "aws", { terraformResourceType: "aws" });
const { federation } = readFederation(fullFederation);

describe("another copy of the kit", () => {
  test.each<[string, string, () => unknown]>([
    ["a stack", "stack", () => new DatabricksFederation(secondStack(), "f", { issuers: {} })],
    ["a stack for a provider", "stack", () => new DatabricksOidcProvider(secondStack(), "p", ISSUER)],
    ["a stack for a role", "stack", () => new DatabricksFederatedRole(secondStack(), "r", { trusts: [] })],
    ["a stack for a role that exists", "stack", () => DatabricksFederatedRole.fromRoleArn(secondStack(), "r", "arn")],
    ["an app", "scope", () => new FederationStack(new secondKit.App(), federation)],
    ["an app for each account", "scope", () => FederationStack.forEachAccount(new secondKit.App(), federation)],
    [
      "an AWS provider",
      "provider",
      () => new DatabricksFederation(emptyStack(), "f", { provider: secondAws(), issuers: {} }),
    ],
    [
      "what stands in the stack",
      "stack/aws2",
      () => {
        const stack = emptyStack();
        new SecondProvider(stack, "aws2", { terraformResourceType: "aws" });
        return new DatabricksFederation(stack, "f", { issuers: {} });
      },
    ],
  ])("%s of it is refused where it is given", (_, path, make) => {
    const error = refusal(make);
    expect(error).toBeInstanceOf(InputError);
    expect(error.problems).toEqual([
      {
        code: "kit-mismatch",
        path,
        message: expect.stringContaining("another copy of") as unknown,
        fix: expect.stringContaining(ENTRY) as unknown,
      },
    ]);
  });
});

describe("another copy of this package", () => {
  const second = (): InstanceType<Package["DatabricksOidcProvider"]> =>
    new secondPackage.DatabricksOidcProvider(emptyStack("other"), "production", ISSUER);

  test.each<[string, string, () => unknown]>([
    [
      "an issuer in a trust",
      "roles.r.trusts[0].issuer",
      () => new DatabricksFederatedRole(emptyStack(), "r", { trusts: [{ issuer: second() as never, users: [] }] }),
    ],
    [
      "one of the providers",
      "providers.production",
      () =>
        new DatabricksFederatedRole(emptyStack(), "r", { providers: { production: second() as never }, trusts: [] }),
    ],
    [
      "a construct in the same stack",
      "stack/f",
      () => {
        const stack = emptyStack();
        new secondPackage.DatabricksFederation(stack, "g", { issuers: {} });
        return new DatabricksFederation(stack, "f", { issuers: {} });
      },
    ],
  ])("%s of it is refused where it is given", (_, path, make) => {
    expect(refusal(make).problems).toEqual([
      {
        code: "kit-mismatch",
        path,
        message: "This is made with another copy of databricks-aws-oidc.",
        fix: expect.stringContaining(`import from "${ENTRY}" alone`) as unknown,
      },
    ]);
  });
});
