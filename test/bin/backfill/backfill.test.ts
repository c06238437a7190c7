import { METRICS } from '../../../lambda/environment';
import { AWAY_ADDRESS, call, HOME_ADDRESS, logFile, SHOP } from '../../lambda/records';
import { removeAll } from '../credlock-command';
import { startOperator, VERIFICATION_ROLE, type Operator } from '../operator';

const DAYS = ['--since', '2026-09-01', '--until', '2026-09-02'];
const BACKFILL = ['backfill', ...DAYS];
let operator: Operator;

beforeEach(async () => {
  operator = await startOperator();
});

afterEach(() => operator.close());
afterAll(removeAll);

function keyAt(
  day: string,
  time: string,
  over: { account?: string; region?: string; kind?: string; name?: string } = {},
) {
  const { account = SHOP, region = 'eu-west-1', kind = 'CloudTrail', name = 'abcdefgh' } = over;
  const folder = `AWSLogs/o-example123/${account}/${kind}/${region}/2026/09/${day}`;
  return `${folder}/${account}_${kind}_${region}_202609${day}T${time}Z_${name}.json.gz`;
}

function putFile(key: string, records: readonly unknown[] = []): string {
  operator.hub.wire.s3.put('organization-trail', key, logFile(records));
  return key;
}

/** The keys in the queue, in the order they were sent, and whether they are to be silent. */
function queued(): { keys: string[]; verdicts: (string | undefined)[] } {
  const { messages } = operator.hub.queue('observe');
  const keyOf = ({ body }: { body: string }): string => {
    const { Records: records } = JSON.parse(body) as { Records: { s3: { object: { key: string } } }[] };
    return decodeURIComponent(records[0]?.s3.object.key ?? '');
  };
  return {
    keys: messages.map(keyOf),
    verdicts: messages.map(({ attributes }) => attributes['verdicts']?.StringValue),
  };
}

test('sends the log files of the days chosen, oldest first, with verdicts off', async () => {
  const files = [
    putFile(keyAt('01', '2350')),
    putFile(keyAt('01', '0005', { region: 'us-east-1' })),
    putFile(keyAt('01', '1200', { account: '444455556666' })),
    putFile(keyAt('02', '0130')),
  ];
  putFile(keyAt('02', '0300'));
  putFile(keyAt('01', '1300', { kind: 'CloudTrail-Digest' }));
  putFile('AWSLogs/o-example123/111122223333/Config/eu-west-1/2026/09/01/x.json.gz');
  operator.hub.wire.s3.put(
    'organization-trail',
    'AWSLogs/111122223333/CloudTrail/eu-west-1/2026/09/01/odd name.txt',
    'x',
  );
  const { code, stderr } = await operator.run(BACKFILL);
  const [late, early, middle, tomorrow] = files;
  expect(queued()).toEqual({ keys: [early, middle, late, tomorrow], verdicts: ['off', 'off', 'off', 'off'] });
  expect(stderr).toContain('4 log files of 2 accounts');
  expect(stderr).toContain('without raising findings about them');
  expect(code).toBe(0);
});

test('chooses accounts and Regions, and shows what a dry run would send', async () => {
  putFile(keyAt('01', '1000'));
  putFile(keyAt('01', '1100', { region: 'us-east-1' }));
  const other = putFile(keyAt('01', '1200', { account: '444455556666' }));
  const chosen = [...BACKFILL, '--account', '444455556666', '--region', 'eu-west-1'];
  const dry = await operator.run([...chosen, '--dry-run']);
  expect(dry.stderr).toContain(
    '1 log file of 1 account, 0.0 MB, for records from 2026-09-01T00:00:00Z to 2026-09-02T00:00:00Z.',
  );
  expect(dry.stderr).toContain('Dry run: nothing was sent.');
  expect(queued().keys).toEqual([]);
  await operator.run(chosen);
  expect(queued().keys).toEqual([other]);
});

test('breaks off with the key to go on after, and goes on after it', async () => {
  const files = Array.from({ length: 25 }, (_, at) => putFile(keyAt('01', `10${String(at + 10)}`)));
  const fault = operator.hub.wire.fail(
    { service: 'sqs', operation: 'SendMessageBatch', after: 2 },
    { kind: 'error', code: 'AccessDenied', message: 'not authorized to perform: sqs:SendMessage', status: 403 },
  );
  const { code, stderr } = await operator.run(BACKFILL);
  expect(fault.hits).toBe(1);
  expect(stderr).toContain(`Continue with --resume-after ${files[19]}`);
  expect(code).toBe(1);
  await operator.run([...BACKFILL, '--resume-after', files[19] ?? '']);
  expect(queued().keys).toEqual(files);
  expect((await operator.run([...BACKFILL, '--resume-after', 'x'])).stderr).toContain(
    'it is not the key of a CloudTrail log file',
  );
});

