/** A session of a role, from the cache or from AWS: at most one call to STS, however many ask at once. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import type { ErrorCode, Problem } from "../errors";
import { ERROR_CODES, FederationError, InputError, OutsideError } from "../errors";
import type { Secret } from "../text/secret";
import type { Environment } from "../network/environment";
import type { ObtainedToken, TokenOptions } from "../token/obtain";
import { obtainToken, opaqueToken } from "../token/obtain";
import { readToken } from "../sts/read-token";
import type { AssumedRole, AssumeOptions } from "./assume";
import { assumeRole } from "./assume";
import { makePrivateFolder, readPrivateJson, sweepCache } from "./cache-files";
import type { CachedSession } from "./entry";
import { ageOf, entryFile, readEntry } from "./entry";
import { withLock } from "./lock";
import type { PatienceOptions } from "./patience";
import { withPatience } from "./patience";
import type { ResolvedRole } from "./role";
import { sessionNameOf } from "./session-name";
import { callFile } from "./warm";

export interface SessionOptions {
  readonly environment: Environment;
  readonly role: ResolvedRole;
  readonly token: Pick<TokenOptions, "from" | "tokenFile" | "profile" | "scope" | "timeoutMs">;
  readonly region: string;
  /** Default: made from the token's subject. */
  readonly sessionName?: string | undefined;
  /** Seconds. */
  readonly durationSeconds?: number | undefined;
  readonly allowEndpoint?: boolean | undefined;
  readonly patience: PatienceOptions;
  /** Where sessions are kept, and the key of this call; null: in memory only. */
  readonly cache: { readonly folder: string; readonly callKey: string } | null;
  /** Told what a person should know; never a secret. */
  readonly note?: (text: string) => void;
}

/** One machine's patience with another process' call: token, new role and back-off together. */
const LOCK_WAIT_MS = 75_000;

/** What STS needs, and whose session it becomes. */
interface Identity {
  readonly token: Secret;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/**
 * The session asked for. Throws the codes of `obtainToken`, `assumeRole`, and InputError token-opaque,
 * token-does-not-fit.
 */
export async function getSession(question: SessionOptions): Promise<CachedSession> {
  const { cache } = question;
  if (cache === null) return assume(question, await identify(question));
  if (!makePrivateFolder(cache.folder)) {
    question.note?.(`The cache ${cache.folder} is open to others: nothing is kept there.`);
    return assume(question, await identify(question));
  }
  const now = question.environment.now;
  const started = Date.now();
  const known = (): CachedSession | undefined => entryOfCall(cache.folder, cache.callKey);
  const fresh = (): CachedSession | undefined => {
    const session = known();
    return session !== undefined && ageOf(session, now()) === "fresh" ? session : undefined;
  };
  return (
    fresh() ??
    withLock(
      join(cache.folder, cache.callKey),
      { waitMs: LOCK_WAIT_MS, meanwhile: () => fresh() ?? sharedFailure(cache, started) },
      async () => {
        const already = fresh() ?? sharedFailure(cache, started);
        if (already !== undefined) return already;
        try {
          return await renew(question, cache);
        } catch (error) {
          const old = known();
          if (old !== undefined && ageOf(old, now()) === "ageing") {
            question.note?.(
              `A new session could not be had (${error instanceof FederationError ? error.code : "internal"}); ` +
                `the present one lives until ${new Date(old.expires).toISOString()}.`,
            );
            return old;
          }
          await shareFailure(cache, error);
          throw error;
        }
      },
    )
  );
}

async function renew(
  question: SessionOptions,
  cache: { readonly folder: string; readonly callKey: string },
): Promise<CachedSession> {
  const identity = await identify(question);
  const key = entryKey(question, identity);
  const fresh = (): CachedSession | undefined => {
    const session = readEntry(cache.folder, key);
    return session !== undefined && ageOf(session, question.environment.now()) === "fresh" ? session : undefined;
  };
  const session = await withLock(join(cache.folder, key), { waitMs: LOCK_WAIT_MS, meanwhile: fresh }, async () => {
    const already = fresh();
    if (already !== undefined) return already;
    const made = await assume(question, identity);
    sweepCache(cache.folder, Date.now());
    await keep(question, entryFile(cache.folder, key), made);
    return made;
  });
  await keep(question, callFile(cache.folder, cache.callKey), { entry: key });
  return session;
}

/** A cache that cannot be written is said and done without: the credentials are there. */
async function keep(question: SessionOptions, file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(value), { mode: 0o600 }).catch((cause: NodeJS.ErrnoException) => {
    question.note?.(`The cache cannot be written (${cause.code ?? "unknown error"}): the next call asks AWS again.`);
  });
}

function entryOfCall(folder: string, callKey: string): CachedSession | undefined {
  const pointer = readPrivateJson(callFile(folder, callKey)) as { readonly entry?: unknown } | undefined;
  return typeof pointer?.entry === "string" ? readEntry(folder, pointer.entry) : undefined;
}

