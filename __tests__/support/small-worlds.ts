/**
 * Pairs of small policies and, slowly, every request of a small world: three values a key, four keys, every operator.
 * `compare` says of all requests what this says of these: held against it, it must miss none.
 */
import type { PolicyRequest, Reading } from "../../src/trust/decide/decide";
import { compilePolicy, verdict } from "../../src/trust/decide/decide";
import { addressEdges } from "../../src/prove/address-edges";
import { addressBits, readBoolean, readInstant } from "../../src/trust/decide/values";
import type { PolicyCondition, PolicyDocument, PolicyStatement } from "../../src/trust/decide/document";

const PROVIDERS = ["h.example/oidc", "g.example/oidc"].map((path) => `arn:aws:iam::111122223333:oidc-provider/${path}`);

/** Numbers from 0 up to 1, always the same for the same seed. */
export function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A key, what requests hold there, and what policies write about it. */
interface Ground {
  readonly key: string;
  readonly several: boolean;
  readonly always: boolean;
  /** Operators without set and `IfExists`. */
  readonly operators: readonly string[];
  /** Three values a request has. */
  readonly world: readonly string[];
  readonly written: readonly string[];
}

const TEXT = [
  "StringEquals",
  "StringNotEquals",
  "StringLike",
  "StringNotLike",
  "StringEqualsIgnoreCase",
  "StringNotEqualsIgnoreCase",
];
const ORDER = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];
const NUMBER = ORDER.map((order) => `Numeric${order}`);
const DATE = ORDER.map((order) => `Date${order}`);

