import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { indexPage } from "../../src/registry/pages/index-page";
import type { ModuleView } from "../../src/registry/pages/module-page";
import { modulePage, versionPage } from "../../src/registry/pages/module-page";
import { hclHtml } from "../../src/registry/pages/highlight";
import { readmeHtml } from "../../src/registry/pages/readme";
import { sourceAddress, usage } from "../../src/registry/pages/usage";
import { withSource } from "../../src/release/readme";
import { FederationError } from "../../src/errors";
import { UNKNOWN_SITE, readSite } from "../../src/registry/tree/site";
import { smallContract, smallRelease } from "../support/release";
import { REPOSITORY } from "../support/markdown";
import { runs } from "../support/runs";

const address = { namespace: "acme", name: "one-role", system: "aws" } as const;
const site = readSite("https://modules.acme.example");

async function viewOf(
  version: string,
  changes: Parameters<typeof smallRelease>[1] & {
    readonly readme?: string;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
): Promise<ModuleView> {
  const {
    manifest: {
      modules: [module],
    },
  } = await smallRelease(version, { names: ["one-role"], ...changes });
  if (module === undefined) throw new Error("no module");
  const files = Object.entries({ "README.md": changes.readme, ...changes.files })
    .flatMap(([path, text]) => (text === undefined ? [] : [{ path, bytes: Buffer.from(text) }]))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
  return { site, address, module, source: { commit: null }, files };
}

const SCRIPT = readFileSync(join(REPOSITORY, "templates", "registry", "page.js"), "utf8");

/** Tags a page may have; whatever else looks like one came from outside. */
const OURS = new RegExp(
  "^<(?:\\/?(?:html|head|title|style|script|body|main|nav|h[1-6]|p|pre|code|a|ul|ol|li|strong|em|span|div|details" +
    "|summary|table|thead|tbody|tr|th|td|blockquote|hr|br|s|time|label|input)" +
    "(?: (?:id|class|href|rel|download|lang|scope|role|tabindex|aria-label|style|start|datetime|type|autocomplete)=" +
    '"[^"<>]*"| hidden)*>' +
    "|!doctype html>|meta [^<>]*>|hr>|br>)",
);

function strangeTags(page: string): readonly string[] {
  const text = page.replace(/<style>[\s\S]*?<\/style>/, "").replace(`<script>${SCRIPT}</script>`, "");
  return [...text.matchAll(/<[^>]*>?/g)].map(([tag]) => tag).filter((tag) => !OURS.test(tag));
}

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "`</code><script>`",
  "</title><script>",
  "[x](javascript:alert(1))",
  "<!-- --><b>",
  "![x](https://evil.example/x.png)",
  "&lt;script&gt;",
  "\u202egnp.exe",
];

test.each(HOSTILE)("%j in a contract or README stays text", async (text) => {
  const contract = {
    summary: text,
    variables: [
      {
        name: "subject",
        type: "string" as const,
        description: text,
        default: text,
        nullable: false,
        validations: [{ code: "x", condition: "true", message: text }],
      },
    ],
    outputs: [{ name: "arn", description: text, preconditions: [] }],
    requiredVersion: text,
  };
  const view = await viewOf("1.0.0", {
    contract,
    readme:
      `# ${text}\n\n${text}\n\n- ${text}\n\n| a |\n|---|\n| ${text} |\n\n\`\`\`hcl\nmodule "x" ` +
      `{\n${text}\n}\n\`\`\`\n`,
  });
  for (const page of [
    modulePage(view, ["1.0.0"]),
    versionPage(view),
    indexPage({ schemaVersion: 1, site, modules: [{ ...address, summary: text, newest: "1.0.0", versions: 1 }] }),
  ]) {
    const shown = page.toString("utf8");
    expect(strangeTags(shown)).toEqual([]);
    expect(shown.replace(SCRIPT, "")).not.toMatch(/<[^<>]*href="(?!https:|#|[\w.-]+[/"]|\.\.\/)/);
    expect(shown).not.toContain("\u202e");
  }
});

