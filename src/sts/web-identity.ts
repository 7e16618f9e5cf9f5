/**
 * The types of a web identity call and of what STS answers, for whoever decides on a call and whoever makes one.
 */
import type { CompiledPolicy } from "../trust/decide/decide";
import type { KeySet } from "./verify-signature";

export type Claims = Readonly<Record<string, unknown>>;

/** Who a token says it is of, as STS reads it; null where it can not be read. */
export interface TokenFacts {
  /** `azp` where there is one, else the only `aud`. */
  readonly audience: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
}

export interface StsError {
  readonly code:
    | "InvalidIdentityToken"
    | "ExpiredTokenException"
    | "AccessDenied"
    | "InternalFailure"
    | "ValidationError"
    | "IDPCommunicationError";
  readonly message: string;
}

/** `recorded`: AWS has been seen to answer so; `expected`: inferred from documentation and similar calls. */
export type Basis = "recorded" | "expected";

export interface WebIdentityProvider {
  readonly arn: string;
  /** As tokens name it, with `https://`. */
  readonly issuer: string;
  readonly clientIds: readonly string[];
  /** Null: signatures are not checked (claims only). */
  readonly keys: KeySet | null;
}

export interface WebIdentityRole {
  readonly arn: string;
  readonly trust: CompiledPolicy;
  /** Seconds. */
  readonly maxSessionDuration: number;
}

export interface WebIdentityCall {
  readonly roleSessionName: string;
  /** Seconds; null: 3,600. */
  readonly durationSeconds: number | null;
  /**
   * Further keys of the request (`aws:SourceIp`, …): name -> values. What the token and the provider say wins over
   * them.
   */
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** Seconds since the epoch. */
  readonly now: number;
}
