import { isInFuture } from '../model/event-time';
import { callText } from '../facts/call-sample';
import { calledResource } from './called-resource';
import { factId } from './fact-id';
import { NO_IDENTITY, type CloudTrailRecord } from '../model/cloudtrail-record';
import {
  Did,
  type Caller,
  type EventRef,
  type Fact,
  type ForeignKey,
  type Issuance,
  type Sighting,
} from '../facts/facts';
import { CONSOLE_ACTIONS, KUBERNETES } from '../vocabulary';
import { readChanges } from './read-changes';
import { readGrant } from './read-grants';
import { readPersonCall } from './read-person-call';
import { issuesCredentials, readIssuance } from '../kinds/read-issuance';
import { parseSessionArn } from '../model/session-arn';
import { workloadKey } from '../model/workload';
import type { NamedBy, SessionArn, WorkloadKind } from '../model/workload-kind';
import type { FactSet } from '../facts/fact-set';
import { WORKLOAD_KINDS } from '../kinds/all-kinds';
import { type RecordSkip, readRecord } from './read-record';
import { AWS_INTERNAL } from './read-source';

/** Why a readable record gave no fact. */
export type FactSkip =
  | 'not-a-role-session'
  | 'service-event'
  | 'session-without-address'
  | 'session-of-a-service'
  | 'session-without-key'
  | 'presigned-url';

export type FactReading =
  { readonly facts: readonly Fact[]; readonly skip: null } | { readonly facts: readonly []; readonly skip: FactSkip };

/** The facts in one record. There may be several: a change made by a workload is also a sighting of it. */
export function readFacts(record: CloudTrailRecord, kinds: readonly WorkloadKind[]): FactReading {
  const caller = callerOf(record, kinds);
  const by = caller ?? userOf(record);
  const grant = readGrant(record, by);
  const facts: Fact[] = [...readChanges(record, by), ...keyFacts(record, kinds, by), ...(grant ? [grant] : [])];
  const person = readPersonCall(record, caller);
  if (person) facts.push(person);
  const sighting = sightingIn(record, kinds, caller);
  if (typeof sighting !== 'string') facts.push(sighting);
  if (facts.length > 0) return { facts, skip: null };
  return { facts: [], skip: typeof sighting === 'string' ? sighting : 'not-a-role-session' };
}

function callerOf(record: CloudTrailRecord, kinds: readonly WorkloadKind[]): Caller | null {
  const { identity, source } = record;
  const session = parseSessionArn(identity.arn);
  if (!session || identity.arn === null || !source) return null;
  const { workload, shown, region } = namedIn(record, session, kinds);
  return {
    sessionArn: identity.arn,
    accessKeyId: identity.accessKeyId,
    workload,
    shown,
    delivery: identity.ec2RoleDelivery,
    legacy: record.legacy,
    source,
    region,
  };
}

function namedIn(
  record: CloudTrailRecord,
  session: SessionArn,
  kinds: readonly WorkloadKind[],
): Pick<Caller, 'workload' | 'shown' | 'region'> {
  const named = nameOf(session, record, kinds) ?? { workload: null, shown: 'none', region: null };
  return named.shown === 'shape' && isNode(record) ? { ...named, shown: 'node', region: record.region || null } : named;
}

/** Clusters map a role to this user name for its nodes alone. */
function isNode({ eventSource, identity }: CloudTrailRecord): boolean {
  return eventSource === KUBERNETES && identity.userName?.startsWith('system:node:') === true;
}

const USERS: ReadonlySet<string | null> = new Set(['IAMUser', 'FederatedUser', 'Root']);

/** Of users: only what they make, change and request credentials for is followed. */
function userOf({ identity, source, legacy }: CloudTrailRecord): Caller | null {
  const { arn, accessKeyId, type } = identity;
  if (arn === null || !source || !USERS.has(type)) return null;
  return {
    sessionArn: arn,
    accessKeyId,
    workload: null,
    shown: 'none',
    delivery: null,
    legacy,
    source,
    region: null,
  };
}

const STRENGTH = { scope: 3, delivery: 2, shape: 1 } as const;

/** The workload that a session names, by the strongest sign in the record. */
export function nameOf(session: SessionArn, record: CloudTrailRecord, kinds: readonly WorkloadKind[]): NamedBy | null {
  let best: NamedBy | null = null;
  for (const kind of kinds) {
    const named = kind.namedBy(session, record);
    if (named && (!best || STRENGTH[named.shown] > STRENGTH[best.shown])) best = named;
  }
  return best;
}

function keyFacts(
  record: CloudTrailRecord,
  kinds: readonly WorkloadKind[],
  caller: Caller | null,
): readonly (Issuance | ForeignKey)[] {
  if (!issuesCredentials(record)) return [];
  for (const kind of kinds) {
    const issued = kind.issuedTo(record);
    if (!issued) continue;
    return [
      {
        fact: 'issuance',
        id: factId(record, workloadKey(issued.workload)),
        eventId: record.eventId,
        time: record.time,
        workload: issued.workload,
        sessionArn: issued.session.arn,
        accessKeyId: issued.session.accessKeyId,
        expires: issued.session.expires,
        issuer: record.identity.invokedBy ?? record.identity.type ?? 'unknown',
        asked: issued.askedByWorkload && record.source ? { source: record.source, what: eventIn(record).what } : null,
        region: issued.region,
        attributes: issued.attributes,
      },
    ];
  }
  return foreignKeyIn(record, kinds, caller);
}

