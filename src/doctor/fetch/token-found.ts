/** A token to check, or the checks that say why there is none. */
import type { Secret } from "../../text/secret";
import type { TokenSourceName } from "../../token/sources";
import type { Check } from "../check";

export type TokenFound =
  | {
      readonly kind: "token";
      readonly token: Secret;
      readonly place: string;
      readonly source?: TokenSourceName | undefined;
      /** What was seen on the way to it. */
      readonly hops?: readonly Check[];
    }
  | { readonly kind: "none"; readonly checks: readonly Check[] };
