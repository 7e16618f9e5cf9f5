/** How a module of this registry is called. */
import { type ModuleContract, type ModuleVariable, typeExpression } from "../../module/contract";
import { hclString } from "../../hcl/encode";
import { compatibleRange } from "../../module/version-range";
import { addressText, type ModuleAddress } from "../tree/address";
import type { RegistrySite } from "../tree/documents";

/** Used where the host is unknown. */
export const UNKNOWN_HOST = "registry.example.com";

/** `registry.example.com/acme/databricks-federation/aws` */
export function sourceAddress(site: RegistrySite, address: ModuleAddress): string {
  return `${site.host ?? UNKNOWN_HOST}/${addressText(address)}`;
}

/** A module block with what must be given: `~> 1.2` from 1.0.0 on, the exact version of a pre-release. */
export function usage(site: RegistrySite, address: ModuleAddress, version: string, contract: ModuleContract): string {
  const required = contract.variables.filter((variable) => variable.default === undefined);
  const width = Math.max("version".length, ...required.map(({ name }) => name.length));
  const lines = required.map((variable) => `  ${variable.name.padEnd(width)} = ${placeholder(variable)}`);
  return [
    'module "databricks" {',
    `  source  = ${hclString(sourceAddress(site, address))}`,
    `  version = ${hclString(compatibleRange(version))}`,
    ...(lines.length === 0 ? [] : ["", ...lines]),
    "}",
  ].join("\n");
}

/** The README's first call of a module; undefined where it has none. */
export function example(readme: string | undefined): string | undefined {
  return /^```hcl\n(module "[\s\S]*?)^```$/m.exec(readme ?? "")?.[1]?.trimEnd();
}

/** A placeholder of the right type. */
function placeholder({ type }: ModuleVariable): string {
  if (type === "string") return '"…"';
  if (typeof type === "string") return type === "bool" ? "true" : "0";
  return "list" in type ? "[]" : `{} # ${typeExpression(type).slice(0, 60)}…`;
}
