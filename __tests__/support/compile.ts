/** Type-checks code that lies in no file, against this package's own sources. */
import { join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "./markdown";

/** Entries of the package, by the name a user imports. */
export const ENTRIES: Readonly<Record<string, string>> = {
  "databricks-aws-oidc": join(REPOSITORY, "src/index.ts"),
  "databricks-aws-oidc/cdktf": join(REPOSITORY, "src/cdktf/index.ts"),
};

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.es2024.string.d.ts"],
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  resolveJsonModule: true,
  types: ["node"],
  paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [file]])),
};

/** A program of `snippets` (path to code) and whatever they import; `roots` are further files on disk. */
export function compileSnippets(snippets: ReadonlyMap<string, string>, roots: readonly string[] = []): ts.Program {
  const host = ts.createCompilerHost(OPTIONS);
  const onDisk = {
    read: host.readFile.bind(host),
    exists: host.fileExists.bind(host),
    source: host.getSourceFile.bind(host),
  };
  host.readFile = (name) => snippets.get(name) ?? onDisk.read(name);
  host.fileExists = (name) => snippets.has(name) || onDisk.exists(name);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const code = snippets.get(name);
    return code === undefined
      ? onDisk.source(name, languageVersion, ...rest)
      : ts.createSourceFile(name, code, languageVersion);
  };
  return ts.createProgram([...snippets.keys(), ...roots], OPTIONS, host);
}

/** What the compiler finds wrong in a program, with the file it stands in. */
export function typeProblems(program: ts.Program): readonly { readonly file: string; readonly message: string }[] {
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => ({
    file: diagnostic.file?.fileName ?? "",
    message: ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"),
  }));
}
