import { readFileSync, writeFileSync } from 'node:fs';
import { place, put, removeAll, replay, chapter } from '../credlock-command';
import { trailLines } from '../replay/trail-lines';
import { Chromium, describeInBrowser } from './browser';

/** What somebody could have CloudTrail write: user agents are free text, and a name may break out of anything. */
const EVIL = `"'></svg></title></script><img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}\u202e\u001b[2J`;

const chromium = new Chromium();
let file: string;

beforeAll(async () => {
  file = place('hostile.html');
  const records = trailLines(chapter('03')).map((line) => {
    const record = JSON.parse(line) as Record<string, unknown>;
    const { sourceIPAddress } = record;
    if (sourceIPAddress !== '192.0.2.66') return line;
    return JSON.stringify({ ...record, userAgent: EVIL, eventName: `Get${EVIL}`, errorCode: EVIL, awsRegion: EVIL });
  });
  const text = records.join('\n').replaceAll('assumed-role/receipts/', 'assumed-role/rec<b>$(touch x)`id`/');
  const input = put('hostile.json', text);
  const { code, stderr } = await replay([input, '--format', 'html', '--out', file]);
  if (code !== 0) throw new Error(stderr);
});

afterAll(async () => {
  await chromium.close();
  removeAll();
});

test('records are text in the page, and only that', () => {
  const html = readFileSync(file, 'utf8');
  const holds = (text: string): boolean => html.includes(text);
  expect(['onerror=alert(1)', 'rec&lt;b&gt;'].filter((text) => !holds(text))).toEqual([]);
  expect(['<img', '<script>alert', '\u202e', '\u001b', '<b>$('].filter(holds)).toEqual([]);
  // The page's script, and the packed CSV.
  expect(html.match(/<script/g)).toHaveLength(2);
});

test('the policy allows the page’s own script and styles by their hashes, and nothing else', () => {
  const html = readFileSync(file, 'utf8');
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
  expect(policy.replaceAll('&#39;', "'")).toMatch(
    /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'$/,
  );
  expect(/<[^>]* style=/.exec(html.replace(/<style>[\s\S]*?<\/style>/, ''))).toBeNull();
});

describeInBrowser('a report of hostile records', () => {
  test('runs nothing of them, also when everything is open', async () => {
    const { page, said, asked } = await chromium.open(file);
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    await page.waitForTimeout(200);
    expect(said).toEqual([]);
    expect(asked).toEqual([]);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('dd', { hasText: 'onerror=alert(1)' }).count()).toBeGreaterThan(0);
    await page.close();
  });

  test('a policy stops what would slip through', async () => {
    const html = readFileSync(file, 'utf8').replace('</main>', '<script>alert(3)</script></main>');
    const slipped = place('slipped.html');
    writeFileSync(slipped, html);
    const { page, said } = await chromium.open(slipped);
    expect(said.join(' ')).toContain('Content Security Policy');
    expect(said.join(' ')).not.toContain('dialog');
    await page.close();
  });
});
