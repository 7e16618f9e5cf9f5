/** One thing that `doctor` looked at, and what it found. Plain data: safe to print as JSON, no secret in it. */
import { redact } from "../text/secret";

/** Every check, and what it asks. The order is that of causes: what stands first explains what fails after it. */
export const CHECKS = {
  dns: "the issuer's name resolves",
  tls: "its certificate is valid, and issued by an authority that everybody trusts",
  "databricks-config": "what the host says about itself fits the federation",
  discovery: "the discovery document is there for everybody, without a log-in",
  "discovery-issuer": "it names our issuer, to the character",
  "discovery-fields": "it has the fields AWS wants",
  jwks: "the keys are there for everybody",
  "jwks-time": "they come before STS gives up",
  "jwks-keys": "STS can use them",
  clock: "this machine's clock is right",
  "credential-source": "no stored AWS key hides web identity here",
  "aws-account": "the AWS credentials in use here belong to the account",
  provider: "the OIDC provider is registered, by the issuer's exact URL, with the federation's tags",
  "provider-clients": "it registers the federation's audiences, and no others",
  role: "the role is there, with the federation's path, session length, boundary and tags",
  "role-trust": "it lets in whom the federation names, and nobody else",
  "role-policies": "it may do what the federation gives it",
  "role-lint": "lint finds no error in what is deployed",
  "account-providers": "every Databricks provider of the account is the federation's",
  "account-roles": "every role of the account that trusts Databricks is the federation's",
  "account-unused": "nothing that trusts Databricks lies about unused",
  "token-source": "how the token was come by",
  token: "it is a JWT",
  "token-issuer": "it is of an issuer of the federation",
  "token-signature": "a key of the issuer verifies it, by an algorithm STS takes",
  "token-audience": "its audience is registered",
  "token-times": "it is valid now",
  "token-roles": "it gets a role, by the federation",
  "token-deployed": "it gets the role, by what is deployed",
  assume: "AWS gives a session for it",
} as const;

export type CheckId = keyof typeof CHECKS;

export type CheckStatus = "pass" | "fail" | "unknown";

export interface Check {
  readonly id: CheckId;
  /** What it is about: `issuer production`, `role lake-reader`, `token`, `this machine`, … */
  readonly subject: string;
  /** `unknown`: it could not be judged, which is neither good nor bad. */
  readonly status: CheckStatus;
  /** What was seen, in sentences. */
  readonly evidence: string;
  /** The next step, in the imperative; null where there is none. */
  readonly fix: string | null;
  /** Of an error that came from outside (network, AWS) and is why nothing could be judged; else null. */
  readonly code: string | null;
}

/** What to do about drift. */
export const DEPLOY = "Deploy the federation; if the change is meant, write it into the federation first.";

/** Some of it is a server's own words: whatever looks like a secret is taken out, and it is kept short. */
const clean = (text: string): string => redact(text, [], 1200);

export function pass(id: CheckId, subject: string, evidence: string): Check {
  return { id, subject, status: "pass", evidence: clean(evidence), fix: null, code: null };
}

export function fail(id: CheckId, subject: string, evidence: string, fix: string): Check {
  return { id, subject, status: "fail", evidence: clean(evidence), fix: clean(fix), code: null };
}

/** `code`: what failed outside; leave it out where the question itself has no answer. */
export function unknown(
  id: CheckId,
  subject: string,
  evidence: string,
  fix: string | null,
  code: string | null = null,
): Check {
  return { id, subject, status: "unknown", evidence: clean(evidence), fix: fix === null ? null : clean(fix), code };
}
