/** What a federation gives all its roles and providers: read and checked once. */
import { TerraformProvider } from "cdktf";
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import { SETTING_FIELDS } from "../federation/fields/settings";
import type { Settings } from "../federation/model";
import { readSettings } from "../federation/read";
import type { FederationInput } from "../federation/declarations";
import type { Partition } from "../issuer/rules";
import { SERVICE_PRINCIPAL, USER } from "../trust/rules";
import type { KnownAccount } from "./aws-account";
import { refuseOtherKit } from "./own-kit";
import { withEmptyValues } from "./given-props";
import type { CheckedToken } from "./tokens";
import { isPlainObject, reservedTextProblems, setTokensAside } from "./tokens";

/**
 * As at the top of a federation file.
 *
 * @example
 * ```ts
 * import { type FederationSettings } from "databricks-aws-oidc/cdktf";
 * const settings: FederationSettings = { awsAccountId: "111122223333", tags: { team: "data" } };
 * ```
 */
export interface FederationSettings extends Pick<
  FederationInput,
  | "emailDomains"
  | "identities"
  | "lint"
  | "maxSessionDuration"
  | "revokeSessionsBefore"
  | "roleNamePrefix"
  | "rolePath"
  | "suspended"
  | "trustPolicyMaxLength"
> {
  /** The AWS provider of every resource, such as an aliased one for another account. Default: the stack's own. */
  readonly provider?: TerraformProvider | undefined;
  /**
   * 12 digits; not Databricks' account ID. Compared with the provider's before anything is made. Default: the provider
   * is asked, once a stack, at plan time.
   */
  readonly awsAccountId?: string | undefined;
  /** Compared with the provider's before anything is made. Default: the provider is asked. */
  readonly awsPartition?: Partition | undefined;
  /** Permissions boundary of roles without their own; may be a token. Default: none. */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Tags of every resource; values may be tokens. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /**
   * False: nobody asks AWS whether an adopted provider exists and registers the audiences, as where the credentials
   * lack `iam:GetOpenIDConnectProvider`. Default: true; the plan fails where it does not.
   */
  readonly verifyExistingProviders?: boolean | undefined;
}

const { name: _name, ...SETTINGS } = SETTING_FIELDS;
/** @internal The properties of `FederationSettings`. */
export const FEDERATION_SETTINGS: readonly string[] = [
  ...Object.keys(SETTINGS),
  "provider",
  "awsAccountId",
  "awsPartition",
  "verifyExistingProviders",
];

/** @internal */
export interface CheckedSettings {
  /** All defaults where there are problems. `accounts` is empty where AWS is asked for the partition. */
  readonly settings: Settings;
  readonly known: KnownAccount;
  /** The federation's tags, tokens in place. */
  readonly tags: Readonly<Record<string, string>>;
  readonly verifiesExisting: boolean;
  /** The permissions boundary where it is a token; `settings` then has a stand-in. */
  readonly boundaryToken: string | undefined;
  /** Identities whose subject is a token; `settings` then has a stand-in. */
  readonly identityTokens: readonly CheckedToken[];
  readonly problems: readonly Problem[];
}

/**
 * @internal Reads the settings of the federation called `name`. Codes: those of a federation file, token-not-allowed,
 * reserved-text. Throws InputError with kit-mismatch.
 */
export function checkSettings(name: string, settings: FederationSettings): CheckedSettings {
  const { provider, awsAccountId: accountId, awsPartition: partition, verifyExistingProviders, ...rest } = settings;
  const aside = setTokensAside(
    { ...rest, tags: withEmptyValues(rest.tags), aws: { accountId, partition } },
    [],
    [
      {
        path: ["permissionsBoundaryArn"],
        standIn: () => `arn:${partition ?? "aws"}:iam::${accountId ?? "000000000000"}:policy/token`,
      },
      { path: ["tags", "*"], standIn: () => "" },
      // those of roles have other stand-ins
      { path: ["identities", "*", "servicePrincipal"], standIn: standInIdentity, rule: SERVICE_PRINCIPAL },
      { path: ["identities", "*", "user"], standIn: (count) => `identity-${count}@stand-in.invalid`, rule: USER },
    ],
  );
  const early: Problem[] = [...aside.problems, ...reservedTextProblems(aside.clean, [])].map(asProp);
  const known = { accountId: accountId ?? null, partition: partition ?? null, provider, configured: false };
  refuseOtherKit(provider, "provider");
  if (provider !== undefined && !isAwsProvider(provider)) early.push(notAnAwsProvider());
  if (!["boolean", "undefined"].includes(typeof verifyExistingProviders)) early.push(notTrueOrFalse());
  if (early.length > 0) return defaults(early, provider);
  const canonical = canonicalInput({ ...(aside.clean as object), name });
  const read = readSettings(canonical.value as Readonly<Record<string, unknown>>, Date.now() / 1000);
  const problems = [...canonical.problems, ...read.problems].map(asProp);
  if (problems.length > 0) return defaults(problems, provider);
  return {
    settings: partition === undefined ? { ...read.settings, accounts: [] } : read.settings,
    known,
    tags: Object.fromEntries(
      Object.entries(read.settings.tags).map(([key, value]) => [key, aside.tokenAt("tags", key) ?? value]),
    ),
    boundaryToken: aside.tokenAt("permissionsBoundaryArn"),
    identityTokens: aside.checked,
    verifiesExisting: verifyExistingProviders !== false,
    problems: [],
  };
}

function standInIdentity(count: number): string {
  return `00000000-0000-4000-9000-${String(count).padStart(12, "0")}`;
}

/** Defaults in place of what was wrong, so that issuers and roles are checked all the same. */
function defaults(problems: readonly Problem[], provider: TerraformProvider | undefined): CheckedSettings {
  const known = { awsPartition: "aws", ...(isAwsProvider(provider) ? { provider } : {}) } as const;
  return { ...checkSettings("federation", known), problems };
}

/** The same at the property of the construct that says it. */
function asProp(problem: Problem): Problem {
  const path =
    problem.path === "aws.accountId" ? "awsAccountId" : problem.path?.replace(/^aws\.partition$/, "awsPartition");
  return path === undefined ? problem : { ...problem, path };
}

/**
 * @internal `value` where it is a mapping; else nothing, and `at` is refused. JavaScript may give what no type
 * allows.
 */
export function mappingAt<T>(
  at: string,
  value: Readonly<Record<string, T>> | undefined,
  problems: Problem[],
): Readonly<Record<string, T>> {
  if (value === undefined || isPlainObject(value)) return value ?? {};
  problems.push({ code: "wrong-type", message: `${at} must be a mapping.`, path: at, fix: "Write { key: … }." });
  return {};
}

function isAwsProvider(provider: unknown): provider is TerraformProvider {
  return TerraformProvider.isTerraformProvider(provider) && provider.terraformResourceType === "aws";
}

function notTrueOrFalse(): Problem {
  const path = "verifyExistingProviders";
  return { code: "wrong-type", message: "Must be true or false.", path, fix: "Write false, or leave it out." };
}

function notAnAwsProvider(): Problem {
  return {
    code: "wrong-type",
    message: "provider is not an AWS provider.",
    path: "provider",
    fix: "Give an AwsProvider of this app, or leave it out for the stack's own.",
  };
}
