import { readFileSync } from 'node:fs';
import { generateTrail } from '../../../bench/generate-trail';
import { REPLAY_BENCH } from '../../../bench/trail-world';
import type { Finding } from '../../../lambda/detection/model/finding';
import { credlock, linesOf, place, removeAll } from '../credlock-command';
import { Chromium, describeInBrowser } from './browser';

const THEFTS = 130;
/** What is written out whole; of the others the essentials are. */
const WRITTEN_OUT = 100;

const chromium = new Chromium();
let file: string;
let findings: Finding[];

beforeAll(async () => {
  const shape = { workloads: THEFTS, thefts: THEFTS, records: 4_000, judged: 0.6, accounts: 3 };
  const trail = await generateTrail(place('trail'), { ...REPLAY_BENCH, ...shape });
  file = place('packed.html');
  const given = ['replay', trail.folder, '--ip-ranges', trail.ipRanges, '--format'];
  const [html, lines] = await Promise.all([credlock([...given, 'html', '--out', file]), credlock([...given, 'jsonl'])]);
  if (html.code !== 0) throw new Error(html.stderr);
  findings = linesOf(lines.stdout).map((line) => JSON.parse(line) as Finding);
});

afterAll(async () => {
  await chromium.close();
  removeAll();
});

test('the essentials of all findings are in the page, pictures only of the first', () => {
  const html = readFileSync(file, 'utf8');
  expect(findings).toHaveLength(THEFTS);
  expect(findings.filter(({ id }) => !html.includes(`id="${id}"`))).toEqual([]);
  const keys = findings.flatMap(({ sessions }) => sessions.flatMap(({ accessKeyIds }) => accessKeyIds));
  expect(keys.filter((key) => !html.includes(key))).toEqual([]);
  expect(html.match(/<svg /g)).toHaveLength(WRITTEN_OUT + 1);
  expect(html.match(/<script type="application\/x-credlock-pack">/g)).toHaveLength(1);
});

describeInBrowser('a report of many incidents', () => {
  test('shows the same of a packed incident as it would have written out', async () => {
    const { page, said } = await chromium.open(file);
    const packed = page.locator('#incidents > ol > li').last();
    expect(await packed.locator('svg').count()).toBe(0);
    await packed.locator('> details > summary').click();
    await packed.locator('svg').waitFor();
    const written = page.locator('#incidents > ol > li').first();
    await written.locator('> details > summary').click();
    const headings = (await written.locator('h4').allTextContents()).sort();
    expect((await packed.locator('h4').allTextContents()).sort()).toEqual(headings);
    expect(headings).toContain('Next steps');
    expect(await packed.locator('svg text').count()).toBeGreaterThan(3);
    expect(said).toEqual([]);
    await page.close();
  });

  test('a link into a pack opens it', async () => {
    const last = findings.toSorted((a, b) => (a.firstSeen < b.firstSeen ? -1 : 1)).at(-1);
    const { page } = await chromium.open(file, { hash: `#${last?.id ?? ''}` });
    const article = page.locator(`article[id="${last?.id ?? ''}"]`);
    await article.waitFor({ state: 'visible' });
    expect(await article.locator('h3').textContent()).toContain(last?.workload?.id);
    await page.close();
  });

  test('packed incidents are found by key and sorted as the others', async () => {
    const { page } = await chromium.open(file);
    const [key = ''] = findings.at(-1)?.sessions[0]?.accessKeyIds ?? [];
    await page.locator('[name=q]').fill(key);
    expect(await page.locator('#incidents > ol > li:visible').count()).toBe(1);
    await page.locator('[name=q]').fill('');
    await page.locator('[data-sort=workload]').click();
    const ids = await page.locator('#incidents > ol > li > details > summary > :nth-child(3) > code').allTextContents();
    expect(ids).toHaveLength(THEFTS);
    expect(ids).toEqual(ids.toSorted(new Intl.Collator('en', { numeric: true }).compare));
    await page.close();
  });
});
