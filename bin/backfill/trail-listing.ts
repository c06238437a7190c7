import { paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { awsFault } from '../deployment/aws-fault';

/** A log file of the trail. */
export interface LogFile {
  readonly key: string;
  readonly bytes: number;
  readonly account: string;
  readonly region: string;
  /** When CloudTrail wrote it: epoch milliseconds, by its name. */
  readonly written: number;
}

export interface TrailBucket {
  readonly bucket: string;
  /** The account it belongs to. */
  readonly owner: string;
  /** What stands before `AWSLogs/`; empty for none. */
  readonly prefix: string;
}

/** What is wanted of it. Times are epoch milliseconds. */
export interface Wanted {
  readonly since: number;
  readonly until: number;
  /** All where null. */
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
}

const DAY = 86_400_000;
/** Records stand in files that are written minutes, sometimes more than an hour, after them. */
const LATE = 2 * 3_600_000;
const FOLDERS_AT_ONCE = 8;

/**
 * The log files that can hold records of the time wanted, day by day, oldest first: a list of one day, since an organisation
 * has millions. Only the folders of the accounts, Regions and days wanted are listed. With `after`, only what comes after
 * that key. Throws what S3 refuses, in words for people.
 */
export async function* logFilesByDay(
  client: S3Client,
  where: TrailBucket,
  wanted: Wanted,
  after: string | null = null,
): AsyncGenerator<LogFile[]> {
  const lister = new Lister(client, where);
  const last = after === null ? null : logFileOf(after, 0);
  const regions = await lister.regionFolders(wanted);
  for (const day of daysOf({ ...wanted, since: Math.max(wanted.since, last?.written ?? 0) })) {
    const files: LogFile[] = [];
    await eachOf(regions, async (folder) => {
      for await (const file of lister.filesIn(`${folder}${day}/`)) if (isWanted(file, wanted)) files.push(file);
    });
    yield files.filter((file) => last === null || inOrder(last, file) < 0).sort(inOrder);
  }
}

/** By when they were written; the order in which they are sent. */
function inOrder(a: LogFile, b: LogFile): number {
  return a.written - b.written || (a.key < b.key ? -1 : Number(a.key > b.key));
}

class Lister {
  constructor(
    private readonly client: S3Client,
    private readonly where: TrailBucket,
  ) {}

  /** `AWSLogs/[o-…/]<account>/CloudTrail/<region>/`, of the accounts and Regions wanted. */
  async regionFolders({ accounts, regions }: Wanted): Promise<string[]> {
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

/** Null for what is no log file of CloudTrail: digests, Insights, and whatever else is in a bucket. */
export function logFileOf(key: string, bytes: number): LogFile | null {
  const parts = LOG_FILE.exec(key);
  if (!parts) return null;
  const [, account = '', region = '', year, month, day, hour, minute] = parts;
  const written = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(written) ? null : { key, bytes, account, region, written };
}

function isWanted({ written }: LogFile, { since, until }: Wanted): boolean {
  return written >= since && written < until + LATE;
}

/** `2026/09/01`: the folders of all days on which such files are written. */
function daysOf({ since, until }: Wanted): string[] {
  const days: string[] = [];
  for (let day = Math.floor(since / DAY) * DAY; day < until + LATE; day += DAY)
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
  await Promise.all(Array.from({ length: FOLDERS_AT_ONCE }, work));
}
