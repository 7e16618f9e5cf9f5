/**
 * Builds the playground: one HTML file without a server, whose policy allows its own script and style and nothing
 * else. `npm run playground` writes it to out/playground/index.html.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import Handlebars from "handlebars";
import { version } from "../package.json";
import { hashSource } from "../src/files/hash-source";
import { HCL_HELPERS } from "../src/hcl/template-helpers";
import { compileOptions } from "../src/hcl/templates";
import { html } from "../src/text/escape";

const ROOT = dirname(__dirname);
const PLAYGROUND = join(ROOT, "playground");
const TEMPLATES = join(ROOT, "templates");
/** The templates of a root, which alone are rendered in the page. */
const ROOT_TEMPLATES = ["root", "root-modules", "root-resources"];

/** Templates compiled here, so that the page has neither the compiler nor a need to make code from text. */
const precompiled: Plugin = {
  name: "precompiled-templates",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^\.\/templates$/ }, ({ importer }) =>
      dirname(importer) === join(ROOT, "src", "hcl") ? { path: join(PLAYGROUND, "page", "templates.ts") } : undefined,
    );
    onResolve({ filter: /^precompiled-templates$/ }, ({ path }) => ({ path, namespace: "precompiled" }));
    onLoad({ filter: /./, namespace: "precompiled" }, () => ({
      contents:
        `export const templates = ${compiled(ROOT_TEMPLATES, (folder, file) => `${folder}/${file}`)};\n` +
        `export const partials = ${compiled(["partials"], (_, file) => file.replace(/\.hbs$/, ""))};\n`,
    }));
  },
};

/** The templates in `folders` as an object literal. */
function compiled(folders: readonly string[], nameOf: (folder: string, file: string) => string): string {
  const options = compileOptions(HCL_HELPERS);
  const entries = folders.flatMap((folder) =>
    readdirSync(join(TEMPLATES, folder)).map((file) => {
      const code = Handlebars.precompile(readFileSync(join(TEMPLATES, folder, file), "utf8"), options);
      return `${JSON.stringify(nameOf(folder, file))}: ${String(code)}`;
    }),
  );
  return `{${entries.join(",\n")}}`;
}

/** The page, and the files that anything in its script is from. `docs`: where the documentation is, if anywhere. */
export async function buildPlayground(
  docs?: string,
): Promise<{ readonly page: string; readonly inputs: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    bundle: true,
    entryPoints: [join(PLAYGROUND, "page", "main.ts")],
    format: "iife",
    legalComments: "none",
    loader: { ".yaml": "text" },
    logLevel: "warning",
    metafile: true,
    minify: true,
    platform: "browser",
    plugins: [precompiled],
    target: "es2022",
    write: false,
  });
  const script = outputFiles[0]?.text ?? "";
  // would change how the end of the script is found
  if (/<script/i.test(script)) throw new Error("the playground's script must not contain <script");
  const style = readFileSync(join(PLAYGROUND, "playground.css"), "utf8");
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    // no text becomes HTML, whatever a later change does
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  const parts: Readonly<Record<string, string>> = {
    POLICY: policy,
    STYLE: style,
    VERSION: version,
    DOCS: docs === undefined ? "" : `· <a href="${html(docs)}">Documentation</a>`,
    SCRIPT: script,
  };
  const contributing = Object.values(metafile.outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? path : [])),
  );
  const page = readFileSync(join(PLAYGROUND, "index.html"), "utf8").replace(
    /\b(?:POLICY|STYLE|VERSION|DOCS|SCRIPT)\b/g,
    (name) => parts[name] ?? name,
  );
  return { page, inputs: contributing };
}

async function main(out: string, docs: string | undefined): Promise<void> {
  const { page } = await buildPlayground(docs);
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, page);
  process.stdout.write(`${out}: ${page.length} bytes, ${gzipSync(page).length} with gzip\n`);
}

if (require.main === module)
  void main(resolve(process.argv[2] ?? join(ROOT, "out", "playground", "index.html")), process.argv[3]);
