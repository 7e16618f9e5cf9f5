/** From a role as declared to what its resources say: one function for federation files and for `addRole`. */
import { Fn, Token } from "cdktf";
import type { Problem } from "../errors";
import { inlinePoliciesOf, roleTags, trustedIssuer } from "../federation/account-view";
import { canonicalInput } from "../federation/canonical-input";
import { checkRoleValues, checkTrustPolicyLength } from "../federation/check";
import type { FederationIssuer, FederationRole } from "../federation/model";
import type { RoleContext } from "../federation/read";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import { readRole } from "../federation/read";
import { roleSchema } from "../federation/schema";
import { shape } from "../federation/shape";
import { quoted } from "../text/text-rule";
import type { TrustContext, TrustedIssuer } from "../trust/build";
import { buildTrustPolicy, trustPolicyJson } from "../trust/build";
import { canonicalJson } from "../trust/canonical-json";
import type { TrustPolicy } from "../trust/policy";
import { EXTERNAL_ID, SERVICE_PRINCIPAL, USER } from "../trust/rules";
import { withPlaceholders } from "./aws-account";
import type { InlinePolicy } from "./inline-policies";
import { checkInlinePolicies } from "./inline-policies";
import { DatabricksOidcProvider } from "./oidc-provider";
import type { CheckedSettings } from "./settings";
import { mapValues } from "./terraform-text";
import type { CheckedToken, TokenSlot } from "./tokens";
import { reservedTextProblems, setTokensAside } from "./tokens";

