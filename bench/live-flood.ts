import { memoryLockTable } from '../lambda/adapters/memory/memory-lock-table';
import { updateFindings } from '../lambda/confirming/update-findings';
import { kindsNamed } from '../lambda/detection/kinds/all-kinds';
import type { Finding } from '../lambda/detection/model/finding';
import { parseIpRanges } from '../lambda/detection/model/ip-ranges';
import { valueOf } from '../lambda/detection/model/result';
import { workloadKey, type Workload } from '../lambda/detection/model/workload';
import { parseSettings } from '../lambda/detection/parse-settings';
import { observeRecords } from '../lambda/observing/observe-records';
import { boundedSeenCache } from '../lambda/store/seen-cache';
import { countingTable } from './counting-table';
import { Fleet } from './live-fleet';
import { TRAIL_START } from './trail-world';

const BATCH = 100;
const BATCHES_A_MINUTE = 10;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The credentials of one instance, used from ever new addresses: 1,000 a minute. */
export async function floodOfOrigins(origins: number): Promise<void> {
  const fleet = new Fleet(10);
  const settings = valueOf(parseSettings({}));
  const counting = countingTable(memoryLockTable());
  const judging = { table: counting.table, settings, ipRanges: valueOf(parseIpRanges(fleet.ipRanges)) };
  const requests: { readonly workload: Workload; readonly notBefore: number }[] = [];
  const open = new Map<string, Finding>();
  const withdrawn = new Set<string>();
  const seen = boundedSeenCache();
  let confirmed = 0;
  let longest = 0;

  const timed = async (act: () => Promise<void>): Promise<void> => {
    const began = performance.now();
    await act();
    longest = Math.max(longest, performance.now() - began);
  };
  const observe = (records: readonly unknown[], now: number): Promise<void> =>
    timed(async () => {
      const requestConfirm = (workload: Workload, notBefore: number): Promise<void> =>
        Promise.resolve(void requests.push({ workload, notBefore }));
      const groups = records.map((record, id) => ({ id, records: [record] }));
      const kinds = kindsNamed(settings.workloads);
      const { failed } = await observeRecords(groups, { ...judging, kinds, seen, requestConfirm, now });
      for (const error of failed.values()) throw error;
    });
  const confirm = async (now: number): Promise<void> => {
    const due = new Map<string, Workload>();
    for (const request of requests.splice(0)) {
      if (request.notBefore <= now) due.set(workloadKey(request.workload), request.workload);
      else requests.push(request);
    }
    for (const workload of due.values())
      await timed(async () => {
        confirmed += 1;
        const publish = (finding: Finding): Promise<void> => {
          open.set(finding.id, finding);
          if (finding.status === 'ARCHIVED') withdrawn.add(finding.id);
          return Promise.resolve();
        };
        const update = await updateFindings(workload, { ...judging, publish, now });
        await update.finish();
      });
  };

  const start = TRAIL_START;
  await observe(fleet.setUp(), start);
  await observe(
    fleet.issuances(start, () => true),
    start,
  );
  await observe(fleet.minute(start + HOUR, 1, { from: () => null, isOrdered: true }), start + HOUR);
  counting.take();
  const began = performance.now();
  let now = start + 2 * HOUR;
  for (let at = 0; at < origins; at += BATCH) {
    const records = Array.from({ length: Math.min(BATCH, origins - at) }, (_, index) =>
      fleet.callOfFirst(now + index * 10, addressOf(at + index)),
    );
    await observe(records, now + MINUTE);
    now += MINUTE / BATCHES_A_MINUTE;
    await confirm(now + MINUTE);
  }
  while (requests.length > 0) {
    now += 5 * MINUTE;
    await confirm(now);
  }
  const seconds = (performance.now() - began) / 1_000;
  const { requests: made, readUnits, writeUnits } = counting.take();
  const active = [...open.values()].filter(({ status }) => status === 'ACTIVE');
  console.log(
    `${origins} origins of one credential: ${((made * 1_000) / origins).toFixed(0)} requests per 1,000 events (${readUnits} RRU, ${writeUnits} WRU), ${seconds.toFixed(1)} s, the longest invocation ${(longest / 1_000).toFixed(1)} s, ${confirmed} confirmations, ${active.length} findings open, ${withdrawn.size} withdrawn, heap ${Math.round(process.memoryUsage().heapUsed / 1e6)} MB`,
  );
}

/** Outside AWS. */
function addressOf(index: number): string {
  return `11.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
