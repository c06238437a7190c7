import { mutated } from '../../bench/mutated-inputs';
import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { Random } from '../../trail-writer/random';
import { expectSame, MemoryReader } from './memory-reader';
import { streamOf, withOddBracket, withOddField } from './record-streams';
import { rewritten } from './rewritten-json';

type Scenarios = readonly (readonly unknown[])[];

const NAME = 'one';

/** Compares the fast path with the ordinary one on random files and streams, and counts what was compared. */
export class PathComparison {
  readonly files = { all: 0, fast: 0, records: 0 };
  readonly streams = { all: 0, records: 0, inRuns: 0 };

  constructor(
    private readonly scanner: LogFileScanner,
    private readonly scenarios: Scenarios,
  ) {}

  /** A file with records of scenarios in any form. */
  async randomFile(random: Random): Promise<void> {
    const file = Buffer.from(rewrittenFile(this.scenarios, random));
    await this.file(file, random.pick([100 + random.below(400), 5_000, 100_000]));
  }

  /** True if the fast path has read the file to its end; otherwise it comes in chunks. */
  async file(file: Buffer, chunk = file.length): Promise<boolean> {
    const { all, files } = await this.#compare(file, chunk, 'read');
    this.files.all += 1;
    this.files.records += all;
    if (files > 0) this.files.fast += 1;
    return files > 0;
  }

  /** Records of scenarios in any wrapper, cut anywhere. */
  async randomStream(random: Random): Promise<void> {
    const bytes = Buffer.from(streamOf(this.scenarios, random));
    const chunk = random.pick([1 + random.below(200), 1_000 + random.below(5_000), 100_000, bytes.length]);
    const { all, runs } = await this.#compare(bytes, chunk, 'readStream');
    this.streams.all += 1;
    this.streams.records += all;
    this.streams.inRuns += runs;
  }

  async #compare(bytes: Buffer, chunk: number, how: 'read' | 'readStream'): Promise<MemoryReader['records']> {
    const [fast, ordinary] = [new MemoryReader(this.scanner), new MemoryReader(null)];
    await fast[how](NAME, bytes, chunk);
    await ordinary[how](NAME, bytes, chunk);
    try {
      expectSame(fast, ordinary);
    } catch (error) {
      throw new Error(`in chunks of ${chunk}: ${bytes.toString().slice(0, 20_000)}`, { cause: error });
    }
    return fast.records;
  }
}

/** A few records of one or two scenarios, some of them several times, some rewritten or mutated. */
function rewrittenFile(scenarios: Scenarios, random: Random): string {
  const pool = [...random.pick(scenarios), ...random.pick(scenarios)] as object[];
  const records = Array.from({ length: 1 + random.below(6) }, () => random.pick(pool));
  const [odds, oddsOfMutation] = [random.pick([0, 0.05, 0.5]), random.pick([0, 0, 0.2])];
  const texts = records.map((record) => {
    const one = random.chance(oddsOfMutation) ? mutated(record, () => random.next()) : withOddField(record, random);
    return withOddBracket(rewritten(one, random, odds), random);
  });
  return `${random.pick(['', ' ', '\n'])}{"Records":[${texts.join(random.pick([',', ' ,\n']))}]}${random.pick(['', '\n'])}`;
}
