/**
 * Hostile strings through every free-text field into roots and modules, and back through a real HCL parser: unchanged
 * after NFC, in the place they were put and nowhere else, or refused with a code.
 */
import { InputError } from "../../src/errors";
import { accountView, inlinePoliciesOf, roleTags, roleTrustPolicy } from "../../src/federation/account-view";
import type { Federation } from "../../src/federation/model";
import { federationInputs } from "../../src/hcl/module-inputs";
import { rootFiles } from "../../src/hcl/root-files";
import { modulesOfProfile } from "../../src/module/apply-profile";
import { moduleTree } from "../../src/module/module-tree";
import { parseProfile } from "../../src/module/profile";
import { canonicalText } from "../../src/trust/canonical-json";
import type { Put } from "../support/hostile-fields";
import { FIELDS, hostileTexts, readOrRefused, SEED } from "../support/hostile-fields";
import { readHcl } from "../support/read-hcl";

/** HCL values as the parser gives them back. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const [expression] = Object.getOwnPropertySymbols(value).map((symbol) => (value as Record<symbol, unknown>)[symbol]);
  if (expression !== undefined) return { jsonencode: plain((expression as { readonly argument: unknown }).argument) };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

type Blocks = Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>>>;
interface Root {
  readonly module?: Readonly<Record<string, readonly unknown[]>>;
  readonly resource?: Blocks;
  readonly terraform?: readonly unknown[];
}

/** All files of many roots as one document: blocks of one kind and name become a list, in order. */
async function readRoots(
  federations: readonly Federation[],
  style: "modules" | "resources",
  file: string,
): Promise<Root> {
  const documents = federations.map((one) => {
    const [account] = one.accounts;
    if (account === undefined) throw new RangeError("a federation has an account");
    const how =
      style === "modules"
        ? ({ style, module: { source: "./modules/databricks-federation" } } as const)
        : ({ style } as const);
    return rootFiles(accountView(one, account), how, { version: "0.0.0", moves: [], imports: [] }).get(file) ?? "";
  });
  return (await readHcl(documents.join("\n"))) as Root;
}

function only(one: Federation): ReturnType<typeof accountView> {
  const [account] = one.accounts;
  if (account === undefined) throw new RangeError("a federation has an account");
  return accountView(one, account);
}

