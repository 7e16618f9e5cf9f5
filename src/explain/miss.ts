/** One reason why a token does not get a role, with what to do about it. */
export interface Miss {
  /** What differs, in a few words, e.g. "`sub` differs in case". */
  readonly what: string;
  readonly fix: string;
  /** Index of the statement it is about; null for what stopped the token before the trust policy. */
  readonly statement: number | null;
}

/** A miss outside the trust policy. */
export function miss(what: string, fix: string): Miss {
  return { what, fix, statement: null };
}
