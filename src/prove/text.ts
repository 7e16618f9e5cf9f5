/** A proof for a person: one line a role, counter-examples in full. */
import { visible } from "../text/escape";
import { counted, grouped } from "../text/words";
import { type CounterExample, isProven, type Proof, type RoleProof } from "./prove";

/** `proof` as lines of text. */
export function proofText(proof: Proof): string {
  const lines = proof.roles.flatMap((role) => [
    roleLine(role),
    ...role.shutOut.flatMap((example) => exampleLines("does not get in, but is declared", example)),
    ...role.undeclared.flatMap((example) => exampleLines("gets in, but is not declared", example)),
    ...role.letIn.flatMap((example) => exampleLines("gets in with a forged token", example)),
  ]);
  for (const { issuer, forgeries, letIn } of proof.issuers) {
    lines.push(
      letIn.length === 0
        ? `✓ issuer ${issuer}: ${forgeries} forged signatures refused`
        : `✗ issuer ${issuer}: forged signatures accepted: ${letIn.join("; ")}`,
    );
  }
  lines.push("", proof.holds ? `Proven (forged tokens of seed ${proof.seed}).` : `Not proven (seed ${proof.seed}).`);
  return lines.map(visible).join("\n");
}

function roleLine(role: RoleProof): string {
  const name = role.account === null ? role.role : `${role.account}/${role.role}`;
  const declared = counted(role.declared, "declared identity", "declared identities");
  const gets = role.declared === 1 ? "gets" : "get";
  const who = role.declaredIn === role.declared ? `${declared} ${gets} in` : `${role.declaredIn} of ${declared} get in`;
  const others =
    role.undeclared.length > 0
      ? "others do too"
      : role.unsure === null
        ? "nobody else does"
        : `whether others do cannot be decided: ${role.unsure}`;
  const forged = grouped(role.forged);
  const tokens =
    role.forgedIn === 0 ? `${forged} forged tokens refused` : `${role.forgedIn} of ${forged} forged tokens accepted`;
  // a role of Unity Catalog alone takes no token
  const tried = role.forged === 0 ? "" : ` (${tokens})`;
  return `${isProven(role) ? "✓" : "✗"} ${name}: ${who}; ${others}${tried}`;
}

function exampleLines(what: string, example: CounterExample): readonly string[] {
  return [
    `    ${what} (${example.what}):`,
    ...(example.names.length === 0 ? [] : [`      named   ${example.names.join(", ")}`]),
    `      claims  ${JSON.stringify(example.claims)}`,
    ...(Object.keys(example.context).length === 0 ? [] : [`      context ${JSON.stringify(example.context)}`]),
  ];
}
