import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findingsTable } from '../../bin/formats/table';
import { replayed } from './live-run';
import { demoStory } from './stories';

// A day of an organisation, on machines that may be busy.

/** Severity, type, workload and origin of each finding; calls, and so the order, may differ. */
function rowsOf(table: string): string[] {
  const rows = table.split('\n').filter((line) => /^(?:HIGH|MED) /.test(line));
  return rows.map((row) => row.slice(0, 49)).sort();
}

test('`npm run demo:live` prints what `npm run demo` does, from what the handlers imported', async () => {
  const options = { cwd: join(__dirname, '../..'), encoding: 'utf8' } as const;
  const { stdout, stderr } = await promisify(execFile)('npm', ['run', '--silent', 'demo:live'], options);
  const style = { columns: 100, colours: false, long: false };
  const expected = rowsOf([...findingsTable(replayed(demoStory()), style)].join(''));
  expect(expected).toHaveLength(14);
  expect(rowsOf(stdout)).toEqual(expected);
  expect(stderr).toContain('14 findings in Security Hub');
  expect(stderr).toContain('equal to what replay finds');
});
