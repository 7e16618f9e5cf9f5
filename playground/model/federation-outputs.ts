/** Everything that follows from a federation: what the page shows of it. Pure. */
import { readTrustPolicy } from "../../src/explain/role-in-question";
import { type RoleCallers, whoGetsIn } from "../../src/explain/who-gets-in";
import { accountView, type AccountView, roleTrustPolicy } from "../../src/federation/account-view";
import type { Federation } from "../../src/federation/model";
import type { FileSet } from "../../src/files/generated-file";
import { rootFiles, type RootStyle } from "../../src/hcl/root-files";
import { lintFederation } from "../../src/lint/lint-federation";
import type { Finding } from "../../src/lint/run-rules";
import { ACCOUNT_ID_PLACEHOLDER, measureTrustPolicy, roleArn, trustPolicyJson } from "../../src/trust/build";
import { mapTexts } from "./map-texts";
import { typescriptOf } from "./typescript";

export interface FederationOutputs {
  readonly roleCount: number;
  readonly accounts: readonly AccountOutputs[];
  readonly findings: readonly Finding[];
  readonly typescript: string;
}

export interface AccountOutputs {
  /** The account's key, its ID, or that it is not known. */
  readonly name: string;
  readonly providers: readonly {
    readonly key: string;
    readonly issuer: string;
    readonly audiences: readonly string[];
    readonly arn: string;
    readonly adopted: boolean;
  }[];
  readonly roles: readonly RoleOutputs[];
  /** How many roles are not among `roles`. */
  readonly rolesLeftOut: number;
  /** Calls the module databricks-federation. */
  readonly moduleCall: FileSet;
  /** Plain resources, without a module. */
  readonly resources: FileSet;
}

export interface RoleOutputs {
  readonly key: string;
  readonly arn: string;
  /** Indented. */
  readonly trustPolicy: string;
  /** E.g. `409 of 2048 characters`. */
  readonly size: string;
  readonly callers: RoleCallers;
}

/** The page answers while a person types; a federation of thousands of roles is for the command line. */
export const MAX_SHOWN_ROLES = 50;

/**
 * What takes more steps would block the page, and is shown as not certain. Policies that people write take some
 * hundreds.
 */
export const QUICK = { steps: 20_000 } as const;

/** Where `generate root` writes the module beside the root. */
const MODULE_CALL: RootStyle = { style: "modules", module: { source: "./modules/databricks-federation" } };

/** `declaration`: the federation as written, plain data. `version`: of the generator, for the first line of files. */
export function federationOutputs(federation: Federation, declaration: unknown, version: string): FederationOutputs {
  return {
    roleCount: federation.roles.length,
    accounts: federation.accounts.map((account) => accountOutputs(accountView(federation, account), version)),
    findings: mapTexts(lintFederation(federation), withAccount),
    typescript: typescriptOf(declaration),
  };
}

function accountOutputs(view: AccountView, version: string): AccountOutputs {
  const { account, federation } = view;
  const options = { version, moves: [], imports: [] };
  return {
    name: [account.key, account.accountId ?? "account detected at plan time"]
      .filter((part) => part !== null)
      .join(", "),
    providers: view.providers.map(({ issuer, arn, create }) => ({
      key: issuer.key,
      issuer: issuer.issuer,
      audiences: issuer.audiences,
      arn: withAccount(arn),
      adopted: !create,
    })),
    roles: view.roles.slice(0, MAX_SHOWN_ROLES).map((role) => {
      const policy = roleTrustPolicy(role, view);
      const { length, quota } = measureTrustPolicy(trustPolicyJson(policy), federation.trustPolicyMaxLength);
      return {
        key: role.key,
        arn: withAccount(roleArn({ partition: account.partition, accountId: view.accountId }, role)),
        trustPolicy: withAccount(JSON.stringify(policy, null, 2)),
        size: `${length} of ${quota} characters`,
        callers: mapTexts(whoGetsIn(role.key, readTrustPolicy(role, view), QUICK), withAccount),
      };
    }),
    rolesLeftOut: Math.max(0, view.roles.length - MAX_SHOWN_ROLES),
    moduleCall: rootFiles(view, MODULE_CALL, options),
    resources: rootFiles(view, { style: "resources" }, options),
  };
}

function withAccount(text: string): string {
  return text.replaceAll(ACCOUNT_ID_PLACEHOLDER, "<account>");
}
