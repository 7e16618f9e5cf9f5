/** Conditions on subjects of other issuers, and what AWS answers: written by others, so a second opinion. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { compilePolicy, decide } from "../../src/trust/decide/decide";
import type { PolicyDocument } from "../../src/trust/decide/document";
import { compare } from "../../src/trust/exact/compare";
import type { Domain } from "../../src/trust/exact/domain";

interface Vector {
  readonly id: string;
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
  readonly conditions: readonly {
    readonly operator: string;
    readonly claim: string;
    readonly values: readonly string[];
  }[];
  readonly expect: "match" | "no-match";
}

const FILE = join(__dirname, "..", "data", "oidc-subject-vectors.json");
const { vectors } = JSON.parse(readFileSync(FILE, "utf8")) as { readonly vectors: readonly Vector[] };

const PATH = "issuer.example";
const ARN = `arn:aws:iam::111122223333:oidc-provider/${PATH}`;

function policyOf({ conditions }: Vector): PolicyDocument {
  return {
    version: "2012-10-17",
    statements: [
      {
        index: 0,
        sid: null,
        effect: "Allow",
        principals: { Federated: [ARN] },
        notPrincipal: false,
        actions: ["sts:AssumeRoleWithWebIdentity"],
        notAction: false,
        hasResource: false,
        conditions: conditions.map(({ operator, claim, values }) => ({ operator, key: `${PATH}:${claim}`, values })),
      },
    ],
  };
}

/** A claim that the token lacks is missing from the request too. */
function keysOf({ claims, conditions }: Vector): ReadonlyMap<string, readonly string[]> {
  const named = new Set([...Object.keys(claims), ...conditions.map(({ claim }) => claim)]);
  return new Map([...named].map((claim) => [`${PATH}:${claim}`.toLowerCase(), [claims[claim] ?? []].flat()] as const));
}

test("there are 68", () => {
  expect(vectors).toHaveLength(68);
});

test.each(vectors.map((vector) => [vector.id, vector] as const))("%s", (_, vector) => {
  const keys = keysOf(vector);
  const request = {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "Federated" as const, arn: ARN },
    keys,
  };
  const policy = policyOf(vector);
  expect(decide(compilePolicy(policy), request)).toBe(vector.expect === "match");
  // and the exact engine, asked for these very claims
  const fixed = new Map<string, Domain | "missing">(
    [...keys].map(([key, values]) => [key, values.length === 0 ? "missing" : { kind: "values", values }]),
  );
  const several = [...keys.values()].some((values) => values.length > 1);
  if (!several) expect(compare(policy, [], { fixed }).kind).toBe(vector.expect === "match" ? "wider" : "none");
});
