import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { chapters } from '../../demo/story/chapters';
import { logFiles } from '../../trail-writer/log-files';
import { detect, type Detection } from '../../lambda/detection/detect';
import type { Finding } from '../../lambda/detection/model/finding';
import { parseIpRanges } from '../../lambda/detection/model/ip-ranges';
import { DEFAULT_SETTINGS, parseSettings } from '../../lambda/detection/parse-settings';
import { factsOf, shown, type Expected } from '../scenario';
import { valueOf } from '../../lambda/detection/model/result';

const DEMO = join(__dirname, '../../demo');

/** What the day's chapters are expected to tell. */
const EXPECTED: Readonly<Record<string, readonly Required<Expected>[]>> = {
  '01-a-quiet-morning': [],
  '02-changes-with-good-reasons': [],
  '03-keys-on-a-laptop': [finding('OutsideAWS', 'HIGH', 'i-0503ef25295e8af60', '192.0.2.66')],
  '04-keys-on-a-rented-server': [finding('InsideAWS', 'HIGH', 'i-06cf39b7cd90fb974', '198.51.100.97')],
  '05-keys-behind-a-foreign-endpoint': [
    finding('ForeignEndpoint', 'HIGH', 'i-0c775ea3731ac3e7c', 'vpce-09539c5131cdd3563/10.10.1.62'),
  ],
  '06-keys-on-the-next-machine': [finding('SameAccount', 'MEDIUM', 'i-00afcc8826f66b888', '198.51.100.45')],
  '07-keys-in-another-account': [finding('AffiliatedAccount', 'MEDIUM', 'i-0f3bc30d2f24a1665', '198.51.100.50')],
  '08-keys-in-the-console': [finding('ConsoleSession', 'HIGH', 'i-065fe8204e6fa06d4', '192.0.2.77')],
  '09-keys-after-termination': [finding('AfterTermination', 'HIGH', 'i-08b22aca93019ceaf', '198.51.100.11')],
  '10-who-was-first': [
    finding('InsideAWS', 'HIGH', 'i-0cd4f0e76454b00d8', '198.51.100.98'),
    { ...finding('InsideAWS', 'HIGH', 'i-0ab0e1a3c45d4d2f4', '198.51.100.99'), contested: true },
  ],
  '11-not-only-instances': [
    finding('OutsideAWS', 'HIGH', 'e6fe5d5987bd6940e31866557857b995', '192.0.2.81'),
    finding(
      'OutsideAWS',
      'HIGH',
      'shop/shop/basket-7d9c5b6f4-x2klm/c5533722-964f-4158-aa95-13af92c897a1',
      '192.0.2.82',
    ),
    finding(
      'OutsideAWS',
      'HIGH',
      'oidc/oidc.eks.eu-west-1.amazonaws.com/id/5669CD575D0513ACF6B07A305D725056/shop/checkout',
      '192.0.2.83',
    ),
    finding('InsideAWS', 'HIGH', 'webhook', '198.51.100.197'),
    finding('ConsoleSession', 'HIGH', 'webhook', '192.0.2.84'),
  ],
};

function finding(type: string, severity: string, workload: string, origin: string): Required<Expected> {
  return { type, severity, workload, origin, contested: false };
}

