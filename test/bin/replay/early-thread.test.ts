import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEarly, takeEarlyThread } from '../../../bin/replay/early-thread';

jest.mock('node:os', () => ({ ...jest.requireActual<object>('node:os'), availableParallelism: jest.fn(() => 2) }));
const cores = jest.mocked(availableParallelism);

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'credlock-'));
  for (const name of ['1.json', '2.json']) writeFileSync(join(folder, name), Buffer.alloc(2_000_000));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Whether the arguments start the thread, which is stopped. */
async function starts(...args: string[]): Promise<boolean> {
  startEarly(args);
  const thread = takeEarlyThread();
  await thread?.stop();
  expect(takeEarlyThread()).toBeNull();
  return thread !== null;
}

test('starts the thread for a folder of many bytes, and gives it away once', async () => {
  expect(await starts('replay', folder)).toBe(true);
  expect(await starts('replay', folder, '--format', 'jsonl', '--threads', '2')).toBe(true);
});

test('starts none where it may not be needed', async () => {
  expect(await starts('replay', join(folder, '1.json'))).toBe(false);
  expect(await starts('replay', join(folder, 'missing'))).toBe(false);
  expect(await starts('replay', '--format', 'jsonl', folder)).toBe(false);
  expect(await starts('hunt', folder)).toBe(false);
  expect(await starts('replay')).toBe(false);
  expect(await starts()).toBe(false);
});

test('starts none where one thread is asked for, or the machine has one core', async () => {
  expect(await starts('replay', folder, '--threads', '1')).toBe(false);
  expect(await starts('replay', folder, '--threads=1')).toBe(false);
  cores.mockReturnValue(1);
  expect(await starts('replay', folder)).toBe(false);
  expect(await starts('replay', folder, '--threads', '2')).toBe(true);
});
