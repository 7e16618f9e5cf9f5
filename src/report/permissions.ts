/** What a role may do, as its policies say it. */
import { inlinePoliciesOf, type AccountView } from "../federation/account-view";
import type { FederationRole } from "../federation/model";
import { statementsIn } from "../trust/parsed/parse-role";
import { asRecord, type Members, oneOrMore } from "../text/members";

/** Of a managed policy the federation has the ARN alone: what it allows is known to AWS only. */
export interface ReportPermissions {
  readonly managedPolicyArns: readonly string[];
  readonly inlinePolicies: readonly {
    readonly name: string;
    readonly statements: readonly ReportPermission[];
  }[];
  readonly permissionsBoundaryArn: string | null;
}

/** One statement of an inline policy. Each list is empty where the statement lacks the member. */
export interface ReportPermission {
  /** `Allow` or `Deny`. */
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly notResources: readonly string[];
  /** E.g. `StringEquals aws:PrincipalTag/team data`. */
  readonly conditions: readonly string[];
}

/** `text` of the role's policies is given to `shown` before it is. */
export function permissionsOf(
  role: FederationRole,
  view: AccountView,
  shown: (text: string) => string,
): ReportPermissions {
  return {
    managedPolicyArns: Object.values(role.managedPolicyArns),
    inlinePolicies: Object.entries(inlinePoliciesOf(role, view)).map(([name, document]) => ({
      name,
      statements: statementsIn(document).map((statement) => permission(statement, shown)),
    })),
    permissionsBoundaryArn: role.permissionsBoundaryArn,
  };
}

function permission(members: Members, shown: (text: string) => string): ReportPermission {
  const texts = (value: unknown): readonly string[] => oneOrMore(value).map((text) => shown(String(text)));
  return {
    effect: String(members["Effect"]),
    actions: texts(members["Action"]),
    notActions: texts(members["NotAction"]),
    resources: texts(members["Resource"]),
    notResources: texts(members["NotResource"]),
    conditions: Object.entries(asRecord(members["Condition"]) ?? {}).flatMap(([test, keys]) =>
      Object.entries(asRecord(keys) ?? {}).map(([key, values]) => `${test} ${key} ${texts(values).join(", ")}`),
    ),
  };
}
