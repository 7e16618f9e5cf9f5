/** One thing that `doctor` looked at, and what it found. Plain data: safe to print as JSON, no secret in it. */
import { redact, type Secret } from "../text/secret";
import type { TokenSourceName } from "../token/sources";

/** Every check, and what it asks. Causes come before what fails because of them. */
export const CHECKS = {
  dns: "the issuer's name resolves",
  tls: "its certificate is valid and from a public authority",
  "databricks-config": "the host's metadata agrees with the federation",
  discovery: "the discovery document is public, without a login",
  "discovery-issuer": "it names exactly the federation's issuer",
  "discovery-fields": "it has the fields that AWS requires",
  jwks: "the issuer's keys are public",
  "jwks-time": "they arrive while STS waits",
  "jwks-keys": "STS can use them",
  clock: "the clock of this machine is right",
  "credential-source": "no stored AWS key takes precedence over web identity here",
  "aws-account": "the AWS credentials in use here belong to the account",
  provider: "the OIDC provider is registered with the issuer's exact URL and the federation's tags",
  "provider-clients": "it registers the federation's audiences and no others",
  role: "the role exists with the federation's path, session duration, boundary and tags",
  "role-trust": "exactly those the federation names can assume it",
  "role-policies": "it has the federation's permissions",
  "role-lint": "lint finds no error in what is deployed",
  "account-providers": "every Databricks provider of the account is in the federation",
  "account-roles": "every role of the account that trusts Databricks is in the federation",
  "account-unused": "nothing that trusts Databricks is unused",
  "aws-outbound": "the AWS account issues tokens about its identities",
  "aws-token": "AWS gives a token that Databricks accepts",
  "aws-exchange": "Databricks exchanges it for a service principal's token",
  "aws-loop": "that token opens no new session of the role it began with",
  "token-source": "how the token was obtained",
  token: "it is a JWT",
  "token-issuer": "it is from an issuer of the federation",
  "token-signature": "a key of the issuer verifies it, with an algorithm that STS accepts",
  "token-audience": "its audience is registered",
  "token-times": "it is valid now",
  "token-roles": "it can assume a role, by the federation",
  "token-deployed": "it can assume the role, by what is deployed",
  assume: "AWS gives a session for it",
} as const;

export type CheckId = keyof typeof CHECKS;

export type CheckStatus = "pass" | "fail" | "unknown";

export interface Check {
  readonly id: CheckId;
  /** What it is about: `issuer production`, `role lake-reader`, `token`, `this machine`, … */
  readonly subject: string;
  /** `unknown`: it could not be checked, which is neither good nor bad. */
  readonly status: CheckStatus;
  /** What was seen, in sentences. */
  readonly evidence: string;
  /** The next step, in the imperative; null where there is none. */
  readonly fix: string | null;
  /** Of an error from outside (network, AWS) that kept it from being checked; else null. */
  readonly code: string | null;
}

/** Why something could not be fetched. */
export interface Failure {
  readonly kind: "failed";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
}

/** What to do about drift. */
export const DEPLOY = "Deploy the federation; to keep the change, write it into the federation first.";

/** Some of it is a server's own words: whatever looks like a secret is taken out, and it is kept short. */
const clean = (text: string): string => redact(text, [], 1200);

/** The possible outcomes of the check `id` of `subject`. */
export function checkOf(id: CheckId, subject: string) {
  const check = (status: CheckStatus, evidence: string, fix: string | null, code: string | null): Check => ({
    id,
    subject,
    status,
    evidence: clean(evidence),
    fix: fix === null ? null : clean(fix),
    code,
  });
  return {
    pass: (evidence: string): Check => check("pass", evidence, null, null),
    fail: (evidence: string, fix: string): Check => check("fail", evidence, fix, null),
    /** It has no answer. */
    unknown: (evidence: string, fix: string | null = null): Check => check("unknown", evidence, fix, null),
    /** Something outside failed before it could be checked. */
    unread: ({ message, fix, code }: Omit<Failure, "kind">): Check => check("unknown", message, fix, code),
  };
}

/** Checks that have to be skipped, all for the same reason. */
export function skipped(ids: readonly CheckId[], subject: string, why: string): readonly Check[] {
  return ids.map((id) => checkOf(id, subject).unknown(`Skipped: ${why}`));
}

/** A token to check, or the checks that say why there is none. */
export type TokenFound =
  | {
      readonly kind: "token";
      readonly token: Secret;
      readonly place: string;
      readonly source?: TokenSourceName | undefined;
      /** What was seen on the way to it. */
      readonly hops?: readonly Check[];
    }
  | { readonly kind: "none"; readonly checks: readonly Check[] };
