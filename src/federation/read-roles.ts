/** Reads the roles of a federation, each with its trusts. */
import type { Problem } from "../errors";
import type { Partition } from "../issuer/rules";
import { breach } from "../text/text-rule";
import { checkTrust } from "../trust/check";
import type { Trust } from "../trust/trust";
import { secondsOf } from "./duration";
import type { FederationIssuer, FederationRole } from "./model";
import type { PathPart } from "./path";
import { formatPath } from "./path";
import { DEFAULT_SESSION_SECONDS, MAX_ROLES, ROLE_KEY } from "./rules";
import type { OutlineInput } from "./schema";
import { roleSchema } from "./schema";
import type { Shaped, TypedAt } from "./shape";
import { readable, shape } from "./shape";
import { checkTrustParts, readTrust } from "./trusts";

/** What reading a role must know of the rest of its federation. */
export interface RoleContext {
  readonly issuers: Readonly<Record<string, FederationIssuer>>;
  readonly broken: ReadonlySet<string>;
  /** Null where it is only known at plan time. */
  readonly partition: Partition | null;
}

/** What roles inherit from their federation. */
export type RoleDefaults = Pick<
  OutlineInput,
  "roleNamePrefix" | "rolePath" | "permissionsBoundaryArn" | "maxSessionDuration"
>;

export interface ReadRoles {
  /** In file order. Roles with complaints stand here with what could be read of them. */
  readonly list: readonly FederationRole[];
  /** Keys of roles with complaints, whose trust policy can not be built. */
  readonly unsound: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Each role by itself; what spans several is `checkFederation`'s. */
export function readRoles(
  raw: Readonly<Record<string, unknown>>,
  top: RoleDefaults | undefined,
  context: RoleContext,
  typedAt: TypedAt,
): ReadRoles {
  const list: FederationRole[] = [];
  const unsound = new Set<string>();
  const problems: Problem[] = [];
  const entries = Object.entries(raw);
  if (entries.length > MAX_ROLES) {
    problems.push({
      code: "too-many-roles",
      message: `The federation has ${entries.length} roles; an AWS account takes at most ${MAX_ROLES}.`,
      path: "roles",
      fix: "Split it over several AWS accounts.",
    });
  }
  for (const [key, value] of entries) {
    const read = readRole(key, value, top, context, typedAt);
    problems.push(...read.problems);
    if (read.value !== undefined) list.push(read.value);
    // A trust on an issuer that did not read has no complaint of its own, and no policy either.
    const brokenIssuer =
      read.value?.trusts.some((trust) => trust.kind === "subjects" && !Object.hasOwn(context.issuers, trust.issuer)) ??
      false;
    if (read.problems.length > 0 || brokenIssuer) unsound.add(key);
  }
  return { list, unsound, problems };
}

/**
 * Reads one role, its trusts included. With complaints `value` is what could be read, the rest as if it were absent;
 * undefined where nothing could. What spans several roles is `checkFederation`'s.
 */
export function readRole(
  key: string,
  raw: unknown,
  top: RoleDefaults | undefined,
  context: RoleContext,
  typedAt: TypedAt,
): Shaped<FederationRole> {
  const at: readonly PathPart[] = ["roles", key];
  const path = formatPath(at);
  const problems: Problem[] = [];
  const keyProblem = breach(ROLE_KEY, key, path);
  if (keyProblem !== undefined) problems.push(keyProblem);
  const shaped = shape(roleSchema, raw, at, typedAt);
  problems.push(...shaped.problems);
  const rawTrusts = typeof raw === "object" && raw !== null ? (raw as Record<string, unknown>)["trusts"] : undefined;
  const trusts = readTrusts(Array.isArray(rawTrusts) ? rawTrusts : undefined, path, context, typedAt);
  problems.push(...trusts.problems);
  const role = shaped.value ?? readable(roleSchema, raw, { trusts: [] }, shaped.problems, at);
  if (role === undefined) return { value: undefined, problems };
  // A name that did not read clashes with nobody.
  const unnamed = role.name === undefined && shaped.problems.some((problem) => problem.path === `${path}.name`);
  return {
    problems,
    value: {
      key,
      name: unnamed ? "" : (role.name ?? `${top?.roleNamePrefix ?? ""}${key}`),
      explicitName: unnamed ? "" : (role.name ?? null),
      description: role.description ?? null,
      accounts: role.accounts ?? null,
      trusts: trusts.list,
      managedPolicyArns: role.managedPolicyArns ?? {},
      inlinePolicies: role.inlinePolicies ?? {},
      maxSessionDuration: sessionSeconds(role.maxSessionDuration ?? top?.maxSessionDuration),
      path: role.path ?? top?.rolePath ?? "/",
      permissionsBoundaryArn: role.permissionsBoundaryArn ?? top?.permissionsBoundaryArn ?? null,
      tags: role.tags ?? {},
      lint: role.lint ?? [],
    },
  };
}

/** Seconds of a declared duration that has passed its rule; the default where there is none. */
export function sessionSeconds(duration: string | number | undefined): number {
  return duration === undefined ? DEFAULT_SESSION_SECONDS : (secondsOf(duration) ?? DEFAULT_SESSION_SECONDS);
}

function readTrusts(
  raw: readonly unknown[] | undefined,
  rolePath: string,
  context: RoleContext,
  typedAt: TypedAt,
): { readonly list: readonly Trust[]; readonly problems: readonly Problem[] } {
  if (raw === undefined) return { list: [], problems: [] };
  const path = `${rolePath}.trusts`;
  if (raw.length === 0) {
    return {
      list: [],
      problems: [
        {
          code: "no-trust",
          message: "The role trusts nobody.",
          path,
          fix: "Add a trust with an issuer and its servicePrincipals, or remove the role.",
        },
      ],
    };
  }
  const list: Trust[] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of raw.entries()) {
    const place = `${path}[${index}]`;
    const shaped = readTrust(entry, place, context.partition, typedAt);
    problems.push(...shaped.problems);
    const found =
      shaped.value === undefined ? checkTrustParts(entry, context, place) : checkTrust(shaped.value, context, place);
    for (const problem of found) {
      // An issuer that is there but did not read has its own complaints, and a mistake is told once.
      const known = problem.code === "issuer-not-found" && context.broken.has(issuerNamed(entry));
      if (!known && !shaped.problems.some(({ path: told }) => told === problem.path)) problems.push(problem);
    }
    if (shaped.value !== undefined) list.push(shaped.value);
  }
  return { list, problems };
}

function issuerNamed(trust: unknown): string {
  const issuer = typeof trust === "object" && trust !== null ? (trust as Record<string, unknown>)["issuer"] : undefined;
  return typeof issuer === "string" ? issuer : "";
}
