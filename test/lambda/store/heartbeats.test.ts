import { memoryLockTable } from '../../../lambda/adapters/memory/memory-lock-table';
import { readFacts } from '../../../lambda/detection/records/read-facts';
import { readRecord } from '../../../lambda/detection/records/read-record';
import { WORKLOAD_KINDS } from '../../../lambda/detection/kinds/all-kinds';
import { METRICS } from '../../../lambda/environment';
import { Heartbeats, readHeartbeats } from '../../../lambda/store/heartbeats';
import { startHub } from '../hub';
import { eachCall } from '../live-run';
import { call, HOME_ADDRESS, issuance, SHOP, termination } from '../records';

const OTHER = '444455556666';
const NOON = Date.parse('2026-09-01T12:00:00Z');
const MINUTE = 60_000;
const REGION = 'eu-west-1';

const canary = (time: string): object => ({
  ...issuance(time, 'ASIACANARY'),
  requestParameters: { roleArn: `arn:aws:iam::${SHOP}:role/credlock-verification`, roleSessionName: 'credlock-canary' },
  responseElements: null,
});

function hear(heartbeats: Heartbeats, ...values: object[]): void {
  for (const value of values) {
    const reading = readRecord(value);
    if ('skip' in reading) throw new Error(reading.skip);
    heartbeats.receive(reading.record, readFacts(reading.record, WORKLOAD_KINDS).facts, value);
  }
}

/** A table that counts its requests, and one handler's heartbeats. */
function world() {
  const requests: string[] = [];
  const table = eachCall(memoryLockTable(), (does, { operation }) => {
    requests.push(operation);
    return does();
  });
  return { table, requests, heartbeats: new Heartbeats() };
}

describe('received records', () => {
  test('is kept by account, Region and kind, with the first hearing, the latest event, and what came', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, call('11:10', HOME_ADDRESS, { extra: { readOnly: true } }), call('11:40', HOME_ADDRESS));
    await heartbeats.write(table, NOON);
    const common = { account: SHOP, region: REGION, since: '2026-09-01T12:00:00Z', last: '2026-09-01T11:40:00Z' };
    const came = { longestPause: 0, readEvents: '2026-09-01T11:00:00Z', proof: '2026-09-01T11:00:00Z' };
    expect(await readHeartbeats(table)).toEqual([
      { ...common, kind: 'any', ...came },
      { ...common, kind: 'ec2-instance', ...came },
    ]);
  });

  test('of records that are nobody’s workload counts for the account, and proves nothing', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, termination('11:10'));
    await heartbeats.write(table, NOON);
    expect(await readHeartbeats(table)).toMatchObject([{ kind: 'any', readEvents: null, proof: null }]);
  });

  test('of calls that only look like a workload’s is no proof', async () => {
    const { table, heartbeats } = world();
    const looks = call('11:10', HOME_ADDRESS);
    const identity = { ...(looks['userIdentity'] as object), inScopeOf: undefined, sessionContext: {} };
    hear(heartbeats, { ...looks, userIdentity: identity });
    await heartbeats.write(table, NOON);
    expect(await readHeartbeats(table)).toMatchObject([
      { kind: 'any', proof: null },
      { kind: 'ec2-instance', proof: null },
    ]);
  });

  test('of a canary is told apart, whether its role could be assumed or not', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, { ...canary('11:10'), errorCode: 'AccessDenied' });
    await heartbeats.write(table, NOON);
    expect((await readHeartbeats(table)).map(({ kind }) => kind)).toEqual(['canary']);
  });

  test.each([
    ['a session of another name', { ...canary('11:10'), requestParameters: { roleSessionName: 'credlock-canary2' } }],
    ['another action', { ...canary('11:10'), eventName: 'GetCallerIdentity' }],
    ['another service', { ...canary('11:10'), eventSource: 'iam.amazonaws.com' }],
  ])('of %s is no canary', async (_what, record) => {
    const { table, heartbeats } = world();
    hear(heartbeats, record);
    await heartbeats.write(table, NOON);
    expect((await readHeartbeats(table)).map(({ kind }) => kind)).not.toContain('canary');
  });

  test('nowhere is not kept: there is no Region without a name', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, { ...call('11:10', HOME_ADDRESS), awsRegion: undefined });
    await heartbeats.write(table, NOON);
    expect(await readHeartbeats(table)).toEqual([]);
  });

  test('from the future counts as now: a clock that is ahead hides no pause', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, call('12:59', HOME_ADDRESS));
    await heartbeats.write(table, NOON);
    expect(await readHeartbeats(table)).toMatchObject([
      { last: '2026-09-01T12:00:00Z' },
      { last: '2026-09-01T12:00:00Z' },
    ]);
  });

  test('can be asked for one account', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, termination('11:10'), termination('11:20', 'i-0b0b00000000000b2', OTHER));
    await heartbeats.write(table, NOON);
    expect((await readHeartbeats(table, OTHER)).map(({ account }) => account)).toEqual([OTHER]);
    expect(await readHeartbeats(table)).toHaveLength(2);
  });
});