interface TrailFile {
  /** Below `demo/trail`, with `/`. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly text: string;
}

interface TrailEvent {
  readonly eventID: string;
  readonly eventTime: string;
  readonly eventName: string;
  readonly sourceIPAddress: string;
  readonly recipientAccountId: string;
  readonly vpcEndpointAccountId?: string;
  readonly requestParameters: { readonly instanceId?: string } | null;
}

const files = readdirSync(join(DEMO, 'trail'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.json.gz'))
  .map(trailFile);

function trailFile(name: string): TrailFile {
  const bytes = readFileSync(join(DEMO, 'trail', name));
  return { path: name.split(sep).join('/'), bytes, text: gunzipSync(bytes).toString() };
}

function recordsOf(some: readonly TrailFile[]): TrailEvent[] {
  return some.flatMap(({ text }) => (JSON.parse(text) as { Records?: TrailEvent[] }).Records ?? []);
}

function chapterRecords(chapter: string): TrailEvent[] {
  return recordsOf(files.filter(({ path }) => path.startsWith(`${chapter}/`)));
}

const settings = valueOf(parseSettings(JSON.parse(readFileSync(join(DEMO, 'credlock.json'), 'utf8'))));
const ipRanges = valueOf(parseIpRanges(JSON.parse(readFileSync(join(DEMO, 'ip-ranges.json'), 'utf8'))));

function detected(records: readonly TrailEvent[]): Detection {
  return detect({ facts: factsOf(records), settings, ipRanges });
}

function keyOf({ workload, origin, type }: Expected): string {
  return `${workload} ${origin} ${type}`;
}

function byWorkload(findings: readonly Required<Expected>[]): Required<Expected>[] {
  return [...findings].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

describe('the demo trail', () => {
  const all = recordsOf(files);

  it('tells the thefts of the day and nothing else', () => {
    expect(byWorkload(detected(all).findings.map(shown))).toEqual(byWorkload(Object.values(EXPECTED).flat()));
  });

  it.each(Object.entries(EXPECTED))('tells of %s alone what it tells of it in the whole day', (chapter, expected) => {
    const records = chapterRecords(chapter);
    expect(records.length).toBeGreaterThan(10);
    expect(byWorkload(detected(records).findings.map(shown))).toEqual(byWorkload(expected));
  });

  it('has an expectation for every chapter, and every chapter is in it', () => {
    expect(new Set(files.map(({ path }) => path.split('/')[0]))).toEqual(new Set(Object.keys(EXPECTED)));
  });

  it('counts what it keeps quiet about in the first two chapters', () => {
    const morning = detected(chapterRecords('01-a-quiet-morning'));
    expect(morning.counts).toMatchObject({ workloads: 10, relayed: 4, disproved: 1, unproven: 1 });
    const changes = detected(chapterRecords('02-changes-with-good-reasons'));
    expect(changes.suppressed.map(shown)).toEqual([
      finding('OutsideAWS', 'HIGH', 'i-08dbcbd0e1d8d7933', '192.0.2.180'),
    ]);
  });

  it.each<[string, string, (event: TrailEvent) => boolean]>([
    [
      'the call through the foreign endpoint',
      'ForeignEndpoint',
      (event) => event.vpcEndpointAccountId === '999988887777',
    ],
    ['the one call from another account', 'AffiliatedAccount', isCallFromAnotherAccount],
    ['the termination', 'AfterTermination', ({ eventName }) => eventName === 'TerminateInstances'],
  ])('without %s the finding %s is gone, and only that', (_what, type, isMeant) => {
    expect(eventIds(all.filter(isMeant)).size).toBe(1);
    const kept = detected(all).findings.filter((one) => one.type !== type);
    expect(jsonOf(detected(all.filter((event) => !isMeant(event))).findings)).toBe(jsonOf(kept));
    expect(kept).toHaveLength(detected(all).findings.length - 1);
  });

  it('has a theft of every kind of workload that CloudTrail shows', () => {
    const kinds = detected(all).findings.map(({ workload }) => workload?.kind);
    const watched = DEFAULT_SETTINGS.workloads.filter((kind) => kind !== 'kubernetes');
    expect(new Set(kinds)).toEqual(new Set(watched));
  });

  it('without the only call with a task’s key the task’s finding is gone, and only that', () => {
    const isMeant = ({ sourceIPAddress }: TrailEvent): boolean => sourceIPAddress === '192.0.2.81';
    expect(eventIds(all.filter(isMeant)).size).toBe(1);
    const kept = detected(all).findings.filter(({ workload }) => workload?.id !== 'e6fe5d5987bd6940e31866557857b995');
    expect(jsonOf(detected(all.filter((event) => !isMeant(event))).findings)).toBe(jsonOf(kept));
    expect(kept).toHaveLength(detected(all).findings.length - 1);
  });

  it('without the pods that ask for keys of the service account, its stolen token has nothing to differ from', () => {
    const ofNodes = all.filter(
      ({ eventName, sourceIPAddress }) =>
        eventName === 'AssumeRoleWithWebIdentity' && sourceIPAddress.startsWith('198.51.100.'),
    );
    expect(eventIds(ofNodes).size).toBe(8);
    const known = detected(all).findings;
    const kept = known.filter((one) => shown(one).origin !== '192.0.2.83');
    expect(kept).toHaveLength(known.length - 1);
    expect(jsonOf(detected(all.filter((event) => !ofNodes.includes(event))).findings)).toBe(jsonOf(kept));
  });

  it('follows the attackers of chapter 11 to the sessions they made', () => {
    const related = detected(all).findings.filter(({ workload }) => workload?.kind !== 'ec2-instance');
    expect(related.flatMap((one) => one.related.map(({ kind, arn }) => [shown(one).origin, kind, arn]))).toEqual([
      ['192.0.2.82', 'chained-session', 'arn:aws:sts::444455556666:assumed-role/exports-reader/basket'],
      ['192.0.2.84', 'console-session', 'arn:aws:sts::111122223333:assumed-role/webhook-function/webhook'],
    ]);
  });

  it('without the record in which an operator gives an Elastic IP address, its use is a finding', () => {
    expect(eventIds(all.filter(givesFileGatewayItsAddress)).size).toBe(1);
    const known = new Set(detected(all).findings.map(({ id }) => id));
    const without = detected(all.filter((event) => !givesFileGatewayItsAddress(event))).findings;
    const others = without.filter(({ id }) => !known.has(id));
    expect(others.map(shown)).toEqual([finding('SameAccount', 'MEDIUM', 'i-0fc30f899f0b9d8a6', '198.51.100.31')]);
  });

  it('has session tokens, of which nothing is kept', () => {
    expect(files.some(({ text }) => text.includes('EXAMPLE-TOKEN'))).toBe(true);
    const { findings, suppressed } = detected(all);
    const { issuances, foreignKeys, changes } = factsOf(all);
    const facts = [...issuances.values(), ...foreignKeys.values(), ...changes.values()];
    expect(jsonOf([...findings, ...suppressed])).not.toContain('EXAMPLE-TOKEN');
    expect(JSON.stringify(facts)).not.toContain('EXAMPLE-TOKEN');
  });

  it('is what the story writes', () => {
    const told = chapters().flatMap(logFiles);
    expect(files.map(({ path }) => path).sort()).toEqual(told.map(({ path }) => path).sort());
    const texts = new Map(files.map(({ path, text }) => [path, text]));
    for (const { path, text } of told) expect(texts.get(path)).toBe(text);
  });

  it('is as CloudTrail delivers: files out of order inside and delivered twice, digests beside them', () => {
    expect(files.filter(({ text }) => isOutOfOrder(text)).length).toBeGreaterThan(files.length / 4);
    expect(eventIds(all).size).toBeLessThan(all.length);
    expect(files.filter(({ path }) => path.includes('/CloudTrail-Digest/'))).toHaveLength(Object.keys(EXPECTED).length);
  });

  it('is small, and packed without the time of packing', () => {
    const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(total).toBeLessThan(200_000);
    for (const { bytes } of files) expect(bytes.readUInt32LE(4)).toBe(0);
  });
});

/** CloudTrail delivers some events twice. */
function eventIds(events: readonly TrailEvent[]): Set<string> {
  return new Set(events.map(({ eventID }) => eventID));
}

function givesFileGatewayItsAddress({ eventName, requestParameters }: TrailEvent): boolean {
  return eventName === 'AssociateAddress' && requestParameters?.instanceId === 'i-0fc30f899f0b9d8a6';
}

function isCallFromAnotherAccount({ sourceIPAddress, recipientAccountId }: TrailEvent): boolean {
  return sourceIPAddress === '198.51.100.50' && recipientAccountId === '444455556666';
}

function jsonOf(findings: readonly Finding[]): string {
  return JSON.stringify(findings, null, 1);
}

function isOutOfOrder(text: string): boolean {
  const times = ((JSON.parse(text) as { Records?: TrailEvent[] }).Records ?? []).map(({ eventTime }) => eventTime);
  return times.some((time, at) => at > 0 && time < (times[at - 1] ?? ''));
}
