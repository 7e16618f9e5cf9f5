/** Inline policies as TypeScript declares them: documents, JSON text, or tokens that become JSON text. */
import { Token, Tokenization } from "cdktf";
import type { Problem } from "../errors";
import { setMember } from "../federation/canonical-input";
import type { PathPart } from "../federation/path";
import { formatPath } from "../federation/path";
import type { Json } from "../trust/canonical-json";
import { holdsToken, isPlainObject } from "./tokens";

/**
 * A policy document, its JSON text, or a token for that text (`data.aws_iam_policy_document.x.json`).
 *
 * @example
 * ```ts
 * import { type InlinePolicy } from "databricks-aws-oidc/cdktf";
 * const policy: InlinePolicy = {
 *   Version: "2012-10-17",
 *   Statement: [{ Effect: "Allow", Action: ["s3:ListBucket"], Resource: ["arn:aws:s3:::lake"] }],
 * };
 * ```
 */
export type InlinePolicy = { readonly [key: string]: Json } | string;

/** @internal */
export interface DeclaredPolicies {
  /**
   * Documents for the rules to look at; those known only to Terraform have a stand-in. Tokens in them stay, as text.
   */
  readonly documents: Readonly<Record<string, unknown>>;
  /** JSON that only Terraform knows, by policy name. */
  readonly tokens: ReadonlyMap<string, string>;
  /** Code: token-not-allowed, inline-policy-invalid. */
  readonly problems: readonly Problem[];
}

const STAND_IN = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Deny", Action: ["sts:*"], Resource: ["*"] }],
} as const;

/** @internal Reads the inline policies of a role declared at `at`. */
export function checkInlinePolicies(
  policies: Readonly<Record<string, unknown>>,
  at: readonly PathPart[],
): DeclaredPolicies {
  const documents: Record<string, unknown> = {};
  const tokens = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [name, policy] of Object.entries(policies)) {
    const path = [...at, name];
    const document = typeof policy === "string" ? parsed(policy) : policy;
    if (document === undefined || Tokenization.isResolvable(document)) {
      if (holdsToken(policy)) {
        setMember(documents, name, STAND_IN);
        tokens.set(name, typeof policy === "string" ? policy : Token.asString(policy));
      } else {
        problems.push({
          code: "inline-policy-invalid",
          message: "Invalid JSON.",
          path: formatPath(path),
          fix: "Give the policy as an object or as JSON text.",
        });
      }
      continue;
    }
    setMember(documents, name, document);
    if (holdsToken(document)) problems.push(...tokensThatAreNoText(document, path));
  }
  return { documents, tokens, problems };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Tokens for numbers, lists, maps and objects would be written into the JSON as CDKTF's internal marks. */
function tokensThatAreNoText(document: unknown, at: readonly PathPart[]): readonly Problem[] {
  if (typeof document === "string" || !holdsToken(document)) return [];
  if (Array.isArray(document) && !Token.isUnresolved(document))
    return document.flatMap((item, index) => tokensThatAreNoText(item, [...at, index]));
  if (isPlainObject(document) && !Token.isUnresolved(document)) {
    return Object.entries(document).flatMap(([key, member]) => tokensThatAreNoText(member, [...at, key]));
  }
  return [
    {
      code: "token-not-allowed",
      message: "Only tokens for text fit into a policy document; this one stands for a number, a list or an object.",
      path: formatPath(at),
      fix: "Use Token.asString for one value, or give the whole policy as Fn.jsonencode(...).",
    },
  ];
}
