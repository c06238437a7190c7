import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { awsFault } from '../deployment/aws-fault';

/** A log file of the trail. */
export interface LogFile {
  readonly key: string;
  readonly bytes: number;
  readonly account: string;
  readonly region: string;
  /** Time of writing, as in its name: epoch milliseconds. */
  readonly written: number;
}

export interface TrailBucket {
  readonly bucket: string;
  /** The account it belongs to. */
  readonly owner: string;
  /** Before `AWSLogs/`; empty for none. */
  readonly prefix: string;
}

/** The log files to list. Times are epoch milliseconds. */
export interface LogFileFilter {
  readonly since: number;
  readonly until: number;
  /** Null: all; as `regions`. */
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
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
  const lister = new Lister(client, where);
  const last = after === null ? null : logFileOf(after, 0);
  const regions = await lister.regionFolders(filter);
  for (const day of daysOf({ ...filter, since: Math.max(filter.since, last?.written ?? 0) })) {
    const files: LogFile[] = [];
    await eachOf(regions, async (folder) => {
      for await (const file of lister.filesIn(`${folder}${day}/`)) if (isInPeriod(file, filter)) files.push(file);
    });
    yield files.filter((file) => last === null || byTime(last, file) < 0).sort(byTime);
  }
}

function byTime(a: LogFile, b: LogFile): number {
  return a.written - b.written || (a.key < b.key ? -1 : Number(a.key > b.key));
}

class Lister {
  constructor(
    private readonly client: S3Client,
    private readonly where: TrailBucket,
  ) {}

  /** `AWSLogs/[o-…/]<account>/CloudTrail/<region>/`, of the filter's accounts and Regions. */
  async regionFolders({ accounts, regions }: LogFileFilter): Promise<string[]> {
    const top = await this.foldersIn(`${this.where.prefix}AWSLogs/`);
    const organizations = top.filter((folder) => /^o-[a-z0-9]+$/.test(lastOf(folder)));
    const below = await this.foldersInEach(organizations);
    const ofAccounts = [...top, ...below].filter(
      (folder) => /^\d{12}$/.test(lastOf(folder)) && (accounts?.includes(lastOf(folder)) ?? true),
    );
    const ofRegions = await this.foldersInEach(ofAccounts.map((folder) => `${folder}CloudTrail/`));
    return ofRegions.filter((folder) => regions?.includes(lastOf(folder)) ?? true);
  }

  async *filesIn(folder: string): AsyncGenerator<LogFile> {
    for await (const { Contents: objects = [] } of this.pages(folder)) {
      for (const { Key: key = '', Size: bytes = 0 } of objects) {
        const file = logFileOf(key, bytes);
        if (file) yield file;
      }
    }
  }

  private async foldersInEach(folders: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    await eachOf(folders, async (folder) => void found.push(...(await this.foldersIn(folder))));
    return found.sort();
  }

  private async foldersIn(folder: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes: prefixes = [] } of this.pages(folder, '/'))
      found.push(...prefixes.map(({ Prefix: prefix = '' }) => prefix));
    return found;
  }

  private async *pages(folder: string, delimiter?: string) {
    const { bucket, owner } = this.where;
    const pages = paginateListObjectsV2(
      { client: this.client },
      { Bucket: bucket, Prefix: folder, ExpectedBucketOwner: owner, ...(delimiter && { Delimiter: delimiter }) },
    );
    try {
      yield* pages;
    } catch (error) {
      throw awsFault(`list s3://${bucket}/${folder} of account ${owner}`, error);
    }
  }
}

const LOG_FILE =
  /\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/[^/]*_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*\.json(?:\.gz)?$/;

/** Null if the key is not that of a CloudTrail log file (digests, Insights, other objects). */
export function logFileOf(key: string, bytes: number): LogFile | null {
  const parts = LOG_FILE.exec(key);
  if (!parts) return null;
  const [, account = '', region = '', year, month, day, hour, minute] = parts;
  const written = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(written) ? null : { key, bytes, account, region, written };
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

function lastOf(folder: string): string {
  return folder.split('/').at(-2) ?? '';
}

async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: CONCURRENT_FOLDERS }, work));
}
