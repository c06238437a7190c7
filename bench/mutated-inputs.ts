import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { stringify } from 'yaml';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
type Json = unknown;

const ODD: readonly Json[] = [
  null,
  true,
  -1,
  1e308,
  '',
  '\u0000\u001b[31m\u202e',
  '{"eventName":',
  '"}]}',
  [],
  [[[[]]]],
  {},
  '9999-12-31T23:59:59Z',
  'arn:aws:sts::',
  'x'.repeat(3_000),
  '=1+1',
  '\\"\\',
  'é😀',
];

/** What breaks the text of a record. */
const BREAKS: readonly ((text: string, at: number) => string)[] = [
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at),
  (text, at) => `${text.slice(0, at)}\u0000${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}"${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}}${text.slice(at)}`,
  (text, at) => `${text.slice(0, at)}\\${text.slice(at)}`,
  (text, at) => text.slice(0, at) + text.slice(at + 40),
];

/** A copy with one to three members removed, or replaced by something odd or by another member. */
export function mutated(record: object, random: Random): Json {
  let copy: Json = structuredClone(record);
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) copy = mutatedOnce(copy, random);
  return copy;
}

function mutatedOnce(value: Json, random: Random): Json {
  if (typeof value !== 'object' || value === null || random() < 0.05) return pick(ODD, random);
  const entries = Object.entries(value);
  const at = Math.floor(random() * entries.length);
  const [key, member] = entries[at] ?? ['x', null];
  if (random() < 0.25) entries.splice(at, 1);
  else if (random() < 0.2) entries[at] = [key, entries[Math.floor(random() * entries.length)]?.[1]];
  else entries[at] = [key, mutatedOnce(member, random)];
  return Array.isArray(value) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
}

/** The JSON text, one in five broken. */
export function textOf(record: object, random: Random): string {
  const text = JSON.stringify(mutated(record, random));
  return random() < 0.2 ? pick(BREAKS, random)(text, Math.floor(random() * text.length)) : text;
}

function pick<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** `count` mutated records with the others among them at even distances. */
export function textsAround(
  among: readonly object[],
  count: number,
  bases: readonly object[],
  random: Random,
): string[] {
  const texts = Array.from({ length: count }, () => textOf(pick(bases, random), random));
  const step = Math.max(1, Math.floor(count / (among.length + 1)));
  for (const [at, record] of among.entries()) texts.splice((at + 1) * step + at, 0, JSON.stringify(record));
  return texts;
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const lines = (texts: readonly string[], line: (text: string, at: number) => string): string =>
  texts.map(line).join('\n');

/** Files in which the texts of records are, in each format that is read. */
export const FORMATS: Readonly<Record<string, (texts: readonly string[]) => string | Uint8Array>> = {
  'log.json': (texts) => `{"Records":[${texts.join(',')}]}`,
  'log.json.gz': (texts) => gzipSync(`{"Records":[${texts.join(',')}]}`),
  'lines.ndjson': (texts) => texts.join('\n'),
  'export.log': (texts) => lines(texts, (text) => `2026-09-14T08:00:00.000Z ${text}`),
  'syslog.log': (texts) => lines(texts, (text) => `<134>1 2026-09-14T08:00:00Z host trail - - ${text}`),
  'lookup-events.json': (texts) =>
    JSON.stringify({ Events: texts.map((text) => ({ CloudTrailEvent: text })) }, null, 1),
  'lookup-events.yaml': (texts) => stringify({ Events: texts.map((text) => ({ CloudTrailEvent: text })) }),
  'splunk.json': (texts) => lines(texts, (text) => JSON.stringify({ preview: false, result: { _raw: text } })),
  'splunk.csv': (texts) => `_time,_raw\n${lines(texts, (text) => `x,${quoted(text)}`)}`,
  'splunk.xml': (texts) =>
    `<?xml version="1.0"?><results>${lines(texts, (text) => `<result><field k="_raw"><v>${escaped(text)}</v></field></result>`)}</results>`,
  'elastic.ndjson': (texts) => lines(texts, (text) => `{"index":{}}\n${JSON.stringify({ event: { original: text } })}`),
  'sqs.json': (texts) => JSON.stringify({ Messages: texts.map((text) => ({ Body: `{"detail":${text}}` })) }),
  'logs.json': (texts) => JSON.stringify({ events: texts.map((message) => ({ message, timestamp: 1 })) }),
  'base64.txt': (texts) => Buffer.from(texts.join('\n')).toString('base64'),
  'archive.zip': (texts) => zipSync({ 'a/lines.json': Buffer.from(texts.join('\n')) }),
};

/** An instance's launch, its calls from EC2 in Ireland and those of an attacker, each of them three times an hour apart. */
export function theftOf(instance: string): object[] {
  const account = '999988887777';
  const arn = `arn:aws:sts::${account}:assumed-role/theft/${instance}`;
  const call = (hour: number, sourceIPAddress: string, at: number): object => ({
    eventVersion: '1.08',
    userIdentity: { type: 'AssumedRole', arn, accountId: account, sessionContext: { ec2RoleDelivery: '1.0' } },
    eventTime: `2026-09-14T${String(hour).padStart(2, '0')}:00:00Z`,
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    awsRegion: 'eu-west-1',
    sourceIPAddress,
    eventID: `${instance}-${at}`,
    recipientAccountId: account,
  });
  return [1, 2, 3, 4, 5, 6].map((hour) => call(hour, hour < 4 ? '3.248.10.20' : '192.0.2.251', hour));
}
