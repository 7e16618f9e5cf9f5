/** From a role as declared to what its resources say: one function for federation files and for `addRole`. */
import { Fn } from "cdktf";
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { checkRoleValues, checkTrustPolicyLength } from "../federation/check";
import type { FederationIssuer, FederationRole } from "../federation/model";
import type { RoleContext } from "../federation/read";
import { readRole } from "../federation/read";
import type { TrustContext, TrustedIssuer } from "../trust/build";
import { buildTrustPolicy, SELF_ASSUME_POLICY_NAME, selfAssumePolicy, trustPolicyJson } from "../trust/build";
import { canonicalJson } from "../trust/canonical-json";
import type { TrustPolicy } from "../trust/policy";
import { EXTERNAL_ID, SERVICE_PRINCIPAL, USER } from "../trust/rules";
import { withPlaceholders } from "./aws-account";
import { checkInlinePolicies } from "./inline-policies";
import type { CheckedIssuer } from "./oidc-provider";
import type { CheckedSettings } from "./settings";
import { mapValues } from "./terraform-text";
import type { CheckedToken, TokenSlot } from "./tokens";
import { reservedTextProblems, setTokensAside } from "./tokens";

/** What a role's resources say. Text may hold placeholders and tokens: it goes through `AwsAccount.text` once. */
export interface CheckedRole {
  readonly role: FederationRole;
  /** As built, with stand-ins for tokens: what rules look at. */
  readonly policy: TrustPolicy;
  /** The same as JSON, with tokens. */
  readonly trustPolicy: string;
  /** Policy name -> JSON, the self-assume policy of Unity Catalog included. */
  readonly inlinePolicies: Readonly<Record<string, string>>;
  /** With the federation's. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whose values Terraform checks before it makes the role. */
  readonly tokens: readonly CheckedToken[];
}

/** What roles of one federation share. */
export interface RoleFrame {
  readonly settings: CheckedSettings;
  readonly reading: RoleContext;
  readonly trust: TrustContext;
}

/** `checked` is undefined where there are problems, or where an issuer it trusts has some. */
export interface RoleReading {
  readonly checked: CheckedRole | undefined;
  readonly problems: readonly Problem[];
}

/** `checked` has undefined for an issuer with problems: trusts that name it are not blamed for it. */
export function roleFrame(
  settings: CheckedSettings,
  checked: Readonly<Record<string, CheckedIssuer | undefined>>,
): RoleFrame {
  const issuers: Record<string, FederationIssuer> = {};
  const trusted: Record<string, TrustedIssuer> = {};
  const broken = new Set<string>();
  for (const [key, found] of Object.entries(checked)) {
    if (found === undefined) {
      broken.add(key);
      continue;
    }
    const { issuer, arn } = found;
    issuers[key] = issuer;
    trusted[key] = { conditionKeys: issuer.conditionKeys, audiences: issuer.audiences, providerArn: arn };
  }
  return {
    settings,
    reading: { issuers, broken, partition: settings.known.partition },
    trust: { ...withPlaceholders(settings.known), issuers: trusted },
  };
}

/** What the resources of a role say that has passed every rule on its fields. */
export function checkedRole(
  role: FederationRole,
  { settings, trust }: RoleFrame,
  tokens: readonly CheckedToken[] = [],
): CheckedRole {
  const policy = buildTrustPolicy(role.trusts, role, trust);
  const inlinePolicies = { ...role.inlinePolicies };
  if (role.trusts.some((entry) => entry.kind === "unityCatalog"))
    inlinePolicies[SELF_ASSUME_POLICY_NAME] = selfAssumePolicy(role, trust);
  return {
    role,
    policy,
    trustPolicy: withTokenValues(trustPolicyJson(policy), tokens),
    inlinePolicies: mapValues(inlinePolicies, canonicalJson),
    tags: { ...settings.tags, ...role.tags },
    tokens,
  };
}

/** `json` with each token in place of its stand-in: encoded by Terraform, so that no value ends its string. */
function withTokenValues(json: string, tokens: readonly CheckedToken[]): string {
  return tokens.reduce((text, { token, standIn }) => text.replaceAll(`"${standIn}"`, () => Fn.jsonencode(token)), json);
}

/** Reads and checks a role declared in TypeScript. Every problem at once. */
export function checkRoleProps(
  key: string,
  declaration: Readonly<Record<string, unknown>>,
  frame: RoleFrame,
): RoleReading {
  const at = ["roles", key];
  const { settings } = frame.settings;
  const { inlinePolicies: declaredInline, ...rest } = declaration;
  const policies = checkInlinePolicies(isMapping(declaredInline) ? declaredInline : {}, [...at, "inlinePolicies"]);
  const aside = setTokensAside(rest, at, slotsOf(frame));
  const tokenProblems = [...aside.problems, ...policies.problems];
  if (tokenProblems.length > 0) return refused(tokenProblems);

  const inline = declaredInline === undefined || isMapping(declaredInline) ? policies.documents : declaredInline;
  const canonical = canonicalInput({ ...(aside.clean as object), inlinePolicies: inline }, false);
  const read = readRole(key, canonical.value, settings, frame.reading, () => undefined);
  const problems = [...canonical.problems, ...reservedTextProblems(canonical.value, at), ...read.problems];
  if (read.value === undefined || problems.length > 0) return refused(problems);
  const ruled = checkRoleValues(read.value, settings);
  if (ruled.length > 0) return refused(ruled);

  // An issuer with problems has told them itself.
  if (read.value.trusts.some((trust) => trust.kind === "subjects" && frame.reading.broken.has(trust.issuer)))
    return refused([]);

  const ownBoundary = rest["permissionsBoundaryArn"] !== undefined;
  const role = withTokens(
    read.value,
    (...path) =>
      aside.tokenAt(...path) ??
      (path[0] === "permissionsBoundaryArn" && !ownBoundary ? frame.settings.boundaryToken : undefined),
  );
  const checked = checkedRole(role, frame, aside.checked);
  const tooLong = checkTrustPolicyLength(role, trustPolicyJson(checked.policy), settings.trustPolicyMaxLength);
  if (tooLong.length > 0) return refused(tooLong);
  const inlinePolicies = { ...checked.inlinePolicies, ...Object.fromEntries(policies.tokens) };
  return { checked: { ...checked, inlinePolicies }, problems: [] };
}

function refused(problems: readonly Problem[]): RoleReading {
  return { checked: undefined, problems };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where a role takes tokens, and what the rules see instead: a policy of the role's own account, each another. */
function slotsOf({ settings }: RoleFrame): readonly TokenSlot[] {
  const account = settings.settings.accounts[0];
  const policyArn = (count: number): string =>
    `arn:${account?.partition ?? "aws"}:iam::${account?.accountId ?? "000000000000"}:policy/token-${count}`;
  return [
    { path: ["managedPolicyArns", "*"], standIn: policyArn },
    { path: ["permissionsBoundaryArn"], standIn: policyArn },
    { path: ["tags", "*"], standIn: () => "" },
    { path: ["trusts", "*", "servicePrincipals", "*"], standIn: standInUuid, rule: SERVICE_PRINCIPAL },
    { path: ["trusts", "*", "users", "*"], standIn: (count) => `token-${count}@stand-in.invalid`, rule: USER },
    { path: ["trusts", "*", "unityCatalog", "externalIds", "*"], standIn: standInUuid, rule: EXTERNAL_ID },
  ];
}

function standInUuid(count: number): string {
  return `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
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
