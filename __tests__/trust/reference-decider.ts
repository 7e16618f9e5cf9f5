/**
 * IAM's decision, slowly and word for word from the user guide ("IAM JSON policy elements: Condition operators",
 * "Creating a condition with multiple keys or values", "Policy evaluation logic"). It shares nothing with the code it
 * is held against. `undefined` in a condition means: the documentation does not say.
 */

export interface RawStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface RawRequest {
  readonly action: string;
  readonly provider: string;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

type Truth = boolean | undefined;

/** "An explicit deny in any policy overrides any allows"; without an allow the answer is an implicit deny. */
export function referenceDecision(
  statements: readonly RawStatement[],
  request: RawRequest,
  version = "2012-10-17",
): "allow" | "refuse" | "undecided" {
  const truths = statements.map((statement) => ({
    effect: statement.Effect,
    matches: statementMatches(statement, request, version),
  }));
  const some = (effect: string, truth: Truth): boolean =>
    truths.some((entry) => entry.effect === effect && entry.matches === truth);
  if (some("Deny", true)) return "refuse";
  if (some("Deny", undefined)) return "undecided";
  if (some("Allow", true)) return "allow";
  return some("Allow", undefined) ? "undecided" : "refuse";
}

function list<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function and(truths: readonly Truth[]): Truth {
  return truths.includes(false) ? false : truths.includes(undefined) ? undefined : true;
}
function or(truths: readonly Truth[]): Truth {
  return truths.includes(true) ? true : truths.includes(undefined) ? undefined : false;
}
function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

function statementMatches(statement: RawStatement, request: RawRequest, version: string): Truth {
  const action = list(statement.Action).some((pattern) => glob(pattern.toLowerCase(), request.action.toLowerCase()));
  const federated = list(statement.Principal["Federated"] ?? []).includes(request.provider);
  const everyone = statement.Effect === "Deny" && list(statement.Principal["AWS"] ?? []).includes("*");
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => conditionHolds(operator, key, list(values), request.keys, version)),
  );
  return and([action, federated || everyone, ...conditions]);
}

function conditionHolds(
  operator: string,
  key: string,
  values: readonly string[],
  keys: RawRequest["keys"],
  version: string,
): Truth {
  const [, found = []] = Object.entries(keys).find(([name]) => name.toLowerCase() === key.toLowerCase()) ?? [];
  if (operator === "Null") {
    const asked = new Set(values);
    if (asked.size !== 1) return undefined;
    return asked.has("true") ? found.length === 0 : asked.has("false") ? found.length > 0 : undefined;
  }
  const [, set = "", base = "", ifExists = ""] = /^(ForAllValues:|ForAnyValue:|)(.*?)(IfExists|)$/.exec(operator) ?? [];
  const negated = base.includes("Not");
  const compare = COMPARISONS[base.replace("Not", "")];
  if (compare === undefined || (negated && /^Bool|^Binary/.test(base))) return undefined;
  // an empty list is not documented: what would hold by it is left open
  const unlessEmpty = (truth: Truth): Truth => (values.length === 0 && truth === true ? undefined : truth);
  if (found.length === 0)
    return unlessEmpty(ifExists !== "" || set === "ForAllValues:" ? true : set === "ForAnyValue:" ? false : negated);
  const textual = /^String|^Arn/.test(base);
  const against =
    (actual: string) =>
    (value: string): Truth => {
      // "policy variables" came with version 2012-10-17: "earlier versions treat them as literal strings"
      if (version !== "2012-10-17" || !value.includes("${")) return compare(actual, value);
      const resolved = textual ? substituted(value, keys, /Like|^Arn/.test(base)) : undefined;
      return resolved === undefined ? undefined : compare(actual, resolved);
    };
  const flipped = (any: Truth): Truth => (negated ? not(any) : any);
  const each = found.map((actual) => flipped(or(values.map(against(actual)))));
  if (set === "ForAllValues:")
    return and(each) === false && found.every((value) => value === "") ? undefined : unlessEmpty(and(each));
  if (set !== "") return unlessEmpty(or(each));
  // an operator for single values: what it says of several that differ is not documented
  const agreed = (truths: readonly Truth[]): Truth =>
    truths.every((truth) => truth === truths[0]) ? truths[0] : undefined;
  return unlessEmpty(flipped(or(values.map((value) => agreed(found.map((actual) => against(actual)(value)))))));
}

