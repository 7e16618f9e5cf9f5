import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parseFederation, readFederation } from "../../src/federation";
import { fullFederation } from "../support/full-federation";
import { hostileText } from "../support/hostile-text";
import { runs } from "../support/runs";
import { settle } from "../support/settle-reading";

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
