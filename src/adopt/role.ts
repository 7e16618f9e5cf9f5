/** A role of an account as a federation file has it, proven to be the same; or what keeps it out. Pure. */
import { accountView, roleTrustPolicy, selfAssumePolicyOf } from "../federation/account-view";
import { durationText } from "../federation/time";
import type { Federation, FederationRole } from "../federation/model";
import { parsePath } from "../federation/path";
import { policyKeys } from "../federation/policy-keys";
import { DEFAULT_SESSION_SECONDS } from "../federation/rules";
import { samePermissions } from "../doctor/same-policies";
import { compareUtf8 } from "../trust/canonical-json";
import { SELF_ASSUME_POLICY_NAME, trustPolicyJson } from "../trust/build";
import { readPolicy } from "../trust/decide/document";
import type { Policies } from "../trust/exact/compare";
import { asRecord, type Members } from "../text/members";
import { TRUST_POLICY_MAX_QUOTA } from "../trust/rules";
import type { ExistingRole } from "./account";
import { type AdoptedIssuer, STACK_TAG } from "./issuers";
import { REVOKE_POLICY_NAME, revokePolicy } from "../trust/revocation";
import { distinctSubjects } from "../trust/suspension";
import { momentIn } from "./suspension";
import { formDifferences, sameForm } from "./policy-form";
import { type ReadInput, readInput } from "./read-input";
import { type Fault, fault } from "./reasons";
import { type FoundTrusts, plainRole, type TrustSources, trustsOf } from "./trusts";
import { allowsTheSame } from "../trust/exact/compare";

/** What the first plan shows of a role, beside its import; nothing of it changes who gets in. */
export interface Difference {
  readonly change: "add" | "update";
  /** What of the role, e.g. `trust policy`. */
  readonly what: string;
  readonly why: string;
}

/** A role that goes into the file. */
export interface WrittenRole {
  readonly role: ExistingRole;
  /** As in the file, without `name`. */
  readonly declaration: Members;
  readonly emailDomains: readonly string[];
  readonly differences: readonly Difference[];
  /** Policies that the file cannot name: they stay attached as they are. */
  readonly leftPolicies: readonly Fault[];
  /** Of the trust policy as it is built. */
  readonly characters: number;
}

/** A role that does not. */
export interface LeftRole {
  readonly role: ExistingRole;
  readonly faults: readonly Fault[];
}

