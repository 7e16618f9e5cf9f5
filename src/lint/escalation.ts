/** What lets a role do anything, or give itself the right to. Known ways only: no engine for permissions. */
import { actionCovers, statementsIn } from "../trust/parsed/parse-role";
import type { LintRole } from "../trust/parsed/target";
import { stringLike } from "../trust/string-like";

/** AWS' own policies that allow it. */
const MANAGED = /^arn:[^:]+:iam::aws:policy\/(?:AdministratorAccess|IAMFullAccess)$/;

/**
 * Actions that together let a role gain any other permission (Rhino Security Labs, "AWS IAM Privilege Escalation
 * Methods").
 */
const ESCALATIONS: readonly (readonly string[])[] = [
  ["iam:CreatePolicyVersion"],
  ["iam:SetDefaultPolicyVersion"],
  ["iam:AttachRolePolicy"],
  ["iam:AttachUserPolicy"],
  ["iam:AttachGroupPolicy"],
  ["iam:PutRolePolicy"],
  ["iam:PutUserPolicy"],
  ["iam:PutGroupPolicy"],
  ["iam:AddUserToGroup"],
  ["iam:CreateAccessKey"],
  ["iam:CreateLoginProfile"],
  ["iam:UpdateLoginProfile"],
  ["iam:UpdateAssumeRolePolicy"],
  ...["ec2:RunInstances", "lambda:CreateFunction", "glue:CreateJob", "cloudformation:CreateStack"].map((compute) => [
    "iam:PassRole",
    compute,
  ]),
];
/** Stands for an action that AWS has yet to invent, and for a role and a policy of the account. */
const ANY_ACTION = "zzz:AnyAction";
const ANY_RESOURCES = ["arn:aws:iam::111122223333:role/any", "arn:aws:iam::111122223333:policy/any"];

interface Grant {
  readonly policy: string;
  readonly allows: (action: string) => boolean;
}

/** The policy of the role with which it may do anything or gain the right to, and how; null where none is known. */
export function escalationOf({ managedPolicyArns, policies }: LintRole): { policy: string; how: string } | null {
  const managed = managedPolicyArns.find((arn) => MANAGED.test(arn));
  if (managed !== undefined) return { policy: managed, how: "allows everything" };
  const grants = Object.entries(policies).flatMap(([policy, document]) => grantsOf(policy, document));
  const everything = grants.find(({ allows }) => allows(ANY_ACTION));
  if (everything !== undefined) return { policy: everything.policy, how: "allows everything" };
  for (const actions of ESCALATIONS) {
    const found = actions.map((action) => grants.find(({ allows }) => allows(action)));
    const [first] = found;
    if (first !== undefined && !found.includes(undefined))
      return {
        policy: first.policy,
        how: `allows ${actions.join(" and ")}, by which a role gives itself any permission`,
      };
  }
  return null;
}

/** The Allow statements of a policy that are about every resource. */
function grantsOf(policy: string, document: unknown): readonly Grant[] {
  return statementsIn(document).flatMap((statement): readonly Grant[] => {
    const list = (element: string): readonly string[] =>
      [statement[element]].flat().filter((value) => typeof value === "string");
    const covers = (element: string, matches: (pattern: string) => boolean): boolean =>
      statement[element] === undefined ? !list(`Not${element}`).some(matches) : list(element).some(matches);
    const everyResource = ANY_RESOURCES.every((arn) => covers("Resource", (pattern) => stringLike(pattern, arn)));
    if (statement["Effect"] !== "Allow" || !everyResource) return [];
    return [{ policy, allows: (action) => covers("Action", (pattern) => actionCovers(pattern, action)) }];
  });
}
