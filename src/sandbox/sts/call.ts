/** What a call to STS is decided by: the accounts as they are played, and the call itself. */
import type { WebIdentityProvider } from "../../sts/web-identity";
import type { Seal } from "../seal";
import type { SimulatedRole } from "../directory/directory";

export interface StsAccount {
  readonly providers: readonly WebIdentityProvider[];
  /** By ARN. */
  readonly roles: ReadonlyMap<string, SimulatedRole>;
}

export interface Sts {
  /** By 12 digits. */
  readonly accounts: ReadonlyMap<string, StsAccount>;
  readonly seal: Seal;
  /** Further keys of every request, e.g. `aws:SourceIp`. */
  readonly context: Readonly<Record<string, readonly string[]>>;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Told why a call was refused; null: nobody asks. */
  readonly explain: ((text: string) => void) | null;
}

export interface StsCall extends Omit<Sts, "now"> {
  readonly parameters: URLSearchParams;
  readonly now: number;
}
