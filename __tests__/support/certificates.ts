/** X.509 certificates made on the spot, good and bad ones: just enough DER for that, so that no test needs openssl. */
import type { KeyObject } from "node:crypto";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

export interface Authority {
  readonly name: string;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
}

export interface ServerCertificate {
  /** PEM, both. */
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const octets = (body: Buffer): Buffer => der(0x04, body);
const bits = (body: Buffer): Buffer => der(0x03, Buffer.from([0]), body);
const TRUE = der(0x01, Buffer.from([0xff]));

/** The last arcs of the few object identifiers used here. */
function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const base128 = (value: number): readonly number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map((byte) => byte | 0x80), value & 0x7f];
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const name = (common: string): Buffer =>
  sequence(
    der(0x31, sequence(oid("2.5.4.10"), der(0x0c, Buffer.from(common)))),
    der(0x31, sequence(oid("2.5.4.3"), der(0x0c, Buffer.from(common)))),
  );
const time = (at: number): Buffer =>
  der(0x18, Buffer.from(`${new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "")}`));
const extension = (id: string, critical: boolean, body: Buffer): Buffer =>
  sequence(oid(id), ...(critical ? [TRUE] : []), octets(body));
const keyId = (key: KeyObject): Buffer =>
  createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();

interface Wanted {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: Pick<Authority, "name" | "key" | "publicKey">;
  readonly extensions: readonly Buffer[];
  readonly notBefore: number;
  readonly notAfter: number;
}

function certificate({ subject, publicKey, issuer, extensions, notBefore, notAfter }: Wanted): string {
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const all = [
    extension("2.5.29.14", false, octets(keyId(publicKey))),
    extension("2.5.29.35", false, sequence(der(0x80, keyId(issuer.publicKey)))),
    ...extensions,
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    name(issuer.name),
    sequence(time(notBefore), time(notAfter)),
    name(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...all)),
  );
  const whole = sequence(body, ECDSA_WITH_SHA256, bits(sign("sha256", body, issuer.key)));
  const lines = whole.toString("base64").match(/.{1,64}/g) ?? [];
  return `${["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----"].join("\n")}\n`;
}

/** A certificate authority of one's own. */
export function makeAuthority(common = "Test Authority"): Authority {
  const { privateKey: key, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = { name: common, key, publicKey };
  const extensions = [
    extension("2.5.29.19", true, sequence(TRUE)),
    extension("2.5.29.15", true, der(0x03, Buffer.from([1, 0x06]))),
  ];
  return {
    ...own,
    certificate: certificate({
      subject: common,
      publicKey,
      issuer: own,
      extensions,
      notBefore: Date.now() - DAY_MS,
      notAfter: Date.now() + 365 * DAY_MS,
    }),
  };
}

/**
 * A server's certificate for `hosts` (names, or addresses of IPv4). Without `authority` it signs itself; `days`: how
 * long from now, negative: over.
 */
export function makeCertificate(
  hosts: readonly string[],
  options: { readonly authority?: Authority; readonly days?: number } = {},
): ServerCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = hosts[0] ?? "";
  const issuer = options.authority ?? { name: subject, key: privateKey, publicKey };
  const names = sequence(
    ...hosts.map((host) =>
      isIPv4(host) ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host)),
    ),
  );
  const notAfter = Date.now() + (options.days ?? 90) * DAY_MS;
  return {
    cert: certificate({
      subject,
      publicKey,
      issuer,
      extensions: [extension("2.5.29.17", false, names)],
      notBefore: Math.min(Date.now(), notAfter) - 30 * DAY_MS,
      notAfter,
    }),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
