import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FilePlace, FilledPlace } from '../../../bin/replay/file-filler';
import type { ScannedFile } from '../../../bin/replay/file-scanner';
import type { InputFile } from '../../../bin/replay/input-files';
import { PLACES, ScannedAhead, type ScannedBatch } from '../../../bin/replay/scanned-ahead';

const ROWS = { from: 0, rows: 1, irrelevant: 0, repeated: 0, end: 1 };

/** Scans when it is told to. */
class Thread {
  readonly events: string[] = [];
  isFull = false;
  readonly places = new Set<number>();
  /** Places whose files are not read. */
  readonly used = new Set<number>();
  isOverwritten = false;
  readonly #pending: {
    files: readonly (FilePlace | FilledPlace)[];
    resolve: (batch: ScannedBatch) => void;
    fail: () => void;
  }[] = [];

  scan(files: readonly (FilePlace | FilledPlace)[]): Promise<ScannedBatch> {
    this.events.push(`scan ${files.map(nameOf).join(' ')}`);
    for (const { place } of files) {
      this.isOverwritten ||= this.used.has(place) || place < 0 || place >= PLACES;
      this.used.add(place);
      this.places.add(place);
    }
    return new Promise((resolve, reject) =>
      this.#pending.push({ files, resolve, fail: () => reject(new Error('the thread failed')) }),
    );
  }

  resetIds(): void {
    this.events.push('new ids');
  }

  answer(odd = 'none'): void {
    const { files, resolve } = this.#pending.shift() ?? { files: [], resolve: () => undefined };
    const scanned = files.map((file): ScannedFile | null =>
      nameOf(file) === odd ? null : { place: file.place, length: 20, bytes: 10, sha256: nameOf(file), rows: ROWS },
    );
    resolve({ files: scanned, isFull: this.isFull });
  }

  answerAll(): void {
    while (this.#pending.length > 0) this.answer();
  }

  fail(): void {
    this.#pending.shift()?.fail();
  }
}

/** In these tests, a digest is the file's path. */
function nameOf(file: FilePlace | FilledPlace): string {
  return 'path' in file ? file.path : (file.sha256 ?? '');
}

function plain(path: string): InputFile {
  return { path, regular: true, problem: null };
}

function aheadOf(inputs: readonly InputFile[], thread: Thread, odd = 'none'): ScannedAhead {
  const left = [...inputs];
  return new ScannedAhead(() => left.shift() ?? null, thread, {
    fill: ({ path, place }) => {
      thread.events.push(`fill ${path}`);
      return path === odd ? null : { place, length: 20, bytes: 10, sha256: path };
    },
    onFull: () => void thread.events.push('forget'),
  });
}

const SIXTY = Array.from({ length: 60 }, (_, index) => plain(`file-${index}`));

