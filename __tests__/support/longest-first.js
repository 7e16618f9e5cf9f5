/** Starts the test files that take longest first: with two workers, a long one begun last leaves the other idle. */
const Sequencer = require("@jest/test-sequencer").default;

/** From half a minute to minutes each, the longest first. */
const LONG = [
  "profile",
  "deploy",
  "walk",
  "parity",
  "declared-minimum",
  "adopt-account",
  "modules",
  "credentials",
  "lint-plans",
  "site-browser",
  "docs-code",
  "modules-examples",
  "registry",
  "adopt-many",
  "adopt-constructs",
  "report-browser",
  "audit-queries",
  "client-spark",
  "adopt",
  "pages-as-written",
  "publish-killed",
  "end-to-end",
  "hcl-injection",
  "playground-browser",
  "doctor-aws",
  "client-python",
  "registry-browser",
  "github-action",
  "consumer-types",
  "client-sandbox",
  "modules-late-values",
  "modules-messages",
  "client-data",
  "doctor-network",
  "deploy-hostile-text",
  "examples-cdktf",
  "cdktf-injection",
  "sandbox-load",
  "upgrade",
];

function rank({ path }) {
  const [, name] = /(?:integration|cdktn)[\\/]([^\\/]+)\.test\.ts$/.exec(path) ?? [];
  if (name === undefined) return LONG.length + 1;
  const at = LONG.indexOf(name);
  return at < 0 ? LONG.length : at;
}

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((left, right) => rank(left) - rank(right));
  }
};
