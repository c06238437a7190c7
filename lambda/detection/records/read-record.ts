import type { CallerIdentity, CloudTrailRecord } from '../model/cloudtrail-record';
import { eventTimeOf } from '../model/event-time';
import { accountIdOf, field, isJsonObject, record, textOf, type JsonObject } from '../model/json-field';
import { readSource } from './read-source';

export { expirationOf } from '../model/event-time';

/** Why a value gives no record: it is no CloudTrail event, one of another kind, or lacks a required field. */
export type RecordSkip =
  'not-cloudtrail' | 'insight' | 'aggregated' | 'network-activity' | 'no-event-id' | 'no-event-time' | 'no-account';

export type RecordReading = { readonly record: CloudTrailRecord } | { readonly skip: RecordSkip };

/**
 * Reads one CloudTrail record, without its wrapper; never throws. Management, data, service and sign-in events are read
 * alike. A record without `awsRegion` has the Region ''.
 */
export function readRecord(value: unknown): RecordReading {
  if (!isJsonObject(value)) return { skip: 'not-cloudtrail' };
  const otherKind = otherKindOf(value);
  if (otherKind) return { skip: otherKind };
  const eventSource = textOf(value.eventSource);
  const eventName = textOf(value.eventName);
  if (eventSource === null || eventName === null) return { skip: 'not-cloudtrail' };
  const eventId = textOf(value.eventID) ?? textOf(value.eventId);
  if (eventId === null) return { skip: 'no-event-id' };
  const time = eventTimeOf(value.eventTime) ?? eventTimeOf(value['@timestamp']);
  if (time === null) return { skip: 'no-event-time' };
  const identity = identityOf(record(value, 'userIdentity') ?? NOTHING);
  const account = accountOf(value, identity);
  if (account === null) return { skip: 'no-account' };
  return { record: recordOf(value, { eventId, time, account, eventSource, eventName, identity }) };
}

/** True for a record that is of another account than this one. */
export function isOfOther(value: unknown, account: string): boolean {
  if (!isJsonObject(value)) return false;
  const found = accountOf(value, identityOf(record(value, 'userIdentity') ?? NOTHING));
  return found !== null && found !== account;
}

function otherKindOf(value: JsonObject): RecordSkip | null {
  const { eventCategory, eventType } = value;
  if (eventCategory === 'Insight' || eventType === 'AwsCloudTrailInsight' || isJsonObject(value.insightDetails))
    return 'insight';
  if (eventCategory === 'Aggregated' || eventType === 'AwsAggregatedEvent') return 'aggregated';
  if (eventCategory === 'NetworkActivity' || eventType === 'AwsVpceEvent') return 'network-activity';
  return null;
}

type Named = Pick<CloudTrailRecord, 'eventId' | 'time' | 'account' | 'eventSource' | 'eventName' | 'identity'>;

/** One literal instead of spreads, for speed. */
function recordOf(value: JsonObject, named: Named): CloudTrailRecord {
  const { identity } = named;
  const region = textOf(value.awsRegion) ?? '';
  return {
    eventId: named.eventId,
    sharedEventId: textOf(value.sharedEventID),
    time: named.time,
    account: named.account,
    region,
    partition: partitionOfIdentity(identity) ?? partitionOfRegion(region),
    eventSource: named.eventSource,
    eventName: named.eventName,
    errorCode: textOf(value.errorCode),
    userAgent: textOf(value.userAgent),
    legacy: isLegacy(textOf(value.eventVersion)),
    identity,
    source: readSource(value.sourceIPAddress, identity.invokedBy, value.vpcEndpointId, value.vpcEndpointAccountId),
    serviceEvent: value.eventType === 'AwsServiceEvent',
    details: value.serviceEventDetails ?? null,
    dataEvent: value.eventCategory === 'Data' || value.managementEvent === false || value.managementEvent === 'false',
    fromConsole: isFromConsole(value),
    presigned: field(value.additionalEventData, 'AuthenticationMethod') === 'QueryString',
    request: value.requestParameters,
    resources: value.resources,
    response: withoutSessionToken(value.responseElements),
  };
}

/** What a record has of its own, besides its caller and its call. */
export type OwnParts = Pick<
  CloudTrailRecord,
  'eventId' | 'sharedEventId' | 'time' | 'partition' | 'request' | 'resources' | 'response'
>;

