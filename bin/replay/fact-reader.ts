import type { FactSet, FactSetData, SessionData, SessionUse } from '../../lambda/detection/facts/fact-set';
import type { PackedSightings } from '../../lambda/detection/facts/packed-sightings';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import type { WorkloadKind } from '../../lambda/detection/model/workload-kind';
import { readInto, type Skip } from '../../lambda/detection/records/read-facts';
import { RequestFacts } from '../../lambda/detection/records/request-facts';
import { LogFileFacts } from '../../lambda/fact-reading/log-file-facts';
import { RowFacts } from '../../lambda/fact-reading/row-facts';
import type { FileCounts } from '../../lambda/fact-reading/file-counts';
import type { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { PartReader, RunReader } from '../../lambda/trail-files/record-runs';
import type { AuditData, AuditReader } from './audit-reader';
import { sha256Of } from './input-digest';
import type { ScannedFile } from './file-scanner';
import type { InputFile } from './input-files';
import { readFiles } from './read-inputs';
import { WholeFiles } from './whole-files';
import { SkippedRecords, type SkippedData } from '../../lambda/fact-reading/skipped-records';
import { SharedParts, type Part, type PartReading, type PartSharing } from './shared-parts';
import type { Turns } from './turns';

/** How records are read. */
export interface ReadOptions {
  /** Names of the kinds of workloads. */
  readonly workloads: readonly string[];
  /** Epoch milliseconds: see `readInto`. */
  readonly now: number;
  /** Whether to compute the digests of the inputs. */
  readonly digests: boolean;
}

/** What was read of one file. */
export interface FileReading {
  readonly file: string;
  /** Bytes read, as they are on disk. */
  readonly bytes: number;
  readonly records: number;
  readonly skipped: ReadonlyMap<string, number>;
  readonly problem: string | null;
  /** As in `InputDigest`; null also where it was not asked for. */
  readonly sha256: string | null;
}

/** The facts that a thread has read, as data. */
export interface ReadFacts {
  readonly sightings: PackedSightings | null;
  readonly others: FactSetData;
  readonly left: SkippedData;
  readonly audit: AuditData | null;
}

/** Who gets what is not a fact, and who helps. */
export interface Receivers {
  readonly left?: SkippedRecords;
  /** @default null: audit logs are not read */
  readonly audit?: AuditReader | null;
  /** Starts the threads that read parts of long files too. @default one thread reads all */
  readonly share?: (() => Promise<Omit<PartSharing, 'here'>>) | null;
  /** Files are scanned by another thread, into the places of this scanner. @default null: by this one */
  readonly scanner?: LogFileScanner | null;
}

/** Reads files into facts and acts: plain log files by the fast path, all others as `readFiles` does. */
export class FactReader {
  readonly #facts: FactSet;
  readonly #kinds: readonly WorkloadKind[];
  readonly #now: number;
  readonly #digests: boolean;
  readonly #left: SkippedRecords;
  readonly #audit: AuditReader | null;
  readonly #requests: RequestFacts;
  readonly #scanner: LogFileScanner | null;
  /** Of what the other thread scans. */
  readonly #rows: RowFacts | null;
  readonly #newLogFiles: () => LogFileFacts | null;
  /** Null where the scanner cannot run, undefined until it is needed. */
  #usedLogFiles: LogFileFacts | null | undefined;
  readonly #files = new WholeFiles();
  readonly #share: Receivers['share'];
  #skippedHere: [Skip, unknown][] = [];

  constructor(
    facts: FactSet,
    { workloads, now, digests }: ReadOptions,
    { left = new SkippedRecords(), audit = null, share = null, scanner = null }: Receivers = {},
  ) {
    this.#share = share;
    this.#facts = facts;
    this.#kinds = kindsNamed(workloads);
    this.#now = now;
    this.#digests = digests;
    this.#left = left;
    this.#audit = audit;
    this.#requests = new RequestFacts(facts, this.#kinds, now);
    const onSkip = (reason: Skip, record: unknown): void => void this.#skippedHere.push([reason, record]);
    const options = { kinds: this.#kinds, now, onSkip };
    this.#scanner = scanner;
    this.#rows = scanner && new RowFacts(scanner, facts, options);
    this.#newLogFiles = () => LogFileFacts.create(facts, options);
  }

  get #logFiles(): LogFileFacts | null {
    // Once: where it cannot run, V8 takes long to find out.
    if (this.#usedLogFiles === undefined) this.#usedLogFiles = this.#newLogFiles();
    return this.#usedLogFiles;
  }

  /** `scanned`: what another thread scanned of it, which leaves what is no plain log file to this one; by default, none did. */
  async read(
    input: InputFile,
    onBytes: (bytes: number) => void = ignore,
    scanned?: ScannedFile | null,
  ): Promise<FileReading> {
    const read = scanned === undefined ? this.#readLogFile(input) : scanned && this.#readScanned(input.path, scanned);
    if (!read) return this.#readAny(input, onBytes);
    onBytes(read.bytes);
    return read;
  }

  /** The ids of the scanner that another thread scans with are to be new ones. */
  forgetIds(): void {
    this.#rows?.forgetIds();
    this.#scanner?.resetRequests();
  }

  /** Null where the ordinary path is needed. */
  #readScanned(path: string, { place, rows, bytes, sha256 }: ScannedFile): FileReading | null {
    this.#skippedHere = [];
    this.#scanner?.select(place);
    const counts = this.#rows?.take(rows);
    if (!counts?.records || counts.stoppedAt !== null) return null;
    this.#leave(counts.left, path);
    const { records, skipped } = counts;
    return { file: path, bytes, records, skipped, problem: null, sha256 };
  }

  /** Null for anything but a plain log file with records. */
  #readLogFile({ path, regular, problem }: InputFile): FileReading | null {
    const logFiles = regular && problem === null ? this.#logFiles : null;
    if (!logFiles) return null;
    this.#skippedHere = [];
    const file = this.#files.read(path);
    const counts = file && logFiles.read((into) => this.#files.inflate(file, into));
    if (!file || !counts?.records) return null;
    this.#leave(counts.left, path);
    const { records, skipped } = counts;
    const sha256 = this.#digests ? sha256Of(file) : null;
    return { file: path, bytes: file.length, records, skipped, problem: null, sha256 };
  }

  /** Reads a run of records when all before it are known to be such runs; null if one of them, or this one, is not. */
  async readPart(file: string, bytes: Buffer, index: number, turns: Turns): Promise<PartReading | null> {
    const logFiles = this.#logFiles;
    const isPlain = logFiles?.checkPart(bytes) ?? false;
    if (!(await turns.come(index, isPlain)) || !logFiles) return null;
    this.#skippedHere = [];
    const { records, skipped, sessions, left: others } = logFiles.takePart();
    const left = new SkippedRecords();
    this.#leave(others, file, left);
    return { records, skipped, sessions, left: left.data() };
  }

  /** The facts read, for another thread's `FactSet`. */
  takeFacts(): ReadFacts {
    const { foreignKeys, grants, people, accounts } = this.#facts;
    const issuances = [...this.#facts.issuances.values()];
    const changes = [...this.#facts.changes.values()];
    const sessions = new Map([...this.#facts.sessions].map(([arn, session]) => [arn, dataOf(session)]));
    const sightings = this.#usedLogFiles?.packed() ?? null;
    return {
      sightings,
      others: { issuances, foreignKeys, grants, changes, people, sessions, accounts },
      left: this.#left.data(),
      audit: this.#audit?.data() ?? null,
    };
  }

  /** Completes the facts. */
  finish(): void {
    this.#usedLogFiles?.finish();
    this.#rows?.finish();
  }

  #runsOf(path: string): RunReader | null {
    const logFiles = this.#logFiles;
    return (
      logFiles &&
      ((bytes) => {
        this.#skippedHere = [];
        const run = logFiles.readRun(bytes);
        this.#leave(run.left, path);
        this.#left.seeMany(run.sessions, path);
        return run;
      })
    );
  }

  #partsOf(path: string): PartReader | null {
    const share = this.#share;
    if (!share || !this.#logFiles) return null;
    const start = async (): Promise<PartSharing> => {
      const others = await share();
      const { slots, turns } = others;
      const readPart = ({ slot, length, index }: Part): Promise<PartReading | null> =>
        this.readPart(path, (slots[slot] ?? NO_BYTES).subarray(0, length), index, turns);
      return { ...others, here: { readPart } };
    };
    return new SharedParts(path, start, ({ left, sessions }) => {
      this.#left.add(left);
      this.#left.seeMany(sessions, path);
    });
  }

  #leave(counts: FileCounts['left'], path: string, into = this.#left): void {
    for (const [reason, record] of this.#skippedHere) into.note(reason, record, path);
    for (const [reason, times] of counts) into.count(reason, times);
  }

  async #readAny(input: InputFile, onBytes: (bytes: number) => void): Promise<FileReading> {
    let seen = 0;
    const audit = this.#audit;
    const onRecord = (record: unknown): void => {
      const skip = readInto(this.#facts, record, this.#kinds, this.#now);
      this.#left.see(record, input.path);
      if (skip !== null) this.#left.note(skip, record, input.path);
    };
    const reading = await readFiles([input], {
      onRecord,
      ...(audit && {
        audit: () => audit.file((request) => this.#requests.add(request)),
      }),
      digests: this.#digests,
      runsOf: (path) => ({ runs: this.#runsOf(path), parts: this.#partsOf(path) }),
      onProgress: ({ bytes }) => {
        onBytes(bytes - seen);
        seen = bytes;
      },
    });
    const { bytes, records, skipped, problems, digests } = reading;
    const sha256 = digests[0]?.sha256 ?? null;
    return { file: input.path, bytes, records, skipped, problem: problems[0]?.reason ?? null, sha256 };
  }
}

/** Samples and rows are classes, of which a message to another thread would drop the calls and hours. */
function dataOf({ arn, rows, calls }: SessionUse): SessionData {
  const samples = [...calls].map(
    ([key, { limit, calls: kept, more, lastTime }]) => [key, { limit, calls: kept, more, lastTime }] as const,
  );
  const plain = [...rows].map(([key, { caller, seen }]) => [key, { caller, seen }] as const);
  return { arn, rows: new Map(plain), calls: new Map(samples) };
}

const NO_BYTES = Buffer.alloc(0);

function ignore(): void {}
