import type { ClusterLines } from './cluster-lines';
import type { Piece } from './piece';
import { SkipCounts, type SkipReason, type TrailReading } from './trail-reading';
import type { Unwrapped } from './unwrap';

/** In a stream with more, a record ends where the next begins at the latest, so that reading on stays fast. */
const POISONED = 1000;

/** Passes on the records of one stream and counts everything else in it. */
export class TrailTally implements Unwrapped {
  readonly #onRecord: (record: unknown) => void;
  readonly #skipped = new SkipCounts();
  /** Null where audit logs are not read. */
  readonly audit: ClusterLines | null;
  /** Where the value at hand begins, in bytes of the stream. */
  at = 0;
  /** What is no record is not counted, as there may be very many. */
  isInLongValue = false;
  /** A fault of the stream explains what is malformed from here on. */
  isFaulty = false;
  #began = false;
  #sawText = false;
  #records = 0;
  #auditLines = 0;
  #malformed = 0;
  #firstMalformed = 0;

  constructor(onRecord: (record: unknown) => void, audit: ClusterLines | null = null) {
    this.#onRecord = onRecord;
    this.audit = audit && this.#counted(audit);
  }

  /** Something of CloudTrail or of an audit log was seen: from there on, unreadable data is a fault. */
  get began(): boolean {
    return this.#began;
  }

  get isPoisoned(): boolean {
    return this.#malformed > POISONED;
  }

  /** Text that is no JSON was passed over. */
  sawText(): void {
    this.#sawText = true;
  }

  begin(): void {
    this.#began = true;
  }

  record(record: unknown): void {
    this.#began = true;
    this.#records += 1;
    this.#onRecord(record);
  }

  /** As `ClusterLineFinder.take`; null where audit logs are not read too. */
  takeClusterLines(piece: Piece, at: number): number | null {
    return this.audit?.finder.take(piece, at, this.audit) ?? null;
  }

  /** Records that a reader of runs took. */
  run({ records, skipped }: Pick<TrailReading, 'records' | 'skipped'>): void {
    this.#began = true;
    this.#records += records;
    this.#skipped.add(skipped);
  }

  skip(reason: SkipReason): void {
    if (reason === 'malformed-record') return this.malformed(this.at);
    if (reason === 'not-cloudtrail' && this.isInLongValue) return this.sawText();
    if (reason !== 'not-cloudtrail' && reason !== 'empty') this.#began = true;
    if (reason === 'not-relevant') this.#records += 1;
    this.#skipped.count(reason);
  }

  /** `at`: where the record begins, in bytes of the stream. */
  malformed(at: number): void {
    if (this.isFaulty) return;
    if (this.#malformed === 0) this.#firstMalformed = at;
    this.#malformed += 1;
    this.#began = true;
    this.#skipped.count('malformed-record');
  }

  /** `fault`: why the stream ended early; `open`: it ended inside a list or object. */
  reading(fault: string | null, open: boolean): TrailReading {
    const skipped = new SkipCounts(this.#skipped);
    if (this.#sawText && !this.#began && skipped.size === 0) skipped.count('not-cloudtrail');
    const problem = this.#problems(fault, open).join('; ') || null;
    return { records: this.#records, auditLines: this.#auditLines, skipped, problem };
  }

  #counted(audit: ClusterLines): ClusterLines {
    return {
      finder: audit.finder,
      line: (line) => {
        this.#began = true;
        this.#auditLines += 1;
        audit.line(line);
      },
      alarm: (line) => {
        this.#began = true;
        this.#auditLines += 1;
        audit.alarm(line);
      },
      other: (lines) => {
        this.#began = true;
        audit.other(lines);
      },
    };
  }

  #problems(fault: string | null, open: boolean): string[] {
    const problems = fault === null ? [] : [fault];
    const count = this.#malformed;
    if (count === 1) problems.push(`a malformed record at byte ${this.#firstMalformed}`);
    if (count > 1) problems.push(`${count} malformed records, the first at byte ${this.#firstMalformed}`);
    if (fault === null && open && this.#began) problems.push('the JSON breaks off');
    return problems;
  }
}
