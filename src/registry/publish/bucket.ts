/** A bucket that holds a registry: reads are cached, and a write may depend on what was read. */
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { outsideError } from "../../errors";
import { redact } from "../../text/secret";
import { sha256 } from "../../release/checksums";
import type { ReadFile } from "../tree/stored";

export interface Bucket {
  readonly read: ReadFile;
  /** SHA-256 of an object, from its metadata, else by reading it; undefined where there is none. */
  readonly digest: (path: string) => Promise<string | undefined>;
  /** `if-unchanged`: since it was read. "changed": it was, or, for `if-absent`, there is one. */
  readonly put: (
    path: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>>,
    when: "always" | "if-absent" | "if-unchanged",
  ) => Promise<"done" | "changed">;
  readonly key: (path: string) => string;
}

const DIGEST_NOTE = "sha256";

/** Every other error of the bucket is OutsideError s3-failed. */
export function openBucket(client: S3Client, name: string, prefix: string): Bucket {
  const key = (path: string): string => (prefix === "" ? path : `${prefix}/${path}`);
  const seen = new Map<string, Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined>>();
  const fetchObject = async (path: string): Promise<{ readonly bytes: Buffer; readonly etag: string } | undefined> => {
    const object = await absentAs(undefined, name, () =>
      client.send(new GetObjectCommand({ Bucket: name, Key: key(path) })),
    );
    if (object === undefined) return undefined;
    return { bytes: Buffer.from((await object.Body?.transformToByteArray()) ?? []), etag: object.ETag ?? "" };
  };
  const look = (path: string): ReturnType<typeof fetchObject> => {
    const known = seen.get(path) ?? fetchObject(path);
    seen.set(path, known);
    return known;
  };
  return {
    key,
    read: async (path) => (await look(path))?.bytes,
    digest: async (path) => {
      const head = await absentAs(undefined, name, () =>
        client.send(new HeadObjectCommand({ Bucket: name, Key: key(path) })),
      );
      if (head === undefined) return undefined;
      const noted = head.Metadata?.[DIGEST_NOTE];
      return noted ?? (await look(path).then((object) => (object === undefined ? undefined : sha256(object.bytes))));
    },
    put: async (path, bytes, headers, when) => {
      const before = when === "if-unchanged" ? await look(path) : undefined;
      const condition = when === "always" ? {} : before === undefined ? { IfNoneMatch: "*" } : { IfMatch: before.etag };
      const sent = await failing(
        name,
        () =>
          client.send(
            new PutObjectCommand({
              Bucket: name,
              Key: key(path),
              Body: bytes,
              ContentType: headers["content-type"],
              CacheControl: headers["cache-control"],
              Metadata: { [DIGEST_NOTE]: sha256(bytes) },
              ...condition,
            }),
          ),
        /^(?:PreconditionFailed|ConditionalRequestConflict)$/,
      );
      return sent === undefined ? "changed" : "done";
    },
  };
}

function absentAs<T, E>(absent: E, bucket: string, body: () => Promise<T>): Promise<T | E> {
  return failing(bucket, body, /^(?:NoSuchKey|NotFound)$/).then((answer) => answer ?? absent);
}

/** Undefined for an error whose name is `expected`; every other one is OutsideError s3-failed. */
async function failing<T>(bucket: string, body: () => Promise<T>, expected: RegExp): Promise<T | undefined> {
  try {
    return await body();
  } catch (cause) {
    const { name, message, $metadata } = cause as Error & { readonly $metadata?: { readonly httpStatusCode?: number } };
    const status = $metadata?.httpStatusCode;
    if (expected.test(name) || (status === 412 && expected.test("PreconditionFailed"))) return undefined;
    throw outsideError(
      "s3-failed",
      `Bucket ${bucket}, ${status ?? "no status"}: ${redact(`${name}: ${message}`)}.`,
      "Check the bucket, the region, and that AWS credentials are in the environment; then " +
        "publish again: it continues where it stopped.",
      bucket,
      cause,
    );
  }
}
