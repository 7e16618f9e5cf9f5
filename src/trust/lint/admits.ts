/** Asks the decision, not the looks: does a subject get in through a statement? */
import type { CompiledPolicy, PolicyRequest } from "../decide/decide";
import { compilePolicy, decide } from "../decide/decide";
import type { ExaminedCondition, ExaminedRole, ExaminedStatement } from "./examine";

interface Compiled {
  /** The guards alone, with every Deny that needs no more than them. */
  readonly guards: CompiledPolicy;
  /** The statement whole, with every Deny. */
  readonly whole: CompiledPolicy;
}

const compiled = new WeakMap<ExaminedStatement, Compiled>();

function compiledFor(role: ExaminedRole, statement: ExaminedStatement): Compiled {
  let found = compiled.get(statement);
  if (found === undefined) {
    const isGuard = (condition: ExaminedCondition): boolean => /:(?:aud|sub)$/i.test(condition.key);
    const denies = role.statements.filter(({ effect }) => effect === "Deny");
    const version = "2012-10-17";
    found = {
      guards: compilePolicy({ version, statements: [{ ...statement, conditions: [...statement.aud, ...statement.sub] }, ...denies.filter(({ conditions }) => conditions.every(isGuard))] }),
      whole: compilePolicy({ version, statements: [statement, ...denies] }),
    };
    compiled.set(statement, found);
  }
  return found;
}

/** Whether the statement's guards let `subject` in, its further conditions taken as met. Every Deny on guards counts. */
export function letsIn(role: ExaminedRole, statement: ExaminedStatement, subject: string): boolean {
  return requests(statement, subject).some((request) => decide(compiledFor(role, statement).guards, request));
}

/** Whether the statement lets `subject` in from anywhere: the request has nothing but the token's keys. */
export function letsInWithoutContext(role: ExaminedRole, statement: ExaminedStatement, subject: string): boolean {
  return requests(statement, subject).some((request) => decide(compiledFor(role, statement).whole, request));
}

/** A request for each provider and each audience the statement names. */
function requests(statement: ExaminedStatement, subject: string): readonly PolicyRequest[] {
  const named = statement.aud.flatMap(({ values }) => values).map((value) => value.replace(/[*?]/g, "x"));
  return statement.providers.flatMap(({ arn, issuerPath }) => (named.length === 0 ? ["any"] : named.slice(0, 4)).map((audience): PolicyRequest => ({
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated", arn },
    keys: new Map([[`${issuerPath}:aud`.toLowerCase(), [audience]], [`${issuerPath}:sub`.toLowerCase(), [subject]]]),
  })));
}
