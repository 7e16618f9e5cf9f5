/** The one real call of sts:AssumeRoleWithWebIdentity. The session may do nothing, and its credentials are dropped. */
import { assumeRole, sessionNameOf } from "../../credentials/assume";
import { AwsRefusal } from "../../aws/refusal";
import { FederationError, InputError } from "../../errors";
import type { AccountView } from "../../federation/account-view";
import type { AwsAccount, FederationRole } from "../../federation/model";
import { readToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import { ACCOUNT_ID_PLACEHOLDER, roleArn } from "../../trust/build";
import type { DoctorOptions } from "../options";
import type { TokenFound } from "../check";

/** The session policy: the call is only about getting in. */
const DENY_ALL = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }],
});
/** The minimum of STS. */
export const SHORTEST_SESSION_SECONDS = 900;

export type AssumeOutcome =
  | { readonly kind: "in"; readonly assumedRoleArn: string | null; readonly expires: number }
  /** AWS refused. */
  | {
      readonly kind: "refused";
      readonly code: string;
      readonly awsCode: string;
      readonly awsMessage: string;
      readonly status: number;
      readonly message: string;
      readonly fix: string;
    }
  /** No call was made (`ours`: for a reason that the user can correct), or AWS did not answer. */
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly message: string;
      readonly fix: string;
      readonly ours: boolean;
    };

export interface CallSettings {
  readonly view: AccountView;
  /** All that have the role. */
  readonly accounts: readonly AwsAccount[];
  /** Whether the AWS credentials in use belong to one of them, which is then `view`'s. */
  readonly found: boolean;
  readonly region: string;
  readonly timeoutMs: number;
  /** Called with the host that is asked. */
  readonly onHost: (host: string) => void;
}

/** Calls STS once. A token that is not a JWT, or not from an issuer of the federation, is sent nowhere. */
export async function oneRealCall(
  options: DoctorOptions,
  role: FederationRole,
  given: TokenFound,
  settings: CallSettings,
): Promise<AssumeOutcome> {
  const { view } = settings;
  const noCall = (why: string, fix = "See the token check above.", code = "token-does-not-fit"): AssumeOutcome => ({
    kind: "failed",
    code,
    message: `No call was made: ${why}.`,
    fix,
    ours: code === "token-does-not-fit",
  });
  if (given.kind === "none") return noCall("no token available", undefined, "token-source-missing");
  const read = readToken(given.token.reveal());
  if (!read.ok) return noCall("the token is not a JWT");
  const { issuer, subject } = factsOf(read.token.claims);
  if (!Object.values(view.federation.issuers).some((known) => known.issuer === issuer))
    return noCall("the token is from an issuer that the federation does not have, and is sent nowhere");
  if (view.accountId === ACCOUNT_ID_PLACEHOLDER)
    return noCall(
      "the federation does not name its AWS account",
      "Give --aws-account-id, or write aws.accountId into the federation.",
    );
  if (settings.accounts.length > 1 && !settings.found)
    return noCall(
      "the role is in several AWS accounts",
      `Name one with --account: ${settings.accounts.map(({ key }) => key ?? "").join(", ")}.`,
    );
  try {
    const { assumedRoleArn, credentials } = await assumeRole({
      token: given.token,
      roleArn: roleArn({ partition: view.account.partition, accountId: view.accountId }, role),
      sessionName: sessionNameOf(subject ?? "doctor"),
      durationSeconds: SHORTEST_SESSION_SECONDS,
      policy: DENY_ALL,
      region: settings.region,
      env: options.environment.env,
      allowEndpoint: options.allowEndpoint,
      timeoutMs: settings.timeoutMs,
      onHost: settings.onHost,
    });
    return { kind: "in", assumedRoleArn, expires: credentials.expiration };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const { code, message, fix } = error.problem;
    if (!(error instanceof AwsRefusal))
      return { kind: "failed", code, message, fix, ours: error instanceof InputError };
    const { awsCode, awsMessage, status } = error;
    return { kind: "refused", code, awsCode, awsMessage, status, message, fix };
  }
}