test("no Markdown whatever brings in a tag, a script or a thing to load", () => {
  const piece = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      ...HOSTILE,
      "\n",
      "\n\n",
      "# ",
      "- ",
      "> ",
      "```",
      "<",
      ">",
      "](",
      "![",
      "|",
      "<a href='x'>",
      "http://e.example",
      "&#60;",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const shown = readmeHtml(pieces.join(""));
      expect(strangeTags(shown)).toEqual([]);
      expect(shown).not.toMatch(/<[^<>]*\s(?:src|on\w+)=/i);
    }),
    { numRuns: runs(300) },
  );
});

test("a page lets nothing in but its own style and script", async () => {
  const page = versionPage(await viewOf("1.0.0", { readme: "# x\n" })).toString("utf8");
  const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  expect(page).toContain(
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(SCRIPT)}; base-uri 'none'; form-action 'none'"`,
  );
  expect(page.match(/<script/g)).toHaveLength(1);
  expect(SCRIPT).not.toMatch(/innerHTML|eval|Function|fetch|<\/script/);
  expect(style).not.toMatch(/url\(|@import/);
});

test("two hundred versions: a few in the open, the others folded by minor, and every one is there", async () => {
  const versions = Array.from({ length: 200 }, (_, index) => `1.${Math.floor(index / 20)}.${index % 20}`);
  const page = modulePage(await viewOf("1.9.19"), versions).toString("utf8");
  const [open = "", ...folded] = page.slice(page.indexOf('<h2 id="versions"')).split("<details>");
  expect(open.match(/<li>/g)).toHaveLength(8);
  expect(folded).toHaveLength(10);
  for (const version of versions) expect(page).toContain(`href="${version}/index.html"`);
  expect(page.length).toBeLessThan(40_000);
});

test("usage is the README's own call from this registry, else what must be given", async () => {
  const readme = '# x\n\n```hcl\nmodule "databricks" {\n  source = "./modules/one-role"\n\n  subject = "me"\n}\n```\n';
  expect(withSource(readme, { ...address, version: "1.2.3" }, sourceAddress(site, address))).toContain(
    '  source  = "modules.acme.example/acme/one-role/aws"\n  version = "~> 1.2"\n\n  subject = "me"\n',
  );
  expect(
    withSource(
      readme.replace('./modules/one-role"', 'old.example/x/one-role/aws"\n  version = "~> 0.1"'),
      { ...address, version: "1.2.3" },
      sourceAddress(site, address),
    ),
  ).toContain('  version = "~> 1.2"\n\n');
  expect(usage(UNKNOWN_SITE, address, "2.0.0-rc.1", smallContract("one-role"))).toBe(
    'module "databricks" {\n  source  = "registry.example.com/acme/one-role/aws"\n  version = "2.0.0-rc.1"\n\n  ' +
      'subject = "…"\n}',
  );
  const page = versionPage(await viewOf("1.0.0", { readme })).toString("utf8");
  // as usage, and in the README as it was written
  expect(page.match(/subject = /g)).toHaveLength(3);
  expect(page).not.toContain("as above");
});