const GROUNDS: readonly Ground[] = [
  {
    key: "h.example/oidc:sub",
    several: false,
    always: true,
    operators: TEXT,
    world: ["a", "ab", "B"],
    written: [
      "a",
      "ab",
      "B",
      "b",
      "a*",
      "*b",
      "?",
      "*",
      "${aws:RequestTag/t}",
      "${aws:RequestTag/t, 'ab'}",
      "x${aws:RequestTag/t}",
    ],
  },
  {
    key: "aws:RequestTag/t",
    several: false,
    always: false,
    operators: TEXT,
    world: ["a", "xa", "*"],
    written: ["a", "A", "xa", "*", "a*", "?a", "${h.example/oidc:sub}", "${aws:RequestTag/t}", "${*}"],
  },
  {
    key: "aws:RequestTag/u",
    several: false,
    always: false,
    operators: TEXT,
    world: ["k", "ss", ""],
    written: ["k", "K", "\u212a", "ss", "\u00df", "s\u017f", "", "?", "s*", "\u03c3", "\u03c2"],
  },
  {
    key: "aws:RequestTag/n",
    several: false,
    always: false,
    operators: NUMBER,
    world: ["1", "01", "2"],
    written: ["1", "2", "1.0", "1.5", "-3", "x"],
  },
  {
    key: "aws:RequestTag/e",
    several: false,
    always: false,
    operators: [...NUMBER.slice(0, 4), "StringEquals", "StringNotEquals"],
    world: ["1", "1.0", "2"],
    written: ["1", "2", "01", "1.0"],
  },
  {
    key: "aws:CurrentTime",
    several: false,
    always: true,
    operators: DATE,
    world: ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", "2025-12-31T23:59:59.999Z"],
    written: ["2026", "2026-01-01", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:01Z", "1767225600"],
  },
  {
    key: "aws:SourceIp",
    several: false,
    always: false,
    operators: ["IpAddress", "NotIpAddress", "IpAddress", "StringEquals"],
    world: ["10.0.0.1", "10.0.0.2", "2001:db8::1"],
    written: [
      "10.0.0.0/31",
      "10.0.0.1",
      "0.0.0.0/0",
      "10.0.0.2/31",
      "2001:db8::/32",
      "::/0",
      "0.0.0.0/1",
      "128.0.0.0/1",
      "::fffe:0:0/96",
    ],
  },
  {
    key: "aws:SecureTransport",
    several: false,
    always: true,
    operators: ["Bool"],
    world: ["true", "false"],
    written: ["true", "false", "TRUE", "maybe"],
  },
  {
    key: "aws:RequestTag/b",
    several: false,
    always: false,
    operators: ["BinaryEquals", "Bool", "StringEquals"],
    world: ["QQ==", "QR==", "true"],
    written: ["QQ==", "QUE=", "true", "x"],
  },
  {
    key: "aws:RequestTag/r",
    several: false,
    always: false,
    operators: ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringLike", "StringEquals"],
    world: ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/a:b", "plain"],
    written: [
      "arn:aws:iam::1:role/a",
      "arn:aws:iam::*:role/*",
      "arn:*:iam::1:*",
      "arn:aws:iam::1:role/?",
      "plain",
      "*",
      "arn:aws:iam:*:role/*",
    ],
  },
  {
    key: "aws:TagKeys",
    several: true,
    always: false,
    operators: TEXT,
    world: ["a", "b", ""],
    written: ["a", "b", "A", "a*", "", "*"],
  },
  {
    key: "h.example/oidc:amr",
    several: true,
    always: false,
    operators: [...TEXT.slice(0, 4), "NumericLessThan"],
    world: ["1", "2", "x"],
    written: ["1", "2", "x", "?", "y"],
  },
];

export interface Pair {
  readonly a: PolicyDocument;
  readonly b: PolicyDocument;
}

type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

function conditionOn(random: Random, ground: Ground): PolicyCondition {
  const operators = random() < 0.04 ? ["StringLike", "NumericLessThan", "Foo", "IpAddress"] : ground.operators;
  const kind = random();
  if (kind < 0.06) return { operator: "Null", key: ground.key, values: [pick(random, ["true", "false"])] };
  const set = random() < (ground.several ? 0.6 : 0.08) ? pick(random, ["ForAllValues:", "ForAnyValue:"]) : "";
  const ifExists = random() < 0.15 ? "IfExists" : "";
  const count = random() < 0.04 ? 0 : 1 + Math.floor(random() * 2.5);
  return {
    operator: `${set}${pick(random, operators)}${ifExists}`,
    key: ground.key,
    values: Array.from({ length: count }, () => pick(random, ground.written)),
  };
}

function statementOf(random: Random, grounds: readonly Ground[], index: number, deny: boolean): PolicyStatement {
  const who = random();
  const principals: PolicyStatement["principals"] =
    who < 0.75
      ? { Federated: [PROVIDERS[0] ?? ""] }
      : who < 0.85
        ? { Federated: PROVIDERS }
        : who < 0.9
          ? { AWS: ["*"] }
          : who < 0.95
            ? { Federated: ["arn:aws:iam::111122223333:oidc-provider/h*"] }
            : {
                Federated: [PROVIDERS[0] ?? ""],
                Service: ["ec2.amazonaws.com"],
                AWS: ["arn:aws:iam::111122223333:root"],
              };
  return {
    index,
    sid: null,
    effect: deny ? "Deny" : "Allow",
    principals,
    notPrincipal: random() < 0.03,
    actions: [pick(random, ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRole*", "sts:*", "sts:TagSession"])],
    notAction: false,
    hasResource: false,
    conditions: Array.from({ length: Math.floor(random() * 3.2) }, () => conditionOn(random, pick(random, grounds))),
  };
}

function policyOf(random: Random, grounds: readonly Ground[]): PolicyDocument {
  const allows = 1 + Math.floor(random() * 2.3);
  const denies = Math.floor(random() * 1.7);
  return {
    version: random() < 0.93 ? "2012-10-17" : null,
    statements: Array.from({ length: allows + denies }, (_, index) =>
      statementOf(random, grounds, index, index >= allows),
    ),
  };
}

/** One small change of `policy`, which may let more in, or less, or neither. */
function changed(random: Random, policy: PolicyDocument, grounds: readonly Ground[]): PolicyDocument {
  const at = Math.floor(random() * policy.statements.length);
  const statements = policy.statements.flatMap((statement, index): readonly PolicyStatement[] => {
    if (index !== at) return [statement];
    const where = Math.floor(random() * statement.conditions.length);
    const conditions = (change: (condition: PolicyCondition) => readonly PolicyCondition[]): PolicyStatement => ({
      ...statement,
      conditions: statement.conditions.flatMap((condition, place) => (place === where ? change(condition) : condition)),
    });
    const kind = random();
    if (kind < 0.25) return [conditions(() => [])];
    if (kind < 0.5)
      return [{ ...statement, conditions: [...statement.conditions, conditionOn(random, pick(random, grounds))] }];
    if (kind < 0.65) return [conditions(({ key, operator, values }) => [{ key, operator, values: values.slice(1) }])];
    if (kind < 0.8) {
      const ground = grounds.find(({ key }) => key === statement.conditions[where]?.key);
      return [conditions((own) => [{ ...own, values: [...own.values, pick(random, ground?.written ?? ["a"])] }])];
    }
    if (kind < 0.9) return [statement, statementOf(random, grounds, index, random() < 0.5)];
    return policy.statements.length > 1 ? [] : [{ ...statement, effect: "Allow" }];
  });
  return { ...policy, statements: statements.map((statement, index) => ({ ...statement, index })) };
}

/** A pair over at most four keys; about half of them are wider on one side. */
export function pairFor(seed: number): Pair {
  const random = randomOf(seed);
  const grounds: Ground[] = [];
  while (grounds.length < 4) {
    const ground = pick(random, GROUNDS);
    if (!grounds.includes(ground)) grounds.push(ground);
  }
  const b = policyOf(random, grounds);
  const kind = random();
  if (kind < 0.2) return { a: policyOf(random, grounds), b };
  let a = changed(random, b, grounds);
  if (kind > 0.7) a = changed(random, a, grounds);
  return random() < 0.5 ? { a, b } : { a: b, b: a };
}

/** Every request of the small world of `pair`. */
export function* requestsOf({ a, b }: Pair): Generator<PolicyRequest> {
  const conditions = [...a.statements, ...b.statements].flatMap((statement) => statement.conditions);
  const named = new Set(
    conditions
      .flatMap(({ key, values }) => [key, ...values])
      .join("\n")
      .match(KEYS) ?? [],
  );
  const grounds = GROUNDS.filter(({ key }) => named.has(key));
  for (const principal of PRINCIPALS) {
    for (const action of principal.actions) {
      const states = grounds.map((ground) => statesOf(ground, principal));
      for (const keys of product(states))
        yield {
          action,
          principal,
          keys: new Map(grounds.map(({ key }, at) => [key.toLowerCase(), keys[at] ?? []])),
        };
    }
  }
}

const KEYS = /h\.example\/oidc:(?:sub|amr)|aws:RequestTag\/[a-z]|aws:(?:CurrentTime|SourceIp|SecureTransport|TagKeys)/g;

interface Asking {
  readonly kind: PolicyRequest["principal"]["kind"];
  readonly arn: string;
  readonly actions: readonly string[];
}

const WEB = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"];
const PRINCIPALS: readonly Asking[] = [
  { kind: "Federated", arn: PROVIDERS[0] ?? "", actions: WEB },
  { kind: "Federated", arn: PROVIDERS[1] ?? "", actions: WEB.slice(0, 1) },
  { kind: "AWS", arn: "arn:aws:iam::111122223333:role/x", actions: ["sts:AssumeRole"] },
  { kind: "Service", arn: "ec2.amazonaws.com", actions: ["sts:AssumeRole"] },
];

function statesOf(ground: Ground, { kind, arn }: Asking): readonly (readonly string[])[] {
  const claim = ground.key.startsWith("h.example/oidc:");
  const own = claim && kind === "Federated" && arn === PROVIDERS[0];
  if (claim && kind !== "AWS" && !own) return [[]];
  const values = ground.world.map((value) => [value]);
  const [first = "", second = ""] = ground.world;
  return [
    ...(ground.always && (own || !claim) ? [] : [[]]),
    ...values,
    ...(ground.several ? [[first, second], ground.world.slice(1)] : []),
  ];
}

function* product(lists: readonly (readonly (readonly string[])[])[]): Generator<readonly (readonly string[])[]> {
  const [first, ...rest] = lists;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const head of first) for (const tail of product(rest)) yield [head, ...tail];
}

/** A request of the small world that, by some answer to what is open, the first policy allows and the second not. */
export function widerInSmallWorld(pair: Pair): PolicyRequest | null {
  return firstWider(pair, requestsOf(pair));
}

/** The first of `requests` that, by some answer to what is open, the first policy allows and the second refuses. */
export function firstWider(pair: Pair, requests: Iterable<PolicyRequest>): PolicyRequest | null {
  const [a, b] = [compilePolicy(pair.a), compilePolicy(pair.b)];
  for (const request of requests) {
    const [allowed, refused] = [verdict(a, request), verdict(b, request)];
    if (allowed === "no" || refused === "yes") continue;
    if (allowed === "yes" && refused === "no") return request;
    const open = new Set<string>();
    const note: Reading = (test) => {
      open.add(test);
      return null;
    };
    verdict(a, request, note);
    verdict(b, request, note);
    const tests = [...open];
    if (tests.length > 10) continue;
    for (let mask = 0; mask < 1 << tests.length; mask += 1) {
      const read: Reading = (test) => ((mask >> tests.indexOf(test)) & 1) === 1 && tests.includes(test);
      if (verdict(a, request, read) === "yes" && verdict(b, request, read) === "no") return request;
    }
  }
  return null;
}

/**
 * Requests near what the policies of `pair` say: each key at each literal, one letter more and one less, at the edges
 * of each network and beside each number and date, one after the other, and then `count` of them by chance.
 */
export function* requestsNear(pair: Pair, random: Random, count: number): Generator<PolicyRequest> {
  const conditions = [...pair.a.statements, ...pair.b.statements].flatMap((statement) => statement.conditions);
  const grounds = GROUNDS.filter(({ key }) =>
    conditions.some((own) => own.key === key || own.values.some((value) => value.includes(key))),
  );
  const values = grounds.map((ground) => {
    const written = conditions.filter(({ key }) => key === ground.key).flatMap((own) => own.values);
    return [...new Set([...ground.world, ...written.flatMap(near)])].filter((value) => reads(ground, value));
  });
  // each value of each key at least once beside whatever the others hold, then whatever comes
  const fixed = grounds.flatMap((_, at) => (values[at] ?? []).map((value) => ({ at, value })));
  for (let number = 0; number < fixed.length + count; number += 1) {
    const principal = pick(random, random() < 0.7 ? PRINCIPALS.slice(0, 1) : PRINCIPALS);
    const own = fixed[number];
    const keys = new Map(
      grounds.map((ground, at): [string, readonly string[]] => {
        const states = statesOf({ ...ground, world: values[at] ?? [] }, principal);
        const given = own?.at === at && states.length > 1;
        return [ground.key.toLowerCase(), given ? [own.value] : pick(random, states)];
      }),
    );
    yield { action: pick(random, principal.actions), principal, keys };
  }
}

function near(value: string): readonly string[] {
  const edges = addressEdges(value);
  const number = /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : null;
  const instant = /^\d{4}-/.test(value) ? Date.parse(value) : NaN;
  return [
    ...[
      value,
      `${value}x`,
      value.slice(0, -1),
      value.replaceAll("*", ""),
      value.replaceAll("*", "q").replaceAll("?", "q"),
    ],
    ...(edges === null ? [] : [...edges.inside, ...edges.outside]),
    ...(number === null ? [] : [String(number - 1), String(number + 1), String(number + 0.5), `0${value}`]),
    ...(Number.isNaN(instant) ? [] : [-1, 0, 1].map((step) => new Date(instant + step).toISOString())),
  ];
}

/** Whether AWS could send `value` for a key whose values are all of one kind. */
function reads({ key }: Ground, value: string): boolean {
  if (key === "aws:SourceIp") return addressBits(value) !== null;
  if (key === "aws:CurrentTime") return readInstant(value) !== null;
  return key === "aws:SecureTransport" ? readBoolean(value) !== null : true;
}
