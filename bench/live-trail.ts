import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { memoryLockTable } from '../lambda/adapters/memory/memory-lock-table';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { valueOf } from '../lambda/detection/model/result';
import { parseSettings } from '../lambda/detection/parse-settings';
import { fastReading } from '../lambda/observing/log-file-records';
import { LogFileScanner } from '../lambda/trail-files/log-file-scanner';
import { observeMessages, type MessageContext } from '../lambda/observing/observe-messages';
import { Heartbeats } from '../lambda/store/heartbeats';
import type { LockTable } from '../lambda/store/lock-table';
import { boundedSeenCache } from '../lambda/store/seen-cache';
import { countingTable } from './counting-table';
import { trailRecords } from './generate-trail';
import { HEAVY_BENCH, ipRanges, REPLAY_BENCH, TRAIL_START, type TrailShape } from './trail-world';
import { HUB, objectNotice } from './object-notice';

const SCANNER = join(process.argv[2] ?? '.', 'dist/lambda/observe');
const BUCKET = 'organization-trail';
const MINUTE = 60_000;
/** S3 sends an object in pieces. */
const PIECE = 64 * 1_024;
/** The first ones, in which a fleet is new to the detector, are not measured. */
const HOURS = 5;
const FIRST_HOURS = 3;
const HANDLER_GB = 1.769;

/** List prices of us-east-1, arm64, in USD. The function's time is the processor's, of which it has one. */
const PRICE = {
  gbSecond: 0.000_013_333_4,
  /** Notification, queue, invocation and GET. */
  file: 0.000_000_4 * 3 + 0.000_000_2 + 0.000_000_4,
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
};

interface LogFile {
  readonly key: string;
  readonly bytes: Buffer;
  readonly records: number;
  /** When it is delivered, in epoch milliseconds. */
  readonly at: number;
}

/** Reads log files of both mixes of records, of 1,500 records each and of 10,000: by the ordinary path alone, and with the scanner. */
export async function trailFiles(records: number): Promise<void> {
  const scanner = LogFileScanner.create(SCANNER);
  if (!scanner) throw new Error(`${SCANNER} has no scanner: run \`npm run build\` first`);
  for (const [mix, shape] of [
    ['realistic', REPLAY_BENCH],
    ['heavy', HEAVY_BENCH],
  ] as const)
    for (const recordsPerFile of [1_500, 10_000]) {
      const files = [...logFiles({ ...shape, days: HOURS / 24, records, recordsPerFile })];
      const what = `${mix}, files of ${recordsPerFile.toLocaleString('en')}`;
      await measure(`${what}, ordinary path`, files, null);
      await measure(`${what}, scanner`, files, scanner);
    }
}

/** Each file holds records of one account; all are in the order of time. */
function* logFiles(shape: TrailShape): Generator<LogFile> {
  const all = Array.from(trailRecords(shape), (text) => ({ text, time: timeOf(text) })).sort((a, b) => a.time - b.time);
  const open = new Map<string, string[]>();
  let files = 0;
  for (const { text } of all) {
    const account = /"recipientAccountId":"(\d+)"/.exec(text)?.[1] ?? '';
    const records = open.get(account) ?? [];
    open.set(account, records);
    records.push(text);
    if (records.length >= shape.recordsPerFile) yield logFile(account, records.splice(0), (files += 1));
  }
  for (const [account, records] of open) if (records.length > 0) yield logFile(account, records, (files += 1));
}

function timeOf(record: string): number {
  return Date.parse(/"eventTime":"([^"]+)"/.exec(record)?.[1] ?? '');
}

function logFile(account: string, records: readonly string[], id: number): LogFile {
  const at = timeOf(records.at(-1) ?? '') + 5 * MINUTE;
  const key = `AWSLogs/${account}/CloudTrail/eu-west-1/${id}.json.gz`;
  return { key, bytes: gzipSync(`{"Records":[${records.join(',')}]}`), records: records.length, at };
}

async function measure(what: string, files: readonly LogFile[], scanner: LogFileScanner | null): Promise<void> {
  const counting = countingTable(memoryLockTable());
  const contextAt = observingWith(counting.table, files, scanner);
  const observe = async ({ key, at }: LogFile): Promise<void> => {
    const failed = await observeMessages(
      [{ messageId: '1', body: JSON.stringify(objectNotice(BUCKET, key)) }],
      contextAt(at),
    );
    for (const error of failed.values()) throw error;
  };
  const from = TRAIL_START + FIRST_HOURS * 60 * MINUTE;
  for (const file of files) if (file.at < from) await observe(file);
  const measured = files.filter(({ at }) => at >= from);
  const records = measured.reduce((sum, file) => sum + file.records, 0);
  counting.take();
  const began = performance.now();
  const cpu = process.cpuUsage();
  for (const file of measured) await observe(file);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const processor = (user + system) / 1e6;
  const { requests, readUnits, writeUnits } = counting.take();
  const million = 1e6 / records;
  const costs = {
    function: processor * HANDLER_GB * PRICE.gbSecond,
    files: measured.length * PRICE.file,
    table: readUnits * PRICE.readUnit + writeUnits * PRICE.writeUnit,
  };
  const sum = Object.values(costs).reduce((total, cost) => total + cost, 0);
  const dollars = Object.entries(costs).map(([part, cost]) => `${part} $${(cost * million).toFixed(4)}`);
  console.log(
    `${what}: ${records.toLocaleString('en')} records: ${(seconds * million).toFixed(1)} s a million (processor ${(processor * million).toFixed(1)} s), ${Math.round(requests * million).toLocaleString('en')} requests to the table a million; RSS ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  );
  console.log(`   $${(sum * million).toFixed(3)} a million: ${dollars.join(', ')}`);
}

function observingWith(
  table: LockTable,
  files: readonly LogFile[],
  scanner: LogFileScanner | null,
): (now: number) => MessageContext {
  const settings = valueOf(parseSettings({}));
  const byKey = new Map(files.map(({ key, bytes }) => [key, bytes]));
  const nothing = (): void => {};
  const trail = { bucket: BUCKET, prefix: '' };
  const seen = boundedSeenCache();
  const shared = {
    table,
    fast: scanner && fastReading(seen, scanner),
    settings,
    kinds: kindsNamed(settings.workloads),
    ipRanges: valueOf(parseIpRanges(ipRanges())),
    seen,
    requestConfirm: () => Promise.resolve(),
    heartbeats: new Heartbeats(),
    hubAccount: HUB,
    deployed: { trail, detectorKey: null, hub: { account: HUB, region: null } },
    quarantine: ({ reason, detail }: { reason: string; detail: string }) =>
      Promise.reject(new Error(`${reason}: ${detail}`)),
    trail,
    open: ({ key }: { key: string }) => Promise.resolve(pieces(byKey.get(key) ?? Buffer.alloc(0))),
    log: { info: nothing, warn: nothing, error: nothing },
    meter: { count: nothing, milliseconds: nothing, flush: nothing },
  };
  return (now) => ({ ...shared, now, samples: { ...shared, now } });
}

async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield await Promise.resolve(bytes.subarray(at, at + PIECE));
}
