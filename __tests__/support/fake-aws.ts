/**
 * Databricks' token endpoint, a Unity Catalog and an STS that let everybody in, on one loopback port, with a clock that
 * can be moved.
 */
import type { FaultServer, Play } from "./fault-server";
import { json, startFaultServer } from "./fault-server";

export interface FakeAws {
  readonly server: FaultServer;
  readonly origin: string;
  /** Calls of sts:AssumeRoleWithWebIdentity so far. */
  readonly stsCalls: () => number;
  readonly tokenCalls: () => number;
  /** Calls of Unity Catalog's API so far. */
  readonly catalogCalls: () => number;
  /** Calls of sts:GetWebIdentityToken so far. */
  readonly subjectCalls: () => number;
  /** Replaces what Unity Catalog does; undefined: lets in again. */
  catalog: Play | undefined;
  /** Replaces what STS does; undefined: lets in again. */
  sts: Play | undefined;
  /** Replaces what the token endpoint does. */
  token: Play | undefined;
  /** Replaces what sts:GetWebIdentityToken does. */
  subject: Play | undefined;
  /** Milliseconds added to the servers' clock. */
  clock: () => number;
  readonly env: Readonly<Record<string, string>>;
  /** What `env` is changed by in an AWS workload, for `--from aws`. */
  readonly workload: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An unsigned token of the committed federation's issuer: this STS does not check it. */
export function fakeToken(claims: Readonly<Record<string, unknown>> = {}, now = Date.now()): string {
  return `${part({ alg: "RS256", kid: "k", typ: "at+jwt" })}.${part({
    iss: "https://mycompany.cloud.databricks.com/oidc",
    sub: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
    aud: "1444828305810485",
    iat: Math.floor(now / 1000),
    exp: Math.floor(now / 1000) + 3600,
    ...claims,
  })}.UExBTlRFRA`;
}

export const ROLE_ARN = "arn:aws:iam::111122223333:role/lake-reader";
export const PLANTED = {
  clientSecret: "dosePLANTED0123456789abcdef",
  secretKey: "PLANTEDsecretKey",
  sessionToken: "PLANTEDsessionToken",
} as const;

/** STS' answer with a token about the AWS identity that asks. */
export function subjectTokenAnswer(token: string): Play {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(
      `<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken>` +
        "</GetWebIdentityTokenResult></GetWebIdentityTokenResponse>",
    );
  };
}

/** STS' answer with credentials that live `seconds`. */
export function stsCredentials(number: number, now: number, seconds = 3600): string {
  return (
    `<AssumeRoleWithWebIdentityResponse ` +
    `xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>` +
    `<AccessKeyId>ASIAEXAMPLE${String(number).padStart(5, "0")}</AccessKeyId>` +
    `<SecretAccessKey>${PLANTED.secretKey}${number}</SecretAccessKey>` +
    `<SessionToken>${PLANTED.sessionToken}${number}</SessionToken>` +
    `<Expiration>${new Date(now + seconds * 1000).toISOString()}</Expiration></Credentials>` +
    "<AssumedRoleUser><Arn>arn:aws:sts::111122223333:assumed-role/lake-reader/me</Arn>" +
    "<AssumedRoleId>AROAEXAMPLE:me</AssumedRoleId></AssumedRoleUser></AssumeRoleWithWebIdentityResult>" +
    "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleWithWebIdentityResponse>"
  );
}

/** Unity Catalog's answer with credentials that live an hour. */
export function catalogCredentials(number: number, now: number): unknown {
  return {
    aws_temp_credentials: {
      access_key_id: `ASIAEXAMPLE${String(number).padStart(5, "0")}`,
      secret_access_key: `${PLANTED.secretKey}${number}`,
      session_token: `${PLANTED.sessionToken}${number}`,
    },
    expiration_time: now + 3_600_000,
  };
}

/** STS' way of saying no. */
export function stsError(status: number, code: string, message: string): Play {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "text/xml" });
    response.end(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
        `<Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
    );
  };
}

export async function startFakeAws(): Promise<FakeAws> {
  let sts = 0;
  let tokens = 0;
  let catalogs = 0;
  let subjects = 0;
  const state: Pick<FakeAws, "sts" | "catalog" | "token" | "subject" | "clock"> = {
    sts: undefined,
    catalog: undefined,
    token: undefined,
    subject: undefined,
    clock: Date.now,
  };
  const server = await startFaultServer((request, response, body) => {
    if (request.url?.endsWith("/v1/token") === true) {
      tokens += 1;
      const play =
        state.token ?? json({ access_token: fakeToken({}, state.clock()), token_type: "Bearer", expires_in: 3600 });
      return play(request, response, body);
    }
    if (request.url?.endsWith("/temporary-service-credentials") === true) {
      catalogs += 1;
      const play = state.catalog ?? json(catalogCredentials(catalogs, state.clock()));
      return play(request, response, body);
    }
    const form = new URLSearchParams(body);
    if (form.get("Action") === "GetWebIdentityToken") {
      subjects += 1;
      const subject = fakeToken(
        { iss: "https://fake.tokens.sts.global.api.aws", sub: "arn:aws:iam::111122223333:role/worker" },
        state.clock(),
      );
      return (state.subject ?? subjectTokenAnswer(subject))(request, response, body);
    }
    sts += 1;
    if (state.sts !== undefined) return state.sts(request, response, body);
    const duration = Number(form.get("DurationSeconds") ?? "3600");
    response.writeHead(200, { "content-type": "text/xml" });
    response.end(stsCredentials(sts, state.clock(), duration));
  });
  return Object.assign(state, {
    server,
    origin: server.origin,
    stsCalls: () => sts,
    tokenCalls: () => tokens,
    catalogCalls: () => catalogs,
    subjectCalls: () => subjects,
    env: {
      DATABRICKS_HOST: server.origin,
      DATABRICKS_CLIENT_ID: "6a9f1c2e-3b4d-4e5f-8a7b-0c1d2e3f4a5b",
      DATABRICKS_CLIENT_SECRET: PLANTED.clientSecret,
      AWS_ENDPOINT_URL_STS: server.origin,
    },
    workload: {
      DATABRICKS_CLIENT_SECRET: "",
      DATABRICKS_TOKEN_AUDIENCE: "databricks",
      AWS_ACCESS_KEY_ID: "ASIAPLANTED012345678",
      AWS_SECRET_ACCESS_KEY: PLANTED.secretKey,
      AWS_SESSION_TOKEN: PLANTED.sessionToken,
      AWS_REGION: "us-east-1",
    },
    stop: server.stop,
  });
}
