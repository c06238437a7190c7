import { isJsonObject, type JsonObject } from '../../../lambda/detection/model/json-field';
import { plainName, RECORD_NAMES } from '../../../lambda/trail-files/record-names';
import { objectInText } from './struct-text';

const IDENTITY_NAMES = [
  'type',
  'principalId',
  'arn',
  'accountId',
  'accessKeyId',
  'userName',
  'invokedBy',
  'identityProvider',
  'sessionContext',
  'sessionIssuer',
  'attributes',
  'creationDate',
  'mfaAuthenticated',
  'sessionCredentialFromConsole',
  'ec2RoleDelivery',
  'webIdFederationData',
  'inScopeOf',
  'issuerType',
  'credentialsIssuedTo',
];

/** Names that are read exactly as CloudTrail writes them; names of network changes are read in any case. */
const ISSUANCE_NAMES = [
  'roleArn',
  'roleSessionName',
  'credentials',
  'accessKeyId',
  'sessionToken',
  'expiration',
  'assumedRoleUser',
  'assumedRoleId',
  'arn',
  'subjectFromWebIdentityToken',
  'provider',
];

type Spelling = ReadonlyMap<string, string>;

const RECORD: Spelling = new Map([
  ...RECORD_NAMES.map((name) => [plainName(name), name] as const),
  // Azure Sentinel's table, Datadog's and Elastic's names.
  ['awseventid', 'eventID'],
  ['timegenerated', 'eventTime'],
  ['@timestamp', '@timestamp'],
]);
const IDENTITY = spelling(IDENTITY_NAMES);
const ISSUANCE = spelling(ISSUANCE_NAMES);

/** Members whose objects log pipelines may have made texts. */
const DETAILS = new Set(['requestParameters', 'responseElements', 'additionalEventData', 'serviceEventDetails']);

/** The identity's object that a flattened name is in: `SessionIssuerArn` of a Sentinel table. */
const SUB_OBJECTS: readonly (readonly [prefix: string, path: readonly string[]])[] = [
  ['sessioncontextsessionissuer', ['sessionContext', 'sessionIssuer']],
  ['sessioncontextattributes', ['sessionContext', 'attributes']],
  ['sessionissuer', ['sessionContext', 'sessionIssuer']],
  ['sessioncontext', ['sessionContext']],
  ['inscopeof', ['inScopeOf']],
  ['', []],
];

/**
 * The record in an object whose keys are CloudTrail's in another case, with underscores (`event_name`) or flattened
 * (`userIdentity.arn`, `UserIdentityArn`), and whose objects may be texts. Null when it lacks an event name, an event
 * source or an identity.
 */
export function respelledRecord(value: JsonObject): JsonObject | null {
  const found: Record<string, unknown> = {};
  const identity: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const name = plainName(key);
    const known = RECORD.get(name);
    if (known === 'userIdentity') Object.assign(identity, identityIn(member));
    else if (known !== undefined) found[known] ??= DETAILS.has(known) ? detailsIn(member) : member;
    else if (!putDetail(found, key, member)) putIdentity(identity, name, member);
  }
  const { eventName, eventSource } = found;
  if (typeof eventName !== 'string' || typeof eventSource !== 'string' || Object.keys(identity).length === 0)
    return null;
  return { ...found, userIdentity: identity };
}

function spelling(names: readonly string[]): Spelling {
  return new Map(names.map((name) => [plainName(name), name]));
}

function identityIn(value: unknown): JsonObject {
  const object = typeof value === 'string' ? objectInText(value) : value;
  return isJsonObject(object) ? respelled(object, IDENTITY) : {};
}

function detailsIn(value: unknown): unknown {
  const details = typeof value === 'string' ? detailsInText(value) : value;
  return isJsonObject(details) ? respelled(details, ISSUANCE) : details;
}

function detailsInText(text: string): unknown {
  if (text === '' || text === 'null') return null;
  return objectInText(text) ?? text;
}

function respelled(value: JsonObject, names: Spelling): JsonObject {
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    names.get(plainName(key)) ?? key,
    isJsonObject(member) ? respelled(member, names) : member,
  ]);
  return Object.fromEntries(entries);
}

/** True for a member of a flattened request or response: `requestParameters.roleArn`. */
function putDetail(found: Record<string, unknown>, key: string, member: unknown): boolean {
  const dot = key.indexOf('.');
  const name = dot < 0 ? undefined : RECORD.get(plainName(key.slice(0, dot)));
  if (name === undefined || !DETAILS.has(name)) return false;
  const details = isJsonObject(found[name]) ? found[name] : {};
  found[name] = respelled(withPath(details, key.slice(dot + 1).split('.'), member), ISSUANCE);
  return true;
}

function putIdentity(identity: Record<string, unknown>, name: string, member: unknown): void {
  const rest = name.startsWith('useridentity') ? name.slice('useridentity'.length) : sessionIssuerName(name);
  if (rest === null || rest === '' || member === null || member === '') return;
  for (const [prefix, path] of SUB_OBJECTS) {
    const known = rest.startsWith(prefix) ? IDENTITY.get(rest.slice(prefix.length)) : undefined;
    if (known === undefined) continue;
    Object.assign(identity, withPath(identity, [...path, known], member));
    return;
  }
}

function sessionIssuerName(name: string): string | null {
  return name.startsWith('sessionissuer') ? name : null;
}

/** A copy with `value` at the path, which is short. */
function withPath(object: JsonObject, [key = '', ...rest]: readonly string[], value: unknown): JsonObject {
  if (rest.length === 0) return { ...object, [key]: value };
  const inner = object[key];
  return { ...object, [key]: withPath(isJsonObject(inner) ? inner : {}, rest, value) };
}
