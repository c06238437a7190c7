import { gzipSync } from 'node:zlib';
import { METRICS } from '../../lambda/environment';
import { HUB, notificationOf, startHub, TRAIL_OWNER, type Hub, REGION } from './hub';
import { eventOf } from '../../trail-writer/event';
import {
  AWAY_ADDRESS,
  call,
  HOME_ADDRESS,
  INSTANCE,
  issuance,
  logFile,
  logFileKey,
  SHOP,
  termination,
} from './records';

const TRAIL = 'organization-trail';
const THEFT = [
  call('11:00', HOME_ADDRESS),
  call('11:58', AWAY_ADDRESS, { name: 'ListBuckets', source: 's3.amazonaws.com' }),
];

let hub: Hub;

beforeEach(async () => {
  hub = await startHub();
});

afterEach(() => hub.close());

function asked(): string[] {
  return hub.queue('confirm').messages.map(({ body }) => body);
}

function setAside(): { reason: string | undefined; body: string }[] {
  return hub
    .queue('quarantine')
    .messages.map(({ attributes, body }) => ({ reason: attributes['reason']?.StringValue, body }));
}

describe('records that come as events', () => {
  test('are stored, judged, and what is suspicious is asked for once the hold has passed', async () => {
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toEqual([
      JSON.stringify({ workload: { partition: 'aws', account: SHOP, kind: 'ec2-instance', id: INSTANCE } }),
    ]);
    const [message] = hub.queue('confirm').messages;
    // First seen at 11:58, held for 5 minutes; it is 12:00.
    expect((message?.visibleAt ?? 0) - hub.clock.now()).toBe(180_000);
    expect(hub.counted(METRICS.recordsRead)).toBe(2);
    expect(hub.counted(METRICS.suspicionsRequested)).toBe(1);
    expect(hub.counted(METRICS.lag)).toBe(3_600_000);
  });

  test('that are rejected are quarantined with the reason, and the good ones of the batch are not held up', async () => {
    await hub.send({ ...eventOf(THEFT[1]), source: 'attacker' });
    await hub.send({ ...eventOf(THEFT[1]), account: '444455556666' });
    await hub.send('no json, sessionToken=EXAMPLE-TOKEN');
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside().map(({ reason }) => reason)).toEqual(['source-not-aws', 'not-the-recipient', 'not-json']);
    expect(asked()).toHaveLength(1);
    expect(hub.queue('observe').messages).toEqual([]);
    expect(hub.counted(METRICS.messagesQuarantined, { reason: 'source-not-aws' })).toBe(1);
  });

  test('leave no session token anywhere: table, queues, logs', async () => {
    await hub.sendEvents([issuance('11:30', 'ASIAEXAMPLE1')]);
    await hub.send({ ...eventOf(issuance('11:31', 'ASIAEXAMPLE2')), source: 'evil' });
    await hub.send({ Type: 'Notification', Message: JSON.stringify(eventOf(issuance('11:32', 'ASIAEXAMPLE3'))) });
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside()).toHaveLength(2);
    expect(setAside().every(({ body }) => body.includes('ASIAEXAMPLE'))).toBe(true);
    const sent = hub.wire.requests.filter(({ body }) => !body.includes('"QueueUrl"') || body.includes('quarantine'));
    expect(sent.length).toBeGreaterThan(3);
    expect(JSON.stringify(sent)).not.toContain('EXAMPLE-TOKEN');
    expect(JSON.stringify(hub.logged)).not.toContain('EXAMPLE-TOKEN');
  });

  test('that are repeated within an hour cost the table nothing', async () => {
    await hub.sendEvents([call('11:00', HOME_ADDRESS)]);
    await hub.drain('observe');
    const before = tableRequests();
    await hub.sendEvents([call('11:01', HOME_ADDRESS), call('11:59', HOME_ADDRESS)]);
    await hub.drain('observe');
    expect(tableRequests() - before).toBe(0);
    await hub.sendEvents([call('12:01', HOME_ADDRESS)]);
    await hub.drain('observe');
    expect(tableRequests()).toBeGreaterThan(before);
  });

  test('are done only when their suspicion is sent', async () => {
    hub.wire.fail({ service: 'sqs', operation: 'SendMessageBatch' }, { kind: 'throttle' });
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).not.toEqual([]);
    expect(asked()).toEqual([]);
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });

  test('are retried where an entry of the batch was refused', async () => {
    hub.wire.fail(
      { service: 'sqs', operation: 'SendMessageBatch' },
      { kind: 'entries', which: () => true, code: 'InternalError' },
    );
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).not.toEqual([]);
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });

  test('are retried where the table throttles, and only those', async () => {
    const other = call('11:59', HOME_ADDRESS, { instance: 'i-0b0b00000000000b2' });
    const throttling = hub.wire.fail(
      { service: 'dynamodb', where: ({ body }) => body.includes('i-0b0b00000000000b2') },
      { kind: 'error', code: 'ThrottlingException', status: 400, times: Infinity },
    );
    await hub.sendEvents([...THEFT, other]);
    expect(await hub.drain('observe')).toEqual(['named']);
    expect(asked()).toHaveLength(1);
    expect(hub.counted(METRICS.messagesRetried)).toBe(1);
    throttling.clear();
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside()).toEqual([]);
  });

  test.each([
    ['of a key that is issued', issuance('11:30', `ASIA${'X'.repeat(3_000)}`)],
    ['of a workload that is seen', call('11:30', HOME_ADDRESS, { instance: `i-${'0'.repeat(3_000)}` })],
  ])('that the table will never take are quarantined alone: %s', async (_what, poison) => {
    await hub.sendEvents([poison, ...THEFT]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside().map(({ reason }) => reason)).toEqual(['record-not-storable']);
    expect(setAside()[0]?.body).not.toContain('EXAMPLE-TOKEN');
    expect(asked()).toHaveLength(1);
  });

  test('of the future are quarantined and store nothing; a clock may be a day ahead', async () => {
    const ahead = { ...call('11:00', AWAY_ADDRESS), eventTime: '2099-01-01T00:00:00Z' };
    await hub.sendEvents([ahead, { ...call('11:00', HOME_ADDRESS), eventTime: '2026-09-02T11:59:00Z' }]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside().map(({ reason }) => reason)).toEqual(['record-in-the-future']);
    const stored = JSON.stringify(hub.wire.requests.filter(({ body }) => body.includes('TableName')));
    expect(stored).toContain(HOME_ADDRESS);
    expect(stored).not.toContain(AWAY_ADDRESS);
    expect(stored).not.toContain('2099');
  });

  test('that are too old, or none of ours, are counted by reason', async () => {
    await hub.sendEvents([
      { ...call('11:00', HOME_ADDRESS), eventTime: '2026-05-01T00:00:00Z' },
      { ...call('11:00', HOME_ADDRESS), eventID: undefined },
    ]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(hub.counted(METRICS.recordsSkipped, { reason: 'too-old' })).toBe(1);
    expect(hub.counted(METRICS.recordsSkipped, { reason: 'no-event-id' })).toBe(1);
  });
});