/** The record of a caller's call, by another record of each. No service event, and not signed in its URL. */
export function recordInParts(caller: CloudTrailRecord, call: CloudTrailRecord, own: OwnParts): CloudTrailRecord {
  return {
    eventId: own.eventId,
    sharedEventId: own.sharedEventId,
    time: own.time,
    account: caller.account,
    region: call.region,
    partition: own.partition,
    eventSource: call.eventSource,
    eventName: call.eventName,
    errorCode: call.errorCode,
    userAgent: call.userAgent,
    legacy: caller.legacy,
    identity: caller.identity,
    source: caller.source,
    serviceEvent: false,
    details: null,
    dataEvent: call.dataEvent,
    fromConsole: caller.fromConsole,
    presigned: false,
    request: own.request,
    resources: own.resources,
    response: withoutSessionToken(own.response),
  };
}

/** Null where only the Region shows it. */
export function partitionOfIdentity({ arn, sessionIssuerArn }: CallerIdentity): string | null {
  return partitionIn(arn) ?? partitionIn(sessionIssuerArn);
}

const NOTHING: JsonObject = {};

function identityOf(userIdentity: JsonObject): CallerIdentity {
  const session = record(userIdentity, 'sessionContext') ?? NOTHING;
  return {
    type: textOf(userIdentity.type),
    arn: textOf(userIdentity.arn),
    principalId: textOf(userIdentity.principalId),
    accountId: accountIdOf(userIdentity.accountId),
    accessKeyId: textOf(userIdentity.accessKeyId),
    userName: textOf(userIdentity.userName),
    invokedBy: textOf(userIdentity.invokedBy),
    ec2RoleDelivery: roleDeliveryOf(session.ec2RoleDelivery),
    sessionIssuerArn: textOf(field(session.sessionIssuer, 'arn')),
    inScopeOf: scopeOf(userIdentity.inScopeOf),
  };
}

/** As a number 1.0 would read "1". */
function roleDeliveryOf(value: unknown): string | null {
  if (typeof value === 'number') return value.toFixed(1);
  return typeof value === 'string' && value !== '' ? value : null;
}

function scopeOf(inScopeOf: unknown): CallerIdentity['inScopeOf'] {
  if (!isJsonObject(inScopeOf)) return null;
  const issuerType = textOf(inScopeOf.issuerType);
  const credentialsIssuedTo = textOf(inScopeOf.credentialsIssuedTo);
  return issuerType !== null && credentialsIssuedTo !== null ? { issuerType, credentialsIssuedTo } : null;
}

function accountOf(value: JsonObject, identity: CallerIdentity): string | null {
  return (
    accountIdOf(value.recipientAccountId) ??
    identity.accountId ??
    accountIdOf(accountIn(identity.arn)) ??
    accountIdOf(accountIn(identity.sessionIssuerArn))
  );
}

const ARN = /^arn:([\w-]+):[^:]*:[^:]*:([^:]*):/;

function partitionIn(arn: string | null): string | null {
  return arn === null ? null : (ARN.exec(arn)?.[1] ?? null);
}

function accountIn(arn: string | null): string | null {
  return arn === null ? null : (ARN.exec(arn)?.[2] ?? null);
}

/** The first parts of Region names outside the commercial partition, as in the SDKs' partition list. */
const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-iso-', 'aws-iso'],
  ['us-isob-', 'aws-iso-b'],
  ['eu-isoe-', 'aws-iso-e'],
  ['us-isof-', 'aws-iso-f'],
  ['eusc-', 'aws-eusc'],
];

export function partitionOfRegion(region: string): string {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws';
}

/** Compared as numbers, as AWS advises: 1.10 is newer than 1.08. */
function isLegacy(eventVersion: string | null): boolean {
  const parts = /^(\d+)\.(\d+)$/.exec(eventVersion ?? '');
  if (!parts) return false;
  const major = Number(parts[1]);
  return major < 1 || (major === 1 && Number(parts[2]) < 8);
}

/** AWS documents the record's own field; some writers have it among the session's attributes. */
function isFromConsole(value: JsonObject): boolean {
  const attributes = field(field(field(value, 'userIdentity'), 'sessionContext'), 'attributes');
  return isTrue(value.sessionCredentialFromConsole) || isTrue(field(attributes, 'sessionCredentialFromConsole'));
}

function isTrue(value: unknown): boolean {
  return value === 'true' || value === true;
}

function withoutSessionToken(responseElements: unknown): unknown {
  const credentials = record(responseElements, 'credentials');
  if (!isJsonObject(responseElements) || credentials === null || !('sessionToken' in credentials))
    return responseElements;
  const { sessionToken: _, ...kept } = credentials;
  return { ...responseElements, credentials: kept };
}
