import type { PlannedFile } from '../../lambda/hunting/hunt-plan';
import { logFileOf } from '../../lambda/adapters/s3/log-file-listing';
import { inputFiles, inputState } from '../replay/input-files';

/** Which log files are read, by the names that CloudTrail gives them. */
export interface LogFileChoice {
  /** Written from this time on, in epoch milliseconds. */
  readonly from?: number;
  /** Written before this time. */
  readonly to?: number;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
}

/** A file of this machine. */
export interface LocalFile extends PlannedFile {
  /** When it was last changed, in epoch milliseconds; 0 if that is not known. */
  readonly changed: number;
}

/** The files in a folder. Account, Region and time are those in the names; files that are not named as log files are all read. */
export function* huntFiles(folder: string, choice: LogFileChoice): Generator<LocalFile> {
  for (const file of inputFiles([folder]))
    if (isChosen(file.path, choice)) yield { key: file.path, ...inputState(file) };
}

function isChosen(path: string, { from = 0, to = Infinity, account, region }: LogFileChoice): boolean {
  const file = logFileOf(path, 0);
  if (file === null) return true;
  if (account && !account.includes(file.account)) return false;
  if (region && !region.includes(file.region)) return false;
  return file.written >= from && file.written < to;
}
