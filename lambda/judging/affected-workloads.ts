import type { Caller, Change, Fact, ForeignKey, Issuance, Sighting } from '../detection/facts/facts';
import { workloadKey, type Workload } from '../detection/model/workload';
import {
  expiryOf,
  idIn,
  isUnproven,
  makersOf,
  partition,
  requestedKeyItem,
  sightingItem,
  SORT_KEYS,
} from '../store/table-schema';
import { entitiesOf } from '../store/change-entities';
import type { LockTable, StoredItem } from '../store/lock-table';
import { factsIn, sightingsIn } from '../store/fact-items';
import { subscribersOf, topic } from '../store/subscriptions';

/** Concurrent writes. */
const AT_ONCE = 25;

/** The workloads whose verdicts a stored fact may change. */
export interface AffectedWorkloads {
  /** Those the fact is about. */
  readonly own: readonly Workload[];
  /** Those whose judgement reads it. */
  readonly others: readonly Workload[];
  /** True if it proves, or may prove, earlier sightings. */
  readonly isProof: boolean;
}

/**
 * To be called after the fact was stored, so that a concurrent subscription is seen. Sightings that only an issuance ties
 * to a workload are copied to it by whichever of the two is stored later. `mayBeFirst`: false if its session, or the day of
 * its address, is known to have an earlier fact of its kind.
 */
export async function affectedBy(
  fact: Fact,
  table: LockTable,
  retentionDays: number,
  mayBeFirst = true,
): Promise<AffectedWorkloads> {
  switch (fact.fact) {
    case 'sighting':
      return affectedBySighting(fact, table, retentionDays);
    case 'issuance':
      return affectedByIssuance(fact, table, retentionDays, mayBeFirst);
    case 'foreign-key':
      return affectedByKey(fact, table, retentionDays, mayBeFirst);
    case 'change':
      return affectedByChange(fact, table);
    case 'person':
      return {
        own: [],
        others: mayBeFirst ? await subscribersOf([topic.entity(`ip/${fact.address}`)], table) : [],
        isProof: false,
      };
    case 'grant':
      return { own: [], others: await subscribersOf([topic.grants(fact.to)], table), isProof: false };
    default:
      return fact satisfies never;
  }
}

async function affectedBySighting(fact: Sighting, table: LockTable, retentionDays: number): Promise<AffectedWorkloads> {
  const { caller } = fact;
  const named = caller.workload ? [caller.workload] : [];
  if (!isUnproven(caller)) return { own: named, others: [], isProof: false };
  const owners = await ownersOf(fact, table, retentionDays);
  for (const owner of owners) await copy([fact], owner, table, retentionDays);
  const topics = caller.accessKeyId === null ? [] : [topic.use(caller.accessKeyId)];
  return { own: unique([...named, ...owners]), others: await subscribersOf(topics, table), isProof: false };
}

/** The workload the access key was issued to; else those issued credentials under the session's name. */
async function ownersOf({ caller, event }: Sighting, table: LockTable, retentionDays: number): Promise<Workload[]> {
  const { accessKeyId, sessionArn } = caller;
  const pk = partition.session(sessionArn);
  if (accessKeyId !== null) {
    const items = await table.query(partition.key(accessKeyId), SORT_KEYS.issued);
    const owners = issuedIn(items);
    if (owners.length > 0) return owners;
    const requesters = await requestersOf(foreignKeysIn(items), table);
    if (requesters.length > 0) return requesters;
    // For an issuance that comes later and knows this session by its name only.
    const expires = expiryOf(event.time, retentionDays);
    await table.keep({ pk, sk: `${SORT_KEYS.usedKey}${accessKeyId}`, body: '', expires });
  }
  return issuedIn(await table.query(pk, SORT_KEYS.firstIssuance));
}

function issuedIn(items: readonly StoredItem[]): Workload[] {
  return factsIn(items).flatMap((fact) => (fact.fact === 'issuance' ? [fact.workload] : []));
}

async function copy(
  sightings: readonly Sighting[],
  owner: Workload,
  table: LockTable,
  retentionDays: number,
): Promise<void> {
  const pk = partition.workload(owner);
  for (let at = 0; at < sightings.length; at += AT_ONCE) {
    const some = sightings.slice(at, at + AT_ONCE);
    await Promise.all(some.map((sighting) => table.merge(sightingItem(sighting, pk, retentionDays))));
  }
}

