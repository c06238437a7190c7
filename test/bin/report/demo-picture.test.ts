import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledCommand, DEMO, place, removeAll } from '../credlock-command';

afterAll(removeAll);

test('demo/picture.svg is what the demo tells today (npm run demo:picture writes it)', async () => {
  const file = place('picture.svg');
  execFileSync(process.execPath, [join(DEMO, 'draw-picture.mjs'), await bundledCommand(), file]);
  const drawn = readFileSync(file, 'utf8');
  expect(drawn).toContain('192.0.2.66');
  expect(drawn === readFileSync(join(DEMO, 'picture.svg'), 'utf8')).toBe(true);
});
