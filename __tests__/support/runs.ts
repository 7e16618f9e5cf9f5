/**
 * How often a property is tried of the `most` that are worth it: a quarter in the unit tests of every change, all of
 * them with `THOROUGH=1`, as `.ci/run` sets it.
 */
export function runs(most: number): number {
  return process.env["THOROUGH"] === "1" ? most : Math.ceil(most / 4);
}
