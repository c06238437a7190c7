import { createHash } from 'node:crypto';
import { hexFor, lettersFor } from './ids';
import { isoTime, type TrailRecord } from './record';

const ORGANIZATION = 'o-demo';
const MINUTE = 60_000;
/** One file per account and Region for records that arrive within it. */
const WINDOW = 30 * MINUTE;

export interface LogFile {
  /** Below the trail's folder, with `/`. */
  readonly path: string;
  /** Uncompressed. */
  readonly text: string;
}

/** Records that share a folder. */
export interface RecordFolder {
  readonly folder: string;
  readonly records: readonly TrailRecord[];
}

interface Delivery {
  readonly account: string;
  readonly region: string;
  /** When CloudTrail writes the file. */
  readonly time: number;
  readonly records: readonly TrailRecord[];
}

/**
 * Records as CloudTrail delivers them: one to ten minutes late, in files by account, Region and time of
 * arrival, out of order inside; the first file twice; and a digest file beside them.
 */
export function logFiles({ folder, records }: RecordFolder): LogFile[] {
  const deliveries = deliveriesOf(records);
  const files = deliveries.map((delivery) => logFile(folder, delivery));
  const [first] = deliveries;
  const [again] = first ? [logFile(folder, { ...first, time: first.time + 5 * MINUTE })] : [];
  return [...files, ...(again ? [again] : []), ...(first ? [digest(folder, first, files)] : [])];
}

function deliveriesOf(records: readonly TrailRecord[]): Delivery[] {
  const deliveries = new Map<string, { account: string; region: string; time: number; records: TrailRecord[] }>();
  for (const record of records) {
    const { account, region } = record;
    const time = Math.ceil((record.time + delayOf(record)) / WINDOW) * WINDOW;
    const key = `${account} ${region} ${time}`;
    const delivery = deliveries.get(key) ?? { account, region, time, records: [] };
    delivery.records.push(record);
    deliveries.set(key, delivery);
  }
  return [...deliveries.values()].map((delivery) => ({ ...delivery, records: shuffled(delivery.records) }));
}

function delayOf({ eventId }: TrailRecord): number {
  return MINUTE + (Number.parseInt(hexFor(`delay ${eventId}`, 8), 16) % (9 * MINUTE));
}

/** By event id, which has nothing to do with time. */
function shuffled(records: readonly TrailRecord[]): TrailRecord[] {
  return [...records].sort((a, b) => (a.eventId < b.eventId ? -1 : 1));
}

function logFile(folder: string, { account, region, time, records }: Delivery): LogFile {
  const stamp = `${isoTime(time).slice(0, 16).replace(/[-:]/g, '')}Z`;
  const unique = lettersFor(`${folder} ${account} ${region} ${stamp}`, 16);
  const name = `${account}_CloudTrail_${region}_${stamp}_${unique}.json.gz`;
  const path = `${folder}/${prefix('CloudTrail', account, region, time)}/${name}`;
  return { path, text: JSON.stringify({ Records: records.map(({ json }) => json) }) };
}

function prefix(kind: string, account: string, region: string, time: number): string {
  return `AWSLogs/${ORGANIZATION}/${account}/${kind}/${region}/${isoTime(time).slice(0, 10).replaceAll('-', '/')}`;
}

/** The hourly digest file, by which changed log files are noticed. It has no records. */
function digest(folder: string, { account, region, time }: Delivery, files: readonly LogFile[]): LogFile {
  const hour = 60 * MINUTE;
  const start = Math.floor(time / hour) * hour;
  const stamp = isoTime(start + hour).replace(/[-:]/g, '');
  const place = prefix('CloudTrail-Digest', account, region, time);
  const object = `${place}/${account}_CloudTrail-Digest_${region}_organization-trail_${region}_${stamp}.json.gz`;
  const s3Bucket = 'demo-organization-trail';
  const covered = files.filter(({ path }) => path.includes(`/${account}/CloudTrail/${region}/`));
  const content = {
    awsAccountId: account,
    digestStartTime: isoTime(start),
    digestEndTime: isoTime(start + hour),
    digestS3Bucket: s3Bucket,
    digestS3Object: object,
    digestPublicKeyFingerprint: hexFor('digest key', 32),
    digestSignatureAlgorithm: 'SHA256withRSA',
    previousDigestS3Bucket: null,
    logFiles: covered.map(({ path, text }) => ({
      s3Bucket,
      s3Object: path.slice(folder.length + 1),
      hashValue: createHash('sha256').update(text).digest('hex'),
      hashAlgorithm: 'SHA-256',
    })),
  };
  return { path: `${folder}/${object}`, text: JSON.stringify(content) };
}
