import type { S3Client } from '@aws-sdk/client-s3';
import { LogFileListing, type FolderFilter, type LogFile, type TrailBucket } from './log-file-listing';

/** The log files of a hunt: those written in a period, in epoch milliseconds, by the times in their names. */
export interface TrailPeriod extends FolderFilter {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** Folders that are listed at the same time. */
const CONCURRENT_FOLDERS = 32;

/** Lists them by account, Region and month. `faultOf` makes the errors that are thrown. */
export async function* trailLogFiles(
  client: S3Client,
  trail: TrailBucket,
  { from, to, ...filter }: TrailPeriod,
  faultOf?: (action: string, error: unknown) => unknown,
): AsyncGenerator<LogFile> {
  const listing = new LogFileListing(client, trail, CONCURRENT_FOLDERS, faultOf);
  const folders = await listing.regionFolders(filter);
  const months = folders.flatMap((folder) => monthsOf(from, to).map((month) => `${folder}${month}/`));
  for (let at = 0; at < months.length; at += CONCURRENT_FOLDERS) {
    const files = await listing.filesInEach(months.slice(at, at + CONCURRENT_FOLDERS));
    yield* files
      .filter(({ written }) => written >= from && written < to)
      .sort((one, other) => (one.key < other.key ? -1 : 1));
  }
}

/** `2026/09`: of each month that begins before `to` and ends after `from`, in order. */
function monthsOf(from: number, to: number): string[] {
  const months: string[] = [];
  const first = new Date(from);
  const month = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth()));
  for (; month.getTime() < to; month.setUTCMonth(month.getUTCMonth() + 1))
    months.push(month.toISOString().slice(0, 7).replace('-', '/'));
  return months;
}
