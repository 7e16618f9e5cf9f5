/** One call of sts:AssumeRoleWithWebIdentity. */
import { createHash } from "node:crypto";
import { type Secret, secret } from "../text/secret";
import { awsHandler } from "../aws/handler";
import { refusalOf, unreadable } from "../aws/refusal";
import { checkStsHost, stsEndpoint } from "../aws/hosts";

export interface AssumeOptions {
  readonly token: Secret;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Seconds; undefined: AWS' default, 3,600. */
  readonly durationSeconds?: number | undefined;
  readonly region: string;
  /** A session policy, JSON: the session may do no more than it and the role both allow. */
  readonly policy?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Send the token to an endpoint that is neither AWS' nor loopback. */
  readonly allowEndpoint?: boolean | undefined;
  readonly timeoutMs?: number;
  /** Called with the host that is asked. */
  readonly onHost?: (host: string) => void;
}

/** Credentials of one session. The three secret parts hide themselves from logs. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  /** Milliseconds since 1970. */
  readonly expiration: number;
}

export interface AssumedRole {
  readonly credentials: AwsCredentials;
  /** arn:aws:sts::…:assumed-role/NAME/SESSION */
  readonly assumedRoleArn: string | null;
  /** AWS' clock at its response, milliseconds since 1970; null where it has none. */
  readonly awsTime: number | null;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/**
 * Calls STS once. Throws AwsRefusal (aws-access-denied, aws-invalid-token, aws-expired-token, aws-throttled,
 * aws-refused), OutsideError aws-answer-unreadable and those of `request`, InputError aws-endpoint-overridden.
 */
export async function assumeRole(options: AssumeOptions): Promise<AssumedRole> {
  const { STSClient, AssumeRoleWithWebIdentityCommand } = await import("@aws-sdk/client-sts");
  const endpoint = stsEndpoint(options.env);
  let date: string | undefined;
  const requestHandler = awsHandler({
    env: options.env,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    allow: (host) => {
      checkStsHost(host, options.allowEndpoint === true);
      options.onHost?.(host);
    },
    onDate: (_host, seen) => {
      date = seen;
    },
  });
  const client = new STSClient({
    region: options.region,
    maxAttempts: 1,
    requestHandler,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  try {
    const response = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: options.roleArn,
        RoleSessionName: options.sessionName,
        WebIdentityToken: options.token.reveal(),
        ...(options.durationSeconds === undefined ? {} : { DurationSeconds: options.durationSeconds }),
        ...(options.policy === undefined ? {} : { Policy: options.policy }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = response.Credentials ?? {};
    if (
      AccessKeyId === undefined ||
      SecretAccessKey === undefined ||
      SessionToken === undefined ||
      Expiration === undefined ||
      Number.isNaN(Expiration.getTime())
    )
      throw unreadable(200);
    return {
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: secret(SecretAccessKey),
        sessionToken: secret(SessionToken),
        expiration: Expiration.getTime(),
      },
      assumedRoleArn: response.AssumedRoleUser?.Arn ?? null,
      awsTime: date === undefined || Number.isNaN(Date.parse(date)) ? null : Date.parse(date),
    };
  } catch (error) {
    throw refusalOf(error, options);
  } finally {
    client.destroy();
  }
}

/** STS: `[\w+=,.@-]*`, 2 to 64 characters. */
const MAX_LENGTH = 64;
const HASH_LENGTH = 8;

/**
 * A valid session name for `subject` (the token's `sub`), as CloudTrail will show it: the subject itself where STS
 * takes it, as it does UUIDs and most e-mail addresses; else with other characters replaced, and 8 hex digits of its
 * SHA-256, so that two stay two.
 */
export function sessionNameOf(subject: string): string {
  const legal = subject.replace(/[^A-Za-z0-9_+=,.@-]+/g, "-");
  if (legal === subject && isSessionName(legal)) return legal;
  const hash = createHash("sha256").update(subject, "utf8").digest("hex").slice(0, HASH_LENGTH);
  return `${legal.slice(0, MAX_LENGTH - HASH_LENGTH - 1)}-${hash}`;
}

export function isSessionName(text: string): boolean {
  return /^[A-Za-z0-9_+=,.@-]{2,64}$/.test(text);
}
