/**
 * Principals of a policy that no token and no AWS principal can be tried on: each stands for somebody nobody meant.
 * Pure.
 */
import type { WebIdentityProvider } from "../sts/web-identity";
import type { CompiledPolicy } from "../trust/decide/decide";

/**
 * What Allow statements trust beside `providers` and AWS principals by name: services, SAML, other providers,
 * wildcards,
 * and everybody but somebody. Of this project's policies there is none.
 */
export function strangeDoors(policy: CompiledPolicy, providers: readonly WebIdentityProvider[]): readonly string[] {
  const known = new Set(providers.map(({ arn }) => arn));
  return policy.statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ source: { index, principals, notPrincipal } }) => {
      if (notPrincipal)
        return [
          `statement ${index}: everybody but ${Object.values(principals ?? {})
            .flat()
            .join(", ")}`,
        ];
      return Object.entries(principals ?? {}).flatMap(([kind, names]) =>
        names
          .filter((name) => (kind === "Federated" ? !known.has(name) : kind !== "AWS" || /[*?]/.test(name)))
          .map((name) => `statement ${index}: ${kind} ${name}`),
      );
    });
}
