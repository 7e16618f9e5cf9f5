/** What a federation gives all its roles and providers: read and checked once. */
import type { Problem } from "../errors";
import { canonicalInput } from "../federation/canonical-input";
import type { Settings } from "../federation/model";
import { readSettings } from "../federation/read";
import type { FederationInput } from "../federation/schema";
import type { Partition } from "../issuer/rules";
import { reservedTextProblems, setTokensAside } from "./tokens";

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
  "lint" | "maxSessionDuration" | "roleNamePrefix" | "rolePath" | "trustPolicyMaxLength"
> {
  /** 12 digits; not Databricks' account ID. Default: AWS is asked once a stack, at plan time. */
  readonly awsAccountId?: string | undefined;
  /** Default: AWS is asked once a stack, at plan time. */
  readonly awsPartition?: Partition | undefined;
  /** Default permissions boundary of roles; may be a token. */
  readonly permissionsBoundaryArn?: string | undefined;
  /** Tags of every resource; values may be tokens. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** The AWS account and partition as given; null where only AWS knows them. */
export interface KnownAccount {
  readonly accountId: string | null;
  readonly partition: Partition | null;
}

export interface CheckedSettings {
  /** All defaults where there are problems. `accounts` is empty where AWS is asked for the partition. */
  readonly settings: Settings;
  readonly known: KnownAccount;
  /** The federation's tags, tokens in place. */
  readonly tags: Readonly<Record<string, string>>;
  /** The permissions boundary where it is a token; `settings` then has a stand-in. */
  readonly boundaryToken: string | undefined;
  readonly problems: readonly Problem[];
}

/**
 * Reads the settings of the federation called `name`. Codes: those of a federation file, token-not-allowed,
 * reserved-text.
 */
export function checkSettings(name: string, settings: FederationSettings): CheckedSettings {
  const { awsAccountId: accountId, awsPartition: partition, ...rest } = settings;
  const aside = setTokensAside(
    { ...rest, aws: { accountId, partition } },
    [],
    [
      {
        path: ["permissionsBoundaryArn"],
        standIn: () => `arn:${partition ?? "aws"}:iam::${accountId ?? "000000000000"}:policy/token`,
      },
      { path: ["tags", "*"], standIn: () => "" },
    ],
  );
  const early = [...aside.problems, ...reservedTextProblems(aside.clean, [])];
  if (early.length > 0) return defaults(early);
  const canonical = canonicalInput({ ...(aside.clean as object), name });
  const read = readSettings(canonical.value as Readonly<Record<string, unknown>>);
  const problems = [...canonical.problems, ...read.problems];
  if (problems.length > 0) return defaults(problems);
  return {
    settings: partition === undefined ? { ...read.settings, accounts: [] } : read.settings,
    known: { accountId: accountId ?? null, partition: partition ?? null },
    tags: Object.fromEntries(
      Object.entries(read.settings.tags).map(([key, value]) => [key, aside.tokenAt("tags", key) ?? value]),
    ),
    boundaryToken: aside.tokenAt("permissionsBoundaryArn"),
    problems: [],
  };
}

/** Defaults in place of what was wrong, so that issuers and roles are checked all the same. */
function defaults(problems: readonly Problem[]): CheckedSettings {
  return { ...checkSettings("federation", { awsPartition: "aws" }), problems };
}
