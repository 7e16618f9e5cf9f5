/** One call of sts:AssumeRoleWithWebIdentity, and its answer in our words. */
import { FederationError, InputError, OutsideError } from "../errors";
import type { ErrorCode } from "../errors";
import type { Secret } from "../text/secret";
import { redact, secret } from "../text/secret";
import { awsHandler } from "./aws-handler";
import { checkStsHost } from "./region";

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
  /** AWS' clock at the answer, milliseconds since 1970; null where it did not say. */
  readonly awsTime: number | null;
}

/** What AWS answered instead; `awsCode` and `awsMessage` are its own, for `explain`. */
export class AwsRefusal extends OutsideError {
  readonly awsCode: string;
  readonly awsMessage: string;
  /** HTTP. */
  readonly status: number;

  constructor(
    awsCode: string,
    awsMessage: string,
    status: number,
    problem: { readonly code: ErrorCode; readonly message: string; readonly fix: string },
  ) {
    super([problem]);
    this.awsCode = awsCode;
    this.awsMessage = awsMessage;
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 256 * 1024;

/**
 * Asks STS once. Throws AwsRefusal (aws-access-denied, aws-invalid-token, aws-expired-token, aws-throttled,
 * aws-refused),
 * OutsideError aws-answer-unreadable and those of `request`, InputError aws-endpoint-overridden.
 */
export async function assumeRole(question: AssumeOptions): Promise<AssumedRole> {
  const { STSClient, AssumeRoleWithWebIdentityCommand } = await import("@aws-sdk/client-sts");
  let date: string | undefined;
  const requestHandler = awsHandler({
    env: question.env,
    timeoutMs: question.timeoutMs ?? TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    allow: (host) => checkStsHost(host, question.allowEndpoint === true),
    onDate: (_host, seen) => {
      date = seen;
    },
  });
  const endpoint = stsEndpoint(question.env);
  const client = new STSClient({
    region: question.region,
    maxAttempts: 1,
    requestHandler,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  try {
    const answer = await client.send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: question.roleArn,
        RoleSessionName: question.sessionName,
        WebIdentityToken: question.token.reveal(),
        ...(question.durationSeconds === undefined ? {} : { DurationSeconds: question.durationSeconds }),
        ...(question.policy === undefined ? {} : { Policy: question.policy }),
      }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
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
      assumedRoleArn: answer.AssumedRoleUser?.Arn ?? null,
      awsTime: timeOf(date),
    };
  } catch (error) {
    throw refusalOf(error, question);
  } finally {
    client.destroy();
  }
}

/**
 * AWS_ENDPOINT_URL_STS, else AWS_ENDPOINT_URL; the SDK itself reads the AWS config. Throws InputError
 * `url-not-https`.
 */
function stsEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = [env["AWS_ENDPOINT_URL_STS"], env["AWS_ENDPOINT_URL"]].find(
    (value) => value !== undefined && value !== "",
  );
  if (named === undefined || env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true") return undefined;
  if (!URL.canParse(named))
    throw new InputError([
      {
        code: "url-not-https",
        message: "The configured STS endpoint is no URL.",
        fix: "Correct AWS_ENDPOINT_URL_STS, or unset it.",
      },
    ]);
  return named;
}

function timeOf(date: string | undefined): number | null {
  const time = Date.parse(date ?? "");
  return Number.isNaN(time) ? null : time;
}

function unreadable(status: number): OutsideError {
  return new OutsideError([
    {
      code: "aws-answer-unreadable",
      message: `STS answered ${status} with something that is no STS answer.`,
      fix: "A proxy or log-in page is in the way, or the endpoint is another service.",
    },
  ]);
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

function refusalOf(error: unknown, question: AssumeOptions): unknown {
  if (error instanceof FederationError) return error;
  const { name = "", message = "", $metadata, $response } = error as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  const ours = awsErrorCode(name, status);
  if (ours === undefined) return unreadable(status);
  const said = redact(message, [question.token]);
  return new AwsRefusal(name, said, status, {
    code: ours,
    message: messageFor(ours, name, said, question.roleArn, status),
    fix: fixFor(ours, said),
  });
}

/** Our code for an error of AWS, by its name and HTTP status; undefined where it is no answer of AWS. */
export function awsErrorCode(name: string, status: number): ErrorCode | undefined {
  if (status === 0 || status === 200) return undefined;
  if (name === "AccessDenied" || name === "AccessDeniedException") return "aws-access-denied";
  if (name === "InvalidIdentityToken" || name === "InvalidIdentityTokenException") return "aws-invalid-token";
  if (name === "ExpiredTokenException" || name === "ExpiredToken") return "aws-expired-token";
  if (status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name)) return "aws-throttled";
  return "aws-refused";
}

function messageFor(code: ErrorCode, name: string, said: string, roleArn: string, status: number): string {
  switch (code) {
    case "aws-access-denied":
      return (
        `AWS does not let this identity assume ${roleArn}, and gives no reason: the trust policy does not ` +
        `fit the token, or there is no such role.`
      );
    case "aws-invalid-token":
      return `AWS does not take the token: ${said.replace(/\.?$/, ".")}`;
    case "aws-expired-token":
      return "AWS says that the token has expired.";
    case "aws-throttled":
      return "AWS throttles calls to STS from this account.";
    default:
      return `STS answered ${status}${/^[A-Za-z]{3,60}$/.test(name) && name !== "Error" ? ` ${name}` : ""}${status >= 400 && status < 500 && said !== "" && said !== "UnknownError" ? `: ${said.replace(/\.?$/, ".")}` : "."}`;
  }
}

function fixFor(code: ErrorCode, said: string): string {
  switch (code) {
    case "aws-access-denied":
      return "Run doctor with --role and --assume: it says which line says no.";
    case "aws-invalid-token":
      if (said.includes("No OpenIDConnect provider found"))
        return "Deploy the federation to this AWS account, or check the account in the role's ARN.";
      if (said.includes("verification key")) return "AWS can not reach the issuer's keys: run doctor.";
      return "Run token to see the token's claims, then doctor.";
    case "aws-expired-token":
      return "Check this machine's clock, and where the token comes from (token says how long it lives).";
    case "aws-throttled":
      return "Wait a minute; give concurrent calls one cache.";
    default:
      return "Try again; if it lasts, check the region and AWS' status page.";
  }
}
