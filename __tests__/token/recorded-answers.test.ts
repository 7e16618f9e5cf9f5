import { createSign, generateKeyPairSync, sign } from "node:crypto";
import type { JWK } from "jose";
import { providerArn } from "../../src/issuer/issuer";
import { decideToken } from "../../src/sts/decide-token";
import { keySet } from "../../src/sts/verify-signature";
import { compilePolicy } from "../../src/trust/decide/decide";
import { readPolicy } from "../../src/trust/decide/document";
import observations from "../data/sts-observations.json";

interface Case {
  readonly name: string;
  readonly alg: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly removeClaims?: readonly string[];
  readonly header?: Readonly<Record<string, unknown>>;
  readonly jwks?: {
    readonly set?: Readonly<Record<string, unknown>>;
    readonly padRsaTo?: number;
    readonly onlySigningKey?: boolean;
  };
  readonly trust?: readonly unknown[];
  readonly request?: { readonly RoleSessionName?: string; readonly DurationSeconds?: number };
  readonly role?: { readonly MaxSessionDuration?: number };
  readonly source: string;
  readonly expect: {
    readonly allowed: boolean;
    readonly code?: string;
    readonly message?: string;
    readonly audience?: string;
  };
}

const NOW = 1_757_600_000;
const ISSUER = "https://issuer.example.com";
const ACCOUNT = "111122223333";
const ROLE = `arn:aws:iam::${ACCOUNT}:role/probe`;
const PROVIDER = providerArn("aws", ACCOUNT, "issuer.example.com");

const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  RS512: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
} as const;
const HASHES: Readonly<Record<string, string>> = { RS256: "sha256", RS512: "sha512", ES256: "sha256", ES384: "sha384" };

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The data writes values as `$now+900`, `$provider` and so on. */
function filled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member)]));
  if (typeof value !== "string") return value;
  if (value === "$now-as-string") return String(NOW);
  const time = /^\$now([+-][\d.]+)?$/.exec(value);
  if (time !== null) return NOW + Number(time[1] ?? 0);
  return value
    .replaceAll("$provider", PROVIDER)
    .replaceAll("$account", ACCOUNT)
    .replaceAll("$role", ROLE)
    .replaceAll("$issuer", ISSUER);
}

function tokenFor(observed: Case): { readonly token: string; readonly claims: Readonly<Record<string, unknown>> } {
  const claims: Record<string, unknown> = {
    ...(filled(observations.base.claims) as object),
    ...(filled(observed.claims ?? {}) as object),
  };
  for (const name of observed.removeClaims ?? []) delete claims[name];
  const header: Record<string, unknown> = { alg: observed.alg, kid: observed.alg, typ: "JWT" };
  for (const [name, value] of Object.entries(observed.header ?? {})) {
    if (name.startsWith("$")) continue;
    if (value === null) delete header[name];
    else header[name] = value;
  }
  if (observed.header?.["$opaque"] === true) return { token: "dapi0123456789abcdef0123456789abcdef", claims };
  const pair = pairs[observed.alg as keyof typeof pairs];
  const input = `${encode(header)}.${encode(claims)}`;
  const signature = observed.alg.startsWith("ES")
    ? sign(HASHES[observed.alg], Buffer.from(input), { key: pair.privateKey, dsaEncoding: "ieee-p1363" })
    : createSign(HASHES[observed.alg] ?? "")
        .update(input)
        .sign(pair.privateKey);
  if (observed.header?.["$corruptSignature"] === true) signature[0] = (signature[0] ?? 0) ^ 1;
  return { token: `${input}.${signature.toString("base64url")}`, claims };
}

function jwksFor(observed: Case): { readonly keys: readonly JWK[] } {
  const keys = Object.entries(pairs).map(
    ([kid, pair]) => ({ ...pair.publicKey.export({ format: "jwk" }), kid, use: "sig", ...observed.jwks?.set }) as JWK,
  );
  if (observed.jwks?.onlySigningKey === true) return { keys: keys.filter(({ kid }) => kid === observed.alg) };
  const rsa = keys.filter((key) => key.kty === "RSA");
  const pad = Math.max(0, (observed.jwks?.padRsaTo ?? 0) - rsa.length);
  return { keys: [...keys, ...Array.from({ length: pad }, (_, index) => ({ ...rsa[0], kid: `pad-${index}` }) as JWK)] };
}

test.each((observations.cases as readonly Case[]).map((observed) => [observed.name, observed] as const))(
  "STS's answer to %s",
  async (_name, observed) => {
    const { token, claims } = tokenFor(observed);
    const trust = readPolicy({
      Version: "2012-10-17",
      Statement: filled(observed.trust) ?? [
        {
          Effect: "Allow",
          Principal: { Federated: PROVIDER },
          Action: ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"],
        },
      ],
    });
    if (!trust.ok) throw new Error(trust.why);
    const answer = await decideToken(
      token,
      [
        {
          arn: PROVIDER,
          issuer: ISSUER,
          clientIds: observations.base.registeredClientIds,
          keys: keySet(jwksFor(observed)),
        },
      ],
      { arn: ROLE, trust: compilePolicy(trust.policy), maxSessionDuration: observed.role?.MaxSessionDuration ?? 7200 },
      {
        roleSessionName: observed.request?.RoleSessionName ?? "oidc-probe",
        durationSeconds: observed.request?.DurationSeconds ?? null,
        context: {},
        now: NOW,
      },
    );
    expect(answer.allowed).toBe(observed.expect.allowed);
    // what was sent as it stands, or with other values under the same rule, is recorded; the rest says why it is not
    expect([answer.basis, answer.unrecorded.length > 0]).toEqual(
      /^(?:recorded|adapted)/.test(observed.source) ? ["recorded", false] : ["expected", true],
    );
    if (observed.expect.audience !== undefined) expect(answer.audience).toBe(observed.expect.audience);
    if (observed.expect.code !== undefined) expect(answer.error?.code).toBe(observed.expect.code);
    if (observed.expect.message !== undefined) {
      const message = observed.expect.message
        .replace("$now-300", String(NOW - 300))
        .replace("$iat", String(claims["iat"]))
        .replace("$exp", String(claims["exp"]));
      expect(answer.error?.message).toBe(message);
    }
  },
);

test("the record holds all the cases it did when it was copied", () => {
  expect(observations.cases).toHaveLength(45);
});
