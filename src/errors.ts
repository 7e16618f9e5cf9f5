/**
 * Every error this project raises: one base class, stable codes, and what to do next.
 *
 * A code never changes its meaning and is never re-used; messages may be reworded at any time.
 * `input` errors are the caller's to fix (exit code 2), `outside` errors came from the network,
 * the file system or another program (exit code 3).
 *
 * @example
 * ```ts
 * import { ERROR_CODES } from "databricks-aws-oidc";
 * ERROR_CODES["host-not-databricks"]; // "input": exit code 2
 * ```
 */
export const ERROR_CODES = {
  // issuer
  "host-empty": "input",
  "host-invalid": "input",
  "host-not-databricks": "input",
  "host-is-ip-address": "input",
  "host-is-accounts-host": "input",
  "issuer-not-https": "input",
  "issuer-has-port": "input",
  "issuer-has-user-info": "input",
  "issuer-has-query": "input",
  "issuer-path-unknown": "input",
  "issuer-account-agnostic": "input",
  "issuer-too-long": "input",
  "issuer-unreadable": "input",
  "issuer-undetermined": "input",
  "issuer-conflict": "input",
  "workspace-id-invalid": "input",
  "databricks-account-id-invalid": "input",
  "accounts-host-unknown": "input",
  "cloud-unknown": "input",
  "partition-unknown": "input",
  "aws-account-id-invalid": "input",
  "audience-invalid": "input",
  "audience-not-registered": "input",
  "audience-wildcard": "input",
  "too-many-audiences": "input",
  "provider-arn-invalid": "input",
  "provider-arn-mismatch": "input",
  // federation file
  "yaml-syntax": "input",
  "yaml-duplicate-key": "input",
  "yaml-alias-limit": "input",
  "yaml-not-a-mapping": "input",
  "file-too-large": "input",
  "list-too-long": "input",
  required: "input",
  "unknown-key": "input",
  "wrong-type": "input",
  "number-too-large": "input",
  "number-unquoted": "input",
  "value-not-allowed": "input",
  "too-many-problems": "input",
  "reserved-text": "input",
  "name-invalid": "input",
  "name-collision": "input",
  "issuer-key-invalid": "input",
  "account-key-invalid": "input",
  "policy-key-invalid": "input",
  "issuer-collision": "input",
  "too-many-issuers": "input",
  "issuer-not-found": "input",
  "account-not-found": "input",
  "accounts-and-account-id": "input",
  "backend-invalid": "input",
  "role-name-invalid": "input",
  "role-name-collision": "input",
  "role-path-invalid": "input",
  "role-description-invalid": "input",
  "too-many-roles": "input",
  "duration-invalid": "input",
  "duration-out-of-range": "input",
  "tag-invalid": "input",
  "tag-collision": "input",
  "too-many-tags": "input",
  "policy-arn-invalid": "input",
  "too-many-managed-policies": "input",
  "inline-policy-invalid": "input",
  "inline-policy-name-invalid": "input",
  "inline-policies-too-long": "input",
  "boundary-arn-invalid": "input",
  "reason-empty": "input",
  "identity-name-invalid": "input",
  "identity-invalid": "input",
  "identity-not-found": "input",
  "suspended-not-found": "input",
  "suspension-too-long": "input",
  "moment-invalid": "input",
  "moment-ahead": "input",
  // trust
  "no-issuer": "input",
  "no-role": "input",
  "no-trust": "input",
  "no-subject": "input",
  "service-principal-invalid": "input",
  "user-invalid": "input",
  "subject-invalid": "input",
  "subject-has-wildcard": "input",
  "subject-pattern-invalid": "input",
  "subject-pattern-without-wildcard": "input",
  "email-domain-invalid": "input",
  "subject-pattern-too-wide": "input",
  "policy-variable-in-subject": "input",
  "condition-test-unknown": "input",
  "condition-on-guard": "input",
  "condition-repeated": "input",
  "condition-invalid": "input",
  "external-id-invalid": "input",
  "unity-catalog-cloud": "input",
  "trust-policy-too-long": "input",
  "trust-policy-max-length": "input",
  "policy-character": "input",
  // profile of the generated modules
  "profile-invalid": "input",
  // generate root
  "module-source-invalid": "input",
  "moved-from-invalid": "input",
  // generate client
  "client-not-possible": "input",
  "client-package-missing": "outside",
  // both back ends
  "logical-id-collision": "input",
  "token-not-allowed": "input",
  "aws-provider-mismatch": "input",
  "kit-mismatch": "input",
  "trust-policy-changed": "input",
  "lint-error": "input",
  // network
  "url-not-https": "input",
  "tls-verification-off": "input",
  "proxy-invalid": "input",
  "proxy-refused": "outside",
  "ca-file-unreadable": "input",
  "network-dns": "outside",
  "network-refused": "outside",
  "network-reset": "outside",
  "network-timeout": "outside",
  "network-tls": "outside",
  "network-failed": "outside",
  "response-too-large": "outside",
  "response-redirect": "outside",
  "response-status": "outside",
  "response-not-json": "outside",
  // obtaining a token
  "token-source-unknown": "input",
  "token-source-missing": "input",
  "token-source-incomplete": "input",
  "token-opaque": "input",
  "token-to-terminal": "input",
  "token-in-argv": "input",
  "token-does-not-fit": "input",
  "token-refused": "outside",
  "token-scope-refused": "outside",
  "databricks-host-missing": "input",
  "databricks-host-mismatch": "input",
  "databricks-config-invalid": "input",
  "databricks-profile-not-found": "input",
  "databricks-cli-missing": "outside",
  "databricks-cli-failed": "outside",
  // credentials
  "role-not-found": "input",
  "role-ambiguous": "input",
  "role-arn-invalid": "input",
  "aws-account-unknown": "input",
  "region-partition-mismatch": "input",
  "aws-endpoint-overridden": "input",
  "aws-access-denied": "outside",
  "aws-invalid-token": "outside",
  "aws-expired-token": "outside",
  "aws-throttled": "outside",
  "aws-refused": "outside",
  "aws-answer-unreadable": "outside",
  "aws-credentials-missing": "outside",
  "aws-outbound-disabled": "outside",
  "aws-region-missing": "input",
  "credential-name-invalid": "input",
  "credential-not-found": "outside",
  "credential-access-denied": "outside",
  "credential-role-refused": "outside",
  "credential-refused": "outside",
  "cache-unusable": "outside",
  "profile-name-invalid": "input",
  "profile-taken": "input",
  "aws-config-unusable": "outside",
  "command-missing": "input",
  "command-failed": "outside",
  // documents that lint reads
  "json-syntax": "input",
  "document-unknown": "input",
  "plan-errored": "input",
  // guardrails
  "pipeline-role-missing": "input",
  // adopt
  "nothing-to-adopt": "input",
  "aws-accounts-several": "input",
  "imports-invalid": "input",
  "imports-mismatch": "input",
  // audit
  "trail-empty": "input",
  "trail-incomplete": "input",
  "given-provider-invalid": "input",
  // explain
  "trust-policy-unreadable": "input",
  "explain-needs": "input",
  "claims-unreadable": "input",
  "jwks-unreadable": "input",
  "context-invalid": "input",
  "time-invalid": "input",
  "prove-number": "input",
  // init
  "init-needs": "input",
  "init-role-unclear": "input",
  "init-lint": "input",
  // releases
  "version-invalid": "input",
  "module-folder-invalid": "input",
  "module-file-unknown": "input",
  "module-file-link": "input",
  "release-data-unreadable": "input",
  "release-data-stale": "input",
  "archive-damaged": "input",
  "archive-too-large": "input",
  "archive-too-many-files": "input",
  "archive-path-invalid": "input",
  "archive-name-repeated": "input",
  "archive-link": "input",
  "archive-special-file": "input",
  "manifest-unreadable": "input",
  "release-file-missing": "input",
  "release-file-unexpected": "input",
  "release-changed": "input",
  "version-step-too-small": "input",
  // sandbox
  "port-invalid": "input",
  "record-invalid": "input",
  "port-unusable": "outside",
  "sandbox-needs": "input",
  // registry: publish and serve
  "registry-name-invalid": "input",
  "registry-namespace-missing": "input",
  "registry-base-url-invalid": "input",
  "registry-version-taken": "input",
  "registry-damaged": "input",
  "registry-interrupted": "input",
  "registry-missing": "input",
  "registry-prefix-invalid": "input",
  "s3-failed": "outside",
  "repository-invalid": "input",
  "git-tag-taken": "input",
  "git-identity-missing": "input",
  "git-missing": "outside",
  "git-failed": "outside",
  "registry-busy": "outside",
  "tls-invalid": "input",
  "release-recorded": "input",
  // the command line
  usage: "input",
  "flags-conflict": "input",
  // files
  "file-not-found": "input",
  "file-not-text": "input",
  "file-unreadable": "outside",
  "file-unwritable": "outside",
  "file-not-generated": "input",
  "file-exists": "input",
  internal: "outside",
} as const satisfies Record<string, "input" | "outside">;

