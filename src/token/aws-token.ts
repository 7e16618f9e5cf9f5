/**
 * The token that AWS gives a workload about itself: `sts:GetWebIdentityToken`, outbound identity federation. It is sent
 * to Databricks' token endpoint alone; AWS itself accepts none of them.
 */
import { checkAwsHost, GLOBAL_STS, stsEndpoint } from "../aws/hosts";
import { awsHandler } from "../aws/handler";
import { awsErrorCode, sdkErrorOf } from "../aws/refusal";
import { FederationError, inputError, type OutsideError, outsideError } from "../errors";
import { REGION } from "../federation/rules";
import { type Environment, variable } from "../network/environment";
import { redact, type Secret, secret } from "../text/secret";
import { quoted, satisfies } from "../text/text-rule";

/** What Databricks accepts and advises: its documentation of workload identity federation for AWS. */
export const AWS_TOKEN = { signingAlgorithm: "RS256", durationSeconds: 300 } as const;

const MAX_BYTES = 256 * 1024;

/**
 * A token of the AWS identity that this runs as, for `audience`. Throws InputError aws-region-missing,
 * aws-endpoint-overridden; OutsideError aws-credentials-missing, aws-outbound-disabled, aws-access-denied,
 * aws-expired-token, aws-throttled, aws-refused, aws-answer-unreadable and those of `request`.
 */
export async function requestAwsToken(audience: string, environment: Environment, timeoutMs: number): Promise<Secret> {
  const { STSClient, GetWebIdentityTokenCommand } = await import("@aws-sdk/client-sts");
  const { env } = environment;
  const region = variable(environment, "AWS_REGION") ?? variable(environment, "AWS_DEFAULT_REGION");
  if (region !== undefined && !satisfies(REGION, region)) throw noRegion(region);
  const endpoint = stsEndpoint(env);
  const keys = keysOf(environment);
  const client = new STSClient({
    maxAttempts: 3,
    requestHandler: awsHandler({
      env,
      timeoutMs,
      maxBytes: MAX_BYTES,
      allow: (host) => {
        if (host === GLOBAL_STS) throw noRegion();
        checkAwsHost(host, "never");
      },
    }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(keys === undefined ? {} : { credentials: keys }),
  });
  try {
    const { WebIdentityToken } = await client.send(
      new GetWebIdentityTokenCommand({
        Audience: [audience],
        SigningAlgorithm: AWS_TOKEN.signingAlgorithm,
        DurationSeconds: AWS_TOKEN.durationSeconds,
      }),
    );
    if (WebIdentityToken === undefined || WebIdentityToken === "") throw unreadable(200);
    return secret(WebIdentityToken);
  } catch (error) {
    throw refusalOf(error, audience);
  } finally {
    client.destroy();
  }
}

/** Keys in the environment, which come first in the SDK's own chain too; else that is used. */
function keysOf(environment: Environment) {
  const [accessKeyId, secretAccessKey, sessionToken] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
  ].map((name) => variable(environment, name));
  return accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function noRegion(region?: string): FederationError {
  const why = region === undefined ? "No AWS region is configured" : `${quoted(region)} is not a region of AWS`;
  return inputError(
    "aws-region-missing",
    `${why}, and only regional endpoints of STS give tokens about AWS identities.`,
    "Set AWS_REGION, e.g. to us-east-1.",
  );
}

function unreadable(status: number): OutsideError {
  return outsideError(
    "aws-answer-unreadable",
    `STS answered ${status} with something that is not a token.`,
    "A proxy or login page answers instead, or the endpoint is another service.",
  );
}

function refusalOf(error: unknown, audience: string): Error {
  if (error instanceof FederationError) return error;
  const { name, message, status } = sdkErrorOf(error);
  // the SDK reads a profile's region too, and takes an empty variable for one
  if (/^Region (?:is missing|not accepted)/.test(message)) return noRegion();
  const shown = redact(message, [], 400);
  if (/CredentialsProviderError|TokenProviderError/.test(name))
    return outsideError(
      "aws-credentials-missing",
      `No AWS credentials found: ${shown.replace(/\.?$/, ".")}`,
      "Run this as an AWS workload with a role (Lambda, ECS, EC2, EKS), or log in to AWS.",
    );
  if (status === 0)
    return outsideError(
      "aws-refused",
      `The AWS SDK could not ask STS for a token${shown === "" ? "" : `: ${shown.replace(/\.?$/, "")}`}.`,
      "Check this machine's AWS configuration: region, profile and credentials.",
    );
  const code = awsErrorCode(name, status);
  if (code === undefined) return unreadable(status);
  if (name.startsWith("OutboundWebIdentityFederationDisabled"))
    return outsideError(
      "aws-outbound-disabled",
      "Outbound identity federation is switched off in this AWS account.",
      "Have an administrator switch it on, once for the account: aws iam enable-outbound-web-identity-federation.",
    );
  const said = /^[A-Za-z]{3,60}$/.test(name) && name !== "Error" ? ` ${name}` : "";
  return outsideError(
    code === "aws-invalid-token" ? "aws-refused" : code,
    `STS gave no token: ${status}${said}${shown === "" || shown === "UnknownError" ? "" : `: ${shown}`}`.replace(
      /\.?$/,
      ".",
    ),
    code === "aws-access-denied"
      ? `Allow the role sts:GetWebIdentityToken for the audience ${quoted(audience)}, 300 s and RS256: generate ` +
          "client --for aws writes the policy. DATABRICKS_TOKEN_AUDIENCE changes the audience."
      : code === "aws-throttled"
        ? "Try again in a minute."
        : code === "aws-expired-token" || /InvalidClientTokenId|SignatureDoesNotMatch|UnrecognizedClient/.test(name)
          ? "These AWS credentials are not valid, or have expired: renew them."
          : name.startsWith("SessionDurationEscalation")
            ? "The AWS session has less than 300 s left: renew it."
            : name.startsWith("Validation")
              ? "Check the audience: DATABRICKS_TOKEN_AUDIENCE, of 1 to 1000 characters."
              : "Check the region and AWS' status page, then try again.",
  );
}
