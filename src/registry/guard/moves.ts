/** `moved` blocks: where Terraform takes a resource whose address changed. */

/** Addresses from the module's root, instance keys left out: `module.role.aws_iam_role.this`. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Where `address` ends up, by moves of it or of a module around it, one after the other. */
export function movedTo(address: string, moves: readonly Move[]): string {
  let at = address;
  // each move is taken once at most, so that a circle ends
  const left = [...moves];
  for (;;) {
    const index = left.findIndex(({ from }) => at === from || at.startsWith(`${from}.`));
    const [move] = index < 0 ? [] : left.splice(index, 1);
    if (move === undefined) return at;
    at = `${move.to}${at.slice(move.from.length)}`;
  }
}
