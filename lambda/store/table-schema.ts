import { createHash } from 'node:crypto';
import {
  Did,
  type Caller,
  type Change,
  type EventRef,
  type Fact,
  type ForeignKey,
  type Grant,
  type Issuance,
  type PersonCall,
  type Sighting,
} from '../detection/facts/facts';
import { parseSessionArn } from '../detection/model/session-arn';
import { PAST_FINDINGS } from '../hunt-names';
import { workloadKey, type Workload } from '../detection/model/workload';
import { exposureItem } from './exposure-items';
import type { SightingItem, TableItem } from './lock-table';
import { entitiesOf } from './change-entities';

/** What partition keys begin with; described in `docs/lock-table.md`. */
export const PARTITIONS = {
  workload: 'workload#',
  key: 'access-key#',
  session: 'session#',
  entity: 'entity#',
  place: 'anchored-at#',
  suspects: 'suspects#',
  population: 'population#',
  endpointUsers: 'endpoint-users#',
  natUsers: 'nat-users#',
  madeBy: 'made-by#',
  grants: 'granted#',
  away: 'away#',
  informational: 'informational#',
  past: PAST_FINDINGS,
  subscribers: 'subscribers#',
  openFindings: 'open-findings#',
  tampering: 'tampering#',
  kubernetes: 'kubernetes#',
  tokens: 'tokens#',
  exposures: 'imdsv1#',
  reportedExposures: 'imdsv1-reported',
  accounts: 'accounts',
  heartbeats: 'heartbeats',
  canaries: 'canaries',
  clusters: 'clusters',
  questions: 'questions#',
} as const;

/** What sort keys begin with; all that is issued is queried together. */
export const SORT_KEYS = {
  issued: 'issued#',
  foreignKey: 'issued#foreign-key#',
  firstIssuance: 'issued#first-issuance',
  firstForeignKey: 'issued#first-foreign-key',
  requestedKey: 'requested-key#',
  usedKey: 'used-key#',
  change: 'change#',
  grant: 'grant#',
  person: 'person#',
  sighting: 'sighting#',
  steadyState: 'steady-state',
  subscriptions: 'subscriptions#',
  claim: 'claim#',
  anchorClaims: 'anchor-claims',
  suspectClaims: 'suspect-claims',
  informationalClaims: 'informational-claims',
  finding: 'finding#',
  account: 'account#',
  heartbeat: 'heartbeat#',
  tamperingEvent: 'event#',
  act: 'act#',
  /** Behind those with a time. */
  latestAct: 'act#latest#',
  tokenUse: 'token-use#',
  tokenPlace: 'token-place#',
  tokenAddress: 'token-address#',
  tokenFact: 'token-fact#',
  answer: 'answer#',
  asked: 'asked#',
} as const;

/** The partition key of each thing that is looked for. */
export const partition = {
  workload: (workload: Workload): string => `${PARTITIONS.workload}${workloadKey(workload)}`,
  key: (accessKeyId: string): string => `${PARTITIONS.key}${accessKeyId}`,
  session: (arn: string): string => `${PARTITIONS.session}${arn}`,
  entity: (entity: string): string => `${PARTITIONS.entity}${entity}`,
  place: (place: string): string => `${PARTITIONS.place}${place}`,
  suspects: (place: string): string => `${PARTITIONS.suspects}${place}`,
  population: (account: string): string => `${PARTITIONS.population}${account}`,
  endpointUsers: (account: string, owner: string): string => `${PARTITIONS.endpointUsers}${account}/${owner}`,
  natUsers: (account: string, owner: string): string => `${PARTITIONS.natUsers}${account}/${owner}`,
  /** Network changes made with a workload's sessions (`by`: its key), or with an access key (`by`: `key/<id>`). */
  made: (by: string): string => `${PARTITIONS.madeBy}${by}`,
  /** Who made a principal, or gave its credentials. */
  grants: (to: string): string => `${PARTITIONS.grants}${to}`,
  away: (workload: Workload): string => `${PARTITIONS.away}${workloadKey(workload)}`,
  informational: (findingId: string): string => `${PARTITIONS.informational}${findingId}`,
  /** A finding that hunts published. */
  past: (findingId: string): string => `${PARTITIONS.past}${findingId}`,
  subscribers: (topic: string): string => `${PARTITIONS.subscribers}${topic}`,
  openFindings: (shard: number): string => `${PARTITIONS.openFindings}${shard}`,
  /** Questions about addresses, and their answers. */
  questions: (account: string): string => `${PARTITIONS.questions}${account}`,
  /** `group`: the text of `tamperingGroup`. */
  tampering: (group: string): string => `${PARTITIONS.tampering}${group}`,
  /** `group`: of Kubernetes acts. */
  kubernetes: (group: string): string => `${PARTITIONS.kubernetes}${group}`,
  /** Facts about tokens; `scope`: what they are found by, behind the ARN of its cluster. */
  tokens: (scope: string): string => `${PARTITIONS.tokens}${scope}`,
  /** Instances of an account that got credentials by IMDSv1. */
  exposures: (aws: string, account: string): string => `${PARTITIONS.exposures}${aws}/${account}`,
} as const;