/** Kept where it can disprove a session name that looks like a workload's, or shows role chaining. */
function foreignKeyIn(record: CloudTrailRecord, kinds: readonly WorkloadKind[], caller: Caller | null): ForeignKey[] {
  const issuance = readIssuance(record);
  const session = parseSessionArn(issuance?.session.arn ?? null);
  if (!issuance || issuance.session.accessKeyId === null || !session) return [];
  if (!caller && !nameOf(session, withoutIdentity(record), kinds)) return [];
  return [
    {
      fact: 'foreign-key',
      id: factId(record, issuance.session.accessKeyId),
      eventId: record.eventId,
      time: record.time,
      accessKeyId: issuance.session.accessKeyId,
      sessionArn: issuance.session.arn,
      by: caller,
    },
  ];
}

function withoutIdentity(record: CloudTrailRecord): CloudTrailRecord {
  return { ...record, identity: NO_IDENTITY };
}

/** The actions that pre-signed URLs are meant for; a pre-signed request for any other action is treated as a call. */
const OBJECT_ACTIONS: ReadonlySet<string> = new Set([
  'GetObject',
  'HeadObject',
  'PutObject',
  'PostObject',
  'DeleteObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
  'ListParts',
]);

export function isObjectAction(eventSource: string, eventName: string): boolean {
  return /^s3[.-]/.test(eventSource) && OBJECT_ACTIONS.has(eventName);
}

function sightingIn(
  record: CloudTrailRecord,
  kinds: readonly WorkloadKind[],
  caller: Caller | null,
): Sighting | FactSkip {
  if (!parseSessionArn(record.identity.arn)) return 'not-a-role-session';
  if (record.serviceEvent) return 'service-event';
  if (!caller) return 'session-without-address';
  if (record.presigned && isObjectAction(record.eventSource, record.eventName)) return 'presigned-url';
  if (caller.workload === null && caller.source.service !== null && caller.source.attributed)
    return 'session-of-a-service';
  if (caller.workload === null && caller.accessKeyId === null) return 'session-without-key';
  return { fact: 'sighting', caller, did: whatItDid(record, kinds), event: eventIn(record) };
}

/** Flags of `Did`. */
export function whatItDid(record: CloudTrailRecord, kinds: readonly WorkloadKind[]): number {
  let did: number = isPassedOn(record) ? Did.passedOn : Did.other;
  if (isCallerIdentity(record)) did = Did.callerIdentity;
  if (record.fromConsole || CONSOLE_ACTIONS.includes(record.eventName)) did |= Did.console;
  if (kinds.some((kind) => kind.usesEks?.(record))) did |= Did.eksNode;
  return did;
}

/** Calls for images, which CloudTrail lists as management events. */
const IMAGE_ACTIONS: ReadonlySet<string> = new Set([
  'BatchCheckLayerAvailability',
  'BatchGetImage',
  'CompleteLayerUpload',
  'GetDownloadUrlForLayer',
  'InitiateLayerUpload',
  'PutImage',
  'UploadLayerPart',
]);

/** The registry and CloudWatch take data at addresses of their own, and CloudTrail then shows only "AWS Internal". */
function isPassedOn({ source, eventSource, eventName, dataEvent }: CloudTrailRecord): boolean {
  if (source?.service !== AWS_INTERNAL) return false;
  return dataEvent || (eventSource.startsWith('ecr.') && IMAGE_ACTIONS.has(eventName));
}

function isCallerIdentity(record: CloudTrailRecord): boolean {
  return record.eventName === 'GetCallerIdentity' && record.eventSource.startsWith('sts.');
}

function eventIn(record: CloudTrailRecord): EventRef {
  return new RecordEvent(record);
}

/** Composes `what` only when it is read, as most sightings repeat known ones. */
class RecordEvent implements EventRef {
  readonly time: number;
  readonly id: string;

  constructor(private readonly record: CloudTrailRecord) {
    this.time = record.time;
    this.id = record.eventId;
  }

  get what(): string {
    return callTextOf(this.record);
  }
}

/** The text of a record's call: `EventRef.what`. */
export function callTextOf(record: CloudTrailRecord): string {
  const { region, eventSource, eventName, errorCode, userAgent } = record;
  const resource = calledResource(record);
  return callText({ region, source: eventSource, name: eventName, errorCode, userAgent, resource });
}

/** Why a record gave no fact; null when it gave one. */
export type Skip = RecordSkip | FactSkip | 'in-the-future';

/**
 * Adds the facts of one parsed record; returns why there were none, else null. A record more than 24 hours after `now`
 * (epoch milliseconds) states none. Never throws.
 */
export function readInto(
  facts: FactSet,
  value: unknown,
  kinds: readonly WorkloadKind[] = WORKLOAD_KINDS,
  now = Infinity,
): Skip | null {
  const reading = readRecord(value);
  return 'skip' in reading ? reading.skip : readRecordInto(facts, reading.record, kinds, now);
}

/** `readInto` for a record that is read already, or made of a request to a cluster. */
export function readRecordInto(
  facts: FactSet,
  record: CloudTrailRecord,
  kinds: readonly WorkloadKind[] = WORKLOAD_KINDS,
  now = Infinity,
): FactSkip | 'in-the-future' | null {
  if (isInFuture(record.time, now)) return 'in-the-future';
  facts.sawAccount(record.account);
  const { facts: found, skip } = readFacts(record, kinds);
  for (const fact of found) facts.add(fact);
  return skip;
}
