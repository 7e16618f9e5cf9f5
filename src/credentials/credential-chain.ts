/**
 * Which credentials an AWS SDK takes on this machine: the first of a fixed order, so that a forgotten key hides web
 * identity. Order: boto3 and AWS SDKs (keys in the environment, web identity, the shared files, container, instance).
 */
import { readFileSync } from "node:fs";
import { configuredFile, type Environment, variable } from "../network/environment";
import { partitionOfRegion } from "../federation/accounts";
import { REGION } from "../federation/rules";
import { satisfies } from "../text/text-rule";
import { type AwsSection, readAwsFile } from "./aws-file";

export interface CredentialPlace {
  readonly kind: "environment-keys" | "web-identity" | "stored-keys" | "profile" | "container";
  /** Where, in words; no secret. */
  readonly place: string;
  /** A long-lived key: the thing to get rid of. */
  readonly storedKey: boolean;
}

export interface AwsFiles {
  readonly config: string;
  readonly credentials: string;
}

/** AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else `~/.aws/config` and `~/.aws/credentials`. */
export function awsFiles(environment: Environment): AwsFiles {
  return {
    config: configuredFile(environment, "AWS_CONFIG_FILE", ".aws", "config"),
    credentials: configuredFile(environment, "AWS_SHARED_CREDENTIALS_FILE", ".aws", "credentials"),
  };
}

/** Keys of a profile that give it credentials of its own. */
const GIVES_CREDENTIALS = [
  "credential_process",
  "role_arn",
  "web_identity_token_file",
  "sso_session",
  "sso_start_url",
  "source_profile",
  "credential_source",
  "login_session",
];

/** Every place that would give credentials here, the winning one first. */
export function credentialPlaces(environment: Environment): readonly CredentialPlace[] {
  const places: CredentialPlace[] = [];
  const has = (name: string): boolean => variable(environment, name) !== undefined;
  if (has("AWS_ACCESS_KEY_ID") && has("AWS_SECRET_ACCESS_KEY")) {
    const temporary = has("AWS_SESSION_TOKEN");
    places.push({
      kind: "environment-keys",
      place: `AWS_ACCESS_KEY_ID${temporary ? " and AWS_SESSION_TOKEN" : ""} in the environment`,
      storedKey: !temporary,
    });
  }
  if (has("AWS_WEB_IDENTITY_TOKEN_FILE") && has("AWS_ROLE_ARN"))
    places.push({
      kind: "web-identity",
      place: "AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN in the environment",
      storedKey: false,
    });
  const files = awsFiles(environment);
  const profile = profileInUse(environment);
  const stored = section(files.credentials, [profile]);
  if (stored?.values.has("aws_access_key_id") === true)
    places.push(keys(`profile ${profile} in ${files.credentials}`, stored));
  const configured = section(files.config, profileSections(profile));
  if (configured !== undefined) {
    if (configured.values.has("aws_access_key_id"))
      places.push(keys(`profile ${profile} in ${files.config}`, configured));
    const gives = GIVES_CREDENTIALS.filter((key) => configured.values.has(key));
    if (gives.length > 0)
      places.push({
        kind: "profile",
        place: `${gives[0] ?? ""} of profile ${profile} in ${files.config}`,
        storedKey: false,
      });
  }
  const container = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].find(has);
  if (container !== undefined)
    places.push({ kind: "container", place: `${container} in the environment`, storedKey: false });
  return places;
}

/** The region of the AWS profile in use, as SDKs read it; undefined where there is none of `partition`. */
export function configuredRegion(environment: Environment, partition: string): string | undefined {
  const region = section(awsFiles(environment).config, profileSections(profileInUse(environment)))?.values.get(
    "region",
  );
  return region !== undefined && satisfies(REGION, region) && partitionOfRegion(region) === partition
    ? region
    : undefined;
}

function profileInUse(environment: Environment): string {
  return variable(environment, "AWS_PROFILE") ?? variable(environment, "AWS_DEFAULT_PROFILE") ?? "default";
}

/** What a profile's section in the AWS config may be called. */
function profileSections(profile: string): readonly string[] {
  return profile === "default" ? ["default", "profile default"] : [`profile ${profile}`];
}

function keys(place: string, found: AwsSection): CredentialPlace {
  const temporary = found.values.has("aws_session_token");
  return {
    kind: "stored-keys",
    place: `${temporary ? "a session's keys" : "a stored key"} of ${place}`,
    storedKey: !temporary,
  };
}

function section(file: string, names: readonly string[]): AwsSection | undefined {
  try {
    return readAwsFile(readFileSync(file, "utf8")).findLast((candidate) => names.includes(candidate.name));
  } catch {
    return undefined;
  }
}
