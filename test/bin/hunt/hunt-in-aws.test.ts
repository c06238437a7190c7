import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { incidentPicture } from '../../../bin/report/incident-picture';
import { findingRecord } from '../../../lambda/detection/findings/techniques';
import { huntHandler } from '../../../lambda/hunt';
import { FACT_PARTITIONS, HUNT_OUTPUTS, HUNT_STAGES, OUTPUT_STAGES, WORK_FOLDERS } from '../../../lambda/hunt-names';
import type { HuntPlan } from '../../../lambda/hunting/hunt-plan';
import type { WrittenReport } from '../../../lambda/hunting/report-files';
import { startDynamoDb, type DynamoDb } from '../../lambda/dynamodb-engine';
import { parseOutgoingFinding } from '../../../lambda/confirming/outgoing-finding';
import { CONFIG, credlock, DEMO, IP_RANGES, place, removeAll, type Run } from '../credlock-command';
import { startWireServer, type WireServer } from '../../wire-server/wire-server';

const HUB = '111122223333';
const REGION = 'eu-west-1';
const MACHINE = `arn:aws:states:${REGION}:${HUB}:stateMachine:credlock-hunt`;
const JUDGING = ['--config', CONFIG, '--ip-ranges', IP_RANGES];
const PERIOD = ['--from', '2026-09-01', '--to', '2026-10-01'];
type HuntStage = (typeof HUNT_STAGES)[number]['name'];
let wire: WireServer;

beforeEach(async () => {
  wire = await startWireServer({ account: HUB, region: REGION });
  wire.cloudFormation.createStack(
    'credlock-hunt',
    { account: HUB, region: REGION },
    { HuntStateMachine: MACHINE, HuntBucket: 'hunt-work' },
  );
  for (const name of ['hunt-work', 'organization-trail']) wire.s3.createBucket(name, { owner: HUB, region: REGION });
});

afterEach(() => wire.close());
afterAll(removeAll);

/** Starts a hunt with settings and address ranges. */
function hunt(...args: readonly string[]): Promise<Run> {
  return run(...JUDGING, ...PERIOD, ...args);
}

