/** Follows the calls of the project's own code as they are written: which files a value passes, and in what order. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";

const SRC = join(__dirname, "..", "..", "src");

interface Source {
  readonly functions: ReadonlyMap<string, ts.FunctionDeclaration>;
  /** Local name -> file and name there. */
  readonly imports: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

const read = new Map<string, Source>();

function sourceOf(file: string): Source {
  const known = read.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(file, readFileSync(join(SRC, file), "utf8"), ts.ScriptTarget.Latest, true);
  const functions = new Map<string, ts.FunctionDeclaration>();
  const imports = new Map<string, { file: string; name: string }>();
  for (const statement of tree.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined)
      functions.set(statement.name.text, statement);
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const target = join(SRC, dirname(file), `${statement.moduleSpecifier.text}.ts`);
    const names = statement.importClause?.namedBindings;
    if (!existsSync(target) || names === undefined || !ts.isNamedImports(names)) continue;
    for (const { name, propertyName } of names.elements)
      imports.set(name.text, { file: relative(SRC, target), name: (propertyName ?? name).text });
  }
  const source = { functions, imports };
  read.set(file, source);
  return source;
}

/**
 * The files that a call of `entry` of `file` (below src/) enters, in the order in which the code is written; each
 * function once, and only in files for which `follows` is true. A file follows itself only after another was entered.
 */
export function filesEntered(file: string, entry: string, follows: (file: string) => boolean): readonly string[] {
  const entered: string[] = [];
  const passed = new Set<string>();
  const enter = (at: string, name: string): void => {
    const declared = sourceOf(at).functions.get(name);
    if (declared === undefined || passed.has(`${at} ${name}`)) return;
    passed.add(`${at} ${name}`);
    if (entered.at(-1) !== at) entered.push(at);
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
      const called = node.expression.text;
      const imported = sourceOf(at).imports.get(called);
      if (imported === undefined) enter(at, called);
      else if (follows(imported.file)) enter(imported.file, imported.name);
    };
    visit(declared);
  };
  enter(file, entry);
  return entered;
}

/** How often a walk comes back to a file it has left. */
export function returnsOf(entered: readonly string[]): number {
  return entered.length - new Set(entered).size;
}
