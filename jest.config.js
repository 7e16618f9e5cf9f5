/** Two projects: `unit` needs nothing but Node; `integration` runs the real Terraform, provider and moto. */
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
const shared = {
  testEnvironment: "node",
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(?:${esModules.join("|")})/)`],
  modulePathIgnorePatterns: [
    "<rootDir>/dist",
    "<rootDir>/out",
    "<rootDir>/cdktf.out",
    "<rootDir>/examples/.*/cdktf.out",
  ],
};
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
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/integration/"],
    },
    {
      ...shared,
      displayName: "integration",
      testMatch: ["<rootDir>/__tests__/integration/**/*.test.ts"],
    },
  ],
};
