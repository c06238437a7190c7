import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import type { Finding } from '../../../lambda/detection/model/finding';
import { CONFIG, DEMO, findingsOf, place, removeAll, replay } from '../credlock-command';
import { Chromium, describeInBrowser } from './browser';

const LAPTOP = 'credlock/aws/111122223333/ec2-instance/i-0503ef25295e8af60/public/192.0.2.66';
const CONSOLE = 'credlock/aws/111122223333/lambda-function/webhook/public/192.0.2.84';

const chromium = new Chromium();
let file: string;
let findings: Finding[];

beforeAll(async () => {
  file = place('report.html');
  const { code, stderr } = await replay([`${DEMO}/trail`, '--config', CONFIG, '--format', 'html', '--out', file]);
  if (code !== 0) throw new Error(stderr);
  findings = await findingsOf([`${DEMO}/trail`, '--config', CONFIG]);
});

afterAll(async () => {
  await chromium.close();
  removeAll();
});

const rows = (page: Page) => page.locator('#incidents > ol > li:visible');

const onLaptop = (page: Page): Locator => rows(page).filter({ has: page.locator(`[id="${LAPTOP}"]`) });
const workloads = (page: Page): Promise<string[]> =>
  page.locator('#incidents > ol > li:visible > details > summary > :nth-child(3) > code').allTextContents();

/** One with a chained session, one with changes, a contested one, one with two findings. */
async function openSome(page: Page): Promise<void> {
  for (const at of [0, 1, 7, 10]) await rows(page).nth(at).locator('> details > summary').click();
  await page.locator('.calls summary').first().click();
}

