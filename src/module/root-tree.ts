/** The folder of a generated root: one root for each AWS account, and the module they call where it comes along. */
import { type InputError, inputError } from "../errors";
import { accountView, rootFolderOf } from "../federation/account-view";
import { type Imports, importsFor } from "../federation/imports";
import type { Federation } from "../federation/model";
import { movesFromCdkJson } from "../hcl/cdk-stack";
import type { GeneratedTree } from "../files/compare-tree";
import { type TakenOver, takeOver } from "../hcl/import-blocks";
import { movesTo } from "../hcl/moves";
import type { RootStyle } from "../hcl/root-files";
import { rootFiles } from "../hcl/root-files";
import { federationModule } from "./modules/federation";
import { moduleFiles } from "./files";
import { violation, quoted } from "../text/text-rule";
import { SAMPLE } from "./sample";
import { VERSION_RANGE } from "./version-range";

/** A stack of `FederationStack`, a root of a style, or the text of another stack's cdk.tf.json. */
export type MovedFrom = (typeof MOVED_FROM)[number] | { readonly file: string; readonly text: string };

export const MOVED_FROM = ["cdktf", "resources", "modules"] as const;

export interface RootTreeOptions {
  readonly version: string;
  readonly style: "modules" | "resources";
  readonly moduleSource?: string | undefined;
  readonly moduleVersion?: string | undefined;
  readonly movedFrom?: MovedFrom | undefined;
  /** What of the federation exists in AWS already. */
  readonly imports?: Imports | undefined;
}

export interface RootTree {
  readonly tree: GeneratedTree;
  /** Addresses that the stack to take over does not have. */
  readonly missing: readonly string[];
  /** Addresses of that stack which no root has. */
  readonly left: readonly string[];
  /** What the imports have and the federation does not. */
  readonly notDeclared: readonly string[];
}

/** Where the module is written when it comes along. */
const VENDORED = "modules/databricks-federation";

/**
 * The files of every root of `federation`. Throws InputError: module-source-invalid, moved-from-invalid,
 * imports-mismatch, imports-invalid.
 */
export function rootTree(federation: Federation, options: RootTreeOptions): RootTree {
  checkSource(options);
  if (federation.accounts.length > 1 && typeof options.movedFrom === "object") {
    throw inputError(
      "moved-from-invalid",
      "One stack cannot be that of several AWS accounts.",
      "Use --moved-from cdktf, or a federation file with the stack's account alone.",
      "--moved-from",
    );
  }
  const files = new Map<string, string>();
  const missing: string[] = [];
  const left: string[] = [];
  const notDeclared: string[] = [];
  const { imports } = options;
  if (
    imports !== undefined &&
    federation.accounts.every((one) => importsFor(imports, one, federation.accounts).length === 0)
  )
    throw inputError(
      "imports-invalid",
      `The imports are of AWS account ${imports.awsAccountId}, and the federation is not deployed there.`,
      "Name the imports.json of this federation's account.",
      "imports",
    );
  for (const account of federation.accounts) {
    const view = accountView(federation, account);
    const folder = rootFolderOf(account);
    const how: RootStyle =
      options.style === "resources"
        ? { style: "resources" }
        : {
            style: "modules",
            module: {
              source: options.moduleSource ?? `${folder === "" ? "./" : "../"}${VENDORED}`,
              version: options.moduleVersion,
            },
          };
    const stack =
      typeof options.movedFrom === "object"
        ? movesFromCdkJson(options.movedFrom.text, options.movedFrom.file, view, options.style)
        : undefined;
    const style = options.movedFrom === "cdktf" ? "resources" : options.movedFrom;
    const moves = stack?.moves ?? (style === undefined || style === options.style ? [] : movesTo(options.style, view));
    missing.push(...(stack?.missing ?? []));
    left.push(...(stack?.left ?? []));
    const taken = imports === undefined ? NOTHING_TAKEN : takeOver(imports, view, options.style);
    notDeclared.push(...taken.missing);
    const contents = { version: options.version, moves: [...moves, ...taken.moves], imports: taken.imports };
    for (const [path, content] of rootFiles(view, how, contents))
      files.set(folder === "" ? path : `${folder}/${path}`, content);
  }
  if (options.style === "modules" && options.moduleSource === undefined) {
    for (const [path, content] of moduleFiles(federationModule(SAMPLE), SAMPLE, {
      version: options.version,
      kind: "root",
    })) {
      // Tests and examples belong to the module's own release.
      if (!/^(?:tests|examples)\//.test(path)) files.set(`${VENDORED}/${path}`, content);
    }
  }
  const roots = federation.accounts.map(rootFolderOf);
  return {
    tree: {
      kind: "root",
      files,
      owned: [...roots.map((folder) => ({ folder, deep: false })), { folder: VENDORED, deep: true }],
    },
    missing,
    left,
    notDeclared,
  };
}

const NOTHING_TAKEN: TakenOver = { imports: [], moves: [], missing: [] };

/** `[HOST/]NAMESPACE/NAME/SYSTEM[//FOLDER]`; a host has a dot, a namespace has none. */
const REGISTRY_HOST = String.raw`[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?`;
const REGISTRY_NAME = "[A-Za-z0-9][A-Za-z0-9_-]*";
const REGISTRY_ADDRESS = new RegExp(`^(?:${REGISTRY_HOST}/)?${REGISTRY_NAME}/${REGISTRY_NAME}/[A-Za-z0-9]+(?://.*)?$`);

function checkSource({ style, moduleSource, moduleVersion }: RootTreeOptions): void {
  const refusal = (path: string, message: string, fix: string): InputError =>
    inputError("module-source-invalid", message, fix, path);
  if (style === "resources" && (moduleSource ?? moduleVersion) !== undefined)
    throw refusal(
      "--module-source",
      "A root of plain resources calls no module.",
      "Leave --module-source and --module-version out, or use --style modules.",
    );
  if (moduleSource !== undefined && !/^[\x21-\x7e]{1,500}$/.test(moduleSource))
    throw refusal(
      "--module-source",
      "The module source is not a valid address.",
      "Write it like registry.example.com/acme/databricks-federation/aws.",
    );
  if (moduleVersion === undefined) return;
  if (moduleSource === undefined)
    throw refusal("--module-version", "A version goes with a registry module.", "Give --module-source as well.");
  if (!REGISTRY_ADDRESS.test(moduleSource))
    throw refusal(
      "--module-version",
      `Only a registry's modules have versions, and ${quoted(moduleSource)} is not a registry address.`,
      "Leave --module-version out (in a git address ?ref= says the version), or write the source like " +
        "registry.example.com/acme/databricks-federation/aws.",
    );
  const range = violation(VERSION_RANGE, moduleVersion, "--module-version");
  if (range !== undefined) throw refusal("--module-version", range.message, 'Write it like "~> 1.2".');
}
