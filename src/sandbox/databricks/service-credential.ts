/**
 * `POST /api/2.1/unity-catalog/temporary-service-credentials`: Unity Catalog's own role assumes the role of a service
 * credential with its external ID, as STS decides it, and the role assumes itself. The texts of its refusals are our
 * own: Databricks publishes none.
 */
import { randomUUID } from "node:crypto";
import { cloudOfHost, UNITY_CATALOG_CLOUDS, UNITY_CATALOG_PRINCIPALS } from "../../issuer/clouds";
import { asRecord } from "../../text/members";
import type { ServiceCredential } from "../directory/service-credentials";
import { jsonReply, type Reply } from "../exchange";
import { assumeRole } from "../sts/assume-role";
import { type Sts, StsRefusal } from "../sts/call";
import { openSession, type Session } from "../sts/session";
import { ApiError, type RestApi } from "./rest-api";

export const SERVICE_CREDENTIAL_PATH = "/api/2.1/unity-catalog/temporary-service-credentials";

/** The scope of its own, as the API's reference has it. */
export const SERVICE_CREDENTIAL_SCOPE = "unity-catalog";

/** What Unity Catalog knows. */
export interface Catalog {
  readonly credentials: readonly ServiceCredential[];
  readonly sts: Sts;
}

interface CatalogHost extends RestApi {
  readonly catalog: Catalog;
}

/** Seconds of a session, as Unity Catalog's are. */
const SESSION_SECONDS = 3600;

/** The session of the credential that `body` names, for the identity `subject`. Throws ApiError. */
export function serviceCredential(host: CatalogHost, subject: string, body: string): Reply {
  const name = credentialNameOf(body);
  const credential = host.catalog.credentials.find((one) => one.name === name);
  const { cloud } = host.issuer;
  // Unity Catalog on Azure and GCP has no role in AWS
  if (credential === undefined || (cloud !== null && !UNITY_CATALOG_CLOUDS.some((known) => known === cloud)))
    throw new ApiError(404, `Service credential '${name}' does not exist.`, "CREDENTIAL_DOES_NOT_EXIST");
  const identity = host.book.bySubject(host.of ?? host.issuer.key, subject);
  if (identity?.declared !== true)
    throw new ApiError(403, `User does not have ACCESS on Service Credential '${name}'.`);
  const now = host.now();
  const keys = openSession(host.seal, assumedSession(host, credential, now), randomUUID());
  return jsonReply(200, {
    aws_temp_credentials: {
      access_key_id: keys.accessKeyId,
      secret_access_key: keys.secretAccessKey,
      session_token: keys.sessionToken,
    },
    expiration_time: 1000 * (now + SESSION_SECONDS),
  });
}

function credentialNameOf(body: string): string {
  let name: unknown;
  try {
    name = asRecord(JSON.parse(body))?.["credential_name"];
  } catch {
    throw new ApiError(400, "The body is not JSON.", "MALFORMED_REQUEST");
  }
  if (typeof name === "string" && name !== "") return name;
  throw new ApiError(400, "credential_name is missing.", "INVALID_PARAMETER_VALUE");
}

/** The session that Unity Catalog hands out. */
function assumedSession(host: CatalogHost, credential: ServiceCredential, now: number): Session {
  const cloud = UNITY_CATALOG_CLOUDS.find((known) => known === cloudOfHost(host.issuer.host)) ?? "aws";
  const session = assumed(host, credential, now, UNITY_CATALOG_PRINCIPALS[cloud].arn);
  if (session === null)
    throw new ApiError(
      400,
      `Unable to assume role ${credential.roleArn} with the external ID of the credential. Check its trust policy.`,
      "INVALID_STATE",
    );
  if (assumed(host, credential, now, credential.roleArn) === null)
    throw new ApiError(
      400,
      `The role ${credential.roleArn} is not self-assuming: it cannot assume itself with the external ID.`,
      "INVALID_STATE",
    );
  return session;
}

/** The session of `callerArn` assuming the credential's role; null where STS refuses it. */
function assumed(
  { catalog: { sts } }: CatalogHost,
  { roleArn, externalId }: ServiceCredential,
  now: number,
  callerArn: string,
): Session | null {
  const parameters = new URLSearchParams({
    RoleArn: roleArn,
    RoleSessionName: "databricks",
    DurationSeconds: String(SESSION_SECONDS),
    // Databricks always sends one
    ExternalId: externalId ?? randomUUID(),
  });
  const caller = {
    roleArn: callerArn,
    sessionName: "databricks",
    issued: null,
    expires: null,
    tags: {},
    sourceIdentity: null,
    federatedProvider: null,
  };
  try {
    return assumeRole({ ...sts, parameters, now }, caller).session;
  } catch (error) {
    if (error instanceof StsRefusal) return null;
    throw error;
  }
}
