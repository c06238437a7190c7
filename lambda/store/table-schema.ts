import { createHash } from 'node:crypto';
import {
  Did,
  type Caller,
  type Change,
  type EventRef,
  type Fact,
  type ForeignKey,
  type Issuance,
  type Sighting,
} from '../detection/facts/facts';
import { workloadKey, type Workload } from '../detection/model/workload';
import { exposureItem } from './exposure-items';
import type { SightingItem, TableItem } from './lock-table';

/** Partition keys: one letter says what is filed there. */
export const partition = {
  workload: (workload: Workload): string => `W#${workloadKey(workload)}`,
  key: (accessKeyId: string): string => `K#${accessKeyId}`,
  session: (arn: string): string => `A#${arn}`,
  entity: (entity: string): string => `E#${entity}`,
  place: (place: string): string => `P#${place}`,
  suspects: (place: string): string => `Q#${place}`,
  population: (account: string): string => `N#${account}`,
  endpointUsers: (account: string, owner: string): string => `U#${account}/${owner}`,
  natUsers: (account: string, egressAccount: string): string => `G#${account}/${egressAccount}`,
  /** The changes of the network that were made with a workload's sessions, or with a key. */
  made: (by: string): string => `M#${by}`,
  told: (findingId: string): string => `O#${findingId}`,
  accounts: 'T#accounts',
  heard: 'H#heard',
  canaries: 'H#canaries',
  /** What was done to the detector or a trail, by the text of `tamperingGroup`. */
  tampering: (group: string): string => `Y#${group}`,
} as const;

export type Filed = { readonly keep: TableItem } | { readonly merge: SightingItem };

const HOUR = 3_600_000;
const DAY_SECONDS = 86_400;
/** The book outlives the workloads it speaks of (design: until released + 400 days). */
export const BOOK_DAYS = 400;
/** Keys live for at most 36 hours; the margin covers late delivery. */
const SLACK_DAYS = 7;

/** When what happened at `time` (epoch milliseconds) may go, in epoch seconds. */
export function expiryOf(time: number, days: number): number {
  return Math.floor(time / 1_000) + (days + SLACK_DAYS) * DAY_SECONDS;
}

/** Where a fact is filed: under everything that will ask for it. */
export function filed(fact: Fact, retentionDays: number): Filed[] {
  if (fact.fact === 'sighting') return fileSighting(fact, retentionDays);
  if (fact.fact === 'issuance') return fileIssuance(fact, expiryOf(fact.time, retentionDays));
  if (fact.fact === 'foreign-key') return fileForeignKey(fact, expiryOf(fact.time, retentionDays));
  return fileChange(fact, expiryOf(fact.time, retentionDays + BOOK_DAYS));
}

/** The session keeps its first issuance alone: that is the one that proves calls by the session's name. */
function fileIssuance(fact: Issuance, expires: number): Filed[] {
  const item = { sk: `I#${fact.id}#${digestOf(fact)}`, body: JSON.stringify(fact), expires };
  const partitions = [partition.workload(fact.workload)];
  if (fact.accessKeyId !== null) partitions.push(partition.key(fact.accessKeyId));
  return [...keepIn(partitions, item), firstOfSession(fact, 'I#I', workloadKey(fact.workload), expires)];
}

/** Under the key; under what asked for it; and under its session, whose name others use then. */
function fileForeignKey(fact: ForeignKey, expires: number): Filed[] {
  const item = { body: JSON.stringify(fact), expires };
  const { by } = fact;
  const askers = [
    ...(by?.accessKeyId ? [partition.key(by.accessKeyId)] : []),
    ...(by?.workload ? [partition.made(workloadKey(by.workload))] : []),
  ];
  return [
    ...keepIn([partition.key(fact.accessKeyId)], { sk: `I#F#${fact.id}#${digestOf(fact)}`, ...item }),
    ...keepIn(askers, { sk: `C#${fact.id}#${digestOf(fact)}`, ...item }),
    firstOfSession(fact, 'I#F', '', expires),
  ];
}

function firstOfSession(fact: Issuance | ForeignKey, sk: string, rank: string, expires: number): Filed {
  const least = `${timeText(fact.time)} ${rank} ${fact.id} ${digestOf(fact)}`;
  return {
    merge: { pk: partition.session(fact.sessionArn), sk, least, did: ['first'], body: JSON.stringify(fact), expires },
  };
}

