/**
 * Sessions of assumed roles. A session token carries its identity under the seal of this run; access key ID and secret
 * are derived from it. So nothing is stored, and a session is known as long as the sandbox runs.
 */
import { createHash } from "node:crypto";
import type { Seal } from "../seal";
import { StsRefusal } from "./call";

export interface Session {
  /** `arn:aws:iam::…:role/PATH/NAME` */
  readonly roleArn: string;
  readonly sessionName: string;
  /** Seconds since the epoch, when it was obtained; null: with each request anew. */
  readonly issued: number | null;
  /** Seconds since the epoch; null: as long as the sandbox runs. */
  readonly expires: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceIdentity: string | null;
  /** ARN of the OIDC provider whose token it was obtained with; null after role chaining. */
  readonly federatedProvider: string | null;
}

export interface SessionKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

const KIND = "session";

/** The same text is the same key, so a session needs no number: its expiry and `nonce` tell two apart. */
export function openSession(seal: Seal, session: Session, nonce: string): SessionKeys {
  const sessionToken = seal.close(KIND, [
    session.roleArn,
    session.sessionName,
    session.expires,
    session.tags,
    session.sourceIdentity,
    session.federatedProvider,
    session.issued,
    nonce,
  ]);
  return {
    accessKeyId: accessKeyIdOf(seal, sessionToken),
    secretAccessKey: seal.derive("secret key", sessionToken).toString("base64").slice(0, 40),
    sessionToken,
  };
}

function accessKeyIdOf(seal: Seal, sessionToken: string): string {
  return `ASIA${base32(seal.derive("access key ID", sessionToken)).slice(0, 16)}`;
}

function base32(bytes: Buffer): string {
  return [...bytes].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31] ?? "").join("");
}

/**
 * Who signed a request, by its access key ID and session token alone: the signature is not checked. Throws StsRefusal
 * MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, ExpiredToken. `now` in seconds.
 */
export function callerOf(
  seal: Seal,
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
  now: number,
): Session {
  const authorization = headers["authorization"];
  const credential =
    authorization === undefined
      ? query.get("X-Amz-Credential")
      : (/\bCredential=([^,\s]+)/.exec(authorization)?.[1] ?? null);
  if (authorization === undefined && credential === null)
    throw new StsRefusal("MissingAuthenticationToken", "Request is missing Authentication Token");
  if (credential === null)
    throw new StsRefusal("IncompleteSignature", "Authorization header requires 'Credential' parameter.");
  const sessionToken = headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token") ?? "";
  const sealed = seal.open(KIND, sessionToken) as
    | readonly [
        string,
        string,
        number | null,
        Readonly<Record<string, string>>,
        string | null,
        string | null,
        number | null,
      ]
    | undefined;
  if (sealed === undefined || credential.split("/")[0] !== accessKeyIdOf(seal, sessionToken))
    throw new StsRefusal("InvalidClientTokenId", "The security token included in the request is invalid.");
  const [roleArn, sessionName, expires, tags, sourceIdentity, federatedProvider, issued] = sealed;
  if (expires !== null && now >= expires)
    throw new StsRefusal("ExpiredToken", "The security token included in the request is expired");
  return { roleArn, sessionName, issued, expires, tags, sourceIdentity, federatedProvider };
}

/** `arn:aws:sts::…:assumed-role/NAME/SESSION` and `AROA…:SESSION`. */
export function assumedRoleUser({ roleArn, sessionName }: Pick<Session, "roleArn" | "sessionName">): {
  readonly Arn: string;
  readonly AssumedRoleId: string;
} {
  const [, partition = "aws", , , account = ""] = roleArn.split(":");
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  const id = base32(createHash("sha256").update(roleArn).digest()).slice(0, 17);
  return {
    Arn: `arn:${partition}:sts::${account}:assumed-role/${name}/${sessionName}`,
    AssumedRoleId: `AROA${id}:${sessionName}`,
  };
}
