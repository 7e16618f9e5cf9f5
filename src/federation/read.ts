/** Reads a federation from YAML text or from a plain value: every mistake at once, or the normalised federation. */
import type { Problem, Warning } from "../errors";
import { refuse } from "../errors";
import { checkHost, checkIssuer, cloudOfIssuer, defaultAudience, issuerUrl, issuerWarnings, urlsOf } from "../issuer/issuer";
import type { IssuerInput } from "../issuer/issuer";
import type { Partition } from "../issuer/rules";
import { DATABRICKS_ACCOUNT_ID, WORKSPACE_ID } from "../issuer/rules";
import type { TextRule } from "../text-rule";
import { breach } from "../text-rule";
import { checkTrust } from "../trust/check";
import type { Trust } from "../trust/trust";
import { TRUST_POLICY_DEFAULT_QUOTA } from "../trust/rules";
import { canonicalInput } from "./canonical-input";
import { checkFederation } from "./check";
import { accountsOf } from "./accounts";
import { secondsOf } from "./duration";
import type { Federation, FederationIssuer, FederationRole } from "./model";
import type { PathPart } from "./path";
import { formatPath, parsePath } from "./path";
import { DEFAULT_SESSION_SECONDS, KEY, MAX_ROLES, ROLE_KEY } from "./rules";
import type { FederationInput, OutlineInput, ParsedIssuer } from "./schema";
import { issuerSchema, outlineSchema, roleSchema } from "./schema";
import type { Shaped, TypedAt } from "./shape";
import { shape } from "./shape";
import { readTrust } from "./trusts";
import { readYaml } from "./yaml-source";

export interface ReadFederation {
  readonly federation: Federation;
  readonly warnings: readonly Warning[];
}

/** More problems than this are not listed: whoever mends the first hundred may ask again. */
const MAX_PROBLEMS = 100;

/**
 * Reads the text of a federation file. `file` names it in messages.
 * Throws InputError with every problem, each with code, path, line and column (1-based), and the fix.
 */
