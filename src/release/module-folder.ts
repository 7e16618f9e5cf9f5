/** Reads modules from disk for packing: what belongs to a module, byte for byte, and nothing else. */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ErrorCode, InputError, type Problem, refuse } from "../errors";
import { generatedKind } from "../files/generated-file";
import { packageFolder, unreadable } from "../files/read-file";
import type { ReleaseData } from "../module/release-data";
import { releaseDataFile, sourceDigest } from "../module/source-digest";
import { ARCHIVE_LIMITS, type ArchiveFile } from "./archive";
import { faultOf, RELEASE_DATA } from "./contract-shape";

export interface SourceModule extends ReleaseData {
  readonly name: string;
  /** Sorted by path. */
  readonly files: readonly ArchiveFile[];
  /** Version of the generator whose marker the module carries; null for one written by hand. */
  readonly generatorVersion: string | null;
}

export interface SourceModules {
  readonly modules: readonly SourceModule[];
  /** Paths below the folder that are not packed: Terraform's own files, state, values, dotfiles. */
  readonly skipped: readonly string[];
}

const NAME_FOLDER = "Name the folder of generated modules with --modules.";

/** Files that Terraform, editors and users leave in a module. State and values may hold secrets: never packed. */
const LEFT_BEHIND = /^\.|^terraform\.tfstate|\.tfstate(?:\.|$)|\.tfvars(?:\.json)?$|\.tfplan$|^crash(?:\..*)?\.log$|~$/;
/** Kinds of file a module is made of. Anything else must carry the generator's marker. */
const KNOWN = /\.(?:tf|tf\.json|(?:tf|tofu)test\.(?:hcl|json)|md)$|^(?:LICEN[CS]E|NOTICE)(?:\.txt)?$/;

/** Folder of the modules to release: the one named, `./modules`, or this package's own. */
export function modulesFolder(given: string | undefined): string {
  return given ?? (existsSync("modules") ? "modules" : join(packageFolder(), "modules"));
}

/**
 * The modules in `folder`: each folder of it that has release data beside it. Throws InputError
 * (module-folder-invalid, module-file-unknown, module-file-link, release-data-unreadable, release-data-stale) with
 * every problem, OutsideError file-unreadable.
 */
export function readModules(folder: string): SourceModules {
  const skipped: string[] = [];
  const problems: Problem[] = [];
  const modules: SourceModule[] = [];
  const entries = entriesOf(folder);
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  for (const { name } of entries) {
    if (folders.has(name) && existsSync(join(folder, releaseDataFile(name)))) {
      const found = readModule(folder, name, skipped, problems);
      if (found !== undefined) modules.push(found);
    } else if (![...folders].some((module) => name === releaseDataFile(module)))
      skipped.push(name + (folders.has(name) ? "/" : ""));
  }
  if (modules.length === 0 && problems.length === 0) {
    const why = `no folder in it has release data beside it, like ${releaseDataFile("databricks-federation")}`;
    problems.push(invalid("module-folder-invalid", folder, `${folder} contains no module: ${why}.`));
  }
  refuse(problems);
  return { modules: modules.sort((left, right) => (left.name < right.name ? -1 : 1)), skipped };
}

function readModule(folder: string, name: string, skipped: string[], problems: Problem[]): SourceModule | undefined {
  const before = problems.length;
  const files = collect(folder, name, "", skipped, problems).sort((left, right) => (left.path < right.path ? -1 : 1));
  if (problems.length > before) return undefined;
  const texts = new Map(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString("utf8")]));
  try {
    const text = readBytes(join(folder, releaseDataFile(name)), releaseDataFile(name)).toString("utf8");
    const { data, written } = readReleaseData(text, name);
    if (data.contract.name !== name)
      throw new InputError(
        invalid(
          "module-folder-invalid",
          join(folder, name),
          `The folder ${name} contains the module ${data.contract.name}.`,
        ),
      );
    if (data.trust.digest !== sourceDigest(texts, written)) throw staleness(data, written, texts, join(folder, name));
    return { name, ...data, files, generatorVersion: generatorOf(text) };
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    problems.push(...cause.problems);
    return undefined;
  }
}

/** What is said where the module's HCL (`texts`) or contract (`written`) is not what the release data was made of. */
function staleness(
  { contract, trust }: ReleaseData,
  written: unknown,
  texts: ReadonlyMap<string, string>,
  folder: string,
): InputError {
  const withLf = new Map([...texts].map(([path, text]) => [path, text.replaceAll("\r\n", "\n")] as const));
  const other = `The HCL or the contract of ${contract.name} changed after its release data was generated`;
  return new InputError(
    trust.digest === sourceDigest(withLf, written)
      ? {
          ...invalid("release-data-stale", folder, `${other}: its lines end with CRLF.`),
          fix:
            "Check the modules out with LF: put `* text=auto eol=lf` into .gitattributes, or set git's " +
            "core.autocrlf to false.",
        }
      : {
          ...invalid("release-data-stale", folder, `${other}.`),
          fix: "Make the change in the templates or the rules file, and run generate modules.",
        },
  );
}

function collect(folder: string, module: string, below: string, skipped: string[], problems: Problem[]): ArchiveFile[] {
  return entriesOf(join(folder, module, below)).flatMap((entry): ArchiveFile[] => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    const shown = `${module}/${path}`;
    const file = join(folder, module, path);
    if (LEFT_BEHIND.test(entry.name)) {
      skipped.push(shown + (entry.isDirectory() ? "/" : ""));
      return [];
    }
    if (entry.isDirectory()) return collect(folder, module, path, skipped, problems);
    if (!entry.isFile()) {
      problems.push({
        ...invalid(
          "module-file-link",
          file,
          `${shown} is not a regular file but ${entry.isSymbolicLink() ? "a link" : "a special file"}.`,
        ),
        fix: "Put the file itself there, or remove it.",
      });
      return [];
    }
    const bytes = readBytes(file, shown);
    if (!KNOWN.test(entry.name) && generatedKind(bytes.toString("utf8")) === undefined) {
      problems.push({
        ...invalid("module-file-unknown", file, `${shown} is not a type of file that a module may contain.`),
        fix: "Remove it, so that it is not published by accident.",
      });
      return [];
    }
    return [{ path, bytes }];
  });
}

/** The release data in `text`, and the contract as it is written there, keys in their order. */
function readReleaseData(text: string, module: string): { readonly data: ReleaseData; readonly written: unknown } {
  try {
    const { $comment: _, ...document } = JSON.parse(text) as Record<string, unknown>;
    return { data: RELEASE_DATA.parse(document), written: document["contract"] };
  } catch (cause) {
    throw new InputError({
      ...invalid(
        "release-data-unreadable",
        releaseDataFile(module),
        `${releaseDataFile(module)} cannot be read: ${faultOf(cause).why}.`,
      ),
      fix: "Run generate modules to write it.",
    });
  }
}

/** Version in the marker of a generated file's first line. */
function generatorOf(text: string): string | null {
  return generatedKind(text) === undefined ? null : (/databricks-aws-oidc (\S+) \(/.exec(text)?.[1] ?? null);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (cause) {
    throw unreadable(folder, cause, NAME_FOLDER, folder);
  }
}

function readBytes(file: string, shown: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > ARCHIVE_LIMITS.fileBytes)
      throw new InputError(
        invalid("archive-too-large", file, `${shown} has more than ${ARCHIVE_LIMITS.fileBytes} bytes.`),
      );
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw unreadable(file, cause, NAME_FOLDER, file);
  }
}

function invalid(code: ErrorCode, path: string, message: string): Problem {
  return { code, message, path, fix: NAME_FOLDER };
}
