/**
 * Three projects: `unit` needs nothing but Node; `integration` runs the real Terraform, provider and moto; `cdktn` runs
 * what concerns the constructs with CDK Terrain in place of CDKTF, and installs that first.
 */
const { spawnSync } = require("node:child_process");
const { join } = require("node:path");

// workers inherit it
const { stdout } = spawnSync("git", ["log", "-1", "--format=%ct"], { encoding: "utf8" });
process.env.PROPERTY_SEED ??= stdout?.trim() || "1";
const transform = {
  "^.+\\.[cm]?[jt]s$": [
    "@swc/jest",
    { jsc: { parser: { syntax: "typescript" }, target: "es2022", keepClassNames: true }, module: { type: "commonjs" } },
  ],
};
// These packages ship as ES modules only; jest's module loader needs them as CommonJS.
const esModules = [
  "jose",
  "oauth4webapi",
  "openid-client",
  "@inquirer",
  "write-file-atomic",
  "signal-exit",
  "imurmurhash",
];
const fastCheck = { "^fast-check$": "<rootDir>/__tests__/support/fast-check.js" };
const shared = {
  testEnvironment: "node",
  moduleNameMapper: fastCheck,
  setupFiles: ["<rootDir>/__tests__/support/without-color.ts"],
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModules.join("|")})/)`],
  modulePathIgnorePatterns: [
    "<rootDir>/dist",
    "<rootDir>/out",
    "<rootDir>/cdktf.out",
    "<rootDir>/examples/.*/cdktf.out",
  ],
};
/** CDKTF's packages, as the compiler and tsx are told to find them for CDK Terrain. */
const CDKTN = join(__dirname, "kits", "cdktn");
const { paths } = require("./kits/cdktn/tsconfig.json").compilerOptions;
const cdktnPackages = Object.fromEntries(
  Object.entries(paths).map(([name, [path]]) => [
    `^${name.replace("*", "(.*)")}$`,
    join(CDKTN, path.replace("*", "$1")),
  ]),
);
module.exports = {
  // a limit that a loaded machine keeps; speed is measured in bench/
  testTimeout: 60_000,
  // jest would leave one of two cores idle
  maxWorkers: "100%",
  testSequencer: "<rootDir>/__tests__/support/longest-first.js",
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/integration/", "<rootDir>/__tests__/cdktn/"],
    },
    {
      ...shared,
      displayName: "cdktn",
      globalSetup: "<rootDir>/__tests__/support/install-cdktn.ts",
      moduleNameMapper: { ...fastCheck, ...cdktnPackages },
      testMatch: [
        "<rootDir>/__tests__/{cdktf,cdktn}/*.test.ts",
        "<rootDir>/__tests__/lint/constructs.test.ts",
        "<rootDir>/__tests__/integration/{adopt-constructs,construct-accounts,parity,walk}.test.ts",
      ],
    },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/__tests__/integration/**/*.test.ts"],
    },
  ],
};
