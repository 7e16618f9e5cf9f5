/** Who gets in now and who did before, role by role: decided for all requests (`trust/exact`). */
import { ACCOUNT_ID_PLACEHOLDER, PARTITION_PLACEHOLDER } from "../trust/build";
import type { PolicyDocument, PolicyStatement } from "../trust/decide/document";
import { accountOfArn, issuerPathOf, providerArn } from "../issuer/issuer";
import type { ParsedStatement } from "../trust/parsed/parsed-role";
import { parseRole } from "../trust/parsed/parse-role";
import type { LintProvider, LintRole, LintTarget } from "../trust/parsed/target";
import { revokedBefore } from "../trust/revocation";
import type { Identity } from "./gained";
import { gainedBy, undecided } from "./gained";
import { pairRoles } from "./pair-roles";

export interface RoleChange {
  /** Path of the role after, or before where it is gone. */
  readonly role: string;
  /** IAM's name of the role; null where it is not known. */
  readonly name: string | null;
  readonly change: "created" | "deleted" | "changed";
  /** Who gets in by the new policy and is refused by the old one. */
  readonly gained: readonly Identity[];
  /** Who is refused by the new policy and gets in by the old one. */
  readonly lost: readonly Identity[];
}

export interface CompareOptions {
  /** Both sides are of one plan: a provider that one side lacks does not exist there. */
  readonly onePlan: boolean;
}

/**
 * Roles whose identities differ. A role is the same one by its IAM name, else by its path. What cannot be decided
 * counts as gained and as lost.
 */
export function compareTargets(
  before: LintTarget,
  after: LintTarget,
  options: CompareOptions = { onePlan: false },
): readonly RoleChange[] {
  const unchanged = listedProviders(before) === listedProviders(after);
  const sides = { before: before.providers, after: after.providers, ...options };
  return pairRoles(before, after).flatMap(({ before: old, after: now, unread, path }): readonly RoleChange[] => {
    if (unread)
      return [
        {
          role: path,
          name: old?.name ?? null,
          change: old === null ? "created" : "changed",
          gained: [UNREAD],
          lost: [],
        },
      ];
    const sessions = revocations(old, now);
    const isSame = old !== null && now !== null && unchanged && samePolicy(old, now);
    if (isSame && sessions.gained.length + sessions.lost.length === 0) return [];
    const policies = isSame ? { gained: [], lost: [] } : compareRoles(old, now, sides);
    const compared = {
      gained: [...policies.gained, ...sessions.gained],
      lost: [...policies.lost, ...sessions.lost],
    };
    const change = old === null ? "created" : now === null ? "deleted" : "changed";
    return change === "changed" && compared.gained.length + compared.lost.length === 0
      ? []
      : [{ role: path, name: (now ?? old)?.name ?? null, change, ...compared }];
  });
}

const UNREAD = undecided("the trust policy is only known after apply");
const INVALID = undecided("the trust policy is invalid");

/** Sessions of a role that stays, which its inline policies refused before and refuse no more, or the other way. */
function revocations(before: LintRole | null, after: LintRole | null): Pick<RoleChange, "gained" | "lost"> {
  if (before === null || after === null) return { gained: [], lost: [] };
  const [old, now] = [revokedBefore(before.policies), revokedBefore(after.policies)];
  const time = (moment: string | null): number => (moment === null ? -Infinity : Date.parse(moment));
  return {
    gained: old !== null && time(now) < time(old) ? [olderSessions(old, now)] : [],
    lost: now !== null && time(old) < time(now) ? [olderSessions(now, old)] : [],
  };
}

/** Those that one moment refuses and the other, which is earlier or none, does not. */
function olderSessions(moment: string, other: string | null): Identity {
  return {
    issuer: null,
    subject: `sessions issued before ${moment}${other === null ? "" : ` and not before ${other}`}`,
    kind: "other principal",
    audience: null,
    how: "new",
    from: null,
    witness: null,
  };
}

function samePolicy(left: LintRole, right: LintRole): boolean {
  if (left.policy === right.policy) return true;
  try {
    return JSON.stringify(left.policy) === JSON.stringify(right.policy);
  } catch {
    return false; // nested too deeply to print: nobody gets in by either
  }
}

function listedProviders(target: LintTarget): string {
  return JSON.stringify(
    target.providers
      .map(({ url, clientIds, accountId }) => [issuerPathOf(url), [...(clientIds ?? [])].sort(), accountId])
      .sort(),
  );
}

interface Sides extends CompareOptions {
  readonly before: readonly LintProvider[];
  readonly after: readonly LintProvider[];
}

function compareRoles(
  before: LintRole | null,
  after: LintRole | null,
  sides: Sides,
): Pick<RoleChange, "gained" | "lost"> {
  if (after !== null && parseRole(after).malformed.length > 0) return { gained: [INVALID], lost: [] };
  const old = (atMost: boolean): PolicyDocument | null =>
    before === null
      ? null
      : effectivePolicy(before, after, { own: sides.before, elsewhere: sides.after, atMost }, sides);
  const now = (atMost: boolean): PolicyDocument | null =>
    after === null
      ? null
      : effectivePolicy(after, before, { own: sides.after, elsewhere: sides.before, atMost }, sides);
  const gains = (wide: PolicyDocument | null, narrow: PolicyDocument | null): readonly Identity[] =>
    wide === null ? [] : gainedBy(wide, narrow);
  return { gained: gains(now(true), old(false)), lost: gains(old(true), now(false)) };
}

