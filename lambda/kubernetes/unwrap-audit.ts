import { eventTimeOf } from '../detection/model/event-time';
import { accountIdOf, field, isJsonObject, parsedJson, text, type JsonObject } from '../detection/model/json-field';
import { clusterOfLogGroup, type Cluster } from './cluster';
import { cutMembers } from './cut-members';

/** Where a line of an audit log stands; parts that its wrapper does not name are null. */
export interface AuditPlace {
  readonly account: string | null;
  readonly logGroup: string | null;
  readonly logStream: string | null;
  /** When it was logged, in epoch milliseconds. */
  readonly loggedAt: number | null;
}

/** A line of an audit log: an Event, parsed; or the text of a line that is no JSON. */
export interface AuditLine extends AuditPlace {
  readonly line: JsonObject | string;
}

/** Receives the lines in a value. */
export interface AuditLines {
  line(line: AuditLine): void;
  /** Lines of the control plane's other logs were passed over. */
  other(lines: number): void;
}

/** The names of CloudWatch Logs' fields, as subscriptions, the CLI and Logs Insights write them. */
const STREAMS = ['logStream', 'logStreamName', '@logStream'];
const TIMES = ['timestamp', '@timestamp'];
const AUDIT_STREAM = 'kube-apiserver-audit-';
/** `111122223333:/aws/eks/demo/cluster`, by Logs Insights. */
const ACCOUNT_AND_GROUP = /^(\d{12}):(.+)$/;
/** A line of an export task, which begins with the time. */
export const TIME_AND_LINE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\s+(?=\{)/;

/** Of a line without a wrapper. */
export const NOWHERE: AuditPlace = { account: null, logGroup: null, logStream: null, loggedAt: null };

/**
 * Passes on the lines of a cluster's audit log in one value: an Event, an EventList, the payload of a CloudWatch Logs
 * subscription, an item of `filter-log-events`, a row of Logs Insights (as an object), or a line as a text. False, with
 * nothing passed on, for any other value.
 */
export function unwrapAudit(value: unknown, into: AuditLines): boolean {
  if (typeof value === 'string') return passText(value, NOWHERE, into);
  if (!isJsonObject(value)) return false;
  if (value.auditID !== undefined && isAuditEvent(value)) return pass({ ...NOWHERE, line: value }, into);
  if (value.items !== undefined && isEventList(value)) return passItems(value.items, into);
  if (Array.isArray(value.logEvents)) return passPayload(value, value.logEvents, into);
  return passMessage(value, into);
}

/** The cluster of a line. `given` is the one that a person named, and counts for what the wrapper leaves open. */
export function clusterOfLine({ account, logGroup }: AuditPlace, given: Cluster): Cluster {
  return clusterNamed(logGroup === null ? null : clusterOfLogGroup(logGroup), account, given);
}

export function clusterNamed(name: string | null, account: string | null, given: Cluster): Cluster {
  if (name === null) return given;
  const isOther = given.name !== null && (given.name !== name || (account ?? given.account) !== given.account);
  if (isOther) return { partition: given.partition, account, region: null, name };
  return { ...given, account: account ?? given.account, name };
}

function isAuditEvent({ auditID, stage, responseStatus, eventName }: JsonObject): boolean {
  if (typeof auditID !== 'string' || eventName !== undefined) return false;
  return typeof stage === 'string' || isJsonObject(responseStatus);
}

function isEventList({ kind, apiVersion, items }: JsonObject): boolean {
  return kind === 'EventList' && Array.isArray(items) && String(apiVersion).startsWith('audit.k8s.io/');
}

function passItems(items: unknown, into: AuditLines): boolean {
  for (const item of Array.isArray(items) ? items : [])
    into.line({ ...NOWHERE, line: isJsonObject(item) ? item : JSON.stringify(item) });
  return true;
}

/** A subscription's payload. Of log groups that are no cluster's, other readers look for records. */
function passPayload(payload: JsonObject, events: readonly unknown[], into: AuditLines): boolean {
  if (payload.messageType === 'CONTROL_MESSAGE') return true;
  const place = placeOf(payload);
  if (clusterOfLogGroup(place.logGroup ?? '') === null) return false;
  if (place.logStream !== null && !place.logStream.startsWith(AUDIT_STREAM)) {
    into.other(events.length);
    return true;
  }
  for (const event of events) {
    const message = isJsonObject(event) ? messageOf(event) : null;
    const at = { ...place, loggedAt: timeIn(event) };
    if (!passText(message ?? '', at, into)) into.line({ ...at, line: message ?? '' });
  }
  return true;
}

/** An item that names a stream of audit logs is one, whatever its message is. */
function passMessage(value: JsonObject, into: AuditLines): boolean {
  const message = messageOf(value);
  if (message === null) return false;
  const place = placeOf(value);
  if (passText(message, place, into)) return true;
  return place.logStream?.startsWith(AUDIT_STREAM) === true && pass({ ...place, line: message }, into);
}

function passText(source: string, place: AuditPlace, into: AuditLines): boolean {
  if (!source.includes('"auditID"')) return false;
  const time = TIME_AND_LINE.exec(source);
  const at = time ? { ...place, loggedAt: eventTimeOf(time[1]) } : place;
  const line = source.slice(time?.[0].length ?? 0).trim();
  const value = parsedJson(line);
  if (isJsonObject(value)) return isAuditEvent(value) && pass({ ...at, line: value }, into);
  return value === undefined && 'auditID' in cutMembers(line) && pass({ ...at, line }, into);
}

function pass(line: AuditLine, into: AuditLines): true {
  into.line(line);
  return true;
}

/** Where the lines in a wrapper of CloudWatch Logs stand. */
export function placeOf(value: JsonObject): AuditPlace {
  const [, account, group] = ACCOUNT_AND_GROUP.exec(text(value, '@log') ?? '') ?? [];
  return {
    account: account ?? accountIdOf(value.owner),
    logGroup: group ?? text(value, 'logGroup'),
    logStream: textUnder(value, STREAMS),
    loggedAt: timeIn(value),
  };
}

export function timeIn(value: unknown): number | null {
  const times = TIMES.map((name) => eventTimeOf(field(value, name)));
  return times.find((time) => time !== null) ?? null;
}

export function messageOf({ message, '@message': other }: JsonObject): string | null {
  if (typeof message === 'string') return message;
  return typeof other === 'string' ? other : null;
}

function textUnder(value: unknown, names: readonly string[]): string | null {
  const found = names.map((name) => field(value, name)).find((one) => typeof one === 'string');
  return typeof found === 'string' ? found : null;
}
