import type { Detection } from '../../lambda/detection/detect';
import type { TimeSpan } from '../../lambda/detection/facts/retention';
import type { Judgement } from '../../lambda/detection/judge/judge';
import type { Finding } from '../../lambda/detection/model/finding';
import type { IpRanges } from '../../lambda/detection/model/ip-ranges';
import type { Settings } from '../../lambda/detection/model/settings';
import type { Posture } from '../../lambda/detection/posture/posture';
import type { Picture } from '../report/picture';
import type { ReadCounts } from '../report/summary';

/** Result of a `replay` run, as the formats write it. */
export interface ReplayResult {
  /** Those within `--since`, `--until` and `--min-severity`. */
  readonly findings: readonly Finding[];
  /** Number of findings outside of them. */
  readonly hidden: number;
  readonly detection: Detection;
  /** What the facts are about: accounts whose records were seen, and when the events were; null without any. */
  readonly seen: () => { readonly accounts: readonly string[]; readonly span: TimeSpan | null };
  readonly read: ReadCounts;
  readonly settings: Settings;
  readonly ipRanges: IpRanges | null;
  readonly postures: () => readonly Posture[];
  /** `--asff-account`: 12 digits. */
  readonly asffAccount: string | undefined;
  /** Width of the terminal, or 100. */
  readonly columns: number;
  readonly colours: boolean;
  /** Bounds of a report that may be of many incidents; null for all. */
  readonly excerpt: ReportExcerpt | null;
  /** `--long`: evidence of each finding in the table. */
  readonly long: boolean;
}

/** The part of the findings that a report shows. */
export interface ReportExcerpt {
  /** Findings of the incidents shown. */
  readonly findings: readonly Finding[];
  /** Incidents in all. */
  readonly incidents: number;
  /** Of these incidents and of the workloads of groups, by incident id. */
  readonly pictures: ReadonlyMap<string, Picture>;
  /** Name of a file with all findings; null if there is none. */
  readonly rest: string | null;
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
