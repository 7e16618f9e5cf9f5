/** What a client file needs to know: one role of a federation, and the one issuer whose tokens it will use. Pure. */
import { type InputError, inputError } from "../errors";
import { findAccount, findAccountId, findIssuer, findRole, issuersOf } from "../federation/find";
import type { Federation, FederationIssuer, FederationRole } from "../federation/model";
import { DEFAULT_SESSION_SECONDS } from "../federation/rules";
import { roleArn } from "../trust/build";
import { exactSubjects, patternsOf, subjectsOfKind, type SubjectTrust } from "../trust/trust";
import { type ClientPlace, PLACES } from "./places";

export interface ClientOptions {
  readonly place: ClientPlace;
  /** Key or name; default: the only role. */
  readonly role?: string | undefined;
  /** Key of the issuer; default: the only one that will do. */
  readonly issuer?: string | undefined;
  /** Key of the AWS account; default: the only one. */
  readonly account?: string | undefined;
  /** 12 digits, where the federation leaves the account to be found out. */
  readonly awsAccountId?: string | undefined;
}

/** Whom a trust of the role lets in. */
export interface ClientTrust {
  readonly audiences: readonly string[];
  readonly subjects: readonly string[];
  readonly patterns: readonly string[];
}

export interface Client {
  readonly place: ClientPlace;
  readonly federation: string;
  readonly role: FederationRole;
  readonly arn: string;
  readonly partition: string;
  readonly region: string | null;
  readonly durationSeconds: number;
  readonly issuer: FederationIssuer;
  readonly trusts: readonly ClientTrust[];
  /** Application IDs that the role trusts; where the place needs one, at least one. */
  readonly servicePrincipals: readonly string[];
}

/**
 * The client asked for. Throws InputError role-ambiguous, role-not-found, account-not-found, aws-account-unknown,
 * aws-account-id-invalid, issuer-not-found, issuer-undetermined, client-not-possible.
 */
export function clientOf(federation: Federation, options: ClientOptions): Client {
  const role = findRole(federation, options.role);
  const account = findAccount(federation, role, options.account);
  const accountId = findAccountId(account, options.awsAccountId);
  const issuer = issuerFor(federation, role, options);
  const trusts = role.trusts.flatMap((trust) =>
    trust.kind === "subjects" && trust.issuer === issuer.key ? [trust] : [],
  );
  const servicePrincipals = [...new Set(trusts.flatMap((trust) => subjectsOfKind(trust, "servicePrincipals")))];
  if (PLACES[options.place].servicePrincipal && servicePrincipals.length === 0) {
    throw notPossible(
      options.place,
      `it runs as a service principal, and ${role.key} names none of ${issuer.key}`,
      "Add one under servicePrincipals, or an identity that is one.",
    );
  }
  return {
    place: options.place,
    federation: federation.name,
    role,
    arn: roleArn({ partition: account.partition, accountId }, role),
    partition: account.partition,
    region: account.region,
    durationSeconds: Math.min(DEFAULT_SESSION_SECONDS, role.maxSessionDuration),
    issuer,
    trusts: trusts.map((trust) => clientTrust(trust, issuer)),
    servicePrincipals,
  };
}

function clientTrust(trust: SubjectTrust, issuer: FederationIssuer): ClientTrust {
  return {
    audiences: trust.audiences ?? issuer.audiences.slice(0, 1),
    subjects: exactSubjects(trust),
    patterns: patternsOf(trust),
  };
}

function issuerFor(
  federation: Federation,
  role: FederationRole,
  { place, issuer: wanted }: ClientOptions,
): FederationIssuer {
  const trusted = issuersOf(federation, role);
  if (trusted.length === 0)
    throw notPossible(
      place,
      `${role.key} trusts Unity Catalog alone, which provides its own credentials`,
      "Use the Unity Catalog credential (docs/unity-catalog.md), or add a trust that names an issuer.",
    );
  const asked =
    wanted === undefined ? trusted : trusted.filter(({ key }) => key === findIssuer(federation, wanted).key);
  if (asked.length === 0)
    throw notPossible(
      place,
      `${role.key} does not trust ${wanted ?? ""}`,
      `Name one of: ${trusted.map(({ key }) => key).join(", ")}.`,
    );
  const fitting = asked.filter(({ level }) => level === "workspace" || !PLACES[place].workspaceOnly);
  const [first, ...others] = fitting;
  if (first === undefined) {
    throw notPossible(
      place,
      `the ambient token of a notebook or job is exchanged at its workspace, ` +
        `and ${asked.map(({ key }) => key).join(", ")} is the account's issuer`,
      "Add a trust for the workspace's issuer.",
    );
  }
  if (others.length > 0)
    throw inputError(
      "issuer-undetermined",
      `Several issuers are possible: ${fitting.map(({ key }) => key).join(", ")}.`,
      "Name one with --issuer.",
      "issuer",
    );
  return first;
}

function notPossible(place: ClientPlace, why: string, fix: string): InputError {
  return inputError("client-not-possible", `Cannot generate a client for ${PLACES[place].says}: ${why}.`, fix, "for");
}
