/** What `init` is told, as its flags say it. Questions asked in a terminal end up here too, so both ways meet. */
import type { Problem } from "../errors";
import { breach, quoted } from "../text/text-rule";
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
  readonly roles: readonly string[];
  /** These, and the next four, as `VALUE` or `ROLE=VALUE`. */
  readonly servicePrincipals: readonly string[];
  readonly users: readonly string[];
  readonly policyArns: readonly string[];
  readonly buckets: readonly string[];
  readonly maxSessions: readonly string[];
  /** Why people may have the roles: lint's reason for their e-mail addresses. */
  readonly usersReason?: string | undefined;
}

export interface RoleAnswer {
  readonly key: string;
  readonly servicePrincipals: readonly string[];
  readonly users: readonly string[];
  readonly policyArns: readonly string[];
  readonly buckets: readonly string[];
  readonly maxSession: string | undefined;
}

/** Flags that belong to one role, and what a message calls them. */
const OF_A_ROLE = {
  servicePrincipals: "service-principal",
  users: "user",
  policyArns: "policy-arn",
  buckets: "bucket",
  maxSessions: "max-session",
} as const;

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
 * The roles with what belongs to each. With several roles a value without `ROLE=` belongs to none: nothing is spread
 * over roles unasked. Problems: init-needs, init-role-unclear, role-name-invalid, name-collision.
 */
export function rolesOf(flags: InitFlags): {
  readonly roles: readonly RoleAnswer[];
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const keys = [...new Set(flags.roles)];
  for (const key of keys) {
    const invalid = breach(ROLE_KEY, key, "role");
    if (invalid !== undefined) problems.push(invalid);
  }
  if (keys.length < flags.roles.length)
    problems.push({
      code: "name-collision",
      message: "A role is named twice.",
      path: "role",
      fix: "Name each role once.",
    });
  if (keys.length === 0) problems.push(needed("role", "a name for the role, like lake-reader"));
  const given = (which: keyof typeof OF_A_ROLE): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const text of flags[which]) {
      const { role, value } = assigned(text, keys);
      if (role !== undefined) found.set(role, [...(found.get(role) ?? []), value]);
      else if (keys.length > 1)
        problems.push({
          code: "init-role-unclear",
          message: `--${OF_A_ROLE[which]} ${quoted(text)} does not say which role it is for.`,
          path: OF_A_ROLE[which],
          fix: `Write it as ROLE=VALUE, with ROLE one of: ${keys.join(", ")}.`,
        });
    }
    return found;
  };
  const [servicePrincipals, users, policyArns, buckets, maxSessions] = [
    given("servicePrincipals"),
    given("users"),
    given("policyArns"),
    given("buckets"),
    given("maxSessions"),
  ];
  const roles = keys.map((key): RoleAnswer => ({
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
