import { join } from "node:path";
import { parse } from "@cdktn/hcl2json";
import fc from "fast-check";
import satisfies from "semver/functions/satisfies";
import type {
  ContractRule,
  ModuleContract,
  ModuleVariable,
  ObjectAttribute,
  VariableType,
} from "../../src/module/contract";
import type { TrustProbe } from "../../src/module/release-data";
import type { ArchiveFile } from "../../src/release/archive";
import { readModules } from "../../src/release/module-folder";
import type { Move } from "../../src/release/guard/moves";
import { arrivalOf } from "../../src/release/guard/moves";
import { readMoves } from "../../src/release/guard/read-moves";
import { largestStep } from "../../src/release/guard/change";
import { compareContracts, compareRanges } from "../../src/release/guard/compare-contracts";
import { compareTrust } from "../../src/release/guard/compare-trust";
import { compareTypes } from "../../src/release/guard/compare-types";
import { leastVersion, mayFollow } from "../../src/release/guard/hold-version";
import { compatibleRange, semverRange } from "../../src/module/version-range";
import { publishedModules } from "../../src/module/modules";
import { contractOf } from "../../src/module/definition";
import { SMALL_CONTRACT, SMALL_PROBES, smallPolicy } from "../support/small-release";
import { runs } from "../support/runs";

const changed = (name: string, change: Partial<ModuleVariable>): ModuleContract => ({
  ...SMALL_CONTRACT,
  variables: SMALL_CONTRACT.variables.map((variable) =>
    variable.name === name ? { ...variable, ...change } : variable,
  ),
});
const withVariable = (variable: Partial<ModuleVariable>): ModuleContract => ({
  ...SMALL_CONTRACT,
  variables: [
    ...SMALL_CONTRACT.variables,
    { name: "more", type: "bool", description: "More.", nullable: false, validations: [], ...variable },
  ],
});
const without = (name: string): ModuleContract => ({
  ...SMALL_CONTRACT,
  variables: SMALL_CONTRACT.variables.filter((variable) => variable.name !== name),
});
const rule = { code: "host-invalid", condition: "length(var.host) > 3", message: "host must be longer" };
const role = (
  attributes: Readonly<
    Record<string, { readonly type: VariableType; readonly optional: boolean; readonly default?: string }>
  >,
): ModuleContract => changed("tags", { type: { map: { object: attributes } } });
const plainRole = role({ name: { type: "string", optional: true, default: "x" } });

type Blocks = Readonly<Record<string, Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>>>;

/** Addresses of the resources in a module's HCL, those of modules inside it too, as a contract writes them. */
async function addressesIn(files: readonly ArchiveFile[], folder = ""): Promise<readonly string[]> {
  const instances = (block: Readonly<Record<string, unknown>> | undefined): string =>
    ["count", "for_each"].map((key) => (block !== undefined && key in block ? `[${key}]` : "")).join("");
  const found: string[] = [];
  for (const { path, bytes } of files.filter(
    ({ path }) => path.startsWith(folder) && /^[^/]+\.tf$/.test(path.slice(folder.length)),
  )) {
    const text = Buffer.from(bytes).toString("utf8");
    // the parser is slow, and rules of variables are long
    if (!/^ *(?:resource|module)\b/m.test(text)) continue;
    const { resource = {}, module = {} } = (await parse(path, text)) as {
      readonly resource?: Blocks;
      readonly module?: Blocks[string];
    };
    for (const [type, names] of Object.entries(resource))
      for (const [name, [block]] of Object.entries(names)) found.push(`${type}.${name}${instances(block)}`);
    for (const [name, [call]] of Object.entries(module)) {
      const inner = await addressesIn(files, `${folder}${String(call?.["source"]).replace(/^\.\//, "")}/`);
      found.push(...inner.map((address) => `module.${name}${instances(call)}.${address}`));
    }
  }
  return found.sort();
}

type Case = readonly [
  what: string,
  step: "major" | "minor" | "patch",
  kinds: readonly string[],
  after: ModuleContract,
  before?: ModuleContract,
  moves?: readonly Move[],
];