test('sends no more than may wait, so that what happens now is not kept waiting', async () => {
  const { hub } = operator;
  const files = Array.from({ length: 35 }, (_, at) => putFile(keyAt('01', `10${String(at + 10)}`)));
  const ended = new AbortController();
  const command = operator.run([...BACKFILL, '--most-waiting', '12']).finally(() => ended.abort());
  let most = 0;
  while (!ended.signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, 300));
    most = Math.max(most, queued().keys.length);
    await hub.drain('observe');
  }
  expect((await command).stderr).toContain('35 log files of 1 account');
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(20);
  await hub.drain('observe');
  expect(hub.wire.requests.filter(({ operation }) => operation === 'GetObject').length).toBeGreaterThanOrEqual(
    files.length,
  );
});

describe('what was fed so', () => {
  const theft = () => [call('10:00', HOME_ADDRESS), call('10:10', HOME_ADDRESS), call('11:00', AWAY_ADDRESS)];
  const types = () => [...operator.hub.onBus().values()].map(({ type }) => type);

  test('raises nothing by itself, and judges what comes after', async () => {
    putFile(keyAt('01', '1105'), theft().slice(0, 2));
    await operator.run(BACKFILL);
    await operator.hub.settle();
    expect(types()).toEqual([]);
    await operator.hub.sendEvents([call('11:30', AWAY_ADDRESS)]);
    await operator.hub.settle();
    expect(types()).toEqual(['OutsideAWS']);
  });

  test('neither counts as an event, so that no canary is sent where no rule is, nor as late', async () => {
    await operator.close();
    operator = await startOperator({ variables: { verificationRole: VERIFICATION_ROLE } });
    const { hub } = operator;
    putFile(keyAt('01', '1105'), theft());
    await operator.run(BACKFILL);
    await hub.settle();
    expect([hub.counted(METRICS.recordsRead), hub.counted(METRICS.lag)]).toEqual([3, 0]);
    expect(await hub.watch({ task: 'canary' })).toMatchObject({ sent: 1 });
    await hub.sendEvents([call('11:30', HOME_ADDRESS)]);
    await hub.drain('observe');
    expect(hub.counted(METRICS.lag)).toBeGreaterThan(0);
    expect(await hub.watch({ task: 'canary' })).toMatchObject({ sent: 2 });
  });

  test('does not hide the same record received as an event, before or after', async () => {
    const records = theft();
    putFile(keyAt('01', '1105'), records);
    await operator.run(BACKFILL);
    await operator.hub.settle();
    expect(types()).toEqual([]);
    await operator.hub.sendEvents(records);
    await operator.hub.settle();
    expect(types()).toEqual(['OutsideAWS']);
  });

  test('is reported as usual where verdicts are on', async () => {
    putFile(keyAt('01', '1105'), theft());
    const { stderr } = await operator.run([...BACKFILL, '--verdicts', 'on']);
    expect(stderr).toContain('Findings about these records are published.');
    await operator.hub.settle();
    expect(types()).toEqual(['OutsideAWS']);
  });
});

test.each([
  ['both --days and --since', [...DAYS, '--days', '2'], 'give either --days or --since'],
  [
    'an end before its beginning',
    ['--since', '2026-09-02', '--until', '2026-09-01'],
    '--until must be later than --since',
  ],
  ['no number of days', ['--days', '0'], 'It must be a whole number from 1 to 9999.'],
])('refuses %s', async (_, args, fault) => {
  const { code, stderr } = await operator.run(['backfill', ...args]);
  expect(stderr).toContain(fault);
  expect(code).toBe(1);
});

test('warns that the files would be rejected where no trail bucket is deployed', async () => {
  delete operator.outputs['TrailBucket'];
  const { code, stderr } = await operator.run(BACKFILL);
  expect(stderr).toContain('deploy with -c trailBucketArn');
  expect(code).toBe(1);
});

test('refuses a key prefix that AWSLogs/ cannot follow, as no log file would be found', async () => {
  const { code, stderr } = await operator.run([...BACKFILL, '--trail-prefix', 'logs']);
  expect(stderr).toContain('--trail-prefix logs must end in a slash: logs/');
  expect(code).toBe(1);
});

test('says what S3 refuses', async () => {
  operator.outputs['TrailBucketOwner'] = SHOP;
  const { code, stderr } = await operator.run(BACKFILL);
  expect(stderr).toContain('cannot list s3://organization-trail/AWSLogs/ of account 111122223333: Access Denied');
  expect(code).toBe(1);
});
