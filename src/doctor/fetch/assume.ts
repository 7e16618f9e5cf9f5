/** The one real call of sts:AssumeRoleWithWebIdentity. The session may do nothing, and nobody keeps its credentials. */
import { AwsRefusal, assumeRole } from "../../credentials/assume";
import { sessionNameOf } from "../../credentials/session-name";
import { FederationError, InputError } from "../../errors";
import type { AccountView } from "../../federation/account-view";
import type { AwsAccount, FederationRole } from "../../federation/model";
import { readToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import { ACCOUNT_ID_PLACEHOLDER, roleArn } from "../../trust/build";
import type { AssumeOutcome } from "../checks/assume";
import { DENY_ALL, SHORTEST_SESSION_SECONDS } from "../checks/assume";
import type { DoctorQuestion } from "../question";
import type { TokenFound } from "./token";

export interface CallSettings {
  readonly view: AccountView;
  /** All that have the role. */
  readonly accounts: readonly AwsAccount[];
  /** Whether AWS said that the credentials in use are of one of them, which is then `view`'s. */
  readonly found: boolean;
  readonly region: string;
  readonly timeoutMs: number;
}

/** Asks STS once. A token that is no JWT, or of an issuer the federation does not have, stays here. */
export async function oneRealCall(
  question: DoctorQuestion,
  role: FederationRole,
  given: TokenFound,
  settings: CallSettings,
): Promise<AssumeOutcome> {
  const { view } = settings;
  const kept = (message: string, fix: string): AssumeOutcome => ({
    kind: "failed",
    code: "token-does-not-fit",
    message,
    fix,
    ours: true,
  });
  if (given.kind === "none")
    return {
      kind: "failed",
      code: "token-source-missing",
      message: "No call was made, for want of a token.",
      fix: "See what is said of the token.",
      ours: false,
    };
  const reading = readToken(given.token.reveal());
  if (!reading.ok) return kept("No call was made: what there is is no JWT.", "See what is said of the token.");
  const { issuer, subject } = factsOf(reading.token.claims);
  if (!Object.values(view.federation.issuers).some((known) => known.issuer === issuer))
    return kept(
      "No call was made: the token is of an issuer the federation does not have, and is shown to nobody.",
      "See what is said of the token.",
    );
  if (view.accountId === ACCOUNT_ID_PLACEHOLDER)
    return kept(
      "No call was made: the federation leaves the AWS account to be found out.",
      "Give --aws-account-id, or write aws.accountId into the federation.",
    );
  if (settings.accounts.length > 1 && !settings.found)
    return kept(
      `No call was made: the role is in several AWS accounts.`,
      `Name one with --account-key: ${settings.accounts.map(({ key }) => key ?? "").join(", ")}.`,
    );
  try {
    const { assumedRoleArn, credentials } = await assumeRole({
      token: given.token,
      roleArn: roleArn({ partition: view.account.partition, accountId: view.accountId }, role),
      sessionName: sessionNameOf(subject ?? "doctor"),
      durationSeconds: SHORTEST_SESSION_SECONDS,
      policy: DENY_ALL,
      region: settings.region,
      env: question.environment.env,
      allowEndpoint: question.allowEndpoint,
      timeoutMs: settings.timeoutMs,
    });
    return { kind: "in", assumedRoleArn, expires: credentials.expiration };
  } catch (error) {
    if (!(error instanceof FederationError)) throw error;
    const message = error.problems[0]?.message ?? "";
    if (error instanceof AwsRefusal)
      return {
        kind: "refused",
        code: error.code,
        awsCode: error.awsCode,
        awsMessage: error.awsMessage,
        status: error.status,
        message,
        fix: error.fix,
      };
    return { kind: "failed", code: error.code, message, fix: error.fix, ours: error instanceof InputError };
  }
}
