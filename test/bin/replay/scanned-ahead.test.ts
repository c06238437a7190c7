import type { FilePlace, ScannedFile } from '../../../bin/replay/file-scanner';
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
  readonly #pending: { files: readonly FilePlace[]; resolve: (batch: ScannedBatch) => void; fail: () => void }[] = [];

  scan(files: readonly FilePlace[]): Promise<ScannedBatch> {
    this.events.push(`scan ${files.map(({ path }) => path).join(' ')}`);
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
    const scanned = files.map(({ path, place }): ScannedFile | null =>
      path === odd ? null : { place, bytes: 10, sha256: path, rows: ROWS },
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

function plain(path: string): InputFile {
  return { path, regular: true, problem: null };
}

function aheadOf(inputs: readonly InputFile[], thread: Thread): ScannedAhead {
  const left = [...inputs];
  return new ScannedAhead(
    () => left.shift() ?? null,
    thread,
    () => thread.events.push('forget'),
  );
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

  it('are few ahead of a folder of inputs that cannot be read', async () => {
    const inputs = Array.from({ length: 100 }, (_, index) => ({ path: `${index}`, regular: false, problem: 'gone' }));
    const left = [...inputs];
    const ahead = new ScannedAhead(
      () => left.shift() ?? null,
      new Thread(),
      () => undefined,
    );
    expect((await ahead.next())?.input).toBe(inputs[0]);
    expect(left.length).toBeGreaterThan(100 - 2 * PLACES);
  });
});
