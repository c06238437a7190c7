import type { IpRanges } from '../detection/model/ip-ranges';
import type { Settings } from '../detection/model/settings';
import type { WorkloadKind } from '../detection/model/workload-kind';
import type { Spread } from './folders';
import type { PictureOf, ReportFiles } from './report-files';
import type { WorkStore } from './work-store';

/** What all stages of a hunt share. Each part is read into memory as a whole, or in passes. */
export interface HuntContext extends Spread {
  readonly store: WorkStore;
  /** Memory that a child may use, in megabytes. */
  readonly megabytes: number;
  readonly settings: Settings;
  readonly kinds: readonly WorkloadKind[];
  /** Null: as for `detect`. */
  readonly ipRanges: IpRanges | null;
  /** Makes pictures of workloads with findings. @default there are none */
  readonly pictureOf?: PictureOf;
  /** Writes files for people. @default there are none */
  readonly reportFiles?: ReportFiles;
  /** Incidents that a page of them shows, the worst. @default MOST_INCIDENTS */
  readonly incidents?: number;
  /**
   * Percent of the log files that may be unread.
   *
   * @default MAX_UNREADABLE, or FEW_UNREADABLE files if they are more
   */
  readonly maxUnreadable?: number | undefined;
}
