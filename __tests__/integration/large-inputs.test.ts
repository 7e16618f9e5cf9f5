/** Federation files of megabytes, thousands of entries or thousands of levels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseFederation } from "../../src/federation";
import { settle } from "../support/settle-reading";

const example = readFileSync(join(__dirname, "..", "..", "federation.yaml"), "utf8");
const deep = 10_000;
test.each<[what: string, text: string]>([
  ["10,000 lists in each other", `a: ${"[".repeat(deep)}${"]".repeat(deep)}`],
  ["10,000 lists never closed", `a: ${"[".repeat(deep)}`],
  ["10,000 mappings in each other", `${"{a: ".repeat(deep)}1${"}".repeat(deep)}`],
  ["2,000 levels of indentation", Array.from({ length: 2000 }, (_, index) => `${" ".repeat(index)}a:`).join("\n")],
  ["a list of 30,000 numbers", `${example}\nx: [${"1,".repeat(30_000)}]`],
  ["21,000 keys", Array.from({ length: 21_000 }, (_, index) => `key-${index}: 1`).join("\n")],
  ["the same key 5,000 times", "a: 1\n".repeat(5000)],
  ["a key of 100,000 characters", `${"k".repeat(100_000)}: 1`],
  ["nine megabytes", "a".repeat(9_000_000)],
  ["a million commas", `a: [${",".repeat(1_100_000)}]`],
  ["a comment of five megabytes", `#${"x".repeat(5_000_000)}\n${example}`],
  ["an alias that holds itself, twice a time", "a: &a [*a, *a]"],
  [
    "aliases that multiply",
    ["a0: &a0 [x]", ...Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at},*a${at},*a${at}]`)].join(
      "\n",
    ),
  ],
  [
    "a role of 1,500 broken trusts",
    `${example}`.replace(/^roles:$/m, `roles:\n  many: { trusts: [${"{issuer: x},".repeat(1500)}] }`),
  ],
])("%s: refused or read in bounded time", (_, text) => {
  const started = performance.now();
  settle(() => parseFederation(text));
  expect(performance.now() - started).toBeLessThan(8000);
});
