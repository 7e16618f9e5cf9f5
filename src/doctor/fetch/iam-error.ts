/** What an error of IAM means. */
import { awsErrorCode, sdkErrorOf } from "../../aws/refusal";
import { FederationError } from "../../errors";
import { redact } from "../../text/secret";
import type { Failure } from "../check";
import type { Found } from "./live";

/** A failure that is described already. */
export class Failed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

export type Ask = <T>(request: () => Promise<T>) => Promise<Found<T>>;

/**
 * Sends a request and returns its failure. Once AWS is out of reach no more are sent: each would take as long again.
 */
export function asker(): Ask {
  let outOfReach: Failure | undefined;
  return async (request) => {
    if (outOfReach !== undefined) return outOfReach;
    const answer = await asked(request);
    if (answer.kind === "failed" && /^(?:network-|proxy-refused$|aws-credentials-missing$)/.test(answer.code))
      outOfReach = answer;
    return answer;
  };
}

export async function asked<T>(request: () => Promise<T>): Promise<Found<T>> {
  try {
    return { kind: "found", value: await request() };
  } catch (error) {
    return error instanceof Failed ? error.failure : notFound(error);
  }
}

/** What an error of the SDK means. Its message is shown without what looks like a secret. */
export function notFound(error: unknown): { readonly kind: "absent" } | Failure {
  if (error instanceof FederationError)
    return { kind: "failed", code: error.code, message: error.problem.message, fix: error.fix };
  const { name, message, status } = sdkErrorOf(error);
  if (name.startsWith("NoSuchEntity")) return { kind: "absent" };
  // errors of the credential chain wrap ours
  if (/CredentialsProviderError|TokenProviderError/.test(name)) {
    return {
      kind: "failed",
      code: "aws-credentials-missing",
      message: `No AWS credentials found: ${redact(message, [], 200)}`,
      fix: "Log in to AWS (aws sso login, AWS_PROFILE), with a role that may read IAM; docs/doctor.md has its policy.",
    };
  }
  const code = awsErrorCode(name, status) ?? "aws-answer-unreadable";
  // a response that is not from AWS: its status says more than the SDK's message
  if (name === "" || /^(?:Unknown|Unknown ?Error|Error|SyntaxError)$/.test(name)) {
    const fix =
      code === "aws-throttled" || status >= 500
        ? "AWS or a proxy is busy: try again in a minute."
        : "A login page or proxy is in the way, or the endpoint is another service.";
    return {
      kind: "failed",
      code,
      message: `AWS answered ${status === 0 ? "" : `${status} `}with something that AWS does not send.`,
      fix,
    };
  }
  // AWS names whom it denies first: an ARN as long as a role's and a session's name
  const shown = redact(message, [], 500);
  const fix =
    code === "aws-access-denied"
      ? deniedFix(message)
      : code === "aws-throttled"
        ? "Try again in a minute."
        : /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient/.test(name)
          ? "These AWS credentials are not valid: log in to AWS again."
          : code === "aws-expired-token"
            ? "The AWS credentials in use here have expired: log in to AWS again."
            : "Try again; if it continues, check the region, the proxy and AWS' status page.";
  return {
    kind: "failed",
    code,
    message: `AWS answered ${redact(name, [], 60)}${shown === "" ? "" : `: ${shown}`}`,
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
