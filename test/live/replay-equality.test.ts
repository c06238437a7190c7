import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import type { Finding } from '../../lambda/detection/finding';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { observeRecords, type Known } from '../../lambda/live/observe-records';
import { readRecord } from '../../lambda/detection/read-record';
import { settle } from '../../lambda/live/settle';
import { unique } from '../../lambda/live/touched';
import { kindsNamed } from '../../lambda/detection/workload-kinds';
import type { Workload } from '../../lambda/detection/workload';
import { allScenarios, detectIn, factsOf, ipRangesOf, type NamedScenario } from '../scenario';

describe('the live path ends in the findings of replay', () => {
  it.each(allScenarios().map((scenario) => [scenario.story, scenario] as const))('%s', async (_story, scenario) => {
    const expected = detectIn(scenario, factsOf(scenario.records)).findings.map(comparable);
    const found = await live(scenario);
    expect(found.map(comparable)).toEqual(expected);
  });
});

async function live(scenario: NamedScenario): Promise<Finding[]> {
  const parsed = parseSettings(scenario.settings ?? {});
  if ('faults' in parsed) throw new Error(parsed.faults.join());
  const { settings } = parsed;
  const published = new Map<string, { finding: Finding; updatedAt: number }>();
  const publish = (finding: Finding, updatedAt: number): Promise<void> => {
    const known = published.get(finding.id);
    if (!known || known.updatedAt < updatedAt) published.set(finding.id, { finding, updatedAt });
    return Promise.resolve();
  };
  let queue: Workload[] = [];
  const ask = (workload: Workload): Promise<void> => Promise.resolve(void queue.push(workload));
  let now = Math.max(0, ...scenario.records.map(timeOf));
  const bench = { table: memoryLockTable(), settings, ipRanges: ipRangesOf(scenario.ipRanges), publish };
  const observing = { ...bench, kinds: kindsNamed(settings.workloads), memory: new Map<string, Known>(), ask, now };
  for (const [id, record] of scenario.records.entries()) {
    const { failed } = await observeRecords([{ id, records: [record] }], observing);
    expect(failed.size).toBe(0);
  }
  for (let round = 0; round < 10 && queue.length > 0; round += 1) {
    const asked = unique(queue);
    queue = [];
    for (const workload of asked) {
      const settled = await settle(workload, { ...bench, now: (now += 1_000) });
      queue.push(...settled.others);
      await settled.finish();
    }
  }
  const findings = [...published.values()].map(({ finding }) => finding).filter(({ status }) => status === 'ACTIVE');
  return findings.sort((a, b) =>
    a.firstSeen < b.firstSeen ? -1 : a.firstSeen > b.firstSeen ? 1 : a.id < b.id ? -1 : 1,
  );
}

function timeOf(value: unknown): number {
  const reading = readRecord(value);
  return 'skip' in reading ? 0 : reading.record.time;
}

function comparable({ calls: _c, callsAtLeast: _a, lastSeen: _l, events: _e, ...rest }: Finding): object {
  return rest;
}
