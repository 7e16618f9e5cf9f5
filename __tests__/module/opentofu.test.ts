/**
 * What OpenTofu needs of the modules' own tests. A value that a mock computes is known at plan there, where Terraform
 * leaves it unknown: a provider's ARN is compared during the plan, so each mocked one must be right.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { issuerPathOf, issuerUrl, providerArn } from "../../src/issuer/issuer";
import type { IssuerInput } from "../../src/issuer/issuer";
import { REPOSITORY } from "../support/markdown";
import { moduleNames } from "../support/module-names";
import { readHcl } from "../support/read-hcl";

type Values = Readonly<Record<string, unknown>>;
interface Run {
  readonly command?: string;
  readonly module?: unknown;
  readonly variables?: readonly Values[];
  readonly expect_failures?: readonly string[];
}
interface TestFile {
  readonly mock_provider: { readonly aws: readonly { readonly mock_resource?: Mocks }[] };
  readonly variables: readonly Values[];
  readonly run: Readonly<Record<string, readonly Run[]>>;
}
type Mocks = Readonly<Record<string, readonly { readonly defaults: { readonly arn?: string } }[]>>;

const MODULES = join(REPOSITORY, "modules");
const FILES = moduleNames(MODULES).flatMap((name) => {
  const folder = join(MODULES, name, "tests");
  return readdirSync(folder).map((file) => [name, file, join(folder, file)] as const);
});

/** ARNs of the providers that a run creates; none where what they, or the ARN to compare, depend on is refused. */
function createdProviders(module: string, inputs: Values, refused: readonly string[]): readonly string[] {
  const text = (name: string): string => String(inputs[name]);
  const issuers: readonly Values[] =
    {
      "databricks-federation": Object.values((inputs["issuers"] ?? {}) as Readonly<Record<string, Values | null>>).map(
        (issuer) => issuer ?? {},
      ),
      "databricks-workspace-oidc": [
        { level: "workspace", host: text("databricks_workspace_host"), workspace_id: text("databricks_workspace_id") },
      ],
      "databricks-account-oidc": [{ level: "account", account_id: text("databricks_account_id") }],
    }[module] ?? [];
  if (inputs["create_oidc_provider"] === false) return [];
  if (refused.some((address) => /var\.(?:issuers|databricks_|aws_)/.test(address))) return [];
  return issuers
    .filter(({ existing_provider_arn: existing }) => existing === undefined || existing === null)
    .map(({ level, host, workspace_id: workspaceId, account_id: accountId, cloud, accounts_host: accountsHost }) => {
      const given = { level, host, workspaceId, accountId, cloud, accountsHost };
      const input = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const account = inputs["aws_account_id"] ?? "111122223333";
      return providerArn("aws", String(account), issuerPathOf(issuerUrl(input as unknown as IssuerInput)));
    });
}

test.each(FILES)(
  "%s/tests/%s mocks each provider that it creates with the ARN that it has",
  async (module, _, path) => {
    const { mock_provider, variables, run } = (await readHcl(readFileSync(path, "utf8"))) as TestFile;
    const mocked = mock_provider.aws[0]?.mock_resource?.["aws_iam_openid_connect_provider"]?.[0]?.defaults.arn;
    const wrong = Object.entries(run).flatMap(([name, [block]]) => {
      if (block === undefined || block.module !== undefined) return [];
      const inputs = { ...variables[0], ...block.variables?.[0] };
      const created = createdProviders(module, inputs, block.expect_failures ?? []);
      return created.filter((arn) => arn !== mocked).map((arn) => `${name}: ${arn}`);
    });
    expect(wrong).toEqual([]);
  },
);

test.each(FILES)(
  "%s/tests/%s has a twin for OpenTofu where it expects a failure of an apply",
  async (_, file, path) => {
    const { run } = (await readHcl(readFileSync(path, "utf8"))) as TestFile;
    const failing = Object.values(run).filter(
      ([block]) => block?.expect_failures !== undefined && !/plan/.test(String(block.command)),
    );
    if (failing.length > 0) expect(existsSync(path.replace(/\.tftest\.hcl$/, ".tofutest.hcl"))).toBe(true);
    expect([file.endsWith("test.hcl"), Object.keys(run).length > 0]).toEqual([true, true]);
  },
);