function run(...args: readonly string[]): Promise<Run> {
  const { accessKeyId, secretAccessKey } = wire.clientConfig().credentials;
  const isFollowed = !['--status', '--stop', '--estimate'].some((flag) => args.includes(flag));
  return credlock(['hunt', ...(isFollowed ? ['--every', '1s'] : []), ...args], {
    env: {
      AWS_ENDPOINT_URL: wire.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_MAX_ATTEMPTS: '2',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
}

/** The demo's log files, as CloudTrail names them. */
function putTrail(): void {
  for (const name of readdirSync(join(DEMO, 'trail'), { recursive: true, encoding: 'utf8' })) {
    if (!/\/CloudTrail\/.*\.json\.gz$/.test(name)) continue;
    wire.s3.put('organization-trail', name.slice(name.indexOf('AWSLogs/')), readFileSync(join(DEMO, 'trail', name)));
  }
}

/** Of the files that the deployed handler writes, those that need no bundle. */
async function* tables(report: WrittenReport): AsyncGenerator<{ name: string; body: Buffer }> {
  const { detection } = await Promise.resolve(report);
  yield {
    name: 'findings.jsonl',
    body: Buffer.from(detection.findings.map((one) => `${JSON.stringify(findingRecord(one))}\n`).join('')),
  };
}

/** Where outputs go; null where there are none. */
interface Deployed {
  readonly dynamodb: string;
  readonly lockTable: string | null;
  readonly publishingQueueUrl: string | null;
  readonly configBucket: string | null;
}

const NO_OUTPUTS: Deployed = { dynamodb: '', lockTable: null, publishingQueueUrl: null, configBucket: null };

/** Does what the state machine does, from a stage on. */
async function execute(name: string, from: HuntStage = 'read', deployed = NO_OUTPUTS): Promise<void> {
  const execution = wire.stepFunctions.executions.get(name);
  if (!execution) throw new Error(`${name} was not started`);
  const { accessKeyId, secretAccessKey } = wire.clientConfig().credentials;
  const s3 = new S3Client({
    ...wire.clientConfig(),
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
  });
  const { dynamodb: endpoint, ...places } = deployed;
  const dynamodb = new DynamoDBClient({ ...wire.clientConfig(), endpoint });
  const sqs = new SQSClient(wire.clientConfig());
  const handle = huntHandler({
    s3,
    dynamodb,
    sqs,
    loadReportFiles: () => Promise.resolve({ pictureOf: incidentPicture, files: tables }),
    environment: {
      huntBucket: 'hunt-work',
      functionMemory: 3_008,
      hubAccount: HUB,
      trailBucket: 'organization-trail',
      trailBucketOwner: HUB,
      trailPrefix: '',
      ...places,
      settingsKey: 'settings.json',
      ipRangesKey: 'ip-ranges.json',
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    now: () => Date.parse('2026-10-01T00:00:00Z'),
  });
  const hasOutputs = deployed !== NO_OUTPUTS;
  try {
    const asked = { ...(execution.input as object), workDays: 30, outputs: hasOutputs ? HUNT_OUTPUTS : [] };
    const plan = (await handle({ stage: 'plan', ...asked })) as HuntPlan;
    const stages = [
      ...HUNT_STAGES.slice(HUNT_STAGES.findIndex((one) => one.name === from)),
      ...(hasOutputs ? OUTPUT_STAGES : []),
    ];
    for (const { name: stage, children } of stages) {
      const count = children === null ? 1 : plan[children];
      for (let child = 0; child < count; child += 1) await handle({ stage, hunt: name, child });
      if (children !== null) execution.mapRuns.set(stage, { succeeded: count, total: count });
    }
    execution.status = 'SUCCEEDED';
  } catch (error) {
    const { name: errorType, message: errorMessage } = error as Error;
    Object.assign(execution, {
      status: 'FAILED',
      error: errorType,
      cause: JSON.stringify({ errorType, errorMessage }),
    });
  } finally {
    for (const client of [s3, dynamodb, sqs]) client.destroy();
  }
}

test('starts a hunt with settings and address ranges, waits for it, and prints what replay prints', async () => {
  putTrail();
  const printed = hunt('--name', 'autumn', '--format', 'jsonl');
  await started('autumn');
  await execute('autumn');
  const { code, stdout, stderr } = await printed;
  const replayed = await credlock(['replay', ...JUDGING, join(DEMO, 'trail'), '--format', 'jsonl']);
  expect(stdout).toBe(replayed.stdout);
  expect(code).toBe(0);
  expect(stderr).toContain('Started hunt autumn');
  expect(stderr).toContain('judge 1 of 1 part');
  const [, records = ''] = /Read \d+ files, ([\d,]+ records)/.exec(stderr) ?? [];
  expect(stderr).toContain(` read, ${records}; `);
  expect(wire.stepFunctions.executions.get('autumn')?.input).toMatchObject({
    hunt: 'autumn',
    from: Date.parse('2026-09-01T00:00:00Z'),
    accounts: null,
    partSize: 256_000_000,
  });
  // The bucket's policy protects these.
  const folders = new Set(wire.s3.keys('hunt-work').map((key) => key.split('/')[2]));
  expect(['request', ...WORK_FOLDERS]).toEqual(expect.arrayContaining([...folders]));
  const result = wire.s3.get('hunt-work', 'hunts/autumn/results/findings.jsonl');
  expect(result?.bytes.toString()).toBe(stdout);
  expect(result?.contentType).toBe('application/jsonl; charset=utf-8');
  const pages = [place('hunt.html'), place('replay.html')] as const;
  // What a hunt was judged by is what its page tells, without being given again.
  const { stderr: told } = await run('--watch', 'autumn', '--out', pages[0]);
  expect(told).toContain(`Wrote ${pages[0]}. Open it in a browser.`);
  await credlock(['replay', ...JUDGING, join(DEMO, 'trail'), '--format', 'html', '--out', pages[1]]);
  const [incidents, expected] = pages.map((page) =>
    /<section id="incidents".*?<\/section>/s.exec(readFileSync(page, 'utf8')),
  );
  expect(incidents?.[0]).toBe(expected?.[0]);
  const [judgedBy, settings] = pages.map((page) =>
    /AWS’s address ranges<.*?<\/table>/s.exec(readFileSync(page, 'utf8')),
  );
  expect(judgedBy?.[0]).toBe(settings?.[0]);
  expect(settings?.[0]).toContain('3 accounts');
  const { stderr: secret } = await run('--watch', 'autumn', '--out', place('again.html'), '--presign', '12');
  expect(secret).toContain('The next line is a secret: anyone who has it can read the report for 12 hours');
  expect(secret).toMatch(/\nhttp:\/\/127.*hunts\/autumn\/results\/report\.html\?.*X-Amz-Expires=43200&.*\n/);
  expect(told).not.toContain('X-Amz-Signature');
});

test('estimates a hunt from the listing of its trail, and starts and writes nothing', async () => {
  putTrail();
  const given = ['--trail-bucket', 'organization-trail', '--trail-bucket-owner', HUB];
  const { code, stdout } = await run(...PERIOD, ...given, '--estimate');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Log files +99\n(.*\n)+Cost +less than \$0\.01 at list prices/);
  expect(wire.stepFunctions.executions.size).toBe(0);
  expect(wire.requests.filter(({ operation }) => operation !== 'ListObjectsV2')).toEqual([]);
  wire.fail({ operation: 'ListObjectsV2' }, { kind: 'error', code: 'AccessDenied', status: 403 });
  expect((await run(...PERIOD, ...given, '--estimate')).stderr).toContain(
    '{"Effect":"Allow","Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::organization-trail"]}',
  );
});

test('an estimate needs to know whose the trail’s bucket is', async () => {
  const given = await run(...PERIOD, '--trail-bucket', 'organization-trail', '--estimate');
  expect(given.stderr).toContain('--trail-bucket organization-trail needs --trail-bucket-owner');
  expect((await run(...PERIOD, '--estimate')).stderr).toContain(
    'stack credlock-hunt has no outputs TrailBucket and TrailBucketOwner: give --trail-bucket and --trail-bucket-owner',
  );
});

test('shows how far a hunt is, stops it, and says how to go on when it failed', async () => {
  const watching = hunt('--name', 'winter', '--account', '444455556666');
  await started('winter');
  const execution = wire.stepFunctions.executions.get('winter');
  execution?.mapRuns.set('read', { succeeded: 3, failed: 1, total: 9 });
  const { stdout } = await run('--status', 'winter');
  expect(stdout).toMatch(/^running for \d+ \w+; read 3 of 9 parts, 1 failed\n/);
  const status = JSON.parse((await run('--status', 'winter', '--json')).stdout) as object;
  expect(status).toMatchObject({ schema: 'credlock.hunt-status/1', hunt: 'winter', status: 'RUNNING', bytes: null });
  expect(await run('--stop', 'winter')).toMatchObject({ code: 0 });
  const { code, stderr } = await watching;
  expect(code).toBe(1);
  expect(stderr).toContain('hunt winter ended: aborted. `credlock hunt --redrive winter` runs what failed again');
  execution?.failures.push({
    label: 'read',
    input: { stage: 'read', hunt: 'winter', child: 7 },
    error: 'Lambda.Unknown',
    cause:
      '{"errorType":"Runtime.ExitError","errorMessage":"RequestId: 1 Error: Runtime exited with error: signal: killed"}',
  });
  const redriven = run('--redrive', 'winter');
  const redrives = (): number => wire.stepFunctions.executions.get('winter')?.redrives ?? 0;
  while (redrives() === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  Object.assign(execution ?? {}, { status: 'FAILED', cause: 'a child timed out' });
  const failed = await redriven;
  expect(failed.stderr).toContain('failed (a child timed out)');
  expect(failed.stderr).toContain(
    'read 7 failed: Lambda.Unknown (RequestId: 1 Error: Runtime exited with error: signal: killed)',
  );
});

test('names the permission that is missing, and what was not given', async () => {
  expect((await run()).stderr).toContain('give --from and --to for a hunt in AWS, or --local');
  wire.fail(
    { service: 'states', operation: 'StartExecution' },
    {
      kind: 'error',
      code: 'AccessDeniedException',
      message: 'not authorized to perform: states:StartExecution',
      status: 400,
    },
  );
  const { code, stderr } = await hunt();
  expect(code).toBe(1);
  expect(stderr).toContain('cannot start hunt');
  expect(stderr).toContain(
    `Add to the policy of your role: {"Effect":"Allow","Action":["states:StartExecution"],"Resource":["${MACHINE}"]}`,
  );
  expect((await run('--status', 'unknown')).stderr).toContain('cannot look at hunt unknown');
  expect((await run('--watch', '../autumn')).stderr).toContain('--watch ../autumn must be up to 64 letters');
  for (const other of [['--stop', 'b'], ['--estimate']])
    expect((await run('--status', 'a', ...other)).stderr).toContain('cannot be used with');
});

test('explains that the report of an older hunt was deleted with its work', async () => {
  const watching = run(...PERIOD, '--name', 'past');
  await started('past');
  const execution = wire.stepFunctions.executions.get('past');
  Object.assign(execution ?? {}, { status: 'SUCCEEDED' });
  expect(await watching).toMatchObject({ code: 1, stdout: '' });
  expect((await run('--watch', 'past')).stderr).toContain(
    'the report of hunt past is not in s3://hunt-work/hunts/past/: work is deleted after the days of huntWorkDays. Start another hunt',
  );
});

test('leaves alone what a hunt of the same name was asked, while it runs and after its execution is forgotten', async () => {
  const watching = hunt('--name', 'spring', '--incidents', '7');
  await started('spring');
  const asked = (): string | undefined =>
    wire.s3.get('hunt-work', 'hunts/spring/request/options.json')?.bytes.toString();
  const again = await hunt('--name', 'spring', '--incidents', '8');
  expect(again).toMatchObject({ code: 1, stdout: '' });
  expect(again.stderr).toContain('there is a hunt spring: give another --name, or `credlock hunt --watch spring`');
  expect(asked()).toBe('{"incidents":7}');
  await execute('spring');
  await watching;
  wire.stepFunctions.executions.clear();
  expect((await hunt('--name', 'spring')).stderr).toContain('there is a hunt spring');
  expect(asked()).toBe('{"incidents":7}');
});

function putBroken(count: number): string {
  const [day, name] = ['2026/09/02', `${HUB}_CloudTrail_${REGION}_20260902T0000Z`];
  const keys = Array.from(
    { length: count },
    (_, at) => `AWSLogs/${HUB}/CloudTrail/${REGION}/${day}/${name}_${at}.json.gz`,
  );
  for (const key of keys) wire.s3.put('organization-trail', key, Buffer.from('1f8b08000000', 'hex'));
  return keys[0] ?? '';
}

async function started(name: string): Promise<void> {
  while (!wire.stepFunctions.executions.has(name)) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('names log files that cannot be read, and why', async () => {
  putTrail();
  const key = putBroken(1);
  const printed = hunt('--name', 'broken');
  await started('broken');
  await execute('broken');
  const { code, stderr } = await printed;
  expect(code).toBe(2);
  expect(stderr).toContain(`${key}: the gzip data breaks off`);
  expect(stderr).toContain('; 1 input was not read completely.');
});

test('tells kinds of unread files apart in the summary', async () => {
  putTrail();
  wire.fail(
    { operation: 'GetObject', where: ({ target }) => target.includes('/CloudTrail/') },
    { kind: 'error', code: 'InvalidObjectState', message: 'The operation is not valid', status: 403 },
  );
  const printed = hunt('--name', 'archived', '--max-unreadable', '2');
  await started('archived');
  await execute('archived');
  expect((await printed).stderr).toContain(
    'Not read: 1 archived in Glacier or an archive tier (restore them for as long as a hunt takes (s3:RestoreObject)).',
  );
});

test('fails where too many log files are unread, and goes on when that is allowed', async () => {
  putTrail();
  putBroken(20);
  const printed = hunt('--name', 'gaps', '--incidents', '7');
  await started('gaps');
  await execute('gaps');
  const { code, stdout, stderr } = await printed;
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain('hunt gaps ended: failed (20 of');
  expect(stderr).toContain(
    'at most 1 %, or 10, may be: 20 damaged, not read to the end, or with records of other accounts. For example',
  );
  expect(stderr).toContain('`credlock hunt --redrive gaps --max-unreadable PERCENT` goes on');
  expect([...(wire.stepFunctions.executions.get('gaps')?.mapRuns.keys() ?? [])]).toEqual(['read']);
  const redriven = run('--redrive', 'gaps', '--max-unreadable', '30', '--format', 'jsonl');
  while (wire.stepFunctions.executions.get('gaps')?.redrives !== 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const options = wire.s3.get('hunt-work', 'hunts/gaps/request/options.json');
  expect(options?.bytes.toString()).toBe('{"incidents":7,"maxUnreadable":30}');
  await execute('gaps', 'check');
  const replayed = await credlock(['replay', ...JUDGING, join(DEMO, 'trail'), '--format', 'jsonl']);
  expect(await redriven).toMatchObject({ code: 2, stdout: replayed.stdout });
});

describe('outputs', () => {
  let engine: DynamoDb;
  let deployed: Deployed;

  beforeEach(async () => {
    putTrail();
    engine = await startDynamoDb();
    const configBucket = 'credlock-config';
    const publishingQueueUrl = wire.sqs.createQueue('publishing', { account: HUB, region: REGION });
    deployed = { dynamodb: engine.endpoint, lockTable: await engine.createTable(), publishingQueueUrl, configBucket };
    wire.s3.createBucket('credlock-config', { owner: HUB, region: REGION });
    const settings = readFileSync(CONFIG, 'utf8').replaceAll(/^[ \t]*\/\/.*$/gm, '');
    wire.s3.put('credlock-config', 'settings.json', Buffer.from(settings));
    wire.s3.put('credlock-config', 'ip-ranges.json', readFileSync(IP_RANGES));
  });

  afterEach(() => engine.close());

  const stored = async (): Promise<string[]> => {
    const client = new DynamoDBClient({ ...wire.clientConfig(), endpoint: deployed.dynamodb });
    const keys: string[] = [];
    for await (const { Items = [] } of paginateScan({ client }, { TableName: deployed.lockTable ?? '' }))
      for (const { pk } of Items) keys.push(pk?.S ?? '');
    client.destroy();
    return keys;
  };
  const sent = () =>
    wire.sqs.queue(deployed.publishingQueueUrl ?? '').messages.map(({ body }) => parseOutgoingFinding(body));

  test('--publish judges by the deployment’s settings, sends what was found to the queue of `publish`, once, and prints it', async () => {
    const replayed = await credlock(['replay', ...JUDGING, join(DEMO, 'trail'), '--format', 'jsonl']);
    const ids = replayed.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    for (const name of ['first', 'second']) {
      const printed = run(...PERIOD, '--name', name, '--publish', '--format', 'jsonl');
      await started(name);
      await execute(name, 'read', deployed);
      const { code, stdout, stderr } = await printed;
      if (code !== 0) throw new Error(stderr);
      expect({ code, stdout }).toEqual({ code: 0, stdout: replayed.stdout });
      // Ranges of this machine are not used.
      expect(stderr).not.toContain('ip-ranges.json of');
      expect(
        sent()
          .map(({ finding }) => finding.id)
          .sort(),
      ).toEqual(ids.sort());
      const told =
        name === 'first' ? `Published ${ids.length} findings.` : `Published 0 findings; ${ids.length} unchanged`;
      expect(stderr).toContain(told);
    }
    expect(new Set(sent().flatMap(({ sinks }) => sinks))).toEqual(new Set(['security-hub', 'event-bridge']));
  });

  test('go by the last good settings where the current ones are not valid, and end without any', async () => {
    const good = wire.s3.get('credlock-config', 'settings.json')?.bytes ?? Buffer.from('');
    wire.s3.put('credlock-config', 'settings.json', Buffer.from('{"holdMinutes": "many"}'));
    const without = run(...PERIOD, '--name', 'without', '--publish');
    await started('without');
    await execute('without', 'read', deployed);
    expect((await without).stderr).toContain('settings.json cannot be used, nor its last good copy');
    wire.s3.put('credlock-config', 'settings.json.last-good', Buffer.from(good));
    const printed = run(...PERIOD, '--name', 'good', '--publish');
    await started('good');
    await execute('good', 'read', deployed);
    expect((await printed).code).toBe(0);
    expect(sent().length).toBeGreaterThan(0);
  });

  test('end a hunt at once where they are not deployed', async () => {
    const printed = run(...PERIOD, '--name', 'refused', '--publish', '--store-facts');
    await started('refused');
    await execute('refused');
    const { code, stderr } = await printed;
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the stack credlock-hunt was not deployed with -c huntPublish=true and -c huntStoreFacts=true: deploy it so, or hunt without that). Start another',
    );
    expect(wire.s3.get('hunt-work', 'hunts/refused/plan/plan.json')).toBeUndefined();
  });

  test('publish nothing of single accounts, also where that is asked without the command line', async () => {
    const printed = run(...PERIOD, '--name', 'narrow', '--account', '444455556666');
    await started('narrow');
    wire.s3.put('hunt-work', 'hunts/narrow/request/options.json', Buffer.from('{"publish":true}'));
    await execute('narrow', 'read', deployed);
    expect((await printed).stderr).toContain(
      'hunts of some accounts or Regions publish nothing, as log files of others may explain it: hunt in all, or without publishing). Start another',
    );
    expect(sent()).toEqual([]);
  });

  test('are decided by the plan: what is asked for later publishes and stores nothing', async () => {
    const printed = hunt('--name', 'quiet');
    await started('quiet');
    wire.s3.put('hunt-work', 'hunts/quiet/request/options.json', Buffer.from('{"incidents":1}'));
    await execute('quiet', 'read', deployed);
    expect((await printed).stderr).not.toMatch(/Published|Stored/);
    expect(sent()).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test('--store-facts stores what the log files state, and publishes nothing', async () => {
    const printed = run(...PERIOD, '--account', '444455556666', '--name', 'stored', '--store-facts');
    await started('stored');
    await execute('stored', 'read', deployed);
    const { code, stderr } = await printed;
    expect(code).toBe(0);
    expect(stderr).toMatch(/\nStored [1-9]\d* facts in the lock table\.\n/);
    expect(sent()).toEqual([]);
    const kinds = new Set((await stored()).map((pk) => pk.slice(0, pk.indexOf('#') + 1) || pk));
    expect([...kinds]).toEqual(expect.arrayContaining(['workload#', 'session#', 'accounts']));
    expect([...kinds].filter((kind) => !FACT_PARTITIONS.some((one) => one === kind))).toEqual([]);
  });

  test('stay asked for when a hunt goes on with another share of unread files', async () => {
    wire.s3.put('hunt-work', 'hunts/asked/request/options.json', Buffer.from('{"incidents":7,"publish":true}'));
    const redriven = run('--redrive', 'asked', '--max-unreadable', '5');
    expect((await redriven).stderr).toContain('cannot go on with hunt asked');
    expect(wire.s3.get('hunt-work', 'hunts/asked/request/options.json')?.bytes.toString()).toContain('"publish":true');
  });

  test.each([
    ['--publish', '--watch', 'a'],
    ['--publish', '--config', CONFIG],
    ['--store-facts', '--ip-ranges', IP_RANGES],
    ['--store-facts', '--local', DEMO],
  ])('%s cannot be used with %s', async (...flags) => {
    expect((await run(...flags)).stderr).toContain('cannot be used with');
  });
});
