import { gzipSync } from 'node:zlib';
import { memoryLockTable } from '../lambda/adapters/memory/memory-lock-table';
import { organizationOf } from '../lambda/detection/model/settings';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { AUDIT_LOG } from '../lambda/detection/vocabulary';
import { addressOwners } from '../lambda/kubernetes/address-owner';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import { observeAuditObject } from '../lambda/observing-kubernetes/observe-audit-objects';
import { ObservedRequests } from '../lambda/observing-kubernetes/session-requests';
import { SettledPlaces } from '../lambda/observing-kubernetes/settled-places';
import { boundedSeenCache } from '../lambda/store/seen-cache';
import { quietCluster } from '../trail-writer/kubernetes/quiet-cluster';
import { seededRandom } from '../trail-writer/random';
import { countingTable } from './counting-table';
import { HUB, objectNotice } from './object-notice';

const ACCOUNT = '111122223333';
const BUCKET = 'credlock-audit';
const KEY = `${AUDIT_LOG.prefix}2026/09/01/00/object`;
const MEAN_BYTES = 2_000;
/** CloudWatch Logs sends what it has of a stream together. */
const LINES_OF_PAYLOAD = 250;
/** Between two requests that are reported. */
const ACT_EVERY = 10_000;
/** A cluster's events a second, by which objects of a minute are counted. */
const RATE = 100;
/** Alarms a second of all clusters together. */
const ALARM_RATE = 1;
const HANDLER_GB = 1.769;

/** List prices of us-east-1, arm64, in USD. The function's time is the processor's, of which it has one. */
const PRICE = {
  gbSecond: 0.000_013_333_4,
  firehoseGb: 0.029,
  /** PUT, notification, queue, invocation and GET. */
  object: 0.000_005 + 0.000_001 + 0.000_001_2 + 0.000_000_2 + 0.000_000_4,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
};
/** Firehose bills each record as multiples of it. */
const FIREHOSE_STEP = 5 * 1_024;

const CLUSTER = {
  nodes: 20,
  from: Date.parse('2026-09-01T00:00:00Z'),
  hours: 1,
  leaseSeconds: 120,
  scans: 50,
  deploys: 100,
};

/** Reads one object of that many events of an ordinary cluster, one in 10,000 of which is reported. */
export async function auditObjects(events: number): Promise<void> {
  const { payloads, shell } = cluster();
  await measure({ what: 'audit events', lines: events, rate: RATE }, (onPayload) =>
    objectOf(events, { payloads, shell }, onPayload),
  );
}

/** Reads one object of that many alarms of Falco, each of which is reported: those of a pod and program make a finding. */
export async function alarmObjects(alarms: number, alarmsOfFinding: number): Promise<void> {
  const what = `alarms, ${alarmsOfFinding.toLocaleString('en')} of each finding,`;
  await measure({ what, lines: alarms, rate: ALARM_RATE }, (onPayload) => alarmsIn(alarms, alarmsOfFinding, onPayload));
}

interface Measured {
  readonly what: string;
  readonly lines: number;
  /** A second. */
  readonly rate: number;
}

async function measure(
  { what, lines, rate }: Measured,
  objectOfPayloads: (onPayload: (payload: Buffer) => void) => AsyncGenerator<Uint8Array>,
): Promise<void> {
  const counting = countingTable(memoryLockTable());
  const settings = valueOf(parseSettings({ learnDays: 0 }));
  const written = { bytes: 0, billed: 0, peak: 0 };
  const object = objectOfPayloads((payload) => {
    written.bytes += payload.length;
    written.billed += Math.ceil(payload.length / FIREHOSE_STEP) * FIREHOSE_STEP;
    written.peak = Math.max(written.peak, process.memoryUsage.rss());
  });
  let published = 0;
  const nothing = (): void => {};
  const began = performance.now();
  const cpu = process.cpuUsage();
  await observeAuditObject(
    { messageId: '1', body: JSON.stringify(objectNotice(BUCKET, KEY)) },
    {
      table: counting.table,
      settings,
      partition: 'aws',
      place: { bucket: BUCKET, hubAccount: HUB },
      accounts: new Set([ACCOUNT]),
      ownerOf: addressOwners({ book: null, ipRanges: null, organization: organizationOf([], new Set()) }),
      open: () => Promise.resolve(object),
      publish: () => Promise.resolve(void (published += 1)),
      quarantine: ({ reason, detail }) => Promise.reject(new Error(`${reason}: ${detail}`)),
      log: { info: nothing, warn: nothing, error: nothing },
      meter: { count: nothing, milliseconds: nothing, flush: nothing },
      now: Date.now,
      observing: {
        table: counting.table,
        settings,
        ipRanges: null,
        kinds: kindsNamed(settings.workloads),
        seen: boundedSeenCache(),
        requestConfirm: () => Promise.reject(new Error('the cluster is quiet')),
      },
      observed: new ObservedRequests(),
      settled: new SettledPlaces(),
    },
  );
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const { requests, readUnits, writeUnits } = counting.take();
  const million = 1e6 / lines;
  const processor = (user + system) / 1e6;
  const costs = {
    function: processor * HANDLER_GB * PRICE.gbSecond,
    firehose: (written.billed / 1e9) * PRICE.firehoseGb,
    objects: (lines / (rate * 60)) * PRICE.object,
    table: readUnits * PRICE.readUnit + writeUnits * PRICE.writeUnit,
  };
  const sum = Object.values(costs).reduce((total, cost) => total + cost, 0);
  const dollars = Object.entries(costs).map(([part, cost]) => `${part} $${(cost * million).toFixed(4)}`);
  console.log(
    `${lines.toLocaleString('en')} ${what} in one object, ${(written.bytes / 1e6).toFixed(0)} MB compressed: ${(seconds * 1_000 * million).toFixed(0)} ms a million (processor ${(processor * 1_000 * million).toFixed(0)} ms), ${Math.round(lines / seconds).toLocaleString('en')} lines/s; ${(requests * million).toFixed(0)} requests to the table a million, ${published} publications; peak RSS ${Math.round(written.peak / 1e6)} MB`,
  );
  console.log(`   $${(sum * million).toFixed(3)} a million: ${dollars.join(', ')}`);
}

