import * as z from 'zod';
import { CallSample, type SampleData } from './call-sample';
import type { FactSet, SeenHour, SightingRow } from './fact-set';
import { INVENTORY, type Caller, type Fact } from './facts';
import { CHANGE_ACTIONS } from '../vocabulary';

/**
 * The format of `--state`: the merged facts as lines of JSON. The first line names the format; the others come in any order,
 * and reading the lines of two sets into one merges them.
 */
export const FACTS_FORMAT = 'credlock.facts/1';

export function* linesOf(facts: FactSet): Generator<string> {
  yield JSON.stringify({ format: FACTS_FORMAT });
  for (const account of facts.accounts) yield JSON.stringify({ account });
  for (const fact of facts.issuances.values()) yield JSON.stringify(fact);
  for (const fact of facts.foreignKeys.values()) yield JSON.stringify(fact);
  for (const fact of facts.grants.values()) yield JSON.stringify(fact);
  for (const fact of facts.changes.values()) yield JSON.stringify(fact);
  for (const fact of facts.people.values()) yield JSON.stringify(fact);
  for (const session of facts.sessions.values()) {
    for (const row of session.rows.values()) yield rowLine(row);
    for (const [key, sample] of session.calls) yield callsLine(session.arn, key, sample);
  }
}

/** The line of a row. */
export function rowLine({ caller, seen }: SightingRow): string {
  return JSON.stringify({
    caller,
    seen: seen.map(({ hour, event, did }) => [hour, event.time, event.id, event.what, did]),
  });
}

/** The line of a session's calls, by the key they have in `SessionUse`. */
export function callsLine(sessionArn: string, key: string, { limit, more, lastTime, calls }: SampleData): string {
  const list = calls.map(({ time, id, what, accessKeyId }) => [time, id, what, accessKeyId]);
  return JSON.stringify({ sessionArn, key, limit, more, lastTime, calls: list });
}

/** Adds a line's content, and returns the fact where it is one. Throws with the reason when `linesOf` never writes such a line. */
export function addLine(facts: FactSet, line: string): Fact | null {
  const { data, error } = LINE.safeParse(JSON.parse(line));
  if (!data) throw new Error(z.prettifyError(error));
  return add(facts, data);
}

/** `addLine`, several times faster, for lines that only this program can have written. */
export function addOwnLine(facts: FactSet, line: string): void {
  const data: unknown = JSON.parse(line);
  if (isOwn(data)) add(facts, data);
}

function isOwn(data: unknown): data is z.infer<typeof LINE> {
  return typeof data === 'object' && data !== null;
}

function add(facts: FactSet, data: z.infer<typeof LINE>): Fact | null {
  if ('fact' in data) {
    facts.add(data);
    return data;
  }
  if ('account' in data) facts.sawAccount(data.account);
  if ('caller' in data) {
    const seen = data.seen.map(([hour, at, id, what, did]) => ({ hour, event: { time: at, id, what }, did }));
    facts.addRow(data.caller, seen);
  }
  if ('calls' in data) facts.addCalls(data.sessionArn, data.key, sampleIn(data));
  return null;
}

/** The sightings of a row. Throws when the line is no row. */
export function rowIn(line: string): { caller: Caller; seen: SeenHour[] } {
  const { caller: by, seen } = row.parse(JSON.parse(line));
  return { caller: by, seen: seen.map(([hour, at, id, what, did]) => ({ hour, event: { time: at, id, what }, did })) };
}

/** Throws when the text is no caller. */
export function callerIn(json: string): Caller {
  return caller.parse(JSON.parse(json));
}

function sampleIn(line: z.infer<typeof calls>): CallSample {
  const sample = new CallSample(line.limit);
  for (const [at, id, what, accessKeyId] of line.calls) sample.add({ time: at, id, what, accessKeyId });
  sample.more = line.more;
  sample.lastTime = line.lastTime;
  return sample;
}

const text = z.string();
const maybe = z.nullable(text);
const time = z.number();
const workload = z.object({ partition: text, account: text, kind: text, id: text });
const source = z.object({
  ip: maybe,
  service: maybe,
  attributed: z.boolean(),
  endpointId: maybe,
  endpointAccount: maybe,
  cluster: z.exactOptional(text),
});
const caller = z.object({
  sessionArn: text,
  accessKeyId: maybe,
  workload: z.nullable(workload),
  shown: z.enum(['scope', 'delivery', 'node', 'shape', 'none']),
  delivery: maybe,
  legacy: z.boolean(),
  source,
  region: maybe,
});
const issuance = z.object({
  fact: z.literal('issuance'),
  id: text,
  eventId: text,
  time,
  workload,
  sessionArn: text,
  accessKeyId: maybe,
  expires: z.nullable(time),
  issuer: text,
  asked: z.nullable(z.object({ source, what: text })),
  region: maybe,
  attributes: z.record(text, text),
});
const foreignKey = z.object({
  fact: z.literal('foreign-key'),
  id: text,
  eventId: text,
  time,
  accessKeyId: text,
  sessionArn: text,
  by: z.nullable(caller),
});
const grant = z.object({ fact: z.literal('grant'), id: text, eventId: text, time, to: text, by: caller });
const person = z.object({
  fact: z.literal('person'),
  id: text,
  eventId: text,
  time,
  account: text,
  address: text,
  who: text,
});
const networkInterface = z.object({
  eniId: text,
  attachmentId: maybe,
  vpcId: maybe,
  subnetId: maybe,
  privateIps: z.array(text),
  ipv6: z.array(text),
  prefixes: z.array(text),
});
const change = z.object({
  fact: z.literal('change'),
  id: text,
  eventId: text,
  time,
  partition: text,
  account: text,
  region: text,
  action: z.enum([...CHANGE_ACTIONS, INVENTORY]),
  by: z.nullable(caller),
  instanceId: maybe,
  interfaces: z.array(networkInterface),
  allocationIds: z.array(text),
  associationIds: z.array(text),
  attachmentId: maybe,
  publicIps: z.array(text),
  natGatewayId: maybe,
  endpointIds: z.array(text),
  vpcId: maybe,
  subnetId: maybe,
  transferTo: maybe,
  sourceDestCheck: z.nullable(z.boolean()),
  eksNode: z.boolean(),
  cidrs: z.array(text),
});
/** Of facts inside other data. */
export const FACT_SCHEMAS = { caller, grant, issuance };
const row = z.object({ caller, seen: z.array(z.tuple([z.number(), time, text, text, z.number()])) });
const calls = z.object({
  sessionArn: text,
  key: text,
  limit: z.number(),
  more: z.boolean(),
  lastTime: time,
  calls: z.array(z.tuple([time, text, text, maybe])),
});

const LINE = z.union([
  row,
  calls,
  issuance,
  foreignKey,
  grant,
  change,
  person,
  z.object({ account: text }),
  z.object({ format: z.literal(FACTS_FORMAT) }),
]);