/**
 * A stable, machine-readable name for what went wrong, e.g. `host-not-databricks`.
 *
 * @example
 * ```ts
 * import type { ErrorCode } from "databricks-aws-oidc";
 * const code: ErrorCode = "host-not-databricks";
 * ```
 */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * One thing that is wrong in one place of the input. Plain data: safe to print as JSON.
 *
 * @example
 * ```ts
 * import type { Problem } from "databricks-aws-oidc";
 * const text = ({ path, message, fix }: Problem): string => `${path ?? ""}: ${message} ${fix}`;
 * ```
 */
export interface Problem {
  readonly code: ErrorCode;
  /** What is wrong, in one sentence, with the offending value where it is no secret. */
  readonly message: string;
  /** Where in the document, e.g. `roles.lake-reader.trusts[1].issuer`; absent for the whole. */
  readonly path?: string;
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The next step, in the imperative. */
  readonly fix: string;
}

/**
 * Something the user should know that stops nothing.
 *
 * @example
 * ```ts
 * import type { Warning } from "databricks-aws-oidc";
 * const text = ({ path, message }: Warning): string => `${path ?? ""}: ${message}`;
 * ```
 */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** `federation.yaml:12:5 roles.reader: what (fix) [code]`, one line a problem. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  // a flag that the message begins with is not repeated before it
  const { path = "" } = problem;
  const where = [place, problem.message.startsWith(`--${path} `) ? "" : path].filter((part) => part !== "").join(" ");
  return `${where === "" ? "" : `${where}: `}${problem.message} ${problem.fix} [${problem.code}]`;
}

