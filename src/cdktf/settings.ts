/** What a federation gives all its roles and providers: read and checked once. */
import type { Problem } from "../errors";
import { InputError } from "../errors";
import type { Federation } from "../federation/model";
import { readFederation } from "../federation/read";
import type { FederationInput } from "../federation/schema";
import type { Partition } from "../issuer/rules";
import { reservedTextProblems } from "./reserved-text";
import { setTokensAside } from "./tokens-aside";

/** As at the top of a federation file. */
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

export interface ReadSettings {
  /** Without issuers and roles; all defaults where there are problems. */
  readonly federation: Federation;
  /** As given; null where only AWS knows it. */
  readonly known: { readonly accountId: string | null; readonly partition: Partition | null };
  /** The federation's tags, tokens in place. */
  readonly tags: Readonly<Record<string, string>>;
  /** The permissions boundary where it is a token; `federation` then has a stand-in. */
  readonly boundaryToken: string | undefined;
  readonly problems: readonly Problem[];
}

/** A federation without an issuer is refused; a construct may get its roles later, or be for Unity Catalog alone. */
const PLACEHOLDER_ISSUER = { level: "workspace", host: "placeholder.cloud.databricks.com", workspaceId: "1" } as const;

/**
 * Reads the settings of the federation called `name`. Codes: those of a federation file, token-not-allowed,
 * reserved-text.
 */
export function readSettings(name: string, settings: FederationSettings): ReadSettings {
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
  if (early.length > 0) return unreadable(early);
  try {
    const { federation } = readFederation({
      ...(aside.clean as object),
      name,
      issuers: { placeholder: PLACEHOLDER_ISSUER },
      roles: {},
    });
    return {
      federation: { ...federation, issuers: {}, accounts: partition === undefined ? [] : federation.accounts },
      known: { accountId: accountId ?? null, partition: partition ?? null },
      tags: Object.fromEntries(
        Object.entries(federation.tags).map(([key, value]) => [key, aside.tokenAt("tags", key) ?? value]),
      ),
      boundaryToken: aside.tokenAt("permissionsBoundaryArn"),
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return unreadable(error.problems);
  }
}

/** Defaults in place of what was wrong, so that issuers and roles are looked at all the same. */
function unreadable(problems: readonly Problem[]): ReadSettings {
  return { ...readSettings("federation", { awsPartition: "aws" }), problems };
}
