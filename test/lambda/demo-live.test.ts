import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findingsTable } from '../../bin/formats/table';
import { replayed } from './live-run';
import { demoStory } from './stories';

// A day of an organisation, on machines that may be busy.

/** Severity, workload and origin of each row, type and role below them; calls and what follows from them may differ. */
function firstColumns(table: string): string[][] {
  const rows = table.split('├').slice(1);
  return rows.map((row) =>
    row
      .split('\n')
      .slice(1, 3)
      .flatMap((line) => line.split('│').slice(1, 4))
      .map((cell) => cell.trim()),
  );
}

test('`npm run demo:live` prints what `npm run demo` does, from what the handlers imported', async () => {
  const options = { cwd: join(__dirname, '../..'), encoding: 'utf8' } as const;
  const { stdout, stderr } = await promisify(execFile)('npm', ['run', '--silent', 'demo:live'], options);
  const expected = firstColumns([...findingsTable(replayed(demoStory()), 100, false)].join(''));
  expect(expected).toHaveLength(14);
  expect(firstColumns(stdout)).toEqual(expected);
  expect(stderr).toContain('14 findings in Security Hub');
  expect(stderr).toContain('equal to what replay finds');
});
