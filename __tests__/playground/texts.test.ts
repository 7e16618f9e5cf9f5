/** What the playground does with text: fragments, tokens, TypeScript, and the schema at the cursor. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { fragmentOf, MAX_FRAGMENT_CHARACTERS, readFragment, TABS } from "../../playground/model/fragment";
import { schemaFieldsAt } from "../../playground/model/schema-fields";
import { typescriptOf } from "../../playground/model/typescript";
import { claimsText, withoutTokens } from "../../playground/model/without-tokens";
import { ROLE_FIELDS } from "../../src/federation/fields/role";
import { REPOSITORY } from "../support/markdown";
import { runs } from "../support/runs";

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = fc
  .record({ header: fc.dictionary(fc.string(), fc.string()), claims: fc.dictionary(fc.string(), fc.string()) })
  .map(({ header, claims }) => ({
    claims,
    signature: Buffer.from(`signature of ${JSON.stringify(claims)}`).toString("base64url"),
    head: `${base64url({ alg: "RS256", ...header })}.${base64url({ sub: "a", ...claims })}`,
  }));
const around = fc.constantFrom(
  ["", ""],
  ["Bearer ", "\n"],
  ['{"access_token":"', '"}'],
  ["curl -H 'Authorization: Bearer ", "' https://x"],
  ["DATABRICKS_TOKEN_JWT=", ""],
  ["\u00a0", "\u200b"],
);

test("no token's signature stays in any field, or gets into a link and out of one", () => {
  fc.assert(
    fc.property(token, around, fc.boolean(), ({ head, signature }, [before = "", after = ""], wrapped) => {
      const whole = `${before}${head}.${signature}${after}`;
      const text = wrapped && before === "" ? whole.replace(/.{50}/g, "$&\r\n") : whole;
      for (const clean of [claimsText(text), withoutTokens(text)]) {
        expect(clean.text).not.toContain(signature);
        expect(clean.removed).not.toBeNull();
      }
      for (const tab of Object.keys(TABS) as (keyof typeof TABS)[])
        for (const field of TABS[tab]) {
          const fragment = fragmentOf({ tab, fields: { [field]: text } });
          expect(fragment).not.toContain(signature);
          const link = `#${tab}?${new URLSearchParams({ [field]: text }).toString()}`;
          expect(JSON.stringify(readFragment(link) ?? {})).not.toContain(signature);
        }
    }),
    { numRuns: runs(200) },
  );
});

test("the claims of a pasted token stay as they are", () => {
  const claims = { sub: "alice@example.com", aud: ["1", "2"], nested: { a: [1, null] } };
  const { text } = claimsText(`${base64url({ alg: "RS256" })}.${base64url(claims)}.c2lnbmF0dXJl`);
  expect(JSON.parse(text)).toEqual(claims);
});

test.each(["", "Bearer ", '"'])("a token whose signature was left out, after %j, is decoded, too", (before) => {
  const head = `${base64url({ alg: "RS256" })}.${base64url({ sub: "a" })}`;
  expect(JSON.parse(claimsText(`${before}${head}\n`).text)).toEqual({ sub: "a" });
});

test("of an opaque Databricks token the page says that it has no claims", () => {
  expect(claimsText("dapi0123456789abcdef0123456789abcdef").removed).toContain("opaque Databricks token");
});

test.each(["dapi0123456789abcdef0123456789abcdef", "dose0123456789abcdef", "AKIAIOSFODNN7EXAMPLE"])(
  "the secret %s is taken out",
  (secret) => {
    expect(withoutTokens(`a: ${secret}`).text).toBe("a: [hidden]");
    expect(claimsText(secret).text).toBe("[hidden]");
  },
);

test("a link brings back the fields it was made from, whatever is in them", () => {
  const fields = fc.record({ document: fc.fullUnicodeString({ minLength: 1 }) });
  fc.assert(
    fc.property(fields, (value) => {
      const document = withoutTokens(value.document).text;
      const fragment = fragmentOf({ tab: "who", fields: { document } });
      expect(readFragment(`#${fragment}`)).toEqual({ tab: "who", fields: { document } });
    }),
    { numRuns: runs(500) },
  );
});

test("unknown tabs and fields of a link are left out, and a link that is too long is none", () => {
  expect(readFragment("#elsewhere?document=1")).toBeUndefined();
  expect(readFragment("#__proto__")).toBeUndefined();
  expect(readFragment("#who?__proto__=1&other=2&document=3")).toEqual({ tab: "who", fields: { document: "3" } });
  expect(fragmentOf({ tab: "who", fields: { document: "a".repeat(MAX_FRAGMENT_CHARACTERS) } })).toBeNull();
  expect(readFragment(`#who?document=${"a".repeat(MAX_FRAGMENT_CHARACTERS + 1)}`)).toBeUndefined();
});

test("the TypeScript holds the declaration, whatever is in it", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const body = typescriptOf(value).replace(/^import .*$/gm, "");
      const read = runInNewContext(
        "let given; const readFederation = (value) => { given = value; return {}; }; class App { synth() {} }; " +
          `const FederationStack = { forEachAccount() {} }; (() => { ${body} })(); JSON.stringify(given)`,
      ) as string;
      expect(JSON.parse(read)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: runs(500) },
  );
});

test("a key __proto__ stays a key in the TypeScript", () => {
  expect(typescriptOf(JSON.parse('{"__proto__":{"a":1}}'))).toContain('{ ["__proto__"]: { a: 1 } }');
});

const FILE = readFileSync(join(REPOSITORY, "federation.yaml"), "utf8");
const at = (text: string, mark: string): ReturnType<typeof schemaFieldsAt> => schemaFieldsAt(text, text.indexOf(mark));

test("the fields of a role are those of its declaration", () => {
  const { path, fields, indent } = at(FILE, "description:");
  expect(path).toEqual(["roles", "lake-reader"]);
  expect(indent).toBe(4);
  expect(fields.map(({ name }) => name)).toEqual(expect.arrayContaining(["trusts", ...Object.keys(ROLE_FIELDS)]));
});

test.each([
  ["the top", "name: lakehouse", [], "issuers"],
  ["an issuer", "level: workspace", ["issuers", "production"], "workspaceId"],
  ["a list's entry", "servicePrincipals", ["roles", "lake-reader", "trusts", "[]"], "subjectPatterns"],
  ["an opening line", "  production:", ["issuers", "production"], "host"],
])("the fields at %s", (_, mark, path, field) => {
  const place = at(FILE, mark);
  expect(place.path).toEqual(path);
  expect(place.fields.map(({ name }) => name)).toContain(field);
});

test("below roles the keys are one's own", () => {
  expect(at(FILE, "roles:")).toMatchObject({ path: ["roles"], fields: [], ownKeys: true });
});

test("a list that is not indented belongs to its key", () => {
  const text = "roles:\n  a:\n    trusts:\n    - issuer: b\n      users: [c]\n    path: /\n";
  expect(at(text, "users").path).toEqual(["roles", "a", "trusts", "[]"]);
  expect(at(text, "path").path).toEqual(["roles", "a"]);
});

test("any text and any place has fields or none, and no error", () => {
  fc.assert(
    fc.property(
      fc.stringOf(fc.constantFrom("a", ":", " ", "\n", "-", "roles", "__proto__", "#", '"')),
      fc.nat(),
      (text, offset) => {
        expect(schemaFieldsAt(text, offset).indent).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: runs(500) },
  );
});
