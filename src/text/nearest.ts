/** The most similar known word: the "did you mean" of every message. */

/**
 * The one of `known` that `typed` most likely means, or undefined where none is near. Of equally near words the one
 * of the same letters: `lnit` is `lint` and not `init`.
 */
export function nearest(typed: string, known: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase().replace(/[_-]/g, "");
  const letters = sorted(wanted);
  const strange = (candidate: string): number => (sorted(candidate.toLowerCase()) === letters ? 0 : 1);
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance || strange(left.candidate) - strange(right.candidate));
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.candidate.length / 3))
    ? best.candidate
    : undefined;
}

const sorted = (word: string): string => [...word].sort().join("");

function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > 8 || left.length > 64) return Infinity;
  let above: readonly number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const other = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      // two letters in the wrong order are one mistake: `--hots`
      const turned =
        left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1] ? (above[j - 2] ?? Infinity) + 1 : Infinity;
      next.push(Math.min(other, turned, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    above = row;
    row = next;
  }
  return row[right.length] ?? Infinity;
}