/**
 * Base class. `code` is that of the first problem; `problems` always holds at least one.
 *
 * @example
 * ```ts
 * import { FederationError } from "databricks-aws-oidc";
 * const code = (error: unknown): string | undefined => (error instanceof FederationError ? error.code : undefined);
 * ```
 */
export class FederationError extends Error {
  readonly code: ErrorCode;
  readonly fix: string;
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(problems: Problem | readonly [Problem, ...Problem[]], options?: { readonly cause?: unknown }) {
    const all = "code" in problems ? ([problems] as const) : problems;
    super(all.map(formatProblem).join("\n"), options);
    this.name = new.target.name;
    this.code = all[0].code;
    this.fix = all[0].fix;
    this.problems = all;
  }

  /** The first problem. */
  get problem(): Problem {
    return this.problems[0];
  }
}

/**
 * The caller's input is wrong; nothing was done. Exit code 2.
 *
 * @example
 * ```ts
 * import { InputError } from "databricks-aws-oidc";
 * const fix = (error: unknown): string | undefined => (error instanceof InputError ? error.fix : undefined);
 * ```
 */
export class InputError extends FederationError {}

/**
 * Something outside failed: network, file system, another program. Exit code 3.
 *
 * @example
 * ```ts
 * import { OutsideError } from "databricks-aws-oidc";
 * const code = (error: unknown): string | undefined => (error instanceof OutsideError ? error.code : undefined);
 * ```
 */
export class OutsideError extends FederationError {}

/** An `InputError` with one problem; `path` is its place in the document, or the name of the flag. */
export function inputError(code: ErrorCode, message: string, fix: string, path?: string, cause?: unknown): InputError {
  return new InputError({ code, message, fix, ...(path === undefined ? {} : { path }) }, { cause });
}

/** An `OutsideError` with one problem. */
export function outsideError(
  code: ErrorCode,
  message: string,
  fix: string,
  path?: string,
  cause?: unknown,
): OutsideError {
  return new OutsideError({ code, message, fix, ...(path === undefined ? {} : { path }) }, { cause });
}

/** Throws one `InputError` with every problem, or returns when there is none. */
export function refuse(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw new InputError([first, ...rest]);
}
