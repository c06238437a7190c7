import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundledCommand, removeAll } from '../credlock-command';

afterAll(removeAll);

test('the command line starts without the chart library, which lies beside it', async () => {
  const command = await bundledCommand();
  const source = readFileSync(command, 'utf8');
  const report = join(dirname(command), 'report.js');
  // Names no minifier shortens: of the document that is drawn on, and of a mark.
  const markers = ['DOMParser', 'text-overflow'];
  expect(markers.filter((marker) => !readFileSync(report, 'utf8').includes(marker))).toEqual([]);
  expect(markers.filter((marker) => source.includes(marker))).toEqual([]);
  expect(source.includes('./report.js')).toBe(true);
  expect(statSync(command).size).toBeLessThan(600_000);
});
