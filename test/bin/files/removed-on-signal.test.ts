import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../../../bin/files/replace-file';
import { whileLocked } from '../../../bin/files/while-locked';

test('a signal while a locked file is replaced leaves neither the lock nor a draft', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-'));
  const path = join(folder, 'state');
  const kill = jest.spyOn(process, 'kill').mockReturnValue(true);
  let before: string[] = [];
  let after: string[] = [];
  async function* content(): AsyncGenerator<Uint8Array> {
    yield await Promise.resolve(Buffer.from('half'));
    before = readdirSync(folder);
    process.emit('SIGHUP', 'SIGHUP');
    after = readdirSync(folder);
  }

  await whileLocked(path, () => replaceFile(path, content())).catch(() => undefined);

  expect(before).toHaveLength(2);
  expect(after).toEqual([]);
  expect(kill).toHaveBeenCalledWith(process.pid, 'SIGHUP');
  kill.mockRestore();
  rmSync(folder, { recursive: true });
});