interface Cluster {
  /** Compressed, of `LINES_OF_PAYLOAD` lines each. */
  readonly payloads: readonly Buffer[];
  /** A command in a pod of kube-system. */
  readonly shell: string;
}

function cluster(): Cluster {
  const lines = [...quietCluster(CLUSTER, seededRandom(1))].map((event) => JSON.stringify(event));
  const mean = lines.reduce((sum, line) => sum + line.length, 0) / lines.length;
  const padding = `,"annotations":{"pad":"${'x'.repeat(Math.max(0, MEAN_BYTES - mean - 40))}",`;
  const padded = lines.map((line) => line.replace(',"annotations":{', padding));
  const shell = padded
    .find((line) => line.includes('/exec'))
    ?.replaceAll('"namespace":"shop"', '"namespace":"kube-system"');
  if (shell === undefined) throw new Error('the cluster has no command in a pod');
  const payloads: Buffer[] = [];
  for (let at = 0; at + LINES_OF_PAYLOAD <= padded.length; at += LINES_OF_PAYLOAD)
    payloads.push(payloadOf(padded.slice(at, at + LINES_OF_PAYLOAD)));
  return { payloads, shell };
}

async function* objectOf(
  events: number,
  { payloads, shell }: Cluster,
  onPayload: (payload: Buffer) => void,
): AsyncGenerator<Uint8Array> {
  let acts = 0;
  for (let at = 0; at < events; at += LINES_OF_PAYLOAD) {
    const payload = payloads[(at / LINES_OF_PAYLOAD) % payloads.length];
    if (!payload) return;
    onPayload(payload);
    yield await Promise.resolve(payload);
    for (; acts * ACT_EVERY <= at; acts += 1) {
      const id = `"auditID":"${String(acts).padStart(8, '0')}`;
      yield payloadOf([shell.replace(/"auditID":"[^"]{8}/, id)]);
    }
  }
}

async function* alarmsIn(
  alarms: number,
  ofFinding: number,
  onPayload: (payload: Buffer) => void,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < alarms; at += LINES_OF_PAYLOAD) {
    const lines = Array.from({ length: Math.min(LINES_OF_PAYLOAD, alarms - at) }, (_, n) => alarm(at + n, ofFinding));
    const payload = payloadOf(lines, '/credlock/falco/demo');
    onPayload(payload);
    yield await Promise.resolve(payload);
  }
}

function alarm(at: number, ofFinding: number): string {
  const finding = Math.floor(at / ofFinding);
  return JSON.stringify({
    hostname: `ip-10-0-${finding % 50}-23.eu-west-1.compute.internal`,
    output: `Executing binary not part of base image | ${'x'.repeat(600)}`,
    output_fields: {
      'container.id': String(finding).padStart(12, '0'),
      'container.image.repository': 'docker.io/library/ubuntu',
      'container.image.tag': '24.04',
      'container.name': 'app',
      'k8s.ns.name': `shop-${finding}`,
      'k8s.pod.name': 'app',
      'proc.cmdline': 'x'.repeat(100),
      'proc.exepath': '/usr/local/bin/dropped',
      'proc.name': 'dropped',
      'proc.pname': 'bash',
      'user.name': 'root',
    },
    priority: 'Critical',
    rule: 'Drop and execute new binary in container',
    source: 'syscall',
    tags: ['container', 'maturity_stable', 'mitre_persistence', 'process'],
    time: new Date(CLUSTER.from + at).toISOString(),
  });
}

function payloadOf(lines: readonly string[], logGroup = '/aws/eks/demo/cluster'): Buffer {
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: ACCOUNT,
    logGroup,
    logStream: 'kube-apiserver-audit-0123456789abcdef0123456789abcdef',
    subscriptionFilters: [`${AUDIT_LOG.filterPrefix}eu-west-1`],
    logEvents: lines.map((message, at) => ({ id: String(at).padStart(56, '3'), timestamp: CLUSTER.from, message })),
  };
  return gzipSync(JSON.stringify(payload), { level: 6 });
}
