import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { linesOf } from '../../lambda/detection/facts/fact-jsonl';
import { FactSet } from '../../lambda/detection/facts/fact-set';
import { WORKLOAD_KINDS } from '../../lambda/detection/kinds/all-kinds';
import { readInto } from '../../lambda/detection/records/read-facts';
import { LogFileFacts } from '../../lambda/fact-reading/log-file-facts';
import { LogFileScanner } from '../../lambda/trail-files/log-file-scanner';
import type { RecordRun, RunReader } from '../../lambda/trail-files/record-runs';
import { readTrailObject } from '../../lambda/trail-files/read-trail-object';
import { SkipCounts } from '../../lambda/trail-files/trail-reading';
import { seededRandom, type Random } from '../../trail-writer/random';
import { trailScenarios } from '../scenario';
import { chunksOf } from '../lambda/trail-files/trail-fixtures';
import { importOf, sharedBuild } from '../shared-build';
import { canonical } from './canonical';
import { streamOf, withOddField } from './record-streams';
import { rewritten } from './rewritten-json';

const RUNS = Number(process.env['LOG_FILE_RUNS'] ?? 1_000);
const NOW = Date.UTC(2026, 11, 1);
const DEMO = join(__dirname, '../../demo/trail');

const scannerFolder = sharedBuild(
  'scanner',
  (folder) => `${importOf('compileScanner', 'build-scanner.mjs')} await compileScanner(${JSON.stringify(folder)});`,
);

/** One for all, since each reserves much address space. */
const scanner = LogFileScanner.create(scannerFolder);

interface Outcome {
  readonly records: number;
  readonly skipped: Record<string, number>;
  readonly facts: string[];
}

type Described = Outcome & { problem: string | null };

/** What the ordinary path reads of a file, or of a stream that comes in chunks. */
function ordinary(file: Buffer, facts: FactSet, chunk = file.length): Promise<Described> {
  return readStream(chunksOf(file, chunk), facts);
}

async function readStream(
  source: AsyncIterable<Buffer>,
  facts: FactSet,
  { skipped = new SkipCounts<string>(), runs = null, files = null }: Partial<FastReading> = {},
): Promise<Described> {
  const onRecord = (record: unknown): void => {
    const skip = readInto(facts, record, WORKLOAD_KINDS, NOW);
    if (skip !== null) skipped.count(skip);
  };
  const { records, skipped: others, problem } = await readTrailObject(source, onRecord, { runs });
  files?.finish();
  skipped.add(others);
  return { ...outcome(records, skipped, facts), problem };
}

interface FastReading {
  readonly skipped: SkipCounts<string>;
  readonly runs: RunReader | null;
  readonly files: LogFileFacts | null;
}

const NO_RUN = { end: 0, records: 0, skipped: new Map(), left: new Map() };

