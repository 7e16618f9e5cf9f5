/** Explains what a caller read from files: checks the texts and the options, then calls `explain`. Pure. */
import { type ErrorCode, type InputError, inputError } from "../errors";
import { findRole, requireRoleArn } from "../federation/find";
import { identityNames } from "../federation/identities";
import type { Federation } from "../federation/model";
import { keySet } from "../sts/verify-signature";
import { quoted } from "../text/text-rule";
import { explain, type Explanation, type Presented } from "./explain";
import { type RoleInQuestion, roleOfFederation, roleOfPolicy } from "./role-in-question";
import { explanationText } from "./text";
import { asRecord, parsedJson } from "../text/members";

/** A file's path and what is in it. */
export interface FileText {
  readonly file: string;
  readonly text: string;
}

/** Options of the verb `explain`, as typed; undefined where not given. */
export interface ExplainOptions {
  readonly role?: string | undefined;
  readonly account?: string | undefined;
  readonly providerUrl?: string | undefined;
  readonly clientId: readonly string[];
  readonly roleArn?: string | undefined;
  /** Seconds since 1970. */
  readonly now?: string | undefined;
  readonly context: readonly string[];
}

export interface ExplainTexts {
  /** A trust policy by itself, or the federation. */
  readonly target: { readonly policy: string } | { readonly federation: Federation };
  readonly presented: { readonly token: string } | { readonly claims: FileText };
  readonly jwks: FileText | undefined;
  /** Seconds since 1970, where the options name no time. */
  readonly now: number;
}

/** The document of `explain --json`. */
export interface NamedExplanation extends Explanation {
  /** What the federation calls the token's subject; empty where it gives it no name, and for a policy by itself. */
  readonly names: readonly string[];
}

/**
 * Throws InputError explain-needs, claims-unreadable, jwks-unreadable, context-invalid, time-invalid,
 * role-arn-invalid, role-not-found, role-ambiguous, account-not-found, trust-policy-unreadable.
 */
export async function explainTexts(
  texts: ExplainTexts,
  options: ExplainOptions,
): Promise<{ readonly explanation: NamedExplanation; readonly text: string }> {
  const keys = texts.jwks === undefined ? null : readKeySet(texts.jwks);
  if (options.roleArn !== undefined) requireRoleArn(options.roleArn);
  const found = roleInQuestion(texts.target, options, keys);
  const role = options.roleArn === undefined ? found.role : { ...found.role, arn: options.roleArn };
  const explained = await explain(presentedOf(texts.presented), found.providers, role, {
    roleSessionName: "explain",
    durationSeconds: null,
    context: readContext(options.context),
    now: options.now === undefined ? texts.now : readTime(options.now),
  });
  const namesOf = "federation" in texts.target ? identityNames(texts.target.federation) : () => [];
  const names = explained.subject === null ? [] : namesOf(explained.subject);
  return { explanation: { ...explained, names }, text: explanationText(explained, found.name, names) };
}

function roleInQuestion(
  target: ExplainTexts["target"],
  { role, account, providerUrl, clientId, roleArn }: ExplainOptions,
  keys: ReturnType<typeof keySet> | null,
): RoleInQuestion {
  if ("federation" in target)
    return roleOfFederation(target.federation, findRole(target.federation, role).key, account, keys);
  if (providerUrl === undefined || clientId.length === 0) {
    throw inputError(
      "explain-needs",
      "A policy by itself does not say what the provider registers.",
      "Add --provider-url and --client-id, as aws iam get-open-id-connect-provider shows them.",
      "provider-url",
    );
  }
  return roleOfPolicy(target.policy, { providerUrl, clientIds: clientId, roleArn }, keys);
}

function presentedOf(presented: ExplainTexts["presented"]): Presented {
  if ("token" in presented) return { kind: "token", text: presented.token };
  const code = "claims-unreadable";
  const fix = "Give the decoded payload of a token.";
  const claims = asRecord(readJson(presented.claims, code, fix));
  if (claims !== undefined) return { kind: "claims", claims };
  throw unreadable(code, presented.claims, "is not a JSON object", fix);
}

/** A key set has a list under `keys`; in a discovery document, taken for one, no key would ever be found. */
function readKeySet(jwks: FileText): ReturnType<typeof keySet> {
  const code = "jwks-unreadable";
  const fix = "Fetch it from the discovery document's jwks_uri.";
  const value = readJson(jwks, code, fix);
  if (Array.isArray(asRecord(value)?.["keys"])) return keySet(value);
  throw unreadable(code, jwks, 'is not a key set: it has no list under "keys"', fix);
}

function readJson(from: FileText, code: ErrorCode, fix: string): unknown {
  const value = parsedJson(from.text);
  if (value === undefined) throw unreadable(code, from, "is not valid JSON", fix);
  return value;
}

function unreadable(code: ErrorCode, { file }: FileText, why: string, fix: string): InputError {
  return inputError(code, `${quoted(file)} ${why}.`, fix, code.replace("-unreadable", ""));
}

/** `--now`, in seconds since 1970. Throws InputError: time-invalid. */
export function readTime(text: string): number {
  if (/^[0-9]{1,11}$/.test(text)) return Number(text);
  throw inputError("time-invalid", `${quoted(text)} is not a valid time.`, "Give whole seconds since 1970.", "now");
}

/** Condition keys of `--context key=value` with their values, in the order given. */
export function readContext(pairs: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const context = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at <= 0)
      throw inputError(
        "context-invalid",
        `${JSON.stringify(pair)} is not key=value.`,
        "Write it like --context aws:SourceIp=203.0.113.7.",
        "context",
      );
    const key = pair.slice(0, at);
    context.set(key, [...(context.get(key) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(context);
}
