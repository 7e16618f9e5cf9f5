/** The files that an adoption becomes. Pure. */
import { importsText } from "../federation/imports";
import type { GeneratedTree } from "../files/compare-tree";
import { generatedFile } from "../files/generated-file";
import type { Adoption } from "./adoption";
import type { Evidence } from "./evidence";
import { adoptedReport } from "./report";

export interface FileOptions {
  /** The folder, as it is named in what the report says to run. */
  readonly out: string;
  readonly version: string;
  readonly evidence: Evidence | null;
}

/**
 * federation.yaml, which is its reader's from then on and carries no marker: it is never replaced; imports.json and
 * adopted.md.
 */
export function adoptedFiles(adoption: Adoption, { out, version, evidence }: FileOptions): GeneratedTree {
  const { text, imports } = adoption;
  const marked = (path: string, body: string): readonly [string, string] => [
    path,
    generatedFile(path, body, "adopt", version),
  ];
  return {
    kind: "adopt",
    files: new Map([
      ...(text === null ? [] : ([["federation.yaml", text], marked("imports.json", importsText(imports))] as const)),
      marked("adopted.md", adoptedReport(adoption, out, evidence)),
    ]),
    owned: [],
  };
}
