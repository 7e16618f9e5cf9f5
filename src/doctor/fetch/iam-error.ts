/** What an answer of IAM, or the lack of one, means. */
import { awsErrorCode } from "../../credentials/assume";
import { FederationError } from "../../errors";
import { redact } from "../../text/secret";
import type { Failure, Found } from "./live";

/** An answer that is told already. */
export class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export type Ask = <T>(question: () => Promise<T>) => Promise<Found<T>>;

/**
 * Asks, and gives a failure as an answer. Once AWS is out of reach nothing more is asked: each question would take as
 * long again.
 */
export function asker(): Ask {
  let outOfReach: Failure | undefined;
  return async (question) => {
    if (outOfReach !== undefined) return outOfReach;
    const answer = await asked(question);
    if (answer.kind === "failed" && /^(?:network-|proxy-refused$|aws-credentials-missing$)/.test(answer.code))
      outOfReach = answer;
    return answer;
  };
}

export async function asked<T>(question: () => Promise<T>): Promise<Found<T>> {
  try {
    return { kind: "found", value: await question() };
  } catch (error) {
    return error instanceof Failed ? error.failure : notFound(error);
  }
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/** What an error of the SDK means. Its words are shown without what looks like a secret. */
export function notFound(error: unknown): { readonly kind: "absent" } | Failure {
  if (error instanceof FederationError)
    return { kind: "failed", code: error.code, message: error.problems[0]?.message ?? "", fix: error.fix };
  const { name = "", message = "", $metadata, $response } = error as SdkError;
  if (name.startsWith("NoSuchEntity")) return { kind: "absent" };
  // errors of the chain wrap ours in words of theirs
  if (/CredentialsProviderError|TokenProviderError/.test(name)) {
    return {
      kind: "failed",
      code: "aws-credentials-missing",
      message: `There are no AWS credentials to ask with: ${redact(message, [], 200)}`,
      fix: "Log in to AWS (aws sso login, AWS_PROFILE), with a role that may read IAM; docs/doctor.md has its policy.",
    };
  }
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0;
  const code = awsErrorCode(name, status) ?? "aws-answer-unreadable";
  // an answer that is no error document of AWS' is told by its status; what the SDK makes of it is about the SDK
  if (name === "" || /^(?:Unknown|Unknown ?Error|Error|SyntaxError)$/.test(name)) {
    const fix =
      code === "aws-throttled" || status >= 500
        ? "It is busy, or something before it is: try again in a minute."
        : "A log-in page or proxy is in the way, or the endpoint is another service.";
    return {
      kind: "failed",
      code,
      message: `AWS answered ${status === 0 ? "" : `${status} `}with something that is no answer of AWS.`,
      fix,
    };
  }
  // AWS names whom it denies first: an ARN as long as a role's and a session's name
  const said = redact(message, [], 500);
  const fix =
    code === "aws-access-denied"
      ? deniedFix(message)
      : code === "aws-throttled"
        ? "Try again in a minute."
        : /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient/.test(name)
          ? "These AWS credentials are not valid: log in to AWS again."
          : code === "aws-expired-token"
            ? "The AWS credentials in use here have ended: log in to AWS again."
            : "Try again; if it lasts, check the region, the proxy and AWS' status page.";
  return {
    kind: "failed",
    code,
    message: `AWS answered ${redact(name, [], 60)}${said === "" ? "" : `: ${said}`}`,
    fix,
  };
}

/** The permission that is missing, as AWS names it. */
function deniedFix(message: string): string {
  const [, action] = /not authorized to perform: ([a-z0-9-]{1,40}:[A-Za-z]{1,80})/.exec(message) ?? [];
  if (action === undefined) return "Let these credentials read IAM; docs/doctor.md has the policy.";
  if (message.includes("explicit deny"))
    return (
      `A policy denies these credentials ${action}, whatever else allows it: use others, or have that ` +
      `policy changed.`
    );
  return `Allow these credentials ${action}; docs/doctor.md has the whole policy.`;
}
