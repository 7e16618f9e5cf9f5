/** Keys for managed policies that have none yet. Pure. */

/** A key for each ARN, after the policy's own name; `isTaken` refuses a key. */
export function policyKeys(
  arns: readonly string[],
  isTaken: (key: string) => boolean = () => false,
): Readonly<Record<string, string>> {
  const keyed = new Map<string, string>();
  for (const arn of new Set(arns)) {
    const legal = (arn.split("/").at(-1) ?? "")
      .replace(/[^A-Za-z0-9_-]+/g, "-")
      .replace(/^[^A-Za-z]+/, "")
      .slice(0, 50);
    const base = legal === "" ? "policy" : legal;
    let key = base;
    for (let number = 2; keyed.has(key) || isTaken(key); number += 1) key = `${base}-${number}`;
    keyed.set(key, arn);
  }
  return Object.fromEntries(keyed);
}
