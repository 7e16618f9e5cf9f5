/** Policies of IAM and Organizations as data and as text. */
import { GENERATED_SID, POLICY_BEGINNING } from "../files/generated-file";

export interface IamStatement {
  /** After `GENERATED_SID`. */
  readonly sid: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A policy's text, with a statement a line; its first line has the mark. */
function policyText(statements: readonly IamStatement[]): string {
  const lines = statements.map(({ sid, effect, actions, resources, condition }) =>
    JSON.stringify({
      Sid: `${GENERATED_SID}${sid}`,
      Effect: effect,
      Action: actions,
      Resource: resources,
      ...(condition === undefined ? {} : { Condition: condition }),
    }),
  );
  return `${POLICY_BEGINNING}${lines.join(",\n")}]}\n`;
}

/**
 * `statements` as the texts of as few policies as `limit` characters each permit: the resources of a statement are
 * spread over several where they are too many. Statements without resources are left out.
 */
export function policyTexts(statements: readonly IamStatement[], limit: number): readonly string[] {
  const policies: IamStatement[][] = [];
  let policy: IamStatement[] = [];
  let size = Infinity;
  for (const statement of statements) {
    const overhead = policyText([{ ...statement, resources: [] }]).length;
    let placed: string[] = [];
    for (const resource of statement.resources) {
      const cost = JSON.stringify(resource).length + 1;
      if (size + cost + (placed.length === 0 ? overhead : 0) > limit) {
        policy = [];
        policies.push(policy);
        size = 0;
        placed = [];
      }
      if (placed.length === 0) {
        policy.push({ ...statement, resources: placed });
        size += overhead;
      }
      placed.push(resource);
      size += cost;
    }
  }
  return policies.map(policyText);
}
