import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findingsTable } from '../../bin/replay/findings-table';
import { replayed } from './live-run';
import { demoStory } from './stories';

// A day of an organisation, on machines that may be busy.
jest.setTimeout(400_000);

test('`npm run demo:live` prints what `npm run demo` does, from what the handlers imported', async () => {
  const options = { cwd: join(__dirname, '../..'), encoding: 'utf8' } as const;
  const { stdout, stderr } = await promisify(execFile)('npm', ['run', '--silent', 'demo:live'], options);
  expect(stdout).toBe([...findingsTable(replayed(demoStory()), 100, false)].join(''));
  expect(stderr).toContain('14 findings in Security Hub');
  expect(stderr).toContain('equal to what replay finds');
});
