/** Finds and reads what the linter is given: files, folders, standard input. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors";
import { readText } from "../files/read-file";
import { STDIN } from "../trust/documents/document";
import { readDocument } from "./read-document";
import type { NamedDocument } from "./lint-documents";

const SKIPPED_FOLDERS = new Set(["node_modules", ".terraform", ".git"]);

/**
 * The documents of `paths`: files, folders (every JSON and YAML file in them that lint can check, at any depth), and
 * `-` for standard input. `note` is called for each file of a folder that is skipped.
 * Throws InputError json-syntax, document-unknown and the codes of a federation file; OutsideError file-not-found,
 * file-unreadable.
 */
export async function readDocuments(
  paths: readonly string[],
  note: (message: string) => void = () => undefined,
): Promise<readonly NamedDocument[]> {
  const documents: NamedDocument[] = [];
  for (const path of paths) {
    if (path !== "-" && isFolder(path)) documents.push(...(await readFolder(path, note)));
    else documents.push(await readOne(path));
  }
  return documents;
}

/** One file, or `-` for standard input; `fix`: what to do where there is no such file. Errors as `readDocuments`. */
export async function readOne(
  path: string,
  fix = "Name a file or folder to check, or run init to write a federation.yaml.",
): Promise<NamedDocument> {
  const file = path === "-" ? STDIN : path;
  return {
    file,
    document: await readDocument(readText(path, fix), file, Date.now() / 1000),
  };
}

async function readFolder(folder: string, note: (message: string) => void): Promise<readonly NamedDocument[]> {
  const documents: NamedDocument[] = [];
  for (const file of filesIn(folder)) {
    try {
      documents.push(await readOne(file));
    } catch (error) {
      // A folder has other files too; a federation file with mistakes is still reported.
      if (
        !(error instanceof InputError) ||
        (error.code !== "document-unknown" && error.code !== "json-syntax" && !isOtherYaml(error))
      )
        throw error;
      note(`${file} is skipped: ${error.problem.message}`);
    }
  }
  if (documents.length === 0) {
    throw new InputError({
      code: "document-unknown",
      file: folder,
      message: "The folder contains no file that lint can check.",
      fix: "Give the folder of rendered policies (*.json) or federation files (*.yaml).",
    });
  }
  return documents;
}

/** YAML that never meant to be a federation: none of its keys is one of ours. */
function isOtherYaml(error: InputError): boolean {
  return ["issuers", "roles"].every((key) =>
    error.problems.some((problem) => problem.code === "required" && problem.path === key),
  );
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : filesIn(path);
      return entry.isFile() && /\.(?:json|ya?ml)$/.test(entry.name) ? [path] : [];
    });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
