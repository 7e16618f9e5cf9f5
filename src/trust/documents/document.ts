/** What was read from one file, whatever its kind: what there is to check, and what there was before. */
import type { LintTarget } from "../parsed/target";

/** The name of standard input in messages and reports. */
export const STDIN = "stdin";

export type DocumentKind =
  | "federation"
  | "trust policy"
  | "role"
  | "provider"
  | "account"
  | "Terraform plan"
  | "Terraform state"
  | "CDKTF stack"
  | "outputs";

/** One thing to check and, in a plan, what it was. */
export interface DocumentTarget {
  /** Tells targets of one document apart: the AWS account's key; "" where there is one. */
  readonly name: string;
  readonly target: LintTarget;
  /** What is deployed now, from a plan; null where the document does not say. */
  readonly before: LintTarget | null;
}

export interface LintDocument {
  readonly kind: DocumentKind;
  readonly targets: readonly DocumentTarget[];
  /** Roles whose trust policy is only known after apply. */
  readonly unknownPolicies: readonly string[];
  /** How many roles trust no Databricks issuer and were left aside. */
  readonly leftAside: number;
  /** What is not to be printed: Terraform holds it sensitive. */
  readonly sensitive: readonly string[];
  /** What the document calls a subject: a federation file may name identities. */
  readonly namesOf?: (subject: string) => readonly string[];
  /** Line and column (1-based) of a finding's path, where the document tells. */
  readonly locate?: (path: string) => { readonly line: number; readonly column: number } | undefined;
}