describe("what changed in a contract decides the least step", () => {
  // the contract before is SMALL_CONTRACT unless given
  const cases: readonly Case[] = [
    ["nothing", "patch", [], SMALL_CONTRACT],
    ["a variable removed", "major", ["variable-removed"], without("tags")],
    [
      "a variable renamed",
      "major",
      ["variable-renamed"],
      {
        ...SMALL_CONTRACT,
        variables: SMALL_CONTRACT.variables.map((variable) =>
          variable.name === "host" ? { ...variable, name: "workspace_host" } : variable,
        ),
      },
    ],
    ["a new required variable", "major", ["variable-required"], withVariable({})],
    ["a new optional variable", "minor", ["variable-added"], withVariable({ default: false })],
    [
      "a variable newly required",
      "major",
      ["variable-required"],
      { ...SMALL_CONTRACT, variables: SMALL_CONTRACT.variables.map(({ default: _, ...variable }) => variable) },
    ],
    ["a variable newly optional", "minor", ["variable-widened"], changed("host", { default: "x.example.com" })],
    ["a new default", "major", ["variable-default"], changed("tags", { default: { team: "data" } })],
    ["null no longer taken", "major", ["variable-narrowed"], SMALL_CONTRACT, changed("host", { nullable: true })],
    ["null taken", "minor", ["variable-widened"], changed("host", { nullable: true })],
    ["null taken, which meant the default", "major", ["variable-default"], changed("tags", { nullable: true })],
    ["another type", "major", ["variable-narrowed"], changed("host", { type: "number" })],
    [
      "text where a number was",
      "minor",
      ["variable-widened"],
      changed("host", { type: "string" }),
      changed("host", { type: "number" }),
    ],
    ["a list where text was", "major", ["variable-narrowed"], changed("host", { type: { list: "string" } })],
    ["a list where a map was", "major", ["variable-narrowed"], changed("tags", { type: { list: "string" } })],
    ["a map of other values", "major", ["variable-narrowed"], changed("tags", { type: { map: "number" } })],
    ["an attribute removed", "major", ["variable-narrowed"], role({}), plainRole],
    [
      "an optional attribute added",
      "minor",
      ["variable-widened"],
      role({ name: { type: "string", optional: true, default: "x" }, path: { type: "string", optional: true } }),
      plainRole,
    ],
    [
      "a required attribute added",
      "major",
      ["variable-narrowed"],
      role({ name: { type: "string", optional: true, default: "x" }, path: { type: "string", optional: false } }),
      plainRole,
    ],
    [
      "an attribute newly required",
      "major",
      ["variable-narrowed"],
      role({ name: { type: "string", optional: false } }),
      plainRole,
    ],
    [
      "an attribute's new default",
      "major",
      ["variable-default"],
      role({ name: { type: "string", optional: true, default: "y" } }),
      plainRole,
    ],
    [
      "a rule added",
      "major",
      ["variable-narrowed"],
      changed("host", {
        validations: [rule, { code: "other", condition: "length(var.host) < 9", message: "host must be shorter" }],
      }),
    ],
    [
      "a rule changed",
      "major",
      ["variable-narrowed"],
      changed("host", { validations: [{ ...rule, condition: "length(var.host) > 4" }] }),
    ],
    [
      "a rule laid out otherwise",
      "patch",
      [],
      changed("host", { validations: [{ ...rule, condition: "length(var.host)\n  > 3" }] }),
    ],
    ["a rule removed", "minor", ["variable-widened"], changed("host", { validations: [] })],
    [
      "a rule reworded",
      "patch",
      ["variable-text"],
      changed("host", { validations: [{ ...rule, message: "host must have four letters" }] }),
    ],
    ["a description reworded", "patch", ["variable-text"], changed("host", { description: "A host." })],
    ["an output removed", "major", ["output-removed"], { ...SMALL_CONTRACT, outputs: [] }],
    [
      "an output added",
      "minor",
      ["output-added"],
      {
        ...SMALL_CONTRACT,
        outputs: [...SMALL_CONTRACT.outputs, { name: "url", description: "URL", preconditions: [] }],
      },
    ],
    [
      "an output with a new rule",
      "major",
      ["output-narrowed"],
      { ...SMALL_CONTRACT, outputs: [{ name: "arn", description: "The ARN", preconditions: [rule] }] },
    ],
    [
      "an output reworded",
      "patch",
      ["output-text"],
      { ...SMALL_CONTRACT, outputs: [{ name: "arn", description: "An ARN", preconditions: [] }] },
    ],
    ["a newer Terraform", "major", ["requirement-raised"], { ...SMALL_CONTRACT, requiredVersion: ">= 1.6.0" }],
    ["an older Terraform", "minor", ["requirement-loosened"], { ...SMALL_CONTRACT, requiredVersion: ">= 1.5.0" }],
    [
      "a provider's upper bound lowered",
      "major",
      ["requirement-raised"],
      { ...SMALL_CONTRACT, requiredProviders: { aws: { source: "hashicorp/aws", version: ">= 5.81.0, < 6.0.0" } } },
    ],
    [
      "another provider",
      "major",
      ["requirement-raised"],
      { ...SMALL_CONTRACT, requiredProviders: { aws: { source: "acme/aws", version: ">= 5.81.0, < 7.0.0" } } },
    ],
    [
      "one more provider",
      "major",
      ["requirement-raised"],
      {
        ...SMALL_CONTRACT,
        requiredProviders: { ...SMALL_CONTRACT.requiredProviders, tls: { source: "hashicorp/tls", version: ">= 4.0" } },
      },
    ],
    [
      "an address changed",
      "major",
      ["address-changed"],
      { ...SMALL_CONTRACT, resources: ["aws_iam_openid_connect_provider.main", "module.role.aws_iam_role.this"] },
    ],
    [
      "an address moved",
      "minor",
      ["address-moved"],
      { ...SMALL_CONTRACT, resources: ["aws_iam_openid_connect_provider.main", "module.role.aws_iam_role.this"] },
      SMALL_CONTRACT,
      [{ from: "aws_iam_openid_connect_provider.this", to: "aws_iam_openid_connect_provider.main" }],
    ],
    [
      "an address moved with its module, in two steps",
      "minor",
      ["address-moved"],
      { ...SMALL_CONTRACT, resources: ["aws_iam_openid_connect_provider.this", "module.roles.aws_iam_role.this"] },
      SMALL_CONTRACT,
      [
        { from: "module.role", to: "module.federated" },
        { from: "module.federated", to: "module.roles" },
      ],
    ],
    [
      "an address moved to nowhere",
      "major",
      ["address-changed"],
      { ...SMALL_CONTRACT, resources: ["aws_iam_openid_connect_provider.main", "module.role.aws_iam_role.this"] },
      SMALL_CONTRACT,
      [{ from: "aws_iam_openid_connect_provider.this", to: "aws_iam_openid_connect_provider.elsewhere" }],
    ],
    [
      "an address gone",
      "major",
      ["address-changed"],
      { ...SMALL_CONTRACT, resources: ["module.role.aws_iam_role.this"] },
    ],
    [
      "an address added",
      "minor",
      ["address-added"],
      { ...SMALL_CONTRACT, resources: [...SMALL_CONTRACT.resources, "aws_iam_role_policy.extra"] },
    ],
    ["the summary", "patch", ["summary-text"], { ...SMALL_CONTRACT, summary: "Small." }],
  ];

  test.each(
    cases.map(([what, step, kinds, after, before = SMALL_CONTRACT, moves = []]) => ({
      what,
      step,
      kinds,
      after,
      before,
      moves,
    })),
  )("$what: $step", ({ step, kinds, after, before, moves }) => {
    const changes = compareContracts(before, after, moves);
    expect(changes.map(({ kind }) => kind)).toEqual(kinds);
    expect(largestStep(changes)).toBe(step);
    for (const { message } of changes) expect(message).toMatch(/^[A-Za-z].*\.$/s);
  });

  test.each([
    ["minor", 'alltrue([\n  for role in var.roles : role.path == null ? true : startswith(role.path, "/")\n])'],
    ["minor", "alltrue(flatten([for role in var.roles : [for key in keys(role.labels) : length(key) < 9]]))"],
    [
      "minor",
      "alltrue(flatten([for role in var.roles : [for trust in role.trusts : trust.reason == null ? true : " +
        "length(trust.reason) > 3]]))",
    ],
    ["minor", 'alltrue([for role in var.roles : role.path == null ? true : "${lower(role.path)} x" != ""])'],
    ["major", 'alltrue([for role in var.roles : role.path == null ? true : "${lookup(role, "name")}" != ""])'],
    [
      "major",
      'alltrue([for role in var.roles : role.path == null ? true : startswith(role.path, "/")]) && ' +
        "length(var.roles) < 3",
    ],
    ["major", "alltrue([for role in var.roles : role.path == null ? true : length(role.path) > length(role.name)])"],
    ["major", "alltrue([for role in var.roles : length(role) > 0])"],
    ["major", "alltrue([for key, role in var.roles : role.path == null ? true : length(key) > 3])"],
    [
      "major",
      "alltrue(flatten([for role in var.roles : [for trust in role.trusts : trust.reason == null ? true : " +
        "length(trust.issuer) > 3]]))",
    ],
    ["major", "alltrue(flatten([for role in var.roles : [for trust in role.trusts : length(role.trusts) > 3]]))"],
    ["major", "alltrue([for role in var.roles : role.path == null ? true : length(role.path) < var.longest])"],
    ["major", "alltrue([for role in var.roles : role.path == null ? true : role.path == local.path])"],
    ["major", 'alltrue([for role in var.roles : role.path == null ? true : role.path == "/${role.name}/"])'],
  ] as const)("a rule that reads only what is new is an addition, any other narrows: %s, %s", (step, condition) => {
    const text = { type: "string", optional: true } as const;
    const roles = (
      role: Readonly<Record<string, ObjectAttribute>>,
      trust: Readonly<Record<string, ObjectAttribute>>,
      validations: readonly ContractRule[],
    ): ModuleContract =>
      withVariable({
        name: "roles",
        default: {},
        validations,
        type: {
          map: {
            object: {
              name: text,
              trusts: { type: { list: { object: { issuer: text, ...trust } } }, optional: true, default: [] },
              ...role,
            },
          },
        },
      });
    const after = roles(
      { path: text, labels: { type: { map: "string" }, optional: true, default: {} } },
      { reason: text },
      [{ code: "p", condition, message: "m" }],
    );
    expect(largestStep(compareContracts(roles({}, {}, []), after))).toBe(step);
  });

  test("a variable that went is paired with the one that came whose name holds its own", () => {
    const [first] = SMALL_CONTRACT.variables;
    const after = {
      ...SMALL_CONTRACT,
      variables: [
        ...SMALL_CONTRACT.variables.slice(1),
        ...["workspace_id", "workspace_host"].map((name) => ({ ...first, name }) as ModuleVariable),
      ],
    };
    expect(compareContracts(SMALL_CONTRACT, after).map(({ kind, message }) => [kind, message])).toEqual([
      [
        "variable-renamed",
        "The variable host was removed; workspace_host, of the same type, is new: it was probably renamed.",
      ],
      ["variable-required", "The variable workspace_id is new and required."],
    ]);
  });

  test("our own modules are no change to themselves, and without any one variable they are a breaking one", () => {
    for (const definition of publishedModules()) {
      const contract = contractOf(definition);
      expect(compareContracts(contract, contract)).toEqual([]);
      for (const { name } of contract.variables) {
        expect(
          largestStep(
            compareContracts(contract, {
              ...contract,
              variables: contract.variables.filter((variable) => variable.name !== name),
            }),
          ),
        ).toBe("major");
      }
    }
  });

  test("the addresses that our own modules promise are those in their HCL", async () => {
    const { modules } = readModules(join(__dirname, "..", "..", "modules"));
    for (const { contract, files } of modules) expect(contract.resources).toEqual(await addressesIn(files));
  });

  test("whatever widens one way narrows the other", () => {
    const type = fc.letrec<{ readonly type: VariableType }>((tie) => ({
      type: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<VariableType>("string", "number", "bool"),
        fc.record({ list: tie("type") }),
        fc.record({ map: tie("type") }),
        fc.record({
          object: fc.dictionary(
            fc.constantFrom("a", "b", "c"),
            fc.record({ type: tie("type"), optional: fc.boolean() }),
          ),
        }),
      ),
    })).type;
    fc.assert(
      fc.property(type, type, (before, after) => {
        expect(compareTypes(before, before)).toEqual([]);
        const there = compareTypes(before, after);
        const back = compareTypes(after, before);
        expect(there.length === 0).toBe(back.length === 0);
        if (there.length > 0 && there.every(({ what }) => what === "wider"))
          expect(back.some(({ what }) => what === "narrower")).toBe(true);
      }),
      { numRuns: runs(300) },
    );
  });
});

