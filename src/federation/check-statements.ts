/**
 * The grammar of the statements of a role's own policies. Terraform and moto let most mistakes pass, and IAM refuses
 * them at
 * apply with MalformedPolicyDocument. Source: IAM User Guide, "Grammar of the IAM JSON policy language".
 */
import type { Problem } from "../errors";
import { nearest } from "../text/nearest";
import { quoted } from "../text/text-rule";
import type { Json } from "../trust/canonical-json";
import { CONDITION_TESTS } from "../trust/decide/operators";
import { textsOf } from "../trust/parsed/parse-role";
import { isRecord } from "../text/members";
import { memberPath } from "./path";

type Members = Readonly<Record<string, Json>>;

const MEMBERS = ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const OPERATORS = new Set(CONDITION_TESTS.map((test) => test.toLowerCase()));

/**
 * Problems in a policy's `Statement`: one statement or a list. Text that holds a token of CDKTF is not looked
 * at. Code: inline-policy-invalid.
 */
export function checkStatements(statement: Json, path: string): readonly Problem[] {
  const all: readonly Json[] = Array.isArray(statement) ? (statement as readonly Json[]) : [statement];
  const seen = new Set<string>();
  return all.flatMap((one, index) => {
    const place = Array.isArray(statement) ? `${path}[${index}]` : path;
    return isRecord(one)
      ? checkStatement(one, place, seen)
      : [problem("A statement is a mapping.", place, "Write it as { Effect: …, Action: …, Resource: … }.")];
  });
}

function checkStatement(members: Members, path: string, seen: Set<string>): readonly Problem[] {
  return [
    ...Object.keys(members).flatMap((key) => checkMember(key, path)),
    ...checkSid(members["Sid"], `${path}.Sid`, seen),
    ...checkEffect(members["Effect"], path),
    ...checkPair(members, ["Action", "NotAction"], path),
    ...checkPair(members, ["Resource", "NotResource"], path),
    ...["Action", "NotAction"].flatMap((key) =>
      textsOf(members[key]).flatMap((text) => checkAction(text, `${path}.${key}`)),
    ),
    ...checkCondition(members["Condition"], `${path}.Condition`),
  ];
}

function checkMember(key: string, path: string): readonly Problem[] {
  if (MEMBERS.includes(key) || holdsToken(key)) return [];
  const place = memberPath(path, key);
  if (key === "Principal" || key === "NotPrincipal")
    return [problem(`A role's own policy has no ${key}: it is about the role.`, place, "Remove it.")];
  const meant = nearest(key, MEMBERS);
  return [
    problem(
      `A statement has no ${quoted(key)}.`,
      place,
      meant === undefined ? `It takes ${MEMBERS.join(", ")}.` : `Did you mean ${meant}?`,
    ),
  ];
}

function checkSid(sid: Json | undefined, path: string, seen: Set<string>): readonly Problem[] {
  if (sid === undefined || (typeof sid === "string" && holdsToken(sid))) return [];
  if (typeof sid !== "string" || !/^[A-Za-z0-9]*$/.test(sid))
    return [problem("A Sid has letters and digits only.", path, "Write it like ReadLake, or leave it out.")];
  const twice = sid !== "" && seen.has(sid);
  seen.add(sid);
  return twice
    ? [problem(`The Sid ${quoted(sid)} appears twice in the policy.`, path, "Rename one, or leave it out.")]
    : [];
}

function checkEffect(effect: Json | undefined, path: string): readonly Problem[] {
  if (effect === "Allow" || effect === "Deny" || (typeof effect === "string" && holdsToken(effect))) return [];
  if (effect === undefined) return [problem("The statement has no Effect.", path, "Add Effect: Allow.")];
  return [problem("An Effect is Allow or Deny, with its capital.", `${path}.Effect`, "Write Allow or Deny.")];
}

/** One of the two must be present, with a string or a list of strings. */
function checkPair(members: Members, [plain, negated]: readonly [string, string], path: string): readonly Problem[] {
  const found = [plain, negated].filter((key) => members[key] !== undefined);
  if (found.length !== 1)
    return [
      problem(
        found.length === 0 ? `The statement has no ${plain}.` : `The statement has ${plain} and ${negated}.`,
        path,
        `Give one of ${plain} and ${negated}.`,
      ),
    ];
  const value = members[found[0] ?? plain];
  const texts = textsOf(value);
  if (texts.length > 0 && texts.length === (Array.isArray(value) ? value.length : 1) && !texts.includes("")) return [];
  return [
    problem(
      `${found[0] ?? plain} is a text or a list of texts, none of them empty.`,
      `${path}.${found[0] ?? plain}`,
      `Write it like ${plain === "Action" ? '["s3:GetObject"]' : '["arn:aws:s3:::mycompany-lake/*"]'}.`,
    ),
  ];
}

function checkAction(action: string, path: string): readonly Problem[] {
  if (action === "" || action === "*" || holdsToken(action) || /^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) return [];
  return [
    problem(`${quoted(action)} is not a valid AWS action.`, path, "Put the service before it, e.g. s3:GetObject."),
  ];
}

function checkCondition(condition: Json | undefined, path: string): readonly Problem[] {
  if (condition === undefined) return [];
  if (!isRecord(condition))
    return [
      problem(
        "A Condition is a mapping of operators.",
        path,
        'Write it like { StringEquals: { "s3:prefix": ["data/"] } }.',
      ),
    ];
  return Object.entries(condition).flatMap(([operator, keys]) => {
    const place = memberPath(path, operator);
    const base = operator.replace(/^(?:ForAllValues|ForAnyValue):/i, "").replace(/IfExists$/i, "");
    const problems: Problem[] = [];
    if (!OPERATORS.has(base.toLowerCase()) && !holdsToken(operator)) {
      const meant = nearest(operator, CONDITION_TESTS);
      problems.push(
        problem(
          `${quoted(operator)} is not an IAM condition operator.`,
          place,
          meant === undefined ? "Use one like StringEquals, IpAddress or ArnLike." : `Did you mean ${meant}?`,
        ),
      );
    }
    if (isRecord(keys)) {
      for (const [key, value] of Object.entries(keys)) {
        const plain = (Array.isArray(value) ? (value as readonly Json[]) : [value]).every(
          (item) => typeof item !== "object",
        );
        if (!plain)
          problems.push(
            problem(
              "The values of a condition key are a text or a list of texts.",
              memberPath(place, key),
              'Write them like ["data/"].',
            ),
          );
      }
    } else
      problems.push(
        problem("An operator holds a mapping of condition keys.", place, 'Write it like { "s3:prefix": ["data/"] }.'),
      );
    return problems;
  });
}

function problem(message: string, path: string, fix: string): Problem {
  return { code: "inline-policy-invalid", message, path, fix };
}

function holdsToken(text: string): boolean {
  return text.includes("TfToken[");
}
