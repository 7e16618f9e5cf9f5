import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ERROR_CODES } from "../../src/errors";
import { hclAttributes } from "../../src/hcl/encode";
import { contractOf } from "../../src/module/definition";
import type { ModuleDefinition } from "../../src/module/definition";
import { publishedModules } from "../../src/module/modules";
import { refusalRuns, refusals } from "../../src/module/test-runs";

/** Terraform 1.5.7's functions, without those that read files, the clock or randomness, and without `sensitive`. */
const FUNCTIONS_OF_1_5_7 = new Set([
  "plantimestamp",
  "abs",
  "alltrue",
  "anytrue",
  "base64decode",
  "base64encode",
  "base64gzip",
  "base64sha256",
  "base64sha512",
  "can",
  "ceil",
  "chomp",
  "chunklist",
  "cidrhost",
  "cidrnetmask",
  "cidrsubnet",
  "cidrsubnets",
  "coalesce",
  "coalescelist",
  "compact",
  "concat",
  "contains",
  "csvdecode",
  "distinct",
  "element",
  "endswith",
  "flatten",
  "floor",
  "format",
  "formatdate",
  "formatlist",
  "indent",
  "index",
  "join",
  "jsondecode",
  "jsonencode",
  "keys",
  "length",
  "log",
  "lookup",
  "lower",
  "matchkeys",
  "max",
  "md5",
  "merge",
  "min",
  "one",
  "parseint",
  "pow",
  "range",
  "regex",
  "regexall",
  "replace",
  "reverse",
  "rsadecrypt",
  "setintersection",
  "setproduct",
  "setsubtract",
  "setunion",
  "sha1",
  "sha256",
  "sha512",
  "signum",
  "slice",
  "sort",
  "split",
  "startswith",
  "strcontains",
  "strrev",
  "substr",
  "sum",
  "textdecodebase64",
  "textencodebase64",
  "timeadd",
  "timecmp",
  "timestamp",
  "title",
  "tobool",
  "tolist",
  "tomap",
  "tonumber",
  "toset",
  "tostring",
  "transpose",
  "trim",
  "trimprefix",
  "trimspace",
  "trimsuffix",
  "try",
  "upper",
  "urlencode",
  "uuidv5",
  "values",
  "yamldecode",
  "yamlencode",
  "zipmap",
]);

const MODULES = publishedModules();
const EVERY: readonly ModuleDefinition[] = MODULES.flatMap((definition) => [definition, ...definition.nested]);

/** HCL without its strings; what stands in `${…}` inside them stays. */
function code(hcl: string): string {
  let out = "";
  for (let at = 0; at < hcl.length; at += 1) {
    if (hcl[at] !== '"') {
      out += hcl[at] ?? "";
      continue;
    }
    for (at += 1; at < hcl.length && hcl[at] !== '"'; at += 1) {
      if (hcl[at] === "\\") at += 1;
      else if (hcl.startsWith("${", at) && hcl[at - 1] !== "$") {
        const end = hcl.indexOf("}", at);
        out += ` ${code(hcl.slice(at + 2, end))} `;
        at = end;
      }
    }
  }
  return out;
}

function functionsOf(hcl: string): readonly string[] {
  return [...code(hcl).matchAll(/(?<![.\w])([a-z0-9_]+)\(/g)]
    .map(([, name]) => name ?? "")
    .filter((name) => name !== "in");
}

describe.each(EVERY.map((definition) => [definition.name, definition] as const))("%s", (_, definition) => {
  test("every validation reads its own variable and nothing else", () => {
    for (const variable of definition.variables) {
      for (const { condition } of variable.validations) {
        const source = code(condition);
        expect(
          [...source.matchAll(/\b(var|local|module|data|aws_\w+|path|terraform|each|count|self)\.\w+/g)]
            .map(([reference]) => reference)
            .filter((reference) => reference !== `var.${variable.name}`),
        ).toEqual([]);
        expect(source).toContain(`var.${variable.name}`);
      }
    }
  });

  test("every rule, output and template calls functions of Terraform 1.5.7 only", () => {
    const rules = [
      ...definition.variables.flatMap(({ validations }) => validations),
      ...definition.outputs.flatMap(({ preconditions }) => preconditions),
    ];
    const sources = [...rules.map(({ condition }) => condition), ...definition.outputs.map(({ value }) => value)];
    const unknown = sources.flatMap(functionsOf).filter((name) => !FUNCTIONS_OF_1_5_7.has(name));
    expect(unknown).toEqual([]);
  });

  test("every rule has a code of ours, and a value that breaks it", () => {
    for (const rule of [
      ...definition.variables.flatMap(({ validations }) => validations),
      ...definition.outputs.flatMap(({ preconditions }) => preconditions),
    ]) {
      expect(Object.keys(ERROR_CODES)).toContain(rule.code);
      // one for an apply alone has its twin on an output of the module itself, which a plan can break
      if (!rule.condition.startsWith('timestamp() == ""')) expect(rule.breaks.length).toBeGreaterThan(0);
      expect(rule.message).not.toMatch(/\.$|"|\n/);
    }
  });

  test("required variables stand first, then the others by name", () => {
    const required = definition.variables.map((variable) => variable.default === undefined);
    expect(required).toEqual([...required].sort((left, right) => Number(right) - Number(left)));
    const optional = definition.variables.filter((variable) => variable.default !== undefined).map(({ name }) => name);
    expect(optional).toEqual([...optional].sort());
  });

  test("the contract is plain JSON and says what the definition says", () => {
    const contract = contractOf(definition);
    expect(JSON.parse(JSON.stringify(contract))).toEqual(contract);
    expect(contract.variables.map(({ name }) => name)).toEqual(definition.variables.map(({ name }) => name));
    expect(
      contract.outputs.flatMap(({ preconditions }) => preconditions.map((rule) => Object.keys(rule).sort())),
    ).toEqual(
      definition.outputs.flatMap(({ preconditions }) => preconditions.map(() => ["code", "condition", "message"])),
    );
  });
});

test.each(["trust-policies/main.tf", "trust-policies/problems.tf", "role/main.tf"])(
  "%s calls functions of Terraform 1.5.7 only",
  (file) => {
    const source = readFileSync(
      join(__dirname, "..", "..", "modules", "databricks-federation", "modules", file),
      "utf8",
    ).replace(/^ *#.*$/gm, "");
    expect(functionsOf(source).filter((name) => !FUNCTIONS_OF_1_5_7.has(name))).toEqual([]);
  },
);

test.each(MODULES.map((definition) => [definition.name, definition] as const))(
  "%s: its own tests break every rule at least once",
  (_, definition) => {
    const messages = refusalRuns(definition).map((run) => run.message);
    for (const { message } of refusals(definition)) expect(messages).toContain(`${message}.`);
  },
);

test.each(MODULES.map((definition) => [definition.name, definition] as const))(
  "%s: each of its runs refuses one thing and is named after it, and holds no value too long to read",
  (_, definition) => {
    const runs = refusalRuns(definition);
    const names = runs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^refuses_[a-z][a-z0-9_]*[a-z]$|latin_1_in_\w+$/.test(name))).toEqual([]);
    expect(runs.filter(({ expectFailures }) => expectFailures.length !== 1)).toEqual([]);
    for (const { name, variables } of runs)
      expect({ name, length: hclAttributes(Object.entries(variables)).length < 1500 }).toEqual({ name, length: true });
  },
);
