import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InputError } from "../../src/errors";
import { parseFederation, readFederation } from "../../src/federation";
import { fullFederation } from "../support/full-federation";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";

/** Whatever comes in: a federation, or one coded refusal that can be printed. Anything else fails the test. */
function settle(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.problems.length).toBeLessThanOrEqual(101);
    for (const { path = "", message, fix, line, column } of error.problems) {
      expect(`${path} ${message}`).not.toMatch(/[\u0000-\u001f\u202a-\u202e]|undefined|\[object/);
      expect(fix).not.toBe("");
      if (line !== undefined) expect([line > 0, (column ?? 0) > 0]).toEqual([true, true]);
    }
  }
}

const example = readFileSync(join(__dirname, "..", "..", "federation.yaml"), "utf8");

test("random bytes and hostile text as a file", () => {
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new TextDecoder().decode(array));
  fc.assert(
    fc.property(fc.oneof(bytes, hostileText, fc.string16bits({ maxLength: 100 })), (text) =>
      settle(() => parseFederation(text)),
    ),
    { numRuns: runs(150) },
  );
});

test("the example file with pieces cut out, doubled or replaced", () => {
  const piece = fc.oneof(
    hostileText,
    fc.constantFrom(
      "&a ",
      "*a",
      "<<: ",
      "!!binary ",
      "? ",
      "- ",
      "| ",
      "> ",
      "\t",
      "\0",
      "\u0085",
      "{",
      "[",
      "}",
      "]",
      ": ",
      "\r",
      "---\n",
      "...\n",
      "%YAML 1.1\n",
      "__proto__: ",
      "constructor: ",
      "null",
      "~",
      "0x1F",
      "1e999",
      ".inf",
      "'",
      '"',
    ),
  );
  const edit = fc.record({ at: fc.nat(example.length), cut: fc.nat(30), piece });
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce(
        (current, { at, cut, piece: put }) => current.slice(0, at) + put + current.slice(at + cut),
        example,
      );
      settle(() => parseFederation(text));
    }),
    { numRuns: runs(60) },
  );
});

test("a federation of every feature with any value in any place", () => {
  const places: (readonly (string | number)[])[] = [];
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (Array.isArray(value)) value.forEach((item, index) => walk(item, [...path, index]));
    else if (typeof value === "object" && value !== null)
      for (const [key, member] of Object.entries(value)) walk(member, [...path, key]);
  };
  walk(fullFederation, []);
  const proto = JSON.parse('{"__proto__":{"level":"workspace"},"constructor":[],"toString":1}') as unknown;
  const odd = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      0,
      -1,
      1.5,
      Number.NaN,
      2 ** 60,
      "",
      [],
      {},
      [[]],
      [null],
      proto,
      () => 1,
      Symbol("x"),
      5n,
      new Date(0),
      new Map([["a", 1]]),
      /x/,
    ),
    hostileText,
    fc.jsonValue(),
  );
  const replaced = (value: unknown, path: readonly (string | number)[], by: unknown): unknown => {
    const [part, ...rest] = path;
    if (part === undefined) return by;
    if (Array.isArray(value)) return value.map((item, index) => (index === part ? replaced(item, rest, by) : item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, key === part ? replaced(member, rest, by) : member]),
    );
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...places), odd), { minLength: 1, maxLength: 3 }), (edits) => {
      settle(() =>
        readFederation(edits.reduce<unknown>((input, [path, by]) => replaced(input, path, by), fullFederation)),
      );
    }),
    { numRuns: runs(120) },
  );
});

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

test.each<[what: string, text: string]>([
  ["a byte order mark", `\ufeff${example}`],
  ["Windows line ends", example.replaceAll("\n", "\r\n")],
  ["an end marker", `${example}...\n`],
  [
    "anchors and aliases",
    `${example.replace("trusts:", "trusts: &same").replace(/^tags:/m, "  second:\n    trusts: *same\ntags:")}`,
  ],
  ["issuers named like methods of every object", example.replaceAll("production", "constructor")],
])("%s does no harm", (_, text) => {
  expect(parseFederation(text).federation.name).toBe("lakehouse");
});

test("keys of every object stay keys", () => {
  expect(() => parseFederation(`${example}\n__proto__: { name: x }`)).toThrow(/\d __proto__: .*\[reserved-text\]/);
  expect(({} as Record<string, unknown>)["level"]).toBeUndefined();
});
