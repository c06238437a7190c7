import {
  SharedParts,
  slotMemory,
  slotsIn,
  type Part,
  type PartSharing,
  type PartTaker,
} from '../../bin/replay/shared-parts';
import { SkippedRecords } from '../../lambda/fact-reading/skipped-records';
import { Turns } from '../../bin/replay/turns';
import { linesOf } from '../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../lambda/detection/kinds/all-kinds';
import { readInto } from '../../lambda/detection/records/read-facts';
import { LogFileFacts } from '../../lambda/fact-reading/log-file-facts';
import type { RunReader } from '../../lambda/trail-files/record-runs';
import { readTrailObject } from '../../lambda/trail-files/read-trail-object';
import { seededRandom, type Random } from '../../trail-writer/random';
import { chunksOf } from '../lambda/trail-files/trail-fixtures';
import { trailScenarios } from '../scenario';
import { testScanner } from '../test-scanner';
import { canonical } from './canonical';
import { streamOf } from './record-streams';

const RUNS = Number(process.env['SHARED_PARTS_RUNS'] ?? 300);
const SEED = Number(process.env['SHARED_PARTS_SEED'] ?? 20_261_204);
const NOW = Date.UTC(2026, 11, 1);
const FILE = 'stream';

const scanners = Array.from({ length: 3 }, () => testScanner());
const scenarios = trailScenarios().map(({ records }) => records);

/** One of the threads, which here take turns in one. */
class Reader implements PartTaker {
  readonly facts = new FactSet();
  readonly left = new SkippedRecords();
  taken = 0;
  refused = 0;
  #skipped: SkippedRecords = this.left;
  readonly #files: LogFileFacts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    thread: number,
    private readonly slots: readonly Buffer[],
    private readonly turns: Turns,
  ) {
    const files = LogFileFacts.create(this.facts, {
      kinds: WORKLOAD_KINDS,
      now: NOW,
      onSkip: (reason, record) => this.#skipped.note(reason, record, FILE),
      scanner: scanners[thread] ?? null,
    });
    if (!files) throw new Error('the scanner does not run');
    this.#files = files;
  }

  readonly runs: RunReader = (bytes) => {
    this.#skipped = this.left;
    const run = this.#files.readRun(bytes);
    for (const [reason, times] of run.left) this.left.count(reason, times);
    this.left.seeMany(run.sessions, FILE);
    return run;
  };

  /** One after the other. */
  readPart(part: Part): ReturnType<PartTaker['readPart']> {
    const reading = this.#last.then(() => this.#readNext(part));
    this.#last = reading;
    return reading;
  }

  async #readNext({ index, slot, length }: Part): ReturnType<PartTaker['readPart']> {
    const isPlain = this.#files.checkPart((this.slots[slot] ?? Buffer.alloc(0)).subarray(0, length));
    if (!(await this.turns.come(index, isPlain))) {
      this.refused += 1;
      return null;
    }
    this.#skipped = new SkippedRecords();
    const { left, ...counts } = this.#files.takePart();
    for (const [reason, times] of left) this.#skipped.count(reason, times);
    this.taken += counts.records;
    return { ...counts, left: this.#skipped.data() };
  }

  finish(): FactSet {
    this.#files.finish();
    return this.facts;
  }
}

interface Outcome {
  readonly records: number;
  readonly skipped: Record<string, number>;
  readonly problems: readonly unknown[];
  readonly facts: readonly string[];
}

interface Sharing {
  readonly random: Random;
  readonly threads: number;
  readonly slot: number;
  readonly after: number;
}

/** What is read of a stream that comes in chunks. */
async function read(
  bytes: Buffer,
  chunk: number,
  sharing: Sharing | null,
): Promise<Outcome & { readonly readers: Reader[] }> {
  const { threads, slot, after } = sharing ?? { threads: 1, slot: 1, after: 0 };
  const slots = slotsIn(slotMemory(threads - 1, slot), slot);
  const turns = new Turns();
  const readers = Array.from({ length: threads }, (_, thread) => new Reader(thread, slots, turns));
  const [main, ...others] = readers;
  if (!main) throw new Error('no thread');
  const hasRoom = (): boolean => sharing?.random.chance(0.9) ?? true;
  const start = (): Promise<PartSharing> => Promise.resolve({ slots, turns, here: main, others, hasRoom });
  const parts = new SharedParts(
    FILE,
    start,
    ({ left, sessions }) => {
      main.left.add(left);
      main.left.seeMany(sessions, FILE);
    },
    after,
  );
  const onRecord = (record: unknown): void => {
    const skip = readInto(main.facts, record, WORKLOAD_KINDS, NOW);
    main.left.see(record, FILE);
    if (skip !== null) main.left.note(skip, record, FILE);
  };
  const { records, skipped, problem } = await readTrailObject(
    chunksOf(bytes, chunk),
    onRecord,
    sharing ? { runs: main.runs, parts } : {},
  );
  const facts = new FactSet();
  for (const reader of readers) facts.merge(reader.finish());
  const { left } = main;
  return {
    records,
    skipped: Object.fromEntries([...skipped, ...left.counts]),
    problems: [problem, left.problems(), left.notices(), left.unattributable()],
    facts: [...linesOf(facts)].sort(),
    readers,
  };
}

function outcome({ records, skipped, problems, facts }: Outcome): string {
  return canonical({ records, skipped, problems, facts });
}

/** Records, mostly one after the other, with other things between some of them. */
function longStream(random: Random): string {
  const many = Array.from({ length: 1 + random.below(5) }, () => streamOf(scenarios, random));
  if (random.chance(0.4)) return many.join('');
  const opening = random.pick(['', '', '[', '{"Records":[']);
  const records = scenarios
    .slice(random.below(scenarios.length))
    .flat()
    .slice(0, 3 + random.below(80));
  const border = opening === '' ? '\n' : random.pick([',', ',\n', ' ,\r\n ']);
  return `${opening}${records.map((record) => JSON.stringify(record)).join(border)}${random.pick(['', many[0] ?? ''])}`;
}

test(`${RUNS} streams that several threads read in tiny parts give what one thread reads, however they are cut`, async () => {
  const random = seededRandom(SEED);
  const seen = { all: 0, taken: 0, refused: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const bytes = Buffer.from(longStream(random));
    const chunk = random.pick([100 + random.below(2_000), 10_000, bytes.length]);
    const sharing = {
      random,
      threads: 1 + random.below(3),
      slot: 3_000 + random.below(9_000),
      after: random.below(4_000),
    };
    const expected = await read(bytes, chunk, null);
    const shared = await read(bytes, chunk, sharing);
    try {
      expect(outcome(shared)).toBe(outcome(expected));
    } catch (error) {
      throw new Error(
        `run ${run}, chunks of ${chunk}, ${JSON.stringify({ ...sharing, random: undefined })}: ${bytes.toString().slice(0, 20_000)}`,
        {
          cause: error,
        },
      );
    }
    seen.all += expected.records;
    for (const { taken, refused } of shared.readers) {
      seen.taken += taken;
      seen.refused += refused;
    }
  }
  expect(seen.taken).toBeGreaterThan(seen.all / 4);
  expect(seen.refused).toBeGreaterThan(RUNS / 10);
});
