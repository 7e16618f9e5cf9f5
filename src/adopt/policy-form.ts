/**
 * Which trust policies Terraform takes for the same. The AWS provider compares documents without regard to order and to
 * lists of one, as https://github.com/hashicorp/awspolicyequivalence does; any other difference is an update. Pure.
 */
import { asRecord, type Members, oneOrMore, records } from "../text/members";

/** Whether Terraform plans no change from the one document to the other. */
export function sameForm(left: unknown, right: unknown): boolean {
  return formOf(left, AS_IT_IS) === formOf(right, AS_IT_IS);
}

interface Reading {
  readonly sids: boolean;
  readonly header: boolean;
  readonly repeats: boolean;
  readonly case: boolean;
}

const AS_IT_IS: Reading = { sids: true, header: true, repeats: true, case: true };

/** In what `theirs` differs from `ours`, in words; both mean the same. */
export function formDifferences(theirs: unknown, ours: unknown): readonly string[] {
  const steps: readonly (readonly [keyof Reading, string])[] = [
    ["sids", "a Sid"],
    ["header", "its Version or Id"],
    ["repeats", "repeated values or statements"],
    ["case", "the case of keys and actions"],
  ];
  const loose: Reading = { sids: false, header: false, repeats: false, case: false };
  const found = steps.flatMap(([name, says]) => {
    const strict = { ...loose, [name]: true };
    return formOf(theirs, strict) === formOf(ours, strict) ? [] : [says];
  });
  return formOf(theirs, loose) === formOf(ours, loose) ? found : ["how its statements are written"];
}

function formOf(policy: unknown, reading: Reading): string {
  const document = asRecord(policy);
  if (document === undefined) return JSON.stringify(policy);
  const { Version: version, Id: id, Statement: statement } = document;
  const statements = records(oneOrMore(statement)).map((one) => statementForm(one, reading));
  return JSON.stringify([reading.header ? [version ?? null, id ?? null] : [], sorted(statements, reading)]);
}

function statementForm(statement: Members, reading: Reading): string {
  const { Sid: sid, Effect: effect, Condition: condition, ...others } = statement;
  const conditions = Object.entries(asRecord(condition) ?? {}).flatMap(([operator, keys]) =>
    Object.entries(asRecord(keys) ?? {}).map(([key, values]) =>
      JSON.stringify([operator, reading.case ? key : key.toLowerCase(), ...texts(values, reading)]),
    ),
  );
  const elements = Object.entries(others).map(([name, value]) => {
    const kinds = asRecord(value);
    const list = (values: unknown): readonly string[] =>
      name.endsWith("Action") && !reading.case
        ? texts(values, reading).map((action) => action.toLowerCase())
        : texts(values, reading);
    return JSON.stringify([
      name,
      kinds === undefined
        ? list(value)
        : Object.entries(kinds)
            .map(([kind, names]) => JSON.stringify([kind, ...list(names)]))
            .sort(),
    ]);
  });
  const label = reading.sids && sid !== undefined && sid !== "" ? sid : null;
  return JSON.stringify([label, effect, conditions.sort(), elements.sort()]);
}

/** A value or a list of values as a sorted list of texts. IAM and Terraform read `true` and `"true"` alike. */
function texts(value: unknown, reading: Reading): readonly string[] {
  return sorted(
    (Array.isArray(value) ? value : [value]).map((item) => String(item)),
    reading,
  );
}

function sorted(list: readonly string[], { repeats }: Reading): readonly string[] {
  return [...(repeats ? list : new Set(list))].sort();
}

const ACTIONS = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"];

/** `policy` with every value once, and the actions of trusts by their own names: so that its parts are recognized. */
export function withoutRepeats(policy: unknown): unknown {
  const document = asRecord(policy);
  if (document === undefined) return policy;
  const { Statement: statement } = document;
  const plain = (one: unknown): unknown => {
    const members = asRecord(one);
    return members === undefined ? one : mapped(members, (value, name) => once(value, name.endsWith("Action")));
  };
  return { ...document, Statement: Array.isArray(statement) ? statement.map(plain) : plain(statement) };
}

function once(value: unknown, isAction: boolean): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item: unknown) => once(item, isAction)))];
  const members = asRecord(value);
  if (members !== undefined) return mapped(members, (member) => once(member, false));
  const known = isAction && typeof value === "string" ? value.toLowerCase() : undefined;
  return ACTIONS.find((action) => action.toLowerCase() === known) ?? value;
}

function mapped(members: Members, each: (value: unknown, name: string) => unknown): Members {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, each(value, name)]));
}
