/** Adds up a trail, record by record, in memory that grows with identities and roles and not with records. Pure. */
import type { Assumption, TrailEvent } from "./event";

/** One event, or equal events of one day. */
export interface Occurrence {
  readonly event: TrailEvent;
  readonly count: number;
  /** The last of them; the event is the first. ISO 8601 in UTC. */
  readonly last: string;
}

/** How often, and when first and last: ISO 8601 in UTC. */
export interface Occurrences {
  count: number;
  first: string;
  last: string;
}

/** Calls of one identity for one role that had one result. */
export interface AssumptionGroup extends Occurrences {
  /** The earliest. */
  sample: Assumption;
  /** At most `MOST_ADDRESSES`, the least of them as texts. */
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

const MOST_ADDRESSES = 10;

/** `summary` grows with each event that is added. `isOurs`: whether the calls of a role's sessions are of interest. */
export function trailSummary(isOurs: (roleArn: string) => boolean): {
  readonly summary: TrailSummary;
  readonly add: (occurrence: Occurrence) => void;
} {
  const assumptions = new Map<string, AssumptionGroup>();
  const services = new Map<string, ServiceGroup>();
  const days = new Map<string, CoveredDay>();
  const cover = ({ event: { accountId, region, time, readOnly }, count }: Occurrence): void => {
    const day = time.slice(0, 10);
    const key = `${day} ${accountId} ${region}`;
    const covered = days.get(key) ?? { accountId, region, day, records: 0, reads: 0 };
    covered.records += count;
    if (readOnly) covered.reads += count;
    days.set(key, covered);
  };
  const assumed = (sample: Assumption, occurrence: Occurrence): void => {
    const { roleArn, providerArn, audience, subject, error } = sample;
    const key = JSON.stringify([roleArn, providerArn, audience, subject, error]);
    const group = assumptions.get(key) ?? {
      ...nothingYet(sample.time),
      sample,
      sourceIps: new Set<string>(),
      byThumbprint: 0,
    };
    if (isBefore(sample, group.sample)) group.sample = sample;
    occurred(group, occurrence);
    addAddress(group.sourceIps, sample.sourceIp);
    if (sample.byThumbprint) group.byThumbprint += occurrence.count;
    assumptions.set(key, group);
  };
  return {
    summary: { assumptions, services, days },
    add: (occurrence) => {
      const { event } = occurrence;
      cover(occurrence);
      if (event.kind === "assumption") assumed(event, occurrence);
      else if (event.kind === "call" && isOurs(event.roleArn)) {
        const { roleArn, service } = event;
        const key = `${service} ${roleArn}`;
        const group = services.get(key) ?? { ...nothingYet(event.time), roleArn, service };
        occurred(group, occurrence);
        services.set(key, group);
      }
    },
  };
}

/** Files are read in no order of time; of calls of one second the least address and message decide. */
function isBefore(one: Assumption, other: Assumption): boolean {
  for (const member of ["time", "sourceIp", "message"] as const)
    if (one[member] !== other[member]) return one[member] < other[member];
  return false;
}

function addAddress(addresses: Set<string>, address: string): void {
  if (addresses.has(address)) return;
  addresses.add(address);
  if (addresses.size <= MOST_ADDRESSES) return;
  addresses.delete([...addresses].reduce((greatest, other) => (other > greatest ? other : greatest)));
}

function nothingYet(time: string): Occurrences {
  return { count: 0, first: time, last: time };
}

function occurred(group: Occurrences, { event: { time }, count, last }: Occurrence): void {
  group.count += count;
  if (time < group.first) group.first = time;
  if (last > group.last) group.last = last;
}
