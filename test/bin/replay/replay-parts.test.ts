import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { CONFIG, DEMO, put, removeAll, replay, type Run } from '../credlock-command';
import { trailLines } from './trail-lines';

/** From here on a stream is read in parts, of 2 MB at most. */
const SHARED_AFTER = 16 * 1024 * 1024;

const lines = trailLines(join(DEMO, 'trail'));

/** More than is read before and in the first parts; in one of the further parts there is a record that is cut, and one of the future. */
function longTrail(): Buffer {
  const [one = ''] = lines;
  const odd = [one.slice(0, 300), one.replace(/"eventTime":"[^"]+"/, '"eventTime":"2999-01-01T00:00:00Z"')];
  const text = `${lines.join('\n')}\n`;
  const times = Math.ceil(SHARED_AFTER / text.length) + 1;
  const further = text.repeat(Math.ceil((4 * 1024 * 1024) / text.length));
  return Buffer.from([text.repeat(times), further, `${odd.join('\n')}\n`, further].join(''));
}

const trail = longTrail();
const records = trail
  .toString()
  .split('\n')
  .filter((line) => line.endsWith('}'));
const file = put('trail.jsonl', trail);
const packed = put('trail.json.gz', gzipSync(trail));
const list = put('list.json', `{"Records":[${records.join(',\n')}]}`);

afterAll(removeAll);

async function run(input: string, threads: number): Promise<Run> {
  const args = ['--config', CONFIG, '--format', 'jsonl', '--threads', String(threads)];
  return input === '-' ? replay(['-', ...args], { stdin: trail }) : replay([input, ...args]);
}

test.each([
  ['a file', file],
  ['a list of records', list],
  ['a gzip file', packed],
  ['standard input', '-'],
])('of %s that is read in parts, the findings, counts and problems are those of one thread', async (_, input) => {
  const alone = await run(input, 1);
  expect(alone.stdout.split('\n').length).toBeGreaterThan(5);
  expect(alone.stderr).toContain('rejected, since the time is more than 24 hours in the future');
  for (const threads of input === file ? [2, 3] : [2]) expect(await run(input, threads)).toEqual(alone);
});
