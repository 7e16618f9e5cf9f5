/** What becomes of an account: what is in the federation file, and what is not. Plain data. Pure. */
import type { Imports } from "../federation/imports";
import type { Federation } from "../federation/model";
import type { ExistingAccount } from "./account";
import type { GetsIn } from "./gets-in";
import type { AdoptedIssuer, LeftProvider } from "./issuers";
import type { Proposal } from "./propose";
import type { LeftRole, WrittenRole } from "./role";

export interface KeyedRole extends WrittenRole {
  readonly key: string;
}

/** A role that is not in the file, and how it could be. */
export interface UndecidedRole extends LeftRole {
  /** Null where the evidence allows none. */
  readonly proposal: (Proposal & { readonly key: string }) | null;
  readonly getsIn: GetsIn;
}

/** What becomes of an account. */
export interface Adoption {
  readonly account: ExistingAccount;
  /** Null where nothing can be written. */
  readonly federation: Federation | null;
  /** federation.yaml. */
  readonly text: string | null;
  readonly imports: Imports;
  readonly issuers: readonly AdoptedIssuer[];
  readonly written: readonly KeyedRole[];
  readonly leftProviders: readonly LeftProvider[];
  readonly leftRoles: readonly UndecidedRole[];
  /** Roles and providers that do not concern Databricks. */
  readonly aside: { readonly roles: number; readonly providers: number };
  /** What was assumed, each in a sentence. */
  readonly assumed: readonly string[];
}
