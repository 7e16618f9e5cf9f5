/**
 * Whether one trust policy allows only identities that another allows: by the statements themselves, so that a yes is
 * a proof.
 */

interface Statement {
  readonly actions: ReadonlySet<string>;
  /** `Federated arn:…`. */
  readonly principals: ReadonlySet<string>;
  /** Test and key -> values, which are alternatives. */
  readonly conditions: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Tests that more values make wider: the values are alternatives. */
const ALTERNATIVES: ReadonlySet<string> = new Set([
  "StringEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "ArnEquals",
  "ArnLike",
  "IpAddress",
  "Bool",
  "NumericEquals",
  "DateEquals",
]);

/**
 * Whether every statement of `narrow` (a policy's text) is within one of `wide`. False also where that only cannot be
 * shown: another shape than ours, Deny, a test whose values are no alternatives and differ.
 */
export function covers(wide: string, narrow: string): boolean {
  const [outer, inner] = [readStatements(wide), readStatements(narrow)];
  if (outer === undefined || inner === undefined) return false;
  return inner.every((statement) => outer.some((candidate) => within(statement, candidate)));
}

function within(inner: Statement, outer: Statement): boolean {
  if (!isSubset(inner.actions, outer.actions) || !isSubset(inner.principals, outer.principals)) return false;
  // conditions are joined by AND: what the inner one has beyond the outer only narrows it
  return [...outer.conditions].every(([condition, values]) => {
    const own = inner.conditions.get(condition);
    if (own === undefined) return false;
    return ALTERNATIVES.has(condition.split(" ", 1)[0] ?? "")
      ? isSubset(own, values)
      : isSubset(own, values) && isSubset(values, own);
  });
}

function readStatements(text: string): readonly Statement[] | undefined {
  try {
    const policy = members(JSON.parse(text));
    const statements = policy?.["Statement"];
    if (policy?.["Version"] !== "2012-10-17" || Object.keys(policy).length !== 2 || !Array.isArray(statements))
      return undefined;
    const read = statements.map(readStatement);
    return read.includes(undefined) ? undefined : (read as readonly Statement[]);
  } catch {
    return undefined;
  }
}

function readStatement(value: unknown): Statement | undefined {
  const {
    Action: action,
    Condition: condition,
    Effect: effect,
    Principal: principal,
    ...others
  } = members(value) ?? {};
  if (effect !== "Allow" || Object.keys(others).length > 0) return undefined;
  const actions = texts(action);
  const principals = pairs(principal);
  if (actions === undefined || principals === undefined) return undefined;
  const conditions = new Map<string, ReadonlySet<string>>();
  for (const [test, keys] of Object.entries(members(condition ?? {}) ?? {})) {
    for (const [key, values] of Object.entries(members(keys) ?? {})) {
      const alternatives = texts(values);
      // IAM reads keys in any case
      const name = `${test} ${key.toLowerCase()}`;
      if (alternatives === undefined || conditions.has(name)) return undefined;
      conditions.set(name, new Set(alternatives));
    }
  }
  return { actions: new Set(actions.map((name) => name.toLowerCase())), principals: new Set(principals), conditions };
}

function pairs(value: unknown): readonly string[] | undefined {
  const kinds = Object.entries(members(value) ?? {}).map(([kind, values]) =>
    texts(values)?.map((one) => `${kind} ${one}`),
  );
  return kinds.length === 0 || kinds.includes(undefined) ? undefined : kinds.flatMap((kind) => kind ?? []);
}

function texts(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string")
    ? (value as string[])
    : undefined;
}

function members(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function isSubset(small: ReadonlySet<string>, large: ReadonlySet<string>): boolean {
  return [...small].every((one) => large.has(one));
}
