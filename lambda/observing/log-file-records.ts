import { isTooOldToJudge } from '../detection/facts/retention';
import { isInFuture } from '../detection/model/event-time';
import { readRecord } from '../detection/records/read-record';
import type { Deployed } from '../detection/tampering/act';
import { readTampering } from '../detection/tampering/read-tampering';
import { CallRuns, type CallReader, type ScannedCall } from '../fact-reading/call-runs';
import type { SeenCache } from '../store/seen-cache';
import type { LogFileScanner } from '../trail-files/log-file-scanner';
import type { RunReader } from '../trail-files/record-runs';
import { RepeatCounts, RepeatedCalls } from './repeated-calls';
import type { ObserveContext } from './observing-context';

/** What a container reads log files with. */
export interface FastReading {
  readonly runs: CallRuns;
  readonly repeated: RepeatedCalls;
}

/** Null where the scanner cannot run. `seen`: the cache of all that reads by it. */
export function fastReading(seen: SeenCache, scanner?: LogFileScanner | null): FastReading | null {
  const runs = CallRuns.create(scanner);
  return runs && { runs, repeated: new RepeatedCalls(seen) };
}

interface LogFileContext extends ObserveContext {
  readonly deployed: Deployed;
  /** Null where log files are read by the ordinary path alone. */
  readonly fast: FastReading | null;
}

/** Records of a log file. */
export interface RecordsRead {
  readonly records: readonly unknown[];
  /** Those of tampering with the detector. */
  readonly tamperings: readonly unknown[];
  /** Calls that repeat what is stored, which are not among the records. */
  readonly repeated: RepeatCounts;
}

/** Collects the records of one log file, which is of one account. */
export class LogFileRecords implements CallReader {
  /** Number of records of other accounts, which are ignored. */
  foreign = 0;
  #records: unknown[] = [];
  #tamperings: unknown[] = [];
  #repeated = new RepeatCounts();

  constructor(
    private readonly account: string,
    private readonly context: LogFileContext,
  ) {}

  get runs(): RunReader | null {
    const { fast, kinds } = this.context;
    return fast && ((bytes) => fast.runs.read(bytes, kinds, this));
  }

  /** Number of records since they were taken. */
  get length(): number {
    return this.#records.length + this.#repeated.records;
  }

  record(value: unknown): void {
    const reading = readRecord(value);
    if ('record' in reading && reading.record.account !== this.account) return void (this.foreign += 1);
    // Values that are no records are counted by `observe`.
    this.#records.push(value);
    if ('record' in reading && readTampering(reading.record, this.context.deployed)) this.#tamperings.push(value);
  }

  /** Takes calls that repeat what is stored. */
  takeCall(scanned: ScannedCall): boolean {
    const { now, settings, fast } = this.context;
    if (scanned.caller.account !== this.account) {
      this.foreign += 1;
      return true;
    }
    if (isInFuture(scanned.time, now) || isTooOldToJudge(scanned.time, now, settings.retentionDays)) return false;
    const repeated = fast?.repeated.find(scanned, now);
    if (repeated) this.#repeated.count(repeated, scanned);
    return Boolean(repeated);
  }

  /** Those read since this was called last. */
  takeAll(): RecordsRead {
    const read = { records: this.#records, tamperings: this.#tamperings, repeated: this.#repeated };
    this.#records = [];
    this.#tamperings = [];
    this.#repeated = new RepeatCounts();
    return read;
  }
}
