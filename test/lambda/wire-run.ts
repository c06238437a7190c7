import { seededRandom, type Random } from '../../trail-writer/random';
import type { Finding } from '../../lambda/detection/model/finding';
import { readRecord } from '../../lambda/detection/records/read-record';
import type { DynamoDb } from './dynamodb-engine';
import { BUCKETS, notificationOf, startHub, type Hub, type HubOptions } from './hub';
import { eventOf } from '../../trail-writer/event';
import type { Story } from './live-run';
import { logFile, logFileKey } from './records';
import type { WireRequest } from '../wire-server/wire-request';

export interface WirePlan {
  readonly seed: number;
  readonly engine: DynamoDb;
  /** Of each handler, working at the same time. @default 3 */
  readonly containers?: number;
  /** Records delivered twice. @default 0.2 */
  readonly duplicates?: number;
  /** Requests of the handlers that fail, half of them after they were done. @default 0 */
  readonly faults?: number;
  readonly options?: Omit<HubOptions, 'settings' | 'ipRanges' | 'engine' | 'containers'>;
}

/** What the sinks hold after a run. */
export interface WireEnd {
  /** Active findings as they are on the bus, by first sighting and id. */
  readonly findings: readonly Finding[];
  /** Active findings in Security Hub. */
  readonly imported: readonly Finding['id'][];
  /** Why messages were set aside. */
  readonly setAside: readonly (string | undefined)[];
  /** Requests of the handlers, by service. */
  readonly requests: number;
  /** Those that were made to fail. */
  readonly failed: number;
}

/** The story through the deployed handlers, their SDK clients and the wire, until all queues are empty. */
export async function runOnWire(story: Story, plan: WirePlan): Promise<WireEnd> {
  const hub = await hubFor(story, plan);
  try {
    const random = seededRandom(plan.seed);
    for (const message of deliveriesOf(story.records, random, plan.duplicates ?? 0.2)) await deliver(message, hub);
    const faults = injectFaults(hub, random, plan.faults ?? 0);
    await hub.settle();
    return endOf(hub, faults());
  } finally {
    await hub.close();
  }
}

/** A hub that a story's records have just reached. */
export function hubFor(story: Story, { engine, containers = 3, seed, options }: WirePlan): Promise<Hub> {
  const newest = Math.max(Date.parse('2010-01-01T00:00:00Z'), ...story.records.map(timeOf));
  return startHub({
    engine,
    containers,
    settings: { mode: 'live', ...story.documents.settings },
    ipRanges: story.documents.ipRanges ?? false,
    // Some findings have to wait for their hold, others not.
    start: new Date(newest + (seed % 7) * 60_000).toISOString(),
    ...options,
  });
}

/** Records that come in one message: as an event, or in a log file of their account. */
export type Delivery = { readonly event: unknown } | { readonly account: string; readonly file: readonly unknown[] };

/** Each record at least once, in any order, in log files of any size and as events. */
export function deliveriesOf(records: readonly unknown[], random: Random, duplicates: number): Delivery[] {
  const twice = records.filter(() => random.chance(duplicates));
  const waiting = shuffled([...records, ...twice], random);
  const deliveries: Delivery[] = [];
  while (waiting.length > 0) {
    const some = waiting.splice(0, 1 + random.below(random.chance(0.7) ? 3 : 30));
    deliveries.push(...(random.chance(0.5) ? some.flatMap(asEvent) : asFiles(some)));
  }
  return deliveries;
}

export async function deliver(delivery: Delivery, hub: Hub): Promise<void> {
  if ('event' in delivery) return hub.send(eventOf(delivery.event));
  files += 1;
  const key = logFileKey(`file-${files}`, delivery.account);
  hub.wire.s3.put(BUCKETS.trail, key, logFile(delivery.file));
  await hub.send(notificationOf([key]));
}

let files = 0;

/** Other records than those that name their account CloudTrail delivers in files only. */
function asEvent(record: unknown): Delivery[] {
  const account = accountOf(record);
  const isNamed = (record as { readonly recipientAccountId?: unknown } | null)?.recipientAccountId === account;
  return isNamed ? [{ event: record }] : asFiles([record]);
}

function asFiles(records: readonly unknown[]): Delivery[] {
  const byAccount = new Map<string, unknown[]>();
  for (const record of records) {
    const account = accountOf(record);
    byAccount.set(account, [...(byAccount.get(account) ?? []), record]);
  }
  return [...byAccount].map(([account, file]) => ({ account, file }));
}

function accountOf(value: unknown): string {
  const reading = readRecord(value);
  return 'skip' in reading ? '000000000000' : reading.record.account;
}

function timeOf(value: unknown): number {
  const reading = readRecord(value);
  return 'skip' in reading ? 0 : reading.record.time;
}

function shuffled<Item>(items: Item[], random: Random): Item[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const [one, two] = [items[last], items[other]];
    if (one !== undefined && two !== undefined) [items[last], items[other]] = [two, one];
  }
  return items;
}

/** What Lambda's own poller sends. */
const OF_THE_POLLER = new Set(['ReceiveMessage', 'DeleteMessage']);

/** Whether a request is one of the handlers': not the poller's, and nothing that comes to `observe`. */
export function isOfHandlers({ operation, body }: Pick<WireRequest, 'operation' | 'body'>): boolean {
  return !OF_THE_POLLER.has(operation) && !(operation === 'SendMessage' && body.includes('/observe"'));
}

/** Gives how many requests were made to fail. */
function injectFaults(hub: Hub, random: Random, share: number): () => number {
  const meets = (): boolean => random.chance(share / 2);
  const where = (request: WireRequest): boolean => isOfHandlers(request) && meets();
  const faults = (['throttle', 'drop-after'] as const).map((kind) =>
    hub.wire.fail({ where }, { kind, times: Infinity }),
  );
  return () => faults.reduce((sum, { hits }) => sum + hits, 0);
}

export function endOf(hub: Hub, failed = 0): WireEnd {
  const active = [...hub.onBus().values()].filter(({ status }) => status === 'ACTIVE');
  return {
    findings: active.sort((a, b) => compareText(a.firstSeen, b.firstSeen) || compareText(a.id, b.id)),
    imported: hub.imported().flatMap(({ id, state }) => (state === 'ACTIVE' ? [id] : [])),
    setAside: hub.queue('quarantine').messages.map(({ attributes }) => attributes['reason']?.StringValue),
    requests: hub.wire.requests.filter(isOfHandlers).length,
    failed,
  };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