describe('log files', () => {
  const KEY = logFileKey('a b+c');

  test.each([
    ['by S3', notificationOf([KEY])],
    ['through SNS', { Type: 'Notification', Message: JSON.stringify(notificationOf([KEY])) }],
    [
      'by EventBridge',
      {
        source: 'aws.s3',
        account: TRAIL_OWNER,
        'detail-type': 'Object Created',
        detail: { bucket: { name: TRAIL }, object: { key: KEY } },
      },
    ],
  ])('announced %s are read', async (_how, message) => {
    hub.wire.s3.put(TRAIL, KEY, logFile(THEFT));
    await hub.send(message);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });

  test('hold records of their account only', async () => {
    const foreign = call('11:59', AWAY_ADDRESS, { account: '444455556666', instance: 'i-0f0f00000000000f0' });
    hub.wire.s3.put(TRAIL, KEY, logFile([...THEFT, foreign]));
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
    expect(hub.counted(METRICS.recordsSkipped, { reason: 'of-another-account' })).toBe(1);
    expect(hub.wire.requests.some(({ body }) => body.includes('i-0f0f00000000000f0'))).toBe(false);
  });

  test('are read in parts, so that memory does not grow with them', async () => {
    hub.wire.s3.put(TRAIL, KEY, logFile([...THEFT.slice(0, 1), ...padding(20_000), ...THEFT.slice(1)]));
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toEqual([]);
    expect(hub.counted(METRICS.recordsRead)).toBe(20_002);
    expect(hub.counted(METRICS.workloadsJudged)).toBeGreaterThan(1);
    expect(asked()).toHaveLength(1);
  });

  test.each([
    ['that break off', (whole: Buffer) => whole.subarray(0, -20)],
    [
      'with a malformed record',
      () => gzipSync(`{"Records":[${THEFT.map((one) => JSON.stringify(one)).join()},{"eventName":"X",]}`),
    ],
  ])('%s are read as far as possible and set aside', async (_what, spoil) => {
    hub.wire.s3.put(TRAIL, KEY, spoil(logFile([...THEFT, ...THEFT, ...padding(50)])));
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
    expect(setAside()).toEqual([{ reason: 'object-unreadable', body: JSON.stringify(notificationOf([KEY])) }]);
  });

  test('that broke off on the way are retried, and are not quarantined', async () => {
    hub.wire.s3.put(TRAIL, KEY, logFile([...THEFT, ...padding(3_000)]));
    hub.wire.fail(
      { service: 's3', operation: 'GetObject', where: ({ target }) => target.includes(TRAIL) },
      { kind: 'drop-midway' },
    );
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toHaveLength(1);
    expect(setAside()).toEqual([]);
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });

  test('that are gone, denied, or in a bucket that became another owner’s are quarantined', async () => {
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toEqual([]);
    hub.wire.s3.createBucket(TRAIL, { owner: '999900001111', region: REGION, readers: [HUB] });
    hub.wire.s3.put(TRAIL, KEY, logFile(THEFT));
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toEqual([]);
    await hub.send(notificationOf([KEY], 'attackers-bucket'));
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside().map(({ reason }) => reason)).toEqual(['object-gone', 'object-denied', 'not-the-trail-bucket']);
    expect(asked()).toEqual([]);
  });

  test('of which one cannot be read do not hold up the others of the message', async () => {
    hub.wire.s3.put(TRAIL, logFileKey('good'), logFile(THEFT));
    await hub.send(
      notificationOf([logFileKey('gone'), logFileKey('good'), logFileKey('x', SHOP, 'CloudTrail-Digest')]),
    );
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
    expect(setAside().map(({ reason }) => reason)).toEqual(['object-gone']);
    expect(hub.counted(METRICS.messagesIgnored, { reason: 'not-a-log-file' })).toBe(1);
  });

  test('are retried where the quarantine is out of reach', async () => {
    hub.wire.fail(
      { service: 'sqs', operation: 'SendMessage', where: ({ body }) => body.includes('quarantine') },
      { kind: 'throttle' },
    );
    await hub.send(notificationOf([KEY]));
    expect(await hub.drain('observe')).toHaveLength(1);
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(setAside()).toHaveLength(1);
  });
});