describe('files scanned ahead', () => {
  it('come in their order, each with its own scan, and what is no file among them with none', async () => {
    const thread = new Thread();
    const inputs = [plain('one'), { path: '-', regular: false, problem: null }, plain('odd'), plain('two')];
    const ahead = aheadOf(inputs, thread);
    const first = ahead.next();
    thread.answer('odd');
    const read = [await first, await ahead.next(), await ahead.next(), await ahead.next(), await ahead.next()];
    expect(read.map((one) => one && [one.input.path, one.scanned?.sha256 ?? null])).toEqual([
      ['one', 'one'],
      ['-', null],
      ['odd', null],
      ['two', 'two'],
      null,
    ]);
  });

  it('are never scanned into the place of one that waits or is read', async () => {
    const thread = new Thread();
    const ahead = aheadOf(SIXTY, thread);
    const paths: string[] = [];
    for (let next = ahead.next(); ; next = ahead.next()) {
      thread.answerAll();
      const file = await next;
      if (!file) break;
      paths.push(file.input.path);
      // Its place is free from the next call on.
      thread.used.delete(file.scanned?.place ?? -1);
    }
    expect(paths).toEqual(SIXTY.map(({ path }) => path));
    expect(thread.used).toEqual(new Set());
    expect(thread.isOverwritten).toBe(false);
    expect(thread.places.size).toBeGreaterThan(2);
  });

  it('get new ids when the scanner is full, once all that have the old ones are read', async () => {
    const thread = new Thread();
    const ahead = aheadOf(SIXTY, thread);
    thread.isFull = true;
    const paths: string[] = [];
    for (let next = ahead.next(); ; next = ahead.next()) {
      if (thread.events.includes('new ids')) thread.isFull = false;
      thread.answerAll();
      const file = await next;
      if (!file) break;
      thread.events.push(`read ${file.input.path}`);
      paths.push(file.input.path);
    }
    expect(paths).toEqual(SIXTY.map(({ path }) => path));
    const forgotten = thread.events.indexOf('forget');
    expect(thread.events[forgotten + 1]).toBe('new ids');
    const scannedBefore = thread.events
      .slice(0, forgotten)
      .flatMap((event) => /^scan (.*)/.exec(event)?.[1]?.split(' ') ?? []);
    const readBefore = thread.events.slice(0, forgotten).filter((event) => event.startsWith('read'));
    expect(readBefore).toEqual(scannedBefore.map((path) => `read ${path}`));
    expect(thread.events.filter((event) => event === 'forget')).toHaveLength(1);
  });

  it('end with the error of a thread that fails', async () => {
    const thread = new Thread();
    const ahead = aheadOf(SIXTY, thread);
    const next = ahead.next();
    thread.fail();
    await expect(next).rejects.toThrow('the thread failed');
  });

  it('come without a scan once that has ended, which waits for those that are scanned', async () => {
    const thread = new Thread();
    const ahead = aheadOf(SIXTY, thread);
    const first = ahead.next();
    thread.answer();
    const scanned = [(await first)?.scanned?.sha256];
    let isEnded = false;
    const end = ahead.end().then(() => (isEnded = true));
    await new Promise(setImmediate);
    expect(isEnded).toBe(false);
    thread.answerAll();
    await end;
    const { events } = thread;
    const before = events.flatMap((event) => /^scan (.*)/.exec(event)?.[1]?.split(' ') ?? []);
    const rest: string[] = [];
    for (let next = await ahead.next(); next; next = await ahead.next()) {
      if (next.scanned === undefined) rest.push(next.input.path);
      else scanned.push(next.scanned?.sha256);
    }
    expect(scanned).toEqual(before);
    expect(before.length).toBeGreaterThan(8);
    expect([...before, ...rest]).toEqual(SIXTY.map(({ path }) => path));
    expect(thread.events).toEqual(events);
  });

  it('are few ahead of a folder of inputs that cannot be read', async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => ({ path: `${index}`, regular: false, problem: 'gone' }));
    let left = inputs.length;
    const next = (): InputFile | null => inputs[inputs.length - left--] ?? null;
    const ahead = new ScannedAhead(next, new Thread(), { fill: () => null, onFull: () => undefined });
    expect((await ahead.next())?.input).toBe(inputs[0]);
    expect(left).toBeGreaterThan(100 - 2 * PLACES);
  });

  describe('that are large', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'credlock-ahead-'));
      for (let index = 0; index < 20; index += 1) writeFileSync(join(folder, `${index}`), Buffer.alloc(600_000));
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    function largeFiles(): InputFile[] {
      return Array.from({ length: 20 }, (_, index) => plain(join(folder, `${index}`)));
    }

    it('are inflated here while the next one is not scanned, and scanned in their order', async () => {
      const thread = new Thread();
      const ahead = aheadOf(largeFiles(), thread);
      const paths: (string | undefined)[] = [];
      for (let next = ahead.next(); ; next = ahead.next()) {
        thread.answer();
        const file = await next;
        if (!file) break;
        paths.push(file.scanned?.sha256 ?? undefined);
        thread.used.delete(file.scanned?.place ?? -1);
      }
      expect(paths).toEqual(largeFiles().map(({ path }) => path));
      expect(thread.isOverwritten).toBe(false);
      expect(thread.events.filter((event) => event.startsWith('fill')).length).toBeGreaterThan(5);
    });

    it('are left to the thread that scans while that is ahead', async () => {
      const thread = new Thread();
      const ahead = aheadOf(largeFiles(), thread);
      const first = ahead.next();
      thread.answerAll();
      await first;
      const filled = thread.events.filter((event) => event.startsWith('fill'));
      thread.answerAll();
      await new Promise(setImmediate);
      await ahead.next();
      expect(thread.events.filter((event) => event.startsWith('fill'))).toEqual(filled);
    });

    it('are read otherwise where they cannot be inflated here', async () => {
      const thread = new Thread();
      const files = largeFiles();
      const first = aheadOf(files, thread).next();
      const filled = thread.events.find((event) => event.startsWith('fill'))?.slice('fill '.length);
      expect(filled).toBeDefined();
      thread.answerAll();
      await first;

      const another = new Thread();
      const ahead = aheadOf(files, another, filled);
      const scanned: (string | null)[] = [];
      for (let next = ahead.next(); ; next = ahead.next()) {
        another.answerAll();
        const file = await next;
        if (!file) break;
        if (!file.scanned) scanned.push(file.input.path);
      }
      expect(scanned).toEqual([filled]);
    });
  });
});
