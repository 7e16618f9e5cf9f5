import fc from "fast-check";
import { MAX_TOKEN_CHARACTERS, readToken } from "../../src/sts/read-token";
import { runs } from "../support/runs";

const encode = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
const HEADER = encode({ alg: "RS256", kid: "k" });
const tokenOf = (payload: string | Buffer, signature = "c2ln"): string =>
  `${HEADER}.${Buffer.from(payload).toString("base64url")}.${signature}`;

test("what any JSON object says is read back, whatever its characters", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.fullUnicodeString(), fc.jsonValue({ maxDepth: 3 })), (claims) => {
      const reading = readToken(tokenOf(JSON.stringify(claims)));
      expect(reading.ok && JSON.stringify(reading.token.claims)).toBe(JSON.stringify(claims));
    }),
    { numRuns: runs(300) },
  );
});

test("of duplicate members the last counts", () => {
  const reading = readToken(tokenOf('{"sub":"first","sub":"last"}'));
  expect(reading.ok && reading.token.claims["sub"]).toBe("last");
});

test.each([
  ["a personal access token", "dapi0123456789abcdef0123456789abcdef", "opaque"],
  ["a notebook's own token", "dkea0123456789abcdef", "opaque"],
  ["nothing", "", "malformed"],
  ["two parts", `${HEADER}.e30`, "malformed"],
  ["four parts", `${HEADER}.e30.c2ln.c2ln`, "malformed"],
  ["five parts, as of an encrypted token", "a.b.c.d.e", "malformed"],
  ["padding", `${HEADER}.e30=.c2ln`, "malformed"],
  ["base64 that is not base64url", tokenOf("{}", "c+/n"), "malformed"],
  ["white space inside", `${HEADER}. e30.c2ln`, "malformed"],
  ["a letter beyond ASCII", `${HEADER}.е30.c2ln`, "malformed"],
  ["a length base64 never has", `${HEADER}.e30.c2lna`, "malformed"],
  ["a list for claims", tokenOf("[]"), "malformed"],
  ["null for claims", tokenOf("null"), "malformed"],
  ["a byte order mark", tokenOf("\ufeff{}"), "malformed"],
  ["bytes that are no UTF-8", tokenOf(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), "malformed"],
  ["an overlong slash", tokenOf(Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d])), "malformed"],
  [
    "half a surrogate pair in UTF-8",
    tokenOf(Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])),
    "malformed",
  ],
  ["nesting beyond any token", tokenOf(`{"a":${"[".repeat(40)}${"]".repeat(40)}}`), "malformed"],
  ["a bomb of brackets", tokenOf("[".repeat(14_000)), "malformed"],
  ["a token longer than STS takes", tokenOf(JSON.stringify({ sub: "x".repeat(MAX_TOKEN_CHARACTERS) })), "too-long"],
  ["a text of 20 MB", "e".repeat(20_000_000), "too-long"],
])("%s is said to be no JWT, with a reason that holds none of it", (_name, text, kind) => {
  const started = performance.now();
  const reading = readToken(text);
  expect(performance.now() - started).toBeLessThan(2000);
  expect(reading.ok ? null : reading.not.kind).toBe(kind);
  if (!reading.ok && text.length > 8) expect(reading.not.why).not.toContain(text.slice(0, 8));
});

test("brackets inside strings are no nesting", () => {
  expect(readToken(tokenOf(JSON.stringify({ sub: `${"[".repeat(200)}\\"${"{".repeat(200)}` }))).ok).toBe(true);
});

test("whatever the text, the answer is a token or a reason", () => {
  const part = fc.oneof(
    fc.base64String().map((text) => text.replace(/=/g, "")),
    fc.fullUnicodeString(),
    fc.json({ maxDepth: 40 }).map(encode),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const reading = readToken(parts.join("."));
      expect(reading.ok || reading.not.why !== "").toBe(true);
    }),
    { numRuns: runs(800) },
  );
});
