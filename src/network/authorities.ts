/** Certificate authorities: Node's own, and the private ones of this machine. */
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { InputError } from "../errors";

/** Variables that name a file of further authorities; Node reads the first by itself, the others are other tools'. */
const CA_VARIABLES = [
  "NODE_EXTRA_CA_CERTS",
  "AWS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
] as const;

/**
 * The authorities to trust, in PEM: Node's with those of the files named by NODE_EXTRA_CA_CERTS, AWS_CA_BUNDLE,
 * SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE; undefined: only Node's. Throws InputError `ca-file-unreadable`.
 */
export function certificateAuthorities(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] | undefined {
  const files = new Map<string, string>();
  for (const name of CA_VARIABLES) {
    const file = env[name];
    if (file !== undefined && file !== "" && !files.has(file)) files.set(file, name);
  }
  if (files.size === 0) return undefined;
  return [...rootCertificates, ...[...files].map(([file, name]) => readAuthority(file, name))];
}

function readAuthority(file: string, variable: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new InputError(
      [
        {
          code: "ca-file-unreadable",
          message: `The certificate file ${file} of ${variable} cannot be read.`,
          fix: `Correct ${variable}.`,
        },
      ],
      { cause },
    );
  }
}
