import type { Fact } from '../detection/facts/facts';
import { isInFuture } from '../detection/model/event-time';
import { isTooOldToJudge } from '../detection/facts/retention';
import { accountItem, type StorableFact } from '../store/accounts-seen';
import { isOwnCanary } from '../store/heartbeats';
import { filed } from '../store/table-schema';
import { BatchEntries } from './batch-entries';
import { FactBatch } from './fact-batch';
import type { ObserveContext } from './observing-context';

/** Numbers of facts; sightings of an hour are one. */
export interface StoredFacts {
  readonly stored: number;
  /** Older than `retentionDays`, and left out: what else is known of their time may be deleted. */
  readonly tooOld: number;
  /** Of a future time, or such as the table will never take. */
  readonly refused: number;
}

export type StoringContext = Omit<ObserveContext, 'seen' | 'requestConfirm' | 'recordOnly'>;

const HOUR = 3_600_000;

/**
 * Stores merged facts and judges the workloads they concern, as `observe` does with backfilled records: nothing is published
 * and no confirmation is requested. Storing them again, in any order and beside `observe`, changes nothing. Throws if a fact
 * could not be stored now.
 */
export async function storeFacts(facts: readonly StorableFact[], context: StoringContext): Promise<StoredFacts> {
  const { now, settings, hubAccount = null } = context;
  const entries = new BatchEntries<null>(settings.retentionDays);
  const counts = { stored: 0, tooOld: 0, refused: 0 };
  for (const fact of facts) {
    const source = { id: null, record: null };
    if (!('fact' in fact)) {
      // An account that is stored is trusted from then on: none is that has left.
      if (!isTooOldToJudge(fact.last, now, settings.retentionDays))
        entries.add(null, [{ keep: accountItem(fact.account, now) }], source);
    } else if (isTooOldToJudge(latestTimeOf(fact), now, settings.retentionDays)) counts.tooOld += 1;
    else if (isInFuture(timeOf(fact), now)) counts.refused += 1;
    else if (!isOwnCanary(fact, hubAccount)) {
      entries.add(fact, filed(fact, settings.retentionDays), source);
      counts.stored += 1;
    }
  }
  const observing = { ...context, seen: new Map(), requestConfirm: () => Promise.resolve(), recordOnly: true };
  const batch = new FactBatch(entries.all, observing);
  await batch.process();
  if (batch.failed.size > 0) throw batch.failed.get(null);
  const refused = batch.refused.length;
  return { ...counts, stored: counts.stored - refused, refused: counts.refused + refused };
}

function timeOf(fact: Fact): number {
  return fact.fact === 'sighting' ? fact.event.time : fact.time;
}

/** Of a sighting only the first event of its hour is known. */
function latestTimeOf(fact: Fact): number {
  return fact.fact === 'sighting' ? (Math.floor(fact.event.time / HOUR) + 1) * HOUR - 1 : fact.time;
}
