import { join } from "node:path";
import ts from "typescript";
import { compileSnippets, ENTRIES, typeProblems } from "../support/compile";
import { REPOSITORY } from "../support/markdown";

interface PublicExport {
  readonly entry: string;
  readonly name: string;
  readonly comment: string;
  readonly example: string | undefined;
  /** Of what it declares, and of what that declares: `Type.property`, optional or not, and its doc comment. */
  readonly properties: readonly { readonly name: string; readonly isOptional: boolean; readonly comment: string }[];
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
        properties: entry.endsWith("/cdktf") ? propertiesOf(symbol, checker) : [],
      };
    });
  });
}

/** Public properties of a class, or of a type, that our sources declare; of a union those of each member. */
function propertiesOf(symbol: ts.Symbol, checker: ts.TypeChecker): PublicExport["properties"] {
  if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) === 0) return [];
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  return (type.isUnion() ? type.types : [type])
    .flatMap((member) => checker.getPropertiesOfType(member))
    .filter((property) => !property.getJsDocTags(checker).some(({ name }) => name === "internal"))
    .filter(({ declarations = [] }) =>
      declarations.some(
        (declaration) =>
          declaration.getSourceFile().fileName.startsWith(join(REPOSITORY, "src")) &&
          (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) === 0 &&
          !("name" in declaration && ts.isPrivateIdentifier(declaration.name as ts.Node)),
      ),
    )
    .map((property) => ({
      name: `${symbol.name}.${property.name}`,
      isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
      comment: ts.displayPartsToString(property.getDocumentationComment(checker)),
    }));
}

describe("doc comments of what the package exports", () => {
  jest.setTimeout(900_000);
  const exports = publicExports();

  test("each export has a doc comment with an example", () => {
    expect(exports.length).toBeGreaterThan(40);
    const bare = exports.filter(({ comment, example }) => comment === "" || example === undefined);
    expect(bare.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
  });

  test("each property of the constructs and their props says what it is, and its default where it has one", () => {
    const properties = exports.flatMap((entry) => entry.properties);
    expect(properties.length).toBeGreaterThan(100);
    const wrong = properties.filter(
      ({ name, comment, isOptional }) =>
        // nothing goes there: only the other kind of trust has these
        !/\.(?:unityCatalog|issuer)$/.test(name) && (comment === "" || (isOptional && !comment.includes("Default:"))),
    );
    expect([...new Set(wrong.map(({ name }) => name))]).toEqual([]);
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
