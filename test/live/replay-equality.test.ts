import { memoryLockTable } from '../../lambda/adapters/memory-lock-table';
import type { Finding } from '../../lambda/detection/finding';
import { parseSettings } from '../../lambda/detection/parse-settings';
import { filed, partition } from '../../lambda/live/filing';
import { readFacts } from '../../lambda/detection/read-facts';
import { readRecord } from '../../lambda/detection/read-record';
import { settle } from '../../lambda/live/settle';
import { touchedBy, unique } from '../../lambda/live/touched';
import { kindsNamed } from '../../lambda/detection/workload-kinds';
import { workloadKey, type Workload } from '../../lambda/detection/workload';
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
  const table = memoryLockTable();
  const published = new Map<string, { finding: Finding; updatedAt: number }>();
  const publish = (finding: Finding, updatedAt: number): Promise<void> => {
    const known = published.get(finding.id);
    if (!known || known.updatedAt < updatedAt) published.set(finding.id, { finding, updatedAt });
    return Promise.resolve();
  };
  const kinds = kindsNamed(settings.workloads);
  let now = Date.UTC(2026, 10, 1);
  const bench = { table, settings, ipRanges: ipRangesOf(scenario.ipRanges), publish };
  let queue: Workload[] = [];
  for (const value of scenario.records) {
    const reading = readRecord(value);
    if ('skip' in reading) continue;
    const { record } = reading;
    await table.keep({ pk: partition.accounts, sk: `T#${record.account}`, body: '', expires: 0 });
    for (const fact of readFacts(record, kinds).facts) {
      for (const item of filed(fact, settings.retentionDays)) {
        if ('keep' in item) await table.keep(item.keep);
        else await table.merge(item.merge);
      }
      queue.push(...(await touchedBy(fact, table)));
    }
  }
  for (let round = 0; round < 10 && queue.length > 0; round += 1) {
    const next: Workload[] = [];
    for (const workload of unique(queue)) next.push(...(await settle(workload, { ...bench, now: (now += 1_000) })));
    queue = next;
  }
  const findings = [...published.values()].map(({ finding }) => finding).filter(({ status }) => status === 'ACTIVE');
  return findings.sort((a, b) => (a.firstSeen < b.firstSeen ? -1 : a.firstSeen > b.firstSeen ? 1 : a.id < b.id ? -1 : 1));
}

function comparable({ calls: _c, callsAtLeast: _a, lastSeen: _l, events: _e, ...rest }: Finding): object {
  return rest;
}

export { workloadKey };
