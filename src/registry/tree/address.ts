/** Paths in a registry, as the module registry protocol defines them, and the names in them. */
import { type Problem, refuse } from "../../errors";
import { anyOf, DIGITS, LOWERCASE_LETTERS, run } from "../../text/form";
import { violation, satisfies, textRule } from "../../text/text-rule";
import { isVersion, readVersion } from "../../release/version";

/** Terraform's address of a module without the host: `acme/databricks-federation/aws`. */
export interface ModuleAddress {
  readonly namespace: string;
  readonly name: string;
  /** What Terraform calls the target system; of ours always `aws`. */
  readonly system: string;
}

/** Narrower than Terraform's own rule: no capitals, as `Acme` and `acme` are one folder on some file systems. */
const NAMESPACE_ENDS = anyOf(DIGITS, LOWERCASE_LETTERS);
const NAMESPACE_RULE = textRule({
  code: "registry-name-invalid",
  form: run(anyOf(DIGITS, LOWERCASE_LETTERS, "_-"), 1, 64, { first: NAMESPACE_ENDS, last: NAMESPACE_ENDS }),
  says: "a registry namespace: at most 64 lowercase letters, digits, - and _",
  example: "acme",
});

const NAME_RULE = textRule({
  ...NAMESPACE_RULE,
  says: "a module name: at most 64 lowercase letters, digits, - and _",
  example: "databricks-federation",
});
const SYSTEM_RULE = textRule({
  code: NAMESPACE_RULE.code,
  form: run(NAMESPACE_ENDS, 1, 64),
  says: "a system name: lowercase letters and digits",
  example: "aws",
});

/** Below the registry's folder. The protocol's paths begin here. */
export const MODULES_PATH = "v1/modules";
/** The same name in every version's folder: so one fixed header tells Terraform where each archive is. */
export const ARCHIVE_NAME = "module.tar.gz";
/** As the `X-Terraform-Get` header and the JSON body of `download` have it: relative to `download` itself. */
export const ARCHIVE_LOCATION = `./${ARCHIVE_NAME}`;

/** Throws InputError registry-name-invalid, version-invalid. Only valid names become paths. */
export function readAddress(address: ModuleAddress): ModuleAddress {
  const problems: readonly (Problem | undefined)[] = [
    violation(NAMESPACE_RULE, address.namespace, "namespace"),
    violation(NAME_RULE, address.name, "name"),
    violation(SYSTEM_RULE, address.system, "system"),
  ];
  refuse(problems.filter((problem) => problem !== undefined));
  return address;
}

/** `acme/databricks-federation/aws` read; undefined where it is not an address. */
export function parseAddress(text: string): ModuleAddress | undefined {
  const [namespace, name, system, ...rest] = text.split("/");
  if (namespace === undefined || name === undefined || system === undefined || rest.length > 0) return undefined;
  return satisfies(NAMESPACE_RULE, namespace) && satisfies(NAME_RULE, name) && satisfies(SYSTEM_RULE, system)
    ? { namespace, name, system }
    : undefined;
}

export function addressText({ namespace, name, system }: ModuleAddress): string {
  return `${namespace}/${name}/${system}`;
}

/** The module's folder below the registry's: `v1/modules/acme/databricks-federation/aws`. */
export function moduleFolder(address: ModuleAddress): string {
  return `${MODULES_PATH}/${addressText(readAddress(address))}`;
}

/** The version's folder below the registry's. Throws InputError version-invalid too. */
export function versionFolder(address: ModuleAddress, version: string): string {
  return `${moduleFolder(address)}/${readVersion(version, "version")}`;
}

/** What a path below the registry's folder belongs to. */
export type PlaceOfPath =
  | { readonly of: "registry" }
  | { readonly of: "module"; readonly address: ModuleAddress; readonly file: string }
  | { readonly of: "version"; readonly address: ModuleAddress; readonly version: string; readonly file: string };

export function placeOf(path: string): PlaceOfPath {
  const parts = path.split("/");
  const address = parts.slice(0, 2).join("/") === MODULES_PATH ? parseAddress(parts.slice(2, 5).join("/")) : undefined;
  const [first, second, ...rest] = parts.slice(5);
  if (address === undefined || first === undefined || rest.length > 0) return { of: "registry" };
  if (second === undefined) return { of: "module", address, file: first };
  return isVersion(first) ? { of: "version", address, version: first, file: second } : { of: "registry" };
}
