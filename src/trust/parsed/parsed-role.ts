/** A trust policy laid out for the rules, as `parseRole` gives it. */
import type { PolicyCondition, PolicyStatement } from "../decide/document";
import type { LintProvider, LintRole, LintTarget } from "./target";

/** A condition of a statement: one operator, one key, its values. */
export interface ParsedCondition extends PolicyCondition {
  /** The operator without set prefix and `IfExists`, e.g. `StringLike`; `Null`, or the whole name of an unknown one. */
  readonly test: string;
  readonly set: "all" | "any" | null;
  readonly ifExists: boolean;
  readonly negated: boolean;
  /** Whether IAM knows the operator. */
  readonly known: boolean;
}

export interface ParsedPrincipal {
  /** `AWS`, `Federated`, `Service`, `CanonicalUser`. */
  readonly kind: string;
  readonly value: string;
}

/** A principal that is an OIDC provider. */
export interface TrustedProvider {
  readonly arn: string;
  /** 12 digits; null where only the plan knows it. */
  readonly accountId: string | null;
  readonly issuerPath: string;
}

export interface ParsedStatement extends PolicyStatement {
  readonly conditions: readonly ParsedCondition[];
  /** Those of `Principal`; none for `NotPrincipal`. */
  readonly trusted: readonly ParsedPrincipal[];
  readonly providers: readonly TrustedProvider[];
  /** Conditions on `<issuer path>:aud` and `<issuer path>:sub` of the statement's providers. */
  readonly aud: readonly ParsedCondition[];
  readonly sub: readonly ParsedCondition[];
  /** An Allow by which web identities get in, if its conditions let them. */
  readonly letsWebIdentitiesIn: boolean;
  /** One of the exact pair that Unity Catalog needs. */
  readonly unityCatalog: boolean;
}

export interface ParsedRole {
  readonly role: LintRole;
  /** Empty where the policy does not read. */
  readonly statements: readonly ParsedStatement[];
  /** As the policy has it: before 2012-10-17 there are no policy variables. */
  readonly version: string | null;
  /** What keeps the document from being a policy. */
  readonly malformed: readonly string[];
  /** Length as IAM counts it: white space between tokens is free. 0 where it is nested too deeply to print. */
  readonly characters: number;
}

export interface ParsedTarget {
  readonly target: LintTarget;
  /** By issuer path. */
  readonly providers: ReadonlyMap<string, LintProvider>;
}
