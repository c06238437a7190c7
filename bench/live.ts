import { memoryLockTable } from '../lambda/adapters/memory/memory-lock-table';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { parseSettings } from '../lambda/detection/parse-settings';
import { workloadKey, type Workload } from '../lambda/detection/model/workload';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import { boundedSeenCache } from '../lambda/store/seen-cache';
import type { SeenCache } from '../lambda/store/seen-cache';
import { observeRecords } from '../lambda/observing/observe-records';
import { updateFindings } from '../lambda/confirming/update-findings';
import { countingTable, type Consumed } from './counting-table';
import { floodOfOrigins } from './live-flood';
import { alarmObjects, auditObjects } from './live-kubernetes';
import { roundsOfOrganization } from './live-rounds';
import { trailFiles } from './live-trail';
import { Fleet } from './live-fleet';
import { TRAIL_START } from './trail-world';
import { valueOf } from '../lambda/detection/model/result';

/** `npm run bench:live -- 200 100000` runs fewer, and floods one credential with more origins. */
const INSTANCES = Number(process.argv[3] ?? 2_000);
const MOST_ORIGINS = Number(process.argv[4] ?? 20_000);
const HANDLERS = 8;

/** Messages of one invocation. */
const BATCH = 100;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** On-demand, us-east-1, in USD a million. */
const PRICE = { readUnit: 0.125, writeUnit: 0.625 };

const settings = valueOf(parseSettings({}));
const fleet = new Fleet(INSTANCES);
const counting = countingTable(memoryLockTable());
const bench = { table: counting.table, settings, ipRanges: valueOf(parseIpRanges(fleet.ipRanges)) };
let handlers: SeenCache[] = newHandlers();
let asked = new Map<string, Workload>();
let published = 0;

function newHandlers(): SeenCache[] {
  return Array.from({ length: HANDLERS }, () => boundedSeenCache());
}

interface Phase {
  readonly name: string;
  readonly events: number;
  readonly seconds: number;
  readonly consumed: Consumed;
}

async function phase(name: string, calls: Iterable<{ now: number; records: readonly unknown[] }>): Promise<Phase> {
  counting.take();
  let events = 0;
  let seconds = 0;
  for (const { now, records } of calls) {
    const began = performance.now();
    await observe(records, now);
    await confirm(now);
    seconds += (performance.now() - began) / 1_000;
    events += records.length;
  }
  return { name, events, seconds, consumed: counting.take() };
}

/** Batches go to whoever is free; all handlers work at once. */
async function observe(records: readonly unknown[], now: number): Promise<void> {
  const batches: unknown[][] = [];
  for (let at = 0; at < records.length; at += BATCH) batches.push(records.slice(at, at + BATCH));
  await Promise.all(
    handlers.map(async (memory) => {
      for (let batch = batches.shift(); batch; batch = batches.shift()) {
        const parcels = batch.map((record, id) => ({ id, records: [record] }));
        const ask = (workload: Workload): Promise<void> =>
          Promise.resolve(void asked.set(workloadKey(workload), workload));
        const { failed } = await observeRecords(parcels, {
          ...bench,
          kinds: kindsNamed(settings.workloads),
          seen: memory,
          requestConfirm: ask,
          now,
        });
        for (const error of failed.values()) throw error;
      }
    }),
  );
}

async function confirm(now: number): Promise<void> {
  while (asked.size > 0) {
    const workloads = [...asked.values()];
    asked = new Map();
    for (const workload of workloads) {
      const publish = (): Promise<void> => Promise.resolve(void (published += 1));
      const settled = await updateFindings(workload, { ...bench, publish, now });
      for (const other of settled.others) asked.set(workloadKey(other), other);
      await settled.finish();
    }
  }
}

function* minutes(
  start: number,
  count: number,
  callsPerMinute: number,
  { from, isOrdered = false }: { from?: (index: number, minute: number) => string | null; isOrdered?: boolean } = {},
): Generator<{ now: number; records: readonly unknown[] }> {
  for (let minute = 0; minute < count; minute += 1) {
    const time = start + minute * MINUTE;
    const records = fleet.minute(time, callsPerMinute, { from: (index) => from?.(index, minute) ?? null, isOrdered });
    yield { now: time + 2 * MINUTE, records };
  }
}

