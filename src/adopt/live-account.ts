/** Reads what exists in an AWS account from IAM itself, with this machine's own AWS credentials; writes nothing. */
import { stsRegion } from "../aws/hosts";
import { openIam } from "../doctor/fetch/iam";
import type { Found, LiveProvider, LiveRole } from "../doctor/fetch/live";
import { ERROR_CODES, type ErrorCode, outsideError } from "../errors";
import { type Environment, variable } from "../network/environment";
import type { AccountPart, ExistingProvider, ExistingRole } from "./account";
import { NO_ADDRESSES } from "./account";

export interface LiveOptions {
  readonly environment: Environment;
  readonly region: string | undefined;
  /** Use endpoints that are neither AWS' nor loopback. */
  readonly allowEndpoint: boolean;
  readonly timeoutMs: number;
  readonly onProgress: (says: string) => void;
}

/** IAM throttles whole accounts, so whoever reads one may have to wait for others. */
const ATTEMPTS = 10;

/** The account of the credentials in use. Throws OutsideError with the codes of `openIam`. */
export async function liveAccount(options: LiveOptions): Promise<AccountPart> {
  const { environment, allowEndpoint, timeoutMs, onProgress } = options;
  const iam = await openIam({
    environment,
    allowEndpoint,
    timeoutMs,
    maxAttempts: ATTEMPTS,
    region: stsRegion("aws", [
      options.region,
      variable(environment, "AWS_REGION"),
      variable(environment, "AWS_DEFAULT_REGION"),
    ]),
    onDate: () => undefined,
    onPage: (roles) => onProgress(`read ${roles} roles from IAM`),
  });
  try {
    const providers = required(await iam.providers());
    const roles = required(await iam.roles());
    const settings = required(await iam.roleSettings());
    return {
      source: "AWS",
      unplaced: [],
      listsProviders: true,
      isPage: false,
      providers: providers.map(existingProvider),
      roles: roles.map((role) => existingRole(role, settings)),
    };
  } finally {
    iam.close();
  }
}

function required<T>(found: Found<T>): T {
  if (found.kind === "found") return found.value;
  if (found.kind === "absent") throw new RangeError("IAM lists an account or fails");
  const { code, message, fix } = found;
  throw outsideError(code in ERROR_CODES ? (code as ErrorCode) : "aws-refused", message, fix);
}

function existingProvider({ arn, url, clientIds, tags }: LiveProvider): ExistingProvider {
  return { arn, url, clientIds, tags, address: null };
}

function existingRole(
  { arn, name, path, tags, boundaryArn, lint }: LiveRole,
  settings: ReadonlyMap<string, { readonly description: string | null; readonly maxSessionDuration: number }>,
): ExistingRole {
  // what is attached has its content under its ARN
  const inline = Object.entries(lint.policies).filter(([policy]) => !policy.includes(":"));
  return {
    arn,
    name,
    path,
    lint,
    settings: settings.get(arn) ?? null,
    details: { tags, boundaryArn },
    policies: { attached: [...lint.managedPolicyArns], inline: Object.fromEntries(inline) },
    addresses: NO_ADDRESSES,
  };
}