/** Sessions are one if role, identity, name, length and the STS that gave them are. */
function entryKey(question: SessionOptions, identity: Identity): string {
  const { env } = question.environment;
  const parts = [
    1,
    question.role.arn,
    identity.issuer,
    identity.subject,
    identity.audience,
    nameOf(question, identity),
    question.durationSeconds ?? null,
    question.region,
    env["AWS_ENDPOINT_URL_STS"] ?? env["AWS_ENDPOINT_URL"] ?? null,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function nameOf(question: SessionOptions, identity: Identity): string {
  return question.sessionName ?? sessionNameOf(identity.subject);
}

/** A token that may be sent to AWS: a JWT, of an issuer the role trusts. */
async function identify(question: SessionOptions): Promise<Identity> {
  const obtained = await obtainToken({
    ...question.token,
    environment: question.environment,
    targets: question.role.targets,
  });
  for (const note of obtained.passedOver) question.note?.(note);
  return identityOf(obtained, question.role);
}

/** Throws InputError token-opaque, token-does-not-fit. */
export function identityOf(obtained: ObtainedToken, role: Pick<ResolvedRole, "arn" | "targets">): Identity {
  const reading = readToken(obtained.token.reveal());
  if (!reading.ok) {
    if (reading.not.kind === "opaque" || obtained.opaque) throw opaqueToken(obtained.place);
    throw new InputError([
      {
        code: "token-does-not-fit",
        message: `What ${obtained.place} holds is no token AWS could take. ${reading.not.why}`,
        fix: "Run token to see what is there.",
      },
    ]);
  }
  const { iss, sub, aud, azp } = reading.token.claims;
  if (role.targets.length > 0 && !role.targets.some((target) => target.issuer === iss)) {
    throw new InputError([
      {
        code: "token-does-not-fit",
        message:
          `The token (${obtained.source}: ${obtained.place}) is of ` +
          `issuer ${JSON.stringify(String(iss)).slice(0, 200)}; ${role.arn} trusts ${role.targets.map((target) => target.issuer).join(", ")}.`,
        fix: "Get the token from that issuer: check DATABRICKS_HOST, or choose another way with --from.",
      },
    ]);
  }
  return {
    token: obtained.token,
    issuer: String(iss),
    subject: String(sub ?? ""),
    audience: JSON.stringify(azp ?? aud ?? null),
  };
}

async function assume(question: SessionOptions, identity: Identity): Promise<CachedSession> {
  const asked: AssumeOptions = {
    token: identity.token,
    roleArn: question.role.arn,
    sessionName: nameOf(question, identity),
    durationSeconds: question.durationSeconds,
    region: question.region,
    env: question.environment.env,
    allowEndpoint: question.allowEndpoint,
  };
  const { credentials, awsTime }: AssumedRole = await withPatience(() => assumeRole(asked), {
    ...question.patience,
    onRetry: (error, delay) => {
      question.note?.(
        `${error.problems[0]?.message ?? ""} Trying again ` +
          `in ${Math.ceil(delay / 1000)} s${error.code === "aws-access-denied" ? ": a new role takes up to 11 s " + "to answer" : ""}.`,
      );
      question.patience.onRetry?.(error, delay);
    },
  });
  const obtained = question.environment.now();
  return {
    version: 1,
    obtained,
    // a clock that is behind AWS' would find a session alive that is over
    expires:
      awsTime === null
        ? credentials.expiration
        : Math.min(credentials.expiration, obtained + credentials.expiration - awsTime),
    of: { role: question.role.arn, issuer: identity.issuer, subject: identity.subject },
    accessKeyId: credentials.accessKeyId,
    secretAccessKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken.reveal(),
  };
}

/** A failure is shared with those who waited for it: fifty processes do not ask a busy AWS one after the other. */
async function shareFailure(
  cache: { readonly folder: string; readonly callKey: string },
  error: unknown,
): Promise<void> {
  if (!(error instanceof FederationError)) return;
  const problems: readonly Problem[] = error.problems;
  await writeFileAtomic(failedFile(cache), JSON.stringify({ at: Date.now(), problems }), {
    mode: 0o600,
    fsync: false,
  }).catch(() => undefined);
}

/** Throws the failure of a call that ended after `since`; undefined where there is none. */
function sharedFailure(cache: { readonly folder: string; readonly callKey: string }, since: number): undefined {
  const failure = readPrivateJson(failedFile(cache)) as
    { readonly at?: unknown; readonly problems?: readonly Problem[] } | undefined;
  if (failure === undefined || typeof failure.at !== "number" || failure.at < since) return undefined;
  const [first, ...rest] = failure.problems ?? [];
  if (first === undefined) return undefined;
  const kind = ERROR_CODES[first.code as ErrorCode];
  throw kind === "input" ? new InputError([first, ...rest]) : new OutsideError([first, ...rest]);
}

function failedFile(cache: { readonly folder: string; readonly callKey: string }): string {
  return join(cache.folder, `${cache.callKey}.failed.json`);
}