async function main(): Promise<void> {
  const phases: Phase[] = [];
  const hour = (at: number): number => TRAIL_START + at * HOUR;
  const all = (): boolean => true;
  const weekBefore = TRAIL_START - 7 * 24 * HOUR;
  phases.push(
    await phase('set-up and first calls of a new fleet', [
      { now: weekBefore + HOUR, records: fleet.setUp() },
      { now: weekBefore + 2 * HOUR, records: fleet.issuances(weekBefore + HOUR, all) },
      ...minutes(weekBefore + 2 * HOUR, 1, 1),
      ...minutes(weekBefore + 3 * HOUR, 1, 1),
    ]),
  );
  await phase('a week later', [
    { now: hour(0), records: fleet.issuances(hour(0) - 30 * MINUTE, all) },
    ...minutes(hour(0), 1, 1),
  ]);
  for (const [name, rate, at, isOrdered] of [
    ['10 calls a minute', 10, 1, false],
    ['10 calls a minute, in the order of time', 10, 4, true],
    ['1 call a minute', 1, 7, false],
  ] as const) {
    // One in a hundred instances is seen elsewhere in the hour: half at another address of AWS, half outside.
    const from = (index: number, minute: number): string | null =>
      index % 100 === at && minute >= 15 ? (index % 200 < 100 ? `52.99.${at}.${index % 250}` : '203.0.113.77') : null;
    await phase('before', minutes(hour(at) + 50 * MINUTE, 5, rate));
    handlers = newHandlers();
    phases.push(await phase(`${name}, 5 minutes with cold caches`, minutes(hour(at) + 55 * MINUTE, 5, rate)));
    const sixth = {
      now: hour(at + 1),
      records: fleet.issuances(hour(at + 1) - 10 * MINUTE, (index) => index % 6 === at % 6),
    };
    const turn = await phase('', [sixth, ...minutes(hour(at + 1), 5, rate, { isOrdered })]);
    const rest = await phase('', minutes(hour(at + 1) + 5 * MINUTE, 55, rate, { from, isOrdered }));
    phases.push({ ...turn, name: `${name}, the first 5 minutes of the next hour, keys renewed` });
    phases.push({ ...rest, name: `${name}, the other 55 minutes, 1 % at new origins` });
    phases.push(together(`${name}, that whole hour`, turn, rest));
  }
  report(phases);
  await roundsOfOrganization();
  for (const origins of [1_000, 10_000, MOST_ORIGINS]) await floodOfOrigins(origins);
}

function together(name: string, one: Phase, other: Phase): Phase {
  const byKind = new Map(one.consumed.byKind);
  for (const [kind, times] of other.consumed.byKind) byKind.set(kind, times + (byKind.get(kind) ?? 0));
  return {
    name,
    events: one.events + other.events,
    seconds: one.seconds + other.seconds,
    consumed: {
      requests: one.consumed.requests + other.consumed.requests,
      readUnits: one.consumed.readUnits + other.consumed.readUnits,
      writeUnits: one.consumed.writeUnits + other.consumed.writeUnits,
      byKind,
    },
  };
}

function report(phases: readonly Phase[]): void {
  for (const { name, events, seconds, consumed } of phases) {
    const { requests, readUnits, writeUnits, byKind } = consumed;
    const dollars = (readUnits * PRICE.readUnit + writeUnits * PRICE.writeUnit) / events;
    console.log(
      `${name}: ${events} events, ${((requests * 1_000) / events).toFixed(1)} requests per 1,000 events (${readUnits} RRU, ${writeUnits} WRU), $${dollars.toFixed(3)} a million events, ${Math.round(events / seconds)} events/s`,
    );
    const most = [...byKind].sort((a, b) => b[1] - a[1]).slice(0, 12);
    console.log(`   ${most.map(([kind, times]) => `${kind} ${times}`).join(', ')}`);
  }
  const { items, bytes } = counting.bytes();
  console.log(`${items} items, ${(bytes / 1e6).toFixed(1)} MB, ${published} findings published`);
}

/** Audit events, and a tenth as many alarms: of a program that restarts, and of as many programs. */
async function kubernetes(events: number): Promise<void> {
  await auditObjects(events);
  const alarms = Math.ceil(events / 10);
  for (const ofFinding of [alarms, 1_000, 1]) await alarmObjects(alarms, ofFinding);
}

/** `npm run bench:live -- rounds` measures the supervision of an organisation alone, `trail` log files (200,000 records of each mix), `kubernetes` audit logs (1 million events) and alarms. */
async function run(what: string | undefined): Promise<void> {
  if (what === 'rounds') return roundsOfOrganization();
  if (what === 'trail') return trailFiles(Number(process.argv[4] ?? 200_000));
  if (what === 'kubernetes') return kubernetes(Number(process.argv[4] ?? 1_000_000));
  return main();
}

void run(process.argv[3]);
