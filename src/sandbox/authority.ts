/** A certificate authority for one run: it signs one certificate, for loopback names, and its key is dropped. */
import { KeyObject } from "node:crypto";

export interface LoopbackCertificate {
  /** The authority's certificate, PEM: what a client has to trust. */
  readonly authority: string;
  /** Of the server, PEM. */
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
const VALID_DAYS = 30;

/** Makes both; `now`: milliseconds since 1970. */
export async function makeLoopbackCertificate(now: number): Promise<LoopbackCertificate> {
  // decorators of the library below need it first
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { subtle } = globalThis.crypto;
  const [own, server] = await Promise.all([0, 1].map(() => subtle.generateKey(ALGORITHM, true, ["sign", "verify"])));
  if (own === undefined || server === undefined) throw new RangeError("two keys were made");
  const validity = { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + VALID_DAYS * DAY_MS) };
  const { BasicConstraintsExtension, KeyUsagesExtension, KeyUsageFlags } = x509;
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=databricks-aws-oidc sandbox, for one run",
    keys: own,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(own.publicKey),
    ],
  });
  const certificate = await x509.X509CertificateGenerator.create({
    subject: "CN=localhost",
    issuer: authority.subject,
    publicKey: server.publicKey,
    signingKey: own.privateKey,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(own.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(server.publicKey),
    ],
  });
  return {
    authority: `${authority.toString("pem")}\n`,
    cert: `${certificate.toString("pem")}\n`,
    key: KeyObject.from(server.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
