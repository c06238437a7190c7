import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FactReader } from '../../../bin/replay/fact-reader';
import { FactSet } from '../../../lambda/detection/facts/fact-set';
import { LogFileFacts } from '../../../lambda/fact-reading/log-file-facts';

const RECORD = '{"eventName":"GetObject","eventSource":"s3.amazonaws.com","userIdentity":{"type":"AWSAccount"}}';

test('a scanner that cannot run, for want of memory, is not asked for again with each file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'credlock-'));
  const path = join(folder, 'one.json');
  writeFileSync(path, `{"Records":[${RECORD}]}`);
  const create = jest.spyOn(LogFileFacts, 'create').mockReturnValue(null);
  try {
    const reader = new FactReader(new FactSet(), { workloads: [], now: Infinity, digests: false });
    const input = { path, regular: true, problem: null };
    for (let file = 0; file < 3; file += 1) expect((await reader.read(input)).records).toBe(1);
    expect(create).toHaveBeenCalledTimes(1);
  } finally {
    create.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
