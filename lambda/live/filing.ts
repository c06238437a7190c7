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
} from '../detection/facts';
import { workloadKey, type Workload } from '../detection/workload';
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
  told: (findingId: string): string => `O#${findingId}`,
  accounts: 'T#accounts',
} as const;

export type Filed = { readonly keep: TableItem } | { readonly merge: SightingItem };

const HOUR = 3_600_000;
const DAY_SECONDS = 86_400;
/** The book outlives the workloads it speaks of (design: until released + 400 days). */
const BOOK_DAYS = 400;
/** Keys live for at most 36 hours; the margin covers late delivery. */
const SLACK_DAYS = 7;

function expiryOf(time: number, days: number): number {
  return Math.floor(time / 1_000) + (days + SLACK_DAYS) * DAY_SECONDS;
}

/** Where a fact is filed: under everything that will ask for it. */
export function filed(fact: Fact, retentionDays: number): Filed[] {
  if (fact.fact === 'sighting') return fileSighting(fact, expiryOf(fact.event.time, retentionDays));
  if (fact.fact === 'issuance') return fileIssuance(fact, expiryOf(fact.time, retentionDays));
  if (fact.fact === 'foreign-key') return fileForeignKey(fact, expiryOf(fact.time, retentionDays));
  return fileChange(fact, expiryOf(fact.time, retentionDays + BOOK_DAYS));
}

function fileIssuance(fact: Issuance, expires: number): Filed[] {
  const partitions = [partition.workload(fact.workload), partition.session(fact.sessionArn)];
  if (fact.accessKeyId !== null) partitions.push(partition.key(fact.accessKeyId));
  return keepIn(partitions, { sk: `I#${fact.id}`, body: JSON.stringify(fact), expires });
}

function fileForeignKey(fact: ForeignKey, expires: number): Filed[] {
  const partitions = [partition.key(fact.accessKeyId), partition.session(fact.sessionArn)];
  const parent = fact.by?.accessKeyId;
  if (parent) partitions.push(partition.key(parent));
  return keepIn(partitions, { sk: `F#${fact.accessKeyId}`, body: JSON.stringify(fact), expires });
}

/** Under the workload it names; under its key as well, or alone, where only an issuance can prove it. */
function fileSighting({ caller, did, event }: Sighting, expires: number): Filed[] {
  const byKey = caller.shown !== 'scope' && caller.shown !== 'delivery' && caller.accessKeyId !== null;
  const partitions = [
    ...(caller.workload ? [partition.workload(caller.workload)] : []),
    ...(byKey && caller.accessKeyId !== null ? [partition.key(caller.accessKeyId)] : []),
  ];
  const hour = Math.floor(event.time / HOUR);
  const row = createHash('sha256').update(JSON.stringify(caller)).digest('base64url').slice(0, 22);
  const least = `${String(event.time).padStart(TIME_DIGITS, '0')} ${event.id}`;
  const bits = Object.entries(Did).filter(([, bit]) => (did & bit) !== 0);
  const item = {
    sk: `S#${row}#${hour}`,
    body: bodyOf(caller, hour, { time: event.time, id: event.id, what: event.what }, did),
    expires,
  };
  return partitions.map((pk) => ({ merge: { pk, ...item, least, did: bits.map(([name]) => name) } }));
}

const TIME_DIGITS = 15;

/** A line of `fact-lines`, so that what is stored is read by the one reader there is. */
function bodyOf(caller: Caller, hour: number, { time, id, what }: EventRef, did: number): string {
  return JSON.stringify({ caller, seen: [[hour, time, id, what, did]] });
}

/** Under every entity the record names, so that a book can be gathered from any of them. */
function fileChange(fact: Change, expires: number): Filed[] {
  return keepIn(entitiesOf(fact).map(partition.entity), { sk: `X#${fact.id}`, body: JSON.stringify(fact), expires });
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