interface Registered {
  readonly own: readonly LintProvider[];
  /** Those of the other side. */
  readonly elsewhere: readonly LintProvider[];
  /** Of several that may be the one meant: the audiences that any of them registers, or those that all do. */
  readonly atMost: boolean;
}

/**
 * The role's trust policy as STS applies it: unknown accounts as the other side knows them, and a Deny for each issuer
 * whose provider does not register every audience that the policy admits.
 */
function effectivePolicy(
  role: LintRole,
  counterpart: LintRole | null,
  { own, elsewhere, atMost }: Registered,
  { onePlan }: CompareOptions,
): PolicyDocument {
  const { version, statements } = parseRole(role);
  const account = accountOf(role) ?? (counterpart === null ? null : accountOf(counterpart)) ?? UNKNOWN_ACCOUNT;
  const known = statements.map((statement) => withAccount(statement, account));
  const arns = new Map<string, string>();
  for (const statement of known)
    for (const { arn, issuerPath } of statement.providers) arns.set(arnWith(arn, issuerPath, account), issuerPath);
  const denies = [...arns].flatMap(([arn, issuerPath], at): readonly PolicyStatement[] => {
    const missing = onePlan && of(own, issuerPath).length === 0 && of(elsewhere, issuerPath).length > 0;
    const audiences = missing ? [] : audiencesOf(of(own, issuerPath), accountOfArn(arn), atMost);
    if (audiences === null || known.every((statement) => asksOnlyFor(statement, issuerPath, audiences))) return [];
    return [unregistered(arn, issuerPath, audiences, statements.length + at)];
  });
  return { version, statements: [...known, ...denies] };
}

const UNKNOWN_ACCOUNT = { id: "000000000000", partition: "aws" };

function accountOf(role: LintRole): { readonly id: string; readonly partition: string } | null {
  for (const { providers } of parseRole(role).statements)
    for (const { accountId, arn } of providers)
      if (accountId !== null) return { id: accountId, partition: arn.split(":")[1] ?? "aws" };
  return role.accountId === null ? null : { id: role.accountId, partition: "aws" };
}

function arnWith(
  arn: string,
  issuerPath: string,
  account: { readonly id: string; readonly partition: string },
): string {
  const isUnknown = arn.startsWith("arn:${") || arn.includes(":${") || arn.includes(ACCOUNT_ID_PLACEHOLDER[0] ?? "");
  return isUnknown ? providerArn(account.partition, account.id, issuerPath) : arn;
}

/** `statement` with the account in place of what stands for an unknown one. */
function withAccount(
  statement: ParsedStatement,
  account: { readonly id: string; readonly partition: string },
): ParsedStatement {
  const known = (text: string): string =>
    text.replaceAll(ACCOUNT_ID_PLACEHOLDER, account.id).replaceAll(PARTITION_PLACEHOLDER, account.partition);
  const byArn = new Map(statement.providers.map(({ arn, issuerPath }) => [arn, arnWith(arn, issuerPath, account)]));
  return {
    ...statement,
    principals:
      statement.principals === null
        ? null
        : Object.fromEntries(
            Object.entries(statement.principals).map(([kind, names]) => [
              kind,
              names.map((name) => byArn.get(name) ?? known(name)),
            ]),
          ),
    conditions: statement.conditions.map((condition) => ({ ...condition, values: condition.values.map(known) })),
  };
}

function of(providers: readonly LintProvider[], issuerPath: string): readonly LintProvider[] {
  return providers.filter(({ url }) => issuerPathOf(url) === issuerPath);
}

/**
 * What those of `providers`, all of one issuer, register that may be the one in `account`; null where that is not
 * known. `atMost`: the audiences that any of them registers, and where none is known to be there that all of them do.
 */
function audiencesOf(
  providers: readonly LintProvider[],
  account: string | null,
  atMost: boolean,
): readonly string[] | null {
  const here = providers.filter(
    ({ accountId }) => accountId === null || accountId === account || account === UNKNOWN_ACCOUNT.id,
  );
  const lists = (here.length > 0 || !atMost ? here : providers).map(({ clientIds }) => clientIds);
  if (providers.length === 0 || lists.includes(null)) return null;
  const all = [...new Set(lists.flatMap((list) => list ?? []))];
  return atMost ? all : all.filter((audience) => lists.every((list) => list?.includes(audience)));
}

function asksOnlyFor(statement: ParsedStatement, issuerPath: string, audiences: readonly string[]): boolean {
  return (
    statement.effect === "Deny" ||
    !statement.providers.some((provider) => provider.issuerPath === issuerPath) ||
    statement.aud.some(
      ({ operator, key, values }) =>
        operator === "StringEquals" &&
        key.toLowerCase() === `${issuerPath}:aud`.toLowerCase() &&
        values.every((value) => audiences.includes(value)),
    )
  );
}

/** STS refuses a token whose audience the provider does not register. */
function unregistered(arn: string, issuerPath: string, audiences: readonly string[], index: number): PolicyStatement {
  return {
    index,
    sid: null,
    effect: "Deny",
    principals: { Federated: [arn] },
    notPrincipal: false,
    actions: ["*"],
    notAction: false,
    hasResource: false,
    conditions:
      audiences.length === 0 ? [] : [{ operator: "StringNotEquals", key: `${issuerPath}:aud`, values: audiences }],
  };
}
