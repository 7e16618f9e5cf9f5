/** A proof for a person: one line a role, counter-examples in full. */
import { visible } from "../text/escape";
import type { CounterExample, Proof, RoleProof } from "./prove";

/** `proof` as lines of text. */
export function proofText(proof: Proof): string {
  const lines = proof.roles.flatMap((role) => [
    roleLine(role),
    ...role.shutOut.flatMap((example) => exampleLines("does not get in, but is declared", example)),
    ...role.letIn.flatMap((example) => exampleLines("gets in, but is not meant to", example)),
  ]);
  for (const { issuer, tricks, letIn } of proof.issuers) {
    lines.push(
      letIn.length === 0
        ? `✓ issuer ${issuer}: ${tricks} forged signatures refused`
        : `✗ issuer ${issuer}: forged signatures taken: ${letIn.join("; ")}`,
    );
  }
  lines.push(
    "",
    proof.holds
      ? `Proven with seed ${proof.seed}.`
      : `Not proven (seed ${proof.seed}). A pattern whose strangers are meant takes a written reason: { ` +
          `pattern, reason }.`,
  );
  return lines.map(visible).join("\n");
}

function roleLine(role: RoleProof): string {
  const good = role.shutOut.length + role.letIn.length === 0;
  const name = role.account === null ? role.role : `${role.account}/${role.role}`;
  return (
    `${good ? "✓" : "✗"} ${name}: ${role.declaredIn} of ${role.declared} declared get ` +
    `in, ${role.impostorsIn === 0 ? "none" : role.impostorsIn} of ${role.impostors} impostors`
  );
}

function exampleLines(what: string, example: CounterExample): readonly string[] {
  return [
    `    ${what} (${example.trick}):`,
    `      claims  ${JSON.stringify(example.claims)}`,
    ...(Object.keys(example.context).length === 0 ? [] : [`      context ${JSON.stringify(example.context)}`]),
  ];
}
