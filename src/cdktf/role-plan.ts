/** From a role as declared to what its resources say: one function for federation files and for `addRole`. */
import type { Problem } from "../errors";
import { checkRoleValues, checkTrustPolicyLength } from "../federation/check";
import { canonicalInput } from "../federation/canonical-input";
import type { FederationRole, Settings } from "../federation/model";
import { readRole } from "../federation/read";
import type { RoleContext } from "../federation/read";
import { lintErrorsOfRole } from "../lint/lint-federation";
import type { TrustContext } from "../trust/build";
import { buildTrustPolicy, SELF_ASSUME_POLICY_NAME, selfAssumePolicy, trustPolicyJson } from "../trust/build";
import { canonicalJson } from "../trust/canonical-json";
import type { TrustPolicy } from "../trust/policy";
import type { Finding } from "../lint/run-rules";
import { declaredPolicies } from "./inline-policies";
import { reservedTextProblems } from "./reserved-text";
import type { TokenSlot } from "./tokens-aside";
import { setTokensAside } from "./tokens-aside";

/** What a role's resources say. Text may hold placeholders and tokens: it goes through `terraformText` once. */
export interface RolePlan {
  readonly role: FederationRole;
  readonly trustPolicy: string;
  /** Policy name -> JSON, the self-assume policy of Unity Catalog included. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** With the federation's. */
  readonly tags: Readonly<Record<string, string>>;
  /** Errors of lint that no written reason lets be; looked for when asked. */
  readonly lintErrors: () => readonly Finding[];
}

/** What a declared role must know of the federation around it. */
export interface RoleSurroundings {
  readonly settings: Settings;
  readonly reading: RoleContext;
  /** The federation's tags, tokens in place. */
  readonly tags: Readonly<Record<string, string>>;
  /** The federation's permissions boundary where it is a token; `settings` then has a stand-in. */
  readonly boundaryToken: string | undefined;
  /** With the computed ARN of each provider: what rules read. */
  readonly trust: TrustContext;
  /** Computed ARN -> ARN, of adopted providers whose own ARN is written otherwise (a token). */
  readonly adopted: ReadonlyMap<string, string>;
}

export type PlannedRole =
  | { readonly plan: RolePlan; readonly problems: readonly [] }
  | { readonly plan: undefined; readonly problems: readonly Problem[] };

/** The plan of a role that has passed every rule on its fields. */
export function planRole(
  role: FederationRole,
  { settings, trust, adopted }: Pick<RoleSurroundings, "settings" | "trust" | "adopted">,
  tags: Readonly<Record<string, string>>,
): PlannedRole {
  const policy = buildTrustPolicy(role.trusts, role, trust);
  const json = trustPolicyJson(policy);
  const problems = checkTrustPolicyLength(role, json, settings.trustPolicyMaxLength);
  if (problems.length > 0) return refused(problems);
  const inlinePolicies: Record<string, string> = {};
  for (const [name, document] of Object.entries(role.inlinePolicies)) inlinePolicies[name] = canonicalJson(document);
  if (role.trusts.some((entry) => entry.kind === "unityCatalog")) {
    inlinePolicies[SELF_ASSUME_POLICY_NAME] = canonicalJson(selfAssumePolicy(role, trust));
  }
  return {
    plan: {
      role,
      trustPolicy: adopted.size === 0 ? json : trustPolicyJson(withAdopted(policy, adopted)),
      inlinePolicies,
      tags: { ...tags, ...role.tags },
      lintErrors: () => lintErrorsOfRole(role, policy, trust, settings),
    },
    problems: [],
  };
}

/** The same policy with the ARNs of adopted providers as they were given. */
function withAdopted(policy: TrustPolicy, adopted: ReadonlyMap<string, string>): TrustPolicy {
  return {
    ...policy,
    Statement: policy.Statement.map((statement) =>
      "Federated" in statement.Principal
        ? {
            ...statement,
            Principal: { Federated: statement.Principal.Federated.map((arn) => adopted.get(arn) ?? arn) },
          }
        : statement,
    ),
  };
}

/** Reads, checks and plans a role declared in TypeScript. Every complaint at once; a role with one has no plan. */
export function planDeclaredRole(
  key: string,
  declaration: Readonly<Record<string, unknown>>,
  around: RoleSurroundings,
): PlannedRole {
  const at = ["roles", key];
  const { inlinePolicies: declaredInline, ...rest } = declaration;
  const policies = declaredPolicies(isMapping(declaredInline) ? declaredInline : {}, [...at, "inlinePolicies"]);
  const aside = setTokensAside(rest, at, slotsOf(around));
  const tokenProblems = [...aside.problems, ...policies.problems];
  if (tokenProblems.length > 0) return refused(tokenProblems);

  const inline = declaredInline === undefined || isMapping(declaredInline) ? policies.documents : declaredInline;
  const canonical = canonicalInput({ ...(aside.clean as object), inlinePolicies: inline }, false);
  const read = readRole(key, canonical.value, around.settings, around.reading, () => undefined);
  const problems = [...canonical.problems, ...reservedTextProblems(canonical.value, at), ...read.problems];
  if (read.value === undefined || problems.length > 0) return refused(problems);
  const ruled = checkRoleValues(read.value, around.settings);
  if (ruled.length > 0) return refused(ruled);

  // An issuer with complaints has made them itself.
  if (
    read.value.trusts.some((trust) => trust.kind === "subjects" && !Object.hasOwn(around.trust.issuers, trust.issuer))
  )
    return refused([]);

  const ownBoundary = rest["permissionsBoundaryArn"] !== undefined;
  const role = withTokens(
    read.value,
    (...path) =>
      aside.tokenAt(...path) ??
      (path[0] === "permissionsBoundaryArn" && !ownBoundary ? around.boundaryToken : undefined),
  );
  const planned = planRole(role, around, around.tags);
  if (planned.plan === undefined || policies.tokens.size === 0) return planned;
  const { plan } = planned;
  return {
    plan: { ...plan, inlinePolicies: { ...plan.inlinePolicies, ...Object.fromEntries(policies.tokens) } },
    problems: [],
  };
}

function refused(problems: readonly Problem[]): PlannedRole {
  return { plan: undefined, problems };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a role takes tokens, and what the rules see instead: a policy of the role's own account, each another. */
function slotsOf(around: RoleSurroundings): readonly TokenSlot[] {
  const account = around.settings.accounts[0];
  const policyArn = (count: number): string =>
    `arn:${account?.partition ?? "aws"}:iam::${account?.accountId ?? "000000000000"}:policy/token-${count}`;
  return [
    { path: ["managedPolicyArns", "*"], standIn: policyArn },
    { path: ["permissionsBoundaryArn"], standIn: policyArn },
    { path: ["tags", "*"], standIn: () => "" },
  ];
}

function withTokens(role: FederationRole, tokenAt: (...path: readonly string[]) => string | undefined): FederationRole {
  const restored = (values: Readonly<Record<string, string>>, field: string): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, tokenAt(field, key) ?? value]));
  return {
    ...role,
    managedPolicyArns: restored(role.managedPolicyArns, "managedPolicyArns"),
    permissionsBoundaryArn: tokenAt("permissionsBoundaryArn") ?? role.permissionsBoundaryArn,
    tags: restored(role.tags, "tags"),
  };
}
