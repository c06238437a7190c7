import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { sendCanaries, type CanaryTarget } from '../../../lambda/watching/canaries';

const START = Date.parse('2026-09-01T12:00:00Z');
const REGIONS = ['eu-west-1', 'us-east-1', 'ap-south-1'];
const CAGES: CanaryTarget[] = Array.from({ length: 100 }, (_, at) => String(100_000_000_000 + at)).flatMap((account) =>
  REGIONS.map((region) => ({ account, region, roleArn: `arn:aws:iam::${account}:role/credlock-verification` })),
);

test('a Region that hangs keeps no other waiting, and what there is no time for is reported', async () => {
  let now = START;
  let hanging = 0;
  let most = 0;
  const assumed: string[] = [];
  const assume = async ({ region }: CanaryTarget): Promise<void> => {
    if (region === 'us-east-1') {
      most = Math.max(most, (hanging += 1));
      await new Promise((resolve) => setTimeout(resolve, 5));
      hanging -= 1;
      // Eight of them hang for so long together.
      now += 14_000 / 8;
      throw new Error('timed out');
    }
    assumed.push(region);
  };
  const { sent, refused } = await sendCanaries(CAGES, [], { table: memoryLockTable(), assume, now: () => now });
  expect([sent, assumed.length, most]).toEqual([200, 200, 8]);
  expect(new Set(refused.map(({ region }) => region))).toEqual(new Set(['us-east-1']));
  const reasons = refused.map(({ reason }) => reason);
  expect(reasons).toHaveLength(100);
  expect(new Set(reasons)).toEqual(new Set(['timed out']));
});

test('when the time is over the rest is refused, so that there is time to say so', async () => {
  let now = START;
  let asked = 0;
  const assume = (): Promise<void> => {
    asked += 1;
    now += 10_000;
    return Promise.reject(new Error('timed out'));
  };
  const { sent, refused } = await sendCanaries(CAGES, [], { table: memoryLockTable(), assume, now: () => now });
  expect([sent, refused.length]).toEqual([0, 300]);
  expect(asked).toBeLessThanOrEqual(21);
  expect(refused.filter(({ reason }) => reason === 'no time was left')).toHaveLength(300 - asked);
});