/** Amended records of one id are kept beside each other: whoever reads them takes the smallest, in whatever order they came. */
function digestOf(fact: Fact): string {
  return createHash('sha256').update(JSON.stringify(fact)).digest('base64url').slice(0, 8);
}

/** Under the workload it names; under its key too where only an issuance can prove it, and under its session without one. */
function fileSighting(fact: Sighting, retentionDays: number): Filed[] {
  const { caller } = fact;
  const pks = caller.workload ? [partition.workload(caller.workload)] : [];
  if (isUnproven(caller))
    pks.push(caller.accessKeyId === null ? partition.session(caller.sessionArn) : partition.key(caller.accessKeyId));
  const items = pks.map((pk) => sightingItem(fact, pk, retentionDays));
  const exposure = items[0] ? exposureItem(fact, items[0]) : null;
  return [...items, ...(exposure ? [exposure] : [])].map((merge) => ({ merge }));
}

/** Whether the record itself leaves open whose call it is. */
export function isUnproven({ shown }: Caller): boolean {
  return shown !== 'scope' && shown !== 'delivery';
}

/** As an item of another partition. */
export function sightingItem({ caller, did, event }: Sighting, pk: string, retentionDays: number): SightingItem {
  const hour = Math.floor(event.time / HOUR);
  const row = createHash('sha256').update(JSON.stringify(caller)).digest('base64url').slice(0, 22);
  const bits = Object.entries(Did).filter(([, bit]) => (did & bit) !== 0);
  return {
    pk,
    sk: `S#${row}#${hour}`,
    least: `${timeText(event.time)} ${event.id}`,
    did: bits.map(([name]) => name),
    body: bodyOf(caller, hour, { time: event.time, id: event.id, what: event.what }, did),
    expires: expiryOf(event.time, retentionDays),
  };
}

const TIME_DIGITS = 15;

function timeText(time: number): string {
  return String(time).padStart(TIME_DIGITS, '0');
}

/** A line of `fact-lines`, so that what is stored is read by the one reader there is. */
function bodyOf(caller: Caller, hour: number, { time, id, what }: EventRef, did: number): string {
  return JSON.stringify({ caller, seen: [[hour, time, id, what, did]] });
}

/** Under every entity the record names, so that a book can be gathered from any of them, and under whoever made it. */
function fileChange(fact: Change, expires: number): Filed[] {
  const partitions = [...entitiesOf(fact).map(partition.entity), ...makersOf(fact).map(partition.made)];
  return keepIn(partitions, { sk: `X#${fact.id}#${digestOf(fact)}`, body: JSON.stringify(fact), expires });
}

/** Under what the changes somebody made are looked for: the workload his session names, and his key where that is no proof. */
export function makersOf({ by }: Change): string[] {
  if (!by) return [];
  return [
    ...(by.workload ? [workloadKey(by.workload)] : []),
    ...(isUnproven(by) && by.accessKeyId !== null ? [`key/${by.accessKeyId}`] : []),
  ];
}

function keepIn(partitions: readonly string[], item: Omit<TableItem, 'pk'>): Filed[] {
  return [...new Set(partitions)].map((pk) => ({ keep: { pk, ...item } }));
}

/** What a change is about: instance, interfaces, addresses, allocations, NAT gateway, endpoints. */
export function entitiesOf(change: Change): string[] {
  const { account, instanceId, vpcId } = change;
  return [
    ...(instanceId ? [`instance/${account}/${instanceId}`] : []),
    ...change.interfaces.flatMap(({ eniId, vpcId: ofInterface, privateIps }) => [
      `eni/${eniId}`,
      ...privateIps.map((ip) => `private/${ofInterface ?? vpcId ?? ''}/${ip}`),
    ]),
    ...change.publicIps.map((ip) => `ip/${ip}`),
    ...change.allocationIds.map((id) => `eipalloc/${id}`),
    ...change.associationIds.map((id) => `eipassoc/${id}`),
    ...(change.attachmentId ? [`attachment/${change.attachmentId}`] : []),
    ...change.interfaces.flatMap(({ attachmentId }) => (attachmentId ? [`attachment/${attachmentId}`] : [])),
    ...(change.natGatewayId ? [`nat/${change.natGatewayId}`] : []),
    ...change.endpointIds.map((id) => `endpoint/${id}`),
    ...(change.cidrs.length > 0 ? ['byoip'] : []),
  ];
}
