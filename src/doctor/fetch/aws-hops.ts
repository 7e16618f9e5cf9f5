/** The way from an AWS identity to a Databricks token, hop by hop: AWS' setting, AWS' token, the exchange, the loop. */
import { FederationError, InputError } from "../../errors";
import { type Environment, variable } from "../../network/environment";
import { readToken } from "../../sts/read-token";
import { factsOf } from "../../sts/request-keys";
import { quoted } from "../../text/text-rule";
import { AWS_TOKEN, requestAwsToken } from "../../token/aws-token";
import { chooseSource } from "../../token/choose-source";
import { loopsIn } from "../../token/loop";
import { requestToken } from "../../token/request-token";
import { DEFAULT_SCOPE } from "../../token/obtain";
import { subjectAudience } from "../../token/subject-token";
import { type Check, type CheckId, checkOf, skipped, type TokenFound } from "../check";
import type { DoctorOptions, Scope } from "../options";
import { openIam } from "./iam";

const SUBJECT = "way from AWS";

/** The service principal's token with what was seen on the way; what went wrong is in the checks. */
export async function fetchByAws(options: DoctorOptions, scope: Scope): Promise<TokenFound> {
  const { environment } = options;
  const timeoutMs = 2 * scope.limits.timeoutMs;
  const checks: Check[] = [];
  const stop = (id: CheckId, error: unknown, rest: readonly CheckId[]): TokenFound => {
    if (!(error instanceof FederationError)) throw error;
    const { code, message, fix } = error.problem;
    const { fail, unread } = checkOf(id, SUBJECT);
    const wrong = error instanceof InputError || WRONG.test(code);
    checks.push(
      wrong ? fail(message, fix) : unread({ message, fix, code }),
      ...skipped(rest, SUBJECT, "there is no token."),
    );
    return { kind: "none", checks };
  };
  const { profile, tokenFile } = options;
  const chosen = await attempt(() =>
    chooseSource({ environment, from: "aws", targets: scope.issuers, profile, tokenFile }),
  );
  if ("error" in chosen) return stop("aws-token", chosen.error, ["aws-exchange", "aws-loop"]);
  const { grant, place } = chosen.value;
  if (grant.kind !== "federated" || "token" in grant.subject) throw new RangeError("aws is a federated source");
  const { endpoint, clientId, subject: wanted } = grant;
  const issuer = await outboundCheck(options, scope, checks);
  const asked = await attempt(async () =>
    requestAwsToken(await subjectAudience(wanted, endpoint, environment, timeoutMs / 4), environment, timeoutMs),
  );
  if ("error" in asked) return stop("aws-token", asked.error, ["aws-exchange", "aws-loop"]);
  const { exchanged, check } = awsTokenCheck(asked.value.reveal(), issuer);
  checks.push(check);
  const token = await attempt(() =>
    requestToken(
      endpoint,
      { kind: "federated", subject: asked.value, clientId },
      { scope: options.scope ?? DEFAULT_SCOPE, env: environment.env, timeoutMs },
    ),
  );
  if ("error" in token) return stop("aws-exchange", token.error, ["aws-loop"]);
  checks.push(
    checkOf("aws-exchange", SUBJECT).pass(
      `${endpoint.endpoint.host} exchanged it for a token of the service principal ${clientId ?? ""}.`,
    ),
  );
  const { pass, fail } = checkOf("aws-loop", SUBJECT);
  const [loop] = loopsIn(scope.federation, { exchanged });
  checks.push(
    loop === undefined
      ? pass("The AWS role is not one of the federation's that trust Databricks.")
      : fail(loop, "Use another service principal for this workload, one that no role of the federation trusts."),
  );
  return { kind: "token", token: token.value, place, source: "aws", hops: checks };
}

/** Refusals that say something is wrong here, not only that something was out of reach. */
const WRONG =
  /^(?:token-refused|token-scope-refused|response-status|aws-outbound-disabled|aws-access-denied|aws-refused)$/;

async function attempt<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error };
  }
}

/** Reads the account's setting, which is never changed from here; the issuer, where it could be read. */
async function outboundCheck(
  { environment, allowEndpoint, region }: DoctorOptions,
  { limits }: Scope,
  checks: Check[],
): Promise<string | null> {
  const { pass, fail, unknown } = checkOf("aws-outbound", SUBJECT);
  const iam = await openIam({
    environment,
    allowEndpoint,
    region: region ?? regionIn(environment),
    timeoutMs: limits.timeoutMs,
    onDate: () => undefined,
  });
  try {
    const found = await iam.outbound();
    if (found.kind === "found" && found.value.enabled) {
      checks.push(pass(`It is switched on; the account's issuer is ${found.value.issuer ?? "not said"}.`));
      return found.value.issuer;
    }
    checks.push(
      found.kind === "failed" && !found.message.includes("FeatureDisabled")
        ? // a workload need not read it: the next hop shows whether it is on
          unknown(`The setting could not be read: ${found.message}`, found.fix)
        : fail(
            "Outbound identity federation is switched off in this AWS account.",
            "Have an administrator enable it, once per account: aws iam enable-outbound-web-identity-federation.",
          ),
    );
    return null;
  } finally {
    iam.close();
  }
}

function regionIn(environment: Environment): string {
  return variable(environment, "AWS_REGION") ?? variable(environment, "AWS_DEFAULT_REGION") ?? "us-east-1";
}

function awsTokenCheck(
  token: string,
  issuer: string | null,
): {
  readonly exchanged: { readonly issuer: string | null; readonly subject: string | null };
  readonly check: Check;
} {
  const { pass, fail } = checkOf("aws-token", SUBJECT);
  const reading = readToken(token);
  const none = { issuer: null, subject: null };
  if (!reading.ok)
    return { exchanged: none, check: fail(`AWS gave no JWT: ${reading.not.why}`, "Check for a proxy in between.") };
  const { header, claims } = reading.token;
  const facts = factsOf(claims);
  const parts = Object.entries({ iss: facts.issuer, sub: facts.subject, aud: facts.audience });
  const said = parts.map(([name, value]) => `${name} ${value === null ? "none" : quoted(value)}`).join(", ");
  const wrong =
    header["alg"] !== AWS_TOKEN.signingAlgorithm
      ? `It is signed with ${quoted(String(header["alg"]))}, and Databricks accepts RS256.`
      : issuer !== null && facts.issuer !== issuer
        ? `Its issuer is not the account's, ${issuer}.`
        : !/^arn:[a-z-]+:iam::[0-9]{12}:role\//.test(facts.subject ?? "")
          ? "Its subject is not the ARN of a role: a federation policy would name a person, or a user with stored keys."
          : null;
  return {
    exchanged: facts,
    check:
      wrong === null
        ? pass(`A token for ${AWS_TOKEN.durationSeconds} s, signed with RS256: ${said}.`)
        : fail(`${wrong} It has ${said}.`, "Run this as a workload with a role of its own."),
  };
}