/** Variables with a single value, and defaults. Wildcards that come out of one are left open. */
function substituted(value: string, keys: RawRequest["keys"], wildcards: boolean): string | undefined {
  const variable = /\$\{([\w:/.-]+)(?:, *'([^']*)')?\}/g;
  let open = value.replace(variable, "").includes("${");
  const text = value.replace(variable, (_, name: string, fallback: string | undefined) => {
    const [, found = []] = Object.entries(keys).find(([key]) => key.toLowerCase() === name.toLowerCase()) ?? [];
    const single = found.length === 0 ? fallback : found.length === 1 ? found[0] : undefined;
    if (single === undefined || (wildcards && /[*?]/.test(single))) open = true;
    return single ?? "";
  });
  return open ? undefined : text;
}

/** "*" any run of characters, "?" exactly one. */
export function glob(pattern: string, text: string): boolean {
  let reach = new Set([0]);
  for (const character of pattern) {
    const next = new Set<number>();
    for (const at of reach) {
      if (character === "*") for (let to = at; to <= text.length; to += 1) next.add(to);
      else if (at < text.length && (character === "?" || text[at] === character)) next.add(at + 1);
    }
    reach = next;
  }
  return reach.has(text.length);
}

type Compare = (actual: string, expected: string) => Truth;

function when<T>(read: (text: string) => T | undefined, holds: (actual: T, expected: T) => boolean): Compare {
  return (actual, expected) => {
    const left = read(actual);
    const right = read(expected);
    return left === undefined || right === undefined ? undefined : holds(left, right);
  };
}

/** In thousandths, exactly. */
const number = (text: string): bigint | undefined => {
  const [, sign = "", whole, fraction = ""] = /^([+-]?)(\d{1,18})(?:\.(\d{1,3}))?$/.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(`${sign === "-" ? "-" : ""}${whole}${fraction.padEnd(3, "0")}`);
};
const instant = (text: string): number | undefined => {
  if (/^\d{9,10}$/.test(text)) return Number(text) * 1000;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text))
    ? Date.parse(text)
    : undefined;
};
const truth = (text: string): boolean | undefined =>
  /^true$/i.test(text) ? true : /^false$/i.test(text) ? false : undefined;

/** An IPv4 or full IPv6 block as [bits of the family, first address, last address]. */
function block(text: string): readonly [number, bigint, bigint] | undefined {
  const [address = "", prefix] = text.split("/");
  const four = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const six = /^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$/.test(address);
  if (four === null && !six) return undefined;
  const bits = four === null ? 128 : 32;
  const parts = four === null ? address.split(":").map((group) => BigInt(`0x${group}`)) : four.slice(1).map(BigInt);
  const size = four === null ? 16n : 8n;
  if (
    parts.some((part) => part >= 1n << size) ||
    (prefix !== undefined && !/^\d+$/.test(prefix)) ||
    Number(prefix ?? bits) > bits
  )
    return undefined;
  const value = parts.reduce((sum, part) => (sum << size) + part, 0n);
  const span = 1n << BigInt(bits - Number(prefix ?? bits));
  const first = value - (value % span);
  return [bits, first, first + span - 1n];
}

/** "Each of the six colon-delimited components of the ARN is checked separately". */
const arn: Compare = (actual, expected) => {
  const split = (text: string): readonly string[] | undefined =>
    text.split(":").length < 6 ? undefined : [...text.split(":").slice(0, 5), text.split(":").slice(5).join(":")];
  const left = actual.startsWith("arn:") ? split(actual) : undefined;
  const right = split(expected);
  return left === undefined || right === undefined
    ? undefined
    : right.every((part, index) => glob(part, left[index] ?? ""));
};

const COMPARISONS: Readonly<Record<string, Compare>> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => glob(expected, actual),
  NumericEquals: when(number, (actual, expected) => actual === expected),
  NumericLessThan: when(number, (actual, expected) => actual < expected),
  NumericLessThanEquals: when(number, (actual, expected) => actual <= expected),
  NumericGreaterThan: when(number, (actual, expected) => actual > expected),
  NumericGreaterThanEquals: when(number, (actual, expected) => actual >= expected),
  DateEquals: when(instant, (actual, expected) => actual === expected),
  DateLessThan: when(instant, (actual, expected) => actual < expected),
  DateLessThanEquals: when(instant, (actual, expected) => actual <= expected),
  DateGreaterThan: when(instant, (actual, expected) => actual > expected),
  DateGreaterThanEquals: when(instant, (actual, expected) => actual >= expected),
  Bool: when(truth, (actual, expected) => actual === expected),
  BinaryEquals: (actual, expected) =>
    [actual, expected].every((text) => /^([A-Za-z0-9+/]{4})*$/.test(text)) ? actual === expected : undefined,
  // a caller has an address, never a block of them
  IpAddress: (actual, expected) =>
    actual.includes("/")
      ? undefined
      : when(
          block,
          ([family, first], [expectedFamily, from, to]) => family === expectedFamily && first >= from && first <= to,
        )(actual, expected),
  ArnEquals: arn,
  ArnLike: arn,
};
