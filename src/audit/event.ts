/** What one record of CloudTrail says that an audit asks for. Pure. */
import { asRecord, type Members, parsedJson } from "../text/members";
import type { RawRecord } from "./record-scanner";

/** Where and when a record was written; every record has it. */
export interface EventPlace {
  /** 12 digits. */
  readonly accountId: string;
  readonly region: string;
  /** ISO 8601 in UTC, whole seconds: `2026-01-31T08:00:00Z`. */
  readonly time: string;
  readonly readOnly: boolean;
}

/** A call of AssumeRoleWithWebIdentity. */
export interface Assumption extends EventPlace {
  readonly kind: "assumption";
  readonly roleArn: string;
  /** Empty where a refused call does not say it. */
  readonly providerArn: string;
  readonly audience: string;
  readonly subject: string;
  readonly sourceIp: string;
  /** The error's code where STS refused the call; null where it gave a session. */
  readonly error: string | null;
  readonly message: string;
  /** The provider's certificate was compared with its thumbprint, not with AWS's own list of authorities. */
  readonly byThumbprint: boolean;
}

/** Any other call, by a session of a role. */
export interface SessionCall extends EventPlace {
  readonly kind: "call";
  readonly roleArn: string;
  /** E.g. `s3.amazonaws.com`. */
  readonly service: string;
}

export type TrailEvent = Assumption | SessionCall | (EventPlace & { readonly kind: "other" });

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** The event of `record`; null where it is not one of CloudTrail's, or not JSON where that is looked at. */
export function readEvent(record: RawRecord): TrailEvent | null {
  const time = record.text("eventTime");
  if (!TIME.test(time)) return null;
  const place: EventPlace = {
    accountId: record.text("recipientAccountId"),
    region: record.text("awsRegion"),
    time: `${time.slice(0, 19)}Z`,
    readOnly: record.text("readOnly") === "true",
  };
  if (record.text("eventName") === "AssumeRoleWithWebIdentity") {
    const parsed = asRecord(parsedJson(record.bytes.toString("utf8")));
    return parsed === undefined ? null : assumptionOf(parsed, place);
  }
  const roleArn = sessionRole(record);
  return roleArn === null
    ? { kind: "other", ...place }
    : { kind: "call", ...place, roleArn, service: record.text("eventSource") };
}

const QUOTE = 0x22;

/** What a record is known by, wherever it is found again. */
export function eventIdentity(record: RawRecord): Uint8Array {
  const id = record.value("eventID");
  // an ID that is null or "" is none
  return id === undefined || id[0] !== QUOTE || id.length < 3 ? record.bytes : id;
}

/** The record inside an entry of `aws cloudtrail lookup-events`, which has it as text; undefined for any other. */
export function innerRecord(record: RawRecord): Buffer | undefined {
  const written = record.value("CloudTrailEvent");
  if (written === undefined) return undefined;
  try {
    return Buffer.from(String(JSON.parse(written.toString("utf8"))));
  } catch {
    return undefined;
  }
}

const ISSUER = Buffer.from('"sessionIssuer"');
const CLOSE = 0x7d;
const ROLE_ARN = /"arn"\s*:\s*"(arn:[^"\\]*:role\/[^"\\]*)"/;

/** The role whose session made the call; null where it was none. */
function sessionRole(record: RawRecord): string | null {
  const identity = record.value("userIdentity");
  const at = identity?.indexOf(ISSUER) ?? -1;
  if (identity === undefined || at < 0) return null;
  // no member of a session's issuer is an object
  const end = identity.indexOf(CLOSE, at);
  return ROLE_ARN.exec(identity.toString("latin1", at, end < 0 ? identity.length : end))?.[1] ?? null;
}

function assumptionOf(record: Members, place: EventPlace): Assumption {
  const identity = asRecord(record["userIdentity"]) ?? {};
  const answer = asRecord(record["responseElements"]) ?? {};
  const providerArn = textOf(answer["provider"]) || textOf(identity["identityProvider"]);
  // of a refused call the audience is in the principal alone: PROVIDER:AUDIENCE:SUBJECT
  const subject = textOf(answer["subjectFromWebIdentityToken"]) || textOf(identity["userName"]);
  const principal = textOf(identity["principalId"]);
  const between =
    principal.startsWith(`${providerArn}:`) && principal.endsWith(`:${subject}`)
      ? principal.slice(providerArn.length + 1, principal.length - subject.length - 1)
      : "";
  const error = textOf(record["errorCode"]);
  return {
    kind: "assumption",
    ...place,
    roleArn: textOf(asRecord(record["requestParameters"])?.["roleArn"]),
    providerArn,
    audience: textOf(answer["audience"]) || between,
    subject,
    sourceIp: textOf(record["sourceIPAddress"]),
    error: error === "" && Object.keys(answer).length > 0 ? null : error || "refused",
    message: textOf(record["errorMessage"]),
    byThumbprint:
      textOf(asRecord(record["additionalEventData"])?.["identityProviderConnectionVerificationMethod"]) ===
      "Thumbprint",
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
