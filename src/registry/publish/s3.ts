/**
 * Publishes into a bucket. Archives go first, lists last, and each list only if it is still the one the plan was made
 * from: two publishers at once cannot lose each other's version, and a stopped publish is simply run again.
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { type InputError, inputError, outsideError } from "../../errors";
import { quoted } from "../../text/text-rule";
import { withoutTrailingSlashes } from "../../text/words";
import { fixedHeaders } from "../serve/file-response";
import { sha256 } from "../../release/checksums";
import { planPublication, type Publication, type PublishSettings } from "../tree/plan";
import type { Release } from "../tree/plan-module";
import { type Bucket, openBucket } from "./bucket";

export interface S3Options extends PublishSettings {
  readonly bucket: string;
  /** Before every key, without slashes around it; empty for the bucket's root. */
  readonly prefix: string;
  readonly dryRun?: boolean | undefined;
}

export interface S3Result {
  readonly changes: Publication["changes"];
  /** Keys of the objects that were uploaded, or would be. */
  readonly files: readonly string[];
}

/** How often the plan is made again when another publisher was quicker. */
const TRIES = 5;

/** Throws what `planPublication` does; OutsideError s3-failed, registry-busy. */
export async function publishToS3(client: S3Client, release: Release, options: S3Options): Promise<S3Result> {
  for (let tried = 1; ; tried += 1) {
    const bucket = openBucket(client, options.bucket, options.prefix);
    const publication = await planPublication(release, options, bucket.read);
    const missing = await missingObjects(publication, bucket);
    const files = [...missing.keys(), ...publication.replaced.keys()].map(bucket.key);
    if (options.dryRun === true || (await upload(publication, missing, bucket)) === "done")
      return { changes: publication.changes, files };
    if (tried === TRIES) {
      throw outsideError(
        "registry-busy",
        `Another publish is changing ${options.bucket}.`,
        "Wait until it ends, then publish again.",
        options.bucket,
      );
    }
  }
}

/** New objects that an earlier publish, stopped halfway, did not upload. */
async function missingObjects({ added }: Publication, bucket: Bucket): Promise<ReadonlyMap<string, Buffer>> {
  const missing = new Map<string, Buffer>();
  for (const [folder, files] of added) {
    for (const [name, bytes] of files) {
      const path = `${folder}/${name}`;
      const there = await bucket.digest(path);
      if (there === undefined) missing.set(path, bytes);
      // pages may have been written by another release of this program; archives are the same or not
      else if (there !== sha256(bytes) && name.endsWith(".html")) missing.set(path, bytes);
      else if (there !== sha256(bytes)) throw otherObject(path);
    }
  }
  return missing;
}

function otherObject(path: string): InputError {
  return inputError(
    "registry-version-taken",
    `The bucket already has ${path} with different content, and its version is not listed yet.`,
    "Another publish of this version is in progress or was interrupted: publish a new version, or delete " +
      "that version's folder if it has not been used.",
    path,
  );
}

async function upload(
  { replaced }: Publication,
  missing: ReadonlyMap<string, Buffer>,
  bucket: Bucket,
): Promise<"done" | "changed"> {
  for (const [path, bytes] of missing) {
    // pages may be written again, nothing else may
    const put = await bucket.put(path, bytes, fixedHeaders(path), path.endsWith(".html") ? "always" : "if-absent");
    if (put === "changed") return "changed";
  }
  for (const [path, bytes] of replaced) {
    if ((await bucket.put(path, bytes, fixedHeaders(path), "if-unchanged")) === "changed") return "changed";
  }
  return "done";
}

/** `registries/terraform` of `--prefix`, without slashes around it. Throws InputError registry-prefix-invalid. */
export function readPrefix(prefix: string): string {
  const plain = withoutTrailingSlashes(prefix.replace(/^\/+/, ""));
  if (plain.length <= 200 && /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/|$))*$/.test(plain)) return plain;
  throw inputError(
    "registry-prefix-invalid",
    `${quoted(prefix)} is not a valid prefix for a registry.`,
    "Write it like registries/terraform: letters, digits, . _ - and /.",
    "--prefix",
  );
}
