import type { Detection } from '../../lambda/detection/detect';
import type { FactSet } from '../../lambda/detection/facts/fact-set';
import type { Judgement } from '../../lambda/detection/judge/judge';
import type { Finding } from '../../lambda/detection/model/finding';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Posture } from '../../lambda/detection/posture/posture';
import type { ReadCounts } from '../report/summary';

/** Result of a `replay` run, as the formats write it. */
export interface ReplayResult {
  /** Those within `--since`, `--until` and `--min-severity`. */
  readonly findings: readonly Finding[];
  /** Number of findings outside of them. */
  readonly hidden: number;
  readonly detection: Detection;
  readonly facts: FactSet;
  readonly read: ReadCounts;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  readonly postures: () => readonly Posture[];
  /** `--asff-account`: 12 digits. */
  readonly asffAccount: string | undefined;
  /** Width of the terminal, or 100. */
  readonly columns: number;
  readonly colours: boolean;
  /** `--long`: evidence of each finding in the table. */
  readonly long: boolean;
}

/** Output of one run. */
export interface ReplayWriter {
  /** Called for each workload while records are judged. */
  onJudgement?(judgement: Judgement, findings: readonly Finding[]): void;
  write(result: ReplayResult): Iterable<string>;
}

/** A value of `replay --format`. */
export interface OutputFormat {
  readonly name: string;
  /** Of file names, without the dot. */
  readonly extension: string;
  /** `browser`: refused on a terminal, where `--out` must name a file. */
  readonly reader: 'terminal' | 'program' | 'browser';
  /** Whether the inputs' SHA-256 digests are written. */
  readonly inputDigests: boolean;
  /** Called before the first judgement. */
  start(): ReplayWriter | Promise<ReplayWriter>;
  /** Output of `--posture`; null where the format has none. */
  readonly writePosture: ((result: ReplayResult) => Iterable<string>) | null;
}
