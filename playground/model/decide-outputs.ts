/** Whether AWS would let claims in by a trust policy, and what comes closest where not. Pure. */
import { explainTexts } from "../../src/explain/explain-texts";
import type { Explanation } from "../../src/explain/explain";
import { readDocument } from "../../src/lint/read-document";
import { parseRole } from "../../src/trust/parsed/parse-role";

export interface DecideFields {
  readonly policy: string;
  /** The decoded payload of a token, as JSON. */
  readonly claims: string;
  /** The URL that the IAM provider registers; empty: that of the policy. */
  readonly providerUrl: string;
  /** The audiences that the provider registers, one a line or with commas; empty: those of the policy. */
  readonly clientIds: string;
  /** Further condition keys, one `key=value` a line. */
  readonly context: string;
}

export interface Registered {
  readonly providerUrl: string;
  readonly clientIds: readonly string[];
}

/** Throws InputError: the codes of `explainTexts`. `now` in seconds. */
export async function decideOutputs(
  fields: DecideFields,
  now: number,
): Promise<{ readonly explanation: Explanation; readonly registered: Registered }> {
  const registered = await registeredFor(fields);
  const { explanation } = await explainTexts(
    {
      target: { policy: fields.policy },
      presented: { claims: { file: "claims", text: fields.claims } },
      jwks: undefined,
      now,
    },
    {
      providerUrl: registered.providerUrl,
      clientId: registered.clientIds,
      context: wordsOf(fields.context, /\n/),
    },
  );
  return { explanation, registered };
}

/** What the provider registers: as given, else what the policy itself names, else what the claims name. */
async function registeredFor({ policy, claims, providerUrl, clientIds }: DecideFields): Promise<Registered> {
  const own = await namedByPolicy(policy);
  const claimed = claimsOf(claims);
  const given = wordsOf(clientIds, /[\s,]/);
  const aud = [claimed["aud"]].flat().filter((value): value is string => typeof value === "string");
  const iss = typeof claimed["iss"] === "string" ? claimed["iss"] : "https://issuer.invalid";
  return {
    providerUrl: providerUrl.trim() === "" ? (own.providerUrl ?? iss) : providerUrl.trim(),
    clientIds: given.length > 0 ? given : own.clientIds.length > 0 ? own.clientIds : aud.length > 0 ? aud : ["none"],
  };
}

/** The first provider that the policy trusts, and the audiences its statements ask for. */
async function namedByPolicy(
  policy: string,
): Promise<{ readonly providerUrl: string | undefined; readonly clientIds: readonly string[] }> {
  const statements = await readDocument(policy, "policy")
    .then(({ targets }) => targets.flatMap(({ target }) => target.roles).flatMap((role) => parseRole(role).statements))
    // what is wrong with the policy is reported by the decision
    .catch(() => []);
  const [first] = statements.flatMap(({ providers }) => providers);
  if (first === undefined) return { providerUrl: undefined, clientIds: [] };
  const clientIds = statements
    .filter(({ providers }) => providers.some(({ issuerPath }) => issuerPath === first.issuerPath))
    .flatMap(({ aud }) => aud.flatMap(({ values }) => values));
  return { providerUrl: `https://${first.issuerPath}`, clientIds: [...new Set(clientIds)] };
}

function claimsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}

function wordsOf(text: string, separator: RegExp): readonly string[] {
  return text
    .split(separator)
    .map((word) => word.trim())
    .filter((word) => word !== "");
}