/** A partition or sort key without its prefix. */
export function idIn(key: string): string {
  return key.slice(key.indexOf('#') + 1);
}

/** The prefix of a partition or sort key, up to and including the first `#`; the whole key where it has none. */
export function prefixOf(key: string): string {
  return key.slice(0, key.indexOf('#') + 1) || key;
}

export type Filed = { readonly keep: TableItem } | { readonly merge: SightingItem };

const HOUR = 3_600_000;
const DAY_SECONDS = 86_400;
/** Network changes outlive the workloads they name. */
export const BOOK_DAYS = 400;
/** Keys live for at most 36 hours; the margin covers late delivery. */
const SLACK_DAYS = 7;

/** When what happened at `time` (epoch milliseconds) may go, in epoch seconds. */
export function expiryOf(time: number, days: number): number {
  return Math.floor(time / 1_000) + (days + SLACK_DAYS) * DAY_SECONDS;
}

/** The items of a fact: one for each partition in which it is looked up. */
export function filed(fact: Fact, retentionDays: number): Filed[] {
  if (fact.fact === 'sighting') return fileSighting(fact, retentionDays);
  if (fact.fact === 'issuance') return fileIssuance(fact, expiryOf(fact.time, retentionDays));
  if (fact.fact === 'foreign-key') return fileForeignKey(fact, expiryOf(fact.time, retentionDays));
  if (fact.fact === 'grant') return fileGrant(fact, expiryOf(fact.time, retentionDays + BOOK_DAYS));
  if (fact.fact === 'person') return filePerson(fact, expiryOf(fact.time, retentionDays));
  return fileChange(fact, expiryOf(fact.time, retentionDays + BOOK_DAYS));
}

/** The session keeps its first issuance alone: that is the one that proves calls by the session's name. */
function fileIssuance(fact: Issuance, expires: number): Filed[] {
  const item = { sk: `${SORT_KEYS.issued}${fact.id}#${digestOf(fact)}`, body: JSON.stringify(fact), expires };
  const partitions = [partition.workload(fact.workload)];
  if (fact.accessKeyId !== null) partitions.push(partition.key(fact.accessKeyId));
  return [
    ...keepIn(partitions, item),
    firstOfSession(fact, SORT_KEYS.firstIssuance, workloadKey(fact.workload), expires),
  ];
}

/** Under its access key, its requester and its session. */
function fileForeignKey(fact: ForeignKey, expires: number): Filed[] {
  const item = { body: JSON.stringify(fact), expires };
  const { by } = fact;
  const requesters = [
    ...(by?.accessKeyId ? [partition.key(by.accessKeyId)] : []),
    ...(by?.workload ? [partition.made(workloadKey(by.workload))] : []),
  ];
  return [
    ...keepIn([partition.key(fact.accessKeyId)], {
      sk: `${SORT_KEYS.foreignKey}${fact.id}#${digestOf(fact)}`,
      ...item,
    }),
    ...keepIn(requesters, { sk: requestedKeyOf(fact), ...item }),
    firstOfSession(fact, SORT_KEYS.firstForeignKey, '', expires),
  ];
}

/** A key requested through a workload's session, as an item of the workload's partition. */
export function requestedKeyItem(fact: ForeignKey, workload: Workload, retentionDays: number): TableItem {
  const expires = expiryOf(fact.time, retentionDays);
  return { pk: partition.workload(workload), sk: requestedKeyOf(fact), body: JSON.stringify(fact), expires };
}

