import fc from "fast-check";
import { hideSecrets } from "../../src/text/secret";
import { runs } from "../support/runs";

/** What `hideSecrets` does to JWTs, as one pattern, which tries each place of a long word anew. */
const JWT = /\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*\.?[A-Za-z0-9_-]*/g;

test("tokens are hidden wherever they begin, with their signature and nothing after it", () => {
  const piece = fc.constantFrom("eyJ", "eyJhbGciOi", "abc", "-", "_", ".", "..", " ", "\n", '"', "/", "é", "1");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const text = pieces.join("");
      expect(hideSecrets(text)).toBe(text.replace(JWT, "[hidden]"));
    }),
    { numRuns: runs(4_000) },
  );
});

test.each([
  ["token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln and more", "token=[hidden] and more"],
  ["x-eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln.rest", "x-[hidden].rest"],
  ["Bearer abcdefghij", "[hidden]"],
  ["dapi0123456789abcdef", "[hidden]"],
  ["AKIAIOSFODNN7EXAMPLE", "[hidden]"],
  ["mycompany.cloud.databricks.com/oidc", "mycompany.cloud.databricks.com/oidc"],
])("%j is shown as %j", (text, shown) => {
  expect(hideSecrets(text)).toBe(shown);
});

test.each(["eyJ-", "eyJ.", "eyJaaaaa-", "a.", "a-", "Bearer ", "dapi-"])(
  "a long text of %j takes a moment, not minutes",
  (piece) => {
    expect(hideSecrets(piece.repeat(100_000)).length).toBeGreaterThan(0);
  },
  10_000,
);
