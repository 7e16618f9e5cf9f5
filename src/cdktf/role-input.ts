/** From a role as declared to what its resources say: one function for federation files and for `addRole`. */
import { Fn, Token } from "cdktf";
import type { Problem } from "../errors";
import { inlinePoliciesOf, roleTags, trustedIssuer } from "../federation/account-view";
import { canonicalInput } from "../federation/canonical-input";
import { checkRoleValues, checkTrustPolicyLength } from "../federation/check";
import type { FederationIssuer, FederationRole } from "../federation/model";
import type { RoleContext } from "../federation/read-roles";
import { readRole } from "../federation/read-roles";
import { formatPath } from "../federation/path";
import { checkSuspended } from "../federation/suspension";
import type { TrustContext, TrustedIssuer } from "../trust/build";
import { buildTrustPolicy, trustPolicyJson } from "../trust/build";
import { canonicalJson } from "../trust/canonical-json";
import type { TrustPolicy } from "../trust/policy";
import { EXTERNAL_ID, SERVICE_PRINCIPAL, USER } from "../trust/rules";
import type { Suspension } from "../trust/suspension";
import type { AddedPolicies } from "./added-policies";
import { checkAddedPolicies, standInPolicy } from "./added-policies";
import { withPlaceholders } from "./aws-account";
import { withEmptyValues } from "./given-props";
import { checkInlinePolicies } from "./inline-policies";
import { DatabricksOidcProvider } from "./oidc-provider";
import type { CheckedSettings } from "./settings";
import { mapValues } from "./terraform-text";
import type { CheckedToken, TokenSlot } from "./tokens";
import { reservedTextProblems, setTokensAside } from "./tokens";
import { isRecord } from "../text/members";

/** What a role's resources say. Text may hold placeholders and tokens: it goes through `AwsAccount.text` once. */
export interface CheckedRole {
  readonly role: FederationRole;
  /** The same with stand-ins for tokens: what rules see. */
  readonly seen: FederationRole;
  /** As built, with stand-ins for tokens: what rules look at. */
  readonly policy: TrustPolicy;
  /** Whom it suspends, with stand-ins for tokens. */
  readonly suspension: Suspension;
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
  /** What lint found no error in: see `lintErrorsOfRole`. */
  readonly faultless: Set<string>;
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
    isRecord(trust) && trust["issuer"] instanceof DatabricksOidcProvider
      ? { ...trust, issuer: keyOf(trust["issuer"]) }
      : trust;
  const list: unknown = Array.isArray(trusts) && !Token.isUnresolved(trusts) ? trusts.map(named) : trusts;
  return { declaration: { ...declaration, trusts: list }, providers };
}

/**
 * A trust that names a provider with problems has no problem of its own for it. `issuersAt`: what `providers` is called
 * where roles are declared; default: issuers.
 */
export function roleFrame(
  settings: CheckedSettings,
  providers: Readonly<Record<string, DatabricksOidcProvider>>,
  issuersAt?: string,
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
      now: Date.now() / 1000,
      ...(issuersAt === undefined ? {} : { issuersAt }),
    },
    trust: { ...withPlaceholders(settings.known), issuers: trusted },
    faultless: new Set(),
  };
}

/** What the resources of a role say that has passed every rule on its fields. */
export function checkedRole(
  role: FederationRole,
  { settings, trust }: RoleFrame,
  tokens: readonly CheckedToken[] = [],
  seen = role,
): CheckedRole {
  const suspension = suspensionOf(role, tokens, settings);
  const tags = roleTags(role, settings);
  const inlinePolicies = mapValues(inlinePoliciesOf(role, trust), canonicalJson);
  const policy = buildTrustPolicy(role.trusts, role, trust, suspension);
  const json = trustPolicyJson(policy);
  const used = [...tokens, ...settings.identityTokens.filter(({ standIn }) => json.includes(standIn))];
  return {
    role,
    seen,
    policy,
    suspension,
    trustPolicy: withTokenValues(json, used),
    inlinePolicies,
    tags,
    tokens: used,
  };
}

