/** What a reviewer would say about every change: strict TypeScript, imports that point down, rooms that stay pure. */
import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import js from "@eslint/js";
import regexp from "eslint-plugin-regexp";
import tseslint from "typescript-eslint";

/**
 * The rooms of src/ in order, each with the rooms it may import: the table in ARCHITECTURE.md is made of the same
 * file.
 */
const ROOMS = JSON.parse(readFileSync(new URL("scripts/rooms.json", import.meta.url), "utf8"));
const roomNamed = new Map(ROOMS.map((room) => [room.room, room]));
/** What every room may import. */
const LEAVES = ["errors.ts", "text"];

/** Rooms of functions over plain data: the same answer for the same input, in a browser as in Node. */
const PURE = ROOMS.filter(({ pure }) => pure).map(({ room }) =>
  room.endsWith(".ts") ? `src/${room}` : `src/${room}/**/*.ts`,
);
const OUTSIDE = `^(?:node:|(?:${builtinModules.join("|")}|cdktf|constructs|@cdktf|@cdktn|@aws-sdk|@smithy)(?:/|$))`;

const src = resolve(import.meta.dirname, "src");

/** The room of src/ that a file lies in and its folder there, or undefined for other files. */
function placeOf(file) {
  const [room, ...inside] = relative(src, file).split(sep);
  return room === ".." ? undefined : { room, folder: inside.length > 1 ? inside[0] : null };
}

/** Why a file at `from` may not import one at `to`, as the name of a message; undefined where it may. */
function importFault(from, to) {
  const { imports, folders = [] } = roomNamed.get(from.room) ?? {};
  if (imports === undefined) return "unknown";
  if (to?.room === from.room)
    return folders.indexOf(to.folder) > folders.indexOf(from.folder) && from.folder !== null ? "up" : undefined;
  return LEAVES.includes(to?.room) || imports.includes(to?.room) ? undefined : "up";
}

/** Imports, also those made late or with `require`, may only name rooms below. */
const importsPointDown = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      up: "{{from}} may not import {{to}}: imports point down only (scripts/rooms.json).",
      unknown: "The room {{from}} is missing in scripts/rooms.json, which says what each room may import.",
    },
  },
  create(context) {
    const from = placeOf(context.filename);
    if (from === undefined) return {};
    const check = (node, source) => {
      if (typeof source?.value !== "string" || !source.value.startsWith(".") || source.value.endsWith("/package.json"))
        return;
      const target = resolve(dirname(context.filename), source.value);
      const found = target.startsWith(src + sep)
        ? placeOf(
            /^[^/]+$/.test(relative(src, target)) && !roomNamed.has(relative(src, target)) ? `${target}.ts` : target,
          )
        : undefined;
      const messageId = importFault(from, found);
      if (messageId !== undefined)
        context.report({ node, messageId, data: { from: from.room, to: found?.room ?? "what lies outside src" } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal),
      CallExpression: (node) => {
        if (node.callee.type === "Identifier" && node.callee.name === "require") check(node, node.arguments[0]);
      },
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      "node_modules/",
      "dist/",
      "site/.vitepress/dist/",
      "site/.vitepress/cache/",
      "out/",
      "modules/",
      "schema/",
      "**/cdktf.out/",
      "**/.gen/",
      "**/.terraform/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { house: { rules: { "imports-point-down": importsPointDown } }, regexp },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Write a union of literals." },
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: "import * as z: the named import bundles every language of zod's messages.",
        },
      ],
      "house/imports-point-down": "error",
      "max-len": ["error", { code: 120, ignoreUrls: true }],
      // text of others must not hold a command up
      "regexp/no-super-linear-backtracking": "error",
      "regexp/no-super-linear-move": "error",
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      // control characters are what several of our patterns are about
      "no-control-regex": "off",
      // a copied environment without one variable
      "@typescript-eslint/no-dynamic-delete": "off",
    },
  },
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-undef": "off",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // verbs load late, one file each, so that --help stays quick
      "@typescript-eslint/no-require-imports": "off",
    },
  },
  {
    files: PURE,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: OUTSIDE, message: "This room is pure: no Node, no CDKTF, no AWS." }] },
      ],
      "no-restricted-globals": [
        "error",
        ...[
          "process",
          "fetch",
          "performance",
          "setTimeout",
          "setInterval",
          "setImmediate",
          "require",
          "Buffer",
          "crypto",
        ].map((name) => ({ name, message: "This room is pure: pass what it needs." })),
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Write a union of literals." },
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: "import * as z: the named import bundles every language of zod's messages.",
        },
        {
          selector: "MemberExpression[object.name='Date'][property.name='now']",
          message: "This room has no clock: pass now.",
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: "This room has no clock: pass now.",
        },
        {
          selector: "MemberExpression[object.name='Math'][property.name='random']",
          message: "This room is pure: pass what is random.",
        },
        { selector: "ImportExpression", message: "This room is pure: nothing is loaded late." },
      ],
    },
  },
  {
    files: ["**/*.{mjs,js}"],
    languageOptions: {
      globals: {
        console: "readonly",
        module: "writable",
        process: "readonly",
        require: "readonly",
        URL: "readonly",
        __dirname: "readonly",
      },
    },
    rules: { "@typescript-eslint/no-require-imports": "off", "no-console": "off" },
  },
  {
    // scripts of pages; the report's are one, in the order of src/report/page.ts
    files: ["templates/{registry,report}/*.js"],
    languageOptions: { sourceType: "script" },
    rules: {
      "no-undef": "off",
      "@typescript-eslint/no-unused-vars": ["error", { vars: "local", argsIgnorePattern: "^_", caughtErrors: "none" }],
    },
  },
);