async function affectedByIssuance(
  fact: Issuance,
  table: LockTable,
  retentionDays: number,
  mayBeFirst: boolean,
): Promise<AffectedWorkloads> {
  const { workload, accessKeyId, sessionArn } = fact;
  const topics = accessKeyId === null ? [] : [topic.key(accessKeyId)];
  const seen = accessKeyId === null ? [] : await table.query(partition.key(accessKeyId), SORT_KEYS.sighting);
  const isFirstOne = mayBeFirst && (await isFirst(fact, SORT_KEYS.firstIssuance, table));
  if (isFirstOne) {
    topics.push(topic.session(sessionArn));
    seen.push(...(await seenUnder(sessionArn, table)));
  }
  await copy(seen.flatMap(sightingsIn), workload, table, retentionDays);
  const requested = accessKeyId === null ? [] : await table.query(partition.key(accessKeyId), SORT_KEYS.requestedKey);
  await fileChained(foreignKeysIn(requested), workload, { table, retentionDays });
  const isProof = isFirstOne || seen.length > 0;
  return { own: [workload], others: await subscribersOf(topics, table), isProof };
}

/** Sightings under a session's name, with any access key. */
async function seenUnder(sessionArn: string, table: LockTable): Promise<StoredItem[]> {
  const pk = partition.session(sessionArn);
  const [items, keys] = await Promise.all([table.query(pk, SORT_KEYS.sighting), table.query(pk, SORT_KEYS.usedKey)]);
  const answers = await Promise.all(keys.map(({ sk }) => table.query(partition.key(idIn(sk)), SORT_KEYS.sighting)));
  return [...items, ...answers.flat()];
}

/** True if it is the one its session keeps; later ones of the session add nothing. */
async function isFirst(fact: Issuance | ForeignKey, sk: string, table: LockTable): Promise<boolean> {
  const [first] = factsIn(await table.query(partition.session(fact.sessionArn), sk));
  return first?.fact === fact.fact && first.id === fact.id;
}

async function affectedByKey(
  fact: ForeignKey,
  table: LockTable,
  retentionDays: number,
  mayBeFirst: boolean,
): Promise<AffectedWorkloads> {
  const { by } = fact;
  const own = await requestersOf([fact], table);
  for (const workload of own) await fileChained([fact], workload, { table, retentionDays });
  const topics = [topic.key(fact.accessKeyId)];
  if (by?.accessKeyId) topics.push(topic.use(by.accessKeyId));
  if (by?.workload) topics.push(topic.made(workloadKey(by.workload)));
  if (mayBeFirst && (await isFirst(fact, SORT_KEYS.firstForeignKey, table)))
    topics.push(topic.session(fact.sessionArn));
  return { own, others: await subscribersOf(topics, table), isProof: own.length > 0 };
}

/** Sessions that requested each other's credentials are followed this far. */
const MOST_HOPS = 8;

/** The workloads whose sessions requested these keys, directly or through other sessions. */
async function requestersOf(keys: readonly ForeignKey[], table: LockTable, hops = MOST_HOPS): Promise<Workload[]> {
  const requesters = hops > 0 ? keys.flatMap(({ by }) => by ?? []) : [];
  const found = await Promise.all(requesters.map((by) => requesterOf(by, table, hops)));
  return unique(found.flat());
}

async function requesterOf(by: Caller, table: LockTable, hops: number): Promise<Workload[]> {
  const named = by.workload ? [by.workload] : [];
  if (!isUnproven(by) || by.accessKeyId === null) return named;
  const items = await table.query(partition.key(by.accessKeyId), SORT_KEYS.issued);
  return [...named, ...issuedIn(items), ...(await requestersOf(foreignKeysIn(items), table, hops - 1))];
}

/** Copies keys that a workload's session requested, what was done with them, and the keys requested with those, to the workload. */
async function fileChained(
  keys: readonly ForeignKey[],
  owner: Workload,
  context: { readonly table: LockTable; readonly retentionDays: number },
  hops = MOST_HOPS,
): Promise<void> {
  const { table, retentionDays } = context;
  for (const key of hops > 0 ? keys : []) {
    const pk = partition.key(key.accessKeyId);
    await table.keep(requestedKeyItem(key, owner, retentionDays));
    await copy((await table.query(pk, SORT_KEYS.sighting)).flatMap(sightingsIn), owner, table, retentionDays);
    await fileChained(foreignKeysIn(await table.query(pk, SORT_KEYS.requestedKey)), owner, context, hops - 1);
  }
}

function foreignKeysIn(items: readonly StoredItem[]): ForeignKey[] {
  return factsIn(items).filter((fact) => fact.fact === 'foreign-key');
}

async function affectedByChange(change: Change, table: LockTable): Promise<AffectedWorkloads> {
  const topics = [...entitiesOf(change).map(topic.entity), ...makersOf(change).map(topic.made)];
  return { own: [], others: await subscribersOf(topics, table), isProof: false };
}

export function unique(workloads: readonly Workload[]): Workload[] {
  return [...new Map(workloads.map((workload) => [workloadKey(workload), workload])).values()];
}
