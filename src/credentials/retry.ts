/** When to call AWS again, and for how long. */
import { FederationError } from "../errors";
import { AwsRefusal } from "../aws/refusal";
import { CatalogRefusal } from "./catalog-refusal";

/** A role answers AccessDenied for 4 to 11 seconds after it is made (recorded); a little more is waited. */
export const NEW_ROLE_WAIT_MS = 15_000;
const BUSY_RETRIES = 4;
/** The caller waits too: after this no further call is made, so that a silent AWS is given up within 40 seconds. */
const BUSY_WAIT_MS = 30_000;

export interface RetryOptions {
  /** For how long a call is repeated that a new role refuses, milliseconds. */
  readonly newRoleWaitMs: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Milliseconds. */
  readonly clock?: () => number;
  /** When waiting began, by `clock`; default: now. */
  readonly started?: number;
  readonly onRetry?: (error: FederationError, delayMs: number) => void;
}

/** `new-role`: may succeed in a moment; `busy`: try again, backing off; `final`: no use. */
export function kindOfFailure(error: unknown): "new-role" | "busy" | "final" {
  if (!(error instanceof FederationError)) return "final";
  if (error instanceof AwsRefusal || error instanceof CatalogRefusal) return error.kind;
  return /^network-(?:reset|timeout|refused|dns)$/.test(error.code) ? "busy" : "final";
}

/** Runs `attempt` until it succeeds, fails for good, or the time is over; throws the last failure. */
export async function withRetry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const sleep = options.sleep ?? ((milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)));
  const random = options.random ?? Math.random;
  const clock = options.clock ?? (() => performance.now());
  const started = options.started ?? clock();
  for (let tries = 0, busy = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const kind = kindOfFailure(error);
      // full jitter for the throttled, steady steps for a role that is about to be there
      const delay =
        kind === "busy" ? Math.round(random() * Math.min(5000, 400 * 2 ** busy)) : Math.min(1000 * (tries + 1), 3000);
      const waited = clock() - started + delay;
      const isOver =
        kind === "final" ||
        (kind === "busy" ? busy >= BUSY_RETRIES || waited > BUSY_WAIT_MS : waited > options.newRoleWaitMs);
      if (isOver) throw error;
      if (kind === "busy") busy += 1;
      options.onRetry?.(error as FederationError, delay);
      await sleep(delay);
    }
  }
}