describe("hostile strings in a federation", () => {
  const entries = Object.entries(FIELDS);
  jest.setTimeout(900_000);
  let tried = 0;
  let passed = 0;

  test.each(entries)(
    "%s: back unchanged from a root's module call and from its resources, or refused",
    async (field, put) => {
      const accepted: Federation[] = [];
      for (const text of hostileTexts(SEED + entries.findIndex(([name]) => name === field))) {
        tried += 1;
        const read = readOrRefused(put, text);
        if (read === undefined) continue;
        // what stands in the model is what was put in, in NFC
        expect(JSON.stringify(read)).toContain(JSON.stringify(canonicalText(text)).slice(1, -1));
        accepted.push(read);
      }
      passed += accepted.length;
      if (accepted.length === 0) return;

      const calls = await readRoots(accepted, "modules", "main.tf");
      expect(Object.keys(calls)).toEqual(["module"]);
      expect(calls.module?.["databricks"]).toEqual(
        accepted.map((one) => ({
          source: "./modules/databricks-federation",
          ...(plain(Object.fromEntries(federationInputs(only(one)))) as object),
        })),
      );

      const backends = await readRoots(accepted, "modules", "backend.tf");
      expect(Object.keys(backends)).toEqual(["terraform"]);
      expect(backends.terraform).toHaveLength(accepted.length);
      const written = accepted.map((one) => only(one).account.backend).filter((one) => one.type !== "none");
      const shown = (blocks: readonly unknown[]): string => JSON.stringify(sorted(blocks));
      expect(shown(backends.terraform ?? [])).toBe(
        shown(
          written.map((one) => ({
            backend:
              one.type === "local"
                ? { local: [one.path === null ? {} : { path: one.path }] }
                : { s3: [{ bucket: one.bucket, key: one.key, region: one.region, ...one.settings }] },
          })),
        ),
      );

      const { resource = {} } = await readRoots(accepted, "resources", "main.tf");
      const roles = Object.values(resource["aws_iam_role"] ?? {}).flat();
      const expected = accepted.flatMap((one) =>
        one.roles.map((declared) => ({
          assume_role_policy: { jsonencode: roleTrustPolicy(declared, only(one)) },
          name: declared.name,
          path: declared.path,
          max_session_duration: 3600,
          ...(declared.description === null ? {} : { description: declared.description }),
          ...(declared.permissionsBoundaryArn === null
            ? {}
            : { permissions_boundary: declared.permissionsBoundaryArn }),
          ...(Object.keys(roleTags(declared, one)).length === 0 ? {} : { tags: roleTags(declared, one) }),
        })),
      );
      const withoutOrder = (list: readonly unknown[]): readonly string[] =>
        list.map((block) => JSON.stringify(sorted(block))).sort();
      expect(withoutOrder(roles.map(({ depends_on: _, ...block }) => block))).toEqual(withoutOrder(expected));
      const inline = Object.values(resource["aws_iam_role_policy"] ?? {}).flat();
      expect(withoutOrder(inline.map(({ role: _, ...block }) => block))).toEqual(
        withoutOrder(
          accepted.flatMap((one) =>
            one.roles.flatMap((declared) =>
              Object.entries(inlinePoliciesOf(declared, only(one))).map(([name, document]) => ({
                name,
                policy: { jsonencode: document },
              })),
            ),
          ),
        ),
      );
    },
  );

  test("that were more than 10,000, and many of them went all the way", () => {
    expect(tried).toBeGreaterThanOrEqual(10_000);
    expect(passed).toBeGreaterThan(1_500);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}

describe("hostile strings in a profile", () => {
  jest.setTimeout(900_000);
  const FIELDS_OF_PROFILE: Readonly<Record<string, { readonly put: Put; readonly variable: string | null }>> = {
    names: { put: (text) => ({ names: { "databricks-federation": text } }), variable: null },
    "defaults.rolePath": { put: (text) => ({ defaults: { rolePath: `/${text}/` } }), variable: "role_path" },
    "defaults.roleNamePrefix": {
      put: (text) => ({ defaults: { roleNamePrefix: text } }),
      variable: "role_name_prefix",
    },
    "defaults.tags key": { put: (text) => ({ defaults: { tags: { [text]: "x" } } }), variable: "tags" },
    "defaults.tags value": { put: (text) => ({ defaults: { tags: { team: text } } }), variable: "tags" },
    "defaults.permissionsBoundaryArn": {
      put: (text) => ({ defaults: { permissionsBoundaryArn: `arn:aws:iam::111122223333:policy/${text}` } }),
      variable: "permissions_boundary_arn",
    },
    "permissionsBoundary.allowed": {
      put: (text) => ({
        permissionsBoundary: { mandatory: true, allowed: [`arn:aws:iam::111122223333:policy/${text}`] },
      }),
      variable: null,
    },
    allowedHosts: { put: (text) => ({ allowedHosts: [`${text}.cloud.databricks.com`] }), variable: null },
    allowedAccountIds: { put: (text) => ({ allowedAccountIds: [text] }), variable: null },
    mandatoryTags: { put: (text) => ({ mandatoryTags: [text] }), variable: null },
    providerRange: { put: (text) => ({ providerRange: text }), variable: null },
  };

  test.each(Object.entries(FIELDS_OF_PROFILE))(
    "%s: back unchanged from the modules, or refused",
    async (_, { put, variable }) => {
      const documents: string[] = [];
      const defaults: unknown[] = [];
      let count = 0;
      for (const text of hostileTexts(SEED)) {
        try {
          const profile = parseProfile(JSON.stringify(put(text)));
          if ((count += 1) > 12) continue;
          const { modules, sample } = modulesOfProfile(profile);
          const [federationModule] = modules.filter(({ template }) => template === "databricks-federation");
          if (federationModule === undefined) throw new RangeError("there is such a module");
          const tree = moduleTree([federationModule], sample, { version: "0.0.0" });
          for (const [path, content] of tree.files) {
            if (path.endsWith("/variables.tf") && path.split("/").length === 2) {
              documents.push(content);
              defaults.push(federationModule.variables.find(({ name }) => name === variable)?.default);
            } else if (/\.(?:tf|hcl)$/.test(path) && !path.includes("/modules/")) {
              await readHcl(content);
            }
          }
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
        }
      }
      if (documents.length === 0) return;
      const { variable: variables, ...rest } = (await readHcl(documents.join("\n"))) as {
        readonly variable: Readonly<Record<string, readonly { readonly default?: unknown }[]>>;
      };
      expect(rest).toEqual({});
      expect(Object.values(variables).map((blocks) => blocks.length)).toEqual(
        Object.values(variables).map(() => documents.length),
      );
      if (variable !== null) expect(variables[variable]?.map((block) => block.default)).toEqual(defaults);
    },
  );
});
