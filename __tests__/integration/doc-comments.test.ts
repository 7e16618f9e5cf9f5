import { join } from "node:path";
import ts from "typescript";
import { compileSnippets, ENTRIES, typeProblems } from "../support/compile";
import { REPOSITORY } from "../support/markdown";

interface PublicExport {
  readonly entry: string;
  readonly name: string;
  readonly comment: string;
  readonly example: string | undefined;
}

/** What each entry of the package exports, with its doc comment. */
function publicExports(): readonly PublicExport[] {
  const program = compileSnippets(new Map(), Object.values(ENTRIES));
  const checker = program.getTypeChecker();
  return Object.entries(ENTRIES).flatMap(([entry, file]) => {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} exports nothing`);
    return checker.getExportsOfModule(module).map((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const example = symbol.getJsDocTags(checker).find(({ name }) => name === "example")?.text;
      return {
        entry,
        name: exported.name,
        comment: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        example: example && ts.displayPartsToString(example),
      };
    });
  });
}

describe("doc comments of what the package exports", () => {
  jest.setTimeout(900_000);
  const exports = publicExports();

  test("each export has a doc comment with an example", () => {
    expect(exports.length).toBeGreaterThan(40);
    const bare = exports.filter(({ comment, example }) => comment === "" || example === undefined);
    expect(bare.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
  });

  test("each example compiles against the package and uses the export that it documents", () => {
    const examples = new Map<string, string>();
    const unused: string[] = [];
    for (const [index, { entry, name, example = "" }] of exports.entries()) {
      const code = example.replace(/^```ts\n|\n```$/g, "");
      if (!new RegExp(`\\b${name}\\b`).test(code)) unused.push(`${entry}: ${name}`);
      examples.set(join(REPOSITORY, "__tests__", `example-${index}-${name}.ts`), code);
    }
    expect(unused).toEqual([]);
    expect(typeProblems(compileSnippets(examples))).toEqual([]);
  });
});
