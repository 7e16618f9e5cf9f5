/** What AWS returned instead of credentials: its own error, our code for it, and whether to try again. */
import { type ErrorCode, FederationError, OutsideError, outsideError } from "../errors";
import { redact, type Secret } from "../text/secret";

/** Whether the same call may succeed: `new-role` in a moment, `busy` after backing off, `final` not at all. */
export type FailureKind = "new-role" | "busy" | "final";

/** A refusal of AWS; `awsCode` and `awsMessage` are its own, for `explain`. */
export class AwsRefusal extends OutsideError {
  readonly awsCode: string;
  readonly awsMessage: string;
  /** HTTP. */
  readonly status: number;
  readonly kind: FailureKind;

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
    this.kind = kindOf(problem.code, awsCode, awsMessage, status);
  }
}

/** Name of an error as the service model has it; AWS SDKs add `Exception` to some (IDPCommunicationError). */
function awsErrorName(name: string): string {
  return name.replace(/Exception$/, "");
}

/** AWS' Ruby and PHP SDKs call again too where AWS could not fetch the issuer's keys in time. */
const NO_KEY = "Couldn't retrieve verification key";

function kindOf(code: ErrorCode, awsCode: string, message: string, status: number): FailureKind {
  if (code === "aws-access-denied" || message.includes("No OpenIDConnect provider found")) return "new-role";
  const isTransient = awsErrorName(awsCode) === "IDPCommunicationError" || message.includes(NO_KEY);
  return code === "aws-throttled" || status >= 500 || isTransient ? "busy" : "final";
}

/** What an error of the AWS SDK says; `status` is 0 where no response came. */
export function sdkErrorOf(error: unknown): {
  readonly name: string;
  readonly message: string;
  readonly status: number;
} {
  const { name, message, $metadata, $response } = error as Partial<Error> & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly $response?: { readonly statusCode?: number };
  };
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  return { name: name ?? "", message: message ?? "", status };
}

/** The error to throw for what the AWS SDK threw. Errors of ours, from below the SDK, stay. */
export function refusalOf(error: unknown, request: { readonly token: Secret; readonly roleArn: string }): Error {
  if (error instanceof FederationError) return error;
  const { name, message, status } = sdkErrorOf(error);
  const code = awsErrorCode(name, status);
  if (code === undefined) return unreadable(status);
  const text = redact(message, [request.token]);
  return new AwsRefusal(name, text, status, {
    code,
    message: messageFor(code, name, text, request.roleArn, status),
    fix: fixFor(code, text),
  });
}

export function unreadable(status: number): OutsideError {
  return outsideError(
    "aws-answer-unreadable",
    `STS answered ${status} with something that is not an STS response.`,
    "A proxy or login page answers instead, or the endpoint is another service.",
  );
}

/** Our code for an error of AWS, by its name and HTTP status; undefined where it is not a response of AWS. */
export function awsErrorCode(name: string, status: number): ErrorCode | undefined {
  if (status === 0 || status === 200) return undefined;
  switch (awsErrorName(name)) {
    case "AccessDenied":
      return "aws-access-denied";
    case "InvalidIdentityToken":
      return "aws-invalid-token";
    case "ExpiredToken":
      return "aws-expired-token";
    default:
      return status === 429 || /Throttl|TooManyRequests|RequestLimitExceeded|SlowDown/.test(name)
        ? "aws-throttled"
        : "aws-refused";
  }
}

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function messageFor(code: ErrorCode, name: string, text: string, roleArn: string, status: number): string {
  switch (code) {
    case "aws-access-denied":
      return (
        `AWS does not let this identity assume ${roleArn}, and gives no reason: the trust policy does not ` +
        `match the token, or the role does not exist.`
      );
    case "aws-invalid-token":
      return `AWS does not accept the token: ${sentence(text)}`;
    case "aws-expired-token":
      return "AWS reports that the token has expired.";
    case "aws-throttled":
      return "AWS throttles calls to STS from this account.";
    default: {
      const known = /^[A-Za-z]{3,60}$/.test(name) && name !== "Error" ? ` ${name}` : "";
      const why = status >= 400 && status < 500 && text !== "" && text !== "UnknownError" ? `: ${text}` : "";
      return sentence(`STS answered ${status}${known}${why}`);
    }
  }
}

function fixFor(code: ErrorCode, text: string): string {
  switch (code) {
    case "aws-access-denied":
      return "Run doctor with --role and --assume: it shows which line refuses.";
    case "aws-invalid-token":
      if (text.includes("No OpenIDConnect provider found"))
        return "Deploy the federation to this AWS account, or check the account in the role's ARN.";
      if (text.includes(NO_KEY)) return "AWS cannot fetch the issuer's keys: run doctor.";
      return "Run token to see the token's claims, then doctor.";
    case "aws-expired-token":
      return "Check this machine's clock, and the source of the token (token shows how long it lives).";
    case "aws-throttled":
      return "Wait a minute; give concurrent calls one cache.";
    default:
      return "Try again; if it continues, check the region and AWS' status page.";
  }
}
