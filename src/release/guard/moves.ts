/** `moved` blocks: where Terraform moves a resource whose address changed. */

/**
 * Addresses from the module's root, instance keys as they are written; a block within a module is about each of its
 * instances: `module.role[*].aws_iam_role.this["a"]`.
 */
export interface Move {
  readonly from: string;
  readonly to: string;
}

export interface Arrival {
  /** One of the addresses there are now. */
  readonly address: string;
  /** The moves that lead there, in order; none where Terraform moves by itself. */
  readonly by: readonly Move[];
}

interface Step {
  readonly name: string;
  /** `count`, `for_each`, or a key as it is written. */
  readonly key: string | undefined;
}

const STEP = /([A-Za-z_][A-Za-z0-9_-]*)(?:\[("(?:[^"\\]|\\.)*"|[^\]]*)\])?(?:\.|$)/gy;

/**
 * The address of `now` to which moves, of it or of a module around it, take every instance of `address`; undefined
 * where none do, or only some of its instances are moved. Addresses are those of a contract.
 */
export function arrivalOf(address: string, moves: readonly Move[], now: readonly string[]): Arrival | undefined {
  let at = stepsOf(address);
  const by: Move[] = [];
  // each move is used once at most, so that a cycle ends
  const left = [...moves];
  for (;;) {
    const found = left.map((move) => moved(at, move)).findIndex((steps) => steps !== undefined);
    const [move] = found < 0 ? [] : left.splice(found, 1);
    const next = move === undefined ? undefined : moved(at, move);
    if (move === undefined || next === undefined) break;
    at = next;
    by.push(move);
  }
  const target = now.find((candidate) => fits(at, stepsOf(candidate)));
  return target === undefined ? undefined : { address: target, by };
}

/** Where `move` moves what is at `at`; undefined where it moves nothing, or one instance of several. */
function moved(at: readonly Step[], move: Move): readonly Step[] | undefined {
  const from = stepsOf(move.from);
  const to = stepsOf(move.to);
  // two addresses that end without a key are of all instances, which keep their keys
  const whole = from.at(-1)?.key === undefined && to.at(-1)?.key === undefined;
  const takes =
    from.length > 0 &&
    from.every(({ name, key }, index) => {
      const here = at[index];
      if (here?.name !== name) return false;
      // of a count's instances the first may be the only one
      return (
        key === "*" || key === here.key || (key === "0" && here.key === "count") || (whole && index === from.length - 1)
      );
    });
  if (!takes) return undefined;
  const kept = whole ? at[from.length - 1]?.key : undefined;
  return [
    ...to.map(({ name, key }, index) => ({
      name,
      key: key === "*" ? at[index]?.key : (key ?? (index === to.length - 1 ? kept : undefined)),
    })),
    ...at.slice(from.length),
  ];
}

/** Whether what is at `at` belongs to the address `now`. */
function fits(at: readonly Step[], now: readonly Step[]): boolean {
  return (
    at.length === now.length &&
    at.every(({ name, key }, index) => {
      const there = now[index];
      if (there?.name !== name) return false;
      if (key === there.key) return true;
      // to Terraform a resource without a key is the first of a count, and the reverse
      if (there.key === "count") return key === undefined || /^[0-9]+$/.test(key);
      return there.key === "for_each" ? key?.startsWith('"') === true : key === "0";
    })
  );
}

function stepsOf(address: string): readonly Step[] {
  return [...address.matchAll(STEP)].map(([, name = "", key]) => ({ name, key }));
}
