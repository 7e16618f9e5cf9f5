/** Work counted in steps, so that the same question gets the same answer on every machine. */

/** Steps a comparison may take before its answer is "cannot tell". */
export const DEFAULT_STEPS = 400_000;

/** Thrown where the steps are used up; `compare` turns it into "cannot tell". */
export class OutOfSteps extends Error {}

export class Budget {
  used = 0;
  /** What could not be searched completely; null where everything was. */
  incomplete: string | null = null;

  constructor(readonly limit: number = DEFAULT_STEPS) {}

  spend(steps = 1): void {
    this.used += steps;
    if (this.used > this.limit) throw new OutOfSteps(`more than ${this.limit} steps`);
  }

  /** Remembers that "no" was not proven: what follows is "cannot tell" unless a request is found. */
  giveUp(why: string): void {
    this.incomplete ??= why;
  }
}
