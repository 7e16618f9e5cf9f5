import { moduleFiles } from "../../src/module/files";
import { publishedModules } from "../../src/module/modules";
import { SAMPLE } from "../../src/module/sample";

const FILES = publishedModules().flatMap((definition) =>
  [...moduleFiles(definition, SAMPLE, { version: "1.0.0" })].map(
    ([path, text]) => [`${definition.name}/${path}`, text.replace(/^ *#.*$/gm, "")] as const,
  ),
);

/** Terraform resolves a reference inside a module by its address without instances: it means all of them. */
test("no resource of an inner module refers to another: a plan would grow with the square of the roles", () => {
  const resources = FILES.filter(([path]) => /\/modules\/[^/]+\/[^/]+\.tf$/.test(path)).flatMap(([path, text]) =>
    [...text.matchAll(/^resource "(\w+)" "\w+" \{\n(.*?)^\}/gms)].map(([, type, body]) => ({ path, type, body })),
  );
  expect(new Set(resources.map(({ type }) => type))).toEqual(
    new Set(["aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment"]),
  );
  expect(resources.filter(({ body }) => /\b(?:aws_\w+|data|module)\./.test(body ?? ""))).toEqual([]);
});

test("policies get the names of roles through one local, made of the roles", () => {
  const calls = FILES.flatMap(([path, text]) =>
    path.endsWith("oidc/main.tf") || path.endsWith("federation/main.tf")
      ? [/^module "role_policies" \{\n(.*?)^\}/ms.exec(text)?.[1] ?? ""]
      : [],
  );
  expect(calls).toHaveLength(3);
  for (const call of calls) {
    expect(call).toContain("for_each = local.role_policies");
    expect(call).not.toMatch(/module\.|depends_on/);
  }
});