describe('settings', () => {
  const DECLARED = { trustedNetworks: [{ cidr: `${AWAY_ADDRESS}/32` }] };

  test('are looked at again after a minute', async () => {
    await hub.sendEvents([call('11:00', HOME_ADDRESS)]);
    await hub.drain('observe');
    hub.putSettings(DECLARED);
    hub.clock.advance(60_000);
    await hub.sendEvents(THEFT.slice(1));
    await hub.drain('observe');
    expect(asked()).toEqual([]);
    const reads = hub.wire.requests.filter(({ operation }) => operation === 'GetObject').length;
    hub.clock.advance(60_000);
    await hub.sendEvents([call('12:02', HOME_ADDRESS)]);
    await hub.drain('observe');
    expect(hub.wire.requests.filter(({ operation }) => operation === 'GetObject')).toHaveLength(reads);
  });

  test('with faults leave the last good ones in force, which is logged and counted', async () => {
    hub.putSettings(DECLARED);
    await hub.sendEvents([call('11:00', HOME_ADDRESS)]);
    await hub.drain('observe');
    hub.putSettings({ trustedNetwork: [] });
    hub.clock.advance(60_000);
    await hub.sendEvents(THEFT.slice(1));
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toEqual([]);
    expect(hub.counted(METRICS.settingsRejected)).toBe(1);
    expect(JSON.stringify(hub.logged)).toContain('did you mean');
  });

  test('with faults are replaced by the copy of the last good ones for containers that start then', async () => {
    hub.putSettings(DECLARED);
    await hub.rejudge();
    hub.putSettings('{ not json');
    hub.restart();
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toEqual([]);
    expect(hub.counted(METRICS.settingsRejected)).toBe(1);
  });

  test('without any that are good make messages wait', async () => {
    hub.putSettings({ mode: 'loud' });
    await hub.sendEvents(THEFT);
    expect(await hub.drain('observe')).toHaveLength(2);
    hub.putSettings({});
    hub.clock.advance(61_000);
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });

  test('out of reach are used as they were', async () => {
    await hub.sendEvents([call('11:00', HOME_ADDRESS)]);
    await hub.drain('observe');
    hub.wire.fail({ service: 's3' }, { kind: 'throttle', times: Infinity });
    hub.clock.advance(60_000);
    await hub.sendEvents(THEFT.slice(1));
    expect(await hub.drain('observe')).toEqual([]);
    expect(asked()).toHaveLength(1);
  });
});