/** What a role's resources say. Text may hold placeholders and tokens: it goes through `AwsAccount.text` once. */
export interface CheckedRole {
  readonly role: FederationRole;
  /** The same with stand-ins for tokens: what rules see. */
  readonly seen: FederationRole;
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

export interface AddedPolicies {
  readonly managedPolicyArns?: Readonly<Record<string, string>>;
  readonly inlinePolicies?: Readonly<Record<string, InlinePolicy>>;
}

/** `checked` is undefined where there are problems, or where an issuer it trusts has some. */
export interface RoleReading {
  readonly checked: CheckedRole | undefined;
  readonly problems: readonly Problem[];
}

/**
 * A role whose trusts may name provider constructs, with a key for each of these. Providers are `known` itself where
 * trusts name no others.
 */
export function withIssuerKeys(
  declaration: Readonly<Record<string, unknown>>,
  known: Readonly<Record<string, DatabricksOidcProvider>>,
): {
  readonly declaration: Readonly<Record<string, unknown>>;
  readonly providers: Readonly<Record<string, DatabricksOidcProvider>>;
} {
  const { trusts } = declaration;
  let providers = known;
  const keyOf = (provider: DatabricksOidcProvider): string => {
    const found = Object.entries(providers).find(([, other]) => other === provider)?.[0];
    if (found !== undefined) return found;
    const key = Object.hasOwn(providers, provider.node.id) ? provider.node.addr : provider.node.id;
    providers = { ...providers, [key]: provider };
    return key;
  };
  const named = (trust: unknown): unknown =>
    isMapping(trust) && trust["issuer"] instanceof DatabricksOidcProvider
      ? { ...trust, issuer: keyOf(trust["issuer"]) }
      : trust;
  const list: unknown = Array.isArray(trusts) && !Token.isUnresolved(trusts) ? trusts.map(named) : trusts;
  return { declaration: { ...declaration, trusts: list }, providers };
  issuersAt?: string,
}

/**
 * A trust that names a provider with problems has no problem of its own for it. `issuersAt`: what `providers` is called
 * where roles are declared; default: issuers.
 */
export function roleFrame(
  settings: CheckedSettings,
  providers: Readonly<Record<string, DatabricksOidcProvider>>,
): RoleFrame {
  const issuers: Record<string, FederationIssuer> = {};
  const trusted: Record<string, TrustedIssuer> = {};
  const broken = new Set<string>();
  for (const [key, { checked }] of Object.entries(providers)) {
    if (checked === undefined) {
      broken.add(key);
      continue;
    }
    const { issuer, arn } = checked;
    issuers[key] = issuer;
    trusted[key] = trustedIssuer(issuer, arn);
  }
  return {
    settings,
    reading: {
      issuers,
      broken,
      partition: settings.known.partition,
      ...(issuersAt === undefined ? {} : { issuersAt }),
    },
    trust: { ...withPlaceholders(settings.known), issuers: trusted },
  };
}

/** What the resources of a role say that has passed every rule on its fields. */
export function checkedRole(
  role: FederationRole,
  { settings, trust }: RoleFrame,
  tokens: readonly CheckedToken[] = [],
  seen = role,
): CheckedRole {
  const policy = buildTrustPolicy(role.trusts, role, trust);
  return {
    role,
    seen,
    policy,
    trustPolicy: withTokenValues(trustPolicyJson(policy), tokens),
    inlinePolicies: mapValues(inlinePoliciesOf(role, trust), canonicalJson),
    tags: roleTags(role, settings),
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

  // The problems of an issuer are reported with the issuer.
  if (read.value.trusts.some((trust) => trust.kind === "subjects" && frame.reading.broken.has(trust.issuer)))
    return refused([]);

  const ownBoundary = rest["permissionsBoundaryArn"] !== undefined;
  const role = withTokens(
    read.value,
    (...path) =>
      aside.tokenAt(...path) ??
      (path[0] === "permissionsBoundaryArn" && !ownBoundary ? frame.settings.boundaryToken : undefined),
  );
  const checked = checkedRole(role, frame, aside.checked, read.value);
  const tooLong = checkTrustPolicyLength(role, trustPolicyJson(checked.policy), settings.trustPolicyMaxLength);
  if (tooLong.length > 0) return refused(tooLong);
  const inlinePolicies = { ...checked.inlinePolicies, ...Object.fromEntries(policies.tokens) };
  return { checked: { ...checked, inlinePolicies }, problems: [] };
}

/** The fields that `addPolicies` reads. */
const policiesSchema = roleSchema.pick({ managedPolicyArns: true, inlinePolicies: true });

/** A role with further policies, checked together with those it has. Code beside those of a role: name-collision. */
export function addPolicies(
  checked: CheckedRole,
  { managedPolicyArns = {}, inlinePolicies = {} }: AddedPolicies,
  frame: RoleFrame,
): RoleReading {
  const { seen, role } = checked;
  const at = ["roles", seen.key];
  const count = Object.keys(seen.managedPolicyArns).length;
  const slot = { path: ["managedPolicyArns", "*"], standIn: (index: number) => standInPolicy(frame, count + index) };
  const aside = setTokensAside({ managedPolicyArns }, at, [slot]);
  const policies = checkInlinePolicies(inlinePolicies, [...at, "inlinePolicies"]);
  const canonical = canonicalInput({ ...(aside.clean as object), inlinePolicies: policies.documents }, false);
  const { value = {}, problems: found } = shape(policiesSchema, canonical.value, at, () => undefined);
  const problems = [
    ...aside.problems,
    ...policies.problems,
    ...canonical.problems,
    ...reservedTextProblems(canonical.value, at),
    ...found,
    ...(["managedPolicyArns", "inlinePolicies"] as const).flatMap((field) =>
      Object.keys(value[field] ?? {})
        .filter((key) => Object.hasOwn(seen[field], key))
        .map((key) => addedTwice("policy", key, [...at, field, key])),
    ),
  ];
  if (problems.length > 0) return refused(problems);
  const withAdded = (to: FederationRole, arns = value.managedPolicyArns): FederationRole => ({
    ...to,
    accounts: null,
    managedPolicyArns: { ...to.managedPolicyArns, ...arns },
    inlinePolicies: { ...to.inlinePolicies, ...value.inlinePolicies },
  });
  const ruled = checkRoleValues(withAdded(seen), frame.settings.settings);
  if (ruled.length > 0) return refused(ruled);
  const texts = { ...mapValues(value.inlinePolicies ?? {}, canonicalJson), ...Object.fromEntries(policies.tokens) };
  return {
    checked: {
      ...checked,
      seen: withAdded(seen),
      role: withAdded(role, managedPolicyArns),
      inlinePolicies: { ...checked.inlinePolicies, ...texts },
    },
    problems: [],
  };
}

/** A key that was given before. */
export function addedTwice(what: "policy" | "role", key: string, path: readonly PathPart[]): Problem {
  return {
    code: "name-collision",
    message: `The ${what} ${quoted(key)} was added twice.`,
    path: formatPath(path),
    fix: "Give one of them another key.",
  };
}

function refused(problems: readonly Problem[]): RoleReading {
  return { checked: undefined, problems };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A policy of the role's own account, each another. */
function standInPolicy({ settings }: RoleFrame, count: number): string {
  const account = settings.settings.accounts[0];
  return `arn:${account?.partition ?? "aws"}:iam::${account?.accountId ?? "000000000000"}:policy/token-${count}`;
}

/** Where a role takes tokens, and what the rules see instead. */
function slotsOf(frame: RoleFrame): readonly TokenSlot[] {
  const policyArn = (count: number): string => standInPolicy(frame, count);
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