class FastPath {
  readonly facts = new FactSet();
  #skipped = new SkipCounts<string>();
  readonly #files = LogFileFacts.create(this.facts, {
    kinds: WORKLOAD_KINDS,
    now: NOW,
    onSkip: (reason) => this.#skipped.count(reason),
    scanner,
  });

  /** The number of records; those of several files are merged together. */
  readOn(file: Buffer): number | undefined {
    return this.#files?.read((into) => file.copy(into))?.records;
  }

  lines(): string[] {
    this.#files?.finish();
    return [...linesOf(this.facts)].sort();
  }

  /** Records of streams that were read in runs. */
  taken = 0;

  stream(bytes: Buffer, chunk: number): Promise<Described> {
    const runs = (part: Buffer): RecordRun => {
      const run = this.#files?.readRun(part) ?? NO_RUN;
      this.#skipped.add(run.left);
      this.taken += run.records;
      return run;
    };
    this.#skipped = new SkipCounts();
    return readStream(chunksOf(bytes, chunk), this.facts, { skipped: this.#skipped, runs, files: this.#files });
  }

  /** Null where it leaves the file to the ordinary path. */
  read(file: Buffer): Outcome | null {
    if (!this.#files || !scanner) throw new Error('the scanner does not run');
    this.#skipped = new SkipCounts();
    const counts = this.#files.read((into) => file.copy(into));
    if (!counts) return null;
    this.#skipped.add(counts.skipped);
    this.#skipped.add(counts.left);
    this.#files.finish();
    return outcome(counts.records, this.#skipped, this.facts);
  }
}

function outcome(records: number, skipped: ReadonlyMap<string, number>, facts: FactSet): Outcome {
  return { records, skipped: Object.fromEntries(skipped), facts: [...linesOf(facts)].sort() };
}

const scenarios = trailScenarios().map(({ records }) => records);
const demo = readdirSync(DEMO, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.gz') && !name.includes('-Digest'))
  .map((name) => gunzipSync(readFileSync(join(DEMO, name))));

async function compare(file: Buffer): Promise<boolean> {
  const { problem, ...expected } = await ordinary(file, new FactSet());
  const read = new FastPath().read(file);
  if (read === null) return false;
  expect(problem).toBeNull();
  expect(canonical(read)).toBe(canonical(expected));
  return true;
}

test('every scenario and every file of the demo is read by the fast path, with the same facts and counts', async () => {
  for (const records of scenarios) expect(await compare(Buffer.from(JSON.stringify({ Records: records })))).toBe(true);
  for (const file of demo) expect(await compare(file)).toBe(true);
});

test('many files in one reader give the facts that each gives alone', async () => {
  const fast = new FastPath();
  const facts = new FactSet();
  for (const records of [...scenarios.slice(0, 60), ...scenarios.slice(0, 60).toReversed()]) {
    const file = Buffer.from(JSON.stringify({ Records: records }));
    const { records: count, skipped, facts: lines } = await ordinary(file, facts);
    expect(canonical(fast.read(file))).toBe(canonical({ records: count, skipped, facts: lines }));
  }
});

test('of many calls in any order both paths keep the same', async () => {
  const random = seededRandom(20_261_201);
  const [call] =
    trailScenarios()
      .find(({ records }) => records.some(isOfInstance))
      ?.records.filter(isOfInstance) ?? [];
  const sessions = ['web/i-0123456789abcdef0', 'people/alice'].map(
    (name) => `arn:aws:sts::111122223333:assumed-role/${name}`,
  );
  const calls = Array.from({ length: 1_500 }, (_, index) => ({
    ...(call as object),
    userIdentity: { type: 'AssumedRole', arn: random.pick(sessions), accountId: '111122223333', accessKeyId: 'ASIA1' },
    eventTime: new Date(NOW - 1_000 * random.below(20 * 3_600)).toISOString().replace('.000Z', 'Z'),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    requestParameters: { bucketName: `b-${random.below(50)}` },
  }));
  const fast = new FastPath();
  const facts = new FactSet();
  for (let at = 0; at < 2_000; at += 100) {
    const file = Buffer.from(JSON.stringify({ Records: Array.from({ length: 100 }, () => random.pick(calls)) }));
    await ordinary(file, facts);
    expect(fast.readOn(file)).toBe(100);
  }
  expect(canonical(fast.lines())).toBe(canonical([...linesOf(facts)].sort()));
});

const VERSIONS = ['1.11', '1.08', '1.07', '1.8', '1.10', '2.00', '1.x9', '1.011', 1.08, null];

test('sessions whose keys, addresses and versions change give what the ordinary path gives', async () => {
  const random = seededRandom(20_261_203);
  const keys = ['ASIA1', 'ASIA2', 'A-3', '', null];
  const calls = Array.from({ length: 3_000 }, (_, index) => ({
    eventVersion: random.pick(VERSIONS),
    ...random.pick([{}, { eventCategory: 'Data' }, { eventCategory: 'Management' }, { eventCategory: 'Insight' }]),
    userIdentity: {
      type: 'AssumedRole',
      arn: `arn:aws:sts::111122223333:assumed-role/${random.pick(['web/i-0123456789abcdef0', 'admin/al@example.com', 'web/ASIA1'])}`,
      accountId: '111122223333',
      ...random.pick([{}, { accessKeyId: random.pick(keys) }, { note: '\\', accessKeyId: random.pick(keys) }]),
      sessionContext: {
        sessionIssuer: random.pick([{}, { accessKeyId: random.pick(keys) }]),
        attributes: { creationDate: random.pick(['2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z', '\u263a', 7]) },
        ...random.pick([{}, { ec2RoleDelivery: random.pick(['1.0', '2.0']) }]),
      },
      ...random.pick([{}, { invokedBy: 'athena.amazonaws.com' }, { inScopeOf: { issuerType: 'AWS::EC2::Instance' } }]),
    },
    eventTime: new Date(NOW - 1_000 * random.below(20 * 3_600)).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: 'GetBucketAcl',
    awsRegion: 'eu-west-1',
    sourceIPAddress: random.pick([
      '198.51.100.7',
      '198.51.100.8',
      '2001:DB8::1',
      '10.0.0.7',
      'athena.amazonaws.com',
      'x',
    ]),
    ...random.pick([
      {},
      { vpcEndpointId: 'vpce-1' },
      { vpcEndpointId: 'vpce-1', vpcEndpointAccountId: '444455556666' },
    ]),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
  }));
  const fast = new FastPath();
  const facts = new FactSet();
  for (let at = 0; at < calls.length; at += 300) {
    const file = Buffer.from(JSON.stringify({ Records: calls.slice(at, at + 300) }));
    const expected = await ordinary(file, facts);
    expect(canonical(fast.read(file)?.skipped)).toBe(canonical(expected.skipped));
  }
  expect(canonical(fast.lines())).toBe(canonical([...linesOf(facts)].sort()));
});

test('of the calls of people over days, in any order, both paths keep the first of each day', async () => {
  const random = seededRandom(20_261_202);
  const account = '111122223333';
  const session = (role: string): object => ({
    type: 'AssumedRole',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/al`,
  });
  const identities = [
    { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice`, accountId: account, userName: 'alice' },
    { type: 'IAMUser', arn: 'arn:aws:iam::444455556666:user/bob', accountId: '444455556666', userName: 'bob' },
    { type: 'Root', arn: `arn:aws:iam::${account}:root`, accountId: account },
    { ...session('AWSReservedSSO_Admin_0123456789abcdef'), accessKeyId: 'ASIA1' },
    { ...session('deployment'), accessKeyId: 'ASIA2' },
  ];
  const calls = Array.from({ length: 900 }, (_, index) => ({
    eventVersion: '1.11',
    userIdentity: random.pick(identities),
    eventTime: new Date(NOW - 1_000 * random.below(4 * 86_400)).toISOString().replace('.000Z', 'Z'),
    eventSource: random.pick(['ec2.amazonaws.com', 'signin.amazonaws.com']),
    eventName: random.pick(['DescribeInstances', 'DescribeVpcs', 'CheckMfa', 'ConsoleLogin', 'StopInstances']),
    awsRegion: 'eu-west-1',
    sourceIPAddress: random.pick(['198.51.100.7', '198.51.100.8', '10.0.0.7', 'athena.amazonaws.com']),
    responseElements: random.pick([null, { ConsoleLogin: 'Success' }]),
    eventID: `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`,
    eventType: 'AwsApiCall',
    recipientAccountId: account,
  }));
  const fast = new FastPath();
  const facts = new FactSet();
  for (let at = 0; at < 2_000; at += 100) {
    const file = Buffer.from(JSON.stringify({ Records: Array.from({ length: 100 }, () => random.pick(calls)) }));
    const expected = await ordinary(file, facts);
    expect(canonical(fast.read(file)?.skipped)).toBe(canonical(expected.skipped));
  }
  expect(facts.people.size).toBeGreaterThan(6);
  expect(canonical(fast.lines())).toBe(canonical([...linesOf(facts)].sort()));
});

function isOfInstance(record: unknown): boolean {
  return JSON.stringify(record).includes(':assumed-role/') && JSON.stringify(record).includes('"AwsApiCall"');
}

test(`${RUNS} records rewritten in any form give what the ordinary path gives`, async () => {
  const random = seededRandom(Number(process.env['LOG_FILE_SEED'] ?? 20_261_130));
  let fast = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const file = rewrittenFile(random);
    try {
      if (await compare(Buffer.from(file))) fast += 1;
    } catch (error) {
      throw new Error(`run ${run}: ${file.slice(0, 20_000)}`, { cause: error });
    }
  }
  expect(fast).toBeGreaterThan(RUNS / 2);
});

/** A few records of one or two scenarios, some of them several times, some rewritten. */
function rewrittenFile(random: Random): string {
  const pool = [...random.pick(scenarios), ...random.pick(scenarios)];
  const records = Array.from({ length: 1 + random.below(6) }, () => random.pick(pool));
  const odds = random.pick([0, 0.05, 0.5]);
  const texts = records.map((record) => rewritten(withOddField(record, random), random, odds));
  return `${random.pick(['', ' ', '\n'])}{"Records":[${texts.join(random.pick([',', ' ,\n']))}]}${random.pick(['', '\n'])}`;
}

test(`${RUNS / 2} streams of records, in any wrapper and cut anywhere, give what the ordinary path gives`, async () => {
  const random = seededRandom(Number(process.env['LOG_FILE_SEED'] ?? 20_261_202));
  let all = 0;
  let taken = 0;
  for (let run = 0; run < RUNS / 2; run += 1) {
    const bytes = Buffer.from(streamOf(scenarios, random));
    const chunk = random.pick([1 + random.below(200), 1_000 + random.below(5_000), 100_000, bytes.length]);
    const expected = await ordinary(bytes, new FactSet(), chunk);
    try {
      const fast = new FastPath();
      expect(canonical(await fast.stream(bytes, chunk))).toBe(canonical(expected));
      all += expected.records;
      taken += fast.taken;
    } catch (error) {
      throw new Error(`run ${run}, chunks of ${chunk}: ${bytes.toString().slice(0, 20_000)}`, { cause: error });
    }
  }
  expect(taken).toBeGreaterThan(all / 5);
});

test('what is no plain log file is left to the ordinary path', () => {
  const record = JSON.stringify(scenarios[0]?.[0]);
  const files = ['', '{}', '[]', record, `[${record}]`, `{"Records":[${record}`, `{"Records":[${record},]}`];
  files.push(`{"Records":[${record} ${record}]}`, `{"Records":[1,${record}]}`, `{"Records":[${record}]}x`);
  const nameless = JSON.stringify({ ...(scenarios[0]?.[0] as object), eventName: 1e308 });
  files.push(`{"Records":[{"Records":[${record}]}]}`, `{"Records":[${record},${nameless}]}`);
  files.push(`{"Records":[${record.slice(0, -1)}]}`, `{"a":1,"Records":[]}`);
  for (const file of files) expect(new FastPath().read(Buffer.from(file))).toBeNull();
});

test('a record without a value behind white space is left to the ordinary path, and harms no later file', () => {
  const call = scenarios.flat().find(isOfInstance) as object;
  const fileOf = (fields: object): string => JSON.stringify({ Records: [{ ...call, ...fields }] });
  const without = (file: string): Buffer => Buffer.from(file.replace('"NONE"', ' '.repeat(9_000_000)));
  const long = (letter: string): object => ({ errorCode: letter.repeat(9_000_000), userAgent: 'x' });
  const fast = new FastPath();
  // Callers and calls fill most of the scanner's memory.
  for (const letter of 'abc') expect(fast.readOn(Buffer.from(fileOf(long(letter))))).toBe(1);
  expect(fast.readOn(without(fileOf({ ...long('a'), requestParameters: 'NONE' })))).toBeUndefined();
  expect(fast.readOn(without(fileOf({ ...long('d'), userAgent: 'NONE' })))).toBeUndefined();
  expect(fast.readOn(Buffer.from(fileOf({ ...long('a'), requestParameters: { bucketName: 'b' } })))).toBe(1);
});
