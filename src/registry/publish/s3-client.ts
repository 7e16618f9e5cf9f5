/**
 * The S3 client of `publish --to s3`: credentials from the SDK's own chain, an endpoint only where it is safe to sign
 * for.
 */
import { isLoopback } from "../../network/proxy";
import { S3Client } from "@aws-sdk/client-s3";
import { inputError } from "../../errors";
import { quoted } from "../../text/text-rule";

/** Throws InputError url-not-https. */
export function openS3(endpoint: string | undefined, region: string | undefined): S3Client {
  if (endpoint !== undefined && !isSafe(endpoint)) {
    throw inputError(
      "url-not-https",
      `${quoted(endpoint)} is not an https URL of an S3 endpoint.`,
      "Write it like https://s3.example.com; plain http is allowed on loopback only.",
      "--endpoint",
    );
  }
  return new S3Client({
    ...(region === undefined ? {} : { region }),
    // servers other than AWS rarely have a host name for each bucket
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    requestHandler: { connectionTimeout: 10_000, requestTimeout: 60_000 },
  });
}

function isSafe(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { protocol, hostname, username, password } = new URL(endpoint);
  return (
    username === "" && password === "" && (protocol === "https:" || (protocol === "http:" && isLoopback(hostname)))
  );
}
