/** Who gets into a role of the account as it is today. Pure. */
import { whoGetsIn } from "../explain/who-gets-in";
import { readPolicy } from "../trust/decide/document";
import type { ExistingRole } from "./account";
import type { LeftProvider } from "./issuers";
import { REASONS, type Reason } from "./reasons";

/** Everyone who gets into a role today, one kind a line. */
export interface GetsIn {
  readonly says: readonly string[];
  /** Why some of it is not certain; null where it is. */
  readonly unsure: string | null;
}

/** Providers of which AWS accepts no token, though a policy trusts them. */
export const LETS_NO_ONE_IN: ReadonlySet<Reason> = new Set([
  "discovery-url",
  "trailing-slash",
  "no-registered-audience",
  "provider-gone",
]);

/** Who gets into the role today. `left`: providers that are not in the file. */
export function getsIn({ name, lint }: ExistingRole, left: readonly LeftProvider[]): GetsIn {
  const read = readPolicy(lint.policy);
  if (!read.ok) return { says: [], unsure: read.why };
  const { kinds, unsure } = whoGetsIn(name, read.policy);
  const closed = new Map(
    left.flatMap(({ provider, fault }) => (LETS_NO_ONE_IN.has(fault.reason) ? [[provider.arn, fault.reason]] : [])),
  );
  return {
    unsure,
    says: kinds.map(({ says, principals, notPrincipal }) => {
      const [reason] = principals.map((principal) => closed.get(principal.name));
      const none =
        !notPrincipal && principals.length > 0 && principals.every((principal) => closed.has(principal.name));
      return none && reason !== undefined ? `no one: ${REASONS[reason]}` : says;
    }),
  };
}
