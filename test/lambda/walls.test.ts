import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { S3ServiceException, type GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { build, type Plugin } from 'esbuild';
import { memoryLockTable } from '../../lambda/adapters/memory/memory-lock-table';
import type * as TrailObjects from '../../lambda/adapters/s3/trail-objects';
import { kindsNamed } from '../../lambda/detection/kinds/all-kinds';
import { DEFAULT_SETTINGS } from '../../lambda/detection/parse-settings';
import type * as ObserveMessages from '../../lambda/observing/observe-messages';
import { Heartbeats } from '../../lambda/store/heartbeats';
import { partition } from '../../lambda/store/table-schema';
import { eventOf } from '../../trail-writer/event';
import { notificationOf, TRAIL_OWNER } from './hub';
import { call, HOME_ADDRESS, INSTANCE, logFile, logFileKey, SHOP } from './records';

type Code = typeof TrailObjects & typeof ObserveMessages;

/** A check against forged records: the code that makes it, and the same code without it. */
interface Wall {
  readonly file: string;
  readonly code: string;
  readonly without: string;
  /** What arrives; refused because of this wall alone. */
  readonly message: object;
  readonly bucketOwner?: string;
}

const ROOT = join(__dirname, '../..');
const ENVELOPE = 'lambda/observing/message-envelope.ts';
const PREFIX = 'org/';
const BUCKET = 'organization-trail';
const OTHER_ACCOUNT = '999900001111';
const RECORD = call('11:00', HOME_ADDRESS);

const WALLS: Readonly<Record<string, Wall>> = {
  'the source of an event': {
    file: ENVELOPE,
    code: '!isSample && !isOfAws(source)',
    without: 'source === null',
    message: { ...eventOf(RECORD), source: 'attacker' },
  },
  'the account of an event, which is the recipient of its record': {
    file: ENVELOPE,
    code: 'account === null || account !== recipient',
    without: 'account === null',
    message: { ...eventOf(RECORD), account: OTHER_ACCOUNT },
  },
  'the bucket of a log file': {
    file: ENVELOPE,
    code: 'bucket !== trail?.bucket',
    without: 'trail === null',
    message: notificationOf([`${PREFIX}${logFileKey()}`], 'attackers-bucket'),
  },
  'the prefix of a log file': {
    file: ENVELOPE,
    code: 'key.startsWith(trail.prefix) ? LOG_FILE.exec(key.slice(trail.prefix.length))',
    without: "key !== '' ? LOG_FILE.exec(key.slice(key.indexOf('AWSLogs/')))",
    message: notificationOf([`attacker/${logFileKey()}`], BUCKET),
  },
  'the owner of the bucket': {
    file: 'lambda/adapters/s3/trail-objects.ts',
    code: ', ExpectedBucketOwner: owner',
    without: '',
    message: notificationOf([`${PREFIX}${logFileKey()}`], BUCKET),
    bucketOwner: OTHER_ACCOUNT,
  },
  'the account of a log file, which is the recipient of its records': {
    file: 'lambda/observing/log-file-records.ts',
    code: 'reading.record.account !== this.account',
    without: 'reading.record.account === null',
    message: notificationOf([`${PREFIX}${logFileKey('a', OTHER_ACCOUNT)}`], BUCKET),
  },
};

/** Where the bundles find the same SDK as this file: the code tells its errors apart by class. */
const CACHE = join(ROOT, 'node_modules/.cache');
mkdirSync(CACHE, { recursive: true });
const folder = mkdtempSync(join(CACHE, 'walls-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(Object.entries(WALLS))('%s', (name, wall) => {
  test('keeps a forged record out, and without it the record gets in', async () => {
    const index = Object.keys(WALLS).indexOf(name);
    expect(await storedBy(await bundle(`whole-${index}`), wall)).toBe(0);
    expect(await storedBy(await bundle(`broken-${index}`, wall), wall)).toBeGreaterThan(0);
  });
});

test('a record that is not forged gets in as an event and in a log file', async () => {
  const code = await bundle('good');
  expect(await storedBy(code, { message: eventOf(RECORD) })).toBeGreaterThan(0);
  expect(await storedBy(code, { message: notificationOf([`${PREFIX}${logFileKey()}`], BUCKET) })).toBeGreaterThan(0);
});

async function bundle(name: string, wall?: Wall): Promise<Code> {
  const outfile = join(folder, `${name}.cjs`);
  const contents = `
    export * from './lambda/observing/observe-messages';
    export * from './lambda/adapters/s3/trail-objects';`;
  await build({
    stdin: { contents, resolveDir: ROOT, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    external: ['@aws-sdk/*'],
    nodePaths: [join(ROOT, 'node_modules')],
    logLevel: 'error',
    plugins: wall ? [without(wall)] : [],
  });
  return createRequire(__filename)(outfile) as Code;
}

/** Takes a wall out of its file. Throws if it is not there once. */
function without({ file, code, without: other }: Wall): Plugin {
  return {
    name: 'without-a-wall',
    setup(building) {
      building.onLoad({ filter: new RegExp(`${file.split('/').at(-1) ?? ''}$`) }, async ({ path }) => {
        const parts = (await readFile(path, 'utf8')).split(code);
        if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${code}`);
        return { contents: parts.join(other), loader: 'ts' };
      });
    },
  };
}

/** How many items the handler stores of the workload. */
async function storedBy(code: Code, { message, bucketOwner }: Pick<Wall, 'message' | 'bucketOwner'>): Promise<number> {
  const table = memoryLockTable();
  const nothing = (): void => {};
  const context = {
    table,
    settings: DEFAULT_SETTINGS,
    ipRanges: null,
    kinds: kindsNamed(DEFAULT_SETTINGS.workloads),
    seen: new Map(),
    requestConfirm: () => Promise.resolve(),
    now: Date.parse('2026-09-01T12:00:00Z'),
  };
  const failed = await code.observeMessages([{ messageId: '1', body: JSON.stringify(message) }], {
    ...context,
    samples: context,
    trail: { bucket: BUCKET, prefix: PREFIX },
    hubAccount: SHOP,
    open: code.openTrailObjects(bucketOf(bucketOwner ?? TRAIL_OWNER), BUCKET, TRAIL_OWNER),
    quarantine: () => Promise.resolve(),
    deployed: { trail: { bucket: BUCKET, prefix: '' }, detectorKey: null, hub: { account: SHOP, region: null } },
    heartbeats: new Heartbeats(),
    fast: null,
    log: { info: nothing, warn: nothing, error: nothing },
    meter: { count: nothing, milliseconds: nothing, flush: nothing },
  });
  expect([...failed.values()]).toEqual([]);
  const pk = partition.workload({ partition: 'aws', account: SHOP, kind: 'ec2-instance', id: INSTANCE });
  return (await table.query(pk)).length;
}

/** A bucket that answers as S3 does to a caller who expects another owner. */
function bucketOf(owner: string): S3Client {
  const send = ({ input }: GetObjectCommand): Promise<object> =>
    input.ExpectedBucketOwner === undefined || input.ExpectedBucketOwner === owner
      ? Promise.resolve({ Body: Readable.from([logFile([RECORD])]) })
      : Promise.reject(
          new S3ServiceException({ name: 'AccessDenied', message: 'Access Denied', $fault: 'client', $metadata: {} }),
        );
  return { send } as unknown as S3Client;
}
