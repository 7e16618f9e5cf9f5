/** AWS regions, partitions and STS hosts: where a token may be sent. */
import { inputError } from "../errors";
import { partitionOfRegion } from "../federation/accounts";
import { REGION } from "../federation/rules";
import { isLoopback } from "../network/proxy";
import { satisfies, quoted } from "../text/text-rule";

/** A region of each partition to ask where none is configured. Every region's STS answers for the whole partition. */
const FALLBACK_REGION: Readonly<Record<string, string>> = {
  aws: "us-east-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-cn": "cn-north-1",
};

/**
 * The region whose STS to ask: the first given of `candidates`, else the partition's usual one.
 * Throws InputError value-not-allowed, region-partition-mismatch.
 */
export function stsRegion(partition: string, candidates: readonly (string | null | undefined)[]): string {
  const named = candidates.find((candidate) => candidate !== null && candidate !== undefined && candidate !== "");
  if (named === undefined || named === null) return FALLBACK_REGION[partition] ?? "us-east-1";
  if (!satisfies(REGION, named))
    throw inputError(
      "value-not-allowed",
      `${quoted(named)} is not a valid AWS region.`,
      `Write it like ${JSON.stringify(REGION.example)}.`,
      "region",
    );
  if (partitionOfRegion(named) !== partition)
    throw inputError(
      "region-partition-mismatch",
      `The role is in partition ${partition}, and region ${named} is in ${partitionOfRegion(named)}.`,
      `Use a region of ${partition}, e.g. --region ${FALLBACK_REGION[partition] ?? "us-east-1"}.`,
      "region",
    );
  return named;
}

/** A region as a label of a host: not `s3`, or a bucket called `sts` would pass for AWS' STS. */
const REGION_LABEL = "[a-z]{2,4}(?:-[a-z]+){1,2}-[0-9]{1,2}";
const AWS_ZONE = "(?:amazonaws\\.com(?:\\.cn)?|api\\.aws|api\\.amazonwebservices\\.com\\.cn)";
/** AWS' own STS hosts, each a pattern of a whole name: for JavaScript here, and for the generated Python. */
export const STS_HOST_PATTERNS: readonly string[] = [
  `sts(?:-fips)?(?:\\.${REGION_LABEL})?\\.${AWS_ZONE}`,
  `vpce-[a-z0-9-]+\\.sts(?:-fips)?\\.${REGION_LABEL}\\.vpce\\.amazonaws\\.com(?:\\.cn)?`,
];
const STS_HOST = new RegExp(`^(?:${STS_HOST_PATTERNS.join("|")})$`);

/**
 * Whether `host` is AWS' own STS: regional, global, FIPS, dual-stack or a VPC endpoint of it. Other names below
 * amazonaws.com (buckets, API gateways) belong to their creators.
 */
export function isAwsSts(host: string): boolean {
  return STS_HOST.test(host);
}

const CONTROL_HOST = new RegExp(
  `^(?:iam(?:-fips)?(?:\\.(?:us-gov|global|${REGION_LABEL}))?|(?:oidc|portal\\.sso)\\.${REGION_LABEL})\\.${AWS_ZONE}$`,
);
const SIGN_IN_HOST = new RegExp(`^(?:${REGION_LABEL}\\.)?signin\\.aws\\.amazon\\.com$`);

/** Whether `host` is AWS' own of those that reads of IAM and a person's login go to. */
function isAwsControl(host: string): boolean {
  return isAwsSts(host) || CONTROL_HOST.test(host) || SIGN_IN_HOST.test(host);
}

/**
 * Lets signed requests, and what the credential chain sends by itself, go to AWS and to loopback; elsewhere only when
 * asked; `never`: no flag of the caller asks. Throws InputError `aws-endpoint-overridden`.
 */
export function checkAwsHost(host: string, allowOther: boolean | "never"): void {
  if (isAwsControl(host) || isLoopback(host) || allowOther === true) return;
  const unset = "Unset every AWS_ENDPOINT_URL variable (or endpoint_url in the AWS config)";
  throw inputError(
    "aws-endpoint-overridden",
    `The configured AWS endpoint is ${host}, which does not belong to AWS: nothing is sent there.`,
    allowOther === "never" ? `${unset}.` : `${unset}, or pass --allow-endpoint if that host is yours.`,
  );
}

/**
 * Lets a token go to AWS' STS and to loopback; elsewhere only when asked. Throws InputError
 * `aws-endpoint-overridden`.
 */
export function checkStsHost(host: string, allowOther: boolean): void {
  if (isAwsSts(host) || isLoopback(host) || allowOther) return;
  throw inputError(
    "aws-endpoint-overridden",
    `The configured STS endpoint is ${host}, which does not belong to AWS: the token is not sent there.`,
    "Unset AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS (or endpoint_url in the AWS config), or pass " +
      "--allow-endpoint if that host is yours.",
  );
}

/** The one STS without a region. */
export const GLOBAL_STS = "sts.amazonaws.com";

/**
 * AWS_ENDPOINT_URL_STS, else AWS_ENDPOINT_URL; the SDK itself reads the AWS config. Throws InputError
 * `url-not-https`.
 */
export function stsEndpoint(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const named = [env["AWS_ENDPOINT_URL_STS"], env["AWS_ENDPOINT_URL"]].find(
    (value) => value !== undefined && value !== "",
  );
  if (named === undefined || env["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] === "true") return undefined;
  if (!URL.canParse(named))
    throw inputError(
      "url-not-https",
      "The configured STS endpoint is not a valid URL.",
      "Correct AWS_ENDPOINT_URL_STS, or unset it.",
    );
  return named;
}
