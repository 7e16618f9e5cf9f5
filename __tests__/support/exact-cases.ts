/** Pairs of policies that random ones seldom come near, each with what `compare` must say of it. */
import type { PolicyDocument, PolicyStatement } from "../../src/trust/decide/document";

type Block = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

interface Written {
  readonly allow?: readonly Block[];
  readonly deny?: readonly Block[];
  readonly principals?: PolicyStatement["principals"];
  readonly actions?: readonly string[];
  readonly notPrincipal?: boolean;
}

const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/h.example/oidc";
export const SUB = "h.example/oidc:sub";
const AMR = "h.example/oidc:amr";
const T = "aws:RequestTag/t";
const N = "aws:RequestTag/n";
const IP = "aws:SourceIp";
const NOW = "aws:CurrentTime";
const ARN = "aws:PrincipalArn";
const ROOT = { AWS: ["arn:aws:iam::111122223333:root"] };

/** A policy of Allow and Deny statements that differ by their conditions alone. */
export function policy(written: Written): PolicyDocument {
  const {
    principals = { Federated: [PROVIDER] },
    actions = ["sts:AssumeRoleWithWebIdentity"],
    notPrincipal = false,
  } = written;
  const statement = (effect: "Allow" | "Deny", block: Block): Omit<PolicyStatement, "index"> => ({
    sid: null,
    effect,
    principals,
    notPrincipal,
    actions,
    notAction: false,
    hasResource: false,
    conditions: Object.entries(block).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]) => ({
        operator,
        key,
        values: typeof values === "string" ? [values] : values,
      })),
    ),
  });
  const statements = [
    ...(written.allow ?? []).map((block) => statement("Allow", block)),
    ...(written.deny ?? []).map((block) => statement("Deny", block)),
  ];
  return { version: "2012-10-17", statements: statements.map((own, index) => ({ ...own, index })) };
}

const allow = (...blocks: readonly Block[]): PolicyDocument => policy({ allow: blocks });
const asAws = (...blocks: readonly Block[]): PolicyDocument =>
  policy({ allow: blocks, principals: ROOT, actions: ["sts:AssumeRole"] });
const equal = (key: string, ...values: readonly string[]): Block => ({ StringEquals: { [key]: values } });
const like = (key: string, ...values: readonly string[]): Block => ({ StringLike: { [key]: values } });
const anyCase = (key: string, ...values: readonly string[]): Block => ({ StringEqualsIgnoreCase: { [key]: values } });
const from = (...values: readonly string[]): Block => ({ IpAddress: { [IP]: values } });

export interface ExactCase {
  readonly name: string;
  readonly a: PolicyDocument;
  readonly b: PolicyDocument | readonly PolicyDocument[];
  readonly is: "wider" | "none" | "cannot tell";
}

const one = (name: string, is: ExactCase["is"], a: PolicyDocument, b: ExactCase["b"]): ExactCase => ({
  name,
  is,
  a,
  b,
});
const both = (name: string, wide: PolicyDocument, narrow: PolicyDocument): readonly ExactCase[] => [
  one(`${name}: more`, "wider", wide, narrow),
  one(`${name}: less`, "none", narrow, wide),
];
const same = (name: string, a: PolicyDocument, b: PolicyDocument): readonly ExactCase[] => [
  one(`${name}: one way`, "none", a, b),
  one(`${name}: other way`, "none", b, a),
];

/** Allows what matches every one of `patterns`. */
function needing(key: string, first: string, ...patterns: readonly string[]): PolicyDocument {
  return policy({
    allow: [like(key, first)],
    deny: patterns.map((pattern) => ({ StringNotLike: { [key]: pattern } })),
  });
}

const TWELVE = "abcdefghijkl".split("");

const anyRole = (...blocks: readonly Block[]): PolicyDocument =>
  policy({ allow: blocks, principals: { AWS: ["*"] }, actions: ["sts:AssumeRole"] });
