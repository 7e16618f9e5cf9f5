/** What a reviewer would say about every change: strict TypeScript, imports that point down, rooms that stay pure. */
import { builtinModules } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * Room of src/ -> the rooms it may import, beside itself and the leaves. Written out, because "down" is a decision:
 * whoever needs a new line here changes the map in ARCHITECTURE.md too.
 */
const LEAVES = [
  "errors",
  "text-rule",
  "nearest",
  "visible-text",
  "html-text",
  "file-lock",
  "secret",
  "shell-word",
  "surroundings",
  "make-folder",
];
const BELOW = {
  errors: [],
  "text-rule": [],
  nearest: [],
  "visible-text": [],
  "html-text": [],
  "file-lock": [],
  secret: [],
  "shell-word": [],
  surroundings: [],
  "make-folder": [],
  issuer: [],
  trust: ["issuer"],
  federation: ["issuer", "trust"],
  "load-federation": ["federation"],
  lint: ["issuer", "trust", "federation", "load-federation"],
  index: ["issuer", "trust", "federation", "lint"],
  network: [],
  token: ["issuer", "trust", "federation", "load-federation", "network"],
  explain: ["issuer", "trust", "federation", "load-federation", "token"],
  prove: ["issuer", "trust", "federation", "load-federation", "token", "explain"],
  credentials: ["issuer", "trust", "federation", "load-federation", "token", "network"],
  report: ["issuer", "trust", "federation", "load-federation", "token", "lint", "explain", "prove"],
  doctor: ["issuer", "trust", "federation", "load-federation", "network", "token", "lint", "explain", "credentials"],
  init: ["issuer", "trust", "federation", "load-federation", "lint", "network"],
  completion: [],
  sandbox: ["issuer", "trust", "federation", "load-federation", "network", "token", "lint", "explain"],
  cdktf: ["issuer", "trust", "federation", "load-federation", "lint"],
  hcl: ["issuer", "trust", "federation"],
  module: ["issuer", "trust", "federation", "hcl"],
  client: ["issuer", "trust", "federation", "load-federation", "token", "credentials", "hcl"],
  registry: ["issuer", "trust", "federation", "load-federation", "lint", "hcl", "module"],
};

/** Rooms of functions over plain data: the same answer for the same input, in a browser as in Node. */
const PURE = [
  "src/{errors,text-rule,nearest,visible-text,html-text,shell-word,index}.ts",
  "src/{issuer,trust,federation}/**/*.ts",
];
const OUTSIDE = `^(?:node:|(?:${builtinModules.join("|")}|cdktf|constructs|@cdktf|@cdktn|@aws-sdk|@smithy)(?:/|$))`;

const src = resolve(import.meta.dirname, "src");

/** The room a file of src/ belongs to, or undefined for other files. */
function roomOf(file) {
  const path = relative(src, file);
  return path.startsWith("..") ? undefined : path.split(sep)[0].replace(/\.ts$/, "");
}

/** Imports, also those made late or with `require`, may only name rooms below. */
const importsPointDown = {
  meta: {
    type: "problem",
    schema: [],
    messages: {
      up: "{{from}} may not import {{to}}: imports point down only (ARCHITECTURE.md).",
      unknown: "The room {{from}} has no line in eslint.config.mjs that says what it may import.",
    },
  },
  create(context) {
    const from = roomOf(context.filename);
    if (from === undefined) return {};
    const check = (node, source) => {
      if (typeof source?.value !== "string" || !source.value.startsWith(".")) return;
      const to = roomOf(resolve(dirname(context.filename), source.value)) ?? "what lies outside src";
      if (to === from || LEAVES.includes(to)) return;
      if (BELOW[from] === undefined) context.report({ node, messageId: "unknown", data: { from } });
      else if (!BELOW[from].includes(to)) context.report({ node, messageId: "up", data: { from, to } });
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
      "out/",
      "modules/",
      "schema/",
      "templates/",
      "**/cdktf.out/",
      "**/.gen/",
      "**/.terraform/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { house: { rules: { "imports-point-down": importsPointDown } } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "no-restricted-syntax": ["error", { selector: "TSEnumDeclaration", message: "Write a union of literals." }],
      "house/imports-point-down": "error",
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
);
