/** Reads the roles of a federation, each with its trusts. */
import * as z from "zod";
import type { Problem } from "../errors";
import type { Partition } from "../issuer/rules";
import { violation } from "../text/text-rule";
import type { CheckContext } from "../trust/check";
import { checkTrust } from "../trust/check";
import { laterMoment } from "../trust/revocation";
import type { Trust } from "../trust/trust";
import type { SettingValues } from "./declarations";
import { modelOf } from "./fields/field";
import { ROLE_FIELDS } from "./fields/role";
import type { FederationIssuer, FederationRole } from "./model";
import type { PathPart } from "./path";
import { formatPath } from "./path";
import { MAX_ROLES, ROLE_KEY } from "./rules";
import { roleSchema } from "./schema";
import type { Shaped, TypedAt } from "./shape";
import { readable, shape } from "./shape";
import { suspendedSubjects } from "./suspension";
import { checkTrustParts, readTrust } from "./trusts";
import { asRecord } from "../text/members";
import { checkMoment } from "./time";

/** A role whose trusts are read one by one, so that one mistake hides no other. */
const outline = roleSchema.extend({ trusts: z.array(z.unknown()) });

/** What reading a role must know of the rest of its federation. */
export interface RoleContext {
  readonly issuers: Readonly<Record<string, FederationIssuer>>;
  readonly broken: ReadonlySet<string>;
  /** Null where it is only known at plan time. */
  readonly partition: Partition | null;
  /** Where issuers are declared, for messages. Default: issuers. */
  readonly issuersAt?: string;
  /** Seconds since the epoch, which no moment may be far ahead of; undefined: moments are not compared. */
  readonly now?: number | undefined;
}

/** What roles inherit from their federation. */
export type RoleDefaults = Omit<SettingValues, "name" | "emailDomains" | "identities"> &
  Pick<CheckContext, "emailDomains" | "identities">;

export interface ReadRoles {
  /** In file order. Roles with problems are here with what could be read of them. */
  readonly list: readonly FederationRole[];
  /** Keys of roles with problems, whose trust policy cannot be built. */
  readonly unsound: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/** Each role by itself; what spans several is `checkFederation`'s. */
export function readRoles(
  raw: Readonly<Record<string, unknown>>,
  settings: RoleDefaults,
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
      message: `The federation has ${entries.length} roles; the IAM limit is ${MAX_ROLES} per AWS account.`,
      path: "roles",
      fix: "Split it over several AWS accounts.",
    });
  }
  for (const [key, value] of entries) {
    const read = readRole(key, value, settings, context, typedAt);
    problems.push(...read.problems);
    if (read.value !== undefined) list.push(read.value);
    // A trust on an issuer that could not be read has no problem of its own, and no policy either.
    const brokenIssuer =
      read.value?.trusts.some((trust) => trust.kind === "subjects" && !Object.hasOwn(context.issuers, trust.issuer)) ??
      false;
    if (read.problems.length > 0 || brokenIssuer) unsound.add(key);
  }
  return { list, unsound, problems };
}

/**
 * Reads one role, its trusts included. With problems, `value` is what could be read, the rest as if it were absent;
 * undefined where nothing could. What spans several roles is `checkFederation`'s.
 */
export function readRole(
  key: string,
  raw: unknown,
  settings: RoleDefaults,
  context: RoleContext,
  typedAt: TypedAt,
): Shaped<FederationRole> {
  const at: readonly PathPart[] = ["roles", key];
  const path = formatPath(at);
  const problems: Problem[] = [];
  const keyProblem = violation(ROLE_KEY, key, path);
  if (keyProblem !== undefined) problems.push(keyProblem);
  const shaped = shape(outline, raw, at, typedAt);
  problems.push(...shaped.problems);
  const rawTrusts = asRecord(raw)?.["trusts"];
  const known = { ...context, emailDomains: settings.emailDomains, identities: settings.identities };
  const trusts = readTrusts(Array.isArray(rawTrusts) ? rawTrusts : undefined, path, known, typedAt);
  problems.push(...trusts.problems);
  const role = shaped.value ?? readable(outline, raw, { trusts: [] }, shaped.problems, at);
  if (role === undefined) return { value: undefined, problems };
  // A name that could not be read clashes with no other.
  const unnamed = role.name === undefined && shaped.problems.some((problem) => problem.path === `${path}.name`);
  const { name, ...values } = modelOf(ROLE_FIELDS, { ...role, trusts: [] }, { ...settings });
  problems.push(...checkMoment(values.revokeSessionsBefore, context.now, `${path}.revokeSessionsBefore`));
  return {
    problems,
    value: {
      ...values,
      key,
      name: unnamed ? "" : (name ?? `${settings.roleNamePrefix}${key}`),
      explicitName: unnamed ? "" : name,
      trusts: trusts.list,
      suspendedSubjects: suspendedSubjects([...settings.suspended, ...values.suspended], settings.identities ?? {}),
      sessionsRevokedBefore: laterMoment(settings.revokeSessionsBefore, values.revokeSessionsBefore),
    },
  };
}

function readTrusts(
  raw: readonly unknown[] | undefined,
  rolePath: string,
  context: RoleContext & CheckContext,
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
          message: "The role has no trust.",
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
    const shaped = readTrust(entry, place, context, typedAt);
    problems.push(...shaped.problems);
    const found =
      shaped.value === undefined ? checkTrustParts(entry, context, place) : checkTrust(shaped.value, context, place);
    for (const problem of found) {
      // An issuer that is there but could not be read has its own problems, and a mistake is reported once.
      const known = problem.code === "issuer-not-found" && context.broken.has(issuerNamed(entry));
      if (!known && !shaped.problems.some(({ path: reported }) => reported === problem.path)) problems.push(problem);
    }
    if (shaped.value !== undefined) list.push(shaped.value);
  }
  return { list, problems };
}

function issuerNamed(trust: unknown): string {
  const issuer = asRecord(trust)?.["issuer"];
  return typeof issuer === "string" ? issuer : "";
}
