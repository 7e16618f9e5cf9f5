/** What `adopt` prints: for a terminal, and as one JSON document. Pure. */
import { formatPath } from "../federation/path";
import { visible } from "../text/escape";
import { counted } from "../text/words";
import type { Adoption } from "./adoption";
import type { Fault } from "./reasons";
import { faultText } from "./report";

/** A role or provider that is not in the federation file. */
interface Left {
  readonly arn: string;
  /** Why, each with its place below the role or provider. */
  readonly reasons: readonly (Fault & { readonly says: string })[];
}

/** The document of `adopt --json`. */
export interface AdoptionDocument {
  readonly awsAccountId: string;
  readonly files: readonly string[];
  readonly issuers: readonly {
    readonly issuer: string;
    readonly arn: string;
    /** Why it is used as it is; null: it is imported. */
    readonly unmanaged: string | null;
  }[];
  readonly roles: readonly {
    readonly role: string;
    readonly arn: string;
    /** What the first plan shows beside the import. */
    readonly differences: Adoption["written"][number]["differences"];
    readonly leftPolicies: readonly string[];
  }[];
  readonly leftRoles: readonly (Left & {
    /** Everyone who gets in today. */
    readonly getsIn: readonly string[];
    readonly proposal: unknown;
  })[];
  readonly leftProviders: readonly Left[];
  readonly aside: Adoption["aside"];
  readonly assumed: readonly string[];
}

export function adoptionDocument(adoption: Adoption, files: readonly string[]): AdoptionDocument {
  const shown = (one: Fault): Fault & { readonly says: string } => ({ ...one, says: faultText(one) });
  return {
    awsAccountId: adoption.account.accountId,
    files,
    issuers: adoption.issuers.map(({ key, provider, unmanaged }) => ({
      issuer: key,
      arn: provider.arn,
      unmanaged: unmanaged === null ? null : faultText(unmanaged),
    })),
    roles: adoption.written.map(({ key, role, differences, leftPolicies }) => ({
      role: key,
      arn: role.arn,
      differences,
      leftPolicies: leftPolicies.map(faultText),
    })),
    leftRoles: adoption.leftRoles.map(({ role, faults, proposal, getsIn }) => ({
      arn: role.arn,
      reasons: faults.map(shown),
      getsIn: getsIn.says,
      proposal: proposal?.declaration ?? null,
    })),
    leftProviders: adoption.leftProviders.map(({ provider, fault }) => ({
      arn: provider.arn,
      reasons: [shown(fault)],
    })),
    aside: adoption.aside,
    assumed: adoption.assumed,
  };
}

const MOST_LEFT = 20;

/** A summary; its lines are `visible` already. */
export function adoptionText(adoption: Adoption, out: string): string {
  const { account, written, issuers, leftRoles, leftProviders, aside, assumed } = adoption;
  const changed = written.flatMap(({ key, differences }) =>
    differences.map(({ change, what }) => `  ${formatPath(["roles", key])}: ${change} ${what}`),
  );
  const left = [
    ...leftProviders.map(({ provider, fault }) => `  provider ${provider.url}: ${faultText(fault)}`),
    ...leftRoles.flatMap(({ role, faults, getsIn }) => [
      `  role ${role.name}:`,
      ...faults.map((one) => `    ${faultText(one)}`),
      ...getsIn.says.map((who) => `    gets in today: ${who}`),
    ]),
  ];
  const policies = written.flatMap(({ role, leftPolicies }) =>
    leftPolicies.map((one) => `  role ${role.name}, ${faultText(one)}`),
  );
  const lines = [
    `AWS account ${account.accountId}: ${counted(written.length, "role")} and ` +
      `${counted(issuers.length, "issuer")} in ${adoption.text === null ? "no file" : `${out}/federation.yaml`}.`,
    `Nothing to do with Databricks: ${counted(aside.roles, "role")}, ${counted(aside.providers, "provider")}.`,
    ...assumed.map((one) => `Assumed: ${one}`),
    ...(changed.length === 0 ? [] : ["The first plan shows, beside the imports:", ...changed]),
    ...(policies.length === 0 ? [] : ["Attached as they are, since the file cannot say them:", ...policies]),
    ...(left.length === 0
      ? [`Everything${policies.length === 0 ? "" : " else"} that concerns Databricks is in the file.`]
      : ["Not in the file, for you to decide:", ...left.slice(0, 3 * MOST_LEFT)]),
    ...(left.length > 3 * MOST_LEFT ? [`  and more: ${out}/adopted.md`] : []),
    `Read ${out}/adopted.md for what to do next.`,
  ];
  return lines.map(visible).join("\n");
}