test("a README's links lead to a heading, a file of the archive or https; of others the words are left", async () => {
  const readme =
    "# x\n\n## How it works\n\n[heading](#how-it-works) [nowhere](#gone) [file](./examples/a/main.tf)\n" +
    "[folder](examples/a)\n" +
    "[up](../other) [absent](b.tf) [site](https://example.com/x) [plain](http://example.com) [host](//example.com)\n" +
    "[root](/etc) [odd](%zz) [script](javascript:alert(1)) <javascript:alert(1)> [spaced](<examples/a b.tf>)\n";
  const files = {
    "examples/a/main.tf": "# nothing\n",
    "examples/a b.tf": "",
    "CHANGELOG.md": "# Changelog\n\n## 1.0.0\n\n- First.\n",
  };
  const view = await viewOf("1.0.0", { readme, files });
  const links = (page: string): readonly (readonly [string, string])[] =>
    [...page.matchAll(/<a href="([^"]*)" rel="noreferrer">([^<]*)<\/a>/g)].map(([, href = "", words = ""]) => [
      words,
      href,
    ]);
  const page = versionPage(view).toString("utf8");
  expect(links(page)).toEqual([
    ["heading", "#readme-how-it-works"],
    ["file", "#file-examples=2Fa=2Fmain.tf"],
    ["folder", "#file-examples=2Fa=2Fmain.tf"],
    ["site", "https://example.com/x"],
    ["spaced", "#file-examples=2Fa=20b.tf"],
  ]);
  for (const [, href] of links(page)) if (href.startsWith("#")) expect(page).toContain(`id="${href.slice(1)}"`);
  expect(page).toContain("<span>script</span>");
  expect(page).toContain('<h3 id="changelog-100">1.0.0</h3>');
  const newest = modulePage(view, ["1.0.0", "0.9.0"]).toString("utf8");
  expect(links(newest)).toContainEqual(["file", "1.0.0/index.html#file-examples=2Fa=2Fmain.tf"]);
  expect(newest).toContain('<a href="1.0.0/index.html#file-CHANGELOG.md">CHANGELOG.md</a>');
});

test("every page has its version, the way to others, its commit and its date", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const view = { ...(await viewOf("1.0.0")), source: { commit, created: "2026-11-30T12:00:00Z" } };
  const old = versionPage(view).toString("utf8");
  expect(old).toContain("<summary>Version 1.0.0</summary>");
  expect(old).toContain('<a href="../index.html">The newest version</a>');
  expect(old).toContain(`<code>${commit}</code> of <time datetime="2026-11-30T12:00:00Z">2026-11-30</time>`);
  const newest = modulePage(view, ["1.0.0", "0.9.0"]).toString("utf8");
  expect(newest).toContain('<li><a href="0.9.0/index.html">0.9.0</a></li>');
});

test("colors take nothing from a text and add nothing else to it", () => {
  const unescaped = (markup: string): string =>
    markup
      .replaceAll(/<span class="[scwn]">|<\/span>/g, "")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  expect(hclHtml('module "x" { # why\n  a = 1\n}')).toBe(
    '<span class="w">module</span> <span class="s">"x"</span> { <span class="c"># why</span>\n' +
      '  a = <span class="n">1</span>\n}',
  );
  // the name of an attribute is no word of the language
  expect(hclHtml("variable = null == null")).toBe(
    'variable = <span class="w">null</span> == <span class="w">null</span>',
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), fc.constantFrom(...HOSTILE), (text, hostile) => {
      const given = text + hostile.replace("\u202e", "");
      expect(unescaped(hclHtml(given))).toBe(given);
      expect(strangeTags(hclHtml(given))).toEqual([]);
    }),
    { numRuns: runs(300) },
  );
});

test.each([
  ["registry.example.com", "registry-base-url-invalid"],
  ["http://registry.example.com", "registry-base-url-invalid"],
  ["https://localhost", "registry-base-url-invalid"],
  ["https://registry.example.com/?a=b", "registry-base-url-invalid"],
  ["https://registry.example.com/a b", "registry-base-url-invalid"],
  ['https://registry.example.com/";return 200', "registry-base-url-invalid"],
  ["https://registry.example.com/.hidden", "registry-base-url-invalid"],
])("the base URL %j is refused", (url, code) => {
  expect(() => readSite(url)).toThrow(expect.objectContaining({ code }));
});

test("a password in the base URL is not repeated", () => {
  try {
    readSite("https://me:hunter22@registry.example.com");
  } catch (error) {
    expect(error).toBeInstanceOf(FederationError);
    expect(String(error)).not.toContain("hunter22");
    return;
  }
  throw new Error("it was taken");
});

test.each([
  ["https://registry.example.com", "registry.example.com", "/"],
  ["https://Registry.example.com:8443/a/b//", "registry.example.com:8443", "/a/b/"],
])("the base URL %j is taken", (url, host, basePath) => {
  expect(readSite(url)).toEqual({ host, basePath });
});
