import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { whileLocked } from '../../../bin/files/while-locked';

const folder = mkdtempSync(join(tmpdir(), 'credlock-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('an empty lock is waited for while it may be being written', async () => {
  const path = join(folder, 'fresh');
  writeFileSync(`${path}.lock`, '');
  // However slow the machine is.
  const minuteLater = new Date(Date.now() + 60_000);
  utimesSync(`${path}.lock`, minuteLater, minuteLater);
  const work = jest.fn(() => Promise.resolve());
  const run = whileLocked(path, work);
  await pause(200);
  expect(work).not.toHaveBeenCalled();

  rmSync(`${path}.lock`);
  await run;
  expect(work).toHaveBeenCalledTimes(1);
});

test('an empty lock that is older is that of a process which was killed, and is removed', async () => {
  const path = join(folder, 'old');
  writeFileSync(`${path}.lock`, '');
  const minuteAgo = new Date(Date.now() - 60_000);
  utimesSync(`${path}.lock`, minuteAgo, minuteAgo);

  await expect(whileLocked(path, () => Promise.resolve('done'))).resolves.toBe('done');
  expect(existsSync(`${path}.lock`)).toBe(false);
});