function tableRequests(): number {
  return hub.wire.requests.filter(({ service }) => service === 'dynamodb').length;
}

/** Records that are looked at and say nothing of workloads, and that do not compress to nothing. */
function padding(count: number): object[] {
  return Array.from({ length: count }, (_, at) => ({
    eventID: `${Math.sin(at)}${Math.cos(at)}`,
    eventTime: '2026-09-01T10:00:00Z',
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${SHOP}:user/operator`, accountId: SHOP },
    recipientAccountId: SHOP,
  }));
}

describe('records of log files that concern the detector', () => {
  const stop = (): Record<string, unknown> => ({
    ...termination('11:30'),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    requestParameters: { name: 'organization' },
    responseElements: null,
  });

  async function read(records: readonly object[]): Promise<void> {
    const key = logFileKey();
    hub.wire.s3.put(TRAIL, key, logFile(records));
    await hub.send(notificationOf([key]));
  }

  test('is forwarded to watch, and reported', async () => {
    await read([call('11:00', HOME_ADDRESS), stop()]);
    expect(await hub.drain('observe')).toEqual([]);
    expect(hub.counted(METRICS.tamperingsForwarded)).toBe(1);
    expect(await hub.drain('watch')).toEqual([]);
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ type: 'DetectorTampered', state: 'ACTIVE' }]);
  });

  test('is retried with its file where watch is out of reach', async () => {
    await read([stop()]);
    hub.wire.fail({ service: 'sqs', operation: 'SendMessageBatch' }, { kind: 'throttle' });
    expect(await hub.drain('observe')).toHaveLength(1);
    hub.clock.advance(61_000);
    await hub.settle();
    expect(hub.imported()).toMatchObject([{ type: 'DetectorTampered' }]);
  });

  test('is nothing to hand on where no queue is named', async () => {
    await hub.close();
    hub = await startHub({ variables: { watchQueueUrl: '' } });
    await read([stop()]);
    await hub.settle();
    expect([hub.counted(METRICS.tamperingsForwarded), hub.imported()]).toEqual([0, []]);
  });
});
