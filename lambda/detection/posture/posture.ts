import type { CidrSet } from '../model/address';
import { callWords } from '../facts/call-sample';
import type { FactSet, SightingRow } from '../facts/fact-set';
import type { Caller } from '../facts/facts';
import { isoTime } from '../model/event-time';
import { ec2Instance } from '../kinds/ec2-instance';
import { originOf, originText } from '../model/origin';
import { roleOf } from '../model/session-arn';
import { workloadKey, type Workload } from '../model/workload';
import { compareText } from '../model/compare-text';

export const POSTURE_SCHEMA = 'credlock.posture/1';

/**
 * - `imdsv1`: gets its keys by IMDSv1 only
 * - `both`: something on it still uses IMDSv1
 * - `imdsv1-suspected`: IMDSv1 keys were used only in calls that findings are about: it allows IMDSv1 and needs none
 * - `imdsv2`: gets its keys by IMDSv2 only
 */
export const STANDINGS = ['imdsv1', 'both', 'imdsv1-suspected', 'imdsv2'] as const;
export type Standing = (typeof STANDINGS)[number];

/** Use of credentials that were delivered by one version of the instance metadata service. */
export interface DeliveryUse {
  /** UTC hours in which they were used. */
  readonly hours: number;
  /** ISO 8601. */
  readonly firstSeen: string;
  /** ISO 8601: the first call of the last hour. */
  readonly lastSeen: string;
  /** At most 5, by the number of hours; only the first call of each hour, key and origin is known. */
  readonly userAgents: readonly string[];
  readonly userAgentsLeftOut: number;
  /** At most 10, sorted; services that act for the instance are left out. */
  readonly origins: readonly { readonly origin: string; readonly suspected: boolean }[];
  readonly originsLeftOut: number;
}

/** The use of the instance metadata service by one role on one instance. Public, as JSON Lines. */
export interface Posture {
  readonly schema: typeof POSTURE_SCHEMA;
  readonly partition: string;
  readonly account: string;
  readonly role: string;
  readonly instance: string;
  /** Null if unknown. */
  readonly region: string | null;
  readonly standing: Standing;
  readonly imdsV1: DeliveryUse | null;
  readonly imdsV2: DeliveryUse | null;
}

export interface PostureQuestion {
  /** Networks that count as private beside the usual ones. */
  readonly privateNetworks: CidrSet;
  /** True if a finding is about the calls of a workload from an origin (as `originText` writes it). @default none is */
  readonly isSuspect?: (workload: Workload, origin: string) => boolean;
  /** Epoch milliseconds: only what was seen at or after it. @default everything */
  readonly since?: number;
  /** Epoch milliseconds: only what was seen before it. @default everything */
  readonly until?: number;
}

const MOST_USER_AGENTS = 5;
const MOST_ORIGINS = 10;

/**
 * The version of the instance metadata service that each role uses on each instance, those with IMDSv1 first. The order of the
 * facts does not matter.
 */
export function postureOf(facts: FactSet, question: PostureQuestion): Posture[] {
  const seats = new Map<string, Seat>();
  for (const { rows } of facts.sessions.values()) {
    for (const row of rows.values()) {
      const instance = deliveredTo(row.caller);
      if (!instance) continue;
      const role = roleOf(row.caller.sessionArn);
      const key = `${workloadKey(instance)} ${role}`;
      const seat = seats.get(key) ?? new Seat(instance, role, question);
      seats.set(key, seat);
      seat.add(row);
    }
  }
  return [...seats.values()].flatMap((seat) => seat.posture() ?? []).sort(byStanding);
}

/** Only the record's own fields prove the workload: anyone who may assume the role can choose the session name. */
function deliveredTo({ workload, shown, delivery }: Caller): Workload | null {
  if (delivery === null || workload?.kind !== ec2Instance.name) return null;
  return shown === 'scope' || shown === 'delivery' ? workload : null;
}

function isImdsV1({ delivery }: Caller): boolean {
  return Number(delivery) < 2;
}

