/** Which role of one document is which of another: by IAM's name, which a move in the configuration does not change. */
import type { LintRole, LintTarget, UnreadRole } from "../trust/parsed/target";

export interface RolePair {
  readonly before: LintRole | null;
  readonly after: LintRole | null;
  /** Whether the role exists after, with a policy that cannot be read yet; `after` is then null. */
  readonly unread: boolean;
  /** Path of the role after, or before where it is gone. */
  readonly path: string;
}

/**
 * Every role that is ours to check on either side, with its counterpart. One that is ours on one side only is looked
 * for among the other's that are not: a role that is handed over to another party is neither made nor deleted.
 */
export function pairRoles(before: LintTarget, after: LintTarget): readonly RolePair[] {
  const old = poolOf([...before.roles, ...(before.aside ?? [])]);
  const found = matched(after.roles, old);
  const pairs: RolePair[] = after.roles.map((role) => ({
    before: found.get(role) ?? null,
    after: role,
    unread: false,
    path: role.path,
  }));
  const known = new Set<LintRole>(found.values());
  const rest = before.roles.filter((role) => !known.has(role));
  const aside = matched(rest, poolOf(after.aside ?? []));
  const unread = matched(
    rest.filter((role) => !aside.has(role)),
    poolOf(after.unread ?? []),
  );
  for (const role of rest) {
    const [now, later] = [aside.get(role) ?? null, unread.get(role)];
    pairs.push({ before: role, after: now, unread: later !== undefined, path: (now ?? later ?? role).path });
  }
  // beside a Databricks provider, a new role that nobody can read may be one for it
  if (after.providers.length > 0) {
    const taken = new Set<UnreadRole>(unread.values());
    for (const role of (after.unread ?? []).filter((one) => !taken.has(one)))
      pairs.push({ before: null, after: null, unread: true, path: role.path });
  }
  return pairs;
}

function keyOf(role: UnreadRole): string {
  return role.name === null ? `path ${role.path}` : `name ${role.name.toLowerCase()}`;
}

type Pool<T> = Map<string, T[]>;

function poolOf<T extends UnreadRole>(roles: readonly T[]): Pool<T> {
  const pool: Pool<T> = new Map();
  for (const role of roles) {
    const same = pool.get(keyOf(role));
    if (same === undefined) pool.set(keyOf(role), [role]);
    else same.push(role);
  }
  return pool;
}

/**
 * Each role's counterpart in `pool`. Two accounts may have roles of one name: then the path tells, then the account.
 */
function matched<T extends UnreadRole>(roles: readonly LintRole[], pool: Pool<T>): ReadonlyMap<LintRole, T> {
  const found = new Map<LintRole, T>();
  const rounds: readonly ((role: LintRole, candidate: T) => boolean)[] = [
    (role, candidate) => candidate.path === role.path,
    (role, candidate) => role.accountId !== null && candidate.accountId === role.accountId,
    () => true,
  ];
  for (const fits of rounds) {
    for (const role of roles) {
      const candidates = found.has(role) ? undefined : pool.get(keyOf(role));
      const at = candidates?.findIndex((candidate) => fits(role, candidate)) ?? -1;
      const [candidate] = at < 0 ? [] : (candidates?.splice(at, 1) ?? []);
      if (candidate !== undefined) found.set(role, candidate);
    }
  }
  return found;
}
