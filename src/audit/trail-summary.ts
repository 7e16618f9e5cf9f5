/** Adds up a trail, record by record, in memory that grows with identities and roles and not with records. Pure. */
import type { Assumption, EventPlace, TrailEvent } from "./event";

/** How often, and when first and last: ISO 8601 in UTC. */
export interface Occurrences {
  count: number;
  first: string;
  last: string;
}

/** Calls of one identity for one role that had one result. */
export interface AssumptionGroup extends Occurrences {
  readonly sample: Assumption;
  /** At most `MOST_ADDRESSES`. */
  readonly sourceIps: Set<string>;
  byThumbprint: number;
}

/** Which services a role's sessions called. */
export interface ServiceGroup extends Occurrences {
  readonly roleArn: string;
  readonly service: string;
}

/** What of one AWS account, region and day the trail holds. */
export interface CoveredDay {
  readonly accountId: string;
  readonly region: string;
  /** `2026-01-31`. */
  readonly day: string;
  records: number;
  /** Records of read events: without them no call of AssumeRole is in the trail. */
  reads: number;
}

export interface TrailSummary {
  readonly assumptions: ReadonlyMap<string, AssumptionGroup>;
  readonly services: ReadonlyMap<string, ServiceGroup>;
  readonly days: ReadonlyMap<string, CoveredDay>;
}

export const MOST_ADDRESSES = 10;

/** `summary` grows with each event that is added. `isOurs`: whether the calls of a role's sessions are of interest. */
export function trailSummary(isOurs: (roleArn: string) => boolean): {
  readonly summary: TrailSummary;
  readonly add: (event: TrailEvent) => void;
} {
  const assumptions = new Map<string, AssumptionGroup>();
  const services = new Map<string, ServiceGroup>();
  const days = new Map<string, CoveredDay>();
  const cover = ({ accountId, region, time, readOnly }: EventPlace): void => {
    const day = time.slice(0, 10);
    const key = `${day} ${accountId} ${region}`;
    const covered = days.get(key) ?? { accountId, region, day, records: 0, reads: 0 };
    covered.records += 1;
    if (readOnly) covered.reads += 1;
    days.set(key, covered);
  };
  return {
    summary: { assumptions, services, days },
    add: (event) => {
      cover(event);
      if (event.kind === "assumption") {
        const { roleArn, providerArn, audience, subject, error } = event;
        const key = JSON.stringify([roleArn, providerArn, audience, subject, error]);
        const group = assumptions.get(key) ?? {
          ...nothingYet(event.time),
          sample: event,
          sourceIps: new Set<string>(),
          byThumbprint: 0,
        };
        occurred(group, event.time);
        if (group.sourceIps.size < MOST_ADDRESSES) group.sourceIps.add(event.sourceIp);
        if (event.byThumbprint) group.byThumbprint += 1;
        assumptions.set(key, group);
      } else if (event.kind === "call" && isOurs(event.roleArn)) {
        const { roleArn, service } = event;
        const key = `${service} ${roleArn}`;
        const group = services.get(key) ?? { ...nothingYet(event.time), roleArn, service };
        occurred(group, event.time);
        services.set(key, group);
      }
    },
  };
}

function nothingYet(time: string): Occurrences {
  return { count: 0, first: time, last: time };
}

/** Files are read in no order of time. */
function occurred(group: Occurrences, time: string): void {
  group.count += 1;
  if (time < group.first) group.first = time;
  if (time > group.last) group.last = time;
}
