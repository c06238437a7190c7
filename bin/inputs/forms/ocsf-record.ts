import { field, isJsonObject, parsedJson, record, type JsonObject } from '../../../lambda/detection/model/json-field';
import { respelledRecord } from './respelled-record';

/** API Activity, Authentication and Account Change: what Security Lake makes of CloudTrail's records. */
const CLASSES = new Set([6003, 3001, 3002, 3005]);

/**
 * The CloudTrail record in an OCSF event of versions 1.0 to 1.x, as Security Lake maps them. What OCSF has no place for is
 * in `unmapped`, with dotted names. Null for any other object.
 */
export function ocsfRecord(value: JsonObject): JsonObject | null {
  const { actor, api, cloud, metadata, src_endpoint: source, http_request: http } = value;
  if (!CLASSES.has(Number(value.class_uid)) || !isJsonObject(actor) || !isJsonObject(api)) return null;
  const request = record(api, 'request');
  const response = record(api, 'response');
  return respelledRecord({
    userIdentity: identityOf(actor),
    eventTime: value.time_dt ?? value.time,
    eventName: api.operation,
    eventSource: field(api.service, 'name'),
    eventID: field(metadata, 'uid'),
    eventVersion: field(field(metadata, 'product'), 'version'),
    awsRegion: field(cloud, 'region'),
    recipientAccountId: field(field(cloud, 'account'), 'uid') ?? field(cloud, 'account_uid'),
    sourceIPAddress: given(field(source, 'ip')) ?? given(field(source, 'domain')),
    vpcEndpointId: given(field(source, 'uid')),
    userAgent: field(http, 'user_agent'),
    errorCode: given(field(response, 'error')),
    ...(given(field(request, 'data')) !== null && { requestParameters: field(request, 'data') }),
    ...(given(field(response, 'data')) !== null && { responseElements: field(response, 'data') }),
    // Flattened: `userIdentity.inScopeOf.issuerType`, `requestParameters.roleArn`.
    ...unmappedObject(value.unmapped),
  });
}

function identityOf(actor: JsonObject): JsonObject {
  const user = record(actor, 'user') ?? {};
  const session = record(actor, 'session');
  const uids = [user.uid, user.uid_alt, user.uuid];
  return compact({
    type: user.type,
    arn: uids.find(isArn),
    principalId: uids.find((uid) => given(uid) !== null && !isArn(uid)),
    accountId: field(user.account, 'uid') ?? user.account_uid,
    accessKeyId: user.credential_uid,
    userName: user.name,
    invokedBy: actor.invoked_by,
    ...(session && {
      sessionContext: {
        sessionIssuer: { arn: session.issuer },
        attributes: { creationDate: session.created_time_dt ?? session.created_time },
      },
    }),
  });
}

function isArn(uid: unknown): boolean {
  return typeof uid === 'string' && uid.startsWith('arn:');
}

/** An object, in Parquet also a JSON text or a list of keys and values. */
function unmappedObject(value: unknown): JsonObject {
  const object = typeof value === 'string' ? parsedJson(value) : value;
  if (Array.isArray(object)) return Object.fromEntries(object.flatMap(pair));
  return isJsonObject(object) ? object : {};
}

function pair(entry: unknown): [string, unknown][] {
  const key = Array.isArray(entry) ? element(entry, 0) : field(entry, 'key');
  const value = Array.isArray(entry) ? element(entry, 1) : field(entry, 'value');
  return typeof key === 'string' ? [[key, value]] : [];
}

function element(list: readonly unknown[], at: number): unknown {
  return list[at];
}

function given(value: unknown): unknown {
  return value === undefined || value === '' ? null : value;
}

function compact(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => given(member) !== null));
}
