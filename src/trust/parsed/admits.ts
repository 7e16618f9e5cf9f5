/** Asks the decision, not the looks: does a subject get in through a statement? */
import type { CompiledPolicy, PolicyRequest } from "../decide/decide";
import { compilePolicy, decide, verdict } from "../decide/decide";
import type { ParsedCondition, ParsedRole, ParsedStatement } from "./parsed-role";

interface Compiled {
  /** The guards alone, with every Deny that closes something by no more than them. */
  readonly guards: CompiledPolicy;
  /** The statement whole, with every Deny. */
  readonly whole: CompiledPolicy;
}

const compiled = new WeakMap<ParsedStatement, Compiled>();

function compiledFor(role: ParsedRole, statement: ParsedStatement): Compiled {
  let found = compiled.get(statement);
  if (found === undefined) {
    const denies = role.statements.filter(({ effect }) => effect === "Deny");
    const { version } = role;
    found = {
      guards: compilePolicy({
        version,
        statements: [
          { ...statement, conditions: [...statement.aud, ...statement.sub] },
          ...denies.flatMap(closingDeny),
        ],
      }),
      whole: compilePolicy({ version, statements: [statement, ...denies] }),
    };
    compiled.set(statement, found);
  }
  return found;
}

/**
 * A Deny as far as it closes a door for certain: for the providers it names, by conditions on guards that can be
 * decided,
 * and for all subjects but those it spares. One that lists whom it keeps out leaves everybody else in, whoever is
 * tried.
 */
function closingDeny(statement: ParsedStatement): readonly ParsedStatement[] {
  const certain = ({ key, known, values }: ParsedCondition): boolean =>
    /:(?:aud|sub)$/i.test(key) && known && values.length > 0 && !values.some((value) => value.includes("${"));
  const lists = statement.sub.some(({ negated, test }) => !negated && test !== "Null");
  if (statement.providers.length === 0 || lists || !statement.conditions.every(certain)) return [];
  return [{ ...statement, principals: { Federated: statement.providers.map(({ arn }) => arn) } }];
}

/**
 * The first of `subjects` whom the statement's guards let in, or may (what can not be decided keeps nobody out for
 * certain),
 * its further conditions taken as met. A Deny on guards counts where it spares by name.
 */
export function firstLetIn(
  role: ParsedRole,
  statement: ParsedStatement,
  subjects: readonly string[],
): string | undefined {
  const { guards } = compiledFor(role, statement);
  const tries = triesOf(statement);
  return subjects.find((subject) => tries.some((request) => verdict(guards, request(subject)) !== "no"));
}

/** Whether the statement's guards let `subject` in, as `firstLetIn`. */
export function letsIn(role: ParsedRole, statement: ParsedStatement, subject: string): boolean {
  return firstLetIn(role, statement, [subject]) !== undefined;
}

/** Whether the statement lets `subject` in from anywhere: the request has nothing but the token's keys. */
export function letsInWithoutContext(role: ParsedRole, statement: ParsedStatement, subject: string): boolean {
  return triesOf(statement).some((request) => decide(compiledFor(role, statement).whole, request(subject)));
}

/** A request by provider and by audience the statement names, for any subject. */
function triesOf(statement: ParsedStatement): readonly ((subject: string) => PolicyRequest)[] {
  const named = statement.aud.flatMap(({ values }) => values).map((value) => value.replace(/[*?]/g, "x"));
  return statement.providers.flatMap(({ arn, issuerPath }) => {
    const [aud, sub] = [`${issuerPath}:aud`.toLowerCase(), `${issuerPath}:sub`.toLowerCase()];
    return (named.length === 0 ? ["any"] : named.slice(0, 4)).map((audience) => {
      const asked = [audience];
      return (subject: string): PolicyRequest => ({
        action: "sts:AssumeRoleWithWebIdentity",
        principal: { kind: "Federated", arn },
        keys: new Map([
          [aud, asked],
          [sub, [subject]],
        ]),
      });
    });
  });
}