export interface RoleContext extends TrustSources {
  readonly partition: string;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** The role as the file has it, or what keeps it out. */
export function readRole(role: ExistingRole, context: RoleContext): WrittenRole | LeftRole {
  const stack = role.details?.tags[STACK_TAG];
  if (stack !== undefined) return { role, faults: [fault("cloudformation", "", `stack ${stack}`)] };
  const found = trustsOf(role.lint, context);
  if (found.faults.length > 0) return { role, faults: found.faults };
  const declared = declarationOf(role, found, context);
  if ("faults" in declared) return declared;
  const { federation, declaration, leftPolicies } = declared;
  const built = builtRole(federation);
  const trust = compareTrust(role, built.trust);
  if (trust === undefined) return { role, faults: [fault("trust-differs")] };
  const differences = [...trust];
  const self = role.policies?.inline[SELF_ASSUME_POLICY_NAME];
  if (built.selfAssume !== undefined) {
    if (self === undefined)
      differences.push({ change: "add", what: `inline policy ${SELF_ASSUME_POLICY_NAME}`, why: WHY_SELF_ASSUME });
    else if (!samePermissions(built.selfAssume, self))
      return { role, faults: [fault("policy-not-allowed", `inlinePolicies.${SELF_ASSUME_POLICY_NAME}`, TAKEN)] };
    else if (!sameForm(built.selfAssume, self))
      differences.push({ change: "update", what: `inline policy ${SELF_ASSUME_POLICY_NAME}`, why: SAME_MEANING });
  }
  const revoking = role.policies?.inline[REVOKE_POLICY_NAME];
  const moment = federation.roles[0]?.sessionsRevokedBefore ?? null;
  if (moment !== null && !sameForm(revokePolicy(moment), revoking))
    differences.push({ change: "update", what: `inline policy ${REVOKE_POLICY_NAME}`, why: SAME_MEANING });
  return {
    role,
    declaration,
    emailDomains: found.emailDomains,
    differences,
    leftPolicies,
    characters: trustPolicyJson(built.trust).length,
  };
}

const WHY_SELF_ASSUME =
  "The trust policy lets the role assume itself by way of its account, which only delegates: the role needs the " +
  "permission too.";
const TAKEN =
  "its name is reserved for the policy by which a Unity Catalog role assumes itself, and its content differs";
const SAME_MEANING = "It means the same but is written differently.";

const KEY = "role";

/** A federation of this role alone, with its issuers. */
export function probe(
  declaration: Members,
  name: string,
  context: RoleContext,
  emailDomains: readonly string[],
): ReadInput {
  const trusts = Array.isArray(declaration["trusts"]) ? (declaration["trusts"] as readonly Members[]) : [];
  const named = new Set(trusts.map((trust) => trust["issuer"]));
  const input = {
    name: "adopted",
    aws: { accountId: context.accountId, partition: context.partition },
    emailDomains,
    trustPolicyMaxLength: TRUST_POLICY_MAX_QUOTA,
    issuers: declaredIssuers([...context.issuers.values()].filter(({ key }, at) => named.has(key) || at === 0)),
    roles: { [KEY]: { name, ...declaration } },
  };
  return readInput(input, context.now);
}

/** Issuers as a federation file has them. */
export function declaredIssuers(issuers: readonly AdoptedIssuer[]): Members {
  return Object.fromEntries(
    issuers.map(({ key, declaration, provider, unmanaged }) => [
      key,
      unmanaged === null ? declaration : { ...declaration, existingProviderArn: provider.arn },
    ]),
  );
}

function declarationOf(
  role: ExistingRole,
  { trusts: found, emailDomains, suspended }: FoundTrusts,
  context: RoleContext,
):
  | { readonly federation: Federation; readonly declaration: Members; readonly leftPolicies: readonly Fault[] }
  | LeftRole {
  const leftPolicies: Fault[] = [];
  let given = roleSettings(role);
  const trusts = { trusts: found, ...(suspended.length === 0 ? {} : { suspended: distinctSubjects(suspended) }) };
  for (;;) {
    const read = probe({ ...given, ...trusts }, role.name, context, emailDomains);
    if ("federation" in read)
      return { federation: read.federation, declaration: { ...given, ...trusts }, leftPolicies };
    const refused = new Map<string, Fault>();
    for (const { path = "", message } of read.problems) {
      const [, , list, policy] = parsePath(path);
      if (list === "revokeSessionsBefore")
        refused.set(list, fault("policy-not-allowed", `inlinePolicies: ${REVOKE_POLICY_NAME}`, message));
      if ((list === "inlinePolicies" || list === "managedPolicyArns") && typeof policy === "string") {
        const arn = list === "managedPolicyArns" ? asRecord(given["managedPolicyArns"])?.[policy] : undefined;
        refused.set(`${list} ${policy}`, fault("policy-not-allowed", `${list}: ${String(arn ?? policy)}`, message));
      }
    }
    if (refused.size === 0)
      return {
        role,
        faults: read.problems.map(({ path = "", message }) => fault("not-allowed", below(path), message)),
      };
    leftPolicies.push(...refused.values());
    given = Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => {
        if (refused.has(name)) return [];
        const members = name === "inlinePolicies" || name === "managedPolicyArns" ? asRecord(value) : undefined;
        if (members === undefined) return [[name, value] as const];
        const kept = Object.entries(members).filter(([policy]) => !refused.has(`${name} ${policy}`));
        return kept.length === 0 ? [] : [[name, Object.fromEntries(kept)] as const];
      }),
    );
  }
}

/** `roles.role.trusts[0].users[1]` -> `trusts[0].users[1]` */
function below(path: string): string {
  return path.startsWith(`roles.${KEY}.`) ? path.slice(`roles.${KEY}.`.length) : path;
}

