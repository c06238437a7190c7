import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { Random } from '../../trail-writer/random';
import { expectSame, MemoryReader } from './memory-reader';
import { OddRecords } from './odd-records';
import { rewritten } from './rewritten-json';

const FILES = 12;
const MOST_RECORDS = 36;
/** Instead of a request's parameters. Brackets match: behind others, the ordinary path may lose a record that the fast path reads. */
const BROKEN = ['   ', 'nul', '"\\x"', '{"a" 1}'];

/** Compares trails that one reader of each path reads, mostly with a scanner that is soon full, and counts what was compared. */
export class TrailComparison {
  readonly records = { all: 0, files: 0, runs: 0, parts: 0 };
  readonly resets = { all: 0, ofRequests: 0 };

  constructor(private readonly scanner: LogFileScanner) {
    const [reset, resetRequests] = [scanner.reset.bind(scanner), scanner.resetRequests.bind(scanner)];
    scanner.reset = () => {
      this.resets.all += 1;
      reset();
    };
    scanner.resetRequests = () => {
      this.resets.ofRequests += 1;
      resetRequests();
    };
  }

  /** Files, streams and parts of streams, some of them broken or rewritten. */
  async randomTrail(random: Random): Promise<void> {
    const [fast, ordinary] = [new MemoryReader(this.scanner), new MemoryReader(null)];
    const records = new OddRecords(random);
    const odds = random.pick([0, 0, 0, 0.02]);
    const oddsOfBroken = random.pick([0, 0, 0, 0.3]);
    const read: string[] = [];
    for (let index = 0; index < FILES; index += 1) {
      const texts = Array.from({ length: 1 + random.below(MOST_RECORDS) }, () => textOf(records.next(), random, odds));
      if (random.chance(oddsOfBroken)) texts.splice(random.below(texts.length), 0, brokenText(records.next(), random));
      read.push(await readNext(`${index}`, texts, { fast, ordinary, random }));
    }
    try {
      expectSame(fast, ordinary, oddsOfBroken > 0 ? 'facts' : 'all');
    } catch (error) {
      throw new Error(read.join('\n').slice(0, 50_000), { cause: error });
    }
    for (const key of ['all', 'files', 'runs', 'parts'] as const) this.records[key] += fast.records[key];
  }
}

interface Readers {
  readonly fast: MemoryReader;
  readonly ordinary: MemoryReader;
  readonly random: Random;
}

/** Returns what was read. */
async function readNext(name: string, texts: readonly string[], { fast, ordinary, random }: Readers): Promise<string> {
  const chunk = random.pick([300, 5_000, 100_000]);
  if (random.chance(0.3)) {
    const part = texts.join(random.pick([',', '\n', ' , ']));
    const bytes = Buffer.from(part);
    await ordinary.readStream(name, bytes, chunk);
    if (!fast.readPart(name, bytes, random.chance(0.9))) await fast.readStream(name, bytes, chunk);
    return part;
  }
  const file = random.chance(0.1) ? texts.join('\n') : `{"Records":[${texts.join(',')}]}`;
  const bytes = Buffer.from(file);
  await ordinary.read(name, bytes, chunk);
  await (random.chance(0.3) ? fast.readStream(name, bytes, chunk) : fast.read(name, bytes, chunk));
  return file;
}

function textOf(record: object, random: Random, odds: number): string {
  return odds > 0 ? rewritten(record, random, odds) : JSON.stringify(record);
}

function brokenText(record: object, random: Random): string {
  const text = JSON.stringify({ ...record, userAgent: `u${random.hex(9)}`, requestParameters: 'BROKEN' });
  return text.replace('"BROKEN"', random.pick(BROKEN));
}
