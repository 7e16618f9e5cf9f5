import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./run-program";
import { temporaryFolder } from "./temporary-folder";

export interface Certificate {
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
  /** The authority's certificate, for `SSL_CERT_FILE`. */
  readonly authority: string;
}

/** An authority of our own and a certificate of it for 127.0.0.1 and localhost, both good for a day. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = temporaryFolder("tls");
  const openssl = (...args: string[]) => runProgram("openssl", args, { cwd: folder });
  writeFileSync(join(folder, "names"), "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=CA:FALSE\n");
  await openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=test authority", "-keyout", "ca.key", "-out", "ca.pem");
  await openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr");
  await openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1", "-extfile", "names", "-out", "server.pem");
  return { cert: join(folder, "server.pem"), key: join(folder, "server.key"), authority: join(folder, "ca.pem") };
}
