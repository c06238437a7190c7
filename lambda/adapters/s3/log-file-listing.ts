import type { S3Client } from '@aws-sdk/client-s3';
import { listedPage, type ListedPage } from './listed-page';

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

/** Null: all. */
export interface FolderFilter {
  readonly accounts: readonly string[] | null;
  readonly regions: readonly string[] | null;
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

/** Lists a trail's bucket. `faultOf` makes the errors that are thrown. */
export class LogFileListing {
  constructor(
    private readonly client: S3Client,
    private readonly where: TrailBucket,
    private readonly concurrency: number,
    private readonly faultOf: (action: string, error: unknown) => unknown = (_action, error) => error,
  ) {}

  /** `AWSLogs/[o-…/]<account>/CloudTrail/<region>/`, of the filter's accounts and Regions. */
  async regionFolders({ accounts, regions }: FolderFilter): Promise<string[]> {
    const top = await this.foldersIn(`${this.where.prefix}AWSLogs/`);
    const organizations = top.filter((folder) => /^o-[a-z0-9]+$/.test(lastOf(folder)));
    const below = await this.foldersInEach(organizations);
    const ofAccounts = [...top, ...below].filter(
      (folder) => /^\d{12}$/.test(lastOf(folder)) && (accounts?.includes(lastOf(folder)) ?? true),
    );
    const ofRegions = await this.foldersInEach(ofAccounts.map((folder) => `${folder}CloudTrail/`));
    return ofRegions.filter((folder) => regions?.includes(lastOf(folder)) ?? true);
  }

  /** The log files in some folders, folder by folder. */
  async filesInEach(folders: readonly string[]): Promise<LogFile[]> {
    const found: LogFile[] = [];
    await this.eachOf(folders, async (folder) => {
      for await (const { objects } of this.pages(folder))
        for (const { key, bytes } of objects) {
          const file = logFileOf(key, bytes);
          if (file) found.push(file);
        }
    });
    return found;
  }

  private async foldersInEach(folders: readonly string[]): Promise<string[]> {
    const found: string[] = [];
    await this.eachOf(folders, async (folder) => void found.push(...(await this.foldersIn(folder))));
    return found.sort();
  }

  private async foldersIn(folder: string): Promise<string[]> {
    const found: string[] = [];
    for await (const { CommonPrefixes: prefixes = [] } of this.pages(folder, '/'))
      found.push(...prefixes.map(({ Prefix: prefix = '' }) => prefix));
    return found;
  }

  private async *pages(folder: string, delimiter?: string): AsyncGenerator<ListedPage> {
    const { bucket: Bucket, owner: ExpectedBucketOwner } = this.where;
    const input = { Bucket, Prefix: folder, ExpectedBucketOwner, ...(delimiter && { Delimiter: delimiter }) };
    let next: string | undefined;
    try {
      do {
        const page = await listedPage(this.client, {
          ...input,
          ...(next !== undefined && { ContinuationToken: next }),
        });
        yield page;
        next = page.NextContinuationToken;
      } while (next !== undefined);
    } catch (error) {
      throw this.faultOf(`list s3://${Bucket}/${folder} of account ${ExpectedBucketOwner}`, error);
    }
  }

  private async eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
    const waiting = [...items];
    const work = async (): Promise<void> => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
    };
    await Promise.all(Array.from({ length: this.concurrency }, work));
  }
}

function lastOf(folder: string): string {
  return folder.split('/').at(-2) ?? '';
}