const inAccounts = (...patterns: readonly string[]): PolicyDocument =>
  anyRole(like("aws:PrincipalAccount", ...patterns));

export const EXACT_CASES: readonly ExactCase[] = [
  ...both("a second subject", allow(equal(SUB, "a", "b")), allow(equal(SUB, "a"))),
  ...both("the same text as a pattern and as a text", allow(like(SUB, "a*")), allow(equal(SUB, "a*"))),
  ...both("one letter and any number of letters", allow(like(SUB, "a*c")), allow(like(SUB, "a?c"))),
  ...both("two letters more", allow(like(SUB, "a?*")), allow(like(SUB, "a??*"))),
  ...same("a letter before or after any", allow(like(SUB, "?*")), allow(like(SUB, "*?"))),
  ...same("stars in a row", allow(like(SUB, "a**b")), allow(like(SUB, "a*b"))),
  ...same("any text, empty or not", allow({}), allow(like(SUB, "?*"), equal(SUB, ""))),
  ...both("patterns that overlap", allow(like(SUB, "*a*")), allow(like(SUB, "*a", "a*"))),
  ...same(
    "two things in either order",
    policy({ allow: [like(SUB, "*x*")], deny: [{ StringNotLike: { [SUB]: "*y*" } }] }),
    allow(like(SUB, "*x*y*", "*y*x*")),
  ),
  one(
    "twelve things at once",
    "wider",
    policy({ allow: [{}], deny: TWELVE.map((letter) => ({ StringNotLike: { [SUB]: `*${letter}*` } })) }),
    allow(like(SUB, "*m*")),
  ),
  ...both("a star that was written as a star", allow(like(SUB, "a*")), allow(like(SUB, "a${*}"))),
  ...same("a star that was written as a star, as a text", allow(equal(SUB, "a*")), allow(like(SUB, "a${*}"))),
  ...both("a pattern that ends otherwise", allow(like(SUB, "*@d.example")), allow(like(SUB, "?*@d.example"))),
  ...both(
    "the cross product of two conditions",
    allow({ StringEquals: { [SUB]: ["a", "b"], [T]: ["1", "2"] } }),
    allow({ StringEquals: { [SUB]: ["a", "b"], [T]: "1" } }, { StringEquals: { [SUB]: "a", [T]: ["1", "2"] } }),
  ),
  ...same(
    "the cross product in two pieces",
    allow({ StringEquals: { [SUB]: ["a", "b"], [T]: ["1", "2"] } }),
    allow({ StringEquals: { [SUB]: ["a", "b"], [T]: "1" } }, { StringEquals: { [SUB]: ["a", "b"], [T]: "2" } }),
  ),
  ...both(
    "a Deny that asks for more",
    policy({ allow: [{}], deny: [{ StringEquals: { [SUB]: "a", [T]: "1" } }] }),
    policy({ allow: [{}], deny: [equal(SUB, "a")] }),
  ),
  ...both("a Deny that is gone", allow({}), policy({ allow: [{}], deny: [equal(SUB, "a")] })),
  ...both(
    "a Deny of another's pattern",
    policy({ allow: [like(SUB, "a*")], deny: [like(SUB, "ab*")] }),
    policy({ allow: [like(SUB, "a*")], deny: [like(SUB, "ab*"), equal(SUB, "ac")] }),
  ),
  // case
  ...same("case ignored on both sides", allow(anyCase(SUB, "alice")), allow(anyCase(SUB, "ALICE"))),
  ...both("case ignored", allow(anyCase(SUB, "q")), allow(equal(SUB, "q"))),
  ...same(
    "every case of two letters",
    allow(anyCase(T, "qw")),
    allow(equal(T, "qw", "qW", "Qw", "QW"), anyCase(T, "Qw")),
  ),
  one("every case but one", "wider", allow(anyCase(SUB, "qw")), allow(equal(SUB, "qw", "qW", "QW"))),
  one("all cases of letters that have two", "none", allow(anyCase(SUB, "q")), allow(equal(SUB, "q", "Q"))),
  one("the Kelvin sign", "wider", allow(anyCase(SUB, "k")), allow(equal(SUB, "k", "K"))),
  one("the Kelvin sign as a text", "wider", allow(equal(SUB, "\u212a")), allow(anyCase(SUB, "k"))),
  one("a sharp s", "wider", allow(anyCase(SUB, "ss")), allow(equal(SUB, "ss", "sS", "Ss", "SS"))),
  one("a sharp s from two letters", "wider", allow(anyCase(SUB, "\u00df")), allow(like(SUB, "\u00df", "\u1e9e"))),
  one("a final sigma", "wider", allow(anyCase(SUB, "\u03c3")), allow(equal(SUB, "\u03c3"))),
  one("open letters shared", "none", allow(anyCase(SUB, "k")), allow(anyCase(SUB, "K", "x"))),
  one("digits have no case", "none", allow(anyCase(SUB, "1-2")), allow(equal(SUB, "1-2"))),
  // numbers and dates
  one("a number in another form", "wider", allow({ NumericEquals: { [N]: "1" } }), allow(equal(N, "1", "01", "1.0"))),
  one(
    "numbers in two forms",
    "none",
    allow({ NumericEquals: { [N]: "1" } }),
    allow({ NumericEquals: { [N]: ["1", "7"] } }),
  ),
  one(
    "between two numbers",
    "wider",
    allow({ NumericGreaterThan: { [N]: "4" }, NumericLessThan: { [N]: "5" } }),
    allow(equal(N, "4.5", "4.9")),
  ),
  ...both(
    "seconds up to a limit",
    allow({ NumericLessThanEquals: { "aws:EpochTime": "1767225600" } }),
    allow({ NumericLessThan: { "aws:EpochTime": "1767225600" } }),
  ),
  ...same(
    "whole seconds below a fraction",
    allow({ NumericLessThan: { "aws:EpochTime": "1767225600.5" } }),
    allow({ NumericLessThanEquals: { "aws:EpochTime": "1767225600" } }),
  ),
  ...both("a later date", allow({ DateLessThan: { [NOW]: "2028" } }), allow({ DateLessThan: { [NOW]: "2027" } })),
  ...both(
    "a date included",
    allow({ DateLessThanEquals: { [NOW]: "2028" } }),
    allow({ DateLessThan: { [NOW]: "2028" } }),
  ),
  ...same(
    "a year is its first moment",
    allow({ DateEquals: { [NOW]: "2026" } }),
    allow({ DateEquals: { [NOW]: "2026-01-01T01:00:00+01:00" } }),
  ),
  ...same(
    "a date in seconds",
    allow({ DateEquals: { [NOW]: "2026" } }),
    allow({ DateEquals: { [NOW]: "1767225600" } }),
  ),
  one(
    "a thousandth of a second",
    "wider",
    allow({ DateGreaterThan: { [NOW]: "2026-01-01T00:00:00Z" }, DateLessThan: { [NOW]: "2026-01-01T00:00:00.002Z" } }),
    allow(equal(NOW, "2026-01-01T00:00:00.001Z")),
  ),
  // addresses
  ...same("all of IPv4 in halves", allow(from("0.0.0.0/0")), allow(from("0.0.0.0/1", "128.0.0.0/1"))),
  ...both(
    "all of IPv4 but one address",
    allow(from("0.0.0.0/0")),
    allow(
      from(
        "0.0.0.0/1",
        "128.0.0.0/2",
        "192.0.0.0/3",
        "224.0.0.0/4",
        "240.0.0.0/5",
        "248.0.0.0/6",
        "252.0.0.0/7",
        "254.0.0.0/8",
      ),
    ),
  ),
  ...same("all of IPv6 in halves", allow(from("::/0")), allow(from("::/1", "8000::/1"))),
  ...both("both families", allow(from("::/0", "0.0.0.0/0")), allow(from("::/0"))),
  ...same("two addresses", allow(from("10.0.0.0/31")), allow(from("10.0.0.0", "10.0.0.1"))),
  ...both("the next address", allow(from("10.0.0.0/30")), allow(from("10.0.0.0", "10.0.0.1", "10.0.0.2"))),
  ...both("the address before", allow(from("10.0.0.0/30")), allow(from("10.0.0.1", "10.0.0.2", "10.0.0.3"))),
  ...same("a block that ends where IPv4 is mapped", allow(from("::fffe:0:0/95")), allow(from("::fffe:0:0/96"))),
  ...both("a block that goes on behind it", allow(from("::/79")), allow(from("::/80"))),
  ...both(
    "an address without a network",
    allow({ NotIpAddress: { [IP]: "10.0.0.0/8" } }),
    allow({ NotIpAddress: { [IP]: "10.0.0.0/8" }, Null: { [IP]: "false" } }),
  ),
  one("an exact address of a block", "wider", allow(from("10.0.0.0/31")), allow(equal(IP, "10.0.0.0"))),
  // other kinds
  ...same(
    "a boolean that is always there",
    allow({}),
    allow({ Bool: { "aws:SecureTransport": "true" } }, { Bool: { "aws:SecureTransport": "false" } }),
  ),
  one("a boolean in capitals", "wider", allow({ Bool: { [T]: "true" } }), allow(equal(T, "true", "True"))),
  one("bytes in another form", "wider", allow({ BinaryEquals: { [T]: "QQ==" } }), allow(equal(T, "QQ=="))),
  ...both(
    "ARNs by a pattern",
    asAws({ ArnLike: { [ARN]: "arn:aws:iam::111122223333:role/a*" } }),
    asAws({ ArnLike: { [ARN]: "arn:aws:iam::111122223333:role/ab*" } }),
  ),
  ...same(
    "a star that stays in its part",
    asAws({ ArnLike: { [ARN]: "arn:aws:*:*:*:role/a" } }),
    asAws({ ArnEquals: { [ARN]: "arn:aws:iam::111122223333:role/a" } }),
  ),
  one("a star as another part", "none", asAws({ ArnLike: { [ARN]: "arn:aws:iam:*:role/a:b" } }), []),
  ...both(
    "a pattern of letters over parts",
    asAws({ StringLike: { [ARN]: "arn:*:role/*" } }),
    asAws({ ArnLike: { [ARN]: "arn:*:iam::*:role/x/*" } }),
  ),
  ...same(
    "a role as a principal and by a condition",
    asAws({ ArnEquals: { [ARN]: "arn:aws:iam::111122223333:role/r" } }),
    policy({ allow: [{}], principals: { AWS: ["arn:aws:iam::111122223333:role/r"] }, actions: ["sts:AssumeRole"] }),
  ),
  one(
    "an ARN with too few parts",
    "wider",
    allow({ ArnLike: { [T]: "arn:*:iam::1:*" } }),
    allow({ StringLike: { [T]: "arn:*:*:*:*:*" } }),
  ),
  one(
    "an ARN part with a colon",
    "wider",
    allow({ StringLike: { [T]: "arn:a:b:c:d:*" } }),
    allow({ ArnLike: { [T]: "arn:a:b:c:d:?" } }, equal(T, "arn:a:b:c:d:")),
  ),
  // absence
  ...both("a key that may be missing", allow({ StringEqualsIfExists: { [T]: "a" } }), allow(equal(T, "a"))),
  ...same("a subject is never missing", allow({ StringEqualsIfExists: { [SUB]: "a" } }), allow(equal(SUB, "a"))),
  one("a subject that is missing", "none", allow({ Null: { [SUB]: "true" } }), []),
  ...both(
    "a negated test of a missing key",
    allow({ StringNotEquals: { [T]: "a" } }),
    allow({ StringNotEquals: { [T]: "a" }, Null: { [T]: "false" } }),
  ),
  ...same("missing or not", allow({}), allow({ Null: { [T]: "true" } }, { Null: { [T]: "false" } })),
  // several values
  ...both(
    "all of two values",
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } }),
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" } }),
  ),
  one(
    "all of no values",
    "wider",
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" } }),
    allow({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }),
  ),
  one(
    "one of two values",
    "wider",
    allow({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }),
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" } }),
  ),
  one(
    "two values at once",
    "wider",
    policy({
      allow: [{ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" }, "ForAnyValue:StringLike": { "aws:TagKeys": "b" } }],
    }),
    [],
  ),
  one(
    "two values of a key that has one",
    "none",
    policy({ allow: [{ "ForAnyValue:StringEquals": { [SUB]: "a" }, "ForAnyValue:StringLike": { [SUB]: "b" } }] }),
    [],
  ),
  one(
    "the set of one empty value",
    "wider",
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, Null: { "aws:TagKeys": "false" } }),
    allow({ "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } }),
  ),
  one(
    "the set of one empty value, of a key that is tied to another",
    "wider",
    policy({
      allow: [{ StringNotEquals: { [SUB]: ["a", `\${${T}}`] } }],
      deny: [{ "ForAllValues:StringEquals": { [SUB]: "a" }, ...like(SUB, "*b") }],
    }),
    policy({
      allow: [{ StringNotEquals: { [SUB]: ["a", `\${${T}}`] } }],
      deny: [{ "ForAllValues:StringEquals": { [SUB]: "a" } }],
    }),
  ),
  one(
    "an open test that one side needs yes and the other could use as a no",
    "wider",
    allow({ "ForAllValues:StringEquals": { "aws:TagKeys": "a" }, Null: { "aws:TagKeys": "false" } }),
    allow(
      { "ForAllValues:StringEquals": { "aws:TagKeys": [] } },
      { "ForAnyValue:StringEquals": { "aws:TagKeys": "a" } },
    ),
  ),
  one(
    "two values for an operator of one",
    "wider",
    allow({ StringEquals: { [AMR]: "x" }, StringNotLike: { [AMR]: "x" } }),
    allow(equal(AMR, "y")),
  ),
  one("two values for an operator of one, both sides", "none", allow(equal(AMR, "x")), allow(equal(AMR, "x", "y"))),
  // variables
  one("a key as another's value", "wider", allow(equal(SUB, "${aws:RequestTag/t}")), []),
  ...same(
    "tied keys, equal",
    allow({ StringEquals: { [SUB]: `\${${T}}` }, StringLike: { [T]: "a*" } }),
    allow({ StringEquals: { [SUB]: `\${${T}}` }, StringLike: { [SUB]: "a*" }, Null: { [T]: "false" } }),
  ),
  one(
    "tied keys in one cell, unequal",
    "wider",
    allow({ StringLike: { [SUB]: "a*", [T]: "a*" } }),
    allow(equal(SUB, `\${${T}}`)),
  ),
  one(
    "tied keys, unequal",
    "none",
    allow({ StringNotEquals: { [SUB]: `\${${T}}` }, StringEquals: { [T]: "a" } }),
    allow({ StringNotEquals: { [SUB]: "a" } }),
  ),
  one("a wildcard in a variable's value", "wider", allow(like(SUB, `\${${T}}`)), allow(equal(SUB, `\${${T}}`))),
  one(
    "a variable's fallback",
    "none",
    allow({ StringEquals: { [SUB]: `\${${T}, 'x'}` }, Null: { [T]: "true" } }),
    allow(equal(SUB, "x")),
  ),
  one("a variable without a value", "wider", allow({ StringEquals: { [SUB]: `\${${T}}` }, Null: { [T]: "true" } }), []),
  ...same("a key as its own value", allow(equal(T, `\${${T}}`)), allow({ Null: { [T]: "false" } })),
  one("a variable inside a value", "none", allow(like(SUB, `u/\${${T}}/*`)), allow(like(SUB, `u/\${${T}}/*`, "x"))),
  one(
    "a variable inside a value, beside a pattern",
    "cannot tell",
    allow(equal(SUB, `u/\${${T}}`)),
    allow(like(SUB, "u/*"), { Null: { [T]: "true" } }),
  ),
  // callers
  ...both(
    "a service",
    policy({ allow: [{}], principals: { ...ROOT, Service: ["lambda.amazonaws.com"] }, actions: ["sts:AssumeRole"] }),
    asAws({}),
  ),
  ...both("another action", policy({ allow: [{}], actions: ["sts:*"] }), allow({})),
  one("another account's own key", "none", asAws(equal("aws:PrincipalAccount", "444455556666")), []),
  ...both("everybody", policy({ allow: [{}], principals: { AWS: ["*"] }, actions: ["sts:AssumeRole"] }), asAws({})),
  one("a claim of another provider", "none", allow(equal("g.example/oidc:sub", "a")), []),
  one("a claim of no provider", "none", allow(equal("undefined:sub", "a")), []),
  ...same("what every web identity has", allow(equal("aws:PrincipalType", "User")), allow({})),
  ...both(
    "everybody but one",
    policy({ allow: [{}], principals: ROOT, notPrincipal: true, actions: ["sts:AssumeRole"] }),
    policy({ allow: [{}], principals: { AWS: ["arn:aws:iam::444455556666:role/x"] }, actions: ["sts:AssumeRole"] }),
  ).slice(0, 1),
  // what is not documented
  one("an unknown operator on both sides", "none", allow({ Foo: { [T]: "a" } }), allow({ Foo: { [T]: "a" } })),
  one("an unknown operator on one side", "wider", allow({}), allow({ Foo: { [T]: "a" } })),
  one("an empty list", "wider", allow({ StringEqualsIfExists: { [T]: [] } }), []),
  one(
    "an empty list on both sides",
    "none",
    allow({ StringNotEquals: { [T]: [] } }),
    allow({ StringNotEquals: { [T]: [] } }),
  ),
  one("an empty list that lets in nobody", "none", allow(equal(T)), []),
  one("two policies as one", "none", allow(equal(SUB, "a", "b")), [allow(equal(SUB, "a")), allow(equal(SUB, "b"))]),
  // where candidates alone find nothing
  one("a pattern met in another case", "none", needing(SUB, "Q?", "?w"), allow(anyCase(SUB, "qw"))),
  one("a letter between two", "wider", needing(SUB, "*x*", "*y*"), allow(like(SUB, "*y*x*", "*x?*y*"))),
  one("a letter that no pattern names", "wider", needing(SUB, "?g*", "*h*"), allow(like(SUB, "x*", "g*", "h*"))),
  one(
    "a colon in the last part of an ARN",
    "wider",
    policy({
      allow: [{ ArnLike: { [ARN]: "arn:aws:iam::111122223333:role/*a*" } }],
      deny: [{ ArnNotLike: { [ARN]: "arn:aws:iam::111122223333:role/*:*" } }],
      principals: ROOT,
      actions: ["sts:AssumeRole"],
    }),
    [],
  ),
  one(
    "a text that is no ARN, of which a test of ARNs is open",
    "wider",
    policy({
      allow: [{ ...like(T, "*g*"), ArnLike: { [T]: "arn:x:y:z:w:v" } }],
      deny: [{ StringNotLike: { [T]: "*h*" } }, { Null: { [T]: "true" } }],
    }),
    [],
  ),
  one(
    "the last of eight cases",
    "wider",
    allow(anyCase(SUB, "qwz")),
    allow(equal(SUB, "qwz", "Qwz", "QWz", "qwZ", "QwZ", "qWZ", "QWZ")),
  ),
  one(
    "two Kelvin signs",
    "wider",
    allow(anyCase(SUB, "kk")),
    allow(
      equal(
        SUB,
        ...["k", "K", "\u212a"].flatMap((first) =>
          ["k", "K", ...(first === "\u212a" ? [] : ["\u212a"])].map((second) => `${first}${second}`),
        ),
      ),
    ),
  ),
  one(
    "the one second between two",
    "wider",
    allow({
      NumericGreaterThan: { "aws:EpochTime": "1767225600" },
      NumericLessThan: { "aws:EpochTime": "1767225602" },
    }),
    [],
  ),
  one(
    "the one thousandth between two",
    "wider",
    allow({ DateGreaterThan: { [NOW]: "2028-01-01T00:00:00Z" }, DateLessThan: { [NOW]: "2028-01-01T00:00:00.002Z" } }),
    [],
  ),
  one(
    "IPv6 behind the addresses that stand for IPv4",
    "wider",
    allow(from("::/79")),
    allow(
      from(
        "::/81",
        ...Array.from({ length: 15 }, (_, at) => `::${(0x10000 - (0x8000 >> at)).toString(16)}:0:0/${82 + at}`),
      ),
    ),
  ),
  one(
    "a boolean in other capitals",
    "wider",
    allow({ Bool: { "aws:SecureTransport": "true" } }),
    allow(equal("aws:SecureTransport", "true", "True")),
  ),
  one(
    "the same bytes in other letters",
    "wider",
    allow({ BinaryEquals: { [T]: "QQ==" } }),
    allow(equal(T, "QQ=="), { StringNotLike: { [T]: "Q?==" } }),
  ),
  one(
    "a wildcard in the value of a variable that has one",
    "wider",
    allow({ StringLike: { [SUB]: `\${${T}}` }, Null: { [T]: "false" } }),
    allow(equal(SUB, `\${${T}}`)),
  ),
  one(
    "the value to fall back on",
    "wider",
    allow({ StringEquals: { [SUB]: `\${${T}, 'mn'}` }, Null: { [T]: "true" } }),
    allow(like(SUB, "someone*")),
  ),
  one(
    "the one pair of values that is left",
    "wider",
    allow({ StringEquals: { [SUB]: ["a", "b"], [T]: ["1", "2"] } }),
    allow(
      ...[
        ["a", "1"],
        ["a", "2"],
        ["b", "2"],
      ].map(([sub = "", tag = ""]) => ({ StringEquals: { [SUB]: sub, [T]: tag } })),
    ),
  ),
  one(
    "a role of an account that nobody names",
    "wider",
    policy({
      allow: [{ ArnLike: { [ARN]: "arn:aws:iam::*:role/r" } }],
      principals: { AWS: ["*"] },
      actions: ["sts:AssumeRole"],
    }),
    asAws({ ArnLike: { [ARN]: "arn:aws:iam::*:role/r" } }),
  ),
  ...both("an account within those of a pattern", inAccounts("1*"), inAccounts("10*")),
  ...both("an account by its first and its last digit", inAccounts("1*2", "5*"), inAccounts("1*2")),
  ...both("an account that one pattern matches and two others do not", inAccounts("*1*"), inAccounts("*11*", "1*")),
  ...same(
    "every account, by its first digit",
    inAccounts("*"),
    inAccounts(...Array.from("0123456789", (d) => `${d}*`)),
  ),
  ...both(
    "a role of the accounts of a pattern",
    anyRole({ ArnLike: { [ARN]: "arn:aws:iam::1*:role/r" } }),
    anyRole({ ArnLike: { [ARN]: ["arn:aws:iam::1*5:role/r", "arn:aws:iam::12*:role/r"] } }),
  ),
];