describe('writing', () => {
  test('happens once an hour for each key, and loses nothing of the hour', async () => {
    const { table, requests, heartbeats } = world();
    hear(heartbeats, termination('11:59'));
    await heartbeats.write(table, NOON);
    expect(requests).toEqual(['read', 'revise']);
    hear(heartbeats, { ...termination('12:10'), readOnly: true }, termination('12:30'));
    await heartbeats.write(table, NOON + 30 * MINUTE);
    await heartbeats.write(table, NOON + 59 * MINUTE);
    expect(requests).toHaveLength(2);
    await heartbeats.write(table, NOON + 60 * MINUTE);
    expect(requests).toEqual(['read', 'revise', 'read', 'revise']);
    expect(await readHeartbeats(table)).toMatchObject([
      { since: '2026-09-01T12:00:00Z', last: '2026-09-01T12:30:00Z', readEvents: '2026-09-01T12:00:00Z' },
    ]);
  });

  test('of canaries does not wait for the hour', async () => {
    const { table, heartbeats } = world();
    hear(heartbeats, canary('11:50'));
    await heartbeats.write(table, NOON);
    hear(heartbeats, canary('12:05'));
    await heartbeats.write(table, NOON + 6 * MINUTE);
    const heard = new Map((await readHeartbeats(table)).map(({ kind, last }) => [kind, last]));
    expect(heard).toEqual(new Map([['canary', '2026-09-01T12:05:00Z']]));
  });

  test('nothing where nothing arrived', async () => {
    const { table, requests, heartbeats } = world();
    await heartbeats.write(table, NOON);
    expect(requests).toEqual([]);
  });

  test('of late and repeated records by several handlers comes to the same, in whatever order', async () => {
    const { table, heartbeats } = world();
    const other = new Heartbeats();
    hear(heartbeats, termination('11:50'));
    hear(other, { ...termination('08:10'), readOnly: 'true' }, termination('11:20'));
    await heartbeats.write(table, NOON);
    await other.write(table, NOON + MINUTE);
    expect(await readHeartbeats(table)).toMatchObject([
      { since: '2026-09-01T12:00:00Z', last: '2026-09-01T11:50:00Z', readEvents: '2026-09-01T08:00:00Z' },
    ]);
  });

  test('keeps the longest pause since the first event', async () => {
    const { table, heartbeats } = world();
    for (const [time, minutes, longest] of [
      ['02:00', 0, 0],
      ['12:30', 60, 30],
      ['18:30', 400, 360],
      ['18:45', 500, 360],
    ] as const) {
      hear(heartbeats, termination(time));
      await heartbeats.write(table, NOON + minutes * MINUTE);
      expect(await readHeartbeats(table)).toMatchObject([{ longestPause: longest * MINUTE }]);
    }
  });

  test('that comes second is done again with the next records', async () => {
    const { table, heartbeats } = world();
    const slow = new Heartbeats();
    const racing = eachCall(table, async (does, { operation }) => {
      const answer = await does();
      if (operation === 'read') await heartbeats.write(table, NOON);
      return answer;
    });
    hear(heartbeats, termination('11:10'));
    hear(slow, termination('11:50'));
    await slow.write(racing, NOON);
    expect(await readHeartbeats(table)).toMatchObject([{ last: '2026-09-01T11:10:00Z' }]);
    await slow.write(table, NOON + MINUTE);
    expect(await readHeartbeats(table)).toMatchObject([{ last: '2026-09-01T11:50:00Z' }]);
  });
});

test('observe writes them, and no record is retried because it could not', async () => {
  const hub = await startHub();
  try {
    const fault = hub.wire.fail(
      { service: 'dynamodb', operation: 'PutItem', where: ({ body }) => body.includes('heartbeat#') },
      { kind: 'throttle', times: 2 },
    );
    await hub.sendEvents([call('11:10', HOME_ADDRESS)]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(fault.hits).toBe(2);
    expect(hub.counted(METRICS.heartbeatsFailed)).toBe(1);
    expect(hub.wire.requests.filter(({ body }) => body.includes('heartbeat#'))).toHaveLength(3);
    await hub.sendEvents([call('11:20', HOME_ADDRESS)]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(hub.counted(METRICS.heartbeatsFailed)).toBe(1);
    expect(hub.wire.requests.filter(({ body }) => body.includes('heartbeat#'))).toHaveLength(6);
  } finally {
    await hub.close();
  }
});
