import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FolderWorkStore } from '../../../bin/hunt/folder-work-store';
import { openWork, type WorkOf } from '../../../bin/hunt/work-folder';
import { chapter, CONFIG, credlock, IP_RANGES, place, put, removeAll, type Run } from '../credlock-command';

afterAll(removeAll);

const WRITTEN = new Date('2026-09-01T00:00:00Z');
const HUNT: WorkOf = { version: '1', settings: 's', ipRanges: 'r', sizes: 'z', files: 'f' };

describe('credlock hunt --local --work', () => {
  const trail = place('trail');
  const work = place('work');
  const args = ['--local', trail, '--work', work, '--format', 'jsonl'];
  let whole: Run;

  function hunt(...more: readonly string[]): Promise<Run> {
    return credlock(['hunt', '--config', CONFIG, '--ip-ranges', IP_RANGES, '--part-size', '1', ...more]);
  }

  beforeAll(async () => {
    cpSync(chapter('04'), trail, { recursive: true });
    for (const file of filesOf(trail)) utimesSync(file, WRITTEN, WRITTEN);
    whole = await hunt(...args);
  });

  it('goes on with the work of an interrupted run, without reading again what was read', async () => {
    expect(whole.stdout).not.toBe('');
    for (const stage of ['compare', 'judge']) rmSync(join(work, 'ended', stage), { recursive: true });
    const [file = ''] = filesOf(trail);
    writeFileSync(file, Buffer.alloc(statSync(file).size));
    utimesSync(file, WRITTEN, WRITTEN);
    expect(await hunt(...args)).toEqual(whole);
  });

  it('notices a log file that was changed since, and other settings', async () => {
    const [file = ''] = filesOf(trail);
    utimesSync(file, new Date(), new Date());
    const { code, stdout, stderr } = await hunt(...args, '--config', put('settings.json', '{"doorHours": 5}'));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `--work ${work} has the work of a hunt with other settings, over other log files, or some were changed since: name another folder, or delete this one to begin anew`,
    );
  });

  it('refuses a file, and standard input, of which nothing can be gone on with', async () => {
    const file = put('file', 'x');
    expect((await hunt('--local', trail, '--work', file)).stderr).toContain(`--work ${file} is a file, or below one`);
    expect((await hunt('--local', '-', '--work', place('other'))).stderr).toContain(
      '--work cannot go on with standard input',
    );
  });

  it('names a damaged file, and what to do', async () => {
    const [damaged, copy] = [place('damaged'), place('copy')];
    cpSync(chapter('01'), copy, { recursive: true });
    await hunt('--local', copy, '--work', damaged);
    const [report = ''] = filesOf(join(damaged, 'report'));
    truncateSync(report, 40);
    const { code, stdout, stderr } = await hunt('--local', copy, '--work', damaged);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(
      `the work file ${report} is damaged, or not of this hunt. Delete the folder ${damaged} and run the command again: it begins anew`,
    );
    expect(stderr).not.toMatch(/gzip|header|zlib|at file:/);
    rmSync(report);
    expect((await hunt('--local', copy, '--work', damaged)).stderr).toContain(`the work file ${report} cannot be read`);
  });
});

describe('the folder of the work of a hunt', () => {
  it('is taken by the same hunt again, once it was released', () => {
    const folder = place('work');
    openWork(folder, HUNT).release();
    writeFileSync(join(folder, 'unfinished-1-1'), '');
    openWork(folder, HUNT).release();
    expect(readdirSync(folder)).toEqual(['hunt.json']);
  });

  it('is in use while the process of its lock runs, or may run on another machine', () => {
    const folder = place('work');
    mkdirSync(folder);
    const lock = join(folder, 'in-use.json');
    for (const holder of [
      { host: hostname(), pid: process.ppid },
      { host: 'another', pid: 1 },
    ]) {
      writeFileSync(lock, JSON.stringify(holder));
      expect(() => openWork(folder, HUNT)).toThrow(`If that has ended, delete ${lock}`);
    }
    // Larger than any process id.
    writeFileSync(lock, JSON.stringify({ host: hostname(), pid: 2 ** 30 }));
    openWork(folder, HUNT).release();
  });

  it('of another version, other ranges and other sizes is refused, and so is one with other files', () => {
    const folder = place('work');
    openWork(folder, HUNT).release();
    expect(() => openWork(folder, { ...HUNT, version: '2' })).toThrow('has the work of credlock 1, and this is 2');
    expect(() => openWork(folder, { ...HUNT, ipRanges: 'x', sizes: 'y' })).toThrow(
      'of a hunt with other address ranges, with another --part-size: name another folder',
    );
    writeFileSync(join(folder, 'hunt.json'), '{');
    expect(() => openWork(folder, HUNT)).toThrow('hunt.json is damaged, or of another version of credlock');
    rmSync(join(folder, 'hunt.json'));
    openWork(folder, HUNT).release();
    rmSync(join(folder, 'hunt.json'));
    writeFileSync(join(folder, 'holiday.jpg'), '');
    expect(() => openWork(folder, HUNT)).toThrow('has other files: name a folder that is empty');
    mkdirSync(join(folder, 'ended'));
    expect(() => openWork(folder, HUNT)).toThrow('has the work of an older credlock');
  });
});

describe('a file of the work', () => {
  async function written(): Promise<{ folder: string; store: FolderWorkStore }> {
    const folder = place('store');
    await new FolderWorkStore(folder, 'hunt').put('a/b', Buffer.from('0123456789'));
    return { folder, store: new FolderWorkStore(folder, 'hunt') };
  }

  it('is read as it was written, also in part, and to its end alone', async () => {
    const { store } = await written();
    expect(Buffer.from(await store.range('a/b', 2, 3)).toString()).toBe('234');
    expect(Buffer.from(await store.range('a/b', 8, 100)).toString()).toBe('89');
    expect(Buffer.from(await store.get('a/b')).toString()).toBe('0123456789');
    expect(await store.list('')).toEqual(['a/b']);
  });

  it.each([
    ['cut', (path: string) => truncateSync(path, 41)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['changed', (path: string) => writeFileSync(path, readFileSync(path, 'latin1').replace('5', '6'), 'latin1')],
    ['longer', (path: string) => writeFileSync(path, 'x', { flag: 'a' })],
  ])('that was %s is not read', async (_, change) => {
    const { folder, store } = await written();
    const path = join(folder, 'a/b');
    change(path);
    const refusal = `the work file ${path} is damaged, or not of this hunt`;
    await expect(store.get('a/b')).rejects.toThrow(refusal);
    await expect(store.range('a/b', 0, 5)).rejects.toThrow(refusal);
  });

  it('of another hunt, or of another name, is not read', async () => {
    const { folder, store } = await written();
    await expect(new FolderWorkStore(folder, 'other').get('a/b')).rejects.toThrow('not of this hunt');
    cpSync(join(folder, 'a/b'), join(folder, 'a/c'));
    await expect(store.range('a/c', 0, 1)).rejects.toThrow('not of this hunt');
  });

  it('that cannot be written is named', async () => {
    const { store, folder } = await written();
    await expect(store.put('a/b/c', Buffer.alloc(1))).rejects.toThrow(`cannot write ${join(folder, 'a/b/c')}`);
  });
});

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
