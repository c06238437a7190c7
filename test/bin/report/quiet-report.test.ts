import { readFileSync } from 'node:fs';
import { chapter, CONFIG, place, put, removeAll, replay } from '../credlock-command';

afterAll(removeAll);

async function reported(path: string): Promise<{ html: string; code: number | null }> {
  const out = place('quiet.html');
  const { code } = await replay([path, '--config', CONFIG, '--format', 'html', '--out', out]);
  return { html: readFileSync(out, 'utf8'), code };
}

const holds = (html: string, texts: readonly string[]): string[] => texts.filter((text) => html.includes(text));

test('a quiet morning is told as such, with what was read and what was left out', async () => {
  const { html, code } = await reported(chapter('01'));
  expect(code).toBe(0);
  const told = ['<h1 id="summary-heading">No findings</h1>', 'Digest files', 'Pre-signed URLs', 'Relayed: '];
  expect(holds(html, told)).toEqual(told);
  expect(holds(html, ['<svg', 'id="filters"', 'Nothing was judged', 'could not be read'])).toEqual([]);
});

test('no findings of nothing are no all-clear', async () => {
  const { html, code } = await reported(put('empty.json', '{"Records":[]}'));
  expect(code).toBe(2);
  const told = ['No findings', 'Nothing was judged: no record shows a call with the credentials of a workload.'];
  expect(holds(html, told)).toEqual(told);
});

test('what could not be read is named, with the reason', async () => {
  const { html, code } = await reported(put('<b>broken</b>.json.gz', Buffer.from('1f8b0800', 'hex')));
  expect(code).toBe(2);
  const told = [
    '1 input could not be read completely: see Coverage.',
    '1 input not read completely',
    '&lt;b&gt;broken&lt;/b&gt;.json.gz',
  ];
  expect(holds(html, told)).toEqual(told);
});
