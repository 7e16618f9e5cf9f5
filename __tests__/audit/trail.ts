/** Records of CloudTrail as AWS's own samples have them, made without AWS. */
import type { Members } from "../../src/text/members";

export const PROVIDER = "arn:aws:iam::111122223333:oidc-provider/mycompany.cloud.databricks.com/oidc";
export const READER = "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b";
let serial = 0;

interface Given {
  readonly role?: string;
  readonly subject?: string;
  readonly audience?: string;
  readonly provider?: string;
  readonly time?: string;
  readonly ip?: string;
  readonly error?: string;
  readonly id?: string;
  readonly thumbprint?: boolean;
}

function common(time: string, id: string): Members {
  return {
    eventTime: time,
    awsRegion: "us-east-1",
    eventID: id,
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "111122223333",
    eventCategory: "Management",
  };
}

/** A call of AssumeRoleWithWebIdentity; refused with `error`. */
export function assumption({
  role = "lake-reader",
  subject = READER,
  audience = "1444828305810485",
  provider = PROVIDER,
  time = "2026-03-31T08:00:00Z",
  ip = "203.0.113.7",
  error,
  id = `00000000-0000-4000-8000-${String((serial += 1)).padStart(12, "0")}`,
  thumbprint = false,
}: Given = {}): Members {
  return {
    eventVersion: "1.10",
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `${provider}:${audience}:${subject}`,
      userName: subject,
      identityProvider: provider,
    },
    ...common(time, id),
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRoleWithWebIdentity",
    sourceIPAddress: ip,
    ...(error === undefined ? {} : { errorCode: error, errorMessage: `Not authorized "${subject}"` }),
    requestParameters: { roleArn: `arn:aws:iam::111122223333:role/${role}`, roleSessionName: "job" },
    responseElements:
      error === undefined
        ? {
            credentials: { accessKeyId: "ASIAEXAMPLE", expiration: "Mar 31, 2026, 9:00:00 AM" },
            subjectFromWebIdentityToken: subject,
            assumedRoleUser: { arn: `arn:aws:sts::111122223333:assumed-role/${role}/job` },
            provider,
            audience,
          }
        : null,
    additionalEventData: {
      identityProviderConnectionVerificationMethod: thumbprint ? "Thumbprint" : "IAMTrustStore",
    },
  };
}

/** A call by a session of `role`. */
export function sessionCall(role: string, service: string, time = "2026-03-31T08:01:00Z"): Members {
  const arn = `arn:aws:iam::111122223333:role/${role}`;
  return {
    eventVersion: "1.10",
    userIdentity: { type: "AssumedRole", sessionContext: { sessionIssuer: { type: "Role", arn, userName: role } } },
    ...common(time, `10000000-0000-4000-8000-${String((serial += 1)).padStart(12, "0")}`),
    eventSource: service,
    eventName: "GetObject",
    // what a caller writes is not whom the session is of
    requestParameters: { key: '"sessionIssuer":{"arn":"arn:aws:iam::111122223333:role/other"}' },
  };
}

/** A read event of each day of 2026 from `first` to `last`, so that the trail has no gap. */
export function everyDay(first: string, last: string): readonly Members[] {
  const days: Members[] = [];
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`); at += 86_400_000)
    days.push(sessionCall("unrelated", "kms.amazonaws.com", `${new Date(at).toISOString().slice(0, 10)}T00:00:00Z`));
  return days;
}

export function trailFile(records: readonly unknown[]): string {
  return JSON.stringify({ Records: records });
}
