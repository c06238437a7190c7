import { linesOf } from '../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../lambda/detection/kinds/all-kinds';
import { readInto, type Skip } from '../../lambda/detection/records/read-facts';
import { LogFileFacts } from '../../lambda/fact-reading/log-file-facts';
import { SkippedRecords } from '../../lambda/fact-reading/skipped-records';
import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { RecordRun } from '../../lambda/trail-files/record-runs';
import { readTrailObject } from '../../lambda/trail-files/read-trail-object';
import { SkipCounts } from '../../lambda/trail-files/trail-reading';
import { chunksOf } from '../lambda/trail-files/trail-fixtures';
import { canonical } from './canonical';

/** The fast path counts a record with a broken value for a good one, where no fact needs the value. */
type What = 'all' | 'facts';

export const NOW = Date.UTC(2026, 11, 1);

/** Reads log files in memory as `replay` reads those on disk: by the fast path where a scanner is given, else by the ordinary one. */
export class MemoryReader {
  readonly facts = new FactSet();
  /** All records, and those of them that the fast path read in whole files, in runs and in parts. */
  readonly records = { all: 0, files: 0, runs: 0, parts: 0 };
  readonly #skipped = new SkipCounts<string>();
  readonly #left = new SkippedRecords();
  readonly #problems: string[] = [];
  readonly #files: LogFileFacts | null;
  #examples: [Skip, unknown][] = [];

  constructor(scanner: LogFileScanner | null) {
    const onSkip = (reason: Skip, record: unknown): void => void this.#examples.push([reason, record]);
    this.#files = scanner && LogFileFacts.create(this.facts, { kinds: WORKLOAD_KINDS, now: NOW, onSkip, scanner });
  }

  /** Reads a file; one that is no plain log file as a stream in chunks. */
  async read(name: string, bytes: Buffer, chunk = bytes.length): Promise<void> {
    if (!this.readFile(name, bytes)) await this.readStream(name, bytes, chunk);
  }

  /** False, with nothing counted, for what is no plain log file. */
  readFile(name: string, bytes: Buffer): boolean {
    this.#examples = [];
    const counts = this.#files?.read((into) => bytes.copy(into));
    if (!counts?.records) return false;
    this.#skipped.add(counts.skipped);
    this.#leave(name, counts.left);
    this.records.files += counts.records;
    this.records.all += counts.records;
    return true;
  }

  async readStream(name: string, bytes: Buffer, chunk: number): Promise<void> {
    const onRecord = (record: unknown): void => {
      const skip = readInto(this.facts, record, WORKLOAD_KINDS, NOW);
      if (skip !== null) this.#left.note(skip, record, name);
    };
    const runs = this.#files && ((part: Buffer) => this.#readRun(name, part));
    const { records, skipped, problem } = await readTrailObject(chunksOf(bytes, chunk), onRecord, { runs });
    this.#skipped.add(skipped);
    this.records.all += records;
    if (problem !== null) this.#problems.push(`${name}: ${problem}`);
  }

  /** Reads a part of a stream, if it is plain records up to its end, and it is `wanted` after that was checked. */
  readPart(name: string, bytes: Buffer, wanted: boolean): boolean {
    if (!this.#files?.checkPart(bytes) || !wanted) return false;
    this.#examples = [];
    const { records, skipped, left } = this.#files.takePart();
    this.#skipped.add(skipped);
    this.#leave(name, left);
    this.records.parts += records;
    this.records.all += records;
    return true;
  }

  /** The facts read; or all that was read, with counts, problems and examples. */
  outcome(what: What): string {
    this.#files?.finish();
    const facts = [...linesOf(this.facts)].sort();
    if (what === 'facts') return facts.join('\n');
    const counts = new SkipCounts<string>(this.#skipped);
    counts.add(this.#left.counts);
    const read = [this.records.all, counts, this.#problems, this.#left.problems(), this.#left.notices()];
    return [...read.map(canonical), ...facts].join('\n');
  }

  #readRun(name: string, part: Buffer): RecordRun {
    this.#examples = [];
    const run = this.#files?.readRun(part) ?? NO_RUN;
    this.#leave(name, run.left);
    this.records.runs += run.records;
    return run;
  }

  #leave(name: string, left: ReadonlyMap<Skip, number>): void {
    for (const [reason, record] of this.#examples) this.#left.note(reason, record, name);
    for (const [reason, times] of left) this.#left.count(reason, times);
  }
}

const NO_RUN = { end: 0, records: 0, skipped: new Map(), left: new Map<Skip, number>() };

/** Throws, with the lines that differ, unless both have read the same. */
export function expectSame(fast: MemoryReader, ordinary: MemoryReader, what: What = 'all'): void {
  const [one, other] = [fast.outcome(what), ordinary.outcome(what)];
  if (one === other) return;
  const [ofFast, ofOrdinary] = [new Set(one.split('\n')), new Set(other.split('\n'))];
  const only = (lines: Set<string>, others: Set<string>): string =>
    [...lines]
      .filter((line) => !others.has(line))
      .slice(0, 5)
      .map((line) => line.slice(0, 2_000))
      .join('\n');
  throw new Error(`fast path: ${only(ofFast, ofOrdinary)}\nordinary path: ${only(ofOrdinary, ofFast)}`);
}
