import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import type { Random } from '../../../trail-writer/random';
import { OddRecords } from '../../properties/odd-records';
import { rewritten } from '../../properties/rewritten-json';

/** Bytes on disk from which on more than one thread reads a folder, and some more. */
const SHARED = 4_200_000;
const MB = 1024 * 1024;

/** How a folder's files are written. */
export type Folder = 'of all forms' | 'of many small files' | 'with large files' | 'of odd records';

/** Writes a folder large enough for threads. */
export function writeFolder(kind: Folder, folder: string, scenarios: readonly object[], random: Random): void {
  const odd = new OddRecords(random);
  const next = (): object => (kind === 'of odd records' || random.chance(0.2) ? odd.next() : random.pick(scenarios));
  const files = new FolderWriter(folder, random, next);
  if (kind === 'with large files') files.large();
  if (kind === 'of many small files') for (let count = 0; count < 1_500; count += 1) files.plain(1);
  while (files.bytes < SHARED) {
    if (random.chance(kind === 'of all forms' ? 0.4 : 0.1)) files.other();
    else files.plain(1 + random.below(120));
  }
  symlinkSync('nowhere', join(folder, 'dangling'));
}

class FolderWriter {
  bytes = 0;
  #files = 0;

  constructor(
    private readonly folder: string,
    private readonly random: Random,
    private readonly next: () => object,
  ) {}

  /** A log file, mostly as CloudTrail writes it. */
  plain(count: number): void {
    const file = this.#logFile(count);
    if (this.random.chance(0.2)) this.#put('json.gz', gzipSync(file));
    else this.#put('json', file);
  }

  /** Anything else, or a log file that is not whole. */
  other(): void {
    const { random } = this;
    const file = this.#logFile(1 + random.below(60));
    const lines = this.#records(1 + random.below(60)).join('\n');
    const packed = gzipSync(file);
    const [name, content] = random.pick<readonly [string, string | Buffer]>([
      ['json', ''],
      ['json', '{"Records":[]}'],
      ['txt', 'no records\n'],
      ['jsonl', lines],
      ['jsonl.gz', gzipSync(lines)],
      ['json', file.slice(0, random.below(file.length))],
      ['json.gz', packed.subarray(0, random.below(packed.length))],
      ['json.gz', Buffer.concat([packed, gzipSync(file)])],
      ['json', file.replace(',', '')],
      ['json', `${file}\n${lines}`],
      ['json', `[${file}]`],
      ['json', `\ufeff${file}`],
      ['json', JSON.stringify(JSON.parse(file), null, 1)],
      ['zip', Buffer.from(zipSync({ 'a/log.json': Buffer.from(file) }))],
    ]);
    this.#put(name, content);
  }

  /** One log file that is handed to no thread at once, and lines that several threads read in parts. */
  large(): void {
    const some = this.#records(300);
    const times = (size: number): number => Math.ceil(size / some.join('\n').length);
    this.#put('json', `{"Records":[${Array.from({ length: times(9 * MB) }, () => some.join(',')).join(',')}]}`);
    this.#put('jsonl', `${some.join('\n')}\n`.repeat(times(17 * MB)));
  }

  #logFile(count: number): string {
    return `{"Records":[${this.#records(count).join(',')}]}`;
  }

  #records(count: number): string[] {
    const odds = this.random.pick([0, 0, 0, 0.02]);
    return Array.from({ length: count }, () =>
      odds > 0 ? rewritten(this.next(), this.random, odds).replaceAll(/[\n\r]/g, ' ') : JSON.stringify(this.next()),
    );
  }

  #put(extension: string, content: string | Buffer): void {
    const path = join(this.folder, String(this.random.below(9)), `${this.#files}.${extension}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    this.#files += 1;
    this.bytes += content.length;
  }
}
