/** Makes the rules' examples: a right role of the model federation, and one thing changed. */
import type { LintExample } from "./rule";
import { EMPTY_TARGET, UNKNOWN_ROLE } from "../trust/parsed/target";
import type { LintProvider, LintRole, LintTarget, ModuleCall, PlanFacts } from "../trust/parsed/target";
import type { Members } from "../text/members";

export const EXAMPLE_ISSUER = "mycompany.cloud.databricks.com/oidc";
export const EXAMPLE_ARN = `arn:aws:iam::111122223333:oidc-provider/${EXAMPLE_ISSUER}`;
export const EXAMPLE_AUDIENCE = "1444828305810485";
export const EXAMPLE_SUBJECT = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
export const OTHER_SUBJECT = "1f0e9d8c-7b6a-4594-8372-615049382716";
export const AUD = `${EXAMPLE_ISSUER}:aud`;
export const SUB = `${EXAMPLE_ISSUER}:sub`;

const PROVIDER: LintProvider = {
  url: `https://${EXAMPLE_ISSUER}`,
  clientIds: [EXAMPLE_AUDIENCE],
  accountId: "111122223333",
  path: "issuers.production",
};

const ROLE: LintRole = {
  ...UNKNOWN_ROLE,
  path: "roles.lake-reader",
  name: "lake-reader",
  accountId: "111122223333",
  policy: {},
  maxSessionDuration: 3600,
  bounded: false,
};

const TARGET: LintTarget = { ...EMPTY_TARGET, providers: [PROVIDER], complete: true };

/** Guards of a statement: the audience and a subject. */
export const GUARDS = { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: EXAMPLE_SUBJECT } };
/** A network condition that excludes some callers. */
export const FROM_OFFICE = { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } };
/** The audience alone, for a statement whose subject is elsewhere. */
export const AUDIENCE_GUARD = { StringEquals: { [AUD]: EXAMPLE_AUDIENCE } };

/** A right statement with `change` laid over it; a member of `undefined` is taken out. */
export function statement(change: Members = {}): Members {
  const members = {
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: EXAMPLE_ARN },
    Condition: GUARDS,
    ...change,
  };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** A policy of these statements. */
export function policyOf(...statements: readonly Members[]): Members {
  return { Version: "2012-10-17", Statement: statements };
}

/** Shows one condition block; the rest of its statement is right. */
export function conditionExample(condition: Members): LintExample {
  return {
    shown: { Condition: condition },
    target: targetOf({ policy: policyOf(statement({ Condition: condition })) }),
  };
}

/** Shows a statement's changed members; the rest is right. */
export function statementExample(change: Members): LintExample {
  return { shown: statement(change), target: targetOf({ policy: policyOf(statement(change)) }) };
}

/** Shows a whole policy's statements. */
export function policyExample(...statements: readonly Members[]): LintExample {
  return { shown: statements, target: targetOf({ policy: policyOf(...statements) }) };
}

/** Shows a provider as registered. */
export function providerExample(url: string): LintExample {
  return {
    shown: { url, client_id_list: [EXAMPLE_AUDIENCE] },
    target: { ...TARGET, complete: false, providers: [{ ...PROVIDER, url }] },
  };
}

/** Shows what is said of a role beside a right trust policy, or of the whole. */
export function roleExample(shown: unknown, role: Partial<LintRole>, target: Partial<LintTarget> = {}): LintExample {
  return { shown, target: { ...targetOf(role), ...target } };
}

/** A target of one role, right but for what is given. */
export function targetOf(role: Partial<LintRole>): LintTarget {
  return { ...TARGET, roles: [{ ...ROLE, policy: policyOf(statement()), ...role }] };
}

export const RIGHT_CONDITION = conditionExample(GUARDS);
export const RIGHT_STATEMENT = statementExample({});
export const RIGHT_PROVIDER = providerExample(`https://${EXAMPLE_ISSUER}`);
export const TWO_STATEMENTS = policyExample(
  statement(),
  statement({ Condition: { StringEquals: { ...GUARDS.StringEquals, [SUB]: OTHER_SUBJECT } } }),
);

/** Shows a subject pattern. */
export function patternExample(pattern: string): LintExample {
  return conditionExample({ ...AUDIENCE_GUARD, StringLike: { [SUB]: pattern } });
}

/** A policy with so many subjects that it has more than `characters`. */
export function longPolicy(characters: number): Members {
  const subject = (index: number): string => `6a9f1c2e-3b4d-4e5f-8a7b-${index.toString(16).padStart(12, "0")}`;
  const statements: Members[] = [];
  while (JSON.stringify(policyOf(...statements)).length <= characters) {
    const subjects = Array.from({ length: 9 }, (_, at) => subject(statements.length * 9 + at));
    statements.push(statement({ Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: subjects } } }));
  }
  return policyOf(...statements);
}

const SUPPRESSION_REASON = "The data team's lead debugs with her own account.";

/** Shows a `lint` entry of a role that names the rule `ignore`; `subjects` are those of the role. */
export function suppressionExample(ignore: string, subjects: Readonly<Record<string, readonly string[]>>): LintExample {
  const lint = { ignore, reason: SUPPRESSION_REASON };
  return roleExample(
    { ...subjects, lint: [lint] },
    {
      policy: policyOf(
        statement({
          Condition: { StringEquals: { [AUD]: EXAMPLE_AUDIENCE, [SUB]: Object.values(subjects).flat() } },
        }),
      ),
      ignores: [{ ...lint, path: "roles.lake-reader.lint[0]" }],
    },
  );
}

/** Shows a call of databricks-workspace-oidc as a plan's configuration has it. */
export function callExample(
  inputs: Members,
  { dependsOn = [], dropped = [] }: Partial<Pick<ModuleCall, "dependsOn"> & Pick<PlanFacts, "dropped">> = {},
): LintExample {
  const constants = { databricks_workspace_host: "mycompany.cloud.databricks.com", ...inputs };
  const call: ModuleCall = {
    path: "module.databricks",
    variables: ["aws_account_id", "aws_partition", "databricks_workspace_host", "roles"],
    given: Object.keys(constants),
    constants,
    inputs: constants,
    dependsOn,
  };
  const plan = { calls: [call], dropped, destroyed: NOTHING, made: NOTHING };
  const written = dependsOn.length === 0 ? constants : { ...constants, depends_on: dependsOn };
  return { shown: { "module.databricks": written }, target: { ...TARGET, plan } };
}

const NOTHING = { roles: [], providers: [] };

/** Shows a role of the module whose key changes from `before` to `after`. */
export function renameExample(before: string, after: string): LintExample {
  const role = (key: string): LintRole => ({
    ...ROLE,
    policy: policyOf(statement()),
    path: `module.databricks.module.role[${JSON.stringify(key)}].aws_iam_role.this`,
    name: key,
  });
  const sides =
    before === after ? [NOTHING, NOTHING] : [before, after].map((key) => ({ ...NOTHING, roles: [role(key)] }));
  const [destroyed = NOTHING, made = NOTHING] = sides;
  return {
    shown:
      before === after
        ? { [role(after).path]: "update" }
        : { [role(before).path]: "delete", [role(after).path]: "create" },
    target: { ...TARGET, plan: { calls: [], dropped: [], destroyed, made } },
  };
}