class Seat {
  private region: string | null = null;
  private readonly imdsV1 = new Use();
  private readonly imdsV2 = new Use();

  constructor(
    private readonly instance: Workload,
    private readonly role: string,
    private readonly question: PostureQuestion,
  ) {}

  add({ caller, seen }: SightingRow): void {
    const { privateNetworks, isSuspect, since = 0, until = Infinity } = this.question;
    const inTime = seen.filter(({ event }) => event.time >= since && event.time < until);
    if (inTime.length === 0) return;
    this.region = smaller(this.region, caller.region);
    const origin = originOf(caller.source, privateNetworks);
    const place = origin.kind === 'service' ? null : originText(origin);
    const suspected = place !== null && (isSuspect?.(this.instance, place) ?? false);
    const use = isImdsV1(caller) ? this.imdsV1 : this.imdsV2;
    use.add(inTime, place, suspected);
  }

  posture(): Posture | null {
    const { partition, account, id } = this.instance;
    const [imdsV1, imdsV2] = [this.imdsV1.summary(), this.imdsV2.summary()];
    if (!imdsV1 && !imdsV2) return null;
    return {
      schema: POSTURE_SCHEMA,
      partition,
      account,
      role: this.role,
      instance: id,
      region: this.region,
      standing: this.standing(),
      imdsV1,
      imdsV2,
    };
  }

  private standing(): Standing {
    if (this.imdsV1.isUnused) return 'imdsv2';
    if (this.imdsV1.isOnlySuspected) return 'imdsv1-suspected';
    return this.imdsV2.isUnused ? 'imdsv1' : 'both';
  }
}

class Use {
  private readonly hours = new Set<number>();
  /** Taken from the first event of each hour. */
  private first = Infinity;
  private last = 0;
  private lastHour = -1;
  private own = 0;
  private readonly userAgents = new Map<string, Set<number>>();
  private readonly origins = new Map<string, boolean>();

  get isUnused(): boolean {
    return this.hours.size === 0;
  }

  get isOnlySuspected(): boolean {
    return this.own === 0;
  }

  add(seen: SightingRow['seen'], place: string | null, suspected: boolean): void {
    if (!suspected) this.own += 1;
    if (place !== null) this.origins.set(place, suspected);
    for (const { hour, event } of seen) {
      this.hours.add(hour);
      this.first = Math.min(this.first, event.time);
      if (hour > this.lastHour || (hour === this.lastHour && event.time < this.last)) this.last = event.time;
      this.lastHour = Math.max(this.lastHour, hour);
      const { userAgent } = callWords(event.what);
      if (userAgent !== null) this.userAgents.set(userAgent, (this.userAgents.get(userAgent) ?? new Set()).add(hour));
    }
  }

  summary(): DeliveryUse | null {
    if (this.isUnused) return null;
    const userAgents = [...this.userAgents].sort(([a, inA], [b, inB]) => inB.size - inA.size || compareText(a, b));
    const origins = [...this.origins.keys()].sort();
    return {
      hours: this.hours.size,
      firstSeen: isoTime(this.first),
      lastSeen: isoTime(this.last),
      userAgents: userAgents.slice(0, MOST_USER_AGENTS).map(([userAgent]) => userAgent),
      userAgentsLeftOut: Math.max(0, userAgents.length - MOST_USER_AGENTS),
      origins: origins
        .slice(0, MOST_ORIGINS)
        .map((origin) => ({ origin, suspected: this.origins.get(origin) === true })),
      originsLeftOut: Math.max(0, origins.length - MOST_ORIGINS),
    };
  }
}

function smaller(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

function byStanding(a: Posture, b: Posture): number {
  return (
    STANDINGS.indexOf(a.standing) - STANDINGS.indexOf(b.standing) ||
    (b.imdsV1?.hours ?? 0) - (a.imdsV1?.hours ?? 0) ||
    compareText(`${a.account} ${a.role} ${a.instance}`, `${b.account} ${b.role} ${b.instance}`)
  );
}
