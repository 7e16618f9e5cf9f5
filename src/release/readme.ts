/** The README of a module as a release carries it: with the release's version, and a source that a caller can use. */
import { hclString } from "../hcl/encode";
import { compatibleRange } from "../module/version-range";

/** The module that a README is of. */
export interface ReadmeModule {
  readonly name: string;
  /** The registry's target system: `aws`. */
  readonly system: string;
  readonly version: string;
}

/** The `source` and `version` lines of each call of `module` in a README; `$1` is their indentation. */
function callsOf({ name, system }: ReadmeModule): RegExp {
  return new RegExp(
    `^( *)source *= "([^"\\n]*)\\b${name}(?:/${system})?"[^\\n]*\\n(?: *version *= "[^"\\n]*"\\n)?`,
    "gm",
  );
}

/**
 * `readme` with, in each call of `module`, `source` (like `registry.example.com/acme/databricks-federation/aws`) and
 * the range of versions that break nothing.
 */
export function withSource(readme: string, module: ReadmeModule, source: string): string {
  return readme.replace(
    callsOf(module),
    (_, indent: string) =>
      `${indent}source  = ${hclString(source)}\n${indent}version = ${hclString(compatibleRange(module.version))}\n`,
  );
}

/**
 * The README for the archive of `module`. Its calls name `namespace` (`acme`, or `registry.example.com/acme`); without
 * one, the registry that they name already; without that too, the folder into which the archive was unpacked.
 */
export function releasedReadme(readme: string, module: ReadmeModule, namespace: string | undefined): string {
  const { name, system, version } = module;
  const [, , known = ""] = callsOf(module).exec(readme) ?? [];
  const registry = namespace ?? (/^[a-z0-9][\w.:-]*\/(?:[\w-]+\/)?$/.test(known) ? known.slice(0, -1) : undefined);
  const archive = `${name}-${version}.tar.gz`;
  const called =
    registry === undefined
      ? readme.replace(
          callsOf(module),
          (_, indent: string) => `${indent}source = ${hclString(`./modules/${name}`)} # ${archive}, unpacked there\n`,
        )
      : withSource(readme, module, `${registry}/${name}/${system}`);
  return called.replace(/^# [^\n]*\n/m, (heading) => `${heading}\nVersion ${version}.\n`);
}
