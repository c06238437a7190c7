import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bundledCommand,
  chapter,
  CONFIG,
  credlock,
  DEMO,
  IP_RANGES,
  place,
  put,
  removeAll,
  type Run,
} from '../credlock-command';

const TRAIL = join(DEMO, 'trail');
const JUDGING = ['--config', CONFIG, '--ip-ranges', IP_RANGES];

/** With many parts: the demo's log files are small. */
function hunt(...args: readonly string[]): Promise<Run> {
  return credlock(['hunt', ...JUDGING, '--part-size', '1', ...args]);
}

/** A page without its sections that need all facts, or all files. */
function withoutFactsAlone(page: string): string {
  return readFileSync(page, 'utf8')
    .replace(/<details class="inputs">.*?<\/details>/s, '')
    .replace(/<section id="metadata".*?<\/section>/s, '')
    .replace('<a href="#metadata">Instance metadata</a>', '');
}

afterAll(removeAll);

describe('credlock hunt --local', () => {
  it.each(['table', 'jsonl', 'csv'])('prints the same %s as replay, and the same summary', async (format) => {
    const replayed = await credlock(['replay', ...JUDGING, TRAIL, '--format', format]);
    expect(await hunt('--local', TRAIL, '--format', format)).toEqual(replayed);
  });

  it('writes the page that replay writes, but for the digests of the files and the use of IMDSv1', async () => {
    const pages = [place('replay.html'), place('hunt.html')] as const;
    await credlock(['replay', ...JUDGING, TRAIL, '--format', 'html', '--out', pages[0]]);
    const { stderr } = await hunt('--local', TRAIL, '--out', pages[1]);
    const [replayed, hunted] = pages.map(withoutFactsAlone);
    // Not `toBe`, which would show both pages.
    expect(hunted === replayed).toBe(true);
    expect(stderr).toContain(`Wrote ${pages[1]}. Open it in a browser.`);
  });

  it('shows the worst incidents alone, with all findings beside them', async () => {
    const page = place('report.html');
    const { stderr } = await hunt('--local', TRAIL, '--out', page, '--incidents', '2');
    const csv = page.replace('.html', '.csv');
    expect(stderr).toContain(`Wrote ${page} and ${csv}.`);
    const all = await credlock(['replay', ...JUDGING, TRAIL, '--format', 'csv']);
    expect(readFileSync(csv, 'utf8')).toBe(all.stdout);
    const text = readFileSync(page, 'utf8');
    expect(text).toMatch(/These are the worst 2 of \d+ incidents.* All \d+ findings are in report\.csv\./);
    expect(text.match(/<li class="high" data-p/g)).toHaveLength(2);
  });

  it('tells as replay does that the accounts of the organisation are not set', async () => {
    const folder = place('without-settings');
    mkdirSync(folder, { recursive: true });
    const hints = await Promise.all(
      [
        ['replay', TRAIL],
        ['hunt', '--local', TRAIL],
      ].map(async (args) => {
        const { stderr } = await credlock([...args, '--ip-ranges', IP_RANGES], { cwd: folder });
        return /^Records of 3 accounts, and organizationAccounts is not set.*$/m.exec(stderr)?.[0];
      }),
    );
    expect(hints[1]).toBeDefined();
    expect(hints[1]).toBe(hints[0]);
  });

  it.each(['asff', 'ocsf', 'timeline'])('prints the same %s as replay', async (format) => {
    const { stdout } = await credlock(['replay', ...JUDGING, TRAIL, '--format', format]);
    expect((await hunt('--local', TRAIL, '--format', format)).stdout).toBe(stdout);
  });

  it('estimates without reading', async () => {
    const { code, stdout } = await credlock(['hunt', '--local', TRAIL, '--part-size', '1', '--estimate']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Log files +110\nSize +\d+(\.\d)? (kB|MB), as they are stored\n(.*\n)+Time +about .* on this machine\n$/,
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('leaves no temporary folder behind after %s', async (signal) => {
    const temporary = place('temporary');
    mkdirSync(temporary, { recursive: true });
    const args = ['hunt', ...JUDGING, '--local', '-'];
    // Standard input stays open: the hunt waits for it.
    const child = spawn(process.execPath, [await bundledCommand(), ...args], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(child, 'exit');
    // At once: the folder is there no longer than the handlers of signals are.
    while (readdirSync(temporary).length === 0) await new Promise(setImmediate);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('prints the same with so little memory that each part takes many passes', async () => {
    const whole = await hunt('--local', TRAIL, '--format', 'jsonl');
    expect(await hunt('--local', TRAIL, '--format', 'jsonl', '--memory', '1')).toEqual(whole);
  });

  it('refuses work among the log files, and a period that ends before it begins', async () => {
    const trail = place('trail');
    cpSync(TRAIL, trail, { recursive: true });
    const { code, stderr } = await hunt(
      '--local',
      trail,
      '--work',
      join(trail, 'work'),
      '--from',
      '2026-09-02',
      '--to',
      '2026-09-01',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('is in the folder of log files');
    expect(stderr).toContain('--to must be later than --from');
  });

  it('reads log files of one account, by their names', async () => {
    const all = await hunt('--local', TRAIL, '--format', 'jsonl');
    const one = await hunt('--local', TRAIL, '--format', 'jsonl', '--account', '111122223333');
    expect(one.stdout.length).toBeGreaterThan(0);
    expect(one.stdout.length).toBeLessThan(all.stdout.length);
  });

  it('names files that cannot be read, and ends with exit code 2', async () => {
    const folder = place('trail');
    cpSync(TRAIL, folder, { recursive: true });
    cpSync(put('broken.json.gz', Buffer.from('1f8b0800', 'hex')), join(folder, 'broken.json.gz'));
    const replayed = await credlock(['replay', ...JUDGING, folder, '--format', 'jsonl']);
    expect(replayed.code).toBe(2);
    expect(await hunt('--local', folder, '--format', 'jsonl')).toEqual(replayed);
  });

  it('goes on where most files are broken, as replay does', async () => {
    const folder = place('trail');
    cpSync(chapter('01'), folder, { recursive: true });
    for (let at = 0; at < 20; at += 1)
      cpSync(put(`${at}.json.gz`, Buffer.from('1f8b0800', 'hex')), join(folder, `${at}.json.gz`));
    const replayed = await credlock(['replay', ...JUDGING, folder, '--format', 'jsonl']);
    expect(replayed.code).toBe(2);
    expect(await hunt('--local', folder, '--format', 'jsonl')).toEqual(replayed);
  });

  it('fails where more files are broken than was allowed, and goes on with its work when they are', async () => {
    const [folder, work] = [place('trail'), place('work')];
    cpSync(TRAIL, folder, { recursive: true });
    for (const name of ['a', 'b', 'c'])
      cpSync(put(`${name}.json.gz`, Buffer.from('1f8b0800', 'hex')), join(folder, `${name}.json.gz`));
    const args = ['--local', folder, '--work', work, '--format', 'jsonl'];
    const refused = await hunt(...args, '--max-unreadable', '1');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain(
      'at most 1 % may be: 3 damaged, not read to the end, or with records of other accounts',
    );
    const replayed = await credlock(['replay', ...JUDGING, folder, '--format', 'jsonl']);
    expect(await hunt(...args, '--max-unreadable', '3')).toEqual(replayed);
  });
});