describe("a trust policy that comes out different for the same input", () => {
  const probe = (policy: string, change: Partial<TrustProbe> = {}): readonly TrustProbe[] => [
    { ...(SMALL_PROBES[0] ?? { name: "", inputs: {} }), policies: { reader: policy }, ...change },
  ];
  const [aud, sub] = ["mycompany.cloud.databricks.com/oidc:aud", "mycompany.cloud.databricks.com/oidc:sub"];
  const both = { [aud]: ["1444828305810485"], [sub]: ["alice@example.com", "bob@example.com"] };
  const twice = JSON.parse(smallPolicy(["alice@example.com", "bob@example.com"])) as {
    readonly Statement: readonly unknown[];
  };

  test.each([
    ["the same bytes", "patch", [], probe(smallPolicy(["alice@example.com", "bob@example.com"]))],
    [
      "other bytes for the same identities",
      "minor",
      ["trust-rewritten"],
      probe(smallPolicy(["bob@example.com", "alice@example.com"])),
    ],
    ["one identity fewer", "major", ["trust-narrower"], probe(smallPolicy(["alice@example.com"]))],
    [
      "one condition more",
      "major",
      ["trust-narrower"],
      probe(smallPolicy([], { Condition: { StringEquals: both, IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } } })),
    ],
    [
      "one identity more",
      "major",
      ["trust-wider"],
      probe(smallPolicy(["alice@example.com", "bob@example.com", "mallory@example.com"])),
    ],
    [
      "a pattern instead",
      "major",
      ["trust-wider"],
      probe(
        smallPolicy([], {
          Condition: { StringEquals: { [aud]: ["1444828305810485"] }, StringLike: { [sub]: ["*@example.com"] } },
        }),
      ),
    ],
    [
      "any subject",
      "major",
      ["trust-wider"],
      probe(smallPolicy([], { Condition: { StringEquals: { [aud]: ["1444828305810485"] } } })),
    ],
    [
      "no audience asked for",
      "major",
      ["trust-wider"],
      probe(smallPolicy([], { Condition: { StringEquals: { [sub]: both[sub] } } })),
    ],
    [
      "one action more",
      "major",
      ["trust-wider"],
      probe(
        smallPolicy(["alice@example.com", "bob@example.com"], {
          Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
        }),
      ),
    ],
    [
      "another statement",
      "major",
      ["trust-wider"],
      probe(
        JSON.stringify({
          ...twice,
          Statement: [...twice.Statement, ...(JSON.parse(smallPolicy(["eve@example.com"])) as typeof twice).Statement],
        }),
      ),
    ],
    ["a shape nobody knows", "major", ["trust-unknown"], probe("no policy")],
    ["no policy at all", "major", ["trust-narrower"], probe("", { policies: {} })],
    [
      "a policy for one role more",
      "major",
      ["trust-wider"],
      probe("", {
        policies: {
          reader: smallPolicy(["alice@example.com", "bob@example.com"]),
          writer: smallPolicy(["alice@example.com"]),
        },
      }),
    ],
    ["a case that is gone", "major", ["trust-unknown"], []],
    [
      "a case of other inputs",
      "major",
      ["trust-unknown"],
      probe(smallPolicy(["alice@example.com", "bob@example.com"]), { inputs: { users: [] } }),
    ],
    ["a new case", "patch", [], [...SMALL_PROBES, { name: "two", inputs: {}, policies: {} }]],
  ] as const)("%s: %s", (_, step, kinds, after) => {
    const changes = compareTrust({ digest: "", probes: SMALL_PROBES }, { digest: "", probes: after });
    expect(changes.map(({ kind }) => kind)).toEqual(kinds);
    expect(largestStep(changes)).toBe(step);
  });

  test("names who gets in now", () => {
    const [change] = compareTrust(
      { digest: "", probes: SMALL_PROBES },
      { digest: "", probes: probe(smallPolicy(["alice@example.com", "bob@example.com", "mallory@example.com"])) },
    );
    expect(change?.message).toContain(
      "let more identities in: mallory@example.com of https://mycompany.cloud.databricks.com/oidc.",
    );
    expect(change?.given).toContain("users = [");
  });
});

