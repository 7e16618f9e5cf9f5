/**
 * Can this token assume this role, and if not, which line refuses it: what STS would return, with the trust policy
 * evaluated line by line. Pure.
 */
import type { Basis, StsError, WebIdentityCall, WebIdentityProvider, WebIdentityRole } from "../sts/web-identity";
import { decideClaims, decideToken, wouldBeRequest } from "../sts/decide-token";
import { readToken } from "../sts/read-token";
import { type Decision, explainDecision, type Verdict } from "../trust/decide/decide";
import type { Reason } from "./issuer-reasons";
import { refusalReasons } from "./refusal-reasons";

export interface ExplainedCondition {
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** Null where the request does not carry the key. */
  readonly actual: readonly string[] | null;
  readonly matched: boolean;
}

/** Whom a statement is about, or what it allows: as written in the policy. */
export interface ExplainedLine {
  readonly expected: readonly string[];
  readonly matched: boolean;
}

export interface ExplainedStatement {
  /** 0-based, as in the policy. */
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  readonly matched: boolean;
  readonly principal: ExplainedLine;
  readonly action: ExplainedLine;
  readonly conditions: readonly ExplainedCondition[];
}

/** Whether a token gets in, and what every line of the policy says of it. */
export interface Explanation {
  readonly allowed: boolean;
  readonly error: StsError | null;
  readonly audience: string | null;
  readonly subject: string | null;
  readonly issuer: string | null;
  /** Index of the statement that decided; null where no statement did, or the policy was not reached. */
  readonly decidedBy: number | null;
  readonly statements: readonly ExplainedStatement[];
  /** The next thing to do; null where the token gets in. */
  readonly fix: string | null;
  /** What comes closest to letting the token in, nearest first. */
  readonly reasons: readonly Reason[];
  /** What could not be decided, by name. */
  readonly findings: readonly string[];
  /** Whether AWS was seen to answer so, or it is inferred. */
  readonly basis: Basis;
  /** Why it is inferred, each in a clause; empty where it is recorded. */
  readonly unrecorded: readonly string[];
  /** False where only claims were given: the signature is then taken as good. */
  readonly signatureChecked: boolean;
}

/** What is presented: a token, or bare claims whose signature is taken as good. */
export type Presented =
  | { readonly kind: "token"; readonly text: string }
  | { readonly kind: "claims"; readonly claims: Readonly<Record<string, unknown>> };

/** Explains STS's answer. Never throws; the token's text is in no part of the result. */
export async function explain(
  presented: Presented,
  providers: readonly WebIdentityProvider[],
  role: WebIdentityRole,
  call: WebIdentityCall,
): Promise<Explanation> {
  const reading = presented.kind === "token" ? readToken(presented.text) : null;
  const claims = presented.kind === "claims" ? presented.claims : reading?.ok === true ? reading.token.claims : {};
  const answer =
    presented.kind === "token"
      ? await decideToken(presented.text, providers, role, call)
      : decideClaims(presented.claims, providers, role, call);
  const notAToken = reading !== null && !reading.ok ? reading.not : null;
  // where STS would not have reached the policy it is evaluated too, so that a person sees every line
  const request = answer.request ?? wouldBeRequest(claims, providers, role, call);
  const decision = request === null ? null : explainDecision(role.trust, request);
  const reasons = answer.allowed
    ? []
    : refusalReasons({
        answer,
        decision,
        header: reading?.ok === true ? reading.token.header : {},
        claims,
        providers,
        notAToken,
        now: call.now,
      });
  return {
    allowed: answer.allowed,
    error: answer.error,
    audience: answer.audience,
    subject: answer.subject,
    issuer: answer.issuer,
    // a statement that let the token in, while something else refused it, decided nothing
    decidedBy:
      answer.request === null || (decision?.allowed === true && !answer.allowed) ? null : (decision?.decidedBy ?? null),
    statements: statementsOf(decision),
    fix: answer.allowed
      ? null
      : (reasons[0]?.fix ?? "Compare the token with the federation: databricks-aws-oidc token shows it decoded."),
    reasons,
    findings: decision?.findings ?? [],
    basis: answer.basis,
    unrecorded: answer.unrecorded,
    signatureChecked: presented.kind === "token" && providers.some((provider) => provider.keys !== null),
  };
}

function statementsOf(decision: Decision | null): readonly ExplainedStatement[] {
  const yes = (verdict: Verdict): boolean => verdict === "yes";
  return (decision?.statements ?? []).map(({ index, effect, verdict, principal, action, source, conditions }) => ({
    index,
    effect,
    matched: yes(verdict),
    principal: {
      expected: Object.entries(source.principals ?? {}).flatMap(([kind, names]) =>
        names.map((name) => `${source.notPrincipal ? "not " : ""}${kind} ${name}`),
      ),
      matched: yes(principal),
    },
    action: { expected: source.actions.map((name) => `${source.notAction ? "not " : ""}${name}`), matched: action },
    conditions: conditions.map((condition) => ({
      operator: condition.operator,
      key: condition.key,
      expected: condition.expected,
      actual: condition.actual,
      matched: yes(condition.verdict),
    })),
  }));
}
