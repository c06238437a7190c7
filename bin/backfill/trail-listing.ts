import type { S3Client } from '@aws-sdk/client-s3';
import {
  LogFileListing,
  logFileOf,
  type FolderFilter,
  type LogFile,
  type TrailBucket,
} from '../../lambda/adapters/s3/log-file-listing';
import { awsFault } from '../deployment/aws-fault';

/** The log files to list. Times are epoch milliseconds. */
export interface LogFileFilter extends FolderFilter {
  readonly since: number;
  readonly until: number;
}

const DAY = 86_400_000;
/** CloudTrail delivers records minutes, sometimes more than an hour, after the call. */
const DELIVERY_DELAY = 2 * 3_600_000;
const CONCURRENT_FOLDERS = 8;

/**
 * The log files that can contain records of the period, one day at a time, since an organisation has millions; oldest first.
 * Lists only the folders of the filter's accounts, Regions and days. With `after`, only files after that key. Throws errors
 * for the user.
 */
export async function* logFilesByDay(
  client: S3Client,
  where: TrailBucket,
  filter: LogFileFilter,
  after: string | null = null,
): AsyncGenerator<LogFile[]> {
  const listing = new LogFileListing(client, where, CONCURRENT_FOLDERS, awsFault);
  const last = after === null ? null : logFileOf(after, 0);
  const regions = await listing.regionFolders(filter);
  for (const day of daysOf({ ...filter, since: Math.max(filter.since, last?.written ?? 0) })) {
    const files = await listing.filesInEach(regions.map((folder) => `${folder}${day}/`));
    yield files.filter((file) => isInPeriod(file, filter) && (last === null || byTime(last, file) < 0)).sort(byTime);
  }
}

function byTime(a: LogFile, b: LogFile): number {
  return a.written - b.written || (a.key < b.key ? -1 : Number(a.key > b.key));
}

function isInPeriod({ written }: LogFile, { since, until }: LogFileFilter): boolean {
  return written >= since && written < until + DELIVERY_DELAY;
}

/** `2026/09/01`: the folders of all days on which files of the period are written. */
function daysOf({ since, until }: LogFileFilter): string[] {
  const days: string[] = [];
  for (let day = Math.floor(since / DAY) * DAY; day < until + DELIVERY_DELAY; day += DAY)
    days.push(new Date(day).toISOString().slice(0, 10).replaceAll('-', '/'));
  return days;
}