describe("versions", () => {
  test.each([
    ["1.2.3", "major", "2.0.0"],
    ["1.2.3", "minor", "1.3.0"],
    ["1.2.3", "patch", "1.2.4"],
    ["0.2.3", "major", "0.3.0"],
    ["0.2.3", "minor", "0.2.4"],
    ["0.2.3", "patch", "0.2.4"],
    ["2.0.0-rc.1", "major", "2.0.0"],
  ] as const)("after %s a %s step is at least %s", (previous, step, least) => {
    expect(leastVersion(previous, step)).toBe(least);
    expect(mayFollow(least, previous, step)).toBe(true);
    expect(mayFollow(previous, previous, step)).toBe(false);
  });

  test.each(["1.2.3", "0.2.3", "12.0.0", "0.0.1"])(
    "the range that READMEs show for %s takes what breaks nothing, and no breaking release",
    (version) => {
      const range = semverRange(compatibleRange(version)) ?? "";
      expect(
        (["patch", "minor", "major"] as const).map((step) => satisfies(leastVersion(version, step), range)),
      ).toEqual([true, true, false]);
    },
  );

  test.each([
    ["1.9.9", "1.2.3", "major", false],
    ["2.0.0-rc.1", "1.2.3", "major", true],
    ["1.3.0-rc.1", "1.2.3", "major", false],
    ["3.0.0", "1.2.3", "patch", true],
    ["1.2.2", "1.2.3", "patch", false],
    ["1.0.0", "0.9.0", "major", true],
    ["2.0.0-rc.2", "2.0.0-rc.1", "major", true],
  ] as const)("%s after %s with a %s step: %s", (version, previous, step, may) => {
    expect(mayFollow(version, previous, step)).toBe(may);
  });

  test.each([
    [">= 1.5.7", ">= 1.5.7", "same"],
    [">= 1.5.7", ">=1.5.7", "same"],
    [">= 1.5", ">= 1.5.0", "same"],
    ["~> 1.5", ">= 1.5.0, < 2.0.0", "same"],
    [">= 1.5.7", ">= 1.6.0", "narrower"],
    [">= 1.6.0", ">= 1.5.7", "wider"],
    [">= 5.81.0, < 7.0.0", ">= 5.81.0, < 6.0.0", "narrower"],
    [">= 5.81.0, < 7.0.0", ">= 5.81.0", "wider"],
    ["~> 5.81", "~> 5.81.0", "narrower"],
    ["~> 5.81.0", "~> 5.81", "wider"],
    [">= 5.0.0", "= 5.1.0", "narrower"],
    [">= 5.0.0", ">= 5.0.0, != 5.1.0", "narrower"],
    [">= 5.0.0", "newest", "narrower"],
    ["> 5.0.0", ">= 5.0.0", "wider"],
  ] as const)("the range %s and then %s is %s", (before, after, change) => {
    expect(compareRanges(before, after)).toBe(change);
  });
});

