/** The folder of generated modules: one folder each, and beside it what a release promises of the module. */
import { inputError } from "../errors";
import type { GeneratedTree } from "../files/compare-tree";
import { generatedFile } from "../files/generated-file";
import { quoted } from "../text/text-rule";
import type { ModuleDefinition } from "./definition";
import type { RenderOptions } from "./published-view";
import { moduleFiles } from "./files";
import { releaseData } from "./release-data";
import type { Sample } from "./sample";
import { releaseDataFile } from "./source-digest";

export function moduleTree(
  modules: readonly ModuleDefinition[],
  sample: Sample,
  options: RenderOptions,
): GeneratedTree {
  const files = new Map<string, string>();
  for (const definition of modules) {
    const own = moduleFiles(definition, sample, options);
    for (const [path, content] of own) files.set(`${definition.name}/${path}`, content);
    const data = releaseDataFile(definition.name);
    const text = `${JSON.stringify(releaseData(definition, sample, own), null, 2)}\n`;
    files.set(data, generatedFile(data, text, "modules", options.version));
  }
  const folders = modules.map(({ name }) => ({ folder: name, deep: true }));
  return { kind: "modules", files, owned: [{ folder: "", deep: false }, ...folders] };
}

/**
 * A registry namespace with or without a host: `acme`, `registry.example.com/acme`. Throws InputError
 * module-source-invalid.
 */
export function readNamespace(namespace: string | undefined): string | undefined {
  if (
    namespace === undefined ||
    /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?\/)?[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62}[A-Za-z0-9])?$/.test(
      namespace,
    )
  )
    return namespace;
  throw inputError(
    "module-source-invalid",
    `${quoted(namespace)} is not a registry namespace.`,
    "Write it like acme, or registry.example.com/acme.",
    "--namespace",
  );
}
