/** Loads TypeScript modules of this project with a piece of one of them replaced, apart from all that is loaded. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";

const ROOT = join(__dirname, "../..");
const compiled = new Map<string, string>();

export interface Fault {
  /** Below src/trust. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** The exports of `entry` (a path below the project) where `fault` is made; throws where its text is not there once. */
export function loadAltered(entry: string, fault: Fault | null): Readonly<Record<string, unknown>> {
  const altered = fault === null ? null : join(ROOT, "src/trust", fault.file);
  const loaded = new Map<string, { exports: Record<string, unknown> }>();
  const load = (path: string): Record<string, unknown> => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const code = path === altered && fault !== null ? compile(withFault(path, fault)) : compiledOf(path);
    const run = new Function("require", "module", "exports", code) as (...scope: readonly unknown[]) => void;
    run((name: string) => load(`${join(dirname(path), name)}.ts`), module, module.exports);
    return module.exports;
  };
  return load(join(ROOT, entry));
}

function withFault(path: string, { file, find, replace }: Fault): string {
  const source = readFileSync(path, "utf8");
  const pieces = source.split(find);
  if (pieces.length !== 2) throw new Error(`${file} holds ${pieces.length - 1} times: ${find}`);
  return pieces.join(replace);
}

function compiledOf(path: string): string {
  let code = compiled.get(path);
  if (code === undefined) compiled.set(path, (code = compile(readFileSync(path, "utf8"))));
  return code;
}

function compile(source: string): string {
  const jsc = { parser: { syntax: "typescript" }, target: "es2022" } as const;
  return transformSync(source, { jsc, module: { type: "commonjs" }, swcrc: false }).code;
}