describe("moved blocks", () => {
  const files = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }));

  test("are read from the module and the modules inside it, with instance keys", async () => {
    const moves = await readMoves(
      files({
        "moved.tf":
          'moved {\n  from = aws_iam_openid_connect_provider.this["a"]\n  to   = ' +
          "aws_iam_openid_connect_provider.main[0]\n}\n",
        "main.tf":
          'module "role" {\n  source = "./modules/role"\n}\nmodule "other" {\n  source = "hashicorp/x/aws"\n}\n',
        "modules/role/main.tf": "moved {\n  from = aws_iam_role.old\n  to   = aws_iam_role.this\n}\n",
        "modules/unused/main.tf": "moved {\n  from = aws_iam_role.a\n  to   = aws_iam_role.b\n}\n",
        "broken.tf": "moved {",
      }),
    );
    expect([...moves].sort((left, right) => (left.from < right.from ? -1 : 1))).toEqual([
      { from: 'aws_iam_openid_connect_provider.this["a"]', to: "aws_iam_openid_connect_provider.main[0]" },
      { from: "module.role[*].aws_iam_role.old", to: "module.role[*].aws_iam_role.this" },
    ]);
  });

  test("in a circle end somewhere", () => {
    expect(
      arrivalOf(
        "a.b",
        [
          { from: "a.b", to: "a.c" },
          { from: "a.c", to: "a.b" },
        ],
        ["a.b"],
      ),
    ).toMatchObject({ address: "a.b" });
  });

  const first = { from: "x_y.a[0]", to: 'x_y.a["main.this"]' };
  test.each<readonly [what: string, before: string, after: string, moves: readonly Move[], kept: boolean]>([
    ["a count that becomes a for_each", "x_y.a[count]", "x_y.a[for_each]", [], false],
    ["a count that becomes a for_each, its first one moved", "x_y.a[count]", "x_y.a[for_each]", [first], true],
    [
      "a for_each that becomes a count, whatever is moved: its keys are the caller's",
      "x_y.a[for_each]",
      "x_y.a[count]",
      [{ from: 'x_y.a["main"]', to: "x_y.a[0]" }],
      false,
    ],
    ["a single one that becomes a count: Terraform goes there by itself", "x_y.a", "x_y.a[count]", [], true],
    ["a single one that becomes a for_each", "x_y.a", "x_y.a[for_each]", [], false],
    [
      "a single one that becomes a for_each, moved",
      "x_y.a",
      "x_y.a[for_each]",
      [{ from: "x_y.a", to: 'x_y.a["main"]' }],
      true,
    ],
    ["a count that becomes a single one: there may be more than the first", "x_y.a[count]", "x_y.a", [], false],
    ["a count that becomes a single one, moved", "x_y.a[count]", "x_y.a", [{ from: "x_y.a[0]", to: "x_y.a" }], true],
    [
      "all of a for_each under another name",
      "x_y.a[for_each]",
      "x_y.b[for_each]",
      [{ from: "x_y.a", to: "x_y.b" }],
      true,
    ],
    [
      "one of a for_each under another name",
      "x_y.a[for_each]",
      "x_y.b[for_each]",
      [{ from: 'x_y.a["main"]', to: 'x_y.b["main"]' }],
      false,
    ],
    [
      "all of a count, as if it were one",
      "x_y.a[count]",
      "x_y.a[for_each]",
      [{ from: "x_y.a", to: 'x_y.a["main"]' }],
      false,
    ],
    ["a name first, then the keys", "x_y.b[count]", "x_y.a[for_each]", [{ from: "x_y.b", to: "x_y.a" }, first], true],
    [
      "a module of another name, for each as before",
      "module.a[for_each].x_y.a[for_each]",
      "module.b[for_each].x_y.a[for_each]",
      [{ from: "module.a", to: "module.b" }],
      true,
    ],
    ["a module for each, where one was", "module.a.x_y.a", "module.a[for_each].x_y.a", [], false],
    [
      "a module for each, where one was, moved",
      "module.a.x_y.a",
      "module.a[for_each].x_y.a",
      [{ from: "module.a", to: 'module.a["main"]' }],
      true,
    ],
    ["into a module", "x_y.a", "module.a.x_y.a", [{ from: "x_y.a", to: "module.a.x_y.a" }], true],
    [
      "a for_each into modules for each",
      "x_y.a[for_each]",
      "module.a[for_each].x_y.a",
      [{ from: "x_y.a", to: "module.a.x_y.a" }],
      false,
    ],
    [
      "another name within a module for each",
      "module.a[for_each].x_y.a",
      "module.a[for_each].x_y.b",
      [{ from: "module.a[*].x_y.a", to: "module.a[*].x_y.b" }],
      true,
    ],
    [
      "another name within a module that was renamed as well",
      "module.a[for_each].x_y.a[for_each]",
      "module.b[for_each].x_y.b[for_each]",
      [
        { from: "module.a", to: "module.b" },
        { from: "module.b[*].x_y.a", to: "module.b[*].x_y.b" },
      ],
      true,
    ],
    [
      "another name within a module, as its caller sees but one",
      "module.a[for_each].x_y.a",
      "module.a[for_each].x_y.b",
      [{ from: "module.a.x_y.a", to: "module.a.x_y.b" }],
      false,
    ],
    ["a name that begins alike", "x_y.ab", "x_y.cb", [{ from: "x_y.a", to: "x_y.c" }], false],
  ])("%s: %s to %s", (_, before, after, moves, kept) => {
    expect(arrivalOf(before, moves, [after])?.address).toBe(kept ? after : undefined);
    const [change] = compareContracts(
      { ...SMALL_CONTRACT, resources: [before] },
      { ...SMALL_CONTRACT, resources: [after] },
      moves,
    );
    expect(change?.kind).toBe(kept ? "address-moved" : "address-changed");
  });

  test("of a module that calls itself are read to an end", async () => {
    expect(
      (
        await readMoves(
          files({ "main.tf": 'module "m" {\n  source = "./"\n}\nmoved {\n  from = x_y.a\n  to   = x_y.b\n}\n' }),
        )
      ).length,
    ).toBeLessThan(20);
  });
});
