// Compares the two ways of reading records on 100,000 rewritten records and streams: `npm run bench:paths -- 1000000 7` tries more, by another seed.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const [runs = '100000', seed = String(Date.now())] = process.argv.slice(2);
const root = join(import.meta.dirname, '..');
console.log(`LOG_FILE_RUNS=${runs} LOG_FILE_SEED=${seed}`);
const { status } = spawnSync(
  process.execPath,
  [join(root, 'node_modules/jest/bin/jest.js'), '--testTimeout', '7200000', 'test/properties/log-file-'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, LOG_FILE_RUNS: runs, LOG_FILE_SEED: seed } },
);
process.exitCode = status ?? 1;