/**
 * A subject that is a token may be anyone: it is not in the list of those who are suspended, and denied if it is
 * one.
 */
function suspensionOf(
  role: FederationRole,
  tokens: readonly CheckedToken[],
  { identityTokens }: CheckedSettings,
): Suspension {
  const unknown = new Set([...tokens, ...identityTokens].map(({ standIn }) => standIn));
  return { subjects: role.suspendedSubjects, unknown };
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
  const { inlinePolicies: declaredInline, managedPolicyArns, tags, ...others } = declaration;
  const rest = { ...others, managedPolicyArns: withEmptyValues(managedPolicyArns), tags: withEmptyValues(tags) };
  const policies = checkInlinePolicies(isRecord(declaredInline) ? declaredInline : {}, [...at, "inlinePolicies"]);
  const aside = setTokensAside(rest, at, slotsOf(frame));
  const tokenProblems = [...aside.problems, ...policies.problems];
  if (tokenProblems.length > 0) return refusedRole(tokenProblems);

  const inline = declaredInline === undefined || isRecord(declaredInline) ? policies.documents : declaredInline;
  const canonical = canonicalInput({ ...(aside.clean as object), inlinePolicies: inline }, false);
  const read = readRole(key, canonical.value, settings, frame.reading, () => undefined);
  const problems = [...canonical.problems, ...reservedTextProblems(canonical.value, at), ...read.problems];
  if (read.value === undefined || problems.length > 0) return refusedRole(problems);
  const ruled = checkRoleValues(read.value, settings);
  if (ruled.length > 0) return refusedRole(ruled);

  // The problems of an issuer are reported with the issuer.
  if (read.value.trusts.some((trust) => trust.kind === "subjects" && frame.reading.broken.has(trust.issuer)))
    return refusedRole([]);

  const ownBoundary = others["permissionsBoundaryArn"] !== undefined;
  const role = withTokens(
    read.value,
    (...path) =>
      aside.tokenAt(...path) ??
      (path[0] === "permissionsBoundaryArn" && !ownBoundary ? frame.settings.boundaryToken : undefined),
  );
  const checked = checkedRole(role, frame, aside.checked, read.value);
  const unnamed = checkSuspended(role.suspended, [role], settings, `${formatPath(at)}.suspended`);
  if (unnamed.length > 0 && checked.tokens.length === 0) return refusedRole(unnamed);
  const tooLong = checkTrustPolicyLength(role, checked.policy, settings.trustPolicyMaxLength);
  if (tooLong.length > 0) return refusedRole(tooLong);
  const inlinePolicies = { ...checked.inlinePolicies, ...Object.fromEntries(policies.tokens) };
  return { checked: { ...checked, inlinePolicies }, problems: [] };
}

/** A role with further policies, checked together with those it has. Code beside those of a role: name-collision. */
export function addPolicies(checked: CheckedRole, added: AddedPolicies, { settings }: RoleFrame): RoleReading {
  const { role, inlinePolicies } = checked;
  const { seen, texts, problems } = checkAddedPolicies(checked.seen, added, settings.settings);
  if (seen === undefined) return refusedRole(problems);
  const managedPolicyArns = { ...role.managedPolicyArns, ...added.managedPolicyArns };
  return {
    checked: {
      ...checked,
      seen: { ...checked.seen, ...seen },
      role: { ...role, ...seen, managedPolicyArns },
      inlinePolicies: { ...inlinePolicies, ...texts },
    },
    problems: [],
  };
}

/** A role with these problems. */
export function refusedRole(problems: readonly Problem[]): RoleReading {
  return { checked: undefined, problems };
}

/** Where a role takes tokens, and what the rules see instead. */
function slotsOf(frame: RoleFrame): readonly TokenSlot[] {
  const policyArn = (count: number): string => standInPolicy(frame.settings.settings, count);
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
