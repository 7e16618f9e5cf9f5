/** Requests of those whom a policy names one by one: nothing is left to search then. */
import { parseProviderArn } from "../../issuer/issuer";
import type { PolicyDocument } from "../decide/document";
import type { Witness } from "./request";

/**
 * A request for each subject that `policy` lets in, where it is one statement that names one provider, one audience
 * and exact subjects; undefined for any other. Sorted by subject.
 */
export function namedExactly({ statements }: PolicyDocument): readonly NamedExactly[] | undefined {
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0 || statement.effect !== "Allow" || statement.notPrincipal)
    return undefined;
  const { principals, actions, notAction, hasResource, conditions } = statement;
  if (notAction || hasResource || conditions.length !== 2 || actions.join() !== ACTION) return undefined;
  const [arn = "", ...more] = Object.entries(principals ?? {}).flatMap(([kind, names]) =>
    kind === "Federated" ? names : ["", ""],
  );
  const issuerPath = parseProviderArn(arn)?.issuerPath;
  if (issuerPath === undefined || more.length > 0) return undefined;
  const valuesOf = (claim: string): readonly string[] =>
    conditions.find(({ operator, key }) => operator === "StringEquals" && key === `${issuerPath}:${claim}`)?.values ??
    [];
  const [audience = "", ...audiences] = valuesOf("aud");
  const subjects = [...new Set(valuesOf("sub"))].sort();
  const isPlain = [audience, ...subjects].every((value) => /^[\w@.+-]+$/.test(value));
  if (audiences.length > 0 || !isPlain || subjects.length === 0) return undefined;
  const principal = { kind: "Federated", arn } as const;
  return subjects.map((subject) => {
    const claims = { aud: [audience], sub: [subject] };
    const keys = new Map(
      Object.entries(claims).map(([claim, values]) => [`${issuerPath}:${claim}`.toLowerCase(), values]),
    );
    const request = { action: ACTION, principal, keys };
    const witness: Witness = { principal, action: ACTION, claims, context: {}, assumes: [], request };
    return { issuer: `https://${issuerPath}`, subject, audience, witness };
  });
}

const ACTION = "sts:AssumeRoleWithWebIdentity";

export interface NamedExactly {
  /** With `https://`. */
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly witness: Witness;
}
