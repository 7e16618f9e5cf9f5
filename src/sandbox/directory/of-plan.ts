/** The simulated directory of a plan or a state (`terraform show -json`): what will be, before it is. Pure. */
import { InputError } from "../../errors";
import { ISSUER_KEY } from "../../federation/rules";
import { issuerPathOf, providerArn } from "../../issuer/issuer";
import { isDatabricksIssuer, relevantRoles } from "../../trust/documents/relevance";
import { deployedResources, isPlan, isState, refuseErrored } from "../../trust/documents/terraform-plan";
import { readResources, type TerraformResource } from "../../trust/documents/terraform-resources";
import { satisfies } from "../../text/text-rule";
import type { ParsedStatement } from "../../trust/parsed/parsed-role";
import { parseRole } from "../../trust/parsed/parse-role";
import { asRecord } from "../../text/members";
import type { LintProvider, LintRole } from "../../trust/parsed/target";
import {
  EXAMPLE_ACCOUNT_ID,
  issuerOfUrl,
  keyOfHost,
  type SimulatedAccount,
  type SimulatedDirectory,
  type SimulatedIssuer,
  type SimulatedProvider,
  type SimulatedRole,
  simulatedRole,
} from "./directory";
import { listed } from "../../text/words";

/**
 * The directory of `text`; `file` names it in messages. Throws InputError json-syntax, document-unknown (neither a plan
 * nor a state), plan-errored, no-role (no role in it trusts Databricks by a policy that is known).
 */
export function directoryOfPlan(text: string, file: string): SimulatedDirectory {
  const document = readMembers(text, file);
  refuseErrored(document, file);
  const { resources, accountId } = deployedResources(document);
  const read = readResources(resources, accountId);
  const byAddress = new Map(resources.map((resource) => [resource.address, resource]));
  const { roles } = relevantRoles(read.roles);
  const registered = read.providers.filter(({ url }) => isDatabricksIssuer(url));
  const placed = roles.map((source) => ({ source, arn: arnOf(source, byAddress.get(source.path)) }));
  const given = givenProviders(roles, registered);
  if (placed.length === 0) {
    throw new InputError({
      code: "no-role",
      file,
      message:
        read.unread.length > 0
          ? `No trust policy in it is known before apply (${listed(
              read.unread.map((role) => role.path),
              3,
            )}).`
          : "No role in it trusts Databricks.",
      fix: "Give terraform show -json of a plan or state with such a role, or a federation file with --config.",
    });
  }
  const accounts = new Map<string, { partition: string; providers: SimulatedProvider[]; roles: SimulatedRole[] }>();
  for (const { source, arn } of placed) {
    const [, partition = "aws", , , account = EXAMPLE_ACCOUNT_ID] = arn.split(":");
    const simulated = accounts.get(account) ?? { partition, providers: [], roles: [] };
    accounts.set(account, simulated);
    const role = simulatedRole(source.path, arn, source, {
      values: byAddress.get(source.path)?.values ?? {},
      inlinePolicies: inlinePoliciesOf(source, byAddress),
    });
    if (role !== undefined) simulated.roles.push(role);
  }
  for (const [account, simulated] of accounts) {
    simulated.providers.push(
      ...registered
        .filter((provider) => (provider.accountId ?? account) === account)
        .map(({ url, clientIds }) => providerIn(account, simulated.partition, issuerPathOf(url), clientIds ?? [])),
      ...given
        .filter((provider) => provider.accountId === account)
        .map(({ issuerPath, audiences }) => providerIn(account, simulated.partition, issuerPath, audiences)),
    );
  }
  return {
    issuers: issuersOf(
      registered,
      [...accounts.values()].flatMap(({ providers }) => providers),
    ),
    accounts: [...accounts].map(([account, simulated]): SimulatedAccount => ({
      accountId: account,
      region: null,
      ...simulated,
    })),
    notes: [
      ...given.map(
        ({ issuerPath, audiences }) =>
          `The provider of https://${issuerPath} is not in the document; it is assumed to exist with the client IDs ` +
          `that its roles require: ${audiences.join(", ")}.`,
      ),
      ...read.unread.map((role) => `${role.path} is left out: its trust policy is known only after apply.`),
    ],
  };
}

function readMembers(text: string, file: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, "")) as unknown;
  } catch (cause) {
    throw new InputError(
      {
        code: "json-syntax",
        file,
        message: "Invalid JSON.",
        fix: "Write it with terraform show -json PLAN (or terraform show -json for the state).",
      },
      { cause },
    );
  }
  const document = asRecord(value);
  if (document !== undefined && (isPlan(document) || isState(document))) return document;
  throw new InputError({
    code: "document-unknown",
    file,
    message: "The file is neither a plan nor a state in JSON.",
    fix:
      "Write it with terraform show -json PLAN (or terraform show -json for the state); a federation file " +
      "goes to --config.",
  });
}

