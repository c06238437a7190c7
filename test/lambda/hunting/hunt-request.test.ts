import { HUNT_FILES } from '../../../lambda/hunt-names';
import { ipRangesIn, keptPlan, planAndKeep, settingsIn } from '../../../lambda/hunting/hunt-request';
import { MemoryWorkStore } from './memory-work-store';

async function asked(settings: object): Promise<MemoryWorkStore> {
  const store = new MemoryWorkStore();
  await store.put(HUNT_FILES.settings, Buffer.from(JSON.stringify(settings)));
  return store;
}

async function* files() {
  yield await Promise.resolve({ key: 'a', bytes: 300, account: '111122223333', written: 0 });
}

const NOW = Date.parse('2026-10-01T00:00:00Z');
const SIZES = { batchSize: 100, partSize: 100, workDays: 7, outputs: [], to: NOW };

test('what a hunt is judged by does not change once it is planned', async () => {
  const store = await asked({ doorHours: 5 });
  await planAndKeep(files(), SIZES, NOW, store);
  await store.put(HUNT_FILES.settings, Buffer.from('{"doorHours": 6}'));
  await store.put(HUNT_FILES.ipRanges, Buffer.from('{}'));
  expect((await settingsIn(store)).doorHours).toBe(5);
  expect(await ipRangesIn(store)).toBeNull();
  expect(await keptPlan(store)).toMatchObject({
    files: 1,
    batches: 1,
    parts: 3,
    expires: NOW + 7 * 86_400_000,
    until: NOW,
  });
});

test('a hunt with settings that are not valid is not planned, and may be once they are', async () => {
  const store = await asked({ doorHours: 'five' });
  await expect(planAndKeep(files(), SIZES, NOW, store)).rejects.toThrow('doorHours');
  expect(await store.list('plan/')).toEqual([]);
  await store.put(HUNT_FILES.settings, Buffer.from('{}'));
  await planAndKeep(files(), SIZES, NOW, store);
});
