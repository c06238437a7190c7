import { eventTimeOf } from '../detection/model/event-time';
import { isJsonObject, type JsonObject } from '../detection/model/json-field';
import type { RuntimeAgent } from '../detection/vocabulary';
import type { Cluster } from '../kubernetes/cluster';
import {
  clusterNamed,
  messageOf,
  NOWHERE,
  placeOf,
  TIME_AND_LINE,
  timeIn,
  type AuditPlace,
} from '../kubernetes/unwrap-audit';
import { agentLineIn } from './agent-line';
import { agentOfLine, claimedName } from './agent-of-line';
import { runtimeLogGroup } from './runtime-log-group';

/** A line of an agent, parsed or as a text. */
export interface AlarmLine extends AuditPlace {
  readonly agent: RuntimeAgent;
  readonly line: JsonObject | string;
}

/** Receives the lines in a value. */
export interface AlarmLines {
  alarm(line: AlarmLine): void;
}

/** What lines of agents have, and few others. */
const WORDS = /output_fields|exec_id/;

/**
 * Passes on the lines of agents in one value, in the wrappers that `unwrapAudit` knows and in that of Fluent Bit. False, with
 * nothing passed on, for any other value.
 */
export function unwrapAlarms(value: unknown, into: AlarmLines): boolean {
  if (typeof value === 'string') return passText(value, NOWHERE, into);
  if (!isJsonObject(value)) return false;
  if (Array.isArray(value.logEvents)) return passPayload(value, value.logEvents, into);
  if (passLine(agentLineIn(value), NOWHERE, into)) return true;
  const message = messageOf(value);
  if (message === null) return false;
  const place = placeOf(value);
  return runtimeLogGroup(place.logGroup ?? '') === null
    ? passText(message, place, into)
    : passAny(message, place, into);
}

/** The cluster of a line: of its log group, else as the line itself claims, else the one that a person named. */
export function clusterOfAlarm({ account, logGroup, line }: AlarmLine, given: Cluster): Cluster {
  const ofGroup = runtimeLogGroup(logGroup ?? '')?.cluster ?? null;
  return clusterNamed(ofGroup ?? claimedName(agentLineIn(line)), account, given);
}

function passPayload(payload: JsonObject, events: readonly unknown[], into: AlarmLines): boolean {
  const place = placeOf(payload);
  if (runtimeLogGroup(place.logGroup ?? '') === null) return false;
  for (const event of events) {
    const message = isJsonObject(event) ? messageOf(event) : null;
    passAny(message ?? '', { ...place, loggedAt: timeIn(event) }, into);
  }
  return true;
}

/** Whatever an agent's log group holds is a line of it. */
function passAny(line: string, place: AuditPlace, into: AlarmLines): boolean {
  const agent = runtimeLogGroup(place.logGroup ?? '')?.agent;
  if (agent === undefined) return false;
  into.alarm({ ...place, agent, line });
  return true;
}

function passText(source: string, place: AuditPlace, into: AlarmLines): boolean {
  if (!WORDS.test(source)) return false;
  const time = TIME_AND_LINE.exec(source);
  const at = time ? { ...place, loggedAt: eventTimeOf(time[1]) } : place;
  return passLine(agentLineIn(source.slice(time?.[0].length ?? 0).trim()), at, into);
}

function passLine(line: JsonObject | string | null, place: AuditPlace, into: AlarmLines): boolean {
  const agent = isJsonObject(line) ? agentOfLine(line) : null;
  if (agent === null || line === null) return false;
  into.alarm({ ...place, agent, line });
  return true;
}
