import { seededRandom } from '../../bench/random';
import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { assembleHistories } from '../../lambda/detection/history';
import { cidrSet } from '../../lambda/detection/address';
import { kindsNamed } from '../../lambda/detection/workload-kinds';
import { observeRecords } from '../../lambda/live/observe-records';
import { readRecord } from '../../lambda/detection/read-record';
import { settle } from '../../lambda/live/settle';
import type { Finding } from '../../lambda/detection/finding';
import { allScenarios, factsOf, ipRangesOf } from '../scenario';
import { comparable, replayed } from './live-run';

const from = Number(process.env.FROM ?? 1), count = Number(process.env.COUNT ?? 100), size = Number(process.env.SIZE ?? 4);
it('gather', async () => {
  const all = allScenarios();
  const bad: string[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const random = seededRandom(seed * 7919);
    const chosen = Array.from({ length: size }, () => random.pick(all));
    const one = random.pick(chosen);
    const parsed = parseSettings({ serviceCallerFindings: random.chance(0.3), ...one.settings });
    if ('faults' in parsed) throw new Error();
    const { settings } = parsed;
    const story = { records: chosen.flatMap((s) => s.records).filter(() => !random.chance(Number(process.env.DROP ?? 0.1))), settings, ipRanges: ipRangesOf(one.ipRanges) };
    const expected = replayed(story).map(comparable);
    const facts = factsOf(story.records);
    const kinds = kindsNamed(settings.workloads);
    const workloads = [...assembleHistories(facts, kinds, cidrSet(settings.privateNetworks)).byWorkload.values()].map((h) => h.workload);
    const table = memoryLockTable();
    const now = Math.max(0, ...story.records.map((r) => { const x = readRecord(r); return 'skip' in x ? 0 : x.record.time; }));
    const hub = new Map<string, { finding: Finding; updatedAt: number }>();
    const publish = (finding: Finding, updatedAt: number) => { const k = hub.get(finding.id); if (!k || k.updatedAt < updatedAt) hub.set(finding.id, { finding, updatedAt }); return Promise.resolve(); };
    await observeRecords(story.records.map((r, id) => ({ id, records: [r] })), { table, settings, ipRanges: story.ipRanges, kinds, memory: new Map(), ask: () => Promise.resolve(), now });
    for (let round = 0; round < 3; round += 1) for (const w of workloads) await settle(w, { table, settings, ipRanges: story.ipRanges, publish, now: now + round });
    const found = [...hub.values()].map(({ finding }) => finding).filter(({ status }) => status === 'ACTIVE').sort((a, b) => a.firstSeen < b.firstSeen ? -1 : a.firstSeen > b.firstSeen ? 1 : a.id < b.id ? -1 : 1);
    try { expect(found.map(comparable)).toEqual(expected); } catch (error) { bad.push(`${seed} ${chosen.map((s) => s.name).join()} ${String((error as Error).message).slice(0, Number(process.env.LONG ?? 0))}`); }
  }
  console.log(`${count} runs, ${bad.length} fail\n${bad.slice(0, 30).join('\n')}`);
}, 600000);
