/** What a trail of CloudTrail shows of the account: who assumed which role. */
import { readEvents } from "../audit/read-events";
import type { ReadTrail } from "../audit/trail-files";

export interface SeenIdentity {
  readonly subject: string;
  readonly audience: string;
  readonly count: number;
  /** ISO 8601 in UTC. */
  readonly last: string;
}

export interface Evidence {
  /** The first and the last day of the trail, `2026-01-31`; null where it has no record. */
  readonly days: readonly [first: string, last: string] | null;
  /** Who assumed the role `roleArn` by the provider `providerArn`. */
  readonly seen: (roleArn: string, providerArn: string) => readonly SeenIdentity[];
}

export interface ReadEvidence extends Evidence {
  readonly trail: ReadTrail & { readonly records: number };
}

/** Reads the trail in `paths`. Throws as `readEvents`. */
export async function readEvidence(
  paths: readonly string[],
  onProgress?: (bytes: number) => void,
): Promise<ReadEvidence> {
  const seen = new Map<string, Map<string, SeenIdentity>>();
  let days: [string, string] | null = null;
  const around = (time: string): void => {
    const day = time.slice(0, 10);
    days = days === null ? [day, day] : [day < days[0] ? day : days[0], day > days[1] ? day : days[1]];
  };
  const trail = await readEvents(
    paths,
    ({ event, count, last }) => {
      around(event.time);
      around(last);
      if (event.kind !== "assumption" || event.error !== null) return;
      const place = keyOf(event.roleArn, event.providerArn);
      const group = seen.get(place) ?? new Map<string, SeenIdentity>();
      seen.set(place, group);
      const who = JSON.stringify([event.subject, event.audience]);
      const known = group.get(who);
      group.set(who, {
        subject: event.subject,
        audience: event.audience,
        count: (known?.count ?? 0) + count,
        last: known !== undefined && known.last > last ? known.last : last,
      });
    },
    onProgress,
  );
  return {
    trail,
    days,
    seen: (roleArn, providerArn) =>
      [...(seen.get(keyOf(roleArn, providerArn))?.values() ?? [])].sort((one, other) =>
        one.subject < other.subject ? -1 : 1,
      ),
  };
}

function keyOf(roleArn: string, providerArn: string): string {
  return JSON.stringify([roleArn, providerArn]);
}
