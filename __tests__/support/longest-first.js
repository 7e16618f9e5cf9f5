/** Starts the test files that take longest first: with two workers, a long one begun last leaves the other idle. */
const Sequencer = require("@jest/test-sequencer").default;

/** From half a minute to minutes each, the longest first. */
const LONG = [
  "walk",
  "deploy",
  "profile",
  "parity",
  "lint-plans",
  "end-to-end",
  "modules-examples",
  "modules",
  "registry",
  "docs-code",
  "adopt",
  "doctor-network",
  "publish-killed",
  "credentials",
  "client-spark",
  "client-sandbox",
  "cdktf-injection",
  "hcl-injection",
  "deploy-hostile-text",
  "examples-cdktf",
  "cdktf-get",
  "client-python",
  "sandbox-load",
  "modules-late-values",
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