function requestedKeyOf(fact: ForeignKey): string {
  return `${SORT_KEYS.requestedKey}${fact.id}#${digestOf(fact)}`;
}

function firstOfSession(fact: Issuance | ForeignKey, sk: string, rank: string, expires: number): Filed {
  const least = `${timeText(fact.time)} ${rank} ${fact.id} ${digestOf(fact)}`;
  return {
    merge: { pk: partition.session(fact.sessionArn), sk, least, did: ['first'], body: JSON.stringify(fact), expires },
  };
}

/** Amended records of one id are kept beside each other; readers take the smallest, so order does not matter. */
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
  const home = caller.workload && partition.exposures(caller.workload.partition, caller.workload.account);
  const exposure = items[0] && home ? exposureItem(fact, { ...items[0], pk: home }) : null;
  return [...items, ...(exposure ? [exposure] : [])].map((merge) => ({ merge }));
}

/** True if the record itself does not prove whose call it is. */
export function isUnproven({ shown }: Caller): boolean {
  return shown !== 'scope' && shown !== 'delivery';
}

/** As an item of another partition. */
export function sightingItem({ caller, did, event }: Sighting, pk: string, retentionDays: number): SightingItem {
  const hour = Math.floor(event.time / HOUR);
  const row = rowOf(caller);
  const bits = Object.entries(Did).filter(([, bit]) => (did & bit) !== 0);
  return {
    pk,
    sk: `${SORT_KEYS.sighting}${row}#${hour}`,
    least: `${timeText(event.time)} ${event.id}`,
    did: bits.map(([name]) => name),
    // Most are not stored, as they repeat what is.
    get body() {
      return bodyOf(caller, hour, { time: event.time, id: event.id, what: event.what }, did);
    },
    expires: expiryOf(event.time, retentionDays),
  };
}

const rows = new WeakMap<Caller, string>();

function rowOf(caller: Caller): string {
  const known = rows.get(caller);
  if (known !== undefined) return known;
  const row = createHash('sha256').update(JSON.stringify(caller)).digest('base64url').slice(0, 22);
  rows.set(caller, row);
  return row;
}

const TIME_DIGITS = 15;

export function timeText(time: number): string {
  return String(time).padStart(TIME_DIGITS, '0');
}

/** A line of `fact-jsonl`. */
function bodyOf(caller: Caller, hour: number, { time, id, what }: EventRef, did: number): string {
  return JSON.stringify({ caller, seen: [[hour, time, id, what, did]] });
}

/** Under every entity the record names and under its maker. */
function fileChange(fact: Change, expires: number): Filed[] {
  const partitions = [...entitiesOf(fact).map(partition.entity), ...makersOf(fact).map(partition.made)];
  return keepIn(partitions, {
    sk: `${SORT_KEYS.change}${fact.id}#${digestOf(fact)}`,
    body: JSON.stringify(fact),
    expires,
  });
}

function fileGrant(fact: Grant, expires: number): Filed[] {
  const sk = `${SORT_KEYS.grant}${fact.id}#${digestOf(fact)}`;
  return keepIn([partition.grants(fact.to)], { sk, body: JSON.stringify(fact), expires });
}

/** Under the address, the first call of each account and day. */
function filePerson(fact: PersonCall, expires: number): Filed[] {
  const { account, address, time, eventId, who } = fact;
  const sk = `${SORT_KEYS.person}${account}#${Math.floor(time / DAY_SECONDS / 1_000)}`;
  const least = `${timeText(time)} ${eventId} ${who}`;
  const item = { pk: partition.entity(`ip/${address}`), sk, body: JSON.stringify(fact), expires };
  return [{ merge: { ...item, least, did: ['person'] } }];
}

/** The makers a change is filed under: the workload its session names, and the access key if that is no proof. */
export function makersOf({ by }: Change): string[] {
  if (!by || !parseSessionArn(by.sessionArn)) return [];
  return [
    ...(by.workload ? [workloadKey(by.workload)] : []),
    ...(isUnproven(by) && by.accessKeyId !== null ? [`key/${by.accessKeyId}`] : []),
  ];
}

function keepIn(partitions: readonly string[], item: Omit<TableItem, 'pk'>): Filed[] {
  return [...new Set(partitions)].map((pk) => ({ keep: { pk, ...item } }));
}
