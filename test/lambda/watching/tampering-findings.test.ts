import * as fc from 'fast-check';
import { seededRandom } from '../../../trail-writer/random';
import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { composeTampering, tamperingGroup } from '../../../lambda/detection/tampering/compose-tampering';
import type { Finding } from '../../../lambda/detection/model/finding';
import { DEFAULT_SETTINGS } from '../../../lambda/detection/parse-settings';
import type { Tampering } from '../../../lambda/detection/tampering/read-tampering';
import type { LockTable } from '../../../lambda/store/lock-table';
import { reportTampering } from '../../../lambda/watching/tampering-findings';
import { eachCall } from '../live-run';

const ACCOUNTS = ['111122223333', '444455556666'];
const START = Date.parse('2026-09-01T10:00:00Z');

function tampering(at: number): Tampering {
  return {
    eventId: `event-${at}`,
    // Two hours, two accounts.
    time: START + at * 500_000,
    partition: 'aws',
    account: ACCOUNTS[at % 2] ?? '',
    region: 'eu-west-1',
    eventSource: 'events.amazonaws.com',
    eventName: 'DeleteRule',
    errorCode: null,
    userAgent: 'aws-cli/2.17.44',
    part: 'rule',
    name: `credlock-${at}`,
    kind: 'harm',
    was: 'deleted',
    by: 'arn:aws:iam::111122223333:user/ada',
    accessKeyId: 'AKIAEXAMPLE',
    workload: at % 7 === 0 ? { partition: 'aws', account: '111122223333', kind: 'ec2-instance', id: 'i-1' } : null,
    shown: at % 7 === 0 ? 'scope' : 'none',
    source: { ip: '203.0.113.9', service: null, attributed: false, endpointId: null, endpointAccount: null },
    byDeployment: false,
  };
}

/** What all sinks hold in the end, by id: of two sayings the later counts. */
class Sinks {
  private readonly said = new Map<string, { readonly finding: Finding; readonly updatedAt: number }>();
  private time = START + 10_000_000;

  readonly now = (): number => (this.time += 1);

  readonly publish = (finding: Finding, updatedAt: number): Promise<void> => {
    const known = this.said.get(finding.id);
    if (!known || known.updatedAt <= updatedAt) this.said.set(finding.id, { finding, updatedAt });
    return Promise.resolve();
  };

  get findings(): Finding[] {
    return [...this.said.values()].map(({ finding }) => finding).sort((a, b) => (a.id < b.id ? -1 : 1));
  }
}

/** Calls take their turns in random order. */
function slow(table: LockTable, seed: number): LockTable {
  const random = seededRandom(seed);
  const pause = async (): Promise<void> => {
    for (let turns = random.below(6); turns > 0; turns -= 1) await Promise.resolve();
  };
  return eachCall(table, async (does) => {
    await pause();
    const answer = await does();
    await pause();
    return answer;
  });
}

test('whatever the order, the batches, the repetitions and who else is at it: all is reported, once', async () => {
  const all = Array.from({ length: 14 }, (_, at) => tampering(at));
  const groups = new Map<string, Tampering[]>();
  for (const one of all) groups.set(tamperingGroup(one), [...(groups.get(tamperingGroup(one)) ?? []), one]);
  const expected = [...groups.values()]
    .flatMap((group) => composeTampering(group) ?? [])
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(expected).toHaveLength(4);

  const plan = fc.record({
    order: fc.shuffledSubarray([...all, ...all.slice(0, 5)], { minLength: 19 }),
    size: fc.integer({ min: 1, max: 6 }),
    workers: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ order, size, workers, seed }) => {
      const table = memoryLockTable();
      const sinks = new Sinks();
      const waiting = [...order];
      const work = async (worker: number): Promise<void> => {
        const teller = { ...sinks, table: slow(table, seed + worker), settings: DEFAULT_SETTINGS };
        for (let batch = waiting.splice(0, size); batch.length > 0; batch = waiting.splice(0, size)) {
          const { faults } = await reportTampering(batch, teller);
          waiting.push(...faults.keys());
        }
      };
      await Promise.all(Array.from({ length: workers }, (_, worker) => work(worker)));
      expect(sinks.findings).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});
