/** Flags of `init`, as typed. What is asked in a terminal becomes flags too. Pure. */
import type { Problem } from "../errors";
import { flagName, flagWords } from "../text/words";
import { shellWord } from "../text/escape";
import { violation, quoted } from "../text/text-rule";
import { ROLE_KEY } from "../federation/rules";

export interface IssuerFlags {
  /** A pasted workspace, account, issuer or discovery URL. */
  readonly url?: string | undefined;
  /** Databricks' account ID. */
  readonly accountId?: string | undefined;
  readonly workspaceId?: string | undefined;
  readonly cloud?: string | undefined;
  readonly unifiedLogin?: boolean | undefined;
  readonly allowCustomHost?: boolean | undefined;
}

export interface InitFlags extends IssuerFlags {
  readonly name?: string | undefined;
  readonly awsAccountId?: string | undefined;
  readonly partition?: string | undefined;
  readonly region?: string | undefined;
  readonly role: readonly string[];
  /** These, and the next four, as `VALUE` or `ROLE=VALUE`. */
  readonly servicePrincipal: readonly string[];
  readonly user: readonly string[];
  readonly policyArn: readonly string[];
  readonly bucket: readonly string[];
  readonly maxSession: readonly string[];
  /** Why people may have the roles: lint's reason for their e-mail addresses. */
  readonly usersReason?: string | undefined;
}

export interface RoleInput {
  readonly key: string;
  readonly servicePrincipals: readonly string[];
  readonly users: readonly string[];
  readonly policyArns: readonly string[];
  readonly buckets: readonly string[];
  readonly maxSession: string | undefined;
}

/** Flags that belong to one role. */
type FlagOfRole = "servicePrincipal" | "user" | "policyArn" | "bucket" | "maxSession";

/** A flag that is needed and not there. */
export function needed(flag: string, what: string): Problem {
  return {
    code: "init-needs",
    message: `--${flag} is missing: ${what}.`,
    path: flag,
    fix: "Give the flag, or run init in a terminal, where it asks.",
  };
}

/**
 * The roles with what belongs to each. With several roles a value without `ROLE=` belongs to none.
 * Problems: init-needs, init-role-unclear, role-name-invalid, name-collision.
 */
export function rolesOf(flags: InitFlags): {
  readonly roles: readonly RoleInput[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const keys = [...new Set(flags.role)];
  for (const key of keys) {
    const invalid = violation(ROLE_KEY, key, "role");
    if (invalid !== undefined) problems.push(invalid);
  }
  if (keys.length < flags.role.length)
    problems.push({
      code: "name-collision",
      message: "A role is named twice.",
      path: "role",
      fix: "Name each role once.",
    });
  if (keys.length === 0) problems.push(needed("role", "a name for the role, like lake-reader"));
  const given = (which: FlagOfRole): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const text of flags[which]) {
      const { role, value } = assigned(text, keys);
      if (role !== undefined) found.set(role, [...(found.get(role) ?? []), value]);
      else if (keys.length > 1)
        problems.push({
          code: "init-role-unclear",
          message: `--${flagName(which)} ${quoted(text)} does not say which role it is for.`,
          path: flagName(which),
          fix: `Write it as ROLE=VALUE, with ROLE one of: ${keys.join(", ")}.`,
        });
    }
    return found;
  };
  const servicePrincipals = given("servicePrincipal");
  const users = given("user");
  const policyArns = given("policyArn");
  const buckets = given("bucket");
  const maxSessions = given("maxSession");
  const roles = keys.map((key): RoleInput => ({
    key,
    servicePrincipals: servicePrincipals.get(key) ?? [],
    users: users.get(key) ?? [],
    policyArns: policyArns.get(key) ?? [],
    buckets: buckets.get(key) ?? [],
    maxSession: maxSessions.get(key)?.at(-1),
  }));
  for (const role of roles) {
    if (role.servicePrincipals.length + role.users.length === 0)
      problems.push(needed("service-principal", `who may assume ${role.key} (or --user)`));
  }
  return { roles, problems };
}

/** `ROLE=VALUE` where ROLE is one of `keys`; with one role a bare value is its. A value may hold `=` itself. */
function assigned(
  text: string,
  keys: readonly string[],
): { readonly role: string | undefined; readonly value: string } {
  const named = keys.find((key) => text.startsWith(`${key}=`));
  if (named !== undefined) return { role: named, value: text.slice(named.length + 1) };
  return { role: keys.length === 1 ? keys[0] : undefined, value: text };
}

/** The call that asks nothing, for a POSIX shell: `databricks-aws-oidc init --url … --role …`, on one line. */
export function commandOf(flags: InitFlags, out: string | undefined): string {
  // allowCustomHost has no --no-… that means something
  const words = flagWords({ ...flags, allowCustomHost: flags.allowCustomHost === true ? true : undefined, out });
  return ["databricks-aws-oidc", "init", ...words.map(shellWord)].join(" ");
}