const kaliAgent = async (page: Page): Promise<string> =>
  (await page.locator('[name=agent] option').allTextContents()).find((text) => text.includes('kali')) ?? '';

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .map(({ html }) => html)
          .join(' ')
          .slice(0, 400)}`,
    );
}

test('the same records give the same report, byte for byte', async () => {
  const again = place('again.html');
  const { stderr } = await replay([`${DEMO}/trail`, '--config', CONFIG, '--format', 'html', '--out', again]);
  expect(stderr).toContain(`Wrote ${again}. Open it in a browser.\n`);
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);
});

test('the essentials of every finding are in the page itself', () => {
  const html = readFileSync(file, 'utf8');
  const lower = html.toLowerCase();
  expect(findings.length).toBeGreaterThan(10);
  for (const { id, description, evidence, ruledOut } of findings) {
    expect(html.includes(`id="${id}"`)).toBe(true);
    const told = [description, ...evidence, ...ruledOut.map(({ because }) => because)];
    expect(told.filter((text) => !lower.includes(written(text)))).toEqual([]);
  }
  expect(html.includes('x-credlock-pack')).toBe(false);
});

/** As HTML has it; what begins a sentence there may begin with a capital. */
function written(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;').toLowerCase();
}

test('the inputs are listed with digests that sha256sum confirms', () => {
  const html = readFileSync(file, 'utf8');
  const listed = [...html.matchAll(/([0-9a-f]{64}) {2}(\S+?)(?=\n|<)/g)].map(([, digest, path]) => [path, digest]);
  expect(listed).toHaveLength(110);
  for (const [path = '', digest] of listed)
    expect([path, createHash('sha256').update(readFileSync(path)).digest('hex')]).toEqual([path, digest]);
});

describeInBrowser('the report in a browser', () => {
  test.each([
    ['the first view', {}],
    ['filtered', { hash: '#severity=MEDIUM' }],
    ['narrow', { width: 420 }],
  ])('has no serious violation: %s', async (_name, view) => {
    const { page } = await chromium.open(file, view);
    expect(await violations(page)).toEqual([]);
    await page.close();
  });

  test.each([
    ['light', {}],
    ['dark', { dark: true }],
  ])('has no serious violation with incidents open: %s', async (_name, view) => {
    const { page, said } = await chromium.open(file, view);
    await openSome(page);
    expect(await violations(page)).toEqual([]);
    expect(said).toEqual([]);
    await page.close();
  });

  test('has no serious violation in print, where everything is open', async () => {
    const { page } = await chromium.open(file, { dark: true });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('#incidents > ol > li > details[open]').count()).toBe(13);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.locator('details[open]').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await expect(page.getByText('Ruled out').first().isVisible()).resolves.toBe(true);
    await expect(page.locator('#filters').isVisible()).resolves.toBe(false);
    expect((await page.pdf()).length).toBeGreaterThan(100_000);
    await page.close();
  });

  test('asks for nothing, and its policy stops nothing of its own', async () => {
    const { page, said, asked } = await chromium.open(file);
    await rows(page).first().locator('> details > summary').click();
    expect(asked).toEqual([]);
    expect(said).toEqual([]);
    await page.close();
  });

  test('is read without JavaScript: rows open, pictures are there', async () => {
    const { page } = await chromium.open(file, { javaScript: false });
    expect(await rows(page).count()).toBe(13);
    await onLaptop(page).locator('> details > summary').click();
    expect(await page.locator(`[id="${LAPTOP}"]`).isVisible()).toBe(true);
    expect(await onLaptop(page).locator('svg').first().isVisible()).toBe(true);
    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await page.locator('.copy:visible').count()).toBe(0);
    await page.close();
  });

  test('a link to a finding opens it, also one that is filtered away', async () => {
    const { page } = await chromium.open(file, { hash: `#${CONSOLE}` });
    expect(await page.locator(`[id="${CONSOLE}"]`).isVisible()).toBe(true);
    await page.locator('label:has([value=MEDIUM])').click();
    expect(await rows(page).count()).toBe(2);
    await page.evaluate(`location.hash = ${JSON.stringify(LAPTOP)}`);
    await page.locator(`[id="${LAPTOP}"]`).waitFor({ state: 'visible' });
    expect(await rows(page).count()).toBe(13);
    await page.close();
  });

  test('filters are in the address, and the address sets the filters', async () => {
    const { page } = await chromium.open(file);
    await page.locator('[name=account]').selectOption('444455556666');
    expect(await workloads(page)).toEqual(['i-0f3bc30d2f24a1665']);
    expect(page.url()).toContain('#account=444455556666');
    const same = await chromium.open(file, { hash: new URL(page.url()).hash });
    expect(await workloads(same.page)).toEqual(['i-0f3bc30d2f24a1665']);
    expect(await same.page.locator('#shown').textContent()).toBe('1 of 13 shown');
    await same.page.close();
    await page.locator('#filters [type=reset]').click();
    expect(await rows(page).count()).toBe(13);
    await page.locator('[name=type]').selectOption('ConsoleSession');
    expect(await workloads(page)).toEqual(['webhook', 'i-065fe8204e6fa06d4']);
    await page.locator('[name=role]').selectOption('website');
    expect(await workloads(page)).toEqual(['i-065fe8204e6fa06d4']);
    await page.close();
  });

  test('what is searched for is found, or it is said that nothing is', async () => {
    const { page } = await chromium.open(file);
    await page.keyboard.press('/');
    await page.keyboard.type('ASIA3J2UBPKY2CGP2GUU kali');
    expect(await workloads(page)).toEqual(['i-0503ef25295e8af60']);
    await page.locator('[name=q]').fill('no such thing');
    expect(await rows(page).count()).toBe(0);
    expect(await page.locator('#none').isVisible()).toBe(true);
    await page.close();
  });

  test('the heads sort, either way, and the address keeps it', async () => {
    const { page } = await chromium.open(file);
    const calls = (): Promise<string[]> =>
      page.locator('#incidents > ol > li > details > summary > :last-child').allTextContents();
    await page.locator('[data-sort=calls]').click();
    const falling = (await calls()).map(Number);
    expect(falling).toEqual([...falling].sort((a, b) => b - a));
    await page.locator('[data-sort=calls]').click();
    const rising = (await calls()).map(Number);
    expect(rising).toEqual([...rising].sort((a, b) => a - b));
    expect(rising).not.toEqual(falling);
    await page.locator('[data-sort=time]').click();
    const times = await page.locator('#incidents summary time').allTextContents();
    expect(times).toEqual([...times].sort());
    expect(await page.locator('[data-sort=time]').getAttribute('aria-pressed')).toBe('true');
    const same = await chromium.open(file, { hash: new URL(page.url()).hash });
    expect(await workloads(same.page)).toEqual(await workloads(page));
    await same.page.close();
    await page.close();
  });

  test('the numbers of the summary lead to what they count', async () => {
    const { page } = await chromium.open(file);
    await page.locator('.severities .medium a').click();
    expect(await rows(page).count()).toBe(2);
    await page.locator('.tally a', { hasText: 'Used outside AWS' }).click();
    expect(await rows(page).count()).toBe(4);
    await page.close();
  });

  test('sources, user agents and resources lead to the incidents that share them', async () => {
    const { page } = await chromium.open(file);
    await page.locator('.tally a', { hasText: '192.0.2.84' }).click();
    expect(await workloads(page)).toEqual(['webhook']);
    await page.locator('[name=source]').selectOption('');
    await page.locator('[name=agent]').selectOption({ label: await kaliAgent(page) });
    expect(await workloads(page)).toContain('i-0503ef25295e8af60');
    await page.locator('[name=agent]').selectOption('');
    await page.locator('[name=resource]').selectOption('customer-exports');
    expect((await workloads(page)).length).toBeGreaterThan(0);
    expect(new URL(page.url()).hash).toContain('resource=customer-exports');
    await page.close();
  });

  test('a period is selected by dragging across the overview or by its fields, and a click ends it', async () => {
    const { page } = await chromium.open(file);
    const drawing = page.locator('#overview svg');
    const { x, y, width } = (await drawing.boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.move(x + width * 0.7, y + 60);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.85, y + 60, { steps: 3 });
    await page.mouse.up();
    const dragged = await workloads(page);
    expect(dragged).toContain('basket-7d9c5b6f4-x2klm');
    expect(dragged).not.toContain('i-0503ef25295e8af60');
    expect(Number(await page.locator('.brush').getAttribute('width'))).toBeGreaterThan(100);
    const same = await chromium.open(file, { hash: new URL(page.url()).hash });
    expect(await workloads(same.page)).toEqual(dragged);
    await same.page.close();
    await page.mouse.click(x + width * 0.4, y + 60);
    expect(await rows(page).count()).toBe(13);
    await page.locator('[name=from]').fill('2026-09-14T21:00');
    expect(await workloads(page)).toEqual(
      expect.arrayContaining(['webhook', expect.stringContaining('oidc/oidc.eks.eu-west-1')]),
    );
    expect(await rows(page).count()).toBe(2);
    await page.close();
  });

  test('the merged timeline has every suspicious call in order, and follows the filters', async () => {
    const { page } = await chromium.open(file);
    await page.locator('#timeline summary').click();
    const calls = page.locator('#timeline tbody tr:visible');
    const all = new Map(findings.flatMap(({ events }) => events.map(({ id, time }) => [id, time])));
    expect(await calls.count()).toBe(all.size);
    const times = await calls.locator('td:first-child').allTextContents();
    expect(times).toEqual([...all.values()].map((time) => time.replace('T', ' ').replace('Z', '')).sort());
    await page.locator('label:has([value=MEDIUM])').click();
    expect(await calls.count()).toBe(3);
    await calls.first().locator('a').click();
    expect(await page.locator('article:target').isVisible()).toBe(true);
    await page.close();
  });

  test('the CSV saved has the findings shown, as --format csv writes them', async () => {
    const { page } = await chromium.open(file, { hash: '#severity=MEDIUM' });
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#csv').click()]);
    const { stdout } = await replay([`${DEMO}/trail`, '--config', CONFIG, '--format', 'csv']);
    const lines = stdout.split('\r\n').filter((line, at) => at === 0 || line.startsWith('MEDIUM'));
    expect(download.suggestedFilename()).toBe('credlock-findings.csv');
    expect(readFileSync(await download.path(), 'utf8')).toBe(`${lines.join('\r\n')}\r\n`);
    await page.close();
  });

  test('the summary and what is HIGH can be printed alone, in colour', async () => {
    const { page } = await chromium.open(file);
    await page.evaluate('window.print = () => { window.asked = true; }');
    await page.locator('#print').click();
    expect(await page.evaluate('window.asked')).toBe(true);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await rows(page).count()).toBe(11);
    expect(await page.locator('#incidents details[open]').count()).toBe(11);
    expect(await page.locator('#coverage').isVisible()).toBe(false);
    expect(await page.evaluate('getComputedStyle(document.body).printColorAdjust')).toBe('exact');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await rows(page).count()).toBe(13);
    await page.close();
  });

  test('fits a telephone with every incident open', async () => {
    const { page } = await chromium.open(file, { width: 390 });
    for (const row of await rows(page).all()) await row.locator('> details > summary').click();
    await page.locator('#timeline summary').click();
    await page.locator('.inputs summary').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await page.close();
  });

  test('is used by keyboard alone', async () => {
    const { page } = await chromium.open(file);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await onLaptop(page).locator('> details > summary').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator(`[id="${LAPTOP}"]`).isVisible()).toBe(true);
    await page.close();
  });

  test('commands are copied as they are shown', async () => {
    const { page } = await chromium.open(file, { hash: `#${LAPTOP}` });
    const block = page.locator(`[id="${LAPTOP}"] .command`).nth(3);
    await block.locator('button').click();
    await block.getByText('Copied').waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toBe(await block.locator('pre').textContent());
    expect(copied).toContain(
      '"ec2:SourceInstanceARN":"arn:aws:ec2:eu-west-1:111122223333:instance/i-0503ef25295e8af60"',
    );
    await page.close();
  });

  test('light and dark can be chosen against the system', async () => {
    const { page } = await chromium.open(file);
    const colour = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await colour();
    await page.locator('#theme').click();
    expect(await colour()).not.toBe(light);
    await page.locator('#theme').click();
    expect(await colour()).toBe(light);
    await page.close();
  });
});
