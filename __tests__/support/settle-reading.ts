import { InputError } from "../../src/errors";

/** Whatever comes in: a federation, or one coded refusal that can be printed. Anything else fails the test. */
export function settle(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    expect(error.problems.length).toBeLessThanOrEqual(101);
    for (const { path = "", message, fix, line, column } of error.problems) {
      expect(`${path} ${message}`).not.toMatch(/[\u0000-\u001f\u202a-\u202e]|undefined|\[object/);
      expect(fix).not.toBe("");
      if (line !== undefined) expect([line > 0, (column ?? 0) > 0]).toEqual([true, true]);
    }
  }
}