export function parseFederation(text: string, options: { readonly file?: string } = {}): ReadFederation {
  const source = readYaml(text.replace(/^\ufeff/, ""));
  const file = options.file === undefined ? {} : { file: options.file };
  if (source.value === undefined || source.problems.length > 0) {
    if (source.problems.length === 0) refuse([{ ...file, code: "yaml-not-a-mapping", message: "The file is empty.", line: 1, column: 1, fix: "Start from the example federation.yaml, or run init." }]);
    refuse(source.problems.map((problem) => ({ ...problem, ...file })));
  }
  const read = readValue(source.value, source.typedAt);
  const placed = read.problems.map((problem) => {
    if (problem.line !== undefined) return { ...problem, ...file };
    const what = problem.code === "unknown-key" || problem.code === "role-name-collision" ? "key" : "value";
    return { ...problem, ...file, ...source.locate(parsePath(problem.path ?? ""), what) };
  }).sort((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
  refuse(limited(placed));
  if (read.federation === undefined) throw new RangeError("a federation without problems is readable");
  const warnings = read.warnings.map((warning) => (warning.path === undefined ? warning : { ...warning, ...source.locate(parsePath(warning.path)) }));
  return { federation: read.federation, warnings };
}

/** Reads a federation written in TypeScript, or any plain value. Throws InputError with every problem. */
export function readFederation(input: FederationInput | unknown): ReadFederation {
  const read = readValue(input, () => undefined);
  refuse(limited(read.problems));
  if (read.federation === undefined) throw new RangeError("a federation without problems is readable");
  return { federation: read.federation, warnings: read.warnings };
}

function limited(problems: readonly Problem[]): readonly Problem[] {
  if (problems.length <= MAX_PROBLEMS) return problems;
  return [...problems.slice(0, MAX_PROBLEMS), { code: "too-many-problems", message: `${problems.length - MAX_PROBLEMS} more problems are not listed.`, fix: "Mend these first." }];
}

interface Reading {
  readonly federation: Federation | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

function readValue(raw: unknown, typedAt: TypedAt): Reading {
  const { value, problems: textProblems, unbounded } = canonicalInput(raw);
  if (unbounded) return { federation: undefined, warnings: [], problems: textProblems };
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { federation: undefined, warnings: [], problems: [{ code: "yaml-not-a-mapping", message: "The federation is no mapping.", fix: "Start it with name:, issuers: and roles:." }] };
  }
  const outline = shape(outlineSchema, value, [], typedAt);
  const problems: Problem[] = [...textProblems, ...outline.problems];
  const parts = value as Readonly<Record<string, unknown>>;

  const accounts = accountsOf(parts["aws"], typeof parts["name"] === "string" ? parts["name"] : "federation", typedAt);
  problems.push(...accounts.problems);
  const partition = accounts.partition;

  const issuers = readIssuers(mappingAt(parts, "issuers"), typedAt);
  problems.push(...issuers.problems);
  if (isEmptyMapping(parts["issuers"])) {
    problems.push({ code: "no-issuer", message: "The federation has no issuer.", path: "issuers", fix: "Add a workspace or an account under issuers." });
  }

  const roles = readRoles(mappingAt(parts, "roles"), outline.value, { issuers: issuers.byKey, broken: issuers.broken, partition }, typedAt);
  problems.push(...roles.problems);

  // With mistakes at the top the rest is checked all the same, as if those settings were absent.
  const top: Pick<OutlineInput, "name"> & Partial<OutlineInput> = outline.value ?? { name: "federation" };
  const federation: Federation = {
    name: top.name,
    partition,
    accounts: accounts.list,
    issuers: issuers.byKey,
    roles: roles.list,
    roleNamePrefix: top.roleNamePrefix ?? "",
    rolePath: top.rolePath ?? "/",
    permissionsBoundaryArn: top.permissionsBoundaryArn ?? null,
    maxSessionDuration: seconds(top.maxSessionDuration),
    trustPolicyMaxLength: top.trustPolicyMaxLength ?? TRUST_POLICY_DEFAULT_QUOTA,
    tags: top.tags ?? {},
    lint: top.lint ?? [],
  };
  problems.push(...checkFederation(federation, roles.unsound));
  return { federation: problems.length === 0 ? federation : undefined, problems, warnings: issuers.warnings };
}

function mappingAt(parts: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = parts[key];
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

function isEmptyMapping(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function seconds(duration: string | number | undefined): number {
  return duration === undefined ? DEFAULT_SESSION_SECONDS : (secondsOf(duration) ?? DEFAULT_SESSION_SECONDS);
}

interface ReadIssuers {
  readonly byKey: Readonly<Record<string, FederationIssuer>>;
  /** Keys that stand in the file but did not read: trusts that name them are not blamed for it. */
  readonly broken: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

function readIssuers(raw: Readonly<Record<string, unknown>>, typedAt: TypedAt): ReadIssuers {
  const byKey: Record<string, FederationIssuer> = {};
  const broken = new Set<string>();
  const problems: Problem[] = [];
  const warnings: Warning[] = [];
  for (const [key, value] of Object.entries(raw)) {
    const at = ["issuers", key];
    const path = formatPath(at);
    const shaped = shape(issuerSchema, value, at, typedAt);
    const found = [...[breach(KEY, key, path)].flatMap((problem) => problem ?? []), ...shaped.problems];
    found.push(...(shaped.value === undefined ? checkIssuerParts(value, path) : checkIssuer(shaped.value, path)));
    problems.push(...found);
    if (found.length > 0 || shaped.value === undefined) {
      broken.add(key);
      continue;
    }
    byKey[key] = federationIssuer(key, shaped.value);
    warnings.push(...issuerWarnings(shaped.value, path));
  }
  return { byKey, broken, problems, warnings };
}

/** Complaints about the readable parts of an issuer whose shape is wrong, so that one mistake hides no other. */
function checkIssuerParts(raw: unknown, path: string): readonly Problem[] {
  const parts = typeof raw === "object" && raw !== null ? (raw as Readonly<Record<string, unknown>>) : {};
  const custom = parts["allowCustomHost"] === true;
  const text = (key: string, check: (value: string, place: string) => readonly Problem[]): readonly Problem[] => {
    const value = parts[key];
    return typeof value === "string" ? check(value, `${path}.${key}`) : [];
  };
  const rule = (of: TextRule) => (value: string, place: string): readonly Problem[] => [breach(of, value, place)].flatMap((problem) => problem ?? []);
  return [
    ...text("host", (value, place) => checkHost(value, place, custom)),
    ...text("accountsHost", (value, place) => checkHost(value, place, custom)),
    ...text("workspaceId", rule(WORKSPACE_ID)),
    ...text("accountId", rule(DATABRICKS_ACCOUNT_ID)),
  ];
}

/** An issuer as declared, with everything derived from it. The declaration must have passed `checkIssuer`. */
export function federationIssuer(key: string, declared: ParsedIssuer): FederationIssuer {
  const { audiences, existingProviderArn, ...rest } = declared;
  const input: IssuerInput = rest;
  return {
    key,
    level: input.level,
    input,
    cloud: cloudOfIssuer(input),
    ...urlsOf(issuerUrl(input)),
    audiences: audiences === undefined || audiences.length === 0 ? [defaultAudience(input)] : [...new Set(audiences)],
    existingProviderArn: existingProviderArn ?? null,
  };
}

/** What reading a role must know of the rest of its federation. */
export interface RoleContext {
  readonly issuers: Readonly<Record<string, FederationIssuer>>;
  readonly broken: ReadonlySet<string>;
  /** Null where it is only known at plan time. */
  readonly partition: Partition | null;
}

/** What roles inherit from their federation. */
export type RoleDefaults = Pick<OutlineInput, "roleNamePrefix" | "rolePath" | "permissionsBoundaryArn" | "maxSessionDuration">;

function readRoles(raw: Readonly<Record<string, unknown>>, top: RoleDefaults | undefined, context: RoleContext, typedAt: TypedAt): { readonly list: readonly FederationRole[]; readonly unsound: ReadonlySet<string>; readonly problems: readonly Problem[] } {
  const list: FederationRole[] = [];
  const unsound = new Set<string>();
  const problems: Problem[] = [];
  const entries = Object.entries(raw);
  if (entries.length > MAX_ROLES) {
    problems.push({ code: "too-many-roles", message: `The federation has ${entries.length} roles; an AWS account takes at most ${MAX_ROLES}.`, path: "roles", fix: "Split it over several AWS accounts." });
  }
  for (const [key, value] of entries) {
    const read = readRole(key, value, top, context, typedAt);
    problems.push(...read.problems);
    if (read.value !== undefined) list.push(read.value);
    // A trust on an issuer that did not read has no complaint of its own, and no policy either.
    const brokenIssuer = read.value?.trusts.some((trust) => trust.kind === "subjects" && !Object.hasOwn(context.issuers, trust.issuer)) ?? false;
    if (read.problems.length > 0 || brokenIssuer) unsound.add(key);
  }
  return { list, unsound, problems };
}

/** Reads one role, its trusts included; undefined where its shape is wrong. What spans several roles is `checkFederation`'s. */
export function readRole(key: string, raw: unknown, top: RoleDefaults | undefined, context: RoleContext, typedAt: TypedAt): Shaped<FederationRole> {
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
  if (shaped.value === undefined) return { value: undefined, problems };
  const role = shaped.value;
  return {
    problems,
    value: {
      key,
      name: role.name ?? `${top?.roleNamePrefix ?? ""}${key}`,
      explicitName: role.name ?? null,
      description: role.description ?? null,
      accounts: role.accounts ?? null,
      trusts: trusts.list,
      managedPolicyArns: role.managedPolicyArns ?? {},
      inlinePolicies: role.inlinePolicies ?? {},
      maxSessionDuration: seconds(role.maxSessionDuration ?? top?.maxSessionDuration),
      path: role.path ?? top?.rolePath ?? "/",
      permissionsBoundaryArn: role.permissionsBoundaryArn ?? top?.permissionsBoundaryArn ?? null,
      tags: role.tags ?? {},
      lint: role.lint ?? [],
    },
  };
}

function readTrusts(raw: readonly unknown[] | undefined, rolePath: string, context: RoleContext, typedAt: TypedAt): { readonly list: readonly Trust[]; readonly problems: readonly Problem[] } {
  if (raw === undefined) return { list: [], problems: [] };
  const path = `${rolePath}.trusts`;
  if (raw.length === 0) {
    return { list: [], problems: [{ code: "no-trust", message: "The role trusts nobody.", path, fix: "Add a trust with an issuer and its servicePrincipals, or remove the role." }] };
  }
  const list: Trust[] = [];
  const problems: Problem[] = [];
  raw.forEach((entry, index) => {
    const place = `${path}[${index}]`;
    const shaped = readTrust(entry, parsePath(place), context.partition, typedAt);
    problems.push(...shaped.problems);
    if (shaped.value === undefined) return;
    list.push(shaped.value);
    const found = checkTrust(shaped.value, { issuers: context.issuers, partition: context.partition }, place);
    problems.push(...found.filter((problem) => problem.code !== "issuer-not-found" || shaped.value?.kind !== "subjects" || !context.broken.has(shaped.value.issuer)));
  });
  return { list, problems };
}
