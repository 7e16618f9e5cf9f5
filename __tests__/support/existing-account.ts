/** An AWS account as `aws iam` prints it: what a federation deploys there, written in any form that means the same. */
import fc from "fast-check";
import type { AccountView } from "../../src/federation";
import { inlinePoliciesOf, roleTags, roleTrustPolicy } from "../../src/federation";
import { roleArn } from "../../src/trust/build";
import type { Members } from "../../src/text/members";

/** What AWS stores of a trust policy may be written in these ways; the last four are an update for Terraform. */
export interface Spelling {
  readonly singles: boolean;
  readonly backwards: boolean;
  readonly numbers: boolean;
  readonly sid: boolean;
  readonly repeatedValue: boolean;
  readonly repeatedStatement: boolean;
  readonly upperKeys: boolean;
}

export const arbitrarySpelling: fc.Arbitrary<Spelling> = fc.record({
  singles: fc.boolean(),
  backwards: fc.boolean(),
  numbers: fc.boolean(),
  sid: fc.boolean(),
  repeatedValue: fc.boolean(),
  repeatedStatement: fc.boolean(),
  upperKeys: fc.boolean(),
});

export const PLAIN: Spelling = {
  singles: false,
  backwards: false,
  numbers: false,
  sid: false,
  repeatedValue: false,
  repeatedStatement: false,
  upperKeys: false,
};

/** `policy` in another form. */
export function spelled(policy: object, spelling: Spelling): object {
  const { Statement: statements, ...rest } = JSON.parse(JSON.stringify(policy)) as { Statement: readonly Members[] };
  const values = (list: readonly string[]): unknown => {
    const ordered = spelling.backwards ? [...list].reverse() : list;
    const repeated = spelling.repeatedValue ? [...ordered, ...ordered.slice(0, 1)] : ordered;
    const typed = repeated.map((value) =>
      spelling.numbers && /^[1-9][0-9]{0,14}$/.test(value) ? Number(value) : value,
    );
    return spelling.singles && typed.length === 1 ? typed[0] : typed;
  };
  const mapped = (record: unknown, each: (value: unknown) => unknown): Members =>
    Object.fromEntries(Object.entries(record as Members).map(([name, value]) => [name, each(value)]));
  const written = statements.map((statement, index) => ({
    ...(spelling.sid ? { Sid: `Statement${index}` } : {}),
    ...mapped(statement, (value) => (Array.isArray(value) ? values(value as string[]) : value)),
    Principal: mapped(statement["Principal"], (names) => values(names as string[])),
    Condition: Object.fromEntries(
      Object.entries(statement["Condition"] as Members).map(([operator, keys]) => [
        operator,
        Object.fromEntries(
          Object.entries(keys as Members).map(([key, list]) => [
            spelling.upperKeys ? key.toUpperCase() : key,
            values(list as string[]),
          ]),
        ),
      ]),
    ),
  }));
  const ordered = spelling.backwards ? [...written].reverse() : written;
  const repeated = spelling.repeatedStatement ? [...ordered, ...ordered.slice(0, 1)] : ordered;
  return { ...rest, Statement: spelling.singles && repeated.length === 1 ? repeated[0] : repeated };
}

/** What `aws iam get-account-authorization-details`, `list-roles` and `get-open-id-connect-provider` print. */
export interface IamDocuments {
  readonly details: object;
  readonly roles: object;
  readonly providers: readonly object[];
}

/** The account that `view` deploys, the trust policy of each role in its own spelling. */
export function iamDocuments(view: AccountView, spellings: readonly Spelling[]): IamDocuments {
  const { federation } = view;
  const place = { partition: view.account.partition, accountId: view.accountId };
  const tagList = (tags: Readonly<Record<string, string>>): readonly object[] =>
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const roles = view.roles.map((role, index) => ({
    role,
    shared: {
      Path: role.path,
      RoleName: role.name,
      Arn: roleArn(place, role),
      AssumeRolePolicyDocument: spelled(roleTrustPolicy(role, view), spellings[index % spellings.length] ?? PLAIN),
    },
  }));
  return {
    details: {
      RoleDetailList: roles.map(({ role, shared }) => ({
        ...shared,
        RolePolicyList: Object.entries(inlinePoliciesOf(role, view)).map(([PolicyName, PolicyDocument]) => ({
          PolicyName,
          PolicyDocument,
        })),
        AttachedManagedPolicies: Object.values(role.managedPolicyArns).map((PolicyArn) => ({ PolicyArn })),
        ...(role.permissionsBoundaryArn === null
          ? {}
          : { PermissionsBoundary: { PermissionsBoundaryArn: role.permissionsBoundaryArn } }),
        Tags: tagList(roleTags(role, federation)),
      })),
    },
    roles: {
      Roles: roles.map(({ role, shared }) => ({
        ...shared,
        ...(role.description === null ? {} : { Description: role.description }),
        MaxSessionDuration: role.maxSessionDuration,
      })),
    },
    providers: view.providers.map(({ issuer }) => ({
      Url: issuer.issuerPath,
      ClientIDList: issuer.audiences,
      Tags: tagList(federation.tags),
    })),
  };
}