/** By their own names; `source` has them by address where they are resources. */
function inlinePoliciesOf(
  { policies }: LintRole,
  byAddress: ReadonlyMap<string, TerraformResource>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(policies).flatMap(([place, document]): readonly (readonly [string, unknown])[] => {
      const resource = byAddress.get(place);
      if (resource === undefined) return place.includes(":") ? [] : [[place, document]];
      const { name } = resource.values;
      return resource.type === "aws_iam_role_policy" && typeof name === "string" ? [[name, document]] : [];
    }),
  );
}

/** The role's ARN: as applied, or as it will be. */
function arnOf(role: LintRole, resource: TerraformResource | undefined): string {
  const { arn, path, name } = resource?.values ?? {};
  if (typeof arn === "string" && arn !== "") return arn;
  const trusted = parseRole(role).statements.flatMap(({ providers }) =>
    providers.map((provider) => provider.arn.split(":")),
  );
  const [, partition = "aws", , , account = EXAMPLE_ACCOUNT_ID] = trusted[0] ?? [];
  // a name that AWS generates is replaced by the last part of the address
  const called =
    typeof name === "string" && name !== ""
      ? name
      : role.path.replace(/^.*\.([^.]+)$/, "$1").replace(/[^A-Za-z0-9_+=,.@-]+/g, "-");
  return `arn:${partition}:iam::${role.accountId ?? account}:role${typeof path === "string" ? path : "/"}${called}`;
}

function providerIn(
  account: string,
  partition: string,
  issuerPath: string,
  clientIds: readonly string[],
): SimulatedProvider {
  return { arn: providerArn(partition, account, issuerPath), issuer: `https://${issuerPath}`, clientIds };
}

interface GivenProvider {
  readonly accountId: string;
  readonly issuerPath: string;
  readonly audiences: readonly string[];
}

/** Databricks providers that roles trust and the document does not create, with every audience that is required. */
function givenProviders(roles: readonly LintRole[], made: readonly LintProvider[]): readonly GivenProvider[] {
  const known = new Set(made.map(({ url }) => issuerPathOf(url)));
  const found = new Map<string, { accountId: string; issuerPath: string; audiences: Set<string> }>();
  for (const statement of roles.flatMap((role) => parseRole(role).statements)) {
    for (const { accountId, issuerPath } of statement.providers) {
      if (known.has(issuerPath) || !isDatabricksIssuer(issuerPath)) continue;
      const account = accountId ?? EXAMPLE_ACCOUNT_ID;
      const entry = found.get(`${account} ${issuerPath}`) ?? {
        accountId: account,
        issuerPath,
        audiences: new Set<string>(),
      };
      found.set(`${account} ${issuerPath}`, entry);
      for (const audience of audiencesOf(statement)) entry.audiences.add(audience);
    }
  }
  return [...found.values()].map((entry) => ({ ...entry, audiences: [...entry.audiences] }));
}

function audiencesOf(statement: ParsedStatement): readonly string[] {
  return statement.aud.filter(({ negated, test }) => !negated && test !== "Null").flatMap(({ values }) => values);
}

/** One for each issuer, named after the key of its resource where there is one. */
function issuersOf(
  registered: readonly LintProvider[],
  providers: readonly SimulatedProvider[],
): readonly SimulatedIssuer[] {
  const addresses = new Map(registered.map(({ url, path }) => [`https://${issuerPathOf(url)}`, path]));
  const issuers = new Map<string, SimulatedIssuer>();
  const taken = new Set<string>();
  for (const { issuer, clientIds } of providers) {
    if (issuers.has(issuer)) continue;
    const base = keyOfAddress(addresses.get(issuer)) ?? keyOfHost(issuerPathOf(issuer).split("/")[0] ?? "");
    let key = base;
    for (let number = 2; taken.has(key); number += 1) key = `${base}-${number}`;
    taken.add(key);
    issuers.set(issuer, issuerOfUrl(key, issuer, clientIds));
  }
  return [...issuers.values()];
}

/** `….this["production"]` -> production; `….lakehouse_production` -> lakehouse_production; `….this`: none. */
export function keyOfAddress(address: string | undefined): string | undefined {
  const [, name, key] = /\.([^.[]+)(?:\[(?:"((?:[^"\\]|\\.)*)"|\d+)\])?$/.exec(address ?? "") ?? [];
  return [key, name === "this" || name === "default" ? undefined : name].find(
    (candidate) => candidate !== undefined && satisfies(ISSUER_KEY, candidate),
  );
}