/** Everything of a role in the file but its name and its trusts. */
export function roleSettings({ path, settings, details, policies, lint, addresses }: ExistingRole): Members {
  const { description = null, maxSessionDuration = DEFAULT_SESSION_SECONDS } = settings ?? {};
  // the one by which a Unity Catalog role assumes itself comes with the trust
  const assumesItself = plainRole(lint).statements.some(({ unityCatalog }) => unityCatalog);
  const moment = momentIn(policies?.inline ?? {});
  // of two names that differ in case alone the first stays: one that a state manages, whatever the order in IAM
  const rank = (name: string): string => `${addresses.inline[name] === undefined ? 1 : 0}${name}`;
  const inline = Object.entries(policies?.inline ?? {})
    .filter(
      ([name]) =>
        (!assumesItself || name !== SELF_ASSUME_POLICY_NAME) && (moment === undefined || name !== REVOKE_POLICY_NAME),
    )
    .sort(([left], [right]) => compareUtf8(rank(left), rank(right)));
  const attached = policyKeys(policies?.attached ?? []);
  // AWS' own tags are neither Terraform's to set nor to take away
  const tags = Object.entries(details?.tags ?? {}).filter(([key]) => !/^aws:/i.test(key));
  return {
    ...(description === null || description === "" ? {} : { description }),
    ...(path === "/" ? {} : { path }),
    ...(maxSessionDuration === DEFAULT_SESSION_SECONDS ? {} : { maxSessionDuration: durationText(maxSessionDuration) }),
    ...(details?.boundaryArn == null ? {} : { permissionsBoundaryArn: details.boundaryArn }),
    ...(tags.length === 0 ? {} : { tags: Object.fromEntries(tags) }),
    ...(Object.keys(attached).length === 0 ? {} : { managedPolicyArns: attached }),
    ...(moment === undefined ? {} : { revokeSessionsBefore: moment }),
    ...(inline.length === 0 ? {} : { inlinePolicies: Object.fromEntries(inline) }),
  };
}

function builtRole(federation: Federation) {
  const [account] = federation.accounts;
  const role: FederationRole | undefined = federation.roles[0];
  if (account === undefined || role === undefined) throw new RangeError("the federation has this role");
  const view = accountView(federation, account);
  return { trust: roleTrustPolicy(role, view), selfAssume: selfAssumePolicyOf(role, view) };
}

type Built = ReturnType<typeof builtRole>["trust"];

/** What differs between the policy in AWS and ours; undefined where they allow different requests. */
function compareTrust({ lint }: ExistingRole, ours: Built): readonly Difference[] | undefined {
  if (sameForm(lint.policy, ours)) return [];
  const theirs = readPolicy(lint.policy);
  if (!theirs.ok) return undefined;
  const update = (why: string): Difference => ({ change: "update", what: "trust policy", why });
  if (allowsTheSame(theirs.policy, policyOf(ours)))
    return [update(`It allows the same requests, and differs in ${formDifferences(lint.policy, ours).join(", ")}.`)];
  const renewable = withoutRenewalGuard(ours);
  return renewable !== undefined && allowsTheSame(theirs.policy, policyOf(renewable)) ? [update(WHY_NULL)] : undefined;
}

const WHY_NULL =
  "The statement by which the role assumes itself also refuses sessions of web identities, which could renew " +
  "themselves for ever.";

/** `policy` without the condition that keeps sessions of web identities from renewing themselves. */
function withoutRenewalGuard(policy: Built): Built | undefined {
  const has = policy.Statement.some(({ Condition }) => Condition["Null"] !== undefined);
  if (!has) return undefined;
  return {
    ...policy,
    Statement: policy.Statement.map((statement) => {
      const { Null: keys, ...others } = statement.Condition;
      if (keys === undefined || statement.Principal["AWS"] === undefined) return statement;
      const rest = Object.entries(keys).filter(([key]) => key !== "aws:FederatedProvider");
      return { ...statement, Condition: rest.length === 0 ? others : { ...others, Null: Object.fromEntries(rest) } };
    }),
  };
}

function policyOf(policy: Built): Policies {
  const read = readPolicy(trustPolicyJson(policy));
  if (!read.ok) throw new RangeError(`a policy of ours is invalid: ${read.why}`);
  return read.policy;
}
