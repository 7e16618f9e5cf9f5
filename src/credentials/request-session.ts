/** A new session of a role: a Databricks token is obtained, checked, and sent to STS. */
import { inputError } from "../errors";
import type { Environment } from "../network/environment";
import { readToken } from "../sts/read-token";
import { factsOf } from "../sts/request-keys";
import type { Secret } from "../text/secret";
import { quoted } from "../text/text-rule";
import type { TokenOptions } from "../token/choose-source";
import { loopText } from "../token/loop";
import { type ObtainedToken, obtainToken } from "../token/obtain";
import { assumeRole, sessionNameOf } from "./assume";
import { type CachedSession, endHere } from "./cached-session";
import { type RetryOptions, withRetry } from "./retry";
import type { ResolvedRole } from "./role";

/** A session by web identity. */
export interface RequestSessionOptions {
  readonly via: "web-identity";
  readonly environment: Environment;
  readonly role: ResolvedRole;
  readonly token: Pick<TokenOptions, "from" | "tokenFile" | "profile" | "scope" | "timeoutMs">;
  readonly region: string;
  /** Default: made from the token's subject. */
  readonly sessionName?: string | undefined;
  /** Seconds. */
  readonly durationSeconds?: number | undefined;
  readonly allowEndpoint?: boolean | undefined;
  readonly retry: RetryOptions;
  /** Called with what a person should know; never a secret. */
  readonly note?: (text: string) => void;
}

/** A token that may be sent to AWS, and its subject. */
export interface SendableToken {
  readonly token: Secret;
  readonly issuer: string;
  readonly subject: string;
}

/**
 * A new session. `started`: when the caller began to wait, by `performance.now()`. Errors as of `obtainSendableToken`
 * and `assumeRole`.
 */
export async function requestSession(options: RequestSessionOptions, started: number): Promise<CachedSession> {
  const { environment, role, note } = options;
  const { token, issuer, subject } = await obtainSendableToken(options);
  const assume = {
    token,
    roleArn: role.arn,
    sessionName: options.sessionName ?? sessionNameOf(subject),
    durationSeconds: options.durationSeconds,
    region: options.region,
    env: environment.env,
    allowEndpoint: options.allowEndpoint,
  };
  const { credentials, awsTime } = await withRetry(() => assumeRole(assume), {
    ...options.retry,
    started,
    onRetry: (error, delay) =>
      note?.(
        `${error.problem.message} Trying again in ${Math.ceil(delay / 1000)} s` +
          `${error.code === "aws-access-denied" ? ": a new role takes up to 11 s to become usable" : ""}.`,
      ),
  });
  const obtained = environment.now();
  const { expiration } = credentials;
  return {
    version: 1,
    obtained,
    expires: endHere(expiration, obtained, awsTime),
    of: { role: role.arn, issuer, subject },
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken.reveal(),
  };
}

/** A token of an issuer the role trusts. InputError token-opaque, token-does-not-fit; errors as of `obtainToken`. */
export async function obtainSendableToken(
  options: Pick<RequestSessionOptions, "environment" | "role" | "token" | "note">,
): Promise<SendableToken & Pick<ObtainedToken, "source" | "place">> {
  const { role, note } = options;
  const obtained = await obtainToken({
    ...options.token,
    environment: options.environment,
    targets: options.role.targets,
  });
  const { token, source, place } = obtained;
  for (const text of obtained.skipped) note?.(`${text} It is not used; the token is from ${place}.`);
  const loop = loopText(obtained, role.arn);
  if (loop !== null) note?.(loop);
  const reading = readToken(token.reveal());
  if (!reading.ok) {
    const code = reading.not.kind === "opaque" || obtained.opaque ? "token-opaque" : "token-does-not-fit";
    throw inputError(
      code,
      `The token from ${place} is not a JWT. ${reading.not.why}`,
      "Run token to see what is there.",
    );
  }
  const { issuer, subject } = factsOf(reading.token.claims);
  if (role.targets.length > 0 && !role.targets.some((target) => target.issuer === issuer))
    throw inputError(
      "token-does-not-fit",
      `The token (${source}: ${place}) is from issuer ${issuer === null ? "none" : quoted(issuer)}; ` +
        `${role.arn} trusts ${role.targets.map((target) => target.issuer).join(", ")}.`,
      "Get the token from that issuer: check DATABRICKS_HOST, or name another token source with --from.",
    );
  return { token, source, place, issuer: issuer ?? "", subject: subject ?? "" };
}
