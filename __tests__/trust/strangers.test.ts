import fc from "fast-check";
import { keeps } from "../../src/text/text-rule";
import { SERVICE_PRINCIPAL, USER } from "../../src/trust/rules";
import { PUBLIC_MAIL_DOMAINS, strangerLetIn, STRANGERS } from "../../src/trust/strangers";
import { stringLike } from "../../src/trust/string-like";

test("strangers are subjects that Databricks could sign: addresses and application IDs, each once", () => {
  expect(new Set(STRANGERS).size).toBe(STRANGERS.length);
  expect(STRANGERS.filter((stranger) => !keeps(USER, stranger) && !keeps(SERVICE_PRINCIPAL, stranger))).toEqual([]);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
  const principals = STRANGERS.filter((stranger) => keeps(SERVICE_PRINCIPAL, stranger));
  expect(principals.map((stranger) => stranger.slice(0, 2)).sort()).toEqual(bytes);
  expect(principals.map((stranger) => stranger.slice(-2)).sort()).toEqual(bytes);
});

test.each([
  "*",
  "*@*",
  "*-*",
  "*@gmail.com",
  "alice@*",
  "a?ice@*",
  "*@*.com",
  "????????-*",
  "f*",
  "*@g*",
  "mallory*",
  "*@*.dev",
  "*.xyz",
  "alice@*.io",
  "*@*.co.uk",
  "*@tutanota.com",
  "*7f",
  "*@*.com.au",
])("%s lets a stranger in, who is named", (pattern) => {
  const stranger = strangerLetIn(pattern);
  expect(stranger).toBeDefined();
  expect(stringLike(pattern, stranger ?? "")).toBe(true);
});

test.each([
  "*@data.example.com",
  "alice@*.example.com",
  "team-etl-*",
  "etl-?@data.example.com",
  "6a9f1c2e-3b4d-*",
  "*@data-gmail.com.example.com",
  "*@*.example.dev",
  "*-prod",
  "etl-*.jobs",
])("%s lets none of them in", (pattern) => {
  expect(strangerLetIn(pattern)).toBeUndefined();
});

test("a pattern that fixes only a local part lets that name at a public provider in", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,8}$/), fc.constantFrom("@*", "@*.com", "@?*"), (local, rest) => {
      expect(PUBLIC_MAIL_DOMAINS.map((domain) => `${local}@${domain}`)).toContain(
        strangerLetIn(`${local}${rest}`) ?? "nobody",
      );
    }),
    { numRuns: 50 },
  );
});

test("StringLike means what the obvious regular expression means", () => {
  const piece = fc.constantFrom("a", "b", "*", "?", "@", ".", "-");
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 9 }),
      fc.array(fc.constantFrom("a", "b", "@", ".", "-"), { maxLength: 9 }),
      (pieces, characters) => {
        const expression = new RegExp(
          `^${pieces.map((one) => ({ "*": ".*", "?": ".", a: "a", b: "b" })[one] ?? `\\${one}`).join("")}$`,
          "s",
        );
        const text = characters.join("");
        expect(stringLike(pieces.join(""), text)).toBe(expression.test(text));
      },
    ),
    { numRuns: 1500 },
  );
});

test("a pattern made to be slow is not", () => {
  const started = performance.now();
  stringLike(`${"*a".repeat(500)}b`, "a".repeat(100_000));
  stringLike(`${"*?".repeat(2000)}b`, "a".repeat(10_000));
  expect(performance.now() - started).toBeLessThan(1000);
});
