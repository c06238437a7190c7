import type { Sighting } from '../detection/facts/facts';
import { callWords } from '../detection/facts/call-sample';
import type { ExposedInstance } from '../detection/posture/role-exposure';
import { roleOf } from '../detection/model/session-arn';
import type { SightingItem, StoredItem } from './lock-table';
import { sightingsIn } from './fact-items';

const DAY = 86_400_000;

/** Days are stored as the rest to this, so that the latest sorts first. */
const LAST_DAY = 99_999;
const DAY_DIGITS = 5;

/** Longer than any `postureQuietDays`, so that a report is archived before its item expires. */
const KEEP_DAYS = 100;

/**
 * Credentials fetched by IMDSv1: one item for each role and instance, with the first call of the latest day.
 * Null for other sightings. `item`: the sighting's own item, in the partition of the account's exposures.
 */
export function exposureItem({ caller, event }: Sighting, item: SightingItem): SightingItem | null {
  const { workload, shown, delivery, sessionArn } = caller;
  const isProven = shown === 'scope' || shown === 'delivery';
  if (workload?.kind !== 'ec2-instance' || !isProven || delivery === null || !(Number(delivery) < 2)) return null;
  const left = LAST_DAY - Math.floor(event.time / DAY);
  return {
    ...item,
    sk: `${roleOf(sessionArn)}#${workload.id}`,
    least: `${String(left).padStart(DAY_DIGITS, '0')} ${item.least}`,
    did: ['imdsv1'],
    expires: Math.floor(event.time / 1_000) + KEEP_DAYS * 86_400,
  };
}

/** One role's instance. */
export interface StoredExposure extends Omit<ExposedInstance, 'onlySuspected'> {
  readonly role: string;
  /** Source address of the call; null if a service made it. */
  readonly ip: string | null;
}

export function storedExposure(item: StoredItem): StoredExposure[] {
  return sightingsIn(item).flatMap(({ caller, event }) => {
    if (!caller.workload) return [];
    const { userAgent } = callWords(event.what);
    return [
      {
        role: roleOf(caller.sessionArn),
        instance: caller.workload.id,
        region: caller.region,
        firstSeen: event.time,
        lastSeen: event.time,
        userAgents: userAgent === null ? [] : [userAgent],
        ip: caller.source.ip,
      },
    ];
  });
}
