import { workloadKey, type Workload } from '../detection/model/workload';
import { isoTime } from '../detection/model/event-time';
import { isTooOldToJudge } from '../detection/facts/retention';
import { dueAt } from '../judging/hold';
import { judgeTokenHolder } from '../judging-tokens/judge-token-holder';
import { holderSubscriptions } from '../judging-tokens/holder-subscriptions';
import { holderIn, holderOf, holderWorkload } from '../judging-tokens/token-holder';
import { tokenItems, topicOfRequests } from '../judging-tokens/token-rows';
import { keyInCluster, mergedFact, type TokenFact } from '../kubernetes/tokens/token-fact';
import { clusterKey } from '../kubernetes/cluster';
import type { ObserveContext } from '../observing/observing-context';
import type { SightingItem } from '../store/lock-table';
import { isSeen, seenAfter, seenKey } from '../store/seen-cache';
import { subscribersOf } from '../store/subscriptions';
import { partition, SORT_KEYS } from '../store/table-schema';
import type { SettledPlaces } from './settled-places';

/** If more holders are affected by a fact about others, `confirm` judges them. */
const MOST_OTHERS = 4;
/** Concurrent writes. */
const AT_ONCE = 25;
const JUDGED_AT_ONCE = 8;

export interface ObserveTokensContext extends ObserveContext {
  readonly settled: SettledPlaces;
}

export interface ObservedTokens {
  readonly facts: number;
  readonly judged: number;
  /** Holders whose confirmation was requested. */
  readonly asked: number;
}

interface FiledFact {
  readonly fact: TokenFact;
  /** Those that the container has not stored yet. */
  readonly items: readonly SightingItem[];
}

/** Facts about tokens in a part of an object, each key once. */
export class TokenFacts {
  readonly #byKey = new Map<string, TokenFact>();

  get size(): number {
    return this.#byKey.size;
  }

  add(fact: TokenFact): void {
    const key = `${clusterKey(fact.cluster)} ${fact.fact} ${keyInCluster(fact)}`;
    const known = this.#byKey.get(key);
    this.#byKey.set(key, known ? mergedFact(known, fact) : fact);
  }

  /** Gives them, and forgets them. */
  take(): TokenFact[] {
    const facts = [...this.#byKey.values()];
    this.#byKey.clear();
    return facts;
  }
}

/**
 * Stores facts about tokens, then judges the holders that they affect, and requests that those with suspicions or open findings
 * be confirmed. Throws if it must be repeated; only what succeeded as a whole is remembered.
 */
export async function observeTokens(
  facts: readonly TokenFact[],
  observing: ObserveTokensContext,
): Promise<ObservedTokens> {
  const filed = facts.flatMap((fact) => filedFact(fact, observing) ?? []);
  const items = filed.flatMap((one) => one.items);
  await inTurns(items, AT_ONCE, (item) => observing.table.merge(item));
  if (observing.recordOnly === true) return { facts: filed.length, judged: 0, asked: 0 };
  // Subscribers are read after writing, so that a concurrent judgement has read the fact or is found here.
  const affected = await affectedHolders(filed, observing);
  const due = await inTurns([...affected.values()], JUDGED_AT_ONCE, async ({ workload, isOther }) => {
    const notBefore = isOther ? observing.now : await suspicionDueAt(workload, observing);
    return notBefore === null ? [] : [{ workload, notBefore }];
  });
  const asked = due.flat();
  const { seen, requestConfirm } = observing;
  await Promise.all(asked.map(({ workload, notBefore }) => requestConfirm(workload, notBefore)));
  for (const merge of items) seen.set(seenKey({ merge }), seenAfter({ merge }, seen.get(seenKey({ merge }))));
  return { facts: filed.length, judged: affected.size, asked: asked.length };
}

/** Null where the container has stored it, and where it is too old. */
function filedFact(fact: TokenFact, { settings, seen, now }: ObserveTokensContext): FiledFact | null {
  if (isTooOldToJudge(fact.time, now, settings.retentionDays)) return null;
  const items = tokenItems(fact, settings.retentionDays).filter((merge) => !isSeen({ merge }, seen));
  return items.length === 0 ? null : { fact, items };
}

interface Affected {
  readonly workload: Workload;
  /** It is one of many. */
  readonly isOther: boolean;
}

async function affectedHolders(
  filed: readonly FiledFact[],
  { table, settled }: ObserveTokensContext,
): Promise<Map<string, Affected>> {
  const affected = new Map<string, Affected>();
  for (const { fact } of filed) {
    const holder = fact.fact === 'use' && settled.has(fact) ? null : holderIn(fact);
    const workload = holder && holderWorkload(holder);
    if (workload) affected.set(workloadKey(workload), { workload, isOther: false });
  }
  const subscribers = await subscribersOf(filed.flatMap(topicsOf), table);
  const others = new Map(subscribers.map((workload) => [workloadKey(workload), workload]));
  const isOther = others.size > MOST_OTHERS;
  for (const [key, workload] of others) if (!affected.has(key)) affected.set(key, { workload, isOther });
  return affected;
}

/** Of uses others read the first of each place alone, since each names the node. */
function topicsOf({ fact, items }: FiledFact): string[] {
  const read = items.filter(({ sk }) => !sk.startsWith(SORT_KEYS.tokenUse)).map(({ pk }) => pk);
  return fact.fact === 'issuance' ? [...read, topicOfRequests(fact.cluster, fact.account)] : read;
}

/** When its findings may be published; null where there is nothing to confirm. */
async function suspicionDueAt(workload: Workload, observing: ObserveTokensContext): Promise<number | null> {
  const { table, settings, now, settled } = observing;
  const holder = holderOf(workload);
  if (!holder) return null;
  const subscriptions = await holderSubscriptions(workload, table, now);
  const { judgement } = await judgeTokenHolder(holder, observing, subscriptions);
  await subscriptions.save();
  // Read after judging: a finding that `confirm` opens later was judged by these facts too.
  const open = await table.query(partition.workload(workload), SORT_KEYS.finding, 1);
  if (judgement !== null) settled.learn(judgement);
  if (open.length > 0) return now;
  const times =
    judgement?.elsewhere.map(({ use, type }) => dueAt({ type, firstSeen: isoTime(use.time) }, settings)) ?? [];
  return times.length === 0 ? null : Math.min(...times);
}

async function inTurns<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < items.length; at += atOnce)
    results.push(...(await Promise.all(items.slice(at, at + atOnce).map(act))));
  return results;
}
